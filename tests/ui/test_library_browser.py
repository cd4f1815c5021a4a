"""The library page and the neighbourhood of a quote in a real Chromium: narrow and wide, dark and light, keys alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.network]
BOX = "#box textarea:not([disabled])"
SIZES = [(1280, 900, "light"), (390, 844, "dark"), (390, 844, "light"), (1280, 900, "dark")]
GUIDELINE = """# Frobnitis on our ward

Give quinoxitine 5 mg at once. Never give it twice.

## Later

See them again.
"""
CONTRAST = """() => {
  const lum = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b }
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor
    if (!/, 0\\)$|transparent/.test(c)) return c } return 'rgb(255,255,255)' }
  const poor = []
  for (const e of document.querySelectorAll('main *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility()) continue
    const [a, b] = [lum(getComputedStyle(e).color), lum(ground(e))].sort((x, y) => y - x)
    if ((a + .05) / (b + .05) < 4.5) poor.push(e.tagName + ' ' + e.textContent.slice(0, 40))
  }
  return poor
}"""
UNNAMED = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]
  .filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim())
  .map(e => e.outerHTML)"""


@pytest.fixture(scope="module")
def guideline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ward") / "frobnitis.md"
    file.write_text(GUIDELINE)
    return file


@pytest.fixture
def opened(chromium: Any, served_whole: Any, request: pytest.FixtureRequest) -> Any:
    width, height, scheme = getattr(request, "param", SIZES[0])
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith(served_whole.address) else page.complaints.append(asked.url)
        ),
    )
    page.goto(f"{served_whole.address}/library")
    yield page
    context.close()


@pytest.mark.parametrize("opened", SIZES, indirect=True)
def test_a_guideline_comes_in_is_found_first_and_goes_again(opened: Any, guideline: Path) -> None:
    page = opened
    page.set_input_files("#files", str(guideline))
    page.get_by_role("button", name="Read and hold").click()
    page.get_by_role("heading", name="What was read").wait_for()
    assert "2 sections, 2 passages" in page.inner_text("[role=status]")
    for _ in range(30):
        page.fill("#question", "How much quinoxitine is given in frobnitis?")
        page.get_by_role("button", name="Search").click()
        page.wait_for_load_state()
        if page.locator("ol.hits").count():
            break
        page.wait_for_timeout(1000)
    first = page.locator("ol.hits > li").first
    assert "Frobnitis on our ward" in first.inner_text()
    assert first.locator(".badge", has_text="local").count() == 1
    first.locator("summary").first.click()
    assert first.locator("mark").first.inner_text().startswith("Give quinoxitine 5 mg")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(UNNAMED) == []
    assert [page.locator(f"h{n}").count() > 0 for n in (1, 2, 3)] == [True, True, True]
    assert page.locator("h1").count() == 1
    page.get_by_role("button", name="Remove Frobnitis on our ward").click()
    page.get_by_text("Removed: Frobnitis on our ward").wait_for()
    assert page.complaints == []


def test_the_keys_alone_search(opened: Any) -> None:
    page = opened
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "question":
            break
    page.keyboard.type("Does tiotropium reduce COPD exacerbations?")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Search":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.locator("ol.hits > li").first.wait_for()
    assert "tiotropium" in page.locator("ol.hits > li").first.inner_text().casefold()
    assert "question=" not in page.url


def test_the_start_page_and_the_clinicians_page_lead_here(opened: Any, served_whole: Any) -> None:
    page = opened
    page.goto(served_whole.address)
    page.get_by_role("link", name="Library").click()
    assert page.locator("h1").inner_text() == "Library"
    page.goto(f"{served_whole.address}/clinician/")
    link = page.locator(".top .held a")
    link.wait_for()
    assert (link.get_attribute("href"), link.get_attribute("target")) == ("/library", "_blank")


def test_in_the_drawer_a_quote_stands_marked_and_what_found_otherwise_is_a_click_away(
    opened: Any, served_whole: Any
) -> None:
    page = opened
    page.goto(f"{served_whole.address}/clinician/")
    page.fill(BOX, "May a CYP2D6 ultrarapid metaboliser take codeine?")
    page.wait_for_timeout(500)  # Gradio hands the box's text on a moment after it changed
    page.press(BOX, "Enter")
    page.wait_for_selector("#evidence details.claim .around mark", state="attached")
    page.get_by_role("tab", name="Evidence").click()
    claim = page.locator("#evidence details.claim:has(dd a[href^='#claim-'])").first
    claim.locator("summary").first.click()
    assert "ultrarapid" in claim.locator(".around mark").first.inner_text()
    way = claim.locator("dd a[href^='#claim-']").first
    number = way.get_attribute("href").removeprefix("#claim-")
    assert not page.locator(f"#claim-{number}").is_visible()
    way.click()
    page.wait_for_function(f"document.querySelector('#claim-{number}').checkVisibility()")
    assert page.url.endswith(f"#claim-{number}")
    assert page.complaints == []
