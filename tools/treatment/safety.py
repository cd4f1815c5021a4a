"""One drug in this patient: kidney, pregnancy, age, conditions; allergy; and two of the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from tools.treatment.allergy import FiredAllergy, allergies, read_allergies
from tools.treatment.facts import DrugClass, Rule
from tools.treatment.frame import LOCAL, Frame, Taken
from tools.treatment.load import Knowledge
from tools.treatment.predicates import Level, Verdict, evaluate

__all__ = [
    "Duplicate",
    "FiredAllergy",
    "FiredRule",
    "allergies",
    "duplicates",
    "read_allergies",
    "rules",
]


@dataclass(frozen=True)
class FiredRule:
    """A rule that says something of one drug in this patient."""

    rule: Rule
    taken: Taken
    verdict: Verdict

    @property
    def level(self) -> Level:
        return self.verdict.level

    @property
    def advice(self) -> str:
        return "" if self.verdict.case is None else self.rule.cases[self.verdict.case].advice


@dataclass(frozen=True)
class Duplicate:
    """Two drugs with the same ingredient, or of a class of which one is meant."""

    one: Taken
    other: Taken
    shared: DrugClass | None = None
    level: Level = Level.CHANGE


def rules(frame: Frame) -> Iterator[FiredRule]:
    """The rules that say something of a drug on the list."""
    for taken in frame.taken:
        if taken.route in LOCAL:
            continue
        for key in sorted(frame.knowledge.keys[taken.drug]):
            for rule in frame.knowledge.rules_on.get(key, ()):
                verdict = evaluate(rule.cases, frame, {"it": taken})
                if verdict.level is not Level.NONE:
                    yield FiredRule(rule, taken, verdict)


def duplicates(frame: Frame) -> Iterator[Duplicate]:
    """Pairs of products that share an ingredient, or are of a class of which one is meant."""
    for one, other in itertools.combinations(frame.taken, 2):
        if one.product == other.product or one.route in LOCAL or other.route in LOCAL:
            continue
        if one.drug == other.drug:
            yield Duplicate(one, other)
            continue
        shared = _narrowest(frame.knowledge, one.drug, other.drug)
        if shared is not None:
            yield Duplicate(one, other, shared)


def _narrowest(knowledge: Knowledge, one: str, other: str) -> DrugClass | None:
    """The smallest class of which only one of the two is meant: two ACE inhibitors are not also told as two blockers
    of the renin-angiotensin system."""
    alike = [
        shared
        for shared in knowledge.classes_of(one)
        if shared.duplicate and other in shared.members and not {one, other} & set(shared.not_duplicate)
    ]
    return min(alike, key=lambda shared: len(shared.members), default=None)
