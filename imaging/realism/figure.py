"""A measured figure: never without n and an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.evidence import Text, Word

DRAWS = 500
Rows = NDArray[np.float32]
Numbers = NDArray[np.float64]


class Figure(Word):
    """A value with its 95 % interval, how many pictures or draws it rests on, and how the interval was made."""

    value: float
    low: float
    high: float
    n: int
    interval: Text

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(
    items: Sequence[NDArray[Any]], measure: Callable[..., float], seed: int = 0, draws: int = DRAWS
) -> Figure:
    """A figure over one or more independent samples, each resampled by itself; the value is that of the whole."""
    rng = np.random.default_rng(seed)
    values = [measure(*(one[rng.integers(0, len(one), len(one))] for one in items)) for _ in range(draws)]
    low, high = np.percentile(values, [2.5, 97.5])
    n = sum(len(one) for one in items)
    return Figure(
        value=measure(*items), low=float(low), high=float(high), n=n, interval=f"bootstrap, {draws} draws"
    )


def paired(differences: Sequence[float]) -> Figure:
    """Mean of paired differences with Student's t interval.

    Raises:
        ValueError: fewer than three differences.
    """
    from scipy.stats import t

    if len(differences) < 3:
        raise ValueError("at least three paired differences are needed")
    values = np.asarray(differences, dtype=np.float64)
    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    mean = float(values.mean())
    return Figure(
        value=mean, low=mean - half, high=mean + half, n=len(values), interval="Student's t over paired draws"
    )


def share(hits: int, n: int) -> Figure:
    """A share with its Wilson interval.

    Raises:
        ValueError: n is 0.
    """
    if n < 1:
        raise ValueError("a share needs at least one case")
    z2 = 1.96**2
    part = hits / n
    middle = (part + z2 / (2 * n)) / (1 + z2 / n)
    half = 1.96 * np.sqrt(part * (1 - part) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Figure(value=part, low=float(middle - half), high=float(middle + half), n=n, interval="Wilson")


def area(low: Numbers, high: Numbers) -> float:
    """AUC: how often a value of ``high`` stands above one of ``low``; ties count half."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([low, high]))
    return float((ranks[len(low) :].sum() - len(high) * (len(high) + 1) / 2) / (len(low) * len(high)))


def distances(one: Rows, two: Rows) -> Numbers:
    """Euclidean distances between all rows, len(one) x len(two)."""
    first, second = one.astype(np.float64), two.astype(np.float64)
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)[None] - 2 * first @ second.T
    return np.asarray(np.sqrt(squares.clip(0)))
