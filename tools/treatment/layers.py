"""Scores as they stand for this patient, who dominates whom, and the order of the options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tools.treatment.indications import CRITERIA, Criterion

Scores = Mapping[Criterion, int]
Weights = Mapping[Criterion, float]
EVEN: Weights = dict.fromkeys(CRITERIA, 1.0)
"""The weights of who gives none."""
HEAVIEST = 4.0
_STRENGTHS = ("strong", "conditional", "expert", "none")


@dataclass(frozen=True)
class Ranked:
    """What the order of an option stands on."""

    id: str
    line: int
    strength: str
    scores: Scores
    measure: bool = False
    """True for what is done without a drug: it is weighed against its like, since it is mostly done beside a drug."""


def weighed(given: Mapping[Criterion, float] | None) -> Weights:
    """The weights, 1 where none is given.

    Raises:
        ValueError: a weight is not from 0 to 4.
    """
    for name, weight in (given or {}).items():
        if name not in CRITERIA or not 0 <= weight <= HEAVIEST:
            raise ValueError(f"the weight of {name} is from 0 to {HEAVIEST:g}, not {weight:g}")
    return {**EVEN, **(given or {})}


def adjusted(base: Scores, better: Iterable[Criterion], changes: int) -> dict[Criterion, int]:
    """The scores with a point more for each preference and a point of safety less for each change, from 1 to 5.

    A criterion without a score stays without one.
    """
    made = dict(base)
    for criterion in better:
        if criterion in made:
            made[criterion] += 1
    if "safety" in made:
        made["safety"] -= changes
    return {criterion: min(5, max(1, value)) for criterion, value in made.items()}


def dominates(one: Scores, other: Scores) -> bool:
    """True if all criteria are scored for both, ``one`` is nowhere worse and somewhere better."""
    if any(criterion not in one or criterion not in other for criterion in CRITERIA):
        return False
    pairs = [(one[criterion], other[criterion]) for criterion in CRITERIA]
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)


def layers(options: Sequence[Scores]) -> tuple[int, ...]:
    """The Pareto layer of each: 1 for those that none dominates, then 1 for those that none of the rest does, …"""
    found: dict[int, int] = {}
    left, layer = set(range(len(options))), 1
    while left:
        front = {
            index for index in left if not any(dominates(options[other], options[index]) for other in left)
        }
        found |= dict.fromkeys(front, layer)
        left, layer = left - front, layer + 1
    return tuple(found[index] for index in range(len(options)))


def order(options: Sequence[Ranked], places: Mapping[str, int], weights: Weights) -> tuple[str, ...]:
    """The ids in order: layer, guideline line, strength, weighted sum, id; drugs before measures without a drug.

    The weighted sum is taken within each group that is equal so far, over the criteria that all of the group have
    scored: a criterion that one lacks is left out of all. Lest a missing score be of use, an option whose efficacy has
    no score makes a group of its own behind those whose efficacy has.
    """
    return tuple(one.id for group in _groups(options, places) for one, _ in _in_group(group, weights))


def first(options: Sequence[Ranked], places: Mapping[str, int], weights: Weights) -> tuple[str, ...]:
    """The ids that share the first place: those of the first group with the highest sum."""
    groups = _groups(options, places)
    if not groups:
        return ()
    summed = _in_group(groups[0], weights)
    return tuple(one.id for one, total in summed if total == summed[0][1])


def _groups(options: Sequence[Ranked], places: Mapping[str, int]) -> list[list[Ranked]]:
    """Options that are equal but for the weighted sum, in order."""
    found: dict[tuple[int, int, int, bool, bool], list[Ranked]] = {}
    for one in options:
        strength = _STRENGTHS.index(one.strength)
        key = (places[one.id], one.line, strength, one.measure, "efficacy" not in one.scores)
        found.setdefault(key, []).append(one)
    return [found[key] for key in sorted(found)]


def _in_group(group: Sequence[Ranked], weights: Weights) -> list[tuple[Ranked, float]]:
    """The group in order with its sums."""
    shared = [criterion for criterion in CRITERIA if all(criterion in one.scores for one in group)]
    summed = [
        (one, round(sum(weights[criterion] * one.scores[criterion] for criterion in shared), 9))
        for one in group
    ]
    return sorted(summed, key=lambda entry: (-entry[1], entry[0].id))
