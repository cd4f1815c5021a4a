"""The passages of one label that answer a question: BM25 inside the label, early mentions first.

The drug is the filter, so that only a label's own passages (some dozens) are weighed, and rarity is counted among them.
A label says a thing first where it matters most and repeats it in tables: of passages alike, the earlier comes first.
Robertson S, Zaragoza H. The probabilistic relevance framework: BM25 and beyond, 2009, doi 10.1561/1500000019.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from retrieval.expand import vocabulary
from retrieval.words import ASKING, stem, tokens
from tools.labels.sections import SECTIONS, Span, passages, spoken_of

SATURATION = 0.3
"""k1 of BM25: that a word stands there counts, how often hardly."""
LATER = 0.02
"""What each passage of the section before it takes from a passage's score."""
SYNONYMS = 0.4
NAMED = 0.5
"""Added to the score of a section that the question names, as a share."""
FLOOR = 0.34
"""Share of what a question asks for that a passage must hold, by rarity."""
_ASKING = frozenset(stem(word) for word in ASKING) | {stem(word) for word in "label say says information".split()}


@dataclass(frozen=True)
class Passage:
    """A piece of a section: ``text == sections[section][span.start:span.end]``."""

    section: str
    number: int
    """Place among the passages of its section, from 0."""
    span: Span
    text: str
    held: Mapping[str, int]
    """How often each token stands in it."""


@dataclass(frozen=True)
class Hit:
    """A passage and how well it fits; ``coverage`` is the share of the question that it holds."""

    passage: Passage
    score: float
    coverage: float


def cut(sections: Mapping[str, str]) -> tuple[Passage, ...]:
    """All passages of a label, in reading order."""
    return tuple(
        Passage(key, number, span, text[span.start : span.end], Counter(tokens(text[span.start : span.end])))
        for key, text in sections.items()
        for number, span in enumerate(passages(text))
    )


def search(
    question: str,
    held: Sequence[Passage],
    *,
    besides: Iterable[str] = (),
    within: Collection[str] = SECTIONS,
    k: int = 5,
) -> tuple[Hit, ...]:
    """Up to ``k`` passages, best first; none that holds less than a third of what is asked.

    ``besides`` are the names of the drug, which stand everywhere; ``within`` the sections to look in.
    """
    rarity = _rarity(held)
    wanted = _wanted(question, besides, rarity)
    named = spoken_of(question)
    hits = [_hit(one, wanted, named, rarity) for one in held if one.section in within]
    hits = [hit for hit in hits if hit.score > 0 and hit.coverage >= FLOOR]
    return tuple(sorted(hits, key=lambda hit: -hit.score)[:k])


@dataclass(frozen=True)
class _Rarity:
    """In how many of ``n`` passages each token stands."""

    n: int
    frequency: Mapping[str, int]

    def of(self, token: str) -> float:
        f = self.frequency.get(token, 0)
        return math.log(1 + (self.n - f + 0.5) / (f + 0.5))


def _rarity(held: Sequence[Passage]) -> _Rarity:
    return _Rarity(len(held), Counter(token for one in held for token in one.held))


@dataclass(frozen=True)
class _Wanted:
    weights: Mapping[str, float]
    """Token and weight: 1 for what was asked, less for a synonym."""
    asked: frozenset[str]
    """What the answer hangs on."""


def _wanted(question: str, besides: Iterable[str], rarity: _Rarity) -> _Wanted:
    names = {token for name in besides for token in tokens(name)}
    own = [token for token in dict.fromkeys(tokens(question)) if token not in names]
    more = tokens(" ".join(vocabulary().expand(question).synonyms))
    weights = {token: SYNONYMS for token in more if token not in names} | dict.fromkeys(own, 1.0)
    return _Wanted(weights, frozenset(token for token in own if token not in _ASKING) or frozenset(own))


def _hit(one: Passage, wanted: _Wanted, named: frozenset[str], rarity: _Rarity) -> Hit:
    score = 0.0
    for token, weight in wanted.weights.items():
        times = one.held.get(token, 0)
        score += weight * rarity.of(token) * times / (times + SATURATION)
    score *= 1 + NAMED * (one.section in named)
    whole = sum(rarity.of(token) for token in wanted.asked)
    there = sum(rarity.of(token) for token in wanted.asked if token in one.held)
    return Hit(one, score / (1 + LATER * one.number), there / whole if whole else 0.0)
