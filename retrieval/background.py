"""The vectors of a shelf, opened or built in a thread of their own, so that the first question need not wait."""

from __future__ import annotations

import atexit
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.embed import EmbeddingUnavailable, Encoder, Progress, VectorCache
from retrieval.shelf import Shelf
from retrieval.vectors.index import VectorIndex, digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAVE_S = 30.0


class _Leaving(Exception):
    """The process ends: what is half built is left for the next start."""


class Joining:
    """The way of one shelf's vectors into being. ``index`` is there once they have joined."""

    def __init__(self, shelf: Shelf, encoder: Encoder, folder: Path | None, server: str | None) -> None:
        self._shelf, self._encoder, self._folder, self._server = shelf, encoder, folder, server
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._leaving = threading.Event()
        self._computing = False
        self.index: VectorIndex | None = None
        self.trouble = ""
        """Why there are no vectors, with the command that mends it; empty while all is well."""

    def start(self, progress: Progress = lambda done, all_: None) -> None:
        """Begin; a second call does nothing, nor does one without a place to keep the vectors."""
        with self._starting:
            if self._thread is not None or (self._folder is None and self._server is None):
                return
            _open_ones.add(self)
            _leave_at_exit()
            self._thread = threading.Thread(
                target=self._run, args=(progress,), name="literature-vectors", daemon=True
            )
            self._thread.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the vectors have joined or cannot; True if they have."""
        if self._thread is not None:
            self._thread.join(timeout)
        return self.index is not None

    def leave(self) -> None:
        """Stop before the next step; a step of native code is waited for, it would crash the process's end."""
        self._leaving.set()
        if self._computing and self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(LEAVE_S)

    def close(self) -> None:
        """Stop, and let go of the index."""
        self.leave()
        if self.wait(LEAVE_S) and self.index is not None:
            self.index.close()
            self.index = None

    def _run(self, progress: Progress) -> None:
        from chromadb.errors import ChromaError

        from retrieval.vectors.generations import IndexBusy

        try:
            self._encoder.setup()
            self._computing = True
            self._step()
            index = self._opened(progress)
            self._encoder.encode(["ready"])  # the first run is slow: not under the first question
            self.index = index
        except _Leaving:
            return
        except (EmbeddingUnavailable, IndexBusy, ChromaError, OSError) as wrong:
            self.trouble = f"search by words only: {wrong}"
        finally:
            self._computing = False

    def _opened(self, progress: Progress) -> VectorIndex:
        from retrieval.vectors.generations import opened, opened_on_server

        entries = self._shelf.entries
        content = digest(entries, self._encoder.name)

        def stepping(done: int, whole: int) -> None:
            progress(done, whole)
            self._step()

        def fill() -> NDArray[np.float32]:
            texts = [entry.text for entry in entries]
            if self._folder is None:
                return self._encoder.encode(texts)
            return VectorCache(self._folder / "embeddings.npz", self._encoder).vectors(texts, stepping)

        if self._server:
            return opened_on_server(self._server, entries, content, fill)
        if self._folder is None:
            raise OSError("no folder to keep the vectors in")
        return opened(self._folder / "vectors", entries, content, fill)

    def _step(self) -> None:
        if self._leaving.is_set():
            raise _Leaving


_open_ones: weakref.WeakSet[Joining] = weakref.WeakSet()
_registered = threading.Event()


def _leave_at_exit() -> None:
    if not _registered.is_set():
        _registered.set()
        atexit.register(_leave_all)


def _leave_all() -> None:
    for joining in list(_open_ones):
        joining.leave()
