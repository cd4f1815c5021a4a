"""Every way of ranking on one set, with intervals, beside plain BM25: the rows of the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from evals.literature import rankings
from evals.literature.intervals import Interval, difference, mean
from evals.literature.sets import Question, QuestionSet
from retrieval.embed import Encoder
from retrieval.expand import vocabulary
from retrieval.search import SYNONYM_WEIGHT

if TYPE_CHECKING:
    from evals.literature.rankings import Scores

PLAIN = "BM25, stop words and stemmer"
WEIGHTS = (0.4, 0.5, 0.6, 0.7)
Ranking = Sequence[Sequence[str]]


class Line(NamedTuple):
    """A way of ranking: each measure with its interval, and the first measure's difference to plain BM25."""

    way: str
    measures: Mapping[str, Interval]
    against_plain: Interval | None


class Bench:
    """One set, one half; scores are computed once."""

    def __init__(self, of: QuestionSet, questions: Sequence[Question], encoder: Encoder, piece: str) -> None:
        self.set, self.questions, self._encoder = of, tuple(questions), encoder
        self._piece = piece
        self._names = tuple(document.source.id for document in of.documents)
        self._plain: list[float] = []

    @property
    def texts(self) -> list[str]:
        """The questions as asked."""
        return [question.text for question in self.questions]

    def line(self, way: str, ranking: Ranking) -> Line:
        """A ranking as a row."""
        found = {
            name: [measure(names, q.grades) for names, q in zip(ranking, self.questions, strict=True)]
            for name, measure in self.set.measures.items()
        }
        values = next(iter(found.values()))
        if way == PLAIN:
            self._plain = values
        against = difference(values, self._plain) if self._plain and way != PLAIN else None
        return Line(way, {name: mean(held) for name, held in found.items()}, against)

    def lines(self, cuts: bool = False) -> Iterator[Line]:
        """The rows of all ways without the product; ``cuts`` also the ways of cutting."""
        whole = rankings.units(self.set.documents, rankings.whole, titled=True)
        plain = rankings.plain_bm25(whole.texts, self.texts)
        yield self._scored(PLAIN, plain)
        words = self._words("whole")
        yield self._scored("BM25, our tokens, whole text", words)
        yield self._scored("the same with synonyms", self._words("whole", SYNONYM_WEIGHT))
        yield self._scored(f"BM25, our tokens, {self._piece}", self._words(self._piece))
        dense = self._near(self._piece)
        yield self._scored(f"MiniLM, {self._piece}", dense)
        yield from self._fused(dense, words)
        if cuts:
            yield from self._cuts(dense, words)

    def _fused(self, dense: Scores, words: Scores) -> Iterator[Line]:
        for weight in WEIGHTS:
            yield self._scored(f"min-max, {weight} dense", rankings.min_max(dense, words, weight))
        yield self._scored("reciprocal rank, k = 60", rankings.reciprocal(dense, words))
        for weight in WEIGHTS:
            yield self._scored(f"shares of the best, {weight} dense", rankings.shares(dense, words, weight))

    def _cuts(self, dense: Scores, words: Scores) -> Iterator[Line]:
        yield self._scored("MiniLM, whole text", self._near("whole"))
        both = rankings.shares(dense, words, 0.5)
        yield self._scored(f"half and half: words whole, dense {self._piece}", both)
        for cut in dict.fromkeys((self._piece, "whole")):
            for said in dict.fromkeys((self._piece, "whole")):
                if (cut, said) != (self._piece, "whole"):
                    mixed = rankings.shares(self._near(cut), self._words(said), 0.5)
                    yield self._scored(f"half and half: words {said}, dense {cut}", mixed)
        bare = rankings.shares(self._near(self._piece, False), self._words("whole", titled=False), 0.5)
        yield self._scored("half and half: without titles", bare)

    def _words(self, cut: str, synonyms: float = 0.0, titled: bool = True) -> Scores:
        held = rankings.units(self.set.documents, rankings.CUTS[cut], titled)
        more = [" ".join(vocabulary().expand(text).synonyms) for text in self.texts] if synonyms else None
        scores = rankings.our_words(held.texts, self.texts, more, synonyms)
        return rankings.best_unit(scores, held.owners, len(self._names))

    def _near(self, cut: str, titled: bool = True) -> Scores:
        held = rankings.units(self.set.documents, rankings.CUTS[cut], titled)
        scores = rankings.nearness(held.texts, self.texts, self._encoder)
        return rankings.best_unit(scores, held.owners, len(self._names))

    def _scored(self, way: str, scores: Scores) -> Line:
        return self.line(way, rankings.order(scores, self._names))
