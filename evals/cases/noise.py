"""Correlated normal noise from numbers of 0 to 1, by inverse CDF."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

_INVERSE = NormalDist().inv_cdf
_EDGE = 1e-9


def normal(draw: float) -> float:
    """The standard normal whose CDF is ``draw``; 0 and 1 are moved inside by 1e-9."""
    return _INVERSE(min(max(draw, _EDGE), 1 - _EDGE))


class Noise(NamedTuple):
    """Names in order and the lower triangle that mixes independent normals into correlated ones."""

    names: tuple[str, ...]
    rows: tuple[tuple[tuple[int, float], ...], ...]

    def drawn(self, draws: Sequence[float]) -> list[float]:
        """One standard normal for each name."""
        free = [normal(draw) for draw in draws[: len(self.names)]]
        return [sum(weight * free[place] for place, weight in row) for row in self.rows]


def mixed(names: Sequence[str], pairs: Sequence[tuple[str, str, float]]) -> Noise:
    """Refuses (ValueError) pairs that name nothing, or that no normal distribution can have."""
    place = {name: number for number, name in enumerate(names)}
    matrix = np.eye(len(names))
    for first, second, value in pairs:
        if first not in place or second not in place:
            raise ValueError(f"correlation of {first} and {second}: no such name")
        matrix[place[first], place[second]] = matrix[place[second], place[first]] = value
    try:
        lower = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError as wrong:
        raise ValueError("these correlations contradict each other") from wrong
    rows = (tuple((column, float(value)) for column, value in enumerate(row) if value) for row in lower)
    return Noise(tuple(names), tuple(rows))
