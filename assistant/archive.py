"""The archive: what a turn was given and what it answered, encrypted, by answer id; for replay only.

AES-256-GCM. Answer id, session and date stand in clear and are bound to the text, so that no entry can
stand in for another. What is forgotten is overwritten in the file; the audit row stays.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

from Crypto.Cipher import AES

from assistant.database import open_database
from assistant.keys import derived

VERSION = 1

SCHEMA = """
CREATE TABLE IF NOT EXISTS archive (
    answer_id TEXT PRIMARY KEY, session TEXT NOT NULL, made TEXT NOT NULL,
    key_mark TEXT NOT NULL, nonce BLOB NOT NULL, tag BLOB NOT NULL, payload BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS archive_session ON archive (session);
CREATE INDEX IF NOT EXISTS archive_made ON archive (made);
"""


class ArchiveError(RuntimeError):
    """Base of what can go wrong here."""


class NotArchived(ArchiveError):
    """Nothing is held under this answer id: it never was, or it was forgotten."""


class AlreadyArchived(ArchiveError):
    """An entry is never overwritten."""


class WrongKey(ArchiveError):
    """The entry was encrypted with another key than the one in use."""


class Damaged(ArchiveError):
    """The entry was changed or is broken."""


class Archive:
    """The archive in ``folder`` (``archive.sqlite``), made if missing, under the local key (keys.load_key).

    Raises:
        DatabaseRefused: the file is damaged or was written by a newer version.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self.file = folder / "archive.sqlite"
        self._key = derived(key, "archive")
        self._mark = derived(key, "archive mark").hex()[:16]
        self._lock = threading.Lock()
        self._db = open_database(self.file, VERSION, SCHEMA)

    def put(self, answer_id: str, payload: bytes, session: str) -> None:
        """Keep the payload.

        Raises:
            AlreadyArchived: something is held under this id.
        """
        made = _stamp(datetime.now(UTC))
        nonce = secrets.token_bytes(12)
        cipher = AES.new(self._key, AES.MODE_GCM, nonce=nonce)
        cipher.update(_bound(answer_id, session, made))
        body, tag = cipher.encrypt_and_digest(payload)
        row = (answer_id, session, made, self._mark, nonce, tag, body)
        try:
            with self._lock:
                self._db.execute("INSERT INTO archive VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:
            raise AlreadyArchived(f"the answer {answer_id} is archived already") from None

    def get(self, answer_id: str) -> bytes:
        """The payload, byte for byte.

        Raises:
            NotArchived: never archived, or forgotten.
            WrongKey: encrypted with another key.
            Damaged: the entry was changed.
        """
        query = "SELECT session, made, key_mark, nonce, tag, payload FROM archive WHERE answer_id = ?"
        with self._lock:
            held = self._db.execute(query, (answer_id,)).fetchone()
        if held is None:
            raise NotArchived(f"nothing is archived under {answer_id}: it never was, or it was forgotten")
        session, made, mark, nonce, tag, body = held
        if mark != self._mark:
            raise WrongKey(
                f"the answer {answer_id} was archived with another key; bring back the key file of {made}"
            )
        cipher = AES.new(self._key, AES.MODE_GCM, nonce=nonce)
        cipher.update(_bound(answer_id, session, made))
        try:
            return cipher.decrypt_and_verify(body, tag)
        except ValueError:
            raise Damaged(f"the archived answer {answer_id} was changed or is broken") from None

    def forget(self, session: str | None = None, older_than_days: float | None = None) -> int:
        """Remove a session's entries, or what is older than so many days (one of both); returns how many."""
        if (session is None) == (older_than_days is None):
            raise ValueError("forget a session, or what is older than so many days")
        if session is not None:
            return self._remove("session = ?", session)
        before = datetime.now(UTC) - timedelta(days=older_than_days or 0)
        return self._remove("made <= ?", _stamp(before))

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _remove(self, condition: str, value: str) -> int:
        """Delete, which overwrites here, and empty the write-ahead log, where the entries stand once more."""
        with self._lock:
            removed = self._db.execute(f"DELETE FROM archive WHERE {condition}", (value,)).rowcount
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return removed


def _bound(answer_id: str, session: str, made: str) -> bytes:
    return "\0".join((answer_id, session, made)).encode()


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
