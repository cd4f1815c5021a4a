"""1,000 virtual patients by our compartments, by libroadrunner and by scipy, in the same run: times and differences.

The patients are those of a linear two-compartment model with the typical values and spreads of Hamberg 2007 (doi
10.1038/sj.clpt.6100084), one dose, 241 points over 240 hours. A difference is told as a share of the patient's peak.

    python -m evals.discovery.pk_speed [--people 1000]
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.discovery.bars import Bar, not_run, say
from evals.discovery.pk_sbml import two_compartment
from tools.simulation.compartments import Oral, Regimen, amounts, by_exponential, concentrations

Array = NDArray[Any]

PEOPLE, SEED, DOSE_MG = 1000, 7, 2.5
HOURS: Array = np.linspace(0, 240, 241)
TYPICAL = {"cl": (0.314, 0.31), "v1": (13.8, 0.262), "q": (0.131, 0.0), "v2": (6.59, 0.991), "ka": (2.0, 0.3)}
"""Typical value and coefficient of variation; that of ka is ours, so that no two patients are alike in it."""
ONCE = Regimen(DOSE_MG, 0.0, 1)
TOLERANCE = 1e-10
"""Relative tolerance of the two solvers, absolute a thousandth of it."""
EQUAL = 1e-4
"""What the issue asks of all engines."""
OURS, ENGINE = 15, 2
"""Runs of which the quickest is told."""


class Timed(NamedTuple):
    """Concentrations (people, times) and the seconds of processor time that they took."""

    curves: Array
    seconds: float


def population(people: int = PEOPLE, seed: int = SEED) -> Oral:
    """Log-normal parameters with variance ln(1 + CV²)."""
    rng = np.random.default_rng(seed)
    drawn = {
        name: value * np.exp(np.sqrt(np.log1p(cv**2)) * rng.standard_normal(people))
        for name, (value, cv) in TYPICAL.items()
    }
    return Oral(**drawn)


def rates(oral: Oral) -> Mapping[str, Array]:
    """The rates per hour as other engines take them."""
    assert oral.q is not None
    assert oral.v2 is not None
    return {"ka": oral.ka, "k10": oral.cl / oral.v1, "k12": oral.q / oral.v1, "k21": oral.q / oral.v2}


def timed(run: Callable[[], Array], times: int = 1) -> Timed:
    """The quickest of some runs in processor time, all in this process: what else the machine does counts for less."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        curves = run()
        taken.append(time.process_time() - start)
    return Timed(curves, min(taken))


def by_roadrunner(oral: Oral, tolerance: float | None = TOLERANCE) -> Array:
    """libroadrunner on the same model, with its own tolerance (1e-6) where none is given."""
    from roadrunner import Logger, RoadRunner

    Logger.disableLogging()
    every = rates(oral)
    runner = RoadRunner(two_compartment({name: float(values[0]) for name, values in every.items()}, DOSE_MG))
    if tolerance:
        runner.integrator.setValue("relative_tolerance", tolerance)
        runner.integrator.setValue("absolute_tolerance", tolerance / 1000)
    out = np.empty((oral.people, len(HOURS)))
    for i in range(oral.people):
        runner.resetToOrigin()
        runner.timeCourseSelections = ["time", "central"]
        for name, values in every.items():
            runner.setValue(name, float(values[i]))
        out[i] = np.array(runner.simulate(float(HOURS[0]), float(HOURS[-1]), len(HOURS)))[:, 1] / oral.v1[i]
    return out


def by_lsoda(oral: Oral) -> Array:
    """scipy's LSODA, patient by patient."""
    from scipy.integrate import solve_ivp

    every = rates(oral)
    out = np.empty((oral.people, len(HOURS)))
    for i in range(oral.people):
        ka, k10, k12, k21 = (float(every[name][i]) for name in ("ka", "k10", "k12", "k21"))

        def slope(
            _: float, y: Array, ka: float = ka, k10: float = k10, k12: float = k12, k21: float = k21
        ) -> list[float]:
            gut, central, tissue = y
            return [-ka * gut, ka * gut - (k10 + k12) * central + k21 * tissue, k12 * central - k21 * tissue]

        found = solve_ivp(
            slope, (HOURS[0], HOURS[-1]), [DOSE_MG, 0.0, 0.0], "LSODA", HOURS,
            rtol=TOLERANCE, atol=TOLERANCE / 1000,
        )  # fmt: skip
        out[i] = found.y[1] / oral.v1[i]
    return out


def apart(one: Array, other: Array) -> float:
    """The largest difference of two sets of curves, as a share of the patient's peak."""
    return float((np.abs(one - other).max(axis=1) / other.max(axis=1)).max())


def unbalanced(oral: Oral) -> float:
    """The largest share of the dose that is made or lost at any time."""
    return float(np.abs(amounts(oral, ONCE, HOURS).sum(axis=2) - DOSE_MG).max() / DOSE_MG)


def bars(data: Path | None = None, people: int = PEOPLE) -> tuple[Bar, ...]:
    """The rows of PK accuracy and PK speed; needs no data."""
    oral = population(people)
    closed = timed(lambda: concentrations(oral, ONCE, HOURS), OURS)
    batched = timed(lambda: by_exponential(oral, ONCE, HOURS), OURS)
    lsoda = timed(lambda: by_lsoda(oral))
    how = (
        f"{people:,} patients x {len(HOURS)} points, two compartments, tolerance {TOLERANCE:g}; processor time, best "
        f"of {OURS} runs of ours, of {ENGINE} of libroadrunner, one of LSODA"
    )
    peers = {"scipy LSODA": lsoda}
    if importlib.util.find_spec("roadrunner"):
        peers["libroadrunner"] = timed(lambda: by_roadrunner(oral), ENGINE)
        peers["libroadrunner at its own tolerance"] = timed(lambda: by_roadrunner(oral, None), ENGINE)
    return (*_accuracy(how, oral, closed, batched, peers), *_speed(how, closed, batched, peers))


def _accuracy(
    how: str, oral: Oral, closed: Timed, batched: Timed, peers: Mapping[str, Timed]
) -> tuple[Bar, ...]:
    ours, balance = apart(batched.curves, closed.curves), unbalanced(oral)
    others = {name: apart(one.curves, closed.curves) for name, one in peers.items()}
    worst = max(ours, *others.values())
    return (
        Bar(
            "PK accuracy: batched matrix exponential", f"{how}; against the closed form", f"{ours:.1e}", "4e-16",
            f"scipy LSODA {others['scipy LSODA']:.1e} (same run)", "< 1e-10", ours < 1e-10,
        ),
        _runner_agrees(how, others),
        Bar("PK accuracy: all engines alike", how, f"{worst:.1e}", reach="< 1e-4", met=worst < EQUAL),
        Bar(
            "PK accuracy: mass balance", f"{how}; dose against what is in the body and what left it",
            f"{balance:.1e}", reach="< 1e-10", met=balance < 1e-10,
        ),
    )  # fmt: skip


def _runner_agrees(how: str, others: Mapping[str, float]) -> Bar:
    name, how = "PK accuracy: libroadrunner on the same model", f"{how}; against the closed form"
    if "libroadrunner" not in others:
        return not_run(name, how, "libroadrunner is not installed", prototype="1.3e-8", reach="< 1e-6")
    found, loose = others["libroadrunner"], others["libroadrunner at its own tolerance"]
    note = f"with its own tolerance of 1e-6 it is {loose:.1e} apart"
    return Bar(name, how, f"{found:.1e}", "1.3e-8", reach="< 1e-6", met=found < 1e-6, note=note)


def _speed(how: str, closed: Timed, batched: Timed, peers: Mapping[str, Timed]) -> tuple[Bar, ...]:
    told = ", ".join(
        f"{name} {one.seconds:.1f} s ({one.seconds / batched.seconds:.0f}x)" for name, one in peers.items()
    )
    return (
        Bar(
            "PK speed: batched matrix exponential", how, f"{batched.seconds:.3f} s", "0.046 s",
            f"{told}; same run", "< 0.1 s", batched.seconds < 0.1,
        ),
        Bar("PK speed: closed form", how, f"{closed.seconds:.3f} s", "0.03 s"),
    )  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    say(bars(None, parser.parse_args(argv).people))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
