"""How much the order hangs on the weights: all 81 combinations of half, as given and half as much again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.treatment.indications import CRITERIA, Criterion
from tools.treatment.layers import HEAVIEST, Ranked, Weights, first, order

FACTORS = (0.5, 1.0, 1.5)
CLEAR = 0.8
"""Share of first places from which there is a clear first choice."""
STEP = 0.25


@dataclass(frozen=True)
class Standing:
    """The share of first places of an option, and its best and worst rank."""

    first_share: float
    best: int
    worst: int


def stability(options: Sequence[Ranked], places: Mapping[str, int], weights: Weights) -> dict[str, Standing]:
    """How each option stands over the 81 combinations of weights; a first place that is shared counts in parts."""
    combinations = list(_varied(weights))
    orders = [order(options, places, varied) for varied in combinations]
    ranks = {one.id: [found.index(one.id) + 1 for found in orders] for one in options}
    shares = dict.fromkeys(ranks, 0.0)
    for varied in combinations:
        equal = first(options, places, varied)
        shares |= {name: shares[name] + 1 / len(equal) for name in equal}
    return {
        name: Standing(round(shares[name] / len(combinations), 9), min(found), max(found))
        for name, found in ranks.items()
    }


def _varied(weights: Weights) -> Iterator[Weights]:
    for factors in itertools.product(FACTORS, repeat=len(CRITERIA)):
        yield {name: weights[name] * factor for name, factor in zip(CRITERIA, factors, strict=True)}


def first_by(
    wanted: str, options: Sequence[Ranked], places: Mapping[str, int], weights: Weights
) -> tuple[Criterion, float] | None:
    """The smallest single weight, raised in quarter steps to four times, that puts an option first; else None.

    A weight of 0 is raised to at most 4.
    """
    steps = round((HEAVIEST - 1) / STEP)
    for step in range(1, steps + 1):
        for criterion in CRITERIA:
            base = weights[criterion]
            raised = base * (1 + step * STEP) if base else step * STEP
            if order(options, places, {**weights, criterion: raised})[0] == wanted:
                return criterion, raised
    return None
