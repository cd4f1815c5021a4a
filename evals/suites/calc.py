"""Calculators: the value of closed formulas from mixed units, and a dropped unit that must be asked for."""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case
from evals.cases.computed import case_of
from evals.scoring.catalogue import METRICS
from evals.scoring.cost import cost
from evals.scoring.dialogue import asked
from evals.scoring.tools import calls
from evals.scoring.values import values
from evals.suites.suite import Suite


def cases(n: int, seed: int) -> Iterator[Case]:
    """n cases; each eighteen in turn hold every formula and one dropped unit."""
    yield from (case_of(seed, index) for index in range(n))


SUITE = Suite(
    name="calc",
    asks="Is the computed value right, in whatever unit and wording the inputs come?",
    cases=cases,
    scorers=(values, asked, calls, cost),
    metrics=tuple(
        METRICS[name]
        for name in ("value_right", "must_ask_recall", "tool_recall", "outcome_right", "seconds")
    ),
    headline="value_right",
    trivial=("trivial/silent",),
)
