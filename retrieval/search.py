"""The library: searched by words and by meaning at once, with a floor under which it says nothing.

The word index answers at once; the vectors are built in the background and join when ready. Every hit
explains which of the two were used, with ranks, scores and matched words.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from retrieval import packs
from retrieval.cards import starter
from retrieval.embed import EmbeddingUnavailable, Encoder, FromFolder, MiniLM, Progress
from retrieval.evidence import Depth, Source
from retrieval.expand import vocabulary
from retrieval.fusion import Fuse, weighted
from retrieval.hits import Explain, Hit, LibraryStatus, SearchOutcome
from retrieval.keeping import Keeping
from retrieval.passages import Document, Notice, from_card, normalised
from retrieval.ranking import (
    Found,
    Ranked,
    asking_alone,
    best,
    corrected,
    focused,
    held_back,
    perhaps_holding,
    placed,
    text_of,
    thinned,
)
from retrieval.relevance import Asked, asked
from retrieval.rerank import READ, CrossEncoder, Reranker
from retrieval.shelf import Gone, Shelf
from retrieval.shorthand import written_out
from retrieval.status import LOCAL_BOOST, is_notice, noticed
from retrieval.stock import Stock, StockError
from retrieval.vectors.exact import exactly
from retrieval.vectors.index import Filter
from retrieval.view import View
from retrieval.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FLOOR", "Explain", "Hit", "Library", "LibraryStatus", "SearchOutcome", "configure", "library"]

NEAREST = 150
"""Entries asked of the vector index; a card has three: each reader's question, and title with claim."""
WIDEST, ENOUGH = 1000, 30
"""Under a filter up to so many entries are asked for and then sifted; where too few pass, every passage that may be
shown is compared. Chroma's own filter takes 120-240 ms at 100,000 passages, this less than 20."""
SYNONYM_WEIGHT = 0.15
"""What our own synonyms weigh beside the words of the question: more costs long exact questions (docs/retrieval.md)."""
FLOOR = 0.5
"""Relevance under which a passage is not shown (evals/literature calibrates it on the development questions)."""


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
        self._no_reranker = ""
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
        for at in range(len(shelf.ids)):
            with suppress(Gone):
                yield self.marked(shelf.document(at))

    def document(self, source_id: str) -> Document | None:
        """The document held under an id, or None."""
        shelf = self._shelf
        at = shelf.number.get(source_id)
        if at is not None and self._keeping.holds(shelf, [source_id]):
            with suppress(Gone):
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
            shelf.ids[at] for at in perhaps_holding(shelf, wanted) if wanted in normalised(text_of(shelf, at))
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
        return " ".join(filter(None, (self._keeping.trouble, self._no_reranker)))

    def start(self, progress: Progress = lambda done, all_: None) -> None:
        """Begin to open or build the vectors in the background; a second call does nothing."""
        self._keeping.start(progress)

    def update(self, progress: Progress = lambda done, all_: None) -> None:
        """Bring the index in step with the stock, in the background; what answers now answers until then."""
        self._keeping.update(progress)

    def rebuild(self, progress: Progress = lambda done, all_: None) -> None:
        """Make the index anew from the stock, in the background; what answers now answers until then."""
        self._keeping.update(progress, anew=True)

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
        with self._keeping.using() as view:
            ranked = self._ranked(question, allowed, view)
        near = [hit for hit in ranked.hits(FLOOR, self.marked) if not is_notice(hit.document)]
        if ranked.gone:
            self.update()
        live = self._keeping.holds(view.shelf, [hit.document.source.id for hit in near])
        near = [hit for hit in near if hit.document.source.id in live]
        shown = self._read_again(question, [hit for hit in near if not hit.retracted], ranked.weighed)
        return SearchOutcome(
            hits=tuple(thinned(shown)[: max(1, k)]),
            searched=self.source,
            used=ranked.used,
            best=max(ranked.values.values(), default=0.0),
            floor=FLOOR,
            unknown=ranked.weighed.unknown,
            corrected=ranked.weighed.corrected,
            retracted=tuple(dict.fromkeys(hit.document.source for hit in near if hit.retracted)),
        )

    def _read_again(self, question: str, near: list[Hit], weighed: Asked) -> list[Hit]:
        """Best first, by the fused score and what speaks for the source; the best of them as the reranker orders
        them, where there is one."""
        order = sorted(
            near, key=lambda hit: -(hit.explain.fused + hit.explain.boost - held_back(hit, weighed))
        )
        if self._reranker is None:
            return order
        best, rest = order[:READ], order[READ:]
        try:
            scores = self._reranker.scores(question, [hit.passage.text for hit in best])
        except EmbeddingUnavailable as wrong:
            self._reranker, self._no_reranker = None, str(wrong)
            return order
        read = sorted(
            zip(best, scores, strict=True), key=lambda pair: (pair[0].explain.boost < LOCAL_BOOST, -pair[1])
        )
        return [*(hit for hit, _ in read), *rest]

    def ranked(self, question: str) -> list[Hit]:
        """All candidates, best first, whatever their relevance and whatever speaks for their source: for measuring."""
        with self._keeping.using() as view:
            return self._ranked(question, Filter(), view).hits(0.0, self.marked)

    def _ranked(self, question: str, allowed: Filter, view: View) -> Ranked:
        shelf = view.shelf
        focus = focused(written_out(question))
        weighed = asked(focus, shelf.words, shelf.vocabulary, shelf.all_concepts)
        found = self._found(corrected(focus, weighed), focus, view, allowed)
        return Ranked(shelf, found, weighed, bool(found.dense))

    def _found(self, focus: str, written: str, view: View, allowed: Filter) -> Found:
        shelf = view.shelf
        more = shelf.vocabulary.expand(focus)
        scores = shelf.scores(tokens(focus))
        scores = scores + SYNONYM_WEIGHT * shelf.scores(tokens(" ".join(more.synonyms)))
        admitted = shelf.admitted(allowed)
        words = best(shelf, scores if admitted is None else scores * admitted)
        dense: dict[int, float] = {}
        if view.index is not None:
            asks = dict.fromkeys(
                filter(None, (focus, more.line, written, *asking_alone(written, shelf.vocabulary)))
            )
            dense = self._near(view, list(asks), admitted)
        words |= {at: round(float(scores[at]), 5) for at in dense if at not in words and scores[at] > 0}
        return Found(dense, words, self._fuse(dense, words))

    def _near(self, view: View, asks: list[str], admitted: NDArray[np.bool_] | None) -> dict[int, float]:
        """The nearest passages; none where the index has failed: then the words answer, and it is opened again."""
        from chromadb.errors import ChromaError
        from httpx import HTTPError

        try:
            return self._nearest(view, self._asks(asks), admitted)
        except (ChromaError, HTTPError, OSError, ValueError) as wrong:
            self._keeping.failed(view, wrong)
            return {}

    def _nearest(
        self, view: View, asks: NDArray[np.float32], admitted: NDArray[np.bool_] | None
    ) -> dict[int, float]:
        """The passages nearest to any of the vectors, best first."""
        assert view.index is not None
        place = view.shelf.place
        if admitted is None:
            return placed(view.index.query(asks, NEAREST, Filter()), place)
        count = int(admitted.sum())
        if WIDEST * count >= ENOUGH * len(admitted) or self.stock is None:
            asked_for = min(WIDEST, NEAREST * len(admitted) // max(1, count))
            near = placed(view.index.query(asks, asked_for, Filter()), place, admitted)
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


def _tuple(names: Sequence[str] | None) -> tuple[str, ...] | None:
    return tuple(str(name) for name in names) if names else None


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
