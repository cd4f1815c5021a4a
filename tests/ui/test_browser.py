"""The two pages in a real Chromium: what a clinician and a patient do, and what must never happen meanwhile."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.network]
QUESTION = "62-year-old on warfarin with knee pain: can he take ibuprofen?"
BOX = "#box textarea"


class Seen:
    """What the browser complained about or asked for."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.errors: list[str] = []
        self.outside: list[str] = []

    def watch(self, page: Any) -> None:
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.outside.append(request.url)


@pytest.fixture
def seen(served: Any) -> Seen:
    return Seen(served.address)


@pytest.fixture
def opened(chromium: Any, served: Any, seen: Seen) -> Iterator[Callable[..., Any]]:
    """Opens a page in a browser context of its own, so as another person."""
    contexts = []

    def open_page(name: str, width: int = 1280, height: int = 800) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        seen.watch(page)
        page.goto(f"{served.address}/{name}/")
        page.wait_for_selector(f"{BOX}:not([disabled])")
        return page

    yield open_page
    for context in contexts:
        context.close()


def ask(page: Any, words: str) -> None:
    page.fill(BOX, words)
    page.press(BOX, "Enter")


def picture() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 10, 10)).save(out, format="PNG")
    return {"name": "scan <b>.png", "mimeType": "image/png", "buffer": out.getvalue()}


@pytest.mark.parametrize("width", [1280, 390])
def test_question_chips_answer_and_evidence(opened: Callable[..., Any], seen: Seen, width: int) -> None:
    page = opened("clinician", width)
    ask(page, QUESTION)
    page.wait_for_selector("text=More (2)")
    chips = page.locator("#chat .thought-group .title").all_inner_texts()
    assert [" ".join(chip.split()) for chip in chips] == [
        "noted · age: 62 years; drugs: warfarin",
        "Drug safety check · found · Made-up rules 2026-01 · 0.2 s",
        "Picture reading · unavailable · 0.0 s",
        "checked against sources · 5 supported · 0 re-cited · 1 not shown",
    ]
    assert page.locator("#chat .claim-no").count() == 3
    assert page.input_value(BOX) == ""
    page.get_by_role("button", name="Why 2?").click()
    chosen = page.locator("#evidence details.chosen")
    chosen.wait_for()
    assert "The exact words of source 2." in chosen.inner_text()
    assert "record" in chosen.inner_text()
    assert chosen.get_by_role("link").get_attribute("href") == "https://pubmed.ncbi.nlm.nih.gov/32189324/"
    page.get_by_role("button", name="More (2)").click()
    page.locator("#chat .claim-no").nth(4).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.title() == "Consilium · clinician"
    assert (seen.errors, seen.outside) == ([], [])


def test_gaps_changes_and_frame_stand_beside_the_answer(opened: Callable[..., Any], seen: Seen) -> None:
    page = opened("clinician")
    ask(page, QUESTION)
    page.get_by_role("tab", name="Gaps (3)").click()
    assert "It is safe for a few days." in page.inner_text("#gaps")
    page.get_by_role("tab", name="Would change (2)").click()
    assert "An earlier ulcer" in page.inner_text("#changes")
    assert "62 years" in page.inner_text("#patient-frame")
    assert "your words" in page.inner_text("#patient-frame")
    assert "not known" in page.inner_text("#patient-frame")
    assert (seen.errors, seen.outside) == ([], [])


def test_hostile_text_stays_text(opened: Callable[..., Any], seen: Seen) -> None:
    page = opened("clinician")
    ask(
        page,
        "<img src=x onerror=\"document.title='owned'\"> [x](javascript:alert(1)) ![p](http://evil.example/p.png)",
    )
    page.get_by_role("button", name="More (2)").click()
    page.locator("#chat .claim-no").nth(4).wait_for()
    assert page.locator("#chat img, #evidence img").count() == 0
    assert page.locator("a[href^='javascript'], a[href*='evil.example']").count() == 0
    assert "onerror=" in page.inner_text("#chat")
    assert page.title() == "Consilium · clinician"
    assert (seen.errors, seen.outside) == ([], [])


def test_two_browsers_never_see_each_other(opened: Callable[..., Any]) -> None:
    one, other = opened("clinician"), opened("clinician")
    ask(one, f"{QUESTION} secret")
    one.wait_for_selector("text=SECRET-OF-A")
    ask(other, QUESTION)
    other.wait_for_selector("text=More (2)")
    assert "SECRET-OF-A" not in other.content()
    other.reload()
    other.wait_for_selector(BOX)
    assert "SECRET-OF-A" not in other.content()
    assert "62 years" not in other.inner_text("#patient-frame")


def test_an_edit_is_shown_with_its_origin_and_a_wrong_one_is_refused(opened: Callable[..., Any]) -> None:
    page = opened("clinician")
    page.get_by_role("button", name="Change a value").click()
    page.fill("#edit-value textarea, #edit-value input", "200")
    page.click("#edit-save")
    page.wait_for_selector("#edit-note .refused")
    page.fill("#edit-value textarea, #edit-value input", "47")
    page.click("#edit-save")
    page.wait_for_selector("#patient-frame :text('edited by you')")
    assert "47 years" in page.inner_text("#patient-frame")


def test_pictures_travel_inside_the_page_and_no_copy_stays(
    opened: Callable[..., Any], seen: Seen, served: Any
) -> None:
    page = opened("clinician")
    page.set_input_files("#box input[type=file]", picture())
    page.wait_for_selector("#box .thumbnail-item, #box img")
    ask(page, "What does this picture show?")
    page.wait_for_selector("#slider img")
    sources = page.eval_on_selector_all("#slider img", "all => all.map(each => each.src.slice(0, 22))")
    assert sources == ["data:image/png;base64,"] * 2
    assert "A plain square of shade 40." in page.inner_text("#figures")
    assert "0.41" in page.inner_text("#figures")
    assert "(image)" in page.inner_text("#chat")
    left = [path for path in (served.folder / "uploads").rglob("*") if path.is_file() and "scan" in path.name]
    assert left == []
    unexpected = [error for error in seen.errors if "404" not in error]  # the preview that nobody may fetch
    assert (unexpected, seen.outside) == ([], [])


def test_a_file_that_cannot_be_kept_is_named(opened: Callable[..., Any]) -> None:
    page = opened("clinician")
    page.set_input_files(
        "#box input[type=file]", {"name": "empty.txt", "mimeType": "text/plain", "buffer": b" "[:0]}
    )
    ask(page, QUESTION)
    page.wait_for_selector("text=File not read.")
    page.wait_for_selector("text=More (2)")


def test_stop_ends_a_turn_and_says_so(opened: Callable[..., Any]) -> None:
    page = opened("clinician")
    ask(page, "a slow question")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("text=Stopped by you.")
    assert page.locator("#chat .loading-spinner").count() == 0
    ask(page, QUESTION)
    page.wait_for_selector("text=More (2)")


def test_a_failed_turn_says_so_and_the_page_goes_on(opened: Callable[..., Any]) -> None:
    page = opened("clinician")
    ask(page, "boom")
    page.wait_for_selector("text=A part broke.")
    ask(page, "bug")
    page.wait_for_selector("text=a part of the program failed")
    ask(page, QUESTION)
    page.wait_for_selector("text=More (2)")


def test_a_new_patient_forgets_the_old_one(opened: Callable[..., Any]) -> None:
    page = opened("clinician")
    ask(page, QUESTION)
    page.wait_for_selector("text=More (2)")
    page.click("#new-patient")
    page.wait_for_selector("#patient-frame :text('62 years')", state="detached")
    assert page.locator("#chat .claim-no").count() == 0
    assert "The sources of an answer appear here" in page.inner_text("#evidence")


def test_everything_is_done_with_the_keyboard_alone(opened: Callable[..., Any]) -> None:
    page = opened("clinician")
    page.keyboard.press("Tab")
    _walk_to(page, "el => el.matches('#box textarea')")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=More (2)")
    _walk_to(page, "el => el.innerText.trim() === 'Why 3?'")
    page.keyboard.press("Enter")
    page.wait_for_selector("#evidence details.chosen")
    assert "source 3" in page.inner_text("#evidence details.chosen")
    _walk_to(page, "el => el.matches('[role=tab]') && el.innerText.startsWith('Gaps')")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Not shown")


def _walk_to(page: Any, wanted: str, steps: int = 80) -> None:
    """Presses Tab until the focused element is the wanted one."""
    for _ in range(steps):
        if page.evaluate(f"({wanted})(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reached {wanted}")


@pytest.mark.parametrize("width", [1280, 390])
def test_an_emergency_shows_the_action_first(opened: Callable[..., Any], seen: Seen, width: int) -> None:
    page = opened("patient", width)
    assert "This is a computer program (AI)." in page.inner_text("#top")
    ask(page, "my chest hurts and my arm feels heavy")
    page.wait_for_selector("text=Why do you say that?")
    shown = page.inner_text("#now").split("\n")
    assert [line for line in shown if line] == [
        "Now. This is an emergency.",
        "Call 112 now. Do not drive yourself.",
    ]
    place = page.locator("#now").bounding_box()
    assert 0 <= place["y"] < page.locator("#chat").bounding_box()["y"]
    assert place["y"] + place["height"] <= 800
    assert page.locator("#now [role=alert]").count() == 1
    page.get_by_text("Why do you say that?").click()
    assert "You said:" in page.inner_text("#chat")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (seen.errors, seen.outside) == ([], [])


def test_questions_come_one_at_a_time_with_a_button_for_not_knowing(opened: Callable[..., Any]) -> None:
    page = opened("patient", 390)
    ask(page, "sore throat for two days")
    page.get_by_role("group", name="Do you have any of these?").first.wait_for()
    page.click("#answer-send")  # nothing is ticked: the page says so and sends nothing
    page.wait_for_selector("text=Tick what is true")
    page.get_by_role("button", name="None of these").click()
    page.get_by_role("group", name="Is it getting worse?").first.wait_for()
    assert page.locator("#options").count() == 0
    page.get_by_role("button", name="I don't know").click()
    page.wait_for_selector("#asking", state="detached")
    assert page.inner_text("#chat").count("Do you have any of these?") == 1
    assert page.locator("#now .urgency").count() == 0


def test_ticked_boxes_are_one_answer(opened: Callable[..., Any]) -> None:
    page = opened("patient", 390)
    ask(page, "sore throat for two days")
    page.get_by_label("Fever").check()
    page.get_by_label("A stiff neck").check()
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_selector("#now .level-emergency")
    assert "Fever; A stiff neck" in page.inner_text("#chat")


def test_starting_again_forgets_the_words(opened: Callable[..., Any]) -> None:
    page = opened("patient")
    ask(page, "my chest hurts")
    page.wait_for_selector("#now .urgency")
    page.click("#new-patient")
    page.wait_for_selector("#now .urgency", state="detached")
    assert "my chest hurts" not in page.inner_text("#chat")
