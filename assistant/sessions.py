"""The sessions of the service: each has its own patient, files, pictures and turns, and none sees another's.

A session lives in memory; only its files lie on the disk, under ``sessions`` of the data folder. Two
:class:`Sessions` objects do not know each other.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answer import Answer, Attachment, Role
from assistant.uploads import kind_of, put_away, shown_name
from retrieval.evidence import Artifact, ToolResult
from retrieval.patient import Patient
from tools.triage.conversation import Talk

if TYPE_CHECKING:
    from assistant.settings import Limits

IDLE = timedelta(hours=24)
"""After so long without a turn or a file a session is forgotten."""


class SessionError(Exception):
    """Base of what a session refuses; the message is for the user."""


class NoSuchSession(SessionError):
    """Unknown, somebody else's or forgotten: the words are the same for all."""

    def __init__(self) -> None:
        super().__init__("There is no such session.")


class TurnInProgress(SessionError):
    """A second question came while the first is being answered."""


class SessionFull(SessionError):
    """The session has had as many turns as it may have."""


class UploadRefused(SessionError):
    """The file is empty, too large or one too many, or could not be stored."""


@dataclass(frozen=True)
class Turn:
    """A finished turn: what was asked and answered, and the tools' results by their place in the turn."""

    question: str
    answer: Answer
    results: Mapping[int, ToolResult]


@dataclass(eq=False)
class Session:
    """One conversation. ``turn`` is the number of the last turn begun, 0 before the first."""

    id: str
    role: Role
    country: str
    turn: int = 0
    patient: Patient = field(default_factory=Patient)
    told: list[str] = field(default_factory=list)
    """Words about the patient that came with no question."""
    attachments: dict[str, Attachment] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    pictures: dict[str, Artifact] = field(default_factory=dict)
    talk: Talk = field(default_factory=Talk)
    """What a patient said and was asked so far."""
    used: datetime = field(default_factory=lambda: datetime.now(UTC))
    forgotten: bool = False
    busy: threading.Lock = field(default_factory=threading.Lock, repr=False)
    """Held for the length of a turn."""
    guard: threading.RLock = field(default_factory=threading.RLock, repr=False)
    """Held while fields change together."""

    def remember(self, turn: Turn, patient: Patient, pictures: Mapping[str, Artifact]) -> None:
        """Keep what a finished turn leaves behind.

        Raises:
            NoSuchSession: the session was forgotten meanwhile; nothing is kept.
        """
        with self.guard:
            if self.forgotten:
                raise NoSuchSession
            self.turns.append(turn)
            self.patient = patient
            self.pictures.update(pictures)

    def empty(self) -> None:
        """Let go of everything that was said or sent."""
        with self.guard:
            self.forgotten = True
            self.patient = Patient()
            self.told.clear()
            self.attachments.clear()
            self.turns.clear()
            self.pictures.clear()
            self.talk = Talk()


class Sessions:
    """The sessions of one service. Threads may share it. ``limits`` are those of the settings."""

    def __init__(
        self, data_dir: Path, limits: Limits, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._folder = data_dir / "sessions"
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}

    def open(self, role: Role, country: str = "") -> Session:
        """A new session with an id that cannot be guessed."""
        session = Session(f"s{secrets.token_urlsafe(24)}", Role(role), country, used=self._clock())
        with self._lock:
            self._open[session.id] = session
        return session

    def get(self, session_id: str) -> Session:
        """The session of this id.

        Raises:
            NoSuchSession: there is none here; it does not say whether there ever was.
        """
        with self._lock:
            session = self._open.get(session_id)
        if session is None:
            raise NoSuchSession
        return session

    @contextmanager
    def turn(self, session_id: str) -> Iterator[Session]:
        """The session for one turn, alone: ``turn`` is counted up, and never given back, even if it fails.

        Raises:
            NoSuchSession, TurnInProgress, SessionFull: with words for the user.
        """
        session = self.get(session_id)
        if not session.busy.acquire(blocking=False):
            raise TurnInProgress("Your last question is still being answered. Please wait for its answer.")
        try:
            self._begin(session)
            yield session
        finally:
            session.used = self._clock()
            session.busy.release()

    def attach(self, session_id: str, name: str, data: bytes) -> Attachment:
        """Keep a file in the session; its kind is what its content says, its name is only ever shown.

        Raises:
            NoSuchSession: there is no such session.
            UploadRefused: empty, too large, one too many, or no place on the disk; nothing is kept.
        """
        session = self.get(session_id)
        self._refuse_size(len(data))
        kind = kind_of(data)
        with session.guard:
            if session.forgotten:
                raise NoSuchSession
            if len(session.attachments) >= self._limits.uploads:
                raise UploadRefused(
                    f"This session holds {self._limits.uploads} files, which is as many as it may."
                )
            try:
                file = put_away(self._folder / session.id, data)
            except OSError as trouble:
                raise UploadRefused(f"The file could not be stored: {trouble.strerror}.") from trouble
            kept = Attachment(
                id=f"file{len(session.attachments) + 1}", name=shown_name(name), kind=kind, path=str(file)
            )
            session.attachments[kept.id] = kept
            session.used = self._clock()
        return kept

    def forget(self, session_id: str) -> None:
        """Remove the session with its files; a turn under way can leave nothing behind.

        Raises:
            NoSuchSession: there is no such session.
        """
        with self._lock:
            session = self._open.pop(session_id, None)
        if session is None:
            raise NoSuchSession
        with session.guard:
            session.empty()
            _remove(self._folder / session.id)

    def sweep(self, now: datetime) -> tuple[str, ...]:
        """Forget what lay idle for 24 hours, and folders that a stopped process left; returns the ids."""
        with self._lock:
            idle = [one.id for one in self._open.values() if now - one.used > IDLE and not one.busy.locked()]
            ours = set(self._open)
        swept = [session_id for session_id in idle if self._forgotten(session_id)]
        left = self._folder.iterdir() if self._folder.is_dir() else iter(())
        for folder in left:
            if folder.name not in ours and _idle(folder, now):
                _remove(folder)
                swept.append(folder.name)
        return tuple(swept)

    def _forgotten(self, session_id: str) -> bool:
        try:
            self.forget(session_id)
        except NoSuchSession:  # somebody else was faster
            return False
        return True

    def _begin(self, session: Session) -> None:
        with session.guard:
            if session.forgotten:
                raise NoSuchSession
            if session.turn >= self._limits.turns:
                raise SessionFull(f"This session has had {self._limits.turns} turns. Please begin a new one.")
            session.turn += 1
            session.used = self._clock()
            folder = self._folder / session.id
            if folder.is_dir():
                os.utime(folder)  # another process's sweep looks at this

    def _refuse_size(self, size: int) -> None:
        if not size:
            raise UploadRefused("The file is empty.")
        if size > self._limits.upload_bytes:
            most = self._limits.upload_bytes / 1e6
            raise UploadRefused(f"The file has {size / 1e6:.1f} MB; {most:g} MB are the most.")


def _idle(folder: Path, now: datetime) -> bool:
    try:
        touched = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    except FileNotFoundError:  # another process has just removed it
        return False
    return now - touched > IDLE


def _remove(folder: Path) -> None:
    """Remove a session's folder; that it is not there is fine, that it cannot be removed is not."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
