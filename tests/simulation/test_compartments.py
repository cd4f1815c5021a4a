"""Compartment models: closed form against the matrix exponential, and what every linear model must hold to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tools.simulation.compartments import (
    Array,
    Oral,
    Regimen,
    amounts,
    auc,
    auc_interval,
    by_exponential,
    concentrations,
    exponential,
    hours_to_steady,
    matrices,
    regimen,
    steady_curve,
    terms,
)

PEOPLE = 20
HOURS = np.linspace(0, 240, 121)


def oral(two: bool = True, *, lag: bool = False, f: float | None = None, seed: int = 7) -> Oral:
    """Random people around the figures of S-warfarin."""
    random = np.random.default_rng(seed)

    def drawn(middle: float, spread: float) -> Array:
        return middle * np.exp(spread * random.standard_normal(PEOPLE))

    return Oral(
        cl=drawn(0.3, 0.4), v1=drawn(13.8, 0.3), ka=drawn(2, 0.5),
        q=drawn(0.13, 0.3) if two else None, v2=drawn(6.6, 0.8) if two else None,
        f=None if f is None else np.full(PEOPLE, f), lag=random.uniform(0, 2, PEOPLE) if lag else None,
    )  # fmt: skip


SHAPES = [
    pytest.param({"two": False}, id="one compartment"),
    pytest.param({"two": True}, id="two compartments"),
    pytest.param({"two": True, "lag": True, "f": 0.4}, id="two, lag and share absorbed"),
]
DOSES = [
    pytest.param(Regimen(10, 0, 1), id="once"),
    pytest.param(Regimen(5, 24, 10), id="daily"),
    pytest.param(Regimen(5, 8, 7), id="three a day, then stopped"),
]


@pytest.mark.parametrize("doses", DOSES)
@pytest.mark.parametrize("shape", SHAPES)
def test_closed_form_equals_the_matrix_exponential(shape: dict[str, float], doses: Regimen) -> None:
    people = oral(**shape)  # type: ignore[arg-type]
    closed, stepped = concentrations(people, doses, HOURS), by_exponential(people, doses, HOURS)
    assert np.abs(closed - stepped).max() < 1e-10 * closed.max()


@pytest.mark.parametrize("shape", SHAPES)
def test_doses_add_up(shape: dict[str, float]) -> None:
    people = oral(**shape)  # type: ignore[arg-type]
    whole = concentrations(people, Regimen(5, 24, 6), HOURS)
    each = sum(concentrations(people, Regimen(5, 0, 1), HOURS - 24 * k) for k in range(6))
    assert np.allclose(whole, each, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("shape", SHAPES)
def test_concentration_is_linear_in_dose(shape: dict[str, float]) -> None:
    people = oral(**shape)  # type: ignore[arg-type]
    one, three = (concentrations(people, Regimen(mg, 24, 9), HOURS) for mg in (2.0, 6.0))
    assert np.allclose(3 * one, three, rtol=1e-12)


@pytest.mark.parametrize("doses", DOSES)
@pytest.mark.parametrize("shape", SHAPES)
def test_mass_is_what_was_absorbed(shape: dict[str, float], doses: Regimen) -> None:
    people = oral(**shape)  # type: ignore[arg-type]
    held = amounts(people, doses, HOURS)
    lag = np.zeros(PEOPLE) if people.lag is None else people.lag
    given = (doses.given_at[None, :, None] + lag[:, None, None] <= HOURS[None, None, :]).sum(axis=1)
    assert np.allclose(held.sum(axis=2), doses.dose * people.absorbed[:, None] * given, rtol=1e-11)
    assert (held > -1e-12).all()
    assert (np.diff(held[:, :, 3], axis=1) > -1e-12).all(), "what has left does not come back"
    assert np.allclose(matrices(people).sum(axis=1), 0)


@pytest.mark.parametrize("shape", SHAPES)
def test_area_is_dose_over_clearance(shape: dict[str, float]) -> None:
    people = oral(**shape)  # type: ignore[arg-type]
    once = Regimen(7, 0, 1)
    assert np.allclose(auc(people, once, 1e5), 7 * people.absorbed / people.cl, rtol=1e-9)
    assert np.allclose(auc_interval(people, 7), 7 * people.absorbed / people.cl)


@pytest.mark.parametrize("doses", DOSES)
@pytest.mark.parametrize("shape", SHAPES)
def test_area_of_a_window_is_what_was_eliminated(shape: dict[str, float], doses: Regimen) -> None:
    people = oral(**shape)  # type: ignore[arg-type]
    for hours in (1.0, 25.0, 200.0):
        left = amounts(people, doses, np.array([hours]))[:, 0, 3]
        assert np.allclose(auc(people, doses, hours), left / people.cl, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("shape", SHAPES)
def test_mean_at_steady_state_is_dose_rate_over_clearance(shape: dict[str, float]) -> None:
    people = oral(**shape)  # type: ignore[arg-type]
    since, curve = steady_curve(people, 5, 24, points=20001)
    mean = np.trapezoid(curve, since, axis=1) / 24
    assert np.allclose(mean, 5 * people.absorbed / (24 * people.cl), rtol=1e-4)


def test_steady_curve_is_where_a_long_course_comes_to() -> None:
    people = oral(lag=True)
    since, steady = steady_curve(people, 5, 24)
    late = concentrations(people, Regimen(5, 24, 2000), 24 * 1999 + since)
    # the last dose has not yet come at the very end of the interval, the next has not yet begun to be absorbed
    assert np.allclose(late[:, :-1], steady[:, :-1], rtol=1e-8)


def test_time_to_steady_state_is_the_interval_that_reaches_it() -> None:
    people, doses = oral(), Regimen(5, 24, 400)
    for index, end in enumerate(hours_to_steady(people, 24)):
        one = people.of(np.arange(PEOPLE) == index)
        areas = [auc(one, doses, hours)[0] if hours > 0 else 0.0 for hours in (end - 48, end - 24, end)]
        before, at = np.diff(areas) / auc_interval(one, 5)[0]
        assert at >= 0.95 - 1e-9
        assert before < 0.95 or end == 24


@pytest.mark.parametrize("away", [0.0, 1e-9, 1e-6, 3e-5], ids=["equal", "1e-9", "1e-6", "3e-5"])
def test_absorption_that_meets_a_disposition_rate_falls_back(away: float) -> None:
    people = oral()
    rates = terms(people).rate
    met = replace(people, ka=np.where(np.arange(PEOPLE) % 2, rates[:, 0], rates[:, 1]) * (1 + away))
    doses = Regimen(5, 24, 4)
    closed, stepped = concentrations(met, doses, HOURS), by_exponential(met, doses, HOURS)
    assert np.isfinite(closed).all()
    assert np.abs(closed - stepped).max() < 1e-10 * stepped.max()


def test_one_compartment_is_the_limit_of_two() -> None:
    one = oral(two=False)
    nearly = replace(one, q=np.full(PEOPLE, 1e-9), v2=np.full(PEOPLE, 5.0))
    doses = Regimen(5, 24, 10)
    assert np.allclose(concentrations(one, doses, HOURS), concentrations(nearly, doses, HOURS), rtol=1e-6)


def test_nothing_before_the_first_dose_is_absorbed() -> None:
    people = oral(lag=True)
    assert people.lag is not None
    early = concentrations(people, Regimen(5, 24, 2), np.array([-3.0, 0.0]))
    assert (early == 0).all()


@pytest.mark.parametrize(
    ("hours", "every", "number"),
    [(24, 24, 1), (25, 24, 2), (240, 24, 10), (48, 8, 6), (240, 0, 1)],
    ids=["a day", "a day and an hour", "ten days", "three a day", "once"],
)
def test_no_dose_falls_on_the_end_of_the_window(hours: float, every: float, number: int) -> None:
    assert regimen(5, every, hours).number == number


@pytest.mark.parametrize("hours", [1e-3, 1.0, 24.0, 500.0])
def test_exponential_is_that_of_scipy(hours: float) -> None:
    from scipy.linalg import expm

    rates = matrices(oral()) * hours
    ours = exponential(np.ascontiguousarray(rates.transpose(1, 2, 0))).transpose(2, 0, 1)
    assert np.abs(ours - expm(rates)).max() < 1e-12
    assert np.allclose(ours.sum(axis=1), 1, rtol=0, atol=1e-12), "nothing is made or lost"


def test_exponential_of_nothing_is_nothing_moved() -> None:
    assert (exponential(np.zeros((4, 4, 3)))[:, :, 1] == np.eye(4)).all()
