"""Judging and reporting: a card's sentences are read back as figures, copies are seen, pictures carry the mark."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imaging import backbone
from imaging.generate import shipped
from imaging.image import ModelMissing
from imaging.realism import judge, report
from imaging.realism.judge import Line
from imaging.realism.privacy import LEAKS, NO_SIGN, UNSURE

held = pytest.mark.skipif(not backbone.held(), reason="the backbone's weights are not installed")


@settings(max_examples=50, deadline=None)
@given(
    value=st.floats(-1, 1),
    n=st.integers(1, 9999),
    subject=st.sampled_from(["made", "real", "copies", "noise"]),
)
def test_a_sentence_of_a_card_is_read_back(value: float, n: int, subject: judge.Subject) -> None:
    line = Line(subject=subject, group="privacy", measure="near-copies, pixels", value=value, low=value - 0.1,
                high=value + 0.2, n=n)  # fmt: skip
    again = judge.line(line.rendered)
    assert again is not None
    assert (again.subject, again.measure, again.n) == (subject, "near-copies, pixels", n)
    assert again.value == pytest.approx(value, abs=0.0006)


def test_other_sentences_are_no_figures() -> None:
    for words in (
        "Against 516 pictures.",
        "privacy, made: membership AUC",
        "taste, made: x = 1 [0, 2] (n 3)",
    ):
        assert judge.line(words) is None


@pytest.mark.parametrize("name", shipped.names())
def test_each_shipped_generator_has_its_privacy_figures_in_its_card(name: str) -> None:
    found = report.privacy_report(name)
    assert found.verdict in (LEAKS, NO_SIGN, UNSURE)
    assert found.verdict != LEAKS
    assert found.origin == "card"
    member = next(row for row in found.rows if row.measure == f"{judge.MEMBERSHIP}, pixels")
    assert "[" in member.made
    assert member.bar == "<= 0.55"
    assert float(member.copies.split()[0]) > 0.55
    ratio = next(
        row for row in found.rows if row.measure.startswith("nearest over second") and "pixels" in row.measure
    )
    assert ratio.made
    assert ratio.real
    assert float(ratio.copies.split()[0]) < 0.3


def test_the_whole_report_has_all_groups_and_a_stamped_picture() -> None:
    found = report.report("xray-pca")
    assert {row.group for row in found.rows} == {"usefulness", "privacy", "coverage", "distance"}
    with Image.open(io.BytesIO(found.samples)) as picture:
        assert picture.text == {"Comment": "synthetic"}  # type: ignore[attr-defined]
        assert picture.width > 8 * 28
    assert found.good_for
    assert found.failures


def test_generators_stand_side_by_side() -> None:
    found = report.side_by_side()
    assert found.columns[2:] == shipped.names()
    assert all(len(row) == len(found.columns) for row in found.rows)
    assert [row[0] for row in found.rows] == sorted(
        (row[0] for row in found.rows), key=["usefulness", "privacy", "coverage", "distance"].index
    )
    assert len(found.good_for) == len(shipped.names())
    density = next(row for row in found.rows if row[1] == "density")
    assert all(density[2:])


def test_strangers_are_refused() -> None:
    for ask in (report.privacy_report, report.report):
        with pytest.raises(ModelMissing, match="no generator"):
            ask("nobody")


@held
def test_copies_are_told_from_pictures_of_the_same_source() -> None:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:28, :28]

    def waves(count: int) -> np.ndarray:
        turns = rng.uniform(0, 6.28, (count, 5, 3))
        rows = [
            sum(np.sin(x * np.cos(a) / 3 + y * np.sin(a) / 3 + b) * np.cos(c) for a, b, c in one)
            for one in turns
        ]
        return (128 + 25 * np.array(rows)).clip(0, 255).astype(np.uint8)

    real = judge.Real(waves(60), waves(50), waves(50), waves(50))
    against = judge.seen(real)
    from imaging.realism.features import described

    for made, caught in ((waves(50), False), (judge.stolen(real.train, 50), True)):
        found = {
            line.measure: line
            for line in judge.judged(made, described(made), against)
            if line.subject == "made"
        }
        assert (found[f"{judge.COPIES}, pixels"].value > 0.5) is caught
        assert (found[f"{judge.MEMBERSHIP}, pixels"].value > 0.8) is caught
        assert caught or found[judge.COVERAGE].value > 0.5


@held
def test_features_are_kept_under_the_hash_of_the_pictures(tmp_path: Path) -> None:
    from imaging.realism.features import described

    pictures = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    first = described(pictures, tmp_path)
    (path,) = tmp_path.iterdir()
    np.save(path, first + 1)
    assert (described(pictures, tmp_path) == first + 1).all()
    assert described(pictures[:2], tmp_path).shape == (2, 1432)


@held
@pytest.mark.slow
def test_measured_now_agrees_with_the_card(shared: Path) -> None:
    """The card's density, coverage and membership, measured again on the development data."""
    from imaging.cards import cards

    name = "xray-cvae"
    card = {
        line.measure: line
        for line in judge.lines(cards()[f"model:{name}"].measured)
        if line.subject == "made"
    }
    now = {line.measure: line for line in report.measured(name, shared) if line.subject == "made"}
    for measure in (judge.DENSITY, judge.COVERAGE, f"{judge.MEMBERSHIP}, pixels"):
        assert now[measure].value == pytest.approx(card[measure].value, abs=0.02)
