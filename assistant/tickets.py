"""Links to files of a session: each works once, for ten minutes, and cannot be guessed."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LIFE = timedelta(minutes=10)
MOST = 1_000
"""Tickets held at once; the oldest goes first."""


@dataclass(frozen=True)
class _Ticket:
    session: str
    name: str
    made: datetime


class Tickets:
    """Which link leads to which file of which session. Threads may share it."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._held: dict[str, _Ticket] = {}
        self._guard = threading.Lock()

    def issue(self, session: str, name: str) -> str:
        """A new link to a file of the session, as a path."""
        ticket = secrets.token_urlsafe(24)
        with self._guard:
            while len(self._held) >= MOST:
                del self._held[next(iter(self._held))]
            self._held[ticket] = _Ticket(session, name, self._clock())
        return f"/files/{ticket}"

    def take(self, ticket: str) -> tuple[str, str] | None:
        """Session and name of the file, once; None where the link is unknown, used or too old."""
        with self._guard:
            held = self._held.pop(ticket, None)
        if held is None or self._clock() - held.made > LIFE:
            return None
        return held.session, held.name
