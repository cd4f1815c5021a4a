"""Shares with their intervals: Wilson for a share, Clopper-Pearson for a rare event."""

from __future__ import annotations

from math import nan, sqrt
from typing import Literal, NamedTuple

Z95 = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""


class Interval(NamedTuple):
    """A figure with its 95 % interval; all nan where there is nothing to count."""

    value: float
    low: float
    high: float


NOTHING = Interval(nan, nan, nan)


def wilson(hits: float, n: float) -> Interval:
    """The 95 % interval of a share of independent cases (Wilson, J Am Stat Assoc 1927;22:209)."""
    if n <= 0:
        return NOTHING
    p = hits / n
    middle = (p + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 * sqrt(p * (1 - p) / n + Z95**2 / (4 * n * n)) / (1 + Z95**2 / n)
    return Interval(p, min(p, max(0.0, middle - half)), max(p, min(1.0, middle + half)))


def exact(hits: int, n: int, side: Literal["two", "upper", "lower"] = "two") -> Interval:
    """The exact 95 % interval (Clopper and Pearson, Biometrika 1934;26:404).

    ``upper`` and ``lower`` are one-sided 95 % bounds; the open end is then 0 or 1.
    """
    if n <= 0:
        return NOTHING
    tail = 0.025 if side == "two" else 0.05
    low = 0.0 if side == "upper" else _low(hits, n, tail)
    high = 1.0 if side == "lower" else _high(hits, n, tail)
    return Interval(hits / n, low, high)


def _low(hits: int, n: int, tail: float) -> float:
    from scipy.special import betaincinv

    return float(betaincinv(hits, n - hits + 1, tail)) if hits else 0.0


def _high(hits: int, n: int, tail: float) -> float:
    from scipy.special import betaincinv

    return float(betaincinv(hits + 1, n - hits, 1 - tail)) if hits < n else 1.0


def zero_bound(n: int) -> float:
    """What zero of n leaves possible: the one-sided 95 % upper bound 1 - 0.05^(1/n); 1 where n is 0."""
    return 1 - 0.05 ** (1 / n) if n > 0 else 1.0
