"""Which index stands in a folder: built aside, then swapped in, so that a kill leaves a usable state.

``current.json`` names the folder in use. A build writes a folder of its own and swaps the name last; whatever
is not named there is an unfinished build and is removed by the next one. One process builds, others wait.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from retrieval.packs import write_aside
from retrieval.vectors.chroma import ChromaIndex, embedded, served
from retrieval.vectors.index import FORMAT, Entry, VectorIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Fill = Callable[[], NDArray[np.float32]]

WAIT_S = 600.0


class IndexBusy(RuntimeError):
    """Another process has been building for longer than :data:`WAIT_S`; the message names the folder."""


def opened(folder: Path, entries: Sequence[Entry], digest: str, fill: Fill) -> VectorIndex:
    """The index with exactly this content: the one that stands, or a new one filled by ``fill()``.

    Raises:
        IndexBusy: another process holds the lock for too long.
        OSError: the folder cannot be written; what stood before still stands.
    """
    index = _standing(folder, entries, digest)
    if index is not None:
        return index
    with locked(folder / ".lock"):
        index = _standing(folder, entries, digest)  # another process may have built it meanwhile
        return index if index is not None else _built(folder, entries, digest, fill())


def opened_on_server(url: str, entries: Sequence[Entry], digest: str, fill: Fill) -> VectorIndex:
    """The same on a Chroma server; there the collection itself says whether it is complete."""
    index = ChromaIndex(served(url), f"passages-{digest[:16]}")
    if not index.complete(digest, len(entries)):
        index.build(entries, fill(), digest)
    return index


def _standing(folder: Path, entries: Sequence[Entry], digest: str) -> VectorIndex | None:
    current = _current(folder)
    if current.get("digest") != digest or current.get("format") != FORMAT:
        return None
    place = folder / str(current.get("folder"))
    if not (place / "chroma.sqlite3").exists():
        return None
    index = ChromaIndex(embedded(place), "passages")
    if index.complete(digest, len(entries)):
        return index
    index.close()
    return None


def _built(folder: Path, entries: Sequence[Entry], digest: str, vectors: NDArray[np.float32]) -> VectorIndex:
    _sweep(folder)
    place = folder / f"index-{digest[:12]}-{os.getpid()}-{time.time_ns():x}"
    index = ChromaIndex(embedded(place), "passages")
    index.build(entries, vectors, digest)
    content = {"format": FORMAT, "digest": digest, "folder": place.name}
    write_aside(folder / "current.json", json.dumps(content).encode())
    return index


def _current(folder: Path) -> dict[str, object]:
    try:
        held = json.loads((folder / "current.json").read_text())
    except (OSError, ValueError):  # none yet, or damaged: build
        return {}
    return held if isinstance(held, dict) else {}


def _sweep(folder: Path) -> None:
    """Remove what an unfinished build left, and all but the index in use (others may still read that one)."""
    used = _current(folder).get("folder")
    for place in folder.glob("index-*"):
        if place.name != used:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file; the system lets it go when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        until = time.monotonic() + WAIT_S
        while not _taken(file):
            if time.monotonic() > until:
                raise IndexBusy(
                    f"Another process has been building the index in {path.parent} for {WAIT_S:.0f} s."
                )
            time.sleep(0.05)
        yield


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _taken(file: IO[str]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
