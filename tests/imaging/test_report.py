"""Reports: one file without script or outside part, in which no foreign text can do anything."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging import cards
from imaging.report.blocks import NOTICE, Bullets, Facts, Grid, Pictures, Plot, Report, Section, Shown, Words
from imaging.report.html import as_html, safe
from imaging.report.plots import Point, reliability
from imaging.report.reading import OUTCOMES, reading_report
from imaging.report.samples import samples_report, sections
from imaging.suites.row import Given
from retrieval.evidence import (
    Artifact,
    Evidence,
    Finding,
    Kind,
    Outcome,
    Table,
    ToolResult,
    bad_input,
    found,
    needs_input,
    unavailable,
)

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e'
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
VESSELS = "model:retinal-vessels"


class Tags(HTMLParser):
    """The elements of a page with their attributes, and whether all were closed."""

    VOID = frozenset({"meta", "img"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def whole(words: str) -> Report:
    """Every block with the same words in every place that takes words."""
    table = Table(title=words, columns=(words, "b"), rows=((words, words),))
    points = (Point(0.9, 0.8, 0.7, 0.9, 12),)
    blocks = (
        Words(text=words, strong=True), Bullets(items=(words,)), Facts(pairs=((words, words),)),
        Grid(table=table, marks=("met",)), Plot(svg=reliability(points, words), title=words),
        Pictures(shown=(Shown(png=DOT, title=words, alt=words),), pixelated=True),
    )  # fmt: skip
    return Report(title=words, lead=words, sections=(Section(title=words, blocks=blocks),), foot=(words,))


def finding() -> Finding:
    card = cards.cards()[VESSELS]
    return Finding(
        statement=f"Retinal vessels: {EVIL}",
        evidence=(Evidence(source=card.as_source(), quote=card.method, locator="method"),),
        kind=Kind.COMPUTED,
    )


def results() -> dict[Outcome, ToolResult]:
    picture = Artifact(
        title="Photograph", media_type="image/png", data=base64.b64encode(DOT), alt=EVIL, role="original"
    )
    searched = (cards.cards()["model:fundus-gate"].as_source(),)
    return {
        Outcome.FOUND: found(finding(), pictures=(picture,), searched=searched, note="opened as it was"),
        Outcome.BAD_INPUT: bad_input(f"The picture was not read: {EVIL}"),
        Outcome.NEEDS_INPUT: needs_input("Hazy.", "a new photograph"),
        Outcome.UNAVAILABLE: unavailable("No head.", "consilium image train head"),
    }


@given(st.text())
def test_no_words_open_an_element_or_an_attribute(words: str) -> None:
    tags = Tags(f'<p title="{safe(words)}">{safe(words)}</p>')
    assert tags.names == ["p"]
    assert [name for name, _ in tags.attributes] == ["title"]


def test_hostile_words_stay_words_in_every_block() -> None:
    page = as_html(whole(EVIL))
    tags = Tags(page)
    assert "script" not in tags.names
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    assert "\u202e" not in page
    assert tags.open == []


def test_a_page_needs_nothing_from_outside_and_runs_nothing() -> None:
    tags = Tags(as_html(whole("plain")))
    addresses = [value or "" for name, value in tags.attributes if name in {"src", "href"}]
    assert addresses
    assert all(address.startswith("data:image/png;base64,") for address in addresses)
    policy = next(
        value for name, value in tags.attributes if name == "content" and "default-src" in str(value)
    )
    assert "script" not in str(policy)
    assert "default-src 'none'" in str(policy)


def test_every_picture_has_words_for_those_who_do_not_see_it() -> None:
    page = as_html(reading_report(results()[Outcome.FOUND]))
    assert len(re.findall(r"<img ", page)) == len(re.findall(r'<img [^>]*alt="[^"]+"', page)) == 1


@pytest.mark.parametrize("outcome", list(results()))
def test_each_outcome_says_first_how_it_ended_and_that_it_is_no_diagnosis(outcome: Outcome) -> None:
    page = as_html(reading_report(results()[outcome]))
    assert page.count(NOTICE) == 2
    assert page.index(OUTCOMES[outcome]) < page.index("<section>")


def test_the_lead_of_no_answer_is_true_also_where_a_head_looked() -> None:
    assert "abstained" in OUTCOMES[Outcome.NOT_COVERED]
    assert "Not read" not in OUTCOMES[Outcome.NOT_COVERED]


def test_every_outcome_has_its_first_words() -> None:
    assert set(OUTCOMES) == set(Outcome)


def test_a_reading_shows_the_limits_of_each_model_that_took_part() -> None:
    page = as_html(reading_report(results()[Outcome.FOUND]))
    for name in (VESSELS, "model:fundus-gate"):
        card = cards.cards()[name]
        for words in (card.forbidden, card.not_tested_on, *card.known_failures):
            assert safe(words) in page


def test_a_missing_model_comes_with_its_command() -> None:
    assert "consilium image train head" in as_html(reading_report(results()[Outcome.UNAVAILABLE]))


def test_a_reliability_plot_puts_a_kept_word_on_the_diagonal() -> None:
    drawn = ET.fromstring(reliability([Point(0.5, 0.5, 0.4, 0.6, 100), Point(0.9, 0.6, 0.5, 0.7, 50)], "x"))
    kept, broken = (one for one in drawn.iter() if one.tag.endswith("circle"))
    middle = [float(one.attrib["x2"]) for one in drawn.iter() if one.attrib.get("stroke-dasharray")]
    left = float(next(one for one in drawn.iter() if one.tag.endswith("rect")).attrib["x"])
    side = middle[0] - left
    assert float(kept.attrib["cx"]) - left == pytest.approx(side / 2)
    assert float(kept.attrib["cy"]) - 6 == pytest.approx(side / 2)
    assert float(broken.attrib["cy"]) > 6 + side * 0.1


def test_a_plot_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one bin"):
        reliability([], "x")


def test_made_pictures_come_with_what_their_generator_is_worth() -> None:
    from imaging.generate import lab

    page = as_html(samples_report("xray-pca", lab.sample("xray-pca", "normal", 1, 3)))
    card = cards.cards()["model:xray-pca"]
    assert safe(card.intended) in page
    assert all(safe(one) in page for one in card.known_failures)
    assert "not a proof of privacy" in page


def test_drawn_eyes_have_nobody_to_leak_from_and_no_such_section() -> None:
    from imaging.generate import lab

    report = samples_report("phantom", lab.sample("phantom", "healthy", 1, 3))
    assert [one.title for one in report.sections] == ["Pictures"]


def test_an_evaluation_of_generators_shows_each_of_them(tmp_path: Path) -> None:
    from imaging.generate import shipped

    found = list(sections(["generators"], Given(data=tmp_path, work=tmp_path)))
    assert len(found) == 1 + len(shipped.names())
    assert all(any(isinstance(block, Pictures) for block in one.blocks) for one in found[1:])
    assert list(sections(["gates"], Given(data=tmp_path, work=tmp_path))) == []


def test_calibration_without_its_set_says_what_is_missing(tmp_path: Path) -> None:
    (found,) = sections(["heads"], Given(data=tmp_path, work=tmp_path))
    (block,) = found.blocks
    assert isinstance(block, Words)
    assert "pneumoniamnist" in block.text


def test_calibration_is_drawn_for_pictures_as_they_are_and_under_shifts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Sets:
        val = SimpleNamespace(labels=np.array([0, 1, 1, 0]))

        def chances(self, name: str) -> np.ndarray:
            return np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])

    monkeypatch.setattr("imaging.suites.heads.xray.held", lambda given: Sets())
    (found,) = sections(["heads"], Given(data=tmp_path, work=tmp_path))
    plots = [block for block in found.blocks if isinstance(block, Plot)]
    assert len(plots) == 2
    assert all("stated" in block.svg for block in plots)
