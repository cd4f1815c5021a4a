"""Treatment options: the first one where a guideline is clear, and what a fact of the patient takes away."""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case
from evals.cases.choice import option_case
from evals.scoring.catalogue import METRICS
from evals.scoring.citations import support
from evals.scoring.cost import cost
from evals.scoring.options import options
from evals.scoring.tools import calls
from evals.suites.suite import Suite


def cases(n: int, seed: int) -> Iterator[Case]:
    """n cases; each round of all rules has every rule once."""
    yield from (option_case(seed, index) for index in range(n))


SUITE = Suite(
    name="options",
    asks="Does a right option stand first, and is none offered that the patient may not have?",
    cases=cases,
    scorers=(options, support, calls, cost),
    metrics=tuple(
        METRICS[name]
        for name in (
            "first_right",
            "excluded_offered",
            "invented_citation",
            "tool_recall",
            "outcome_right",
            "seconds",
        )
    ),
    headline="excluded_offered",
    trivial=("trivial/silent",),
)
