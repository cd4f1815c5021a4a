"""Germline variants: the class of an expert panel, by name, by position on either build, and out of a file."""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case
from evals.cases.genome_cases import variant_case
from evals.scoring.catalogue import METRICS
from evals.scoring.citations import support
from evals.scoring.cost import cost
from evals.scoring.dialogue import asked
from evals.scoring.genes import variant
from evals.scoring.said import forbidden, must_name
from evals.scoring.tools import calls
from evals.suites.suite import Suite


def cases(n: int, seed: int) -> Iterator[Case]:
    """n cases; each seven in turn hold every stratum."""
    yield from (variant_case(seed, index) for index in range(n))


SUITE = Suite(
    name="variants",
    asks="Is the class right on both builds, and is none told where build or reference base do not fit?",
    cases=cases,
    scorers=(variant, forbidden, must_name, asked, support, calls, cost),
    metrics=tuple(
        METRICS[name]
        for name in (
            "class_right", "forbidden_code", "forbidden_shown", "omission", "must_ask_recall", "invented_citation",
            "tool_recall", "outcome_right", "seconds",
        )
    ),
    headline="class_right",
    trivial=("trivial/silent", "trivial/says:pathogenic"),
)  # fmt: skip
