"""The file of the stock: its tables, its rights, and its errors in words that say what to do."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

FORMAT = 1
"""Version of the tables."""
BUSY_S = 60.0
_TABLES = """
create table if not exists meta (key text primary key, value text not null) without rowid;
create table if not exists collection (name text primary key, body text not null, at text not null) without rowid;
create table if not exists document (
    row integer primary key autoincrement, id text not null, collection text not null, digest text not null,
    pmid text, live integer not null default 1, body text not null, at text not null);
create unique index if not exists document_live on document (id) where live = 1;
create index if not exists document_pmid on document (pmid) where pmid is not null;
create index if not exists document_collection on document (collection, live);
create table if not exists notice (
    pmid text not null, kind text not null, by text not null, at text not null,
    primary key (pmid, kind, by)) without rowid;
create table if not exists job (key text primary key, body text not null, at text not null) without rowid;
create table if not exists vector (key text primary key, value blob not null);
"""
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NOT_NOW = {
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH,
}  # fmt: skip
"""What says nothing against the file itself: a full disk, a missing right, a failing device."""
_FILES = ("", "-wal", "-shm")


class StockError(RuntimeError):
    """The stock cannot be read or written; the message says why and what to do."""


def opened(path: Path) -> sqlite3.Connection:
    """A connection. Only the very first makes the tables: a reader never waits for who is writing.

    Raises:
        StockError: the file is of a later version.
        sqlite3.Error, OSError: see :func:`refusal`.
    """
    _closed_to_others(path)
    until = time.monotonic() + BUSY_S
    while True:
        try:
            return _opened(path)
        except sqlite3.OperationalError as wrong:
            # SQLite waits for a lock by itself, but not where it fears a deadlock: two connections that both turn a
            # new file into one with a write-ahead log are refused at once, and one of them can go on a moment later
            if not _is_busy(wrong) or time.monotonic() > until:
                raise
            time.sleep(0.005)


def _opened(path: Path) -> sqlite3.Connection:
    line = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        line.execute("pragma synchronous = normal")
        line.execute("pragma secure_delete = on")  # the words of a guideline that was let go are overwritten
        held = _format(line) or _made(line)
        if held > FORMAT:
            raise StockError(f"{path} was written by a later version of Consilium (format {held}).")
    except BaseException:
        line.close()
        raise
    return line


def _closed_to_others(path: Path) -> None:
    """Nobody else reads the user's guidelines and queries here. SQLite gives its side files the rights of the file."""
    if os.name != "posix":
        return
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    with suppress(OSError):  # another user's files, or a disk that may only be read
        for place, mode in ((path.parent, 0o700), *((Path(f"{path}{end}"), 0o600) for end in _FILES)):
            if place.exists() and place.stat().st_mode & 0o077:
                place.chmod(mode)


def _format(line: sqlite3.Connection) -> int:
    """The version of the tables, 0 where there are none yet."""
    if not line.execute("select 1 from sqlite_master where name = 'meta'").fetchall():
        return 0
    return sum(
        int(held) for (held,) in line.execute("select value from meta where key = 'format'").fetchall()
    )


def _made(line: sqlite3.Connection) -> int:
    line.execute("pragma journal_mode = wal").fetchall()
    first = f"insert or ignore into meta values ('format', '{FORMAT}');"
    line.executescript(f"begin immediate; {_TABLES} {first} commit;")
    return FORMAT


def _is_busy(wrong: sqlite3.Error) -> bool:
    code = getattr(wrong, "sqlite_errorcode", None)  # an error of the sqlite3 module itself has none
    return code is not None and code & 0xFF in _BUSY


def refusal(path: Path, wrong: sqlite3.Error | OSError, what: str) -> StockError:
    """An error of the file in words that send nobody to move away what is whole. ``what``: "read" or "written"."""
    code = getattr(wrong, "sqlite_errorcode", None)
    if isinstance(wrong, OSError) or (code is not None and code & 0xFF in _NOT_NOW):
        return StockError(f"The literature stock {path} cannot be {what}: {wrong}.")
    if _is_busy(wrong):
        return StockError(
            f"The literature stock {path} is busy: another process has been writing it for {BUSY_S:.0f} s. Nothing is "
            "lost; try again."
        )
    return damaged(path, str(wrong))


def damaged(path: Path, why: str) -> StockError:
    """The refusal of a file that is not what it should be."""
    return StockError(
        f"The literature stock {path} is damaged ({why}). Move it away; the cards that ship stay, and "
        "`consilium literature pull` and `add` bring the rest again."
    )
