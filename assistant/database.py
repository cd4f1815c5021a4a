"""Opening a SQLite file of ours: closed to others, durable, for several processes, of no newer format."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

WAIT_S = 30


class DatabaseRefused(RuntimeError):
    """The file is damaged, or was written by a newer version; the message says what to do."""


def open_database(file: Path, version: int, schema: str) -> sqlite3.Connection:
    """A connection that threads may share under a lock. Makes the file (0600) and its tables if missing.

    Every commit is on the disk when it returns (WAL, ``synchronous=FULL``); what is deleted is overwritten.

    Raises:
        DatabaseRefused: not a database, or of a format above ``version``. Nothing is ever migrated down.
    """
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))  # before SQLite does it with a wider mode
    db = sqlite3.connect(file, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
    try:
        held = db.execute("PRAGMA user_version").fetchone()[0]
        if held > version:
            raise DatabaseRefused(
                f"{file} was written by a newer Consilium (format {held}); update, or take another data_dir"
            )
        _patiently(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;")
        if held < version:
            _patiently(db, f"BEGIN IMMEDIATE; {schema} PRAGMA user_version={version}; COMMIT;")
    except DatabaseRefused:
        db.close()
        raise
    except sqlite3.DatabaseError as trouble:
        db.close()
        raise DatabaseRefused(f"{file} cannot be opened ({trouble}); move it aside and start again") from None
    return db


def _patiently(db: sqlite3.Connection, script: str) -> None:
    """Run statements for which SQLite does not always wait by itself while another process does the same."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            db.executescript(script)
            return
        except sqlite3.OperationalError as trouble:
            if db.in_transaction:
                db.execute("ROLLBACK")
            if "locked" not in str(trouble) or time.monotonic() > until:
                raise
            time.sleep(0.02)
