"""Warfarin: from S-warfarin in plasma to the INR, by the two population models of Hamberg.

2007 (doi 10.1038/sj.clpt.6100084): inhibition feeds a chain of six compartments (end A6) and a single one (A7);
INR = base + 20 · (1 − A6 · A7)^3.61. 2010 (doi 10.1038/clpt.2010.37): two chains of three; INR = base + 20 · (1 − the
mean of both ends). All compartments start at 1. Half of the racemic dose is S-warfarin (``fed`` of the record), and
the clearances are apparent: no bioavailability is applied again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.simulation.compartments import Array, Regimen, concentrations
from tools.simulation.population import Patients

STEP = 1.0
"""Hours of one step of the exponential Euler."""
STAGES = {"warfarin_2007": (6, 1), "warfarin_2010": (3, 3)}
"""Compartments of the first and the second chain; each chain as a whole has its mean transit time."""


@dataclass(frozen=True)
class Response:
    """Concentration of S-warfarin in mg/L and INR, each of shape (people, times), at ``times`` in hours."""

    times: Array
    concentration: Array
    inr: Array


def inhibition(patients: Patients, concentration: Array) -> Array:
    """Share of the synthesis of clotting factors that is inhibited, 0 to 1; ``concentration`` (people, times)."""
    emax, ec50, gamma = (patients.value(name)[:, None] for name in ("emax", "ec50", "gamma"))
    raised = (np.maximum(concentration, 0) / ec50) ** gamma
    return np.asarray(emax * raised / (1 + raised))


def inr(patients: Patients, first: Array, second: Array) -> Array:
    """INR from the ends of the two chains, each of shape (people,) or (people, times)."""
    base, most = _of(patients, "inr_base", first), _of(patients, "inr_max", first)
    if patients.model.id == "warfarin_2010":
        return base + most * (1 - (first + second) / 2)
    # rounding may carry the product a hair above 1, of which the power is not a number
    return np.asarray(base + most * np.maximum(1 - first * second, 0) ** _of(patients, "lambda", first))


def _of(patients: Patients, name: str, like: Array) -> Array:
    value = patients.values[name]
    return value if like.ndim == 1 else value[:, None]


def simulate(patients: Patients, doses: Regimen, hours: float, step: float = STEP) -> Response:
    """The course over ``hours``, a point every ``step``."""
    halves = np.arange(2 * round(hours / step) + 1) * (step / 2)
    fed = Regimen(doses.dose * patients.model.fed, doses.every, doses.number)
    concentration = concentrations(patients.oral(), fed, halves)
    free = 1 - inhibition(patients, concentration)
    mean = (
        free[:, :-1:2] + 4 * free[:, 1::2] + free[:, 2::2]
    ) / 6  # Simpson's rule: the peak falls within a step
    first, second = STAGES[patients.model.id]
    ends = (
        chain(mean, first / patients.value("mtt1"), first, step),
        chain(mean, second / patients.value("mtt2"), second, step),
    )
    return Response(halves[::2], concentration[:, ::2], inr(patients, *ends))


def chain(mean: Array, rate: Array, stages: int, step: float) -> Array:
    """The last of ``stages`` equal compartments that start at 1, (people, steps + 1).

    ``mean`` (people, steps) is the mean inflow of the first over each step. Exponential Euler: over a step the inflow
    of a stage is taken as constant, for the later stages at the mean of its ends; exact for a constant inflow.
    """
    kept = np.exp(-rate * step)
    inflow = np.ascontiguousarray(mean.T)
    out: Array = np.ones((len(inflow) + 1, len(rate)))
    for stage in range(stages):
        if stage:
            inflow = (out[1:] + out[:-1]) / 2
        out = np.ones_like(out)
        added = (1 - kept) * inflow
        for index in range(len(added)):
            out[index + 1] = out[index] * kept + added[index]
    return out.T


def steady_concentration(patients: Patients, dose: float, every: float) -> Array:
    """Mean concentration of S-warfarin at steady state in mg/L, (people,)."""
    return dose * patients.model.fed / (every * patients.value("cl"))


def steady_inr(patients: Patients, dose: float, every: float = 24.0) -> Array:
    """INR at steady state, (people,): every compartment of the chains has come to the inflow."""
    mean = steady_concentration(patients, dose, every)
    free = 1 - inhibition(patients, mean[:, None])[:, 0]
    return inr(patients, free, free)


def dose_for(patients: Patients, target: float, every: float = 24.0) -> Array:
    """Dose in mg that gives ``target`` at steady state, (people,).

    Raises:
        ValueError: the target lies at or below the INR without the drug, or at or above the model's highest.
    """
    base, most = patients.value("inr_base"), patients.value("inr_max")
    share = (target - base) / most
    if not ((share > 0) & (share < 1)).all():
        raise ValueError(f"no dose gives an INR of {target:g} in this model")
    if patients.model.id == "warfarin_2010":
        inhibited = share
    else:
        inhibited = 1 - np.sqrt(1 - share ** (1 / patients.value("lambda")))
    odds = inhibited / (patients.value("emax") - inhibited)
    wanted = patients.value("ec50") * odds ** (1 / patients.value("gamma"))
    return np.asarray(wanted * every * patients.value("cl") / patients.model.fed)
