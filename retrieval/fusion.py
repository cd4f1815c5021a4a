"""Two rankings into one: weighted shares of the best score, and reciprocal ranks beside it for the benchmark."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
Fuse = Callable[[Mapping[int, float], Mapping[int, float]], dict[int, float]]
"""Dense and word scores by the position of a passage, into one."""

DENSE_WEIGHT = 0.5
"""Against 0.5 for words: chosen on the development halves of four sets (docs/retrieval.md)."""
RRF_K = 60


def weighted(dense: Mapping[K, float], words: Mapping[K, float]) -> dict[K, float]:
    """Half of the dense and half of the word score, each as a share of the best of the query. What the dense list lacks
    counts as its last, what the words lack as 0.

    The lowest score is not subtracted (as min-max scaling does): near cosines differ little, and that little would
    outweigh a clear difference of words.
    """
    if not dense:
        return _shares(words)
    last = min(dense.values())
    near, said = _shares({key: dense.get(key, last) for key in dense.keys() | words.keys()}), _shares(words)
    return {key: DENSE_WEIGHT * near[key] + (1 - DENSE_WEIGHT) * said.get(key, 0.0) for key in near}


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


def _shares(scores: Mapping[K, float]) -> dict[K, float]:
    """Each score as a share of the best; below zero counts 0."""
    best = max(scores.values(), default=0.0)
    if best <= 0:
        return dict.fromkeys(scores, 0.0)
    return {key: max(0.0, score / best) for key, score in scores.items()}
