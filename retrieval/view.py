"""One content of the library as questions see it, closed when nobody looks at it any more."""

from __future__ import annotations

import threading

from retrieval.shelf import Shelf
from retrieval.vectors.index import VectorIndex


class View:
    """One content as questions see it; its index is closed when nobody searches it any more."""

    def __init__(self, shelf: Shelf, index: VectorIndex | None, digest: str) -> None:
        self.shelf, self.index, self.digest = shelf, index, digest
        self._users, self._retired, self._lock = 0, False, threading.Lock()

    def enter(self) -> bool:
        """Begin to use it; False where it is closed already, and another one stands in its place."""
        with self._lock:
            if self._retired and self._users == 0:
                return False
            self._users += 1
            return True

    def leave(self) -> None:
        """Use it no more."""
        with self._lock:
            self._users -= 1
            index = self._given_up()
        _closed(index)

    def retire(self) -> None:
        """Close it as soon as nobody uses it."""
        with self._lock:
            self._retired = True
            index = self._given_up()
        _closed(index)

    def _given_up(self) -> VectorIndex | None:
        if not self._retired or self._users:
            return None
        index, self.index = self.index, None
        return index


def _closed(index: VectorIndex | None) -> None:
    if index is not None:
        index.close()
