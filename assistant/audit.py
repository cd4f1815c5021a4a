"""The audit: an append-only SQLite table in which every row is chained to the one before it by its hash.

``hash = sha256(hash of the row before + canonical JSON of the row)``. A changed, dropped or swapped row is
found at its place, also after the triggers were removed. Who owns the file can rewrite the whole chain:
therefore the head is also written to the log and to ``audit.head``, every 100 rows and at the end, and can be
given to :func:`verify`. The body holds ids and hashes, never words.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from assistant.database import open_database

VERSION = 1
FIRST = "0" * 64
"""What stands for the hash before the first row."""
HEAD_EVERY = 100
LONGEST = 200
"""A longer string in a body is words, not an id."""

log = logging.getLogger("consilium.audit")

SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
    seq INTEGER PRIMARY KEY, time TEXT NOT NULL, actor TEXT NOT NULL, event TEXT NOT NULL,
    body TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS audit_answer ON audit (json_extract(body, '$.answer_id'));
CREATE TRIGGER IF NOT EXISTS audit_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_insert BEFORE INSERT ON audit
    WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit)
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
"""


class AuditError(RuntimeError):
    """A row could not be written; the message says why."""


class Row(NamedTuple):
    """One row: ``time`` in UTC (ISO 8601), ``body`` canonical JSON, ``prev`` and ``hash`` 64 hex digits."""

    seq: int
    time: str
    actor: str
    event: str
    body: str
    prev: str
    hash: str

    @property
    def facts(self) -> dict[str, Any]:
        """The body as a mapping."""
        held: dict[str, Any] = json.loads(self.body)
        return held


@dataclass(frozen=True)
class Verified:
    """How many rows hold, from the first on, and the number of the row at which the chain breaks."""

    rows: int
    first_bad: int | None = None
    reason: str = ""
    head: str = FIRST
    """Hash of the last row that holds."""

    @property
    def whole(self) -> bool:
        return self.first_bad is None


def canonical(value: object) -> str:
    """JSON with sorted keys and no blanks, ASCII only; refuses NaN and infinity (ValueError)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(seq: int, time: str, actor: str, event: str, body: str, prev: str) -> str:
    """The hash of a row; ``prev`` has a fixed length, so nothing can be shifted from one field to another."""
    row = {"seq": seq, "time": time, "actor": actor, "event": event, "body": body}
    return hashlib.sha256((prev + canonical(row)).encode()).hexdigest()


class Audit:
    """The audit in ``folder`` (``audit.sqlite``, ``audit.head``), made if missing.

    Threads may share one object, processes may each open their own.

    Raises:
        DatabaseRefused: the file is damaged or was written by a newer version.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / "audit.sqlite"
        self.head_file = folder / "audit.head"
        self._lock = threading.Lock()
        self._db = open_database(self.file, VERSION, SCHEMA)

    def append(self, event: str, actor: str, body: Mapping[str, Any]) -> Row:
        """Add a row and wait until it is on the disk. ``actor`` is a pseudonym (keys.pseudonym), no name.

        Raises:
            ValueError: the body holds NaN, or a string long enough to be words.
            AuditError: the row could not be written (disk full, file locked for 30 s).
        """
        _refuse_words(body)
        text = canonical(dict(body))
        with self._lock:
            try:
                with self._writing():
                    row = self._chain(event, actor, text)
            except sqlite3.OperationalError as trouble:
                raise AuditError(f"the audit {self.file} cannot be written: {trouble}") from trouble
            if row.seq % HEAD_EVERY == 0:
                self._write_head()
        return row

    def find(self, answer_id: str) -> tuple[Row, ...]:
        """The rows whose body names this ``answer_id``, oldest first."""
        query = "SELECT * FROM audit WHERE json_extract(body, '$.answer_id') = ? ORDER BY seq"
        with self._lock:
            return tuple(Row(*held) for held in self._db.execute(query, (answer_id,)))

    def verify(self, head: str | None = None) -> Verified:
        """Follow the whole chain, then look for the recorded head (``head``, else ``audit.head``) in it."""
        return verify(self.file, head or _recorded(self.head_file))

    def close(self) -> None:
        """Record the head and close."""
        with self._lock:
            self._write_head()
            self._db.close()

    def __enter__(self) -> Audit:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the file's write lock: the last row read is still the last when the new one is written."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _last(self) -> tuple[int, str]:
        held = self._db.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        return (held[0], held[1]) if held else (0, FIRST)

    def _holds(self, head: str) -> bool:
        """Whether the row that "row hash" names is there with that hash; true for "before the first row"."""
        place, _, hash = head.partition(" ")
        if head == f"0 {FIRST}":
            return True
        query = "SELECT 1 FROM audit WHERE CAST(seq AS TEXT) = ? AND hash = ?"
        return self._db.execute(query, (place, hash)).fetchone() is not None

    def _chain(self, event: str, actor: str, body: str) -> Row:
        last, prev = self._last()
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        row = Row(last + 1, now, actor, event, body, prev, digest(last + 1, now, actor, event, body, prev))
        self._db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return row

    def _write_head(self) -> None:
        """After the commit, under the write lock: the head names no row that may vanish, nor goes back.

        A recorded head that the chain does not hold stays where it is: it is the proof that rows are gone.
        """
        with self._writing():
            seq, hash = self._last()
            recorded = (_recorded(self.head_file) or f"0 {FIRST}").strip()
            if recorded == f"{seq} {hash}":
                return
            if not self._holds(recorded):
                log.error("the recorded head of the audit (%.80s) is not in its chain", recorded)
                return
            aside = self.head_file.with_name(f".audit.head.{os.getpid()}.{threading.get_ident()}")
            aside.write_text(f"{seq} {hash}\n", encoding="ascii")
            aside.replace(self.head_file)
        log.info("audit head %s at row %d", hash, seq)


def verify(file: Path, head: str | None = None) -> Verified:
    """Follow the chain in ``file``, which must hold ``head``: a hash, or "row hash" as in ``audit.head``.

    Needs no key. Never raises for what stands in the file: what cannot be read is the first bad row.
    """
    place, _, wanted = (head or FIRST).strip().rpartition(" ")
    seen = 0 if wanted == FIRST else None
    good = Verified(0)
    if not file.exists():
        return good if seen == 0 else _broken(good, "the audit file is missing")
    try:
        for row in _rows(file):
            reason = _fault(row, good)
            if reason:
                return _broken(good, reason)
            good = Verified(row.seq, head=row.hash)
            seen = row.seq if row.hash == wanted else seen
    except sqlite3.DatabaseError as trouble:
        return _broken(good, f"the file cannot be read from here on: {trouble}")
    if seen is not None and place in ("", str(seen)):
        return good
    reason = "the recorded head is not in the chain: rows were rewritten or cut off"
    recorded = int(place) if place.isascii() and place.isdigit() else good.rows + 1
    return _broken(good, reason, max(1, min(recorded, good.rows + 1)))


def _broken(good: Verified, reason: str, at: int | None = None) -> Verified:
    return Verified(good.rows, at or good.rows + 1, reason, good.head)


def _fault(row: Row, before: Verified) -> str:
    """Why this row cannot follow the one before; empty if it can."""
    if row.seq != before.rows + 1:
        return f"row {before.rows + 1} is missing"
    if not all(isinstance(part, str) for part in row[1:]):
        return "the row holds something that is no text"
    if row.prev != before.head:
        return "the row does not follow the one before it"
    return "" if row.hash == digest(*row[:6]) else "the row was changed"


def _rows(file: Path) -> Iterator[Row]:
    db = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
    db.text_factory = lambda raw: raw.decode(errors="surrogateescape")
    try:
        yield from (
            Row(*held)
            for held in db.execute("SELECT seq, time, actor, event, body, prev, hash FROM audit ORDER BY seq")
        )
    finally:
        db.close()


def _recorded(head_file: Path) -> str | None:
    return head_file.read_text(encoding="ascii", errors="replace") if head_file.exists() else None


def _refuse_words(value: object) -> None:
    if isinstance(value, str) and len(value) > LONGEST:
        raise ValueError(f"the audit holds ids and hashes, never words: a string of {len(value)} characters")
    if isinstance(value, Mapping):
        for key, held in value.items():
            _refuse_words(key)
            _refuse_words(held)
    elif isinstance(value, list | tuple):
        for held in value:
            _refuse_words(held)
