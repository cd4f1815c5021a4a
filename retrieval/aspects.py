"""What a question wants to know about its subject: dose, cost, driving ... and whether a passage speaks of it.

A passage on the right drug and disease is no answer to a question about an aspect of which it says nothing. The
lexicon (``knowledge/aspects.yaml``) holds the phrases by which an aspect is asked and the words that speak of it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from retrieval.words import tokens

FILE = Path(__file__).parent / "knowledge" / "aspects.yaml"
_GAP = r"(?:\W+[\w'’-]+){0,4}?\W+"
"""Up to four words between two of a phrase; the same sentence or not, a question is short."""


class Aspect(NamedTuple):
    """One thing that can be asked about a drug, a disease or a test. ``weight``: 1, less where it is hard to tell
    whether a passage speaks of it."""

    name: str
    asked: re.Pattern[str]
    longest: tuple[str, ...]
    """The longest word of each phrase: a quick look before the pattern is tried."""
    spoken: tuple[frozenset[str], ...]
    """Sets of word stems; a passage that holds all of one speaks of the aspect."""
    weight: float = 1.0

    def asked_in(self, said: str) -> bool:
        """True if a question in small letters asks about it."""
        return any(word in said for word in self.longest) and bool(self.asked.search(said))

    def spoken_by(self, held: Container[str]) -> bool:
        """True if a passage with these stems speaks of it."""
        return any(all(stem in held for stem in stems) for stems in self.spoken)

    @property
    def stems(self) -> frozenset[str]:
        """All stems that :meth:`spoken_by` looks for."""
        return frozenset().union(*self.spoken)


def aspects_of(question: str) -> tuple[Aspect, ...]:
    """The aspects that a question asks about, in the order of the lexicon; none for most questions."""
    said = question.casefold().replace("’", "'")
    return tuple(aspect for aspect in lexicon() if aspect.asked_in(said))


@cache
def lexicon() -> tuple[Aspect, ...]:
    """The aspects that ship, read once.

    Raises:
        ValueError: an aspect has no phrases or no words.
    """
    raw = yaml.load(FILE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return tuple(map(_aspect, raw["aspects"]))


def _aspect(row: dict[str, Any]) -> Aspect:
    spoken = tuple(dict.fromkeys(frozenset(tokens(str(words))) for words in row["spoken"]))
    spoken = tuple(stems for stems in spoken if stems)
    if not row["asked"] or not spoken:
        raise ValueError(f"aspect without phrases or words: {row['name']}")
    phrases = [str(phrase).casefold() for phrase in row["asked"]]
    words = (phrase.replace("...", " ").replace("*", "").split() for phrase in phrases)
    longest = tuple(dict.fromkeys(max(held, key=len) for held in words))
    return Aspect(row["name"], _pattern(phrases), longest, spoken, float(row.get("weight", 1.0)))


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(_phrase, phrases)) + r")(?![\w-])")


def _phrase(phrase: str) -> str:
    parts = (r"\W+".join(map(_word, part.split())) for part in phrase.split("..."))
    return _GAP.join(parts)


def _word(word: str) -> str:
    return re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "")
