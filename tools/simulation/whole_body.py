"""Groups of a whole-body model: the bodies of a population through the SBML engine, reduced to bands and spreads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tools.simulation import groups as made
from tools.simulation import peaks, sbml
from tools.simulation.compartments import Array
from tools.simulation.course import Exposure, Group, Request
from tools.simulation.moments import OWN_STEP, kept_times
from tools.simulation.population import Asked, Patients, draw
from tools.simulation.records import Model

NEAREST = 5.0
"""kg"""


def groups(
    request: Request, model: Model, asked: Sequence[tuple[str, Asked]]
) -> tuple[tuple[Group, ...], str]:
    """The groups and the line of attribution that the models' licence asks for.

    Raises:
        tools.simulation.sbml.Unavailable: the extra or the pack is missing.
    """
    held, attribution = [], ""
    for label, one in asked:
        group, attribution = _group(request, model, label, one)
        held.append(group)
    return tuple(held), attribution


def _group(request: Request, model: Model, label: str, asked: Asked) -> tuple[Group, str]:
    patients = draw(model, asked, request.n, request.seed)
    step = OWN_STEP["whole_body"]
    bodies, place = _kinds(_bodies(patients))
    found = sbml.simulate(model, bodies, request.dose_mg, request.every_h, request.days, step)
    kept = [round(time / step) for time in kept_times(request, model)]
    factor = made.unit_factor(model)
    told = {
        name: _exposure(found.hours, curve * factor, request, place)
        for name, curve in found.by_analyte.items()
    }
    first, *rest = told
    group = Group(
        label=label,
        genotype=asked.genotype,
        concentration=made.band(found.concentration[:, kept][place] * factor),
        exposure=told[first],
        others={name: told[name] for name in rest},
    )
    return group, found.attribution


def _bodies(patients: Patients) -> list[sbml.Body]:
    return [
        sbml.Body(
            weight_kg=_nearest(weight, patients), genotype=genotype, renal_function=patients.renal_function
        )
        for weight, genotype in zip(patients.weight, patients.genotypes, strict=True)
    ]


def _kinds(bodies: Sequence[sbml.Body]) -> tuple[list[sbml.Body], list[int]]:
    """The different bodies, and which of them each person has: long curves are held once for all who are alike."""
    keys = [(one.weight_kg, *sorted(one.genotype.items())) for one in bodies]
    first = {key: index for index, key in reversed(list(enumerate(keys)))}
    order = {key: index for index, key in enumerate(first)}
    return [bodies[index] for index in first.values()], [order[key] for key in keys]


def kinds(model: Model, request: Request) -> int:
    """How many different bodies a group can have: nothing but the weight differs between its people."""
    if request.weight is not None:
        return 1
    light, heavy = model.range.weight
    return min(request.n, int((heavy - light) / NEAREST) + 1)


def _nearest(weight: float, patients: Patients) -> float:
    """The weight to the nearest 5 kg where it was drawn, so that alike bodies are run once; a given one as it is."""
    if patients.weight.min() == patients.weight.max():
        return float(weight)
    light, heavy = patients.model.range.weight
    return float(np.clip(round(weight / NEAREST) * NEAREST, light, heavy))


def _exposure(hours: NDArray[np.float64], curve: Array, request: Request, place: Sequence[int]) -> Exposure:
    """The window as a whole, and for repeated doses its last whole interval, which need not be at steady state."""
    curves = np.asarray(curve, np.float64)
    window = sbml.auc(hours, curves)[place]
    if request.every_h <= 0:
        return Exposure(auc_window=made.spread(window), cmax=made.spread(peaks.summit(curves)[place]))
    start = (int(hours[-1] / request.every_h + 1e-9) - 1) * request.every_h
    last = (hours >= start - 1e-9) & (hours <= start + request.every_h + 1e-9)
    return Exposure(
        auc_window=made.spread(window),
        cmax=made.spread(peaks.summit(curves[:, last])[place]),
        trough=made.spread(curves[:, last].min(axis=1)[place]),
        auc=made.spread(sbml.auc(hours[last], curves[:, last])[place]),
    )
