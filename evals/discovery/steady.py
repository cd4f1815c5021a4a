"""Warfarin at steady state: the simulation against the closed form: ``python -m evals.discovery.steady``.

Specification 3.7 and 7: 18 pairs of CYP2C9 and VKORC1 genotypes without variability, 5 mg a day, day 90.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np

from evals.discovery.bars import ABSENT, Bar, say
from tools.simulation.compartments import regimen
from tools.simulation.population import Asked, typical
from tools.simulation.records import models
from tools.simulation.warfarin import STEP, dose_for, simulate, steady_inr

CYP2C9 = ("*1/*1", "*1/*2", "*1/*3", "*2/*2", "*2/*3", "*3/*3")
VKORC1 = ("GG", "GA", "AA")
DOSE, DAYS, AGE = 5.0, 90, 65.0
LIMIT = 0.03
SLOW = "in *3/*3 the drug is hardly at steady state by day 90, for the model leaves it 15 % of the clearance"
HOW = f"18 genotypes, {DOSE:g} mg a day, age {AGE:g}, mean INR of day {DAYS} against the closed form"


def bars(data: Path | None = None) -> tuple[Bar, ...]:
    """Both population models; no data is read."""
    return (
        _bar("warfarin_2007", "Hamberg 2007", "≤ 0.03 INR"),
        _bar("warfarin_2010", "Hamberg 2010"),
        _turned(),
    )


def _bar(model: str, title: str, prototype: str = ABSENT) -> Bar:
    apart = {pair: difference(model, *pair) for pair in product(CYP2C9, VKORC1)}
    worst = max(apart, key=lambda pair: apart[pair])
    return Bar(
        name=f"steady state: {title}",
        how=HOW,
        ours=f"at most {apart[worst]:.4f} INR ({' '.join(worst)})",
        prototype=prototype,
        reach=f"≤ {LIMIT} INR",
        met=apart[worst] <= LIMIT,
        note=SLOW if worst[0] == "*3/*3" else "",
    )


def difference(model: str, cyp2c9: str, vkorc1: str, days: int = DAYS) -> float:
    """How far the mean INR of the last day lies from the closed form."""
    person = typical(models()[model], Asked(genotype={"CYP2C9": cyp2c9, "VKORC1": vkorc1}, age=AGE))
    hours, points = 24.0 * days, round(24 / STEP)
    last = simulate(person, regimen(DOSE, 24.0, hours), hours).inr[0, -points - 1 :]
    return float(abs(np.trapezoid(last) / points - steady_inr(person, DOSE)[0]))


def _turned() -> Bar:
    """The dose for the INR of a dose is that dose."""
    pairs = product(("warfarin_2007", "warfarin_2010"), CYP2C9, VKORC1)
    worst = max(_again(*one) for one in pairs)
    how = "36 genotypes and models; relative difference of dose(INR(5 mg)) from 5 mg"
    return Bar("steady state: dose(INR(dose)) = dose", how, f"{worst:.1e}", reach="< 1e-9", met=worst < 1e-9)


def _again(model: str, cyp2c9: str, vkorc1: str) -> float:
    person = typical(models()[model], Asked(genotype={"CYP2C9": cyp2c9, "VKORC1": vkorc1}, age=AGE))
    return float(abs(dose_for(person, float(steady_inr(person, DOSE)[0]))[0] / DOSE - 1))


def main(argv: Sequence[str] | None = None) -> int:
    """Print the rows."""
    argparse.ArgumentParser(prog="python -m evals.discovery.steady").parse_args(argv)
    say(bars())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
