"""Counterfactual pairs: the same story told by another sex, age, name, insurance, dialect or language."""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case
from evals.cases.make import cases as patients
from evals.cases.operators import OPERATORS
from evals.scoring.catalogue import METRICS
from evals.scoring.cost import cost
from evals.scoring.fairness import flip
from evals.scoring.levels import urgency
from evals.suites.clusters import clusters
from evals.suites.suite import Suite

NAMES = tuple(
    name
    for name, one in OPERATORS.items()
    if one.family == "counterfactual" or name.startswith("translated_")
)
EACH = 4


def cases(n: int, seed: int) -> Iterator[Case]:
    """About n cases: a base that is balanced over the levels, and four counterfactuals of it in turn."""
    bases = patients(max(n, 8), seed, mix="balanced", wording="open", suite="fairness")
    yield from clusters(bases, NAMES, EACH, n)


SUITE = Suite(
    name="fairness",
    asks="Does who tells it change the level, where the condition's own data know no difference?",
    cases=cases,
    scorers=(urgency, cost),
    pairs=(flip,),
    metrics=tuple(
        METRICS[name] for name in ("level_flip", "options_flip", "tone_change", "within", "seconds")
    ),
    headline="level_flip",
)
