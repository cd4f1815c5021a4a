"""Whole-body models in SBML: concentrations in the plasma of virtual patients, by libroadrunner.

The models count minutes and mmol/L; here it is hours and mg/L. With these models no variability between people was
published: two bodies differ by weight, kidneys and genotype only, and a result has to say so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.packs import Packs
from tools.simulation.records import Model, WholeBody
from tools.simulation.sbml_files import of_pack, trusted
from tools.simulation.sbml_process import Process, Refused, Unavailable, shared

__all__ = [
    "Body",
    "Curves",
    "Exposure",
    "Refused",
    "Unavailable",
    "auc",
    "own",
    "seconds",
    "simulate",
    "single_dose",
]

Array = NDArray[np.float64]

AT_ONCE = 40
"""Bodies in one order: the minute that an order may take is for these, not for the whole population."""
SECONDS_A_DAY = 0.004
"""One body for one simulated day on one slow core, with a step of half an hour; measured, and rounded up."""
WINDOW_H = 72.0
"""The window of a single dose; ratios change in the second digit with it (specification, 3.9)."""


class Body(NamedTuple):
    """One virtual patient. ``renal_function`` is the model's own factor from 0 to 1, not an eGFR."""

    weight_kg: float = 75.0
    genotype: Mapping[str, str] = {}
    renal_function: float = 1.0


class Curves(NamedTuple):
    """What was simulated: hours of shape (times,), and by analyte mg/L of shape (bodies, times)."""

    hours: Array
    by_analyte: Mapping[str, Array]
    attribution: str

    @property
    def concentration(self) -> Array:
        """The analyte that the record tells of."""
        return next(iter(self.by_analyte.values()))


class Exposure(NamedTuple):
    """A single dose: area under the curve in mg·h/L and peak in mg/L, by analyte, one figure for each body."""

    auc: Mapping[str, Array]
    cmax: Mapping[str, Array]
    attribution: str


def simulate(
    model: Model,
    bodies: Sequence[Body],
    dose_mg: float,
    every_h: float,
    days: float,
    step_h: float = 0.5,
    packs: Packs | None = None,
    process: Process = shared,
) -> Curves:
    """The courses of all bodies under ``dose_mg`` (as the tablet states it) every ``every_h`` hours, 0 for once.

    Raises:
        Unavailable: libroadrunner or the pack is not there.
        Refused: the pack's file is not the pinned one, or the run took too long or too much.
        ValueError: no body, or a genotype that is none of the record's.
    """
    body = _whole(model)
    if not bodies or step_h <= 0 or days <= 0:
        raise ValueError("a simulation needs at least one body, a step and a time")
    admitted = of_pack(body.file, model.pack, packs)
    hours = np.arange(round(days * 24 / step_h) + 1, dtype=np.float64) * step_h
    kinds, place = np.unique(np.array([_values(model, one) for one in bodies]), axis=0, return_inverse=True)
    order = {
        "show": [f"[{one.species}]" for one in body.analytes.values()],
        "times": (hours * 60).tolist(),
        "dose": {"name": body.dose, "amount": dose_mg * model.fed, "at": _given(every_h, days)},
    }
    found = np.concatenate([
        process.run(admitted.sha256, admitted.text, {**order, "bodies": [_set(body, row) for row in part]})
        for part in np.array_split(kinds, range(AT_ONCE, len(kinds), AT_ONCE))
    ])  # fmt: skip
    curves = {
        name: found[place.ravel(), :, i] * one.molar_mass
        for i, (name, one) in enumerate(body.analytes.items())
    }
    return Curves(hours, curves, body.attribution)


def single_dose(
    model: Model,
    bodies: Sequence[Body],
    dose_mg: float,
    hours: float = WINDOW_H,
    packs: Packs | None = None,
    process: Process = shared,
) -> Exposure:
    """Exposure after one dose, up to ``hours``; a ratio of two bodies needs the same window. Raises as above."""
    curves = simulate(model, bodies, dose_mg, 0, hours / 24, 1 / 12, packs, process)
    areas = {name: auc(curves.hours, curve) for name, curve in curves.by_analyte.items()}
    peaks = {name: curve.max(axis=1) for name, curve in curves.by_analyte.items()}
    return Exposure(areas, peaks, curves.attribution)


def auc(hours: Array, curve: Array, start: float = 0.0, end: float | None = None) -> Array:
    """Area under each curve in mg·h/L between two of its hours, by the trapezoid rule."""
    inside = (hours >= start) & (hours <= (hours[-1] if end is None else end))
    return np.asarray(np.trapezoid(curve[:, inside], hours[inside], axis=1))


def seconds(kinds: int, days: float) -> float:
    """How long ``kinds`` different bodies take about, so that a chat can refuse what a command line may run."""
    return 2.0 + SECONDS_A_DAY * kinds * days


def own(
    path: Path,
    show: Sequence[str],
    times: Sequence[float],
    values: Mapping[str, float],
    process: Process = shared,
) -> Array:
    """A file of the user who trusts it, (times, selections), in the model's own units. Command line only.

    Raises:
        Unavailable: libroadrunner is not there.
        Refused: the file is too large, has entities or too many species, or its run took too long or too much.
    """
    admitted = trusted(path)
    order = {"show": list(show), "times": list(times), "bodies": [dict(values)]}
    found: Array = process.run(admitted.sha256, admitted.text, order)[0]
    return found


def _whole(model: Model) -> WholeBody:
    if model.body is None:
        raise ValueError(f"{model.id} is no whole-body model")
    return model.body


def _given(every_h: float, days: float) -> list[float]:
    """The minutes of the doses: the first at the start, none at the very end."""
    if every_h <= 0:
        return [0.0]
    return [every_h * 60 * i for i in range(max(1, math.ceil(days * 24 / every_h - 1e-9)))]


def _values(model: Model, one: Body) -> list[float]:
    """Weight, renal factor, then the activity of each gene's enzyme."""
    whole = _whole(model)
    if one.renal_function != 1 and not whole.renal:
        raise ValueError(f"{model.id} does not know kidneys")
    activities = []
    for name in whole.activity:
        gene = model.genes[name]
        genotype = one.genotype.get(name, gene.reference)
        if genotype not in gene.effects:
            raise ValueError(f"{model.id} does not know {name} {genotype}")
        activities.append(gene.effects[genotype].factors["activity"])
    if strange := set(one.genotype) - set(whole.activity):
        raise ValueError(f"{model.id} does not know the gene {', '.join(sorted(strange))}")
    return [one.weight_kg, one.renal_function, *activities]


def _set(body: WholeBody, row: Array) -> dict[str, float]:
    names = (body.weight, body.renal, *body.activity.values())
    return {name: float(value) for name, value in zip(names, row, strict=True) if name}
