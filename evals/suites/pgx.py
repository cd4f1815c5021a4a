"""Pharmacogenes: from a VCF or a stated diplotype to the phenotype and the drug, and three traps of files."""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case
from evals.cases.genome_cases import pgx_case
from evals.scoring.catalogue import METRICS
from evals.scoring.cost import cost
from evals.scoring.dialogue import asked
from evals.scoring.drugs import planted
from evals.scoring.genes import phenotypes
from evals.scoring.said import must_name
from evals.scoring.tools import calls
from evals.suites.suite import Suite


def cases(n: int, seed: int) -> Iterator[Case]:
    """n cases; each eight in turn hold every stratum."""
    yield from (pgx_case(seed, index) for index in range(n))


SUITE = Suite(
    name="pgx",
    asks="Is the drawn diplotype read out of the file, its phenotype told, and a broken file not read?",
    cases=cases,
    scorers=(phenotypes, planted, must_name, asked, calls, cost),
    metrics=tuple(
        METRICS[name]
        for name in (
            "phenotype_right", "contraindication_missed", "false_alarm", "omission", "must_ask_recall", "tool_recall",
            "outcome_right", "seconds",
        )
    ),
    headline="phenotype_right",
    trivial=("trivial/silent", "trivial/usual_genes"),
)  # fmt: skip
