"""Agreement of ordered levels: Cohen's kappa with quadratic weights, and recall over levels."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from evals.cases.case import Level, rank
from evals.stats.bootstrap import DRAWS, Floats, of_sums
from evals.stats.shares import Interval

LEVELS = 4
_AWAY = np.asarray([[(g - s) ** 2 / (LEVELS - 1) ** 2 for s in range(LEVELS)] for g in range(LEVELS)])


def kappa(gold: Sequence[int], told: Sequence[int], keys: Sequence[Hashable], draws: int = DRAWS) -> Interval:
    """Weighted kappa of levels 0 to 3, weights (i-j)^2/9 (Psychol Bull 1968;70:213), with its cluster interval.

    nan where chance alone agrees fully (one level on both sides).
    """
    return of_sums(_cells(gold, told), keys, _kappa, draws)


def quadratic_kappa(pairs: Sequence[tuple[Level, Level]]) -> float:
    """The same figure for pairs of level names, without an interval; nan for no pair."""
    cells = _cells([rank(one) for one, _ in pairs], [rank(other) for _, other in pairs])
    return float(_kappa(cells.sum(axis=0, keepdims=True))[0])


def macro_recall(
    gold: Sequence[int], told: Sequence[int], keys: Sequence[Hashable], draws: int = DRAWS
) -> Interval:
    """The mean of the recalls of the levels that are there, with its cluster interval."""
    return of_sums(_cells(gold, told), keys, _recall, draws)


def _cells(gold: Sequence[int], told: Sequence[int]) -> Floats:
    """One row a case: its cell of the confusion matrix, gold by rows, as 16 numbers."""
    out = np.zeros((len(gold), LEVELS * LEVELS))
    for n, (g, s) in enumerate(zip(gold, told, strict=True)):
        out[n, LEVELS * g + s] = 1
    return out


def _kappa(sums: Floats) -> Floats:
    tables = sums.reshape(-1, LEVELS, LEVELS)
    n = tables.sum(axis=(1, 2))
    by_chance = (tables.sum(axis=2)[:, :, None] * tables.sum(axis=1)[:, None, :] * _AWAY).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        out: Floats = 1 - n * (tables * _AWAY).sum(axis=(1, 2)) / by_chance
    out[by_chance == 0] = np.nan
    return out


def _recall(sums: Floats) -> Floats:
    tables = sums.reshape(-1, LEVELS, LEVELS)
    with np.errstate(invalid="ignore", divide="ignore"):
        recalls = np.diagonal(tables, axis1=1, axis2=2) / tables.sum(axis=2)
    there = ~np.isnan(recalls)
    with np.errstate(invalid="ignore", divide="ignore"):
        out: Floats = np.where(there, recalls, 0).sum(axis=1) / there.sum(axis=1)
    return out
