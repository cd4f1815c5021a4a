"""How good a ranking of documents is for one question, 0 to 1. ``grades`` says how good each document is; absent: 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log2

Grades = Mapping[str, int]
Measure = Callable[[Sequence[str], Grades], float]


def first(ranking: Sequence[str], grades: Grades) -> float:
    """R@1: 1 if the first document is a right one."""
    return float(bool(ranking) and grades.get(ranking[0], 0) > 0)


def recall_10(ranking: Sequence[str], grades: Grades) -> float:
    """The share of the right documents that stand among the first ten; not capped where there are more than ten."""
    return sum(grades.get(name, 0) > 0 for name in ranking[:10]) / len(grades)


def average_precision_10(ranking: Sequence[str], grades: Grades) -> float:
    """AP@10: the precision at each right document of the first ten, summed, over the right ones (ten at most)."""
    hits, total = 0, 0.0
    for rank, name in enumerate(ranking[:10], 1):
        if grades.get(name, 0) > 0:
            hits += 1
            total += hits / rank
    return total / min(10, len(grades))


def ndcg_10(ranking: Sequence[str], grades: Grades) -> float:
    """nDCG@10 with gain 2^grade - 1 (Burges et al., ICML 2005) and discount log2(1 + rank)."""
    gained = _gain([grades.get(name, 0) for name in ranking[:10]])
    return gained / _gain(sorted(grades.values(), reverse=True)[:10])


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / log2(1 + rank) for rank, grade in enumerate(grades, 1))
