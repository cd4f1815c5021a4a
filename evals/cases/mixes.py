"""Which cases a suite is made of, and what each stands for in nature.

``natural`` follows incidence; ``balanced`` gives each level a quarter; ``enriched`` makes every second case an
emergency and every fourth an atypical one, so that misses can be counted (evals.md section 3.7). Within a level,
``balanced`` and ``enriched`` take every condition alike and its severities by their own rates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Literal, NamedTuple

from evals.cases.case import LEVELS
from evals.cases.conditions import KNOWLEDGE
from evals.cases.world import Stratum, chosen, world

Mix = Literal["natural", "balanced", "enriched"]
MIXES: tuple[Mix, ...] = ("natural", "balanced", "enriched")
FEWEST_EFFECTIVE = 50
"""Below this effective sample size a weighted figure is not shown."""


class Slot(NamedTuple):
    """The strata one place in the round of a mix chooses from, with running sums of their chances."""

    strata: tuple[Stratum, ...]
    sums: tuple[float, ...]


class Plan(NamedTuple):
    """A mix over one folder: case i takes slot (i + seed) modulo their number; each stratum's weight."""

    slots: tuple[Slot, ...]
    weights: Mapping[str, float]

    def stratum(self, seed: int, index: int, draw: float) -> Stratum:
        """The stratum of a case by a number of 0 to 1."""
        slot = self.slots[(index + seed) % len(self.slots)]
        return slot.strata[chosen(slot.sums, draw)]


@cache
def plan(mix: Mix, folder: Path = KNOWLEDGE) -> Plan:
    """How cases of a mix are drawn. Refuses (ValueError) an unknown mix."""
    if mix not in MIXES:
        raise ValueError(f"no mix {mix!r}; there are {', '.join(MIXES)}")
    strata = world(folder).strata
    slots = tuple(_slots(mix, strata))
    total = sum(one.rate for one in strata)
    weights = {one.name: (one.rate / total) / share for one in strata if (share := _share(one, slots)) > 0}
    return Plan(slots, weights)


def effective(weights: Iterable[float]) -> float:
    """(sum w)^2 / sum w^2: the number of cases of equal weight that would tell as much; 0 of none."""
    listed = list(weights)
    squares = sum(weight * weight for weight in listed)
    return sum(listed) ** 2 / squares if squares else 0.0


def _slots(mix: Mix, strata: tuple[Stratum, ...]) -> list[Slot]:
    if mix == "natural":
        return [Slot(strata, tuple(accumulate(one.rate for one in strata)))]
    if mix == "balanced":
        return [
            _even([one for one in strata if one.severity.level == level])
            for level in LEVELS
            if _any(strata, level)
        ]
    emergencies = [one for one in strata if one.severity.level == "emergency"]
    others = _even([one for one in strata if one.severity.level != "emergency"] or emergencies)
    atypical = [one for one in emergencies if one.severity.atypical]
    typical = [one for one in emergencies if not one.severity.atypical]
    if not emergencies:
        return [others]
    return [_even(atypical or emergencies), others, _even(typical or emergencies), others]


def _any(strata: tuple[Stratum, ...], level: str) -> bool:
    return any(one.severity.level == level for one in strata)


def _even(strata: list[Stratum]) -> Slot:
    """Every condition alike; its severities by their own rates."""
    rates: dict[str, float] = {}
    for one in strata:
        rates[one.condition.id] = rates.get(one.condition.id, 0.0) + one.rate
    return Slot(tuple(strata), tuple(accumulate(one.rate / rates[one.condition.id] for one in strata)))


def _share(one: Stratum, slots: tuple[Slot, ...]) -> float:
    found = 0.0
    for slot in slots:
        for place, (other, end) in enumerate(zip(slot.strata, slot.sums, strict=True)):
            if other is one:
                found += (end - (slot.sums[place - 1] if place else 0.0)) / slot.sums[-1]
    return found / len(slots)
