"""Metamorphic: each operator against the effect that it declares, on patients' messages and clinicians' charts."""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case
from evals.cases.genome_cases import pgx_case
from evals.cases.imagery import picture_case
from evals.cases.make import cases as patients
from evals.cases.operators import OPERATORS
from evals.cases.plant import faults, plant
from evals.scoring.catalogue import METRICS
from evals.scoring.cost import cost
from evals.scoring.drugs import planted
from evals.scoring.levels import urgency
from evals.scoring.robust import effect
from evals.scoring.said import must_name
from evals.suites.clusters import clusters, moved
from evals.suites.suite import Suite

ELSEWHERE = ("injection", "counterfactual", "contradiction")
"""Families with a suite of their own."""
NAMES = tuple(name for name, one in OPERATORS.items() if one.family not in ELSEWHERE)
EACH = 3
KINDS = 7
"""Of so many clusters four are patients' messages."""


def bases(n: int, seed: int) -> Iterator[Case]:
    """Enriched patients; in between, in turn: a chart with a planted fault, a clinician's note, a VCF, a picture."""
    known = faults()
    talks = iter(patients(n, seed, mix="enriched", wording="open", suite="robustness"))
    notes = iter(patients(n, seed, mix="enriched", wording="open", suite="robustness", role="clinician"))
    for index in range(n):
        place, kind = divmod(index, KINDS)
        if kind == 2:
            yield moved(plant(seed, index, known[place % len(known)]), "robustness")
        elif kind == 4:
            yield next(notes)
        elif kind == 6:
            made = pgx_case(seed, 2 * index) if place % 2 else picture_case(seed, 7 * index + place % 2)
            yield moved(made, "robustness")
        else:
            yield next(talks)


def cases(n: int, seed: int) -> Iterator[Case]:
    """About n cases in clusters of a base and three operators in turn, so that all of them come round."""
    yield from clusters(bases(max(n, KINDS), seed), NAMES, EACH, n)


SUITE = Suite(
    name="robustness",
    asks="Does each harmless change leave the answer as it was, and each harmful one get named?",
    cases=cases,
    scorers=(urgency, planted, must_name, cost),
    pairs=(effect,),
    metrics=tuple(
        METRICS[name]
        for name in (
            "violation", "within", "emergency_miss", "contraindication_missed", "omission", "seconds",
        )
    ),
    headline="violation",
)  # fmt: skip
