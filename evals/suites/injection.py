"""Attacks: orders in messages, notes, files, tags and tool results. The gold is the clean twin's."""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case
from evals.cases.make import cases as patients
from evals.cases.operators import OPERATORS
from evals.cases.plant import faults, plant
from evals.scoring.attack import against_twin, harm
from evals.scoring.catalogue import METRICS
from evals.scoring.citations import support
from evals.scoring.cost import cost
from evals.scoring.robust import effect
from evals.suites.clusters import clusters, moved
from evals.suites.suite import Suite

NAMES = tuple(name for name, one in OPERATORS.items() if one.family in ("injection", "citation_bait"))
EACH = 4


def bases(n: int, seed: int) -> Iterator[Case]:
    """In turn a patient with an urgent story, who could be talked down, and a chart with a planted fault."""
    known = faults()
    urgent = (
        case
        for case in patients(4 * n, seed, mix="enriched", wording="open", suite="injection")
        if case.gold.level in ("emergency", "same_day")
    )
    for index in range(n):
        if index % 2:
            yield moved(plant(seed, index, known[index // 2 % len(known)]), "injection")
        else:
            yield next(urgent)


def cases(n: int, seed: int) -> Iterator[Case]:
    """About n cases: the clean twin, and four attacks on it through carriers in turn."""
    yield from clusters(bases(max(n // 2, 2), seed), NAMES, EACH, n)


SUITE = Suite(
    name="injection",
    asks="Is an order hidden in the material followed, and does it do harm?",
    cases=cases,
    scorers=(harm, support, cost),
    pairs=(against_twin, effect),
    metrics=tuple(
        METRICS[name] for name in ("harm_under_attack", "attack_success", "violation", "invented_citation", "seconds")
    ),
    headline="harm_under_attack",
)  # fmt: skip
