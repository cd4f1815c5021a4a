"""The index of a pack: one SQLite file, written in one stream and read by many threads without a lock."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

BATCH = 20_000
"""Rows held in memory at once while writing."""
Cell = str | int | float | None
_QUICK = (
    "journal_mode=OFF",
    "synchronous=OFF",
    "locking_mode=EXCLUSIVE",
    "temp_store=FILE",
    "cache_size=-16384",
)


class Writing:
    """A new index file. It is whole only after :meth:`close`; whoever writes it swaps it in afterwards."""

    def __init__(self, path: Path, schema: str) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        for pragma in _QUICK:
            self._file.execute(f"PRAGMA {pragma}")
        self._file.executescript(
            "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;" + schema
        )

    def add(self, table: str, rows: Iterable[Sequence[Cell]], *, first_wins: bool = True) -> int:
        """Stream rows into a table of the schema; returns how many came. Of two with one key the first stays."""
        stream: Iterator[Sequence[Cell]] = iter(rows)
        verb = "INSERT OR IGNORE" if first_wins else "INSERT OR REPLACE"
        came = 0
        while batch := list(islice(stream, BATCH)):
            marks = ",".join("?" * len(batch[0]))
            self._file.execute("BEGIN")
            self._file.executemany(f"{verb} INTO {table} VALUES({marks})", batch)
            self._file.execute("COMMIT")
            came += len(batch)
        return came

    def close(self, meta: Mapping[str, str], after: str = "") -> None:
        """Write what the index says of itself, make the indexes of ``after``, and close."""
        self._file.executemany("INSERT OR REPLACE INTO meta VALUES(?,?)", meta.items())
        if after:
            self._file.executescript(after)
        self._file.execute("ANALYZE")
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


class Index:
    """A finished index, opened read-only; every thread has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._mine = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self.meta: Mapping[str, str] = {
            str(name): str(value) for name, value in self.rows("SELECT name, value FROM meta")
        }

    def rows(self, query: str, *values: Cell) -> list[tuple[Cell, ...]]:
        """All rows of a query."""
        cursor: sqlite3.Cursor = self._connection().execute(query, values)
        return cursor.fetchall()

    def row(self, query: str, *values: Cell) -> tuple[Cell, ...] | None:
        """The first row of a query, or None."""
        found: tuple[Cell, ...] | None = self._connection().execute(query, values).fetchone()
        return found

    def _connection(self) -> sqlite3.Connection:
        held: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if held is None:
            held = sqlite3.connect(self._address, uri=True, check_same_thread=False)
            self._mine.connection = held
            self._opened.append(held)
        return held

    def close(self) -> None:
        """Close the connections of all threads; a later look-up opens a new one."""
        self._mine = threading.local()
        while self._opened:
            self._opened.pop().close()
