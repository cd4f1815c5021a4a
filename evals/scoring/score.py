"""A score, and the two ways of not having one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from evals.cases.case import Case
from evals.run.trace import Trace
from retrieval.evidence import Text, Word

State = Literal["scored", "not_applicable", "could_not_be_scored"]


class Score(Word):
    """One metric of one case. ``value`` is None unless ``scored``: what was not asked is never 0."""

    metric: Text
    value: float | None = None
    state: State = "scored"
    why: str = ""
    missed: tuple[str, ...] = ()
    """The facts that are absent or wrong, in words for the report."""


Scorer = Callable[[Case, Trace], tuple[Score, ...]]
"""Takes a case and what was done with it; gives every metric that it knows of, applicable or not."""

PairScorer = Callable[[Case, Trace, Case, Trace], tuple[Score, ...]]
"""Takes a base case with its trace and one made from it with its own: metamorphic and counterfactual metrics."""


def scored(metric: str, value: float | bool, why: str = "", *missed: str) -> Score:
    """A number between 0 and 1 where the metric is a share; 1 is good unless the metric's name says otherwise."""
    return Score(metric=metric, value=float(value), why=why, missed=missed)


def not_applicable(metric: str, why: str = "") -> Score:
    """The case does not ask this."""
    return Score(metric=metric, state="not_applicable", why=why)


def could_not(metric: str, why: str) -> Score:
    """The metric should apply and cannot be told; counted apart, never as 0 or 1."""
    return Score(metric=metric, state="could_not_be_scored", why=why)
