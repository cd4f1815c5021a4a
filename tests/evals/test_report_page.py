"""The page: clean XML with hostile words in it, nothing asked of any server, and it fits narrow and wide screens."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases.case import Case
from evals.report import page
from evals.report.charts import Point, confusion, ecdf, forest, reliability, risk_coverage
from evals.report.compare import compare
from evals.report.figures import Sure
from evals.report.gates import hold
from evals.report.marks import REAL
from evals.report.results import Run, of_run
from evals.run.trace import Trace
from tests.evals.report_doubles import SUITES, drug_answer, good, level_answer, write_run
from tests.evals.scoring_doubles import shown, trace

HOSTILE = (
    '<script>alert(1)</script><img src="https://evil.example/x" onerror=x> [link](https://evil.example) ]]> & "\' '
    "{{ 7*7 }} \x00\x1b[31m"
)
SPACE = "{http://www.w3.org/2000/svg}"


def hostile(one: Case) -> Trace:
    """Some answers hold markup, some crash with it, some are wrong."""
    if one.id == "t7-3":
        return trace(shown(text=HOSTILE), id=one.id, said=(HOSTILE,))
    if one.id == "d7-6":
        return good(one).model_copy(update={"error": f"ValueError: {HOSTILE}\nTraceback"})
    return drug_answer(one, False) if one.id == "d7-4" else good(one)


def report(folder: Path, answer: object = hostile, **more: object) -> str:
    run = Run(write_run(folder / "run", answer, **more), SUITES)  # type: ignore[arg-type]
    return page.html(of_run(run), run, hold(run))


def parsed(html: str) -> ET.Element:
    return ET.fromstring(html.removeprefix("<!DOCTYPE html>\n"))


def test_a_page_with_hostile_words_is_clean_and_asks_nobody(tmp_path: Path) -> None:
    html = report(tmp_path)
    tree = parsed(html)
    names = {element.tag for element in tree.iter()}
    assert not names & {"script", "img", "iframe", "link", "object", "embed", "form", f"{SPACE}script"}
    assert "<script>alert(1)</script>" in "".join(tree.itertext())
    assert "{{ 7*7 }}" in "".join(tree.itertext())
    links = [element.get("href", "") for element in tree.iter() if element.get("href")]
    assert all(link.startswith("#") for link in links)
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or name in ("src", "srcset", "action")}
    style = tree.find("head/style")
    assert style is not None
    assert not re.search(r"url\(|@import|https?:", style.text or "")


def test_what_a_reader_needs_is_there(tmp_path: Path) -> None:
    words = " ".join("".join(parsed(report(tmp_path)).itertext()).split())
    for needed in (
        "not reviewed by a clinician", "not a medical device", "gates are lost", "trivial/emergency",
        "orientation only",
        "BMJ 2015;351:h3480", "no warning: metformin beside eGFR", "eGFR 24", "latent.symptoms.chest_pressure",
        "convention", "steps only", "misses doubled", "Effective cases", "typos",
    ):  # fmt: skip
        assert needed in words, needed


def test_every_chart_of_the_specification_is_drawn(tmp_path: Path) -> None:
    def unsure(one: Case) -> Trace:
        if one.suite == "triage" and one.index % 6 == 0:
            return level_answer(one, None)
        if one.suite == "triage" and one.index % 6 == 1:
            return trace(shown(one.gold.level, asked=("age",), seconds=0.1), id=one.id)
        return good(one)

    tree = parsed(report(tmp_path, unsure))
    titles = " | ".join(svg.get("aria-label", "") for svg in tree.iter("svg"))
    for part in (
        "95 % intervals",
        "gold against told",
        "after each operator",
        "risk by coverage",
        "right by sureness",
        "seconds",
    ):
        assert part in titles


def test_words_of_a_real_record_stay_out(tmp_path: Path) -> None:
    secret = "Mrs Placeholder of Nowhere Street"
    folder = write_run(
        tmp_path / "run", lambda one: drug_answer(one, False) if one.suite == "medsafety" else good(one)
    )
    cases = folder / "cases.jsonl"
    lines = [Case.model_validate_json(line) for line in cases.read_text().splitlines()]
    marked = [
        one.model_copy(
            update={"tags": (REAL,), "presented": one.presented.model_copy(update={"chart": secret})}
        )
        for one in lines
    ]
    cases.write_text("".join(f"{one.model_dump_json()}\n" for one in marked))
    run = Run(folder, SUITES)
    html = page.html(of_run(run), run, ())
    assert "made from a real record" in html
    assert secret not in html
    assert "Can I start metformin?" not in html


def test_a_page_that_grows_too_large_drops_its_transcripts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "word " * 2_000
    run = Run(
        write_run(
            tmp_path / "run",
            lambda one: trace(shown(text=long), id=one.id) if one.suite == "triage" else good(one),
        ),
        SUITES,
    )
    results = of_run(run)
    full = page.html(results, run, ())
    monkeypatch.setattr(page, "MOST_BYTES", len(full.encode()) - 1)
    assert len(page.html(results, run, ())) < len(full) - 10_000
    monkeypatch.setattr(page, "MOST_BYTES", 100)
    with pytest.raises(page.TooLarge):
        page.html(results, run, ())


def test_an_empty_run_has_a_page(tmp_path: Path) -> None:
    tree = parsed(report(tmp_path, good, n=0))
    assert "no case" in "".join(tree.itertext())


def test_the_comparison_is_clean_too(tmp_path: Path) -> None:
    a, b = (Run(write_run(tmp_path / name, answer), SUITES) for name, answer in (("a", good), ("b", hostile)))
    tree = parsed(compare(a, b).html())
    assert "script" not in {element.tag for element in tree.iter()}
    words = "".join(tree.itertext())
    assert "<script>alert(1)</script>" in words
    assert "lost" in words


@settings(deadline=None)
@given(st.text(), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_charts_take_any_words_and_numbers(words: str, value: float, low: float, high: float) -> None:
    for svg in (
        forest([Point(words, value, low, high, words)], words or "t"),
        confusion([[0] * 4, [1, 0, 0, 5], [0] * 4, [2, 2, 2, 2]], "t"),
        risk_coverage([(value, low), (1.0, high)], "t"),
        reliability([Sure(name=words, n=3, wrong=value)], "t"),
        ecdf([(words, (0.0, value, 1.0))], "t", limit=0.5),
    ):
        tree = ET.fromstring(svg)
        assert not re.search(
            r"nan|inf", " ".join(v for e in tree.iter() for k, v in e.attrib.items() if k != "aria-label")
        )


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_page_fits_narrow_and_wide_screens(tmp_path: Path, width: int, scheme: str) -> None:
    from playwright.sync_api import sync_playwright

    file = tmp_path / "report.html"
    file.write_text(report(tmp_path), encoding="utf-8")
    asked: list[str] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(file.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
    assert asked == [file.as_uri()]
