"""Figures of a mix carried over to natural prevalence by weights."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from evals.stats.bootstrap import DRAWS, of_sums, ratio
from evals.stats.shares import NOTHING, Interval

LEAST = 50.0
"""Below this effective sample size no weighted figure is given (evals.md section 3.7)."""


def effective_size(weights: Sequence[float]) -> float:
    """(sum w)^2 / sum w^2: how many equally weighted cases these are worth; 0 for none."""
    held = np.asarray(weights, dtype=float)
    total = float((held**2).sum()) if held.size else 0.0
    return float(held.sum()) ** 2 / total if total else 0.0


def weighted(
    values: Sequence[float], weights: Sequence[float], keys: Sequence[Hashable], draws: int = DRAWS
) -> Interval:
    """The weighted mean with its cluster interval; nothing (nan) below an effective size of 50."""
    if effective_size(weights) < LEAST:
        return NOTHING
    held, heavy = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    return of_sums(np.column_stack([held * heavy, heavy]), keys, ratio, draws)
