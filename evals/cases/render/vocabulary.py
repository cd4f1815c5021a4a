"""What the simulated patient understands: which symptoms a question or an answer's label speaks about.

Words are compared by their first letters and weighted by how few symptoms use them; close spellings count too. The
vocabulary is that of ``evals/knowledge/symptoms``: knowing a word tells nothing about the case.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from math import log
from typing import NamedTuple

from evals.cases.case import Slot
from evals.cases.conditions import symptoms

STEM = 5
"""Letters by which two forms of a word are the same."""
CLEAR, SURE, MAYBE = 0.9, 0.65, 0.4
"""The least likeness, of 1, at which a symptom is clearly, surely or perhaps meant; set on the tests' labels."""
HEAVY = 2.0
"""Weight of shared words below which nothing is understood: "pain" alone names no symptom."""
TIED = 0.97
"""Symptoms this near to the best one are meant as well."""
WELL = re.compile(r"_ok$|^feels_well|^can_|^no_|_helps$|^managing|_not_tender$|_usual$")
"""Ids of symptoms that say that something is all right; they never make a danger true."""
_NEGATED = re.compile(
    r"\b(?:no|not|nothing|never|none|cannot|can't|won't|doesn't|don't|without|unable|nada|ningún|nunca|pas|aucun|rien|"
    r"nicht|kein|keine|nichts)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[,;?/]|\bor\b|\bo\b|\bou\b|\boder\b")
_WORD = re.compile(r"[a-zà-ÿ]+")
_STOP = frozenset(
    "the and you your are for with has have had that this any does did was were been been from than then when what "
    "which who how can not but our his her its their there here very more most some one two out off about into over "
    "feel feels feeling felt get gets got like just bit also now all yes dont cant could would "
    "los las una uno por para con que del este esta como más muy tiene siente "
    "les des une est avec pour que dans pas sur vous votre avez "
    "der die das und ist ein eine mit von sie ihr ihre haben den dem nicht".split()
)


class Bag(NamedTuple):
    """The weighted word stems by which a symptom is known."""

    stems: Mapping[str, float]
    named: frozenset[str]
    """Stems of its noun, meaning and keywords; a single word is only understood as one of these."""
    noun: str


def stems(text: str) -> tuple[str, ...]:
    """The stems of the words that carry meaning, without English endings."""
    words = _WORD.findall(text.lower().replace("'", ""))
    return tuple(_bare(word)[:STEM] for word in words if len(word) > 2 and word not in _STOP)


def _bare(word: str) -> str:
    """ "drops", "dropped" and "dropping" as "drop"."""
    for end in ("ing", "ed", "s"):
        if word.endswith(end) and len(word) - len(end) >= 3 and not word.endswith("ss"):
            word = word[: -len(end)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl" else word


@cache
def bags(language: str) -> Mapping[str, Bag]:
    """Every symptom's bag in a language."""
    found = {name: (_counted(name, language), _noun(name, language)) for name in symptoms()}
    used = Counter(stem for counted, _ in found.values() for stem in counted)
    return {
        name: Bag(
            {stem: weight * log(1 + len(found) / used[stem]) for stem, weight in counted.items()},
            frozenset(stem for stem, weight in counted.items() if weight == 1.0),
            noun,
        )
        for name, (counted, noun) in found.items()
    }


def _counted(name: str, language: str) -> Mapping[str, float]:
    one = symptoms()[name]
    weights: dict[str, float] = {}
    for phrase in one.phrases(language):
        for stem in stems(re.sub(r"\{[^}]*\}", " ", phrase.text)):
            weights[stem] = max(weights.get(stem, 0.0), 0.5)
    told = [one.noun.get(language, "")] + ([one.means, *one.keywords] if language == "en" else [])
    for stem in stems(" ".join(told)):
        weights[stem] = 1.0
    return weights


def _noun(name: str, language: str) -> str:
    return symptoms()[name].noun.get(language, name.replace("_", " ")).lower()


def meant(
    text: str, language: str = "en", slots: tuple[Slot, ...] = (), *, least: float = SURE
) -> tuple[str, ...]:
    """Ids of the symptoms that a question or label speaks about; () where it is not understood.

    Each part of a list ("a face that drops, or trouble to speak") is understood apart where the
    whole is not clear. ``slots``
    bring keywords of their own for facts that are no symptom of the files.
    """
    whole = _best(text, language, slots, CLEAR)
    if whole:
        return whole
    parts = [part for part in _PARTS.split(text) if part.strip()]
    texts = [text, *parts] if len(parts) > 1 else [text]
    return tuple(dict.fromkeys(name for one in texts for name in _best(one, language, slots, least)))


def _best(text: str, language: str, slots: tuple[Slot, ...], least: float) -> tuple[str, ...]:
    scored = [
        (score, name) for name, score in _likeness(stems(text), text, language, slots) if score >= least
    ]
    if not scored:
        return ()
    best = max(scored)[0]
    return tuple(name for score, name in scored if score >= TIED * best)


def affirms(name: str, text: str) -> bool:
    """Whether somebody who has the symptom says yes to the question or label.

    Of what is all right, only where both or neither are negated: "I eat and drink" is no yes to "nothing stays down".
    """
    if not WELL.search(name):
        return True
    negated = name.startswith("no_") or "_not_" in name
    return negated == (_NEGATED.search(text) is not None)


def _likeness(
    asked: tuple[str, ...], text: str, language: str, slots: tuple[Slot, ...]
) -> Iterator[tuple[str, float]]:
    held = bags(language)
    weight = {stem: max(_rare(stem, held), 0.5) for stem in asked}
    whole = sum(weight.values()) or 1.0
    for name, bag in held.items():
        shared = sum(
            weight[stem] * min(1.0, bag.stems[stem] / weight[stem]) for stem in asked if stem in bag.stems
        )
        if len(asked) == 1 and asked[0] not in bag.named:
            continue
        close = SequenceMatcher(None, text.lower(), bag.noun).ratio() if shared else 0.0
        yield name, max(shared / whole if shared >= HEAVY else 0.0, close if close > 0.7 else 0.0)
    for slot in slots:
        if slot.id not in held and slot.keywords:
            hit = [
                stem for stem in asked if any(stem.startswith(key[:STEM].lower()) for key in slot.keywords)
            ]
            yield slot.id, len(hit) / max(1, len(asked))


def _rare(stem: str, held: Mapping[str, Bag]) -> float:
    """What a word weighs: that of the symptom where it weighs most; an unknown word weighs little."""
    return max((bag.stems[stem] for bag in held.values() if stem in bag.stems), default=0.0)
