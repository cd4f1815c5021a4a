"""The tables of specification 3.7 for nine genotypes: doses by three predictors, and the INR of a population on 5 mg.

No data is needed. Rows for :mod:`evals.discovery.warfarin_external`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from evals.discovery.bars import Bar
from tools.simulation.compare import doses
from tools.simulation.compartments import regimen
from tools.simulation.population import Asked, draw
from tools.simulation.records import models
from tools.simulation.warfarin import simulate

PEOPLE, PROTOTYPE_PEOPLE, SEED, DAYS, DOSE, AGE = 1000, 500, 1, 90, 5.0, 65.0
POINTS = (50, 5, 95)
SAMPLE = 2.5
"""Standard errors of the prototype's sample up to which a median counts as the same."""


class Row(NamedTuple):
    """A row of the specification's table: doses in mg a day for an INR of 2.5, then median, 5 % and 95 % of the INR."""

    cyp2c9: str
    vkorc1: str
    doses: tuple[float, float, float]
    inr: tuple[float, float, float]

    @property
    def error(self) -> float:
        """Standard error of the median of the prototype's 500 people: 1.2533 · s / √500, s from the 5 to 95 %."""
        return 1.2533 * (self.inr[2] - self.inr[1]) / 3.29 / float(np.sqrt(PROTOTYPE_PEOPLE))


TABLE = (
    Row("*1/*1", "GG", (5.99, 8.32, 7.97), (1.94, 1.39, 3.07)),
    Row("*1/*1", "GA", (4.49, 5.45, 5.85), (2.41, 1.62, 3.92)),
    Row("*1/*1", "AA", (3.26, 3.97, 3.73), (2.88, 1.87, 4.69)),
    Row("*1/*2", "GG", (5.06, 5.70, 6.00), (2.37, 1.60, 3.82)),
    Row("*1/*3", "GG", (4.38, 4.55, 4.95), (2.67, 1.76, 4.35)),
    Row("*1/*3", "AA", (2.11, 2.17, 2.32), (4.07, 2.56, 6.48)),
    Row("*2/*2", "GG", (4.19, 2.31, 4.03), (3.92, 2.47, 6.23)),
    Row("*2/*3", "AA", (1.17, 1.23, 1.40), (5.57, 3.53, 8.41)),
    Row("*3/*3", "AA", (0.85, 0.59, 0.91), (7.92, 5.27, 11.13)),
)


def bars() -> Iterator[Bar]:
    """Both tables, each as one row."""
    yield _doses()
    yield _population()


def found_doses(row: Row) -> tuple[float, ...]:
    """The doses of a row as we compute them, in its order."""
    genotype = {"CYP2C9": row.cyp2c9, "VKORC1": row.vkorc1}
    return tuple(doses(genotype, 2.5, AGE, 170, 75, "White").by.values())


def _doses() -> Bar:
    worst = max(
        abs(ours - given) for row in TABLE for ours, given in zip(found_doses(row), row.doses, strict=True)
    )
    return Bar(
        "warfarin, doses side by side",
        "9 genotypes x 3 predictors (IWPC, Hamberg 2007, Hamberg 2010), age 65, 170 cm, 75 kg, White, INR 2.5",
        f"largest difference {worst:.3f} mg a day",
        "the table of 3.7 (two digits)", reach="the same to 0.01", met=worst <= 0.0101,
    )  # fmt: skip


def found_inr(row: Row, people: int = PEOPLE, seed: int = SEED) -> tuple[float, float, float]:
    """Median, 5 % and 95 % of the INR on day 90 of 5 mg a day."""
    asked = Asked({"CYP2C9": row.cyp2c9, "VKORC1": row.vkorc1}, AGE)
    course = simulate(
        draw(models()["warfarin_2007"], asked, people, seed), regimen(DOSE, 24, DAYS * 24), DAYS * 24
    )
    middle, low, high = np.percentile(course.inr[:, -1], POINTS)
    return float(middle), float(low), float(high)


def _population() -> Bar:
    told, worst, met = [], 0.0, True
    for row in TABLE:
        middle, low, high = found_inr(row)
        away = middle - row.inr[0]
        worst = max(worst, abs(away))
        met = met and abs(away) <= max(0.05, SAMPLE * row.error)
        told.append(
            f"{row.cyp2c9} {row.vkorc1} {middle:.2f} ({low:.2f} to {high:.2f}), prototype {row.inr[0]:.2f}"
        )
    return Bar(
        "warfarin, INR of a population on 5 mg a day",
        f"{PEOPLE:,} virtual patients of each of 9 genotypes, age 65, day 90 (Hamberg 2007), seed {SEED}",
        f"medians differ by {worst:.2f} at most",
        f"medians of {PROTOTYPE_PEOPLE} people, seed not kept", reach="0.05, or within the prototype's sample",
        met=met,
        note=f"{'; '.join(told)}. A median of {PROTOTYPE_PEOPLE} people has a standard error of "
        f"{min(row.error for row in TABLE):.2f} to {max(row.error for row in TABLE):.2f} INR.",
    )  # fmt: skip
