"""Two rankings into one: weighted min-max scores, and reciprocal ranks beside it for the benchmark."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
Fuse = Callable[[Mapping[int, float], Mapping[int, float]], dict[int, float]]
"""Dense and word scores by the position of a passage, into one."""

DENSE_WEIGHT = 0.7
"""Against 0.3 for words: chosen among three values on development sets (evals/literature measures it)."""
RRF_K = 60


def weighted(dense: Mapping[K, float], words: Mapping[K, float]) -> dict[K, float]:
    """0.7 of the dense and 0.3 of the word score, each stretched to 0-1 within the query; absent counts 0."""
    if not dense:
        return _stretched(words)
    far, near = _stretched(dense), _stretched(words)
    return {
        key: DENSE_WEIGHT * far.get(key, 0.0) + (1 - DENSE_WEIGHT) * near.get(key, 0.0)
        for key in far.keys() | near.keys()
    }


def reciprocal(dense: Mapping[K, float], words: Mapping[K, float]) -> dict[K, float]:
    """The sum over both lists of 1 / (60 + rank), ties in a list by id."""
    fused: dict[K, float] = {}
    for scores in (dense, words):
        for key, rank in ranks(scores).items():
            fused[key] = fused.get(key, 0.0) + 1 / (RRF_K + rank)
    return fused


def ranks(scores: Mapping[K, float]) -> dict[K, int]:
    """The rank of each key from 1, best first, ties in the order in which they stand."""
    return {key: rank for rank, key in enumerate(sorted(scores, key=lambda key: -scores[key]), 1)}


def _stretched(scores: Mapping[K, float]) -> dict[K, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high - low < 1e-9:
        return dict.fromkeys(scores, 1.0)
    return {key: (score - low) / (high - low) for key, score in scores.items()}
