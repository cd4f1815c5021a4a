"""The candidates of a question, scored and judged; the two lists of a search before and after they become one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from retrieval.expand import Vocabulary
from retrieval.fusion import ranks
from retrieval.hits import Explain, Hit
from retrieval.passages import Document, is_short
from retrieval.relevance import INHERITED, Asked, Verdict, judge, relevance
from retrieval.shelf import Gone, Shelf
from retrieval.shorthand import asking
from retrieval.status import boost
from retrieval.vectors.index import Neighbour
from retrieval.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CANDIDATES = 100
PER_SOURCE = 2
LONG = 60
"""From so many words on, the sentences that ask are judged, not the whole message."""
OF_GENES = "pharmacogenomics"
UNASKED_GENES = 0.3
SCANNED = 2000
"""Up to so many documents are looked through for a quote that is too short to be looked up by its words."""


class Found(NamedTuple):
    """What a search found, by the position of the passage."""

    dense: dict[int, float]
    words: dict[int, float]
    fused: dict[int, float]


class Ranked:
    """The candidates of a question with their relevance, best first; hits are made only of those that are wanted."""

    def __init__(self, shelf: Shelf, found: Found, weighed: Asked, dense: bool) -> None:
        self._shelf, self._found, self.weighed = shelf, found, weighed
        self.gone = False
        """True once a candidate's document was not to be had any more."""
        self.used = "words and vectors" if dense else "words"
        fused = found.fused
        self._order = sorted(fused, key=lambda at: (-round(fused[at], 6), shelf.name(at)))
        held = shelf.holding(self._order, [*weighed.weights, *weighed.technical, *weighed.signs])
        self._held = dict(zip(self._order, held, strict=True))
        self._verdicts = self._judged(held)
        self._word_ranks, self._dense_ranks = ranks(found.words), ranks(found.dense)
        self._far = min(found.dense.values(), default=0.0) if dense else None
        self.values = {at: self._value(at) for at in self._order}

    def _judged(self, held: Sequence[frozenset[str]]) -> dict[int, Verdict]:
        """The verdict on each candidate; those that hold the same of what is asked are judged once."""
        words = self._shelf.vocabulary
        named = self._shelf.naming(self._order, words.speakers(self.weighed.concepts))
        pairs = list(zip(held, named, strict=True))
        known = {pair: judge(self.weighed, *pair, words) for pair in dict.fromkeys(pairs)}
        return {at: known[pair] for at, pair in zip(self._order, pairs, strict=True)}

    def _value(self, at: int) -> float:
        cosine = None if self._far is None else self._found.dense.get(at, self._far)
        leading = sum(1 / ranking[at] for ranking in (self._dense_ranks, self._word_ranks) if at in ranking)
        return round(relevance(cosine, self._verdicts[at], leading, self._shelf.questioned(at)), 4)

    def hits(self, floor: float, marked: Callable[[Document], Document]) -> list[Hit]:
        """The candidates of at least this relevance, in their order; without what the stock has forgotten since."""
        found = []
        for at in self._order:
            if self.values[at] < floor:
                continue
            try:
                found.append(self._hit(at, marked))
            except Gone:
                self.gone = True
        return found

    def _hit(self, at: int, marked: Callable[[Document], Document]) -> Hit:
        verdict, document = self._verdicts[at], marked(self._shelf.document(self._shelf.owner(at)))
        explain = Explain(
            used=self.used,
            word_rank=self._word_ranks.get(at),
            word_score=self._found.words.get(at, 0.0),
            dense_rank=self._dense_ranks.get(at),
            cosine=self._found.dense.get(at),
            fused=round(self._found.fused[at], 6),
            boost=boost(document),
            relevance=self.values[at],
            coverage=round(verdict.coverage, 4),
            lack=verdict.lack,
            unsaid=round(verdict.unsaid, 4),
            matched=tuple(
                token for token, weight in self.weighed.weights.items() if weight and token in self._held[at]
            ),
            missing=verdict.missing,
        )
        return Hit(passage=self._shelf.passage(at), document=document, score=self.values[at], explain=explain)


def best(shelf: Shelf, scores: NDArray[np.float32]) -> dict[int, float]:
    """The passages with the best scores above zero; ties by name."""
    import numpy as np

    count = int(np.count_nonzero(scores > 0))
    if not count:
        return {}
    nth = min(CANDIDATES, count)
    edge = np.partition(scores, len(scores) - nth)[len(scores) - nth]
    rounded = {
        int(at): round(float(scores[at]), 5) for at in np.flatnonzero(scores >= edge) if scores[at] > 0
    }
    best = sorted(rounded, key=lambda at: (-rounded[at], shelf.name(at)))[:CANDIDATES]
    return {at: rounded[at] for at in best}


def placed(
    near: Iterable[Neighbour], place: Mapping[str, int], admitted: NDArray[np.bool_] | None = None
) -> dict[int, float]:
    pairs = ((place.get(name), cosine) for name, cosine in near)
    good = [(at, cosine) for at, cosine in pairs if at is not None and (admitted is None or admitted[at])]
    return dict(good[:CANDIDATES])


def text_of(shelf: Shelf, at: int) -> str:
    """The text of a document, "" where the stock has forgotten it."""
    try:
        return shelf.document(at).text
    except Gone:
        return ""


def perhaps_holding(shelf: Shelf, quote: str) -> Sequence[int]:
    """The documents that hold all words of a quote but its first and last, which it may have cut."""
    import numpy as np

    words = quote.split()
    inner = list(dict.fromkeys(tokens(" ".join(words[1:-1]))))
    if not inner:
        return range(len(shelf.ids)) if len(shelf.ids) <= SCANNED else ()
    found: NDArray[np.int64] | None = None
    for units in sorted(shelf.words.holding(inner), key=len):
        owners = shelf.holders(units)
        found = owners if found is None else np.intersect1d(found, owners, assume_unique=True)
    return [] if found is None else [int(at) for at in found]


def focused(question: str) -> str:
    """The question itself; of a long message the sentences that ask, else its beginning."""
    return question if len(question.split()) <= LONG else " ".join(asking(question).split()[:LONG])


def asking_alone(written: str, words: Vocabulary) -> Iterator[str]:
    """The sentences that ask, where there are others beside: on their own if they name something, and with what
    the others name."""
    ask = asking(written)
    if ask == written:
        return
    named = words.concepts(ask)
    if named:
        yield ask
    told = dict.fromkeys(mention.concept for mention in words.mentions(written))
    if told.keys() - named:
        yield f"{ask} ({', '.join(told)})"


def corrected(question: str, weighed: Asked) -> str:
    """The question with what misspelt words mean added; the words as typed stay."""
    return " ".join((question, *weighed.corrected.values()))


def held_back(hit: Hit, weighed: Asked) -> float:
    """What counts against a rule for a genotype where nobody speaks of genes: it holds for few, and must not be the
    first thing that is read."""
    asked_of_genes = weighed.genes or not INHERITED.isdisjoint(weighed.concepts)
    return UNASKED_GENES if hit.document.topic == OF_GENES and not asked_of_genes else 0.0


def thinned(hits: list[Hit]) -> list[Hit]:
    """At most two passages of one paper, whichever cards or pages they came by; one of an abstract, which is quoted as
    a whole."""
    seen: dict[str, int] = {}
    kept = []
    for hit in hits:
        source = hit.document.source
        paper = source.pmid or source.doi or source.id
        read_whole = hit.document.core is None and is_short(hit.document)
        seen[paper] = seen.get(paper, 0) + (PER_SOURCE if read_whole else 1)
        if seen[paper] <= PER_SOURCE:
            kept.append(hit)
    return kept
