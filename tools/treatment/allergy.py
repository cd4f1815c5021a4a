"""What an allergy list says of each drug: the drug itself, an ingredient, a cross-reactivity group, or a class.

The kind of reaction is a value. An intolerance is no allergy. A severe delayed reaction (Stevens-Johnson syndrome,
toxic epidermal necrolysis, DRESS …) reaches further where a source says so. A kind that is not told counts as a
possible immediate reaction, and is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from retrieval.patient import Known
from tools.treatment.facts import DrugClass
from tools.treatment.frame import Allergy, Frame, Taken
from tools.treatment.load import Knowledge
from tools.treatment.names import Status, resolve
from tools.treatment.predicates import Level


class Reaction(StrEnum):
    """The kind of reaction that an entry tells; ``UNKNOWN`` also where only a rash is told."""

    IMMEDIATE = "immediate"
    SEVERE_DELAYED = "severe delayed"
    INTOLERANCE = "intolerance"
    UNKNOWN = "unknown"


class Match(StrEnum):
    """How an allergy meets a drug, the nearest first."""

    DRUG = "the same drug"
    INGREDIENT = "the same ingredient"
    GROUP = "a cross-reactivity group"
    CLASS = "the class that is named"


@dataclass(frozen=True)
class FiredAllergy:
    """An allergy that meets a drug, how, and by which class if not by itself.

    ``unsure_of`` is the class that the entry names if it does not tell which member it was.
    """

    taken: Taken
    number: int
    allergy: Allergy
    level: Level
    shared: DrugClass | None = None
    match: Match = Match.DRUG
    reaction: Reaction = Reaction.UNKNOWN
    unsure_of: DrugClass | None = None

    @property
    def could_be(self) -> Level:
        """The level after a severe delayed reaction; as it stands where no source asks for more."""
        further = self.shared.severe_delayed if self.shared else None
        return max(self.level, further or Level.NONE, key=lambda level: level.rank)


_SEVERE = re.compile(
    r"\b(?:stevens[- ]johnsons?(?: syndrome)?|sjs|toxic epidermal necrolysis|dress(?: syndrome)?|agep|serum sickness"
    r"|drug (?:rash|reaction) with eosinophilia(?: and systemic symptoms)?"
    r"|acute generali[sz]ed exanthematous pustulosis|exfoliati\w+(?: dermatitis)?|blister\w*|skin peel\w*"
    r"|peeling(?: skin)?|desquamat\w+|interstitial nephritis|ha?emolytic an(?:ae|e)mia|hepatitis|vasculitis)\b",
    re.I,
)
_SEVERE_SHORT = re.compile(r"\b(?:TEN|DIHS)\b")
"""Case counts: "ten years ago" is no toxic epidermal necrolysis."""
_IMMEDIATE = re.compile(
    r"\b(?:anaphyla\w+|hives|urticaria\w*|angio-?o?edema|bronchospasm|wheez\w*|asthma\w*|short(?:ness)? of breath"
    r"|(?:difficulty|trouble) breathing|swelling|swollen|throat\w*(?: (?:closed|closing|tightness))?|hypotension"
    r"|collapse\w*|flushing|itch\w*|prurit\w+)\b",
    re.I,
)
_INTOLERANCE = re.compile(
    r"\b(?:intoleran\w+|nausea|vomit\w*|diarrh?o?ea|upset stomach|stomach (?:upset|pain|cramps?)|dyspepsia|heartburn"
    r"|constipat\w+|headaches?|cough\w*|dizz\w+|drows\w+|fatigue|insomnia|muscle (?:aches?|pain)|myalgia"
    r"|side effects?)\b",
    re.I,
)
_RASH = re.compile(r"\b(?:rash(?:es)?|exanthema?\w*|maculopapular|skin reaction)\b", re.I)
_DENIED = re.compile(r"\b(?:no|not|without|denies|never)\s+(?:an?\s+|any\s+)?[\w-]+", re.I)
_BESIDE_THE_NAME = re.compile(r"\([^)]*\)|[:–]\s.*$|\s-\s.*$")
_GLUE = re.compile(
    r"\b(?:allerg(?:y|ies|ic)|reactions?|hypersensitiv\w+|to|severe|mild|moderate|causes?|caused|gives?|gave|from|by"
    r"|with|after|on|of|drugs?|history|had|got)\b",
    re.I,
)
_BETWEEN = re.compile(r"\s*(?:[,;/&+]|\band\b|\bor\b)\s*", re.I)


@lru_cache(maxsize=1024)
def reaction(text: str) -> Reaction:
    """The kind of reaction that an entry of an allergy list tells; what it denies is left out."""
    said = _DENIED.sub(" ", text)
    if _SEVERE.search(said) or _SEVERE_SHORT.search(said):
        return Reaction.SEVERE_DELAYED
    if _IMMEDIATE.search(said):
        return Reaction.IMMEDIATE
    if _INTOLERANCE.search(said) and not _RASH.search(said):
        return Reaction.INTOLERANCE
    return Reaction.UNKNOWN


def read_allergies(entries: Sequence[Known[str]], knowledge: Knowledge) -> tuple[list[Allergy], list[str]]:
    """The entries of an allergy list by what they name, and those that name nothing we know."""
    read, unread = [], []
    for entry in entries:
        refs = _refs(entry.value, knowledge)
        if not refs:
            unread.append(entry.value)
            continue
        kind = reaction(entry.value)
        told = kind is not Reaction.UNKNOWN
        read.append(Allergy(entry.value, refs, kind is Reaction.INTOLERANCE, told, entry.origin))
    return read, unread


def _refs(text: str, knowledge: Knowledge) -> frozenset[str]:
    """The drugs and classes that an entry names: as a whole, or each part of it."""
    head = _BESIDE_THE_NAME.sub(" ", text)
    whole = _named(head, knowledge)
    return whole or frozenset(ref for part in _BETWEEN.split(head) for ref in _named(part, knowledge))


def _named(text: str, knowledge: Knowledge) -> frozenset[str]:
    return _entry(text, knowledge) or _entry(_bare(text), knowledge)


def _bare(text: str) -> str:
    """The text without the words of the reaction and what joins them to the name."""
    for pattern in (_SEVERE, _SEVERE_SHORT, _IMMEDIATE, _INTOLERANCE, _RASH, _GLUE):
        text = pattern.sub(" ", text)
    return text


def _entry(text: str, knowledge: Knowledge) -> frozenset[str]:
    name = " ".join(text.split()).strip(" .,;:-")
    said = name.casefold()
    classes = {
        f"class:{one.id}"
        for one in knowledge.classes.values()
        if said in {way.casefold() for way in one.says}
    }
    found = resolve(name, knowledge)
    drugs = found.ingredients if found.status is Status.EXACT else ()
    return frozenset(classes | {f"drug:{one}" for one in drugs})


def allergies(frame: Frame) -> Iterator[FiredAllergy]:
    """What the allergy list says of each drug, by the nearest match."""
    for taken in frame.taken:
        for number, allergy in enumerate(frame.allergies):
            hit = _meets(frame, taken, number, allergy)
            if hit is not None:
                yield hit


def _meets(frame: Frame, taken: Taken, number: int, allergy: Allergy) -> FiredAllergy | None:
    kind = reaction(allergy.named)
    own = Level.MONITOR if allergy.intolerance else Level.AVOID
    if f"drug:{taken.drug}" in allergy.refs:
        alone = sum(one.product == taken.product for one in frame.taken) == 1
        match = Match.DRUG if alone and len(allergy.refs) == 1 else Match.INGREDIENT
        return FiredAllergy(taken, number, allergy, own, None, match, kind)
    named = _class_of(frame.knowledge, taken.drug, allergy)
    if named is not None:
        return FiredAllergy(taken, number, allergy, own, named, Match.CLASS, kind)
    return None if allergy.intolerance else _by_group(frame.knowledge, taken, number, allergy, kind)


def _class_of(knowledge: Knowledge, drug: str, allergy: Allergy) -> DrugClass | None:
    """A class that the entry names and the drug is of."""
    met = sorted(knowledge.keys[drug] & allergy.refs)
    return knowledge.classes[met[0].removeprefix("class:")] if met else None


def _by_group(
    knowledge: Knowledge, taken: Taken, number: int, allergy: Allergy, kind: Reaction
) -> FiredAllergy | None:
    """The strictest group that the drug shares with what the entry names; None where no source speaks of one."""
    hits = []
    for group in knowledge.classes_of(taken.drug):
        level, unsure = _level(knowledge, allergy, group, kind)
        if level is not Level.NONE:
            hits.append(FiredAllergy(taken, number, allergy, level, group, Match.GROUP, kind, unsure))
    return max(hits, key=lambda hit: hit.level.rank, default=None)


def _level(
    knowledge: Knowledge, allergy: Allergy, group: DrugClass, kind: Reaction
) -> tuple[Level, DrugClass | None]:
    """What the group asks for. A class of which only some members are of the group does not tell which it was:
    then the drug is changed at most, not avoided."""
    asked = group.cross_reactive or Level.NONE
    if kind is Reaction.SEVERE_DELAYED:
        asked = max(asked, group.severe_delayed or Level.NONE, key=lambda level: level.rank)
    if any(_members(knowledge, ref) <= set(group.members) for ref in allergy.refs):
        return asked, None
    touched = [ref for ref in sorted(allergy.refs) if _members(knowledge, ref) & set(group.members)]
    if not touched:
        return Level.NONE, None
    at_most = min(asked, Level.CHANGE, key=lambda level: level.rank)
    return at_most, knowledge.classes[touched[0].removeprefix("class:")]


def _members(knowledge: Knowledge, ref: str) -> set[str]:
    kind, _, name = ref.partition(":")
    return {name} if kind == "drug" else set(knowledge.classes[name].members)
