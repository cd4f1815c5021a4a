"""The tables of a run: each row is of its own moment, whatever the length of the run."""

from __future__ import annotations

import re

import numpy as np
import pytest

from retrieval.evidence import Table
from tools.simulation import compartments as pk
from tools.simulation.answers import result
from tools.simulation.course import Request
from tools.simulation.groups import band, spread, unit_factor
from tools.simulation.moments import HOURS, kept_times, moments
from tools.simulation.peaks import after_one_dose
from tools.simulation.population import Asked, typical
from tools.simulation.records import models
from tools.simulation.run import simulate

TYPICAL = {"weight": 70.0, "n": 1}


def table(start: str, **asked: object) -> Table:
    found = result(**asked)  # type: ignore[arg-type]
    assert not found.missing, found.note
    return next(one for one in found.tables if one.title.startswith(start))


def middle(cell: str) -> float:
    return float(cell.split(" (")[0].lstrip("<"))


@pytest.mark.parametrize(
    ("drug", "dose", "days"),
    [
        ("metoprolol", 50, 90), ("metoprolol", 100, 180), ("lansoprazole", 30, 45), ("escitalopram", 10, 120),
        ("celecoxib", 200, 2), ("warfarin", 10, 150),
    ],
)  # fmt: skip
def test_each_hour_after_one_dose_is_of_that_hour(drug: str, dose: float, days: float) -> None:
    asked = Request(drug=drug, dose_mg=dose, every_h=0, days=days, weight=70, n=1, age=None)
    course = simulate(asked)
    group = course.groups[0]
    short = simulate(asked.model_copy(update={"days": 1.0}))
    for hour in (one for one in HOURS if one <= 24):
        place, other = course.place(hour), short.place(hour)
        assert course.times[place] == short.times[other] == hour
        told = short.groups[0].concentration.middle[other]
        assert group.concentration.middle[place] == pytest.approx(told, rel=1e-9)
    assert max(group.concentration.middle) <= group.exposure.cmax.middle * (1 + 1e-9)


def test_the_table_of_metoprolol_once_over_90_days() -> None:
    rows = dict(
        row[:2]
        for row in table("Simulated metoprolol", drug="metoprolol", dose_mg=50, every_h=0, days=90).rows
    )
    assert middle(rows["1 h"]) == pytest.approx(72, rel=0.05)
    assert middle(rows["1 h"]) > middle(rows["2 h"]) > middle(rows["6 h"]) > middle(rows["8 h"])
    assert rows["336 h"] == "<0.001"


@pytest.mark.parametrize(
    ("drug", "dose", "every"),
    [("metoprolol", 50, 0), ("metoprolol", 50, 168), ("lansoprazole", 30, 168), ("warfarin", 5, 0)],
)
def test_no_table_tells_powers_of_ten_or_endless_digits(drug: str, dose: float, every: float) -> None:
    found = result(drug=drug, dose_mg=dose, every_h=every, days=180)
    shown = [
        cell
        for one in found.tables
        if one.title.startswith("Simulated")
        for row in one.rows
        for cell in row[1:]
    ]
    assert shown
    for cell in shown:
        assert not re.search(r"\d[eE][+-]?\d|0\.0{6}", cell), cell
    assert not any(re.search(r"\d[eE][+-]\d", one.alt or "") for one in found.pictures)


@pytest.mark.parametrize(
    ("drug", "dose", "every", "days"),
    [
        ("atomoxetine", 40, 48, 30), ("warfarin", 15, 168, 90), ("metoprolol", 50, 36, 30), ("warfarin", 2, 6.5, 30),
        ("escitalopram", 10, 24, 45), ("torsemide", 10, 12, 7),
    ],
)  # fmt: skip
def test_before_the_next_dose_is_said_of_troughs_alone(
    drug: str, dose: float, every: float, days: float
) -> None:
    request = Request(drug=drug, dose_mg=dose, every_h=every, days=days, weight=70, n=1)
    course = simulate(request)
    asked = moments(request, course.model)
    assert asked
    assert all(one.trough for one in asked)
    assert all(one.hour / every == pytest.approx(round(one.hour / every), abs=1e-6) for one in asked)
    assert all(course.times[course.place(one.hour)] == pytest.approx(one.hour) for one in asked)
    title = table("Simulated", drug=drug, dose_mg=dose, every_h=every, days=days).title
    assert "before the next dose" in title or "INR" in title


def test_rows_that_are_no_troughs_say_when_they_are() -> None:
    told = table("Simulated atomoxetine", drug="atomoxetine", dose_mg=40, every_h=168, days=3)
    assert "before the next dose" not in told.title
    assert [row[0] for row in told.rows] == [
        "day 1 (24 h after a dose)", "day 2 (48 h after a dose)", "day 3 (72 h after a dose)",
    ]  # fmt: skip


@pytest.mark.parametrize("days", [1, 2, 3.5, 14, 30.3, 31, 180])
@pytest.mark.parametrize("every", [0, 6.7, 24, 36, 168])
@pytest.mark.parametrize("name", ["warfarin_2007", "losartan", "metoprolol"])
def test_kept_times_lie_in_the_run_and_rise(name: str, every: float, days: float) -> None:
    model = models()[name]
    request = Request(drug=model.drug, dose_mg=1, every_h=every, days=days)
    times = kept_times(request, model)
    assert times[0] == 0
    assert times[-1] <= days * 24
    assert (np.diff(times) > 0).all()
    assert {one.hour for one in moments(request, model)} <= set(times.tolist())


@pytest.mark.parametrize(
    ("name", "dose"),
    [
        ("lansoprazole", 30.0),
        ("metoprolol", 100.0),
        ("torsemide", 10.0),
        ("siponimod", 2.0),
        ("atorvastatin", 40.0),
    ],
)
def test_the_highest_after_one_dose_is_the_same_for_any_days(name: str, dose: float) -> None:
    model = models()[name]
    found = {
        simulate(Request(drug=name, dose_mg=dose, every_h=0, days=days, weight=70, n=40))
        .groups[0]
        .exposure.cmax.middle
        for days in (1, 7, 30, 180)
    }
    assert len(found) == 1
    person = typical(model, Asked({}, weight=70, age=model.age_from)).oral()
    fine = pk.concentrations(person, pk.Regimen(dose * model.fed, 0, 1), np.linspace(0, 60, 60001)).max()
    assert after_one_dose(person, dose * model.fed)[0] == pytest.approx(fine, rel=2e-5)
    assert unit_factor(model) > 0


def test_bands_and_spreads_take_the_same_points() -> None:
    values = np.random.default_rng(3).lognormal(size=(37, 4))
    found = band(values)
    for place in range(4):
        one = spread(values[:, place])
        assert (found.low[place], found.middle[place], found.high[place]) == (one.low, one.middle, one.high)
        assert {one.low, one.middle, one.high} <= set(values[:, place].tolist())
