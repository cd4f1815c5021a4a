"""The options tab, the drug panel and the sheets behind the real pages, with the real assistant, in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.network]
BOX = "#box textarea:not([disabled])"
QUESTION = (
    "72-year-old woman with AF, weight 64 kg, creatinine 1.5 mg/dL, takes ibuprofen, no other drugs, no other "
    "problems, no known allergies: anticoagulation options?"
)


class Shown:
    """One person's page, and what her browser complained about or asked of others."""

    def __init__(self, chromium: Any, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.context = chromium.new_context(viewport={"width": 1280, "height": 900})
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(request.url)

    def ask(self, words: str) -> None:
        self.page.fill(BOX, words)
        self.page.wait_for_timeout(500)  # Gradio hands the box's text on a moment after it changed
        self.page.press(BOX, "Enter")


def open_tab(page: Any, name: str) -> None:
    """The tab of this name; where the drawer is narrow it stands in the menu of those that found no place."""
    tab = page.get_by_role("tab", name=name)
    if tab.count() == 0:
        page.locator("#tabs .overflow-menu > button").click()
        tab = page.locator("#tabs .overflow-dropdown button").filter(has_text=name)
    tab.first.click()


@pytest.fixture(scope="module")
def shown(chromium: Any, served_whole: Any) -> Any:
    opened = Shown(chromium, served_whole.address)
    opened.page.goto(f"{served_whole.address}/clinician/")
    opened.ask(QUESTION)
    opened.page.wait_for_selector("#options-list details.option")
    yield opened
    opened.context.close()


def test_options_open_with_their_reasons_and_nothing_is_asked_of_others(shown: Shown) -> None:
    page = shown.page
    assert page.locator("#options-tab").is_visible()
    listed = page.inner_text("#options-list")
    assert "Apixaban" in listed or "apixaban" in listed
    assert page.locator("#options-list details.option[open]").count() == 1
    assert page.locator("#options-list details.option .facts dt").first.inner_text().strip()
    assert shown.complaints == []


def test_why_not_is_answered_beside_the_options_and_the_talk_stays(shown: Shown) -> None:
    page = shown.page
    before = page.inner_text("#chat")
    page.fill("#why-box textarea, #why-box input", "warfarin")
    page.click("#why-ask")
    page.wait_for_selector("#why-answer ul.why li")
    assert "Why not warfarin?" in page.inner_text("#why-answer")
    page.fill("#why-box textarea, #why-box input", "<img src=x onerror=document.title=1>")
    page.click("#why-ask")
    page.wait_for_selector("#why-answer [role=status]")
    assert page.locator("#why-answer img").count() == 0
    assert page.title() != "1"
    assert page.inner_text("#chat") == before
    assert shown.complaints == []


def test_a_weight_asks_again_and_what_each_value_does_stays(shown: Shown) -> None:
    page = shown.page
    before = page.inner_text("#options-list")
    values = page.locator("#options-changes table").first.inner_text()
    page.click("#weights button")
    slider = page.locator("#weight-cost input[type=number]")
    slider.fill("4")
    slider.press("Enter")
    page.wait_for_function(
        "before => document.querySelector('#options-list').innerText !== before", arg=before
    )
    assert page.locator("#options-changes table").first.inner_text() == values
    assert shown.complaints == []


def test_each_sheet_comes_once_by_its_link(shown: Shown) -> None:
    page = shown.page
    open_tab(page, "Sheets")
    page.click("#sheets-make")
    page.wait_for_selector("#sheets-links a")
    links = [link.get_attribute("href") for link in page.locator("#sheets-links a").all()]
    assert len(links) == 4
    for link, start in zip(links, (b"%PDF", b"# Handover", b"%PDF", b"# For you"), strict=True):
        first = page.request.get(f"{shown.address}{link}")
        assert first.status == 200
        assert first.body().startswith(start)
        assert page.request.get(f"{shown.address}{link}").status == 404


def test_a_new_patient_takes_the_options_away(shown: Shown) -> None:
    page = shown.page
    page.click("#new-patient")
    page.wait_for_selector("#patient-frame :text('72 years')", state="detached")
    page.get_by_role("tab", name="Options").wait_for(state="hidden")
    page.wait_for_selector("#options-list details.option", state="detached")
    assert shown.complaints == []
