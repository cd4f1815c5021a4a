"""The passages of one label that answer a question: BM25 inside the label, early mentions first.

The drug is the filter, so that only a label's own passages (some dozens) are weighed, and rarity is counted among them.
A label says a thing first where it matters most and repeats it in tables: of passages alike, the earlier comes first.
Robertson S, Zaragoza H. The probabilistic relevance framework: BM25 and beyond, 2009, doi 10.1561/1500000019.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.expand import vocabulary
from retrieval.words import ASKING, stem, tokens
from tools.labels.alike import alike
from tools.labels.sections import SECTIONS, Span, passages, spoken_of

SATURATION = 0.3
"""k1 of BM25: that a word stands there counts, how often hardly."""
LATER = 0.02
"""What each passage of the section before it takes from a passage's score."""
SYNONYMS = 0.4
ALIKE = 0.4
"""Weight of a word that stands for one that was asked."""
NAMED = 0.5
"""Added to the score of a section that the question names, as a share."""
FLOOR = 0.2
"""Share of what a question asks for that a passage must hold, by rarity."""
_RUN_TOGETHER = re.compile(r"(?<=[a-z)])[.,:;](?=[A-Za-z])")
"""Labels often lack the blank behind a stop or comma."""
_ASKING = frozenset(stem(word) for word in ASKING) | {
    stem(word) for word in "label say says information".split()
}


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
        Passage(
            key, number, span, text[span.start : span.end], Counter(tokens_of(text[span.start : span.end]))
        )
        for key, text in sections.items()
        for number, span in enumerate(passages(text))
    )


def tokens_of(text: str) -> list[str]:
    """The tokens of a text of a label, also where a blank is missing behind a stop."""
    return tokens(_RUN_TOGETHER.sub(" ", text))


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
    wanted = _wanted(question, besides)
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
    """Token and weight: 1 for what was asked, less for what stands for it."""
    asked: frozenset[str]
    """What the answer hangs on."""
    instead: Mapping[frozenset[str], Sequence[frozenset[str]]]
    """Asked tokens, and the sets of tokens that each say the same."""

    def standing(self, held: Mapping[str, int]) -> Iterator[tuple[str, int]]:
        """What was asked, or says the same, and is held: token and how often."""
        others = (token for phrases in self.instead.values() for phrase in phrases for token in phrase)
        return ((token, held[token]) for token in {*self.weights, *others} if token in held)

    def missing(self, held: Mapping[str, int]) -> frozenset[str]:
        """What was asked and neither stands among the held tokens nor is said by others."""
        lacking = self.asked - held.keys()
        if not lacking:
            return lacking
        told = (said for said, others in self.instead.items() if any(one <= held.keys() for one in others))
        return lacking.difference(*told)


def _wanted(question: str, besides: Iterable[str]) -> _Wanted:
    names = {token for name in besides for token in tokens(name)}
    own = [token for token in dict.fromkeys(tokens_of(question)) if token not in names]
    more = tokens(" ".join(vocabulary().expand(question).synonyms))
    instead = {frozenset(said): [frozenset(other) for other in others] for said, others in alike(own)}
    weights = {token: SYNONYMS for token in more if token not in names}
    asked = frozenset(token for token in own if token not in _ASKING) or frozenset(own)
    return _Wanted(weights | dict.fromkeys(own, 1.0), asked, instead)


def _hit(one: Passage, wanted: _Wanted, named: frozenset[str], rarity: _Rarity) -> Hit:
    worth = {
        token: rarity.of(token) * times / (times + SATURATION) for token, times in wanted.standing(one.held)
    }
    score = sum(weight * worth.get(token, 0.0) for token, weight in wanted.weights.items())
    score += ALIKE * sum(_stand_in(said, others, worth) for said, others in wanted.instead.items())
    score *= 1 + NAMED * (one.section in named)
    whole = sum(rarity.of(token) for token in wanted.asked)
    lacking = sum(rarity.of(token) for token in wanted.missing(one.held))
    return Hit(one, score / (1 + LATER * one.number), 1 - lacking / whole if whole else 0.0)


def _stand_in(said: frozenset[str], others: Sequence[frozenset[str]], worth: Mapping[str, float]) -> float:
    """The worth of the best phrase that stands there whole for one that does not."""
    if said <= worth.keys():
        return 0.0
    missed = sum(worth.get(token, 0.0) for token in said)
    best = max((sum(worth[token] for token in one) for one in others if one <= worth.keys()), default=0.0)
    return max(0.0, best - missed)
