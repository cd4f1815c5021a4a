"""Pairs of drugs: every rule that speaks of them, what it says of this patient, and what no rule speaks of."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tools.treatment.facts import PairRule
from tools.treatment.frame import LOCAL, Frame, Taken
from tools.treatment.load import Knowledge
from tools.treatment.predicates import Level, Verdict, evaluate


class Spoken(StrEnum):
    """Which of three things can be said of a pair."""

    FIRED = "fired"
    NONE_RECORDED = "none recorded"
    """Both drugs are known to the rules, and none of them applies."""
    NOT_COVERED = "not covered"
    """A drug is outside the rules; never to be read as an all-clear."""


@dataclass(frozen=True)
class FiredPair:
    """A rule that says something of a pair in this patient."""

    rule: PairRule
    left: Taken
    right: Taken
    verdict: Verdict

    @property
    def level(self) -> Level:
        return self.verdict.level

    @property
    def advice(self) -> str:
        return "" if self.verdict.case is None else self.rule.cases[self.verdict.case].advice


@dataclass(frozen=True)
class PairAnswer:
    """What is said of one pair. The shown action is the strictest of all rules that fired; every one is listed."""

    left: Taken
    right: Taken
    spoken: Spoken
    fired: tuple[FiredPair, ...] = ()

    @property
    def level(self) -> Level:
        return max((one.level for one in self.fired), key=lambda level: level.rank, default=Level.NONE)


def pairs(frame: Frame) -> tuple[PairAnswer, ...]:
    """Every pair of different ingredients of different products."""
    said: dict[str, Verdict] = {}
    return tuple(
        _pair(frame, one, other, said)
        for one, other in itertools.combinations(frame.taken, 2)
        if one.product != other.product and one.drug != other.drug
    )


def _pair(frame: Frame, one: Taken, other: Taken, said: dict[str, Verdict]) -> PairAnswer:
    if not {one.drug, other.drug} <= frame.knowledge.covered:
        return PairAnswer(one, other, Spoken.NOT_COVERED)
    candidates = rules_for(one.drug, other.drug, frame.knowledge)
    local = one.route in LOCAL or other.route in LOCAL
    asked = [(rule, swapped) for rule, swapped in candidates if not local or rule.names_route]
    fired = tuple(
        hit
        for rule, swapped in asked
        if (hit := _fired(frame, rule, *((other, one) if swapped else (one, other)), said)) is not None
    )
    if fired:
        return PairAnswer(one, other, Spoken.FIRED, fired)
    return PairAnswer(one, other, Spoken.NOT_COVERED if local else Spoken.NONE_RECORDED)


def _fired(
    frame: Frame, rule: PairRule, left: Taken, right: Taken, said: dict[str, Verdict]
) -> FiredPair | None:
    verdict = said.get(rule.id)
    if verdict is None:
        verdict = evaluate(rule.cases, frame, {"left": left, "right": right})
        if not rule.of_its_drugs:
            said[rule.id] = verdict  # the same for every pair: two QT drugs are asked once, not 780 times
    return FiredPair(rule, left, right, verdict) if verdict.level is not Level.NONE else None


@lru_cache(maxsize=65_536)
def rules_for(one: str, other: str, knowledge: Knowledge) -> tuple[tuple[PairRule, bool], ...]:
    """The rules that speak of two drugs, each with whether the first of them stands on its right."""
    found = dict(_matching(one, other, knowledge, swapped=False))
    for rule_id, hit in _matching(other, one, knowledge, swapped=True):
        found.setdefault(rule_id, hit)
    return tuple(found[rule_id] for rule_id in sorted(found))


def _matching(
    left: str, right: str, knowledge: Knowledge, *, swapped: bool
) -> Iterator[tuple[str, tuple[PairRule, bool]]]:
    for pair in itertools.product(knowledge.keys[left], knowledge.keys[right]):
        for rule in knowledge.pairs_on.get(pair, ()):
            yield rule.id, (rule, swapped)
