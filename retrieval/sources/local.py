"""The user's own guidelines: a folder or a file into the stock, as documents marked local.

What is held is text made out of the file (``local_pdf.py`` and its like say how), not the file: quotes and offsets
are of that text, and the page is kept. Each file is read by a child process with limits (``confined.py``).
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from retrieval.evidence import Depth, Source
from retrieval.passages import Document, Section, StudyKind
from retrieval.sources import confined
from retrieval.sources.blocks import Reading, Unreadable, sensible, tidy
from retrieval.sources.local_reading import ENDINGS, VERSION
from retrieval.stock import Collection, Stock

LICENCE = "your own file; not checked"
ALONE = "files"
"""The collection of files that were added one by one without a name."""
STAYS = "what was held of it stays"
"""Said of a file or folder that could not be read this time."""
_SAVE_EVERY = 20
_FIRST_YEAR, _LAST_YEAR = 1990, 2035
_YEAR = re.compile(
    r"(?<!\d)(?<!\d,)((?:19|20)\d\d)(?![\d]|[.,]\d|\s?(?:m?g|µg|ml|kcal|units?|IU|patients|steps)\b)"
)

Progress = Callable[[int, int], None]
"""Called with the files done and the files in all."""


class LocalError(RuntimeError):
    """The folder or file cannot be added at all; the message says why and what to do."""


class Added(NamedTuple):
    """What an :func:`add` did, in documents, and each file that is not held with the reason."""

    added: int
    changed: int
    unchanged: int
    removed: int
    skipped: tuple[tuple[str, str], ...]
    documents: tuple[str, ...] = ()
    """The ids of the documents that were added or changed."""
    kept: tuple[str, ...] = ()
    """Files that are gone from the folder and still held: so many at once look like a share that is not mounted."""


class Entry(NamedTuple):
    """A file that is to be read. ``key`` is its path within the folder, with "/"."""

    key: str
    path: Path


def collection_name(path: Path, name: str | None = None) -> str:
    """``local:NAME``; without a name that of the folder, or ``local:files`` for a file alone."""
    chosen = name or (path.resolve().name if path.is_dir() else ALONE)
    plain = re.sub(r"[^\w.-]+", "-", tidy(chosen)).strip("-.")
    return f"local:{plain or 'folder'}"


def source_id(collection: str, key: str) -> str:
    """The id of a file's document: by its place in its collection, not by its content, so that a changed file takes
    the place of what it was, and an answer's source stays the same source."""
    return f"local:{hashlib.sha256(f'{collection}/{key}'.encode('utf-8', 'replace')).hexdigest()[:16]}"


def add(
    stock: Stock,
    path: Path,
    name: str | None = None,
    progress: Progress = lambda done, all_: None,
    came: str = "",
) -> Added:
    """Hold the guidelines of a folder (or one file). Of a folder that was added before, only what is new or changed
    is read, and what has gone from it is let go. What cannot be read this time stays as it was held; so do all files
    that are gone where they are more than half of those held. A file alone is known by its name: a second one of that
    name takes its place, and nothing else is let go. ``came``: the ISO day on which copies were handed in, whose dates
    on disk say nothing of their age.

    Raises:
        LocalError: there is no such folder or file, or the name is that of another folder.
        StockError: the stock cannot be written.
    """
    path = Path(path)
    if not path.exists():
        raise LocalError(f"{path} is not there.")
    whole = path.is_dir()
    collection = _collection(path, name, whole)
    run = _Run(stock, collection, path, whole, came)
    skipped: list[tuple[str, str]] = []
    entries = list(_walk(path, skipped)) if whole else _alone(path, skipped)
    for done, entry in enumerate(entries, 1):
        if trouble := run.take(entry):
            skipped.append((entry.key, trouble))
        progress(done, len(entries))
    unread = [key for key, _ in skipped]
    removed, kept = run.let_go({entry.key for entry in entries}, unread) if whole else (0, ())
    run.save()
    told = tuple(sorted((key, f"{why}; {STAYS}" if run.holds(key) else why) for key, why in skipped))
    return Added(run.added, run.changed, run.unchanged, removed, told, tuple(run.documents), kept)


def _collection(path: Path, name: str | None, whole: bool) -> Collection:
    title = name or (path.resolve().name if whole else "Files added one by one")
    return Collection(
        name=collection_name(path, name),
        title=f"Local: {tidy(title) or 'folder'}",
        licence=LICENCE,
        origin=_printable(str(path.resolve() if whole else path.name)),
    )


class _Run:
    """One run over a folder. What is noted of a file: the digest of its bytes and the version of its reader."""

    def __init__(self, stock: Stock, collection: Collection, path: Path, whole: bool, came: str) -> None:
        self._stock, self._collection, self._whole, self._came = stock, collection, whole, came
        held = stock.job(collection.name) or {}
        self._files: dict[str, dict[str, Any]] = held.get("files", {})
        self._folder = str(held.get("folder") or "")
        live = {row.id for row in stock.rows(collection.name)}
        self._files = {key: file for key, file in self._files.items() if file["id"] in live}
        here = _printable(str(path.resolve()))
        if (
            whole
            and self._folder not in ("", here)
            and any(not file["alone"] for file in self._files.values())
        ):
            raise LocalError(
                f"{collection.name} holds the files of {self._folder}. Give this folder another name (--name), or "
                f"first: consilium literature remove {collection.name}"
            )
        if whole:
            self._folder = here
        self.added = self.changed = self.unchanged = 0
        self.documents: list[str] = []

    def take(self, entry: Entry) -> str:
        """Hold one file, if it is new or has changed; returns why it cannot be held, or nothing."""
        noted = self._files.get(entry.key)
        try:
            digest = _digest(entry.path)
            if noted and (noted["sha256"], noted["reader"]) == (digest, VERSION):
                self.unchanged += 1
                return ""
            made = document(confined.read(entry.path), entry, self._collection.name, self._came)
        except (Unreadable, OSError) as wrong:
            return str(wrong) if isinstance(wrong, Unreadable) else f"cannot be opened ({wrong.strerror})"
        put = self._stock.put([made], self._collection)
        self.added += put.added
        self.changed += put.changed
        self.unchanged += put.unchanged
        if not put.unchanged:
            self.documents.append(made.source.id)
        self._files[entry.key] = {
            "id": made.source.id,
            "sha256": digest,
            "reader": VERSION,
            "alone": not self._whole,
        }
        if len(self.documents) % _SAVE_EVERY == 0:
            self.save()
        return ""

    def let_go(self, there: set[str], unread: list[str]) -> tuple[int, tuple[str, ...]]:
        """Hold no more what has gone from the folder; files added alone stay, and what lies in or under something that
        could not be read. How many went, and which stay all the same, because most of the folder has gone at once."""
        ours = [key for key, file in self._files.items() if not file["alone"]]
        gone = [key for key in ours if key not in there and not any(_under(key, one) for one in unread)]
        if len(gone) * 2 > len(ours):
            return 0, tuple(sorted(gone))
        ids = [self._files.pop(key)["id"] for key in gone]
        return (self._stock.remove(*ids) if ids else 0), ()

    def holds(self, place: str) -> bool:
        """True if this file, or one under this folder, is held."""
        return any(_under(key, place) for key in self._files)

    def save(self) -> None:
        if self._files or self._stock.job(self._collection.name):
            self._stock.save_job(self._collection.name, {"folder": self._folder, "files": self._files})


def _under(key: str, place: str) -> bool:
    """True if a file is this one, or lies in this folder; "." is the whole folder."""
    place = place.rstrip("/")
    return place == "." or key == place or key.startswith(f"{place}/")


def document(reading: Reading, entry: Entry, collection: str, came: str = "") -> Document:
    """The reading as a document. Its title is the file's own, else the file's name. Its year is the one in its title,
    else that of the date in the file; the file's own day on disk, or the day on which a copy was handed in (``came``),
    is none: the version says so. It is dated with that day all the same, from which its age counts."""
    changed = datetime.fromtimestamp(entry.path.stat().st_mtime, UTC).date().isoformat()
    here = came or changed
    title = reading.title or _named(entry.path)
    version = f"{reading.dated} (date in the file)"
    if not reading.dated:
        version = f"brought {came}; the file gives no date" if came else f"file of {changed}; no date inside"
    return Document(
        source=Source(
            id=source_id(collection, entry.key),
            title=title,
            version=version,
            licence=LICENCE,
            depth=Depth.GUIDELINE,
            year=_year(title) or (int(reading.dated[:4]) if reading.dated else None),
            marks=("local",),
        ),
        text=reading.text,
        kind=StudyKind.GUIDELINE,
        sections=tuple(
            Section(name=part.name, start=part.start, end=part.end, page=part.page) for part in reading.parts
        ),
        dated=max(reading.dated, here),
    )


def _year(title: str) -> int | None:
    """The year in a title, the latest of several; None where none stands there. A part of a longer number and a number
    with a unit are none."""
    found = [int(year) for year in _YEAR.findall(title)]
    return max((year for year in found if _FIRST_YEAR <= year <= _LAST_YEAR), default=None)


def _named(path: Path) -> str:
    spaced = tidy(re.sub(r"[_\s]+", " ", _printable(path.stem)))
    return sensible(spaced) or spaced or "untitled"


def _printable(name: str) -> str:
    """A name of the file system as text; bytes in it that are no UTF-8 become U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


# finding the files


def _walk(folder: Path, skipped: list[tuple[str, str]]) -> Iterator[Entry]:
    """The files to be read in the order of their names; every other one is named in ``skipped``."""
    root = folder.resolve()

    def unopened(wrong: OSError) -> None:
        skipped.append((_key(root, Path(wrong.filename)), f"cannot be opened ({wrong.strerror})"))

    for place, folders, files in os.walk(root, onerror=unopened):
        for inner in list(folders):
            if why := _no_folder(Path(place) / inner):
                skipped.append((f"{_key(root, Path(place) / inner)}/", why))
                folders.remove(inner)
        folders.sort()
        for file in sorted(files):
            entry = Entry(_key(root, Path(place) / file), Path(place) / file)
            if why := _no_file(entry.path, root):
                skipped.append((entry.key, why))
            else:
                yield entry


def _key(root: Path, path: Path) -> str:
    return _printable(path.relative_to(root).as_posix())


def _no_folder(path: Path) -> str:
    if path.name.startswith("."):
        return "hidden"
    return "a link to a folder, not followed" if path.is_symlink() else ""


def _no_file(path: Path, root: Path) -> str:
    """Why a file is not read, or nothing. A link is followed only where it stays within the folder."""
    if path.name.startswith((".", "~$")):
        return "hidden"
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        return "a link that leads out of the folder"
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except OSError as wrong:
        return f"cannot be opened ({wrong.strerror})"
    if not regular:
        return "not a file"
    return "" if path.suffix.lower() in ENDINGS else f"not read: only {', '.join(ENDINGS)}"


def _alone(path: Path, skipped: list[tuple[str, str]]) -> list[Entry]:
    entry = Entry(_printable(path.name), path)
    why = _no_file(path.resolve(), path.resolve().parent)
    if not why:
        return [entry]
    skipped.append((entry.key, why))
    return []


def _digest(path: Path) -> str:
    if path.stat().st_size > confined.LIMITS.size:
        raise Unreadable(confined.too_big(path.stat().st_size, confined.LIMITS))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
