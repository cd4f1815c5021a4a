"""The library: searched by words and by meaning at once, with a floor under which it says nothing.

The word index answers at once; the vectors are built in the background and join when ready. Every hit
explains which of the two were used, with ranks, scores and matched words.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from retrieval import packs
from retrieval.background import Joining
from retrieval.cards import starter
from retrieval.embed import Encoder, MiniLM, Progress
from retrieval.evidence import Depth, Source, Word
from retrieval.expand import Vocabulary, vocabulary
from retrieval.fusion import Fuse, ranks, weighted
from retrieval.passages import Document, Passage, from_card, normalised
from retrieval.relevance import Asked, asked, judge, relevance
from retrieval.shelf import Shelf
from retrieval.shorthand import asking, written_out
from retrieval.vectors.index import Filter, VectorIndex
from retrieval.words import tokens

CANDIDATES = 100
NEAREST = 150
"""Entries asked of the vector index; a card has three: each reader's question, and title with claim."""
SYNONYM_WEIGHT = 0.4
PER_SOURCE = 2
LONG = 60
"""From so many words on, the sentences that ask are judged, not the whole message."""
FLOOR = 0.5
"""Relevance under which a passage is not shown (evals/bench/retrieval.py calibrates it on the development
questions)."""


class Explain(Word):
    """Why a hit stands where it does. Ranks count from 1; None where that list did not hold it."""

    used: str
    word_rank: int | None
    word_score: float
    dense_rank: int | None
    cosine: float | None
    fused: float
    relevance: float
    coverage: float
    lack: float
    matched: tuple[str, ...]
    missing: tuple[str, ...]


class Hit(Word):
    """A passage with the document that it stands in. ``score`` is its relevance, 0 to 1."""

    passage: Passage
    document: Document
    score: float
    explain: Explain

    @property
    def retracted(self) -> bool:
        return "retracted" in self.document.source.marks


class SearchOutcome(Word):
    """What a search brought. Without hits, ``best`` says how near the nearest came to the ``floor``."""

    hits: tuple[Hit, ...]
    searched: Source
    used: str
    best: float
    floor: float
    unknown: tuple[str, ...] = ()
    """What the question names and no passage of the library does."""
    corrected: Mapping[str, str] = {}
    retracted: tuple[Source, ...] = ()
    """Sources that would have been found, but are retracted: named, never shown as support."""

    @property
    def covered(self) -> bool:
        return bool(self.hits)


class _Found(NamedTuple):
    dense: dict[str, float]
    words: dict[str, float]
    fused: dict[str, float]


class Library:
    """Documents under one roof. ``folder`` keeps vectors and caches; without it the words alone are
    searched."""

    def __init__(
        self,
        documents: Iterable[Document],
        folder: Path | None = None,
        encoder: Encoder | None = None,
        server: str | None = None,
        fuse: Fuse = weighted,
    ) -> None:
        self._folder, self._server, self._fuse = folder, server, fuse
        self._encoder = encoder or MiniLM(folder / "weights-checked.json" if folder else None)
        self._now = self._set_up(documents)

    def _set_up(self, documents: Iterable[Document]) -> tuple[Shelf, Joining]:
        shelf = Shelf(documents, vocabulary())
        return shelf, Joining(shelf, self._encoder, self._folder, self._server)

    @property
    def _shelf(self) -> Shelf:
        return self._now[0]

    # what is held

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(self._shelf.documents.values())

    def text(self, source_id: str) -> str | None:
        """The whole text held under an id, or None."""
        document = self._shelf.documents.get(source_id)
        return document.text if document else None

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids of the sources in whose text the quote stands, compared as :func:`normalised`."""
        wanted = normalised(quote)
        if not wanted:
            return ()
        return tuple(name for name, text in self._shelf.normalised.items() if wanted in text)

    @property
    def source(self) -> Source:
        """The library itself as a source, so that "nothing on this" can say where was searched."""
        dates = [document.dated for document in self.documents if document.dated]
        return Source(
            id="library:starter",
            title=f"literature library, {len(self.documents)} documents",
            version=max(dates, default="undated"),
            licence="see each source",
            depth=Depth.RECORD,
        )

    @property
    def version(self) -> str:
        """A short digest of all that is held."""
        return self._shelf.version

    def replace(self, documents: Iterable[Document]) -> None:
        """Hold exactly these documents from now on; the vectors are built anew in the background."""
        before = self._now[1]
        self._now = self._set_up(documents)
        before.close()

    def remove(self, *source_ids: str) -> None:
        """Hold everything but these sources."""
        self.replace(document for document in self.documents if document.source.id not in source_ids)

    # the vectors

    @property
    def ready(self) -> bool:
        """True once the vectors have joined."""
        return self._now[1].index is not None

    @property
    def trouble(self) -> str:
        """Why the vectors could not be had, with the command that mends it; empty while all is well."""
        return self._now[1].trouble

    def start(self, progress: Progress = lambda done, all_: None) -> None:
        """Begin to open or build the vectors in the background; a second call does nothing."""
        self._now[1].start(progress)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the vectors have joined or cannot; True if they have."""
        self.start()
        return self._now[1].wait(timeout)

    def close(self) -> None:
        """Let go of the index; the words can still be searched."""
        self._now[1].close()

    # searching

    def search(
        self,
        question: str,
        k: int = 5,
        kinds: Sequence[str] | None = None,
        since: int | None = None,
        topics: Sequence[str] | None = None,
        depth: Sequence[str] | None = None,
    ) -> SearchOutcome:
        """The passages that answer a question, best first; none where nothing held is about it."""
        self.start()
        allowed = Filter(_tuple(kinds), _tuple(topics), _tuple(depth), since)
        hits, weighed, used = self._ranked(question, allowed)
        near = [hit for hit in hits if hit.score >= FLOOR]
        shown = [hit for hit in near if not hit.retracted]
        return SearchOutcome(
            hits=tuple(_thinned(shown)[: max(1, k)]),
            searched=self.source,
            used=used,
            best=max((hit.score for hit in hits), default=0.0),
            floor=FLOOR,
            unknown=weighed.unknown,
            corrected=weighed.corrected,
            retracted=tuple(hit.document.source for hit in near if hit.retracted),
        )

    def ranked(self, question: str) -> list[Hit]:
        """All candidates, best first, whatever their relevance: for measuring."""
        return self._ranked(question, Filter())[0]

    def _ranked(self, question: str, allowed: Filter) -> tuple[list[Hit], Asked, str]:
        shelf, joining = self._now
        vectors = joining.index
        focus = _focus(written_out(question))
        weighed = asked(focus, shelf.words, shelf.vocabulary, shelf.all_concepts)
        found = self._found(_corrected(focus, weighed), focus, shelf, vectors, allowed)
        hits = self._judged(found, weighed, shelf, vectors is not None)
        return hits, weighed, _used(vectors is not None)

    def _found(
        self, focus: str, written: str, shelf: Shelf, vectors: VectorIndex | None, allowed: Filter
    ) -> _Found:
        more = shelf.vocabulary.expand(focus)
        scores = shelf.words.scores(tokens(focus))
        scores = scores + SYNONYM_WEIGHT * shelf.words.scores(tokens(" ".join(more.synonyms)))
        pairs = zip(shelf.passages, shelf.about, scores.tolist(), strict=True)
        words = {
            passage.id: round(score, 5)
            for passage, about, score in pairs
            if score > 0 and allowed.admits(about)
        }
        dense: dict[str, float] = {}
        if vectors is not None and vectors.size:
            asks = dict.fromkeys(
                filter(None, (focus, more.line, written, *_asking(written, shelf.vocabulary)))
            )
            dense = dict(vectors.query(self._encoder.encode(list(asks)), NEAREST, allowed))
        dense, words = _top(dense), _top(words)
        return _Found(dense, words, self._fuse(dense, words))

    def _judged(self, found: _Found, weighed: Asked, shelf: Shelf, dense: bool) -> list[Hit]:
        word_ranks, dense_ranks = ranks(found.words), ranks(found.dense)
        hits = []
        for name in sorted(found.fused, key=lambda name: (-round(found.fused[name], 6), name)):
            at = shelf.place[name]
            verdict = judge(weighed, shelf.words.held[at], shelf.concepts[at], shelf.vocabulary)
            cosine = found.dense.get(name, min(found.dense.values(), default=0.0)) if dense else None
            value = round(relevance(cosine, verdict, _leading(name, dense_ranks, word_ranks)), 4)
            explain = Explain(
                used=_used(dense),
                word_rank=word_ranks.get(name),
                word_score=found.words.get(name, 0.0),
                dense_rank=dense_ranks.get(name),
                cosine=found.dense.get(name),
                fused=round(found.fused[name], 6),
                relevance=value,
                coverage=round(verdict.coverage, 4),
                lack=verdict.lack,
                matched=shelf.words.matched(at, list(weighed.weights)),
                missing=verdict.missing,
            )
            passage = shelf.passages[at]
            hits.append(
                Hit(
                    passage=passage, document=shelf.documents[passage.source_id], score=value, explain=explain
                )
            )
        return hits


def _leading(name: str, *rankings: Mapping[str, int]) -> float:
    """How far ahead a passage stands in the rankings together: the sum of its reciprocal ranks."""
    return sum(1 / ranking[name] for ranking in rankings if name in ranking)


def _used(dense: bool) -> str:
    return "words and vectors" if dense else "words"


def _tuple(names: Sequence[str] | None) -> tuple[str, ...] | None:
    return tuple(str(name) for name in names) if names else None


def _top(scores: dict[str, float]) -> dict[str, float]:
    best = sorted(scores, key=lambda name: (-scores[name], name))[:CANDIDATES]
    return {name: scores[name] for name in best}


def _focus(question: str) -> str:
    """The question itself; of a long message the sentences that ask, else its beginning."""
    return question if len(question.split()) <= LONG else " ".join(asking(question).split()[:LONG])


def _asking(written: str, words: Vocabulary) -> Iterator[str]:
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


def _corrected(question: str, weighed: Asked) -> str:
    """The question with what misspelt words mean added; the words as typed stay."""
    return " ".join((question, *weighed.corrected.values()))


def _thinned(hits: list[Hit]) -> list[Hit]:
    """At most two passages of one paper, whichever cards or pages they came by."""
    seen: dict[str, int] = {}
    kept = []
    for hit in hits:
        source = hit.document.source
        paper = source.pmid or source.doi or source.id
        seen[paper] = seen.get(paper, 0) + 1
        if seen[paper] <= PER_SOURCE:
            kept.append(hit)
    return kept


# the library of this process

_settings: dict[str, object] = {}
_libraries: dict[tuple[str, str], Library] = {}
_opening = threading.Lock()


def configure(data_dir: Path, server: str | None = None) -> None:
    """Say where this process keeps its data; the entry points call it once, before the first search."""
    _settings.update(data_dir=Path(data_dir), server=server)
    packs.configure(data_dir)


def library(data_dir: Path | None = None) -> Library:
    """The starter library over ``data_dir``, else the configured folder, else ``var/`` beside the packages.

    The same folder gives the same library for the life of the process.
    """
    chosen = data_dir or _settings.get("data_dir") or Path(__file__).resolve().parents[1] / "var"
    folder = Path(str(chosen)).resolve() / "literature"
    server = _settings.get("server")
    key = (str(folder), str(server or ""))
    with _opening:
        if key not in _libraries:
            documents = [from_card(card) for card in starter()]
            _libraries[key] = Library(documents, folder, server=str(server) if server else None)
        return _libraries[key]
