"""The real assistant behind the real pages, as ``serve`` starts them: one question each, in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.network]
BOX = "#box textarea:not([disabled])"


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(chromium: Any, served_whole: Any, complaints: list[str]) -> Any:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda asked: _own(asked.url, served_whole.address) or complaints.append(asked.url))
    yield opened
    context.close()


def _own(url: str, address: str) -> bool:
    return url.startswith((address, "data:", "blob:"))


def test_a_variant_question_is_answered_with_its_source(
    page: Any, served_whole: Any, complaints: list[str]
) -> None:
    page.goto(f"{served_whole.address}/clinician/")
    page.fill(BOX, "What does NM_000059.4(BRCA2):c.5946delT mean for a woman of 38?")
    page.press(BOX, "Enter")
    page.wait_for_selector("text=Why 1?")
    assert "Meaning of a variant" in page.inner_text("#chat")
    assert "Pathogenic" in page.inner_text("#chat")
    assert page.locator("#evidence blockquote").first.inner_text().strip()
    assert "female" in page.inner_text("#patient-frame")
    assert complaints == []


def test_an_emergency_shows_the_number_of_the_chosen_country(
    page: Any, served_whole: Any, complaints: list[str]
) -> None:
    page.goto(f"{served_whole.address}/patient/")
    page.wait_for_selector(BOX)
    page.click("#country input")
    page.get_by_role("option", name="United Kingdom").click()
    page.fill(BOX, "I have crushing chest pain and I am sweating. I am 58.")
    page.wait_for_timeout(500)  # a person's pause: Gradio hands the box's text on a moment after it changed
    page.press(BOX, "Enter")
    page.wait_for_selector("#now .urgency")
    assert "This is an emergency." in page.inner_text("#now")
    assert "999" in page.inner_text("#now")
    assert complaints == []
