"""Means over questions with 95 % intervals: bootstrap by question, differences paired, shares after Wilson."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from evals.stats.shares import wilson

RESAMPLES, SEED = 1_000, 20261122


class Interval(NamedTuple):
    """A mean with its 95 % interval and the number of questions."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]" if self.n else "not measured"


NOTHING = Interval(float("nan"), float("nan"), float("nan"), 0)


def mean(values: Sequence[float]) -> Interval:
    """The mean with the percentile interval over 1,000 resamples of the questions (Efron 1979)."""
    import numpy as np

    if not values:
        return NOTHING
    held = np.asarray(values, dtype=float)
    draw = np.random.default_rng(SEED)
    means = [float(held[draw.integers(0, len(held), len(held))].mean()) for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(held.mean()), float(low), float(high), len(held))


def difference(ours: Sequence[float], theirs: Sequence[float]) -> Interval:
    """The mean of the differences question by question: both were asked the same questions in the same order."""
    return mean([a - b for a, b in zip(ours, theirs, strict=True)])


def share(hits: int, n: int) -> Interval:
    """A share with the Wilson interval (J Am Stat Assoc 1927;22:209), right also where all or none are hits."""
    if not n:
        return NOTHING
    return Interval(*wilson(hits, n), n)
