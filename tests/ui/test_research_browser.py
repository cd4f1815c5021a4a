"""The research page in a real Chromium: curves by genotype, refusals, structures and their profiles."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.network]
needs_structures = pytest.mark.skipif(
    importlib.util.find_spec("rdkit") is None or importlib.util.find_spec("selfies") is None,
    reason="rdkit and selfies (extra discovery) are not installed",
)


class Visit:
    """One person's page, and what her browser complained about or asked of others."""

    def __init__(self, chromium: Any, address: str, width: int) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.context = chromium.new_context(viewport={"width": width, "height": 900})
        self.page = self.context.new_page()
        self.page.set_default_timeout(120_000)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self.page.goto(f"{address}/research/")
        self.page.wait_for_selector("#sim-go")

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", "file:")):
            self.complaints.append(request.url)

    def open(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()

    def fill(self, name: str, words: str) -> None:
        self.page.locator(f"#{name} :is(input, textarea)").first.fill(words)

    def fits(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.fixture
def visit(chromium: Any, served: Any) -> Iterator[Callable[..., Visit]]:
    visits: list[Visit] = []

    def enter(width: int = 1280) -> Visit:
        visits.append(Visit(chromium, served.address, width))
        return visits[-1]

    yield enter
    for one in visits:
        one.context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_two_genotypes_are_compared_and_the_report_carries_itself(
    visit: Callable[..., Visit], tmp_path: Path, width: int
) -> None:
    seen = visit(width)
    page = seen.page
    seen.fill("sim-n", "20")
    page.click("#sim-go")
    page.wait_for_selector("#research-simulate-shown figure img")
    told = page.inner_text("#research-simulate-shown")
    assert "In a simulation of 20 virtual patients with CYP2C9 *3/*3, VKORC1 AA" in told
    assert page.locator("#research-simulate-shown figure img").count() == 2
    assert page.locator("#research-simulate-shown details.folded:not([open])").count() >= 1
    assert seen.fits()
    with page.expect_download() as coming:
        page.click("#research-simulate-save")
    assert coming.value.suggested_filename == "consilium-simulate_drug.html"
    report = tmp_path / "report.html"
    coming.value.save_as(report)
    page.goto(report.as_uri())
    widths = page.eval_on_selector_all("img", "all => all.map(i => i.naturalWidth)")
    assert len(widths) == 2
    assert all(widths)
    assert seen.fits()
    assert seen.complaints == []


def test_a_refusal_and_a_missing_pack_are_said_where_the_result_would_stand(
    visit: Callable[..., Visit],
) -> None:
    seen = visit()
    page = seen.page
    seen.fill("sim-dose", "5000")
    page.click("#sim-go")
    page.wait_for_selector("#research-simulate-shown [role=alert]:has-text('between 0 and 1000 mg')")
    page.click("#sim-model input")
    seen.fill("sim-model", "losartan")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#sim-dose input').value === '50'")
    page.click("#sim-go")
    page.wait_for_selector("#research-simulate-shown code:has-text('packs pull pbpk-sbml')")
    assert not page.locator("#research-simulate-save").is_visible()
    assert seen.complaints == []


def test_genes_and_models_are_listed(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.open("Genes and exposure")
    seen.page.wait_for_selector("#research-genes-shown table:has-text('Hamberg 2007')")
    assert "clopidogrel" in seen.page.inner_text("#research-genes-shown")
    seen.open("Models held")
    seen.page.wait_for_selector("#research-models-shown details:has-text('warfarin: Hamberg 2010')")
    assert seen.complaints == []


@needs_structures
def test_designed_structures_are_drawn_and_one_click_from_their_profile(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.page
    seen.open("Design molecules")
    seen.fill("design-like", "CCCCc1nc(Cl)c(CO)n1Cc1ccc(-c2ccccc2-c2nn[nH]n2)cc1")
    page.get_by_label("oral absorption", exact=True).nth(1).uncheck()
    seen.fill("design-n", "3")
    seen.fill("design-budget", "100")
    page.click("#design-go")
    page.wait_for_selector("#research-design-shown figure img")
    assert "hypotheses, not drugs" in page.inner_text("#research-design-shown .warning")
    chosen = page.locator("#design-one input").input_value()
    page.click("#design-open")
    page.wait_for_selector("#research-molecule-shown figure img")
    assert page.locator("#mol-text :is(input, textarea)").input_value() == chosen.split(": ")[1]
    assert page.locator("#research-molecule-shown figure img").count() == 2
    assert seen.complaints == []


@needs_structures
def test_nonsense_is_no_molecule(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.open("Molecule")
    seen.fill("mol-text", "C1CC((")
    seen.page.click("#mol-go")
    seen.page.wait_for_selector("#research-molecule-shown [role=alert]:has-text('no valid SMILES')")
    assert seen.complaints == []


def test_the_clinician_finds_the_way_and_the_patient_does_not(chromium: Any, served: Any) -> None:
    page = chromium.new_page()
    page.goto(f"{served.address}/clinician/")
    page.wait_for_selector("a[href='/research/']")
    page.goto(f"{served.address}/patient/")
    page.wait_for_selector("#box textarea")
    assert page.locator("a[href*='research']").count() == 0
    page.close()


def test_the_page_offers_no_interface(served: Any) -> None:
    config = httpx.get(f"{served.address}/research/config").json()
    assert all(call["api_visibility"] == "private" for call in config["dependencies"])
    assert httpx.get(f"{served.address}/research/gradio_api/info").status_code == 404
