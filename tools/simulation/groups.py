"""One group of a comparison: the curves of its virtual patients, reduced to bands and spreads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tools.simulation import compartments as pk
from tools.simulation import inr_interval, peaks, warfarin
from tools.simulation.compartments import Array, Regimen
from tools.simulation.course import Band, Exposure, Group, Inr, Request, Spread, Swing
from tools.simulation.moments import kept_times
from tools.simulation.population import Patients
from tools.simulation.records import Model

AT_ONCE = 250
"""People simulated together: keeps the curves of a run within the memory of a small machine."""
STEADY_POINTS = 961
"""Of an interval at steady state, closer together after the dose."""
DAY = 24.0
PER_MG_L = {"mg/L": 1.0, "µg/mL": 1.0, "mcg/mL": 1.0, "µg/L": 1000.0, "ng/mL": 1000.0, "mcg/L": 1000.0}
POINTS = (5, 50, 95)
RANKED: Literal["inverted_cdf"] = "inverted_cdf"
"""Every point is the value of one of the people: nothing lies between two of them, of which one may be infinite."""


def unit_factor(model: Model) -> float:
    """What turns mg/L into the unit in which the record tells concentrations.

    Raises:
        KeyError: the record uses another unit; a test over all records guards this.
    """
    return PER_MG_L[model.concentration_unit]


@dataclass(frozen=True)
class Curves:
    """Of some people: concentrations at the kept times, exposure by name, and INR where the model has one."""

    concentration: Array
    exposure: Mapping[str, Array]
    inr: Array | None = None
    steady_inr: tuple[Array, ...] = ()
    """The INR at steady state; where doses are more than a day apart, its mean, lowest and highest in an interval."""
    ever: Array | None = None
    """Highest INR of each person."""
    top_day: Array | None = None
    """The day on which it comes."""


def group(label: str, genotype: Mapping[str, str], patients: Patients, request: Request) -> Group:
    """The group of a compartment or warfarin model."""
    parts = [
        _curves(patients.rows(first, first + AT_ONCE), request) for first in range(0, patients.n, AT_ONCE)
    ]
    whole = {name: np.concatenate([part.exposure[name] for part in parts]) for name in parts[0].exposure}
    return Group(
        label=label,
        genotype=genotype,
        concentration=band(np.concatenate([part.concentration for part in parts])),
        exposure=Exposure(**{name: spread(value) for name, value in whole.items()}),
        inr=_inr(parts, request, kept_times(request, patients.model)) if parts[0].inr is not None else None,
    )


def _curves(patients: Patients, request: Request) -> Curves:
    model, hours = patients.model, request.days * 24
    doses = pk.regimen(request.dose_mg, request.every_h, hours)
    fed = doses._replace(dose=doses.dose * model.fed)
    exposed = {name: value * unit_factor(model) for name, value in _exposure(patients, fed, hours).items()}
    if request.every_h > 0:
        exposed["hours_to_steady"] = pk.hours_to_steady(patients.oral(), request.every_h)
    if model.kind != "warfarin":
        curve = pk.concentrations(patients.oral(), fed, kept_times(request, model))
        return Curves(curve * unit_factor(model), exposed)
    response = warfarin.simulate(patients, doses, hours)
    kept = np.round(kept_times(request, model) / warfarin.STEP).astype(int)
    return Curves(
        response.concentration[:, kept] * unit_factor(model), exposed, response.inr[:, kept],
        _steady_inr(patients, request), response.inr.max(axis=1),
        response.times[response.inr.argmax(axis=1)] / DAY,
    )  # fmt: skip


def _steady_inr(patients: Patients, request: Request) -> tuple[Array, ...]:
    """After one dose the INR comes back to its base; more than a day between doses leaves it no steady value."""
    if request.every_h <= 0:
        return (patients.value("inr_base"),)
    if request.every_h <= DAY:
        return (warfarin.steady_inr(patients, request.dose_mg, request.every_h),)
    course = inr_interval.of_interval(patients, request.dose_mg, request.every_h)
    return course.mean(axis=1), course.min(axis=1), course.max(axis=1)


def _exposure(patients: Patients, fed: Regimen, hours: float) -> dict[str, Array]:
    """Exposure in mg/L and mg·h/L, each of shape (people,)."""
    oral = patients.oral()
    told = {"auc": pk.auc_interval(oral, fed.dose), "auc_window": pk.auc(oral, fed, hours)}
    if fed.every <= 0:
        return told | {"cmax": peaks.after_one_dose(oral, fed.dose)}
    _, curve = pk.steady_curve(oral, fed.dose, fed.every, STEADY_POINTS)
    return told | {"cmax": curve.max(axis=1), "trough": curve.min(axis=1)}


def _inr(parts: list[Curves], request: Request, times: Array) -> Inr:
    values = np.concatenate([part.inr for part in parts if part.inr is not None])
    steady, *ends = (np.concatenate(same) for same in zip(*(part.steady_inr for part in parts), strict=True))
    highest = np.concatenate([part.ever for part in parts if part.ever is not None])
    days = np.concatenate([part.top_day for part in parts if part.top_day is not None])
    found, settled = band(values), spread(steady)
    return Inr(
        band=found,
        steady=settled,
        swing=Swing(lowest=spread(ends[0]), highest=spread(ends[1])) if ends else None,
        highest=spread(highest),
        day_of_highest=spread(days),
        above_at_end=float((values[:, -1] > request.threshold).mean()),
        above_ever=float((highest > request.threshold).mean()),
        day_of_steady=_day_of_steady(found, settled.middle, request, times),
    )


def _day_of_steady(found: Band, steady: float, request: Request, times: Array) -> float | None:
    """The first day from which the median stays within 5 % of the way to the steady value; None if not reached."""
    if not 0 < request.every_h <= DAY:
        return None
    days = np.array(found.middle)[times % DAY == 0]
    away = np.abs(days - steady) > 0.05 * abs(steady - days[0])
    last_away = int(np.flatnonzero(away)[-1]) if away.any() else -1
    return float(last_away + 1) if last_away + 1 < len(days) else None


def band(values: Array) -> Band:
    """The 5 %, 50 % and 95 % points over the people, of values (people, times)."""
    low, middle, high = np.percentile(values, POINTS, axis=0, method=RANKED)
    return Band(low=tuple(low.tolist()), middle=tuple(middle.tolist()), high=tuple(high.tolist()))


def spread(values: Array) -> Spread:
    """The same of values (people,)."""
    low, middle, high = np.percentile(values, POINTS, method=RANKED).tolist()
    return Spread(low=low, middle=middle, high=high)
