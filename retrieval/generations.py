"""Which index stands in a folder: built aside, then swapped in, so that a kill or a full disk leaves a usable one.

``current.json`` names the generation in use: a folder with the shelf and its vectors that nobody writes any more. A
build writes a folder of its own and swaps the name last; whatever is not named there, nor was named before, is an
unfinished build and is removed by the next one. One process builds, others wait, or read what stands.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from retrieval.evidence import Word
from retrieval.packs import write_aside
from retrieval.stock import Row
from retrieval.words import RULES

FORMAT = 6
"""Version of what a generation holds: one of another version is built anew."""
WAIT_S = 600.0
_OLD = ("vectors", "embeddings.npz")
"""What format 1 left in the folder."""


class IndexBusy(RuntimeError):
    """Another process has been building for longer than :data:`WAIT_S`; the message names the folder."""


class Current(Word):
    """The generation in use. ``before`` was in use until then, and may still be read."""

    format: int
    digest: str
    making: str
    """How it was made: vocabulary and tokens. One made otherwise cannot be grown."""
    stock: str
    """The name of the stock of which it was made: the rows of another one mean other documents."""
    encoder: str
    """The model of the vectors; empty: there are none in the folder."""
    folder: str
    before: str = ""


def current(folder: Path) -> Current | None:
    """The generation in use, or None: none yet, damaged, or of another format."""
    try:
        held = Current.model_validate_json((folder / "current.json").read_text())
    except (OSError, ValueError):
        return None
    return held if held.format == FORMAT and (folder / held.folder).is_dir() else None


def digest(rows: Iterable[Row], making: str) -> str:
    """The content of an index as a hash: how it is made, and every document."""
    whole = hashlib.sha256(f"{FORMAT}\0{making}".encode())
    for row in rows:
        whole.update(f"\0{row.row}\0{row.digest}".encode())
    return whole.hexdigest()


def making(vocabulary: str) -> str:
    """How a shelf is made with the vocabulary of this digest."""
    return f"{RULES}-{vocabulary[:16]}"


def place(folder: Path, content: str) -> Path:
    """A new folder to build in."""
    made = folder / f"index-{content[:12]}-{os.getpid()}-{time.time_ns():x}"
    made.mkdir(parents=True, mode=0o700)
    return made


def swap(folder: Path, content: str, how: str, stock: str, encoder: str, built: Path) -> None:
    """Make a built folder the one in use; from here on it is not written any more."""
    before = current(folder)
    named = Current(
        format=FORMAT,
        digest=content,
        making=how,
        stock=stock,
        encoder=encoder,
        folder=built.name,
        before=before.folder if before else "",
    )
    write_aside(folder / "current.json", named.model_dump_json().encode())


def sweep(folder: Path) -> None:
    """Remove what unfinished builds left, and all but the generation in use and the one before it; nothing as long as
    none is named, for a process may still read what stands."""
    held = current(folder)
    if held is None:
        return
    used = {held.folder, held.before}
    for left in folder.glob("index-*"):
        if left.name not in used:
            shutil.rmtree(left, ignore_errors=True)
    shutil.rmtree(folder / _OLD[0], ignore_errors=True)
    (folder / _OLD[1]).unlink(missing_ok=True)


def size(folder: Path) -> int:
    """The bytes of a folder's files."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@contextmanager
def locked(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock file; the system lets it go when the process ends, however it ends. ``waiting`` is called at
    every try while another process holds it; what it raises ends the waiting.

    Raises:
        IndexBusy: another process holds it for longer than :data:`WAIT_S`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        until = time.monotonic() + WAIT_S
        while not _taken(file):
            waiting()
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
