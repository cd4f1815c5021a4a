"""The image panel in a real Chromium, with a double of the assistant that answers with pictures of every role.

``python test_images_browser.py PORT FOLDER`` serves that double.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.network]
HERE = Path(__file__).parent
BOX = "#box textarea:not([disabled])"
ROLES = ("original", "vessels", "unlike", "reference", "difference", "enhanced")
BUTTONS = ["Vessels", "Unlike healthy", "Healthy reference", "Difference", "Enhanced"]


class Visit:
    """One person's page, and what her browser complained about or asked of others."""

    def __init__(self, chromium: Any, address: str, width: int) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.context = chromium.new_context(viewport={"width": width, "height": 900})
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self.page.goto(f"{address}/clinician/")
        self.page.wait_for_selector(BOX)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(request.url)

    def ask(self, words: str) -> None:
        self.page.fill(BOX, words)
        self.page.press(BOX, "Enter")

    def layers(self) -> list[str]:
        """The addresses of the photograph and of what lies over it."""
        return list(self.page.eval_on_selector_all("#slider img", "all => all.map(each => each.src)"))

    def laid_over(self, name: str) -> list[str]:
        """The same after a button was pressed and another picture lies there."""
        before = self.layers()
        self.page.get_by_label(name, exact=True).check()
        self.page.wait_for_function(
            "before => (document.querySelectorAll('#slider img')[1]?.src ?? before) !== before", arg=before[1]
        )
        return self.layers()


@pytest.fixture(scope="module")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the pages with the double of :func:`main` behind them."""
    folder = tmp_path_factory.mktemp("eyes")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    arguments = [sys.executable, str(Path(__file__)), str(port), str(folder / "data")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(arguments, cwd=HERE.parents[1], stdout=log, stderr=log, env={**os.environ})
        try:
            yield _ready(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            process.wait(20)


def _ready(address: str, process: subprocess.Popen[bytes], seconds: float = 120) -> str:
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        assert process.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return address
        except OSError:  # not there yet, or its parts are still loading
            time.sleep(0.2)
    raise TimeoutError(f"{address} was not ready in {seconds} s")


@pytest.fixture
def visit(chromium: Any, eyes: str) -> Iterator[Callable[..., Visit]]:
    visits: list[Visit] = []

    def enter(words: str, width: int = 1440) -> Visit:
        visits.append(Visit(chromium, eyes, width))
        visits[-1].ask(words)
        return visits[-1]

    yield enter
    for one in visits:
        one.context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_each_role_lies_over_the_photograph_and_the_reference_stands_beside_it(
    visit: Callable[..., Visit], width: int
) -> None:
    seen = visit("one eye", width)
    page = seen.page
    page.wait_for_selector("#slider img")
    assert page.locator("#picture-over label").all_inner_texts() == BUTTONS
    assert page.get_by_label("Unlike healthy", exact=True).is_checked()
    below = seen.layers()[0]
    above = {seen.layers()[1]}
    for name in BUTTONS[:1] + BUTTONS[2:]:
        layers = seen.laid_over(name)
        assert layers[0] == below
        above.add(layers[1])
        role = ROLES[BUTTONS.index(name) + 1]
        page.wait_for_selector(f"#picture-words:has-text('A made-up picture: {role}.')")
    assert len(above) == len(BUTTONS)
    assert all(address.startswith("data:image/png;base64,") for address in (below, *above))
    figures = page.locator("#picture-beside figure")
    assert figures.count() == 2
    assert "not this patient's eye" in figures.nth(1).inner_text()
    assert all(
        alt.strip() for alt in page.eval_on_selector_all("#picture-beside img", "all => all.map(i => i.alt)")
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.complaints == []


def test_the_keyboard_alone_chooses_what_lies_over_and_moves_the_border(visit: Callable[..., Visit]) -> None:
    seen = visit("one eye")
    page = seen.page
    page.wait_for_selector("#slider img")
    before = seen.layers()
    page.get_by_label("Unlike healthy", exact=True).focus()
    page.keyboard.press("Tab")  # each button is a stop of its own
    page.keyboard.press("Space")
    page.wait_for_function(
        "was => (document.querySelectorAll('#slider img')[1]?.src ?? was) !== was", arg=before[1]
    )
    assert page.get_by_label("Healthy reference", exact=True).is_checked()
    clip = "document.querySelectorAll('#slider img')[1].style.clipPath"
    was = page.evaluate(clip)
    page.locator("#picture-border input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"was => {clip} !== was", arg=was)
    assert seen.complaints == []


def test_of_several_photographs_each_is_chosen_by_its_number(visit: Callable[..., Visit]) -> None:
    seen = visit("two eyes")
    page = seen.page
    page.wait_for_selector("#slider img")
    first = seen.layers()[0]
    page.locator("#picture-which").get_by_label("2", exact=True).check()
    page.wait_for_function(
        "was => (document.querySelectorAll('#slider img')[0]?.src ?? was) !== was", arg=first
    )
    assert page.locator("#picture-over label").all_inner_texts() == ["Vessels"]
    assert page.locator("#picture-beside figure").count() == 0
    assert seen.complaints == []


def test_an_answer_without_pictures_takes_them_away(visit: Callable[..., Visit]) -> None:
    seen = visit("one eye")
    page = seen.page
    page.wait_for_selector("#slider img")
    seen.ask("no picture")
    page.wait_for_selector("#slider img", state="detached")
    page.wait_for_selector("#picture-beside figure", state="detached")
    assert page.get_by_role("tab", name="Evidence").get_attribute("aria-selected") == "true"
    page.click("#new-patient")
    page.wait_for_selector("#picture-verdict .verdict", state="detached")
    assert seen.complaints == []


def main(port: int, folder: Path) -> None:
    """Serve the pages with a double whose answers carry pictures; each answer has an id of its own."""
    import logging

    import uvicorn

    from assistant.service.app import build
    from assistant.settings import Service, Settings
    from assistant.startup import SWITCHES

    os.environ.update(SWITCHES)
    logging.basicConfig(level=logging.INFO)
    settings = Settings(data_dir=folder, service=Service(port=port))
    app = build(settings, _double(settings))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=2)


def _double(settings: Any) -> Any:
    from assistant.events import Answered, Gated
    from retrieval.evidence import Depth, Kind

    spec = importlib.util.spec_from_file_location("consilium_scripted", HERE / "scripted.py")
    assert spec is not None and spec.loader is not None  # noqa: PT018 (not in a test)
    scripted = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scripted)

    class Eyes(scripted.ScriptedDesk):  # type: ignore[misc, name-defined]
        def stream(self, session: str, question: str) -> Iterator[Any]:
            kept = self.sessions.get(session)
            self.heard.append(question)
            known: dict[str, list[tuple[str, ...]]] = {"one eye": [ROLES], "two eyes": [ROLES, ROLES[:2]]}
            shots = known.get(question, [])
            made = {
                f"t{len(self.heard)}c{call}p{index}": _picture(role, 40 + 60 * call)
                for call, roles in enumerate(shots)
                for index, role in enumerate(roles)
            }
            kept.pictures.update(made)
            words = (
                "It looks like a fundus photograph.",
                "Vessels: density 0.03 px/px; no normal range is known.",
            )
            claims = tuple(
                scripted.claim(number, said, Depth.COMPUTATION, Kind.COMPUTED, tool="read_image")
                for number, said in enumerate(words, 1)
            )
            given = {"claims": claims if made else (), "pictures": tuple(made)}
            plain = scripted.answer(session, question, kept.patient, **given)
            yield Gated(level=None)
            yield Answered(answer=plain.model_copy(update={"id": f"a{len(self.heard)}"}))

    return Eyes(settings)


def _picture(role: str, shade: int) -> Any:
    """A drawn eye, changed for each role so that no two are alike."""
    import base64

    import numpy as np

    from imaging.drawing import png
    from imaging.generate.phantom import phantom
    from retrieval.evidence import Artifact

    pixels = phantom(160, shade).pixels
    turned = np.roll(pixels, ROLES.index(role) * 7, axis=2 if role == "unlike" else 1)
    label = " Filled in, not this patient's eye." if role == "reference" else ""
    data = base64.b64encode(png(np.ascontiguousarray(turned)))
    alt = f"A made-up picture: {role}.{label}"
    return Artifact(title=role.capitalize(), media_type="image/png", data=data, alt=alt, role=role)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
