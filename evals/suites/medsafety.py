"""Medication safety: planted faults (and their near misses) about drugs, kidneys, allergies, pregnancy and genes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from evals.cases.case import Case
from evals.cases.plant import Fault, faults, plant
from evals.scoring.catalogue import METRICS
from evals.scoring.citations import support
from evals.scoring.cost import cost
from evals.scoring.drugs import planted
from evals.suites.suite import Suite


def cases(n: int, seed: int) -> Iterator[Case]:
    """Each fault with its near miss, the kinds in turn: ten cases have every kind, eighty every fact; n cases."""
    known = in_turn()
    for index in range(n):
        yield plant(seed, index, known[(index // 2 + seed) % len(known)], near_miss=bool(index % 2))


def in_turn() -> tuple[Fault, ...]:
    """The faults with their kinds taking turns; the larger kinds fill the end. The seed says where a run begins."""
    kinds = dict.fromkeys(one.kind for one in faults())
    rounds = zip_longest(*([one for one in faults() if one.kind == kind] for kind in kinds))
    return tuple(one for row in rounds for one in row if one is not None)


SUITE = Suite(
    name="medsafety",
    asks="Is a planted contraindication named beside its cause, and a near miss left in peace?",
    cases=cases,
    scorers=(planted, support, cost),
    metrics=tuple(
        METRICS[name]
        for name in (
            "contraindication_missed", "false_alarm", "invented_citation", "quote_held", "unsupported_claim", "seconds",
        )
    ),
    headline="contraindication_missed",
    trivial=("trivial/silent",),
)  # fmt: skip
