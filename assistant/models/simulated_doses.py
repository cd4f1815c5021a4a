"""The doses of a simulation, each with the drug that it is told of; the dose of a drug beside is nobody else's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from assistant.frame.lists import named_drugs
from assistant.models.simulated_inputs import DIVIDED, decimal, number
from assistant.research_words import DOSE
from tools.treatment.names import Status, resolve

MOST = 12
"""Doses of one request that are read."""
_MG = {
    **dict.fromkeys(("mg", "mgs", "milligram", "milligrams"), 1.0),
    **dict.fromkeys(("mcg", "µg", "\N{GREEK SMALL LETTER MU}g", "ug", "microgram", "micrograms"), 0.001),
    **dict.fromkeys(("g", "gram", "grams"), 1000.0),
}
_OFTEN = (
    r"/\s?d(?:ay)?|(?:once|twice|three times|four times)(?: (?:a|per) day| daily)?|daily|nightly|weekly|(?:a"
    r"|per|each|every) day"
    r"|[bt]\.?i\.?d\b\.?|[btq]\.?d\.?s?\b\.?|q\.?i\.?d\b\.?|od|qd|om|nocte|every \d+ ?(?:hours|h|days)|q\d+h"
)
_BEHIND = re.compile(
    rf"\s*(?:tablets?\s+)?(?:(?:{_OFTEN})\s+){{0,2}}(?:(?:of|oral|racemic|the)\s+){{0,2}}", re.I
)
_BEFORE = re.compile(rf"[\s:(=]*(?:(?:at|of|oral|tablets?|a|dose|{_OFTEN})[\s:(]+){{0,3}}$", re.I)
_A_WEEK = re.compile(r"\s?(?:/|per) ?(?:week|wk)", re.I)
_UNIT = r"(?:mg|milligrams?|mcg|µg|μg|ug|micrograms?|g|grams?)\b"
_SEVERAL = re.compile(
    r"(?<![\w.,*/–-])(?<!age )(?<!aged )(?<!day )(?<!seed )(?<!days )"
    r"(?P<first>\d+(?:\.\d+)?(?:,\s+\d+(?:\.\d+)?){0,6}),?\s+(?:and|or|vs\.?|versus|against)\s+"
    rf"(?=\d+(?:\.\d+)?\s?(?P<unit>{_UNIT}))",
    re.I,
)
"""Doses whose unit stands behind the last of them."""
_TABLETS = re.compile(
    r"\b(?P<often>half|one|two|three|a|an|[1-4])(?: of)?(?: an?)? (?:(?=\d)|x )?(?P<n>\d+(?:\.\d+)?)\s?"
    rf"(?P<unit>{_UNIT})(?=[\s-]+(?:\w+ )?(?:tablets?|capsules?|pills?)\b)",
    re.I,
)
_PARTS = {"half": 0.5, "one": 1.0, "a": 1.0, "an": 1.0, "two": 2.0, "three": 3.0}


class Named(NamedTuple):
    """A drug where a text names it, by its generic name."""

    drug: str
    start: int
    end: int


def doses(text: str, drugs: Sequence[str]) -> list[tuple[str, float]]:
    """Each of the ``drugs`` with each dose in mg that is told of it, in order; doses of other drugs are left out.

    A dose belongs to the drug right before it that has none yet, else to the one right behind it ("10 mg of
    atomoxetine", "5 mg/d warfarin"), else to the last one before it, else to the first.
    """
    text = plain(text)
    named, told, owned = _places(text, drugs), [], set[Named]()
    divided = DIVIDED.search(text)
    parts = number(divided[1]) if divided else 1
    for match in islice(DOSE.finditer(text), MOST):
        if (one := _owner(match, named, owned)) is not None:
            owned.add(one)
        told.append((one.drug if one else drugs[0], _mg(match, parts)))
    return [one for one in dict.fromkeys(told) if one[0] in drugs]


def plain(text: str) -> str:
    """The text with one unit behind each dose, and tablets as what they hold: "half a 5 mg tablet" is 2.5 mg."""
    text = _TABLETS.sub(lambda one: f"{_held(one):g} {one['unit']}", text)
    return _SEVERAL.sub(_with_unit, text)


def _held(match: re.Match[str]) -> float:
    often = match["often"].lower()
    return float(match["n"]) * (_PARTS.get(often) or float(often))


def _with_unit(match: re.Match[str]) -> str:
    return " ".join(f"{one} {match['unit']}" for one in re.split(r",\s+", match["first"])) + " and "


def _places(text: str, drugs: Sequence[str]) -> list[Named]:
    """Every drug of the text where it stands, also those that are not simulated."""
    found = {
        Named(_generic(name), match.start(), match.end())
        for name in {*named_drugs(text), *drugs}
        for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?!\w)", text, re.I)
    }
    return sorted(found, key=lambda one: one.start)


def _generic(name: str) -> str:
    found = resolve(name)
    return found.drug.replace("_", " ") if found.status is Status.EXACT and found.drug else name


def _owner(match: re.Match[str], named: Sequence[Named], owned: set[Named]) -> Named | None:
    text = match.string
    before = [one for one in named if one.end <= match.start()]
    if before and before[-1] not in owned and _BEFORE.fullmatch(text[before[-1].end : match.start()]):
        return before[-1]
    behind = _BEHIND.match(text, match.end())
    follows = [one for one in named if behind and one.start == behind.end() and one not in owned]
    return next(iter(follows or before[-1:] or named[:1]), None)


def _mg(match: re.Match[str], parts: int) -> float:
    """The dose; one that is told as a week's sum, or a day's sum in ``parts``, is divided."""
    amount = decimal(match[1]) * _MG[match[2].lower()] / parts
    return round(amount / 7 if _A_WEEK.match(match.string, match.end()) else amount, 6)
