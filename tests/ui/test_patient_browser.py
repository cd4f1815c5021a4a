"""The real talk on the real patient's page, by keyboard alone, on a telephone and on a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.network]
BOX = "#box textarea:not([disabled])"
SMALLEST = 44
"""Pixels of a touch target (WCAG 2.5.5)."""


@pytest.fixture
def opened(chromium: Any, served_whole: Any) -> Iterator[Callable[..., Any]]:
    """Opens the patient's page as another person; nothing may be asked of another host and no error said."""
    contexts, trouble = [], list[str]()

    def open_page(width: int = 390) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 800})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda asked: _own(asked.url, served_whole.address) or trouble.append(asked.url))
        page.goto(f"{served_whole.address}/patient/")
        page.wait_for_selector(BOX)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble == []


def _own(url: str, address: str) -> bool:
    return url.startswith((address, "data:", "blob:"))


def _type(page: Any, words: str) -> None:
    """Types into the box that has the keyboard already, and sends."""
    page.wait_for_selector("#box textarea:focus")
    page.keyboard.type(words)
    page.wait_for_timeout(500)  # a person's pause: Gradio hands the box's text on a moment after it changed
    page.keyboard.press("Enter")


def _tab_to(page: Any, wanted: str, steps: int = 12) -> None:
    """Presses Tab until the focused element is the wanted one; a question is only a few steps away."""
    for _ in range(steps):
        if page.evaluate(f"document.activeElement.matches({wanted!r})"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reached {wanted}")


def _tab_to_label(page: Any, label: str, steps: int = 12) -> None:
    """Presses Tab until the check box with this label has the keyboard."""
    here = "() => (document.activeElement.closest('label') || {innerText: ''}).innerText.trim()"
    for _ in range(steps):
        if page.evaluate(here) == label:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reached {label}")


def _choose_country(page: Any, name: str) -> None:
    """Goes back to the list of countries and takes one, with the arrow keys."""
    for _ in range(8):
        if page.evaluate("document.activeElement.matches('#country input')"):
            break
        page.keyboard.press("Shift+Tab")
    page.get_by_role("option", name=name).wait_for()
    for _ in range(40):
        if page.locator("[role=option].active").all_inner_texts() == [name]:
            break
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(60)
    page.keyboard.press("Enter")


def _question(page: Any, words: str) -> None:
    """The question is there, is the name of its group, and has the keyboard."""
    page.get_by_role("group", name=words).first.wait_for()
    page.wait_for_selector("#asking:focus")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_talk_to_its_end_by_keyboard_alone(opened: Callable[..., Any], width: int) -> None:
    page = opened(width)
    _type(page, "I have had a sore throat for two days")
    _question(page, "Do you have any of these?")
    assert page.locator("#now .urgency").count() == 0
    for target in page.locator("#options label, #answers button").all():
        assert target.bounding_box()["height"] >= SMALLEST
    _tab_to(page, "#answer-none")
    page.keyboard.press("Enter")
    page.get_by_role("group", name="How old is the person who is ill?").first.wait_for()
    _type(page, "34")
    _question(page, "Are you pregnant, or could you be?")
    _tab_to(page, "#answer-no")
    page.keyboard.press("Space")
    for question in ("Is any of this true for you?", "How has it been since it began?"):
        _question(page, question)
        _tab_to(page, "#answer-none")
        page.keyboard.press("Enter")
    page.wait_for_selector("#now .level-self-care")
    page.wait_for_selector("#chat :text('Call your local emergency number')")
    _tab_to(page, "#summary .label-wrap", 20)
    page.keyboard.press("Enter")
    page.locator("#summary-text textarea").wait_for()
    assert "sore throat" in page.input_value("#summary-text textarea")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_ticked_sign_ends_the_questions_and_the_country_brings_its_number(
    opened: Callable[..., Any], width: int
) -> None:
    page = opened(width)
    _type(page, "I have a headache")
    _question(page, "Do you have any of these with the headache?")
    for label in ("A stiff neck", "Fever"):  # in the order of the list
        _tab_to_label(page, label)
        page.keyboard.press("Space")
    _tab_to(page, "#answer-send")
    page.keyboard.press("Enter")
    page.wait_for_selector("#now .level-emergency")
    assert page.locator("#now [role=alert]").count() == 1
    assert "112 in Europe" in page.inner_text("#now")
    page.wait_for_selector("#chat :text('Which country are you in?')")
    _choose_country(page, "United Kingdom")
    page.wait_for_selector("#now :text('999 or 112')")
    assert "112 in Europe" not in page.inner_text("#now")
    _question(page, "Is someone with you now?")
    _tab_to(page, "#answer-no")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=unlock your door")
    assert page.locator("#asking").count() == 0
    top = page.locator("#now").bounding_box()
    assert top["y"] + top["height"] <= 800


def test_another_language_is_answered_in_it_and_says_that_it_is_a_draft(opened: Callable[..., Any]) -> None:
    page = opened(390)
    _type(page, "Mi padre tiene la cara caída y no puede hablar bien")
    page.wait_for_selector("#now .level-emergency[lang=es]")
    assert "Ahora. Esto es una emergencia." in page.inner_text("#now")
    assert "Draft translation" in page.inner_text("#chat")
    page.get_by_text("¿Por qué dice eso?").click()
    assert "Usted dijo:" in page.inner_text("#chat")


def test_free_words_answer_too_and_a_worse_sign_ends_the_questions(opened: Callable[..., Any]) -> None:
    page = opened(390)
    _type(page, "I have had a sore throat for two days")
    _question(page, "Do you have any of these?")
    page.locator(BOX).focus()
    _type(page, "now I cannot swallow my own spit")
    page.wait_for_selector("#now .level-emergency")
    assert page.locator("#asking #options").count() == 0
