"""The cluster bootstrap: base cases are drawn, never their copies (Efron and Tibshirani 1993; evals.md section 7)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.stats.shares import NOTHING, Interval

DRAWS, GATE_DRAWS, SEED = 2_000, 10_000, 20261122
RELIABLE = 30
"""Fewer clusters than this leave an interval unreliable."""
_CHUNK = 2_000_000
Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From draws x cells (sums over the drawn clusters) to one figure a draw; nan where a draw has none."""


def clusters(keys: Sequence[Hashable]) -> NDArray[np.intp]:
    """Numbers 0, 1, ... for the keys in the order of their first appearance."""
    seen: dict[Hashable, int] = {}
    return np.asarray([seen.setdefault(key, len(seen)) for key in keys], dtype=np.intp)


def mean(values: Sequence[float], keys: Sequence[Hashable], draws: int = DRAWS) -> Interval:
    """The mean over cases with the percentile 95 % interval over drawn clusters."""
    held = np.asarray(values, dtype=float)
    return of_sums(np.column_stack([held, np.ones_like(held)]) if held.size else held, keys, ratio, draws)


def ratio(sums: Floats) -> Floats:
    """The first column over the second; nan where that is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        out: Floats = sums[:, 0] / sums[:, 1]
    return out


def difference(
    ours: Sequence[float], theirs: Sequence[float], keys: Sequence[Hashable], draws: int = DRAWS
) -> Interval:
    """Mean of ``theirs - ours`` case by case, paired: the two sequences are of the same cases in the same order."""
    return mean([b - a for a, b in zip(ours, theirs, strict=True)], keys, draws)


def of_sums(cells: Any, keys: Sequence[Hashable], statistic: Statistic, draws: int = DRAWS) -> Interval:
    """Any figure that is made of sums over cases: ``cells`` is cases x sums.

    Quick because a draw of clusters is a row of counts, and counts times sums is one product of matrices.
    """
    if not len(keys):
        return NOTHING
    held = np.asarray(cells, dtype=float)
    by_cluster = _summed(held, clusters(keys))
    value = float(statistic(held.sum(axis=0, keepdims=True))[0])
    drawn = _drawn(by_cluster, statistic, draws)
    drawn = drawn[~np.isnan(drawn)]
    if not drawn.size:
        return Interval(value, float("nan"), float("nan"))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(value, float(low), float(high))


def _summed(cells: Floats, number: NDArray[np.intp]) -> Floats:
    out = np.zeros((int(number.max()) + 1, cells.shape[1]))
    np.add.at(out, number, cells)
    return out


def _drawn(by_cluster: Floats, statistic: Statistic, draws: int) -> Floats:
    """The figure of each draw; in chunks, so that many clusters fit into memory."""
    n = len(by_cluster)
    step = max(1, _CHUNK // n)
    starts = range(0, draws, step)
    return np.concatenate([statistic(_counts(n, k, min(step, draws - k)) @ by_cluster) for k in starts])


@lru_cache(maxsize=6)
def _counts(n: int, start: int, draws: int) -> Floats:
    """How often each of n clusters is drawn, a row a draw; the same for every figure over as many clusters."""
    stream = np.random.default_rng([SEED, n, start])
    return stream.multinomial(n, np.full(n, 1 / n), size=draws).astype(float)


def of_cases(
    statistic: Callable[[NDArray[np.intp]], float], keys: Sequence[Hashable], draws: int = DRAWS
) -> Interval:
    """Any figure of a list of cases (AUC, ECE): ``statistic`` takes their positions, with repeats."""
    if not len(keys):
        return NOTHING
    number = clusters(keys)
    members = [np.flatnonzero(number == one) for one in range(int(number.max()) + 1)]
    stream = np.random.default_rng(SEED)
    everyone = np.arange(len(number), dtype=np.intp)
    drawn = []
    for _ in range(draws):
        picked = stream.integers(0, len(members), len(members))
        drawn.append(statistic(np.concatenate([members[one] for one in picked])))
    held = np.asarray([one for one in drawn if not np.isnan(one)])
    if not held.size:
        return Interval(statistic(everyone), float("nan"), float("nan"))
    low, high = np.percentile(held, [2.5, 97.5])
    return Interval(statistic(everyone), float(low), float(high))
