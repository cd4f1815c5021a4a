"""The library's content kept in step with its stock, in a thread of its own: no question waits for it.

At first the shelf that stands in the folder answers, or the documents that ship, by words; the vectors join when they
are opened or built. A later change is built beside what answers, and takes its place when it is whole.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.embed import EmbeddingUnavailable, Encoder, Progress
from retrieval.expand import Vocabulary
from retrieval.passages import Document
from retrieval.shelf import Shelf
from retrieval.shelf_columns import Held
from retrieval.stock import Collection, Stock, StockError, digest_of
from retrieval.vectors.index import Filter, VectorIndex
from retrieval.view import View

if TYPE_CHECKING:
    from retrieval.generations import Current

LEAVE_S = 30.0
LOOK_S = 1.0
"""How often the folder is looked at for what another process has built."""
SHIPPED = Collection(
    name="cards",
    title="Evidence cards that ship with Consilium",
    licence="written for Consilium (MIT); the sources' own texts are not held",
)


class _Leaving(Exception):
    """The process ends: what is half built is left for the next start."""


class Keeping:
    """The way of a library's content into being. ``documents`` ship; what else is held stands in the stock of
    ``folder``. Without a folder the documents are searched by words, and nothing is written."""

    def __init__(
        self,
        documents: Sequence[Document],
        vocabulary: Vocabulary,
        folder: Path | None,
        encoder: Encoder,
        server: str | None,
    ) -> None:
        self.shipped, self._encoder, self._server = tuple(documents), encoder, server
        self.vocabulary, self.folder = vocabulary, folder
        self.stock = Stock(folder) if folder is not None else None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._leaving = threading.Event()
        self._again = self._computing = self.running = self._anew = self._looking = False
        self._looked, self._seen = 0.0, self._signature()
        self.done, self.whole = 0, 0
        """How many texts of the present build are embedded, of how many."""
        self._encoder_wrong: EmbeddingUnavailable | None = None
        self.trouble = ""
        """Why there are no vectors, with the command that mends it; empty while all is well."""
        self.view = self._first()

    def _first(self) -> View:
        from retrieval.build import standing

        if self.folder is not None and self.stock is not None and self._in_step():
            held = standing(self.folder, self.stock, self.vocabulary)
            if held is not None:
                return View(held[1], None, held[0].digest)
        held_ones = (Held(-1, document) for document in self.shipped)
        return View(Shelf.made(held_ones, self.vocabulary, remember=True), None, "")

    def _in_step(self) -> bool:
        """True if the stock holds exactly the documents that ship now."""
        assert self.stock is not None
        try:
            held = {row.id: row.digest for row in self.stock.rows(SHIPPED.name)}
        except StockError as wrong:
            self.trouble = str(wrong)
            return False
        return held == {document.source.id: digest_of(document) for document in self.shipped}

    def holds(self, shelf: Shelf, source_ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids that are still held: what was removed must not answer until the index is in step."""
        if self.stock is None or not shelf.stocked:
            return frozenset(source_ids)
        return self.stock.held(source_ids)

    @contextmanager
    def using(self) -> Iterator[View]:
        """The present view, kept open."""
        view = self.view
        while not view.enter():
            view = self.view
        try:
            yield view
        finally:
            view.leave()

    # the thread

    @property
    def started(self) -> bool:
        return self._thread is not None

    def start(self, progress: Progress = lambda done, all_: None) -> None:
        """Begin; a second call does nothing, nor does one without a place to keep the vectors."""
        with self._starting:
            if self._thread is None and self.folder is not None:
                self._begin(progress)

    def update(self, progress: Progress = lambda done, all_: None, anew: bool = False) -> None:
        """Bring the index in step with the stock; what answers now goes on answering meanwhile. ``anew`` takes nothing
        over from the index that stands."""
        with self._starting:
            self._again, self._anew, self._looking = True, self._anew or anew, False
            if self.folder is not None and not self.running:
                self._begin(progress)

    def _begin(self, progress: Progress) -> None:
        _open_ones.add(self)
        _leave_at_exit()
        self._again = self.running = True
        self._thread = threading.Thread(
            target=self._run, args=(progress,), name="literature-vectors", daemon=True
        )
        self._thread.start()

    def look(self) -> None:
        """See, at most once a second, whether another process has built something newer."""
        now = time.monotonic()
        if self.folder is None or not self.started or now - self._looked < LOOK_S:
            return
        self._looked = now
        with self._starting:
            if self._signature() != self._seen and not self.running:
                self._looking = True
                self._begin(lambda done, all_: None)

    def failed(self, view: View, wrong: Exception) -> None:
        """An index failed under a question: answer by words, and open or build it again."""
        self.trouble = f"search by words only: {wrong}"
        with self._starting:
            if self.view is not view or view.index is None:
                return
            self.view = View(view.shelf, None, "")
        view.retire()
        self.update()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until all that was asked for is done or cannot be; True if words and vectors are in step. A question
        that the standing vectors can answer need not wait."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return self.view.index is not None and not self.running

    def leave(self) -> None:
        """Stop before the next step; a step of native code is waited for, it would crash the process's end."""
        self._leaving.set()
        if self._computing and self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(LEAVE_S)

    def close(self) -> None:
        """Stop, and let go of the index and of the stock; the words can still be searched."""
        self.leave()
        if self._thread is not None:
            self._thread.join(LEAVE_S)
        before, self.view = self.view, View(self.view.shelf, None, self.view.digest)
        before.retire()

    def _run(self, progress: Progress) -> None:
        try:
            from chromadb.errors import ChromaError
            from httpx import HTTPError

            from retrieval.generations import IndexBusy

            expected = (
                EmbeddingUnavailable,
                IndexBusy,
                ChromaError,
                HTTPError,
                StockError,
                OSError,
                ValueError,
            )
            try:
                while self._due():
                    self.trouble = ""
                    self._bring_up(progress)
            except expected as wrong:
                self._tell(wrong)
        except ImportError as wrong:
            self._tell(wrong)
        except _Leaving:
            pass
        finally:  # whatever ended it: a thread that is gone must not count as building
            self._ended()

    def _tell(self, wrong: Exception) -> None:
        used = "search by words only" if self.view.index is None else "search in what was held before"
        self.trouble = f"{used}: {wrong}"

    def _ended(self) -> None:
        with self._starting:
            if self._thread is threading.current_thread():  # else another one has begun meanwhile
                self._computing = self.running = False
        if self.stock is not None:
            self.stock.close()

    def _due(self) -> bool:
        """True once for every :meth:`update`; with the last answer the thread counts as ended."""
        with self._starting:
            due, self._again = self._again, False
            self.running = self._computing = due
            return due

    # bringing up

    def _bring_up(self, progress: Progress) -> None:
        from retrieval.generations import locked

        assert self.folder is not None
        self._step()
        self._encoder_wrong = self._missing_model()
        anew, self._anew = self._anew, False
        if self._looking and self._made_otherwise():
            return
        if anew or not self._stands():
            with locked(self.folder / ".lock", self._waits):
                self.trouble = ""
                self._ship()
                if anew or not self._stands():
                    self._built(progress, anew)
        if not self._opened():
            with locked(self.folder / ".lock", self._waits):
                self.trouble = ""
                self._built(progress)
            self._opened()
        if self._encoder_wrong is not None:
            raise self._encoder_wrong

    def _made_otherwise(self) -> bool:
        """True where another process made the index in use with another model or release: to make it anew from here
        would only make the other one do the same."""
        from retrieval.generations import current, making

        assert self.folder is not None
        held = current(self.folder)
        self._seen = self._signature()
        if held is None or (held.making, held.encoder) == (making(self.vocabulary.digest), self._model):
            return False
        self.trouble = (
            "another process made the index with another model or release: this one answers from what it held before; "
            "end one of the two"
        )
        return True

    def _waits(self) -> None:
        self._step()
        self.trouble = f"another process is building the index in {self.folder}: waiting for it"

    def _missing_model(self) -> EmbeddingUnavailable | None:
        try:
            self._encoder.setup()
        except EmbeddingUnavailable as wrong:
            return wrong
        return None

    def _ship(self) -> None:
        assert self.stock is not None
        if not self._in_step():
            self.stock.put(self.shipped, SHIPPED)
            self.stock.keep_only(SHIPPED.name, [document.source.id for document in self.shipped])

    def _stands(self) -> bool:
        """True if the generation in use is what the stock asks for."""
        from retrieval.build import target
        from retrieval.generations import current

        assert self.folder is not None
        assert self.stock is not None
        held = current(self.folder)
        if held is None or not self._in_step():
            return False
        wanted = target(self.stock, self.vocabulary).digest
        return (held.digest, held.encoder, held.stock) == (wanted, self._model, self.stock.name)

    @property
    def _model(self) -> str:
        return "" if self._encoder_wrong is not None else self._encoder.name

    def _built(self, progress: Progress, anew: bool = False) -> None:
        from retrieval import build

        assert self.folder is not None
        assert self.stock is not None
        wanted = build.target(self.stock, self.vocabulary)
        shelf = build.new_shelf(self.folder, self.stock, self.vocabulary, wanted, anew)
        self._step()
        if self.view.index is None:  # by words at least
            self._show(View(shelf, None, wanted.digest))

        def stepping(done: int, whole: int) -> None:
            self.done, self.whole = done, whole
            progress(done, whole)
            self._step()

        encoder = None if self._encoder_wrong is not None else self._encoder
        build.build(self.folder, self.stock, shelf, wanted, encoder, stepping, self._server, anew)

    def _opened(self) -> bool:
        """Show the generation in use; False if it or its vectors are lost."""
        from retrieval.build import standing

        assert self.folder is not None
        assert self.stock is not None
        self._seen = self._signature()
        found = standing(self.folder, self.stock, self.vocabulary)
        if found is None:
            return False
        held, shelf = found
        if self.view.digest == held.digest and (self.view.index is not None or not held.encoder):
            return True
        index = self._index_of(held) if held.encoder else None
        if index is None and held.encoder:
            return False
        if index is not None:
            # the first run of the model and of the graph is slow: not under the first question
            index.query(self._encoder.encode(["ready"]), 1, Filter())
        self._show(View(shelf, index, held.digest))
        return True

    def _index_of(self, held: Current) -> VectorIndex | None:
        from retrieval.build import opened, opened_on_server

        assert self.folder is not None
        assert self.stock is not None
        if self._server:
            return opened_on_server(self._server, self.stock, self._encoder, held)
        return opened(self.folder, held)

    def _show(self, view: View) -> None:
        before, self.view = self.view, view
        before.retire()

    def _step(self) -> None:
        if self._leaving.is_set():
            raise _Leaving

    def _signature(self) -> tuple[int, int]:
        if self.folder is None:
            return 0, 0
        try:
            state = os.stat(self.folder / "current.json")
        except OSError:
            return 0, 0
        return state.st_mtime_ns, state.st_ino


_open_ones: weakref.WeakSet[Keeping] = weakref.WeakSet()
_registered = threading.Event()


def _leave_at_exit() -> None:
    if not _registered.is_set():
        _registered.set()
        atexit.register(_leave_all)


def _leave_all() -> None:
    for keeping in list(_open_ones):
        keeping.leave()
