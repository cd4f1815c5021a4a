"""The suites of gates and quality: intervals, what counts as met, and that a failure is shown as one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from imaging.image import Decision, Verdict
from imaging.suites import gates, intervals, pictures, quality, reading
from imaging.suites.row import Given, Row

NOWHERE = Given(data=Path("nowhere"), work=Path("nowhere"))
FLAT = np.zeros((8, 8, 3), np.uint8)


def _ends(words: str) -> tuple[float, float]:
    low, high = words.split("[")[1].split("]")[0].split(", ")
    return float(low), float(high)


def test_the_interval_holds_the_share_and_counts_people_not_pictures() -> None:
    hits = [True] * 80 + [False] * 20
    alone = intervals.share(hits, [str(one) for one in range(100)])
    low, high = _ends(alone)
    assert low < 80 < high
    assert "n 100)" in alone
    in_fives = intervals.share(hits, [str(one // 5) for one in range(100)])
    assert np.diff(_ends(in_fives)) > np.diff((low, high))
    assert "n 100 of 20" in in_fives


def test_where_all_agree_the_interval_is_not_a_point() -> None:
    low, high = _ends(intervals.share([True] * 40, [str(one // 2) for one in range(40)]))
    assert high == 100
    assert low == pytest.approx(83.9, abs=0.1)  # Wilson, 20 of 20
    assert intervals.share([], []) == "n 0"


def test_the_area_counts_a_tie_half_and_its_interval_goes_by_group() -> None:
    assert intervals.area([0, 1], [1, 2]) == pytest.approx(0.875)
    rng = np.random.default_rng(0)
    low, high = rng.normal(0, 1, 60), rng.normal(1, 1, 60)
    names = [str(one) for one in range(60)]
    value, least, most = intervals.area_with_interval(list(low), list(high), names, names)
    assert least < value < most
    tens = [str(one // 10) for one in range(60)]
    _, wider_least, wider_most = intervals.area_with_interval(list(low), list(high), tens, tens)
    assert wider_most - wider_least != most - least


def _verdict(score: float) -> Verdict:
    decision = Decision.ACCEPTED if score <= 2 else Decision.UNSURE if score <= 3 else Decision.REJECTED
    return Verdict(check="x", decision=decision, score=score, threshold=2, higher_is="worse", reason="so")


def _rows(monkeypatch: pytest.MonkeyPatch, scores: dict[str, list[float]]) -> dict[str, Row]:
    def shown(_data: Path, _every: int = 1) -> Iterator[tuple[str, str, np.ndarray]]:
        yield from ((name, str(place), FLAT) for name, some in scores.items() for place, _ in enumerate(some))

    left = [one for some in scores.values() for one in some]
    monkeypatch.setattr(gates, "pictures", shown)
    monkeypatch.setattr(gates, "fundus", lambda _: (_verdict(left.pop(0)), True))
    monkeypatch.setattr(gates, "xray", lambda _: (_verdict(9.0), True))
    return {row.measure: row for row in gates.rows(NOWHERE) if "fundus gate" in row.measure}


def test_a_trap_let_in_is_not_met_and_the_margin_says_how_near_it_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = _rows(monkeypatch, {"DRIVE": [1, 1.5], "glaucoma": [1, 2.5], "orange disc": [1.8, 9]})
    assert rows["fundus gate accepts DRIVE"].met
    assert rows["fundus gate accepts glaucoma"].met is False
    assert "unsure 1, rejected 0" in rows["fundus gate accepts glaucoma"].ours
    assert rows["fundus gate accepts orange disc"].met is False
    margin = rows["fundus gate, margin to the nearest picture of another kind"]
    assert margin.ours.startswith("-10 %")
    assert margin.met is False


def test_a_wide_margin_is_met_and_pictures_learned_from_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _rows(monkeypatch, {"DRIVE": [1], "everyday": [2.6, 7], "everyday (trained on)": [2.1]})
    assert rows["fundus gate accepts everyday"].met
    assert rows["fundus gate, margin to the nearest picture of another kind"].met


def test_the_quality_suite_tells_a_refusal_from_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    good, blurred = dict.fromkeys(quality.DEFECTS, 3.0), dict.fromkeys(quality.DEFECTS, 3.0) | {"blur": 0.5}

    def judged(_data: Path, _every: int) -> Iterator[quality.Judged]:
        for place in range(30):
            yield quality.Judged("normal odd", str(place), blurred if place < 3 else good)
            for name in quality.DEFECTS:
                yield quality.Judged(name, str(place), blurred)

    monkeypatch.setattr(quality, "_judged", judged)
    rows = {row.measure: row for row in quality.rows(NOWHERE)}
    assert rows["quality refuses normal odd"].met is False
    assert rows["quality, AUC of blur against sound normals"].ours.startswith("0.950")
    assert rows["quality, AUC of dark against sound normals"].met is False
    assert rows["quality names blur where it was put"].ours.startswith("100.0 %")
    assert rows["quality names haze where it was put"].ours.startswith("0.0 %")


def test_the_traps_are_drawn_from_every_picture_and_are_round() -> None:
    found = list(pictures.traps({"one": np.full((50, 90, 3), 90, np.uint8)}))
    assert len(found) == 3 + 10
    assert all(pixels[0, 0].max() == 0 and pixels[192, 192].max() > 0 for _, _, pixels in found)
    assert {source for _, source, _ in found[:3]} == {"one"}
    tinted = found[1][2][192, 192].astype(int)
    assert tinted[0] > tinted[1] > tinted[2]


def test_both_eyes_of_a_person_are_one_group() -> None:
    assert pictures.patient(Path("a/normal/7_left.jpg")) == pictures.patient(Path("a/normal/7_right.jpg"))
    assert pictures.patient(Path("a/normal/7_left.jpg")) != pictures.patient(Path("b/normal/7_left.jpg"))


def test_a_slow_call_is_not_met_and_the_median_counts() -> None:
    calls = [reading.Took(wall=wall, cpu=wall / 2) for wall in (0.9, 3.0, 1.0)]
    row = reading._timed("a call", "< 2 s", calls, 2.0)
    assert row.met
    assert row.ours == "1.00 s wall [0.90, 3.00], 0.50 s CPU (n 3)"
    assert reading._timed("a call", "< 2 s", calls[1:2], 2.0).met is False


def test_time_of_children_is_counted() -> None:
    busy = [sys.executable, "-c", "sum(range(10**6))"]
    took = reading.took(lambda: subprocess.run(busy, check=True))
    assert took.wall > 0
    assert took.cpu > 0


@pytest.mark.slow
def test_a_whole_reading_is_measured_in_a_fresh_process() -> None:
    rows = {row.measure: row for row in reading.rows(NOWHERE)}
    assert any("first call" in name for name in rows)
    assert "gate" in rows["steps of a warm reading, s"].ours
    assert rows["peak memory of the process"].met
