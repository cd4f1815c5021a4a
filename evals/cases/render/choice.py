"""Which phrase says a symptom for this teller, in which language, and which two symptoms would blur each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from evals.cases.case import Person
from evals.cases.phrases import OPEN, Phrase, Symptom
from evals.cases.world import World

Wording = Literal["open", "held", "all"]
WORDINGS: tuple[Wording, ...] = ("open", "held", "all")
PARENTS = ("mother", "father")
_WORD = re.compile(r"[^\W\d_]{4,}")
_HOLLOW = frozenset(
    "with from pain this that your when more have your feeling being very much over into than then".split()
)


def can_say(held: World, who: Person, names: Sequence[str], language: str, wording: Wording) -> bool:
    """Whether each symptom has a phrase in the language for such a teller; English always has."""
    if language == "en":
        return True
    if who.proxy and who.proxy not in PARENTS:
        return False
    child = who.proxy in PARENTS
    return all(_foreign(held.symptoms[name], language, wording, child) for name in names)


def phrase(symptom: Symptom, who: Person, language: str, wording: Wording, draw: float) -> Phrase:
    child = who.proxy in PARENTS
    if language != "en":
        return _one_phrase(_foreign(symptom, language, wording, child), draw)
    fit = _fitting(symptom.id, symptom.en, bool(who.proxy), child, who.literacy, wording)
    return _one_phrase(fit, draw)


def _one_phrase(phrases: Sequence[Phrase], draw: float) -> Phrase:
    return phrases[int(draw * len(phrases))]


def fitting(symptom: Symptom, who: Person) -> tuple[Phrase, ...]:
    """English phrases for this teller among those open to development."""
    return _fitting(symptom.id, symptom.en, bool(who.proxy), who.proxy in PARENTS, who.literacy, "open")


_FITTING: dict[tuple[object, ...], tuple[Phrase, ...]] = {}


def _fitting(
    name: str, phrases: tuple[Phrase, ...], proxy: bool, child: bool, literacy: str, wording: Wording
) -> tuple[Phrase, ...]:
    """Phrases of the wording for this teller: first those of this literacy, else any, else whatever the list holds."""
    key = (name, id(phrases), proxy, child, literacy, wording)
    if key not in _FITTING:
        part = _part(phrases, wording)
        able = tuple(phrase for phrase in part if phrase.fits(proxy, child))
        able = able or tuple(phrase for phrase in phrases if phrase.fits(proxy, child)) or part or phrases
        _FITTING[key] = tuple(phrase for phrase in able if phrase.literacy in ("", literacy)) or able
    return _FITTING[key]


def _part(phrases: tuple[Phrase, ...], wording: Wording) -> tuple[Phrase, ...]:
    return {"open": phrases[:OPEN], "held": phrases[OPEN:], "all": phrases}[wording]


def _foreign(symptom: Symptom, language: str, wording: Wording, child: bool) -> tuple[Phrase, ...]:
    return tuple(phrase for phrase in _part(symptom.phrases(language), wording) if phrase.proxy == child)


def alike(one: Symptom, other: Symptom) -> bool:
    """Whether a word of the one's noun stands among the other's noun and keywords: to deny the one would blur both."""
    key = (one.id, other.id, id(one), id(other))
    if key not in _ALIKE:
        mine = _stems(one.noun.values())
        _ALIKE[key] = bool(
            mine & (_stems(other.noun.values()) | _stems(other.keywords) | _stems([other.means]))
        )
    return _ALIKE[key]


_ALIKE: dict[tuple[str, str, int, int], bool] = {}


def _stems(texts: Iterable[str]) -> set[str]:
    return {word[:5] for text in texts for word in _WORD.findall(text.casefold()) if word not in _HOLLOW}
