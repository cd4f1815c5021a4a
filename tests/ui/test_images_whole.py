"""A fundus photograph and a cat through the real assistant and the real page, in a real Chromium."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.network]
BOX = "#box textarea:not([disabled])"


@pytest.fixture
def asked(chromium: Any, served_whole: Any) -> Iterator[Callable[[Any, str], Any]]:
    """The page after a question about a picture was answered."""
    contexts: list[Any] = []

    def ask(pixels: Any, words: str) -> Any:
        packed = io.BytesIO()
        Image.fromarray(pixels).resize((600, 600)).save(packed, format="PNG")
        contexts.append(chromium.new_context(viewport={"width": 1440, "height": 900}))
        page = contexts[-1].new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{served_whole.address}/clinician/")
        page.wait_for_selector(BOX)
        given = {"name": "a.png", "mimeType": "image/png", "buffer": packed.getvalue()}
        page.set_input_files("#box input[type=file]", given)
        page.wait_for_selector("#box .thumbnail-item, #box img")
        page.fill(BOX, words)
        page.wait_for_timeout(
            500
        )  # a person's pause: Gradio hands the box's text on a moment after it changed
        page.press(BOX, "Enter")
        page.wait_for_selector("#picture-verdict .verdict")
        return page

    yield ask
    for context in contexts:
        context.close()


def test_an_eye_is_shown_under_what_was_found_with_its_measures_in_a_table(asked: Callable[..., Any]) -> None:
    from skimage import data

    page = asked(data.retina(), "What does this photograph show?")
    page.wait_for_selector("#slider img")
    assert "looks like a fundus photograph" in page.inner_text("#picture-verdict")
    page.get_by_label("Vessels", exact=True).check()
    page.wait_for_selector("#picture-words:has-text('Vessels found')")
    assert "skeleton density" in page.inner_text("#figures")
    assert "not a diagnosis" in page.inner_text("#figures")


def test_a_cat_is_shown_and_not_read(asked: Callable[..., Any]) -> None:
    from skimage import data

    page = asked(data.chelsea(), "What does this photograph show?")
    assert "not covered" in page.inner_text("#picture-verdict")
    page.wait_for_selector("#slider", state="hidden")
