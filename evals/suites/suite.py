"""What a suite is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from evals.cases.case import Case
from evals.scoring.score import PairScorer, Scorer


@dataclass(frozen=True)
class Metric:
    """How a metric is shown and summed up. ``of`` names who is in the denominator, in words."""

    name: str
    title: str
    better: Literal["higher", "lower"] = "higher"
    kind: Literal["share", "mean", "seconds"] = "share"
    of: str = "all cases"


@dataclass(frozen=True)
class Suite:
    """A named set of cases with its scorers.

    ``cases(n, seed)`` gives about n cases (whole clusters), the same for the same two numbers, in any process.
    """

    name: str
    asks: str
    cases: Callable[[int, int], Iterable[Case]]
    scorers: tuple[Scorer, ...]
    metrics: tuple[Metric, ...]
    headline: str
    pairs: tuple[PairScorer, ...] = ()
    """For suites whose cases are made from base cases that are among them (same ``base_id``, no operators)."""
    trivial: tuple[str, ...] = ()
    """Ids of trivial subjects that run beside it."""
    needs: str = ""
    """Data it cannot run without: a folder of shared data; the suite then says "not run" with this reason."""
