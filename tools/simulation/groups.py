"""One group of a comparison: the curves of its virtual patients, reduced to bands and spreads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tools.simulation import compartments as pk
from tools.simulation import warfarin
from tools.simulation.compartments import Array, Regimen
from tools.simulation.course import Band, Exposure, Group, Inr, Request, Spread
from tools.simulation.population import Patients
from tools.simulation.records import Model

AT_ONCE = 250
"""People simulated together: keeps the curves of a run within the memory of a small machine."""
MOST_TIMES = 721
STEPS = (0.5, 1, 2, 3, 4, 6, 8, 12, 24)
"""Hours between the points that are kept; each divides a day, so that every day's end is one of them."""
PER_MG_L = {"mg/L": 1.0, "µg/mL": 1.0, "mcg/mL": 1.0, "µg/L": 1000.0, "ng/mL": 1000.0, "mcg/L": 1000.0}
POINTS = (5, 50, 95)


def finest(model: Model) -> float:
    """Hours below which the model has no points of its own."""
    return warfarin.STEP if model.kind == "warfarin" else 0.0


def step_of(hours: float, least: float = 0.0) -> float:
    """Hours between the points that are kept, ``least`` at least."""
    return next((step for step in STEPS if step >= least and hours / step < MOST_TIMES), STEPS[-1])


def kept_times(hours: float, least: float = 0.0) -> Array:
    """The times that are kept, from 0 to the last step within ``hours``."""
    step = step_of(hours, least)
    return np.arange(int(hours / step + 1e-9) + 1) * step


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
    steady_inr: Array | None = None
    ever: Array | None = None
    """Highest INR of each person."""


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
        inr=_inr(parts, request) if parts[0].inr is not None else None,
    )


def _curves(patients: Patients, request: Request) -> Curves:
    model, hours = patients.model, request.days * 24
    doses = pk.regimen(request.dose_mg, request.every_h, hours)
    fed = doses._replace(dose=doses.dose * model.fed)
    exposed = {name: value * unit_factor(model) for name, value in _exposure(patients, fed, hours).items()}
    if request.every_h > 0:
        exposed["hours_to_steady"] = pk.hours_to_steady(patients.oral(), request.every_h)
    if model.kind != "warfarin":
        curve = pk.concentrations(patients.oral(), fed, kept_times(hours))
        return Curves(curve * unit_factor(model), exposed)
    response = warfarin.simulate(patients, doses, hours)
    kept = np.round(kept_times(hours, finest(model)) / warfarin.STEP).astype(int)
    steady = _steady_inr(patients, request)
    return Curves(
        response.concentration[:, kept] * unit_factor(model), exposed, response.inr[:, kept], steady,
        response.inr.max(axis=1),
    )  # fmt: skip


def _steady_inr(patients: Patients, request: Request) -> Array:
    """After one dose the INR comes back to its base."""
    if request.every_h <= 0:
        return patients.value("inr_base")
    return warfarin.steady_inr(patients, request.dose_mg, request.every_h)


def _exposure(patients: Patients, fed: Regimen, hours: float) -> dict[str, Array]:
    """Exposure in mg/L and mg·h/L, each of shape (people,)."""
    oral = patients.oral()
    told = {"auc": pk.auc_interval(oral, fed.dose), "auc_window": pk.auc(oral, fed, hours)}
    if fed.every <= 0:
        early = hours * np.linspace(0, 1, 481) ** 2
        return told | {"cmax": pk.concentrations(oral, fed, early).max(axis=1)}
    _, curve = pk.steady_curve(oral, fed.dose, fed.every)
    return told | {"cmax": curve.max(axis=1), "trough": curve.min(axis=1)}


def _inr(parts: list[Curves], request: Request) -> Inr:
    values = np.concatenate([part.inr for part in parts if part.inr is not None])
    steady = np.concatenate([part.steady_inr for part in parts if part.steady_inr is not None])
    highest = np.concatenate([part.ever for part in parts if part.ever is not None])
    found = band(values)
    return Inr(
        band=found,
        steady=spread(steady),
        above_at_end=float((values[:, -1] > request.threshold).mean()),
        above_ever=float((highest > request.threshold).mean()),
        day_of_steady=_day_of_steady(found, float(np.median(steady)), request),
    )


def _day_of_steady(found: Band, steady: float, request: Request) -> float | None:
    """The first day from which the median stays within 5 % of the way to the steady value; None if not reached."""
    if request.every_h <= 0:
        return None
    days = np.array(found.middle)[:: max(1, round(24 / step_of(request.days * 24, warfarin.STEP)))]
    away = np.abs(days - steady) > 0.05 * abs(steady - days[0])
    last_away = int(np.flatnonzero(away)[-1]) if away.any() else -1
    return float(last_away + 1) if last_away + 1 < len(days) else None


def band(values: Array) -> Band:
    """The 5 %, 50 % and 95 % points over the people, of values (people, times)."""
    low, middle, high = np.percentile(values, POINTS, axis=0)
    return Band(low=tuple(low.tolist()), middle=tuple(middle.tolist()), high=tuple(high.tolist()))


def spread(values: Array) -> Spread:
    """The same of values (people,)."""
    low, middle, high = np.percentile(values, POINTS, method="inverted_cdf").tolist()
    return Spread(low=low, middle=middle, high=high)
