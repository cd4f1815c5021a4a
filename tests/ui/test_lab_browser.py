"""The generation lab in a real Chromium: sample, seed to seed, lesions, comparison; nothing kept, nobody asked."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from assistant.service.headers import HEADERS

pytestmark = [pytest.mark.browser, pytest.mark.network]


class Lab:
    """One person's page, and what her browser complained about or asked of others."""

    def __init__(self, chromium: Any, address: str, width: int) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.context = chromium.new_context(viewport={"width": width, "height": 900})
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self.page.goto(f"{address}/lab/")
        self.page.wait_for_selector("#lab-label input")

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(request.url)

    def open(self, name: str) -> None:
        """The tab of this name."""
        self.page.get_by_role("tab", name=name, exact=True).click()

    def saved(self, button: str) -> tuple[str, Image.Image]:
        """The name and the picture that a button saves."""
        with self.page.expect_download() as coming:
            self.page.click(button)
        return coming.value.suggested_filename, Image.open(Path(coming.value.path()))

    def pictures(self, region: str) -> list[dict[str, str]]:
        """Address and words of the pictures in a region, once there are some."""
        self.page.wait_for_selector(f"{region} img")
        found = self.page.eval_on_selector_all(
            f"{region} img", "all => all.map(i => ({src: i.src, alt: i.alt}))"
        )
        assert all(one["src"].startswith("data:image/png;base64,") for one in found)
        assert all(one["alt"].strip() for one in found)
        return list(found)


@pytest.fixture
def lab(chromium: Any, served: Any) -> Iterator[Callable[..., Lab]]:
    visits: list[Lab] = []

    def enter(width: int = 1440) -> Lab:
        visits.append(Lab(chromium, served.address, width))
        return visits[-1]

    yield enter
    for one in visits:
        one.context.close()


def upload(pixels: Any) -> dict[str, Any]:
    out = io.BytesIO()
    Image.fromarray(np.asarray(pixels)).save(out, format="PNG")
    return {"name": "secret-eye.png", "mimeType": "image/png", "buffer": out.getvalue()}


@pytest.mark.parametrize("width", [1440, 390])
def test_samples_come_with_their_report_and_are_saved_as_synthetic(
    lab: Callable[..., Lab], width: int
) -> None:
    seen = lab(width)
    page = seen.page
    page.wait_for_selector("#lab-report h3")
    page.get_by_label("every label", exact=True).first.check()
    page.click("#lab-draw")
    assert len(seen.pictures("#lab-sample-shown")) == 8
    assert "4 each of normal, pneumonia, from seed 1" in page.inner_text("#lab-sample-shown")
    name, picture = seen.saved("#lab-sample-save-1")
    assert name == "xray-pca-seed1-synthetic.png"
    assert picture.text == {"Comment": "synthetic"}  # type: ignore[attr-defined]
    assert "What the pictures betray" in page.inner_text("#lab-report")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.complaints == []


def test_another_generator_brings_its_own_labels(lab: Callable[..., Lab]) -> None:
    seen = lab()
    page = seen.page
    page.get_by_label("Drawn fundus (phantom)", exact=True).check()
    page.get_by_label("drusen", exact=True).first.check()
    page.locator("#lab-n input[type=number]").fill("1")
    page.locator("#lab-n input[type=number]").press("Enter")
    page.click("#lab-draw")
    (one,) = seen.pictures("#lab-sample-shown")
    assert "drusen" in one["alt"]
    assert "Nothing to betray." in page.inner_text("#lab-report")
    assert seen.complaints == []


def test_the_way_between_two_seeds_and_the_table_of_all(lab: Callable[..., Lab]) -> None:
    seen = lab()
    page = seen.page
    seen.open("Seed to seed")
    page.wait_for_selector("#lab-way-label input")
    page.locator("#lab-way-draw").focus()
    page.keyboard.press("Enter")
    assert len(seen.pictures("#lab-between-shown")) == 8
    seen.open("Compare")
    page.wait_for_selector("#lab-table table")
    assert "WGAN-GP" in page.inner_text("#lab-table")
    assert seen.complaints == []


def test_lesions_are_drawn_on_an_own_photograph_that_nobody_keeps(
    lab: Callable[..., Lab], served: Any
) -> None:
    from skimage import data

    seen = lab()
    page = seen.page
    seen.open("Lesions")
    page.click("#lab-inject")
    assert len(seen.pictures("#lab-lesions-shown")) == 3
    page.get_by_label("a photograph of mine", exact=True).check()
    files = page.locator("#lab-lesions input[type=file]")
    files.set_input_files(upload(data.chelsea()))
    page.wait_for_selector("#lab-told [role=alert]:has-text('not accepted')")
    page.click("#lab-inject")
    page.wait_for_selector("#lab-lesions-shown [role=alert]:has-text('Choose a fundus photograph first')")
    files.set_input_files(upload(Image.fromarray(data.retina()).resize((480, 480))))
    page.wait_for_selector("#lab-told [role=status]:has-text('480 x 480')")
    page.get_by_label("sector occlusion", exact=True).check()
    page.wait_for_function("() => document.querySelector('#lab-count input[type=number]')?.value === '35'")
    page.click("#lab-inject")
    before, drawn, _ = seen.pictures("#lab-lesions-shown")
    assert before["src"] != drawn["src"]
    assert not page.locator("#lab-lesions-save-3").is_visible()  # a photograph of a person is no made picture
    name, mask = seen.saved("#lab-lesions-save-2")
    assert name == "sector-occlusion-seed1-mask-synthetic.png"
    assert mask.text == {"Comment": "synthetic"}  # type: ignore[attr-defined]
    assert [path for path in (served.folder / "uploads").rglob("*secret*") if path.is_file()] == []
    assert seen.complaints == []


def test_a_number_out_of_range_is_refused_with_the_range(lab: Callable[..., Lab]) -> None:
    seen = lab()
    page = seen.page
    page.fill("#lab-seed input", "")
    page.press("#lab-seed input", "Tab")
    page.click("#lab-draw")
    page.wait_for_selector("#lab-sample-shown [role=alert]:has-text('give a number from 0')")
    page.wait_for_selector("#lab-sample-save-1", state="hidden")
    assert seen.complaints == []


def test_the_page_carries_the_headers_and_offers_no_interface(served: Any) -> None:
    reply = httpx.get(f"{served.address}/lab/")
    assert reply.status_code == 200
    assert all(reply.headers[name] == value for name, value in HEADERS.items())
    config = httpx.get(f"{served.address}/lab/config").json()
    assert all(call["api_visibility"] == "private" for call in config["dependencies"])
    assert "html" not in {part["type"] for part in config["components"]}
    for route in ("gradio_api/file=/etc/passwd", "file=/etc/passwd", "gradio_api/info", "monitoring"):
        assert httpx.get(f"{served.address}/lab/{route}").status_code == 404


def test_the_chooser_leads_to_the_lab(served: Any) -> None:
    assert 'href="/lab/"' in httpx.get(f"{served.address}/").text
