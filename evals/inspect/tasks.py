"""Our suites as inspect tasks: ``inspect eval evals/triage --model none`` or ``evals/suite -T name=medsafety``."""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset

from evals.inspect.samples import samples
from evals.inspect.scorers import case_scorer
from evals.inspect.solvers import subject_solver


@task
def suite(name: str = "triage", n: int = 60, seed: int = 7, subject: str = "assistant/rules") -> Task:
    """Any suite by its name; ``subject`` as for ``consilium evaluate --subject``.

    Raises:
        ValueError: there is no such suite, it needs data that is not here, or it compares two cases, and inspect scores
            each alone.
    """
    from evals.run.papers import data
    from evals.suites.registry import suites

    held = suites().get(name)
    if held is None:
        raise ValueError(f"no suite {name!r}: choose one of {', '.join(suites())}")
    scorer = case_scorer(name)
    if held.needs and not (data() / held.needs).exists():
        raise ValueError(f"the suite {name} has no cases here: it needs shared/data/{held.needs}")
    made = tuple(held.cases(n, seed))
    if not made:
        raise ValueError(f"the suite {name} has no cases for n={n}")
    return Task(
        dataset=MemoryDataset(list(samples(made)), name=f"{name}-{n}-{seed}"),
        solver=subject_solver(subject),
        scorer=scorer,
        metadata={"suite": name, "n": n, "seed": seed, "subject": subject},
    )


@task
def triage(n: int = 60, seed: int = 7, subject: str = "assistant/rules") -> Task:
    """How soon does this person need care?"""
    return suite("triage", n, seed, subject)


@task
def medsafety(n: int = 60, seed: int = 7, subject: str = "assistant/rules") -> Task:
    """Planted contraindications and their near misses."""
    return suite("medsafety", n, seed, subject)


@task
def calc(n: int = 60, seed: int = 7, subject: str = "assistant/rules") -> Task:
    """Closed formulas from mixed units, and a dropped unit."""
    return suite("calc", n, seed, subject)


@task
def grounding(n: int = 60, seed: int = 7, subject: str = "assistant/rules") -> Task:
    """Does the citation exist and carry the claim? Needs the development data."""
    return suite("grounding", n, seed, subject)
