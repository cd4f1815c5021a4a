"""Whether a confidence means what it says: calibration, ranking, and what abstaining would save."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import NamedTuple

import numpy as np

BINS = 10


class Bin(NamedTuple):
    """Cases of like confidence: how many, the mean confidence, and the share that was right."""

    n: int
    confidence: float
    right: float


def bins(confidence: Sequence[float], right: Sequence[float], count: int = BINS) -> tuple[Bin, ...]:
    """Equal-mass bins by confidence; cases of one confidence stay in order; fewer bins where cases are few."""
    order = np.argsort(np.asarray(confidence, dtype=float), kind="stable")
    parts = [part for part in np.array_split(order, count) if part.size]
    sure, hit = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    return tuple(Bin(int(part.size), float(sure[part].mean()), float(hit[part].mean())) for part in parts)


def ece(confidence: Sequence[float], right: Sequence[float], count: int = BINS) -> float:
    """Expected calibration error over equal-mass bins (Naeini, AAAI 2015); nan for no case."""
    if not len(confidence):
        return nan
    return sum(one.n * abs(one.confidence - one.right) for one in bins(confidence, right, count)) / len(
        confidence
    )


def brier(probability: Sequence[float], happened: Sequence[float]) -> float:
    """Mean squared distance of probability and outcome (Brier, Mon Weather Rev 1950;78:1); nan for no case."""
    if not len(probability):
        return nan
    away = np.asarray(probability, dtype=float) - np.asarray(happened, dtype=float)
    return float((away**2).mean())


def auc(score: Sequence[float], happened: Sequence[float]) -> float:
    """The chance that a case with the event scores above one without, ties by half; nan where one side is empty."""
    held, event = np.asarray(score, dtype=float), np.asarray(happened, dtype=float) > 0.5
    yes, no = int(event.sum()), int((~event).sum())
    if not yes or not no:
        return nan
    _, place, count = np.unique(held, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((ranks[event].sum() - yes * (yes + 1) / 2) / (yes * no))


def risk_coverage(confidence: Sequence[float], wrong: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """(coverage, risk) where only the most confident cases are answered (El-Yaniv and Wiener, JMLR 2010;11:1605).

    Cases of one confidence come in together, so the curve does not hang on their order.
    """
    sure, bad = np.asarray(confidence, dtype=float), np.asarray(wrong, dtype=float)
    points, taken, risk = [], 0, 0.0
    for level in np.unique(sure)[::-1]:
        here = sure == level
        taken, risk = taken + int(here.sum()), risk + float(bad[here].sum())
        points.append((taken / sure.size, risk / taken))
    return tuple(points)


def area(curve: Sequence[tuple[float, float]]) -> float:
    """Mean risk over all coverages: each step weighs its coverage; nan for an empty curve."""
    if not curve:
        return nan
    before = [0.0, *(coverage for coverage, _ in curve)]
    return sum((coverage - start) * risk for (coverage, risk), start in zip(curve, before, strict=False))
