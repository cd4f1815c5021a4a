"""What is told of the INR after one dose, and over intervals longer than a day."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tools.simulation import inr_interval, warfarin
from tools.simulation.answers import result
from tools.simulation.compartments import Regimen
from tools.simulation.population import Asked, typical
from tools.simulation.records import models

ONCE = re.compile(
    r"a (?:median )?highest INR of (\d+\.\d\d)(?: \(5 to 95 %: (\d+\.\d\d) to (\d+\.\d\d)\))?.* day (\d+\.\d)"
)


@pytest.mark.parametrize(
    ("dose", "genotype", "model"),
    [
        (10, "*1/*1 GG", None),
        (10, "*3/*3 AA", None),
        (15, "*1/*1 AA", None),
        (5, "*1/*2 GA", "warfarin_2010"),
    ],
)
@pytest.mark.parametrize("days", [30, 90])
def test_after_one_dose_the_highest_inr_and_its_day_are_told(
    dose: float, genotype: str, model: str | None, days: float
) -> None:
    found = result("warfarin", dose, 0, days, (genotype,), model=model, n=200)
    said = found.findings[0].statement
    told = ONCE.search(said)
    assert told, said
    assert f"by day {days}" not in said
    assert "rise" not in said
    assert float(told[1]) > 1.01
    assert 0.5 < float(told[4]) < 12
    exposures = next(one for one in found.tables if one.title.startswith("Simulated exposure"))
    assert "INR at steady state" not in exposures.columns
    assert exposures.rows[0][exposures.columns.index("highest INR")].startswith(told[1])


def test_the_reviewers_one_dose_peaks_near_the_first_day() -> None:
    told = ONCE.search(result("warfarin", 10, 0, 30).findings[0].statement)
    assert told
    assert float(told[1]) == pytest.approx(1.15, abs=0.03)
    assert float(told[4]) == pytest.approx(1.1, abs=0.3)


def test_a_run_that_ends_before_the_highest_inr_says_so() -> None:
    said = result("warfarin", 10, 0, 1, ("*3/*3 AA",), age=71).findings[0].statement
    assert "the end of the run: it may still rise" in said


@pytest.mark.parametrize("name", ["warfarin_2007", "warfarin_2010"])
@pytest.mark.parametrize(("dose", "every"), [(15, 168), (15, 48), (10, 72), (20, 120)])
def test_the_interval_at_steady_state_is_the_last_of_a_long_run(name: str, dose: float, every: float) -> None:
    person = typical(models()[name], Asked({"CYP2C9": "*1/*1", "VKORC1": "AA"}, 71))
    number = int(180 * 24 / every)
    run = warfarin.simulate(person, Regimen(dose, every, number), number * every)
    last = run.inr[0][run.times >= (number - 1) * every]
    found = inr_interval.of_interval(person, dose, every)[0]
    assert found.mean() == pytest.approx(np.trapezoid(last) / (len(last) - 1), abs=0.01)
    assert (found.min(), found.max()) == pytest.approx((last.min(), last.max()), abs=0.02)


@pytest.mark.parametrize(("dose", "every", "mean"), [(15, 168, 1.66), (10, 48, 2.78)])
def test_the_mean_inr_of_a_long_interval_is_not_that_of_the_mean_concentration(
    dose: float, every: float, mean: float
) -> None:
    person = typical(models()["warfarin_2007"], Asked({"CYP2C9": "*1/*1", "VKORC1": "AA"}, 65))
    found = inr_interval.of_interval(person, dose, every)[0].mean()
    assert found == pytest.approx(mean, abs=0.02)
    assert found < float(warfarin.steady_inr(person, dose, every)[0]) - 0.03


@pytest.mark.parametrize("every", [36, 48, 168])
def test_long_intervals_say_between_what_the_inr_moves(every: float) -> None:
    found = result("warfarin", 10, every, 60, ("*1/*1 AA",), n=60)
    assert f"within an interval of {every} hours" in found.findings[0].statement
    exposures = next(one for one in found.tables if one.title.startswith("Simulated exposure"))
    assert "mean INR of an interval at steady state" in exposures.columns
    low, mean, high = (
        float(exposures.rows[0][exposures.columns.index(name)].split(" ")[0])
        for name in ("lowest INR in it", "mean INR of an interval at steady state", "highest INR in it")
    )
    assert low <= mean <= high
    rows = next(one for one in found.tables if one.title.startswith("Simulated INR")).rows
    assert all("dose)" in row[0] for row in rows)


@pytest.mark.parametrize("every", [12, 24])
def test_within_a_day_the_inr_is_told_as_before(every: float) -> None:
    found = (
        result("warfarin", 5, every, 60, ("*1/*1 GA",), n=60)
        if every == 24
        else result("warfarin", 2.5, 12, 60, n=60)
    )
    said = found.findings[0].statement
    assert "median INR of" in said
    assert "by day 60" in said
    assert "interval of" not in said
