"""Pictures: what kind, readable or not, like healthy eyes or not; and pictures that are none of medicine."""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case
from evals.cases.imagery import picture_case
from evals.scoring.catalogue import METRICS
from evals.scoring.cost import cost
from evals.scoring.pictures import picture
from evals.scoring.tools import calls
from evals.suites.suite import Suite


def cases(n: int, seed: int) -> Iterator[Case]:
    """n cases; each seven in turn hold every kind. The pictures themselves are made when a case is run."""
    yield from (picture_case(seed, index) for index in range(n))


SUITE = Suite(
    name="images",
    asks="Is a drawn picture taken for what it is, and nothing read where nothing can be read?",
    cases=cases,
    scorers=(picture, calls, cost),
    metrics=tuple(METRICS[name] for name in ("picture_right", "tool_recall", "seconds")),
    headline="picture_right",
    trivial=("trivial/silent", "trivial/says:a fundus photograph that can be read"),
)
