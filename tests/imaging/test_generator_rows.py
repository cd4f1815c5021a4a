"""Rows of the generators' suite from made-up figures: what is met is said to be, floors stand beside."""

from __future__ import annotations

from imaging.realism import judge
from imaging.realism.figure import Figure
from imaging.realism.judge import Line
from imaging.suites.generators import lines


def at(group: judge.Group, measure: str, value: float, subject: judge.Subject = "made") -> Line:
    figure = Figure(value=value, low=value - 0.01, high=value + 0.01, n=90, interval="x")
    return judge.of(group, measure, figure, subject)


def attacked(excess: float, member: float, subject: judge.Subject = "made") -> list[Line]:
    found = []
    for space in ("pixels", "features"):
        found += [
            at("privacy", f"{judge.EXCESS}, {space}", excess, subject),
            at("privacy", f"{judge.MEMBERSHIP}, {space}", member, subject),
            at("privacy", f"{judge.COPIES}, {space}", 0.0 if subject == "made" else 1.0, subject),
            at("privacy", f"nearest over second nearest distance, median, {space}", 0.97, subject),
            at("privacy", f"nearest over second nearest distance, median, {space}", 0.96, "real"),
        ]
    return found


def looked(density: float, covered: float, distance: float) -> list[Line]:
    return [
        at("coverage", judge.DENSITY, density),
        at("coverage", judge.COVERAGE, covered),
        at("distance", judge.DISTANCE, distance),
    ]


def test_all_three_figures_must_reach_the_bar() -> None:
    for figures, met in (((0.6, 0.5, 900.0), True), ((0.4, 0.5, 900.0), False), ((0.6, 0.5, 1100.0), False)):
        row = lines.coverage_row("x", looked(*figures), 16, (0.5, 0.4, 1000.0), "", "")
        assert row.met is met
        assert "(n 90)" in row.ours
        assert row.target == "density >= 0.5, coverage >= 0.4, KID < 1000"
    assert lines.coverage_row("x", looked(0.6, 0.5, 900), None, (0.5, 0.4, None), "", "").met is None


def test_privacy_is_said_for_both_spaces_with_the_copies_beside() -> None:
    copies = attacked(0.4, 0.9, "copies")
    rows = list(lines.privacy_rows("x", attacked(0.01, 0.51), copies))
    assert [row.met for row in rows] == [True, True]
    assert all("0.900" in row.beside and "1.000" in row.beside for row in rows)
    assert [row.met for row in lines.privacy_rows("x", attacked(0.01, 0.6), copies)] == [False, False]
    assert [row.met for row in lines.privacy_rows("x", attacked(0.06, 0.5), copies)] == [False, False]


def test_where_noisy_copies_pass_the_bar_decides_nothing() -> None:
    blind = attacked(0.04, 0.51, "copies")
    for excess in (0.01, 0.2):
        rows = list(lines.privacy_rows("x", attacked(excess, 0.5), blind))
        assert [row.met for row in rows] == [None, None]
        assert all("no power" in row.note for row in rows)


def test_a_quick_look_keeps_enough_pictures() -> None:
    import numpy as np

    pictures = np.zeros((516, 2, 2), np.uint8)
    assert len(lines.thin(pictures, 1)) == 516
    assert len(lines.thin(pictures, 4)) == 129
    assert len(lines.thin(pictures, 100)) >= lines.FEWEST
