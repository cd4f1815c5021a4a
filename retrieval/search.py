"""The library: searched by words and by meaning at once, with a floor under which it says nothing.

The word index answers at once; the vectors are built in the background and join when ready. Every hit
explains which of the two were used, with ranks, scores and matched words.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from retrieval import packs
from retrieval.cards import starter
from retrieval.embed import Encoder, FromFolder, MiniLM, Progress
from retrieval.evidence import Depth, Source
from retrieval.expand import Vocabulary, vocabulary
from retrieval.fusion import Fuse, ranks, weighted
from retrieval.hits import Explain, Hit, LibraryStatus, SearchOutcome
from retrieval.keeping import Keeping, View
from retrieval.passages import Document, Notice, from_card, is_short, normalised
from retrieval.relevance import Asked, Verdict, asked, judge, relevance
from retrieval.rerank import READ, CrossEncoder, Reranker
from retrieval.shelf import Shelf
from retrieval.shorthand import asking, written_out
from retrieval.status import LOCAL_BOOST, boost, is_notice, noticed
from retrieval.stock import Stock, StockError
from retrieval.vectors.exact import exactly
from retrieval.vectors.index import Filter, Neighbour
from retrieval.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FLOOR", "Explain", "Hit", "Library", "LibraryStatus", "SearchOutcome", "configure", "library"]

CANDIDATES = 100
NEAREST = 150
"""Entries asked of the vector index; a card has three: each reader's question, and title with claim."""
WIDEST, ENOUGH = 1000, 30
"""Under a filter up to so many entries are asked for and then sifted; where too few pass, every passage that may be
shown is compared. Chroma's own filter takes 120-240 ms at 100,000 passages, this less than 20."""
SYNONYM_WEIGHT = 0.15
"""What our own synonyms weigh beside the words of the question: more costs long exact questions (docs/retrieval.md)."""
PER_SOURCE = 2
LONG = 60
"""From so many words on, the sentences that ask are judged, not the whole message."""
FLOOR = 0.5
"""Relevance under which a passage is not shown (evals/literature calibrates it on the development questions)."""
SCANNED = 2000
"""Up to so many documents are looked through for a quote that is too short to be looked up by its words."""


class _Found(NamedTuple):
    """What a search found, by the position of the passage."""

    dense: dict[int, float]
    words: dict[int, float]
    fused: dict[int, float]


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
        reranker: Reranker | None = None,
    ) -> None:
        self._folder, self._server, self._fuse, self._reranker = folder, server, fuse, reranker
        self._encoder = encoder or MiniLM(folder / "weights-checked.json" if folder else None)
        self._asks = getattr(self._encoder, "encode_questions", self._encoder.encode)
        self._notices: tuple[int, Mapping[str, tuple[Notice, ...]]] = (0, {})
        self._keeping = self._set_up(documents)

    def _set_up(self, documents: Iterable[Document]) -> Keeping:
        held = tuple(documents)
        named = vocabulary().with_names(name for document in held for name in document.names)
        return Keeping(held, named, self._folder, self._encoder, self._server)

    @property
    def _shelf(self) -> Shelf:
        return self._keeping.view.shelf

    # what is held

    @property
    def stock(self) -> Stock | None:
        """Where documents are brought to and removed from; None without a folder. :meth:`update` then makes a change
        searchable."""
        return self._keeping.stock

    @property
    def documents(self) -> Iterator[Document]:
        """All documents that are searched, one after the other."""
        shelf = self._shelf
        return (self.marked(shelf.document(at)) for at in range(len(shelf.ids)))

    def document(self, source_id: str) -> Document | None:
        """The document held under an id, or None."""
        shelf = self._shelf
        at = shelf.number.get(source_id)
        if at is not None and self._keeping.holds(shelf, [source_id]):
            return self.marked(shelf.document(at))
        brought = self.stock.document(source_id) if self.stock is not None else None  # not searched yet
        return self.marked(brought) if brought else None

    def of_pmid(self, pmid: str) -> tuple[Document, ...]:
        """The documents of a PMID."""
        if self.stock is not None and self.stock.path.exists():
            return tuple(map(self.marked, self.stock.of_pmid(pmid)))
        return tuple(document for document in self.documents if document.source.pmid == pmid)

    def text(self, source_id: str) -> str | None:
        """The whole text held under an id, or None."""
        document = self.document(source_id)
        return document.text if document else None

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids of the sources in whose text the quote stands, compared as :func:`normalised`."""
        wanted = normalised(quote)
        if not wanted:
            return ()
        shelf = self._shelf
        return tuple(
            shelf.ids[at]
            for at in _perhaps_holding(shelf, wanted)
            if wanted in normalised(shelf.document(at).text)
        )

    @property
    def source(self) -> Source:
        """The library itself as a source, so that "nothing on this" can say where was searched."""
        return Source(
            id="library:starter",
            title=f"literature library, {len(self._shelf.ids)} documents",
            version=self._shelf.dated or "undated",
            licence="see each source",
            depth=Depth.RECORD,
        )

    @property
    def version(self) -> str:
        """A short digest of all that is held."""
        return self._shelf.version

    def status(self) -> LibraryStatus:
        """What is held and how it stands; reads the folder, so not for every question."""
        from retrieval.generations import current, size

        keeping, shelf = self._keeping, self._shelf
        stock = keeping.stock if keeping.stock is not None and keeping.stock.path.exists() else None
        held = current(keeping.folder) if keeping.folder is not None else None
        searched = frozenset(shelf.rows)
        state = "building" if keeping.running else "words only" if keeping.view.index is None else "ready"
        return LibraryStatus(
            documents=len(shelf.ids),
            passages=len(shelf),
            holdings=stock.holdings() if stock else (),
            state=state,
            done=keeping.done,
            whole=keeping.whole,
            behind=sum(row.row not in searched for row in stock.rows()) if stock else 0,
            retracted=stock.retracted() if stock else 0,
            index_bytes=size(keeping.folder / held.folder) if keeping.folder is not None and held else 0,
            stock_bytes=stock.path.stat().st_size if stock else 0,
            trouble=keeping.trouble,
        )

    def replace(self, documents: Iterable[Document]) -> None:
        """Ship exactly these documents from now on; what the stock holds beside them stays."""
        before = self._keeping
        self._keeping = self._set_up(documents)
        before.close()

    def remove(self, *source_ids: str) -> None:
        """Hold everything but these sources."""
        if self.stock is not None and self.stock.path.exists():
            self.stock.remove(*source_ids)
        self.replace(document for document in self._keeping.shipped if document.source.id not in source_ids)

    # the vectors

    @property
    def ready(self) -> bool:
        """True once the vectors have joined."""
        return self._keeping.view.index is not None

    @property
    def trouble(self) -> str:
        """Why the vectors could not be had, with the command that mends it; empty while all is well."""
        return self._keeping.trouble

    def start(self, progress: Progress = lambda done, all_: None) -> None:
        """Begin to open or build the vectors in the background; a second call does nothing."""
        self._keeping.start(progress)

    def update(self, progress: Progress = lambda done, all_: None) -> None:
        """Bring the index in step with the stock, in the background; what answers now answers until then."""
        self._keeping.update(progress)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the vectors have joined or cannot; True if they have."""
        self.start()
        return self._keeping.wait(timeout)

    def close(self) -> None:
        """Let go of the index; the words can still be searched."""
        self._keeping.close()

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
        self._keeping.look()
        allowed = Filter(_tuple(kinds), _tuple(topics), _tuple(depth), since)
        with self._keeping.view.used() as view:
            ranked = self._ranked(question, allowed, view)
        near = [hit for hit in ranked.hits(FLOOR, self.marked) if not is_notice(hit.document)]
        live = self._keeping.holds(view.shelf, [hit.document.source.id for hit in near])
        near = [hit for hit in near if hit.document.source.id in live]
        shown = self._read_again(question, [hit for hit in near if not hit.retracted])
        return SearchOutcome(
            hits=tuple(_thinned(shown)[: max(1, k)]),
            searched=self.source,
            used=ranked.used,
            best=max(ranked.values.values(), default=0.0),
            floor=FLOOR,
            unknown=ranked.weighed.unknown,
            corrected=ranked.weighed.corrected,
            retracted=tuple(dict.fromkeys(hit.document.source for hit in near if hit.retracted)),
        )

    def _read_again(self, question: str, near: list[Hit]) -> list[Hit]:
        """Best first, by the fused score and what speaks for the source; the best of them as the reranker orders
        them, where there is one."""
        order = sorted(near, key=lambda hit: -(hit.explain.fused + hit.explain.boost))
        if self._reranker is None:
            return order
        best, rest = order[:READ], order[READ:]
        scores = self._reranker.scores(question, [hit.passage.text for hit in best])
        read = sorted(
            zip(best, scores, strict=True), key=lambda pair: (pair[0].explain.boost < LOCAL_BOOST, -pair[1])
        )
        return [*(hit for hit, _ in read), *rest]

    def ranked(self, question: str) -> list[Hit]:
        """All candidates, best first, whatever their relevance and whatever speaks for their source: for measuring."""
        with self._keeping.view.used() as view:
            return self._ranked(question, Filter(), view).hits(0.0, self.marked)

    def _ranked(self, question: str, allowed: Filter, view: View) -> _Ranked:
        shelf = view.shelf
        focus = _focus(written_out(question))
        weighed = asked(focus, shelf.words, shelf.vocabulary, shelf.all_concepts)
        found = self._found(_corrected(focus, weighed), focus, view, allowed)
        return _Ranked(shelf, found, weighed, view.index is not None)

    def _found(self, focus: str, written: str, view: View, allowed: Filter) -> _Found:
        shelf = view.shelf
        more = shelf.vocabulary.expand(focus)
        scores = shelf.scores(tokens(focus))
        scores = scores + SYNONYM_WEIGHT * shelf.scores(tokens(" ".join(more.synonyms)))
        admitted = shelf.admitted(allowed)
        words = _best(shelf, scores if admitted is None else scores * admitted)
        dense: dict[int, float] = {}
        if view.index is not None:
            asks = dict.fromkeys(
                filter(None, (focus, more.line, written, *_asking(written, shelf.vocabulary)))
            )
            dense = self._nearest(view, self._asks(list(asks)), admitted)
        words |= {at: round(float(scores[at]), 5) for at in dense if at not in words and scores[at] > 0}
        return _Found(dense, words, self._fuse(dense, words))

    def _nearest(
        self, view: View, asks: NDArray[np.float32], admitted: NDArray[np.bool_] | None
    ) -> dict[int, float]:
        """The passages nearest to any of the vectors, best first."""
        assert view.index is not None
        place = view.shelf.place
        if admitted is None:
            return _placed(view.index.query(asks, NEAREST, Filter()), place)
        count = int(admitted.sum())
        if WIDEST * count >= ENOUGH * len(admitted) or self.stock is None:
            asked_for = min(WIDEST, NEAREST * len(admitted) // max(1, count))
            near = _placed(view.index.query(asks, asked_for, Filter()), place, admitted)
            if len(near) >= min(ENOUGH, count) or self.stock is None:
                return near
        return exactly(view.shelf, self.stock, self._encoder, asks, admitted)

    def marked(self, document: Document) -> Document:
        """The document with what later publications did to its source."""
        if document.source.pmid is None:
            return document
        return noticed(document, self._noted().get(document.source.pmid, ()))

    def _noted(self) -> Mapping[str, tuple[Notice, ...]]:
        stock = self.stock
        if stock is None:
            return {}
        try:
            version = stock.version
            if version != self._notices[0]:
                self._notices = (version, stock.notices())
        except StockError:  # what is damaged is said once, by the keeping
            return self._notices[1]
        return self._notices[1]


class _Ranked:
    """The candidates of a question with their relevance, best first; hits are made only of those that are wanted."""

    def __init__(self, shelf: Shelf, found: _Found, weighed: Asked, dense: bool) -> None:
        self._shelf, self._found, self.weighed = shelf, found, weighed
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
        return round(relevance(cosine, self._verdicts[at], leading), 4)

    def hits(self, floor: float, marked: Callable[[Document], Document]) -> list[Hit]:
        """The candidates of at least this relevance, in their order."""
        return [self._hit(at, marked) for at in self._order if self.values[at] >= floor]

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
            matched=tuple(token for token in self.weighed.weights if token in self._held[at]),
            missing=verdict.missing,
        )
        return Hit(passage=self._shelf.passage(at), document=document, score=self.values[at], explain=explain)


def _best(shelf: Shelf, scores: NDArray[np.float32]) -> dict[int, float]:
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


def _placed(
    near: Iterable[Neighbour], place: Mapping[str, int], admitted: NDArray[np.bool_] | None = None
) -> dict[int, float]:
    pairs = ((place.get(name), cosine) for name, cosine in near)
    good = [(at, cosine) for at, cosine in pairs if at is not None and (admitted is None or admitted[at])]
    return dict(good[:CANDIDATES])


def _perhaps_holding(shelf: Shelf, quote: str) -> Sequence[int]:
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


def _tuple(names: Sequence[str] | None) -> tuple[str, ...] | None:
    return tuple(str(name) for name in names) if names else None


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


# the library of this process


class _Settings(NamedTuple):
    data_dir: Path | None = None
    server: str | None = None
    encoder: Path | None = None
    reranker: Path | None = None


_settings: dict[str, _Settings] = {}
_libraries: dict[_Settings, Library] = {}
_opening = threading.Lock()


def configure(
    data_dir: Path, server: str | None = None, encoder: Path | None = None, reranker: Path | None = None
) -> None:
    """Say where this process keeps its data and with which models it reads; the entry points call it once, before the
    first search."""
    _settings["now"] = _Settings(Path(data_dir), server or None, encoder, reranker)
    packs.configure(data_dir)


def library(data_dir: Path | None = None) -> Library:
    """The starter library over ``data_dir``, else the configured folder, else ``var/`` beside the packages.

    The same folder gives the same library for the life of the process.
    """
    held = _settings.get("now", _Settings())
    chosen = data_dir or held.data_dir or Path(__file__).resolve().parents[1] / "var"
    folder = Path(chosen).resolve() / "literature"
    key = held._replace(data_dir=folder)
    with _opening:
        if key not in _libraries:
            _libraries[key] = Library(
                [from_card(card) for card in starter()],
                folder,
                encoder=FromFolder(key.encoder) if key.encoder else None,
                server=key.server,
                reranker=CrossEncoder(key.reranker) if key.reranker else None,
            )
        return _libraries[key]
