"""One drug in this patient: kidney, pregnancy, age, conditions; allergy; and two of the same."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.patient import Known
from tools.treatment.facts import DrugClass, Rule
from tools.treatment.frame import LOCAL, Allergy, Frame, Taken
from tools.treatment.load import Knowledge
from tools.treatment.names import Status, resolve
from tools.treatment.predicates import Level, Verdict, evaluate

_INTOLERANCE = re.compile(
    r"\b(?:intoleran\w+|nausea|vomit\w*|diarrh?o?ea|upset stomach|stomach upset|dyspepsia|constipation|headache)\b",
    re.I,
)
_REACTION = re.compile(
    r"\b(?:anaphyla\w+|hives|urticaria|angioedema|bronchospasm|rash|sjs|stevens[- ]johnson|ten\b|dress\b|swelling)\b",
    re.I,
)
_BESIDE_THE_NAME = re.compile(
    r"\([^)]*\)|[:;,–-]\s.*$|\ballerg(?:y|ies|ic)(?: to)?\b|\b(?:severe|mild)\b", re.I
)


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
class FiredAllergy:
    """An allergy that meets a drug: by its name or class, or by a class that it shares with what is on the list."""

    taken: Taken
    number: int
    allergy: Allergy
    level: Level
    shared: DrugClass | None = None


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


def read_allergies(entries: Sequence[Known[str]], knowledge: Knowledge) -> tuple[list[Allergy], list[str]]:
    """The entries of an allergy list by what they name, and those that name nothing we know."""
    read, unread = [], []
    for entry in entries:
        refs = _refs(entry.value, knowledge)
        if not refs:
            unread.append(entry.value)
            continue
        severe, mild = _REACTION.search(entry.value), _INTOLERANCE.search(entry.value)
        read.append(Allergy(entry.value, refs, bool(mild and not severe), bool(severe or mild), entry.origin))
    return read, unread


def _refs(text: str, knowledge: Knowledge) -> frozenset[str]:
    name = " ".join(_BESIDE_THE_NAME.sub(" ", text).split())
    said = name.casefold()
    named = [one.id for one in knowledge.classes.values() if said in {way.casefold() for way in one.says}]
    if named:
        return frozenset(f"class:{one}" for one in named)
    found = resolve(name, knowledge)
    return (
        frozenset(f"drug:{one}" for one in found.ingredients) if found.status is Status.EXACT else frozenset()
    )


def allergies(frame: Frame) -> Iterator[FiredAllergy]:
    """What the allergy list says of each drug, the nearest match first: itself, its named class, a shared class."""
    for taken in frame.taken:
        for number, allergy in enumerate(frame.allergies):
            hit = _allergy(frame.knowledge, taken, number, allergy)
            if hit is not None:
                yield hit


def _allergy(knowledge: Knowledge, taken: Taken, number: int, allergy: Allergy) -> FiredAllergy | None:
    met = knowledge.keys[taken.drug] & allergy.refs
    if met:
        level = Level.MONITOR if allergy.intolerance else Level.AVOID
        named = next((ref for ref in sorted(met) if ref.startswith("class:")), "")
        shared = knowledge.classes[named.removeprefix("class:")] if named else None
        return FiredAllergy(taken, number, allergy, level, shared)
    if allergy.intolerance:
        return None
    shared_by = [one for one in _cross(knowledge, taken.drug) if _belongs(knowledge, allergy, one)]
    nearest = max(shared_by, key=lambda one: (one.cross_reactive or Level.NONE).rank, default=None)
    if nearest is None or nearest.cross_reactive is None:
        return None
    return FiredAllergy(taken, number, allergy, nearest.cross_reactive, nearest)


def _cross(knowledge: Knowledge, drug: str) -> Iterator[DrugClass]:
    return (one for one in knowledge.classes_of(drug) if one.cross_reactive)


def _belongs(knowledge: Knowledge, allergy: Allergy, shared: DrugClass) -> bool:
    """True if what the allergy names belongs to the class: a member, or a class of members only."""
    for ref in allergy.refs:
        kind, _, name = ref.partition(":")
        named = (name,) if kind == "drug" else knowledge.classes[name].members
        if set(named) <= set(shared.members):
            return True
    return False


def duplicates(frame: Frame) -> Iterator[Duplicate]:
    """Pairs of products that share an ingredient, or are of a class of which one is meant."""
    for one, other in itertools.combinations(frame.taken, 2):
        if one.product == other.product or one.route in LOCAL or other.route in LOCAL:
            continue
        if one.drug == other.drug:
            yield Duplicate(one, other)
            continue
        for shared in frame.knowledge.classes_of(one.drug):
            alike = shared.duplicate and other.drug in shared.members
            if alike and not {one.drug, other.drug} & set(shared.not_duplicate):
                yield Duplicate(one, other, shared)
