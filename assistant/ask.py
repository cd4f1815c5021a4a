"""The way in: a question of a session goes through the loop, and an answer with evidence comes out.

``stream`` yields events while it works; ``ask`` gives the answer. Every answer leaves one line of audit and, where the
settings say so, an encrypted archive entry from which ``replay`` makes it again.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

from assistant import audit_facts, carried, frame, gate
from assistant.answer import Answer, Attachment, Role
from assistant.archive import Archive
from assistant.audit import Audit
from assistant.carried import NotAnAnswer
from assistant.events import Answered, Event, Failed, FrameChanged
from assistant.held import held
from assistant.keys import load_key, pseudonym
from assistant.readers import listener, readers
from assistant.replay import Compared, Kept, keep, rerun
from assistant.sessions import Session, SessionError, Sessions
from assistant.sessions import Turn as Past
from assistant.settings import Settings, refuse_unknown_tools
from assistant.tickets import Tickets
from assistant.turn import Turn, TurnInput, attached
from retrieval.evidence import Artifact, ToolResult
from retrieval.patient import Patient
from tools.registry import Context, call, tools
from tools.treatment.cards import OVERRIDE_REASONS
from tools.triage import conversation
from tools.triage.conversation import Talk
from tools.triage.levels import Level

log = logging.getLogger(__name__)
_CARD = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The id of a card: the audit holds ids, never words."""


class TurnFailed(RuntimeError):
    """A turn ended without an answer; the message is for the user."""

    def __init__(self, reason: str, *, bad_input: bool = False) -> None:
        super().__init__(reason)
        self.bad_input = bad_input


class Assistant:
    """One assistant for many sessions. Making it is cheap; the loop and the index load on first use."""

    def __init__(self, settings: Settings) -> None:
        refuse_unknown_tools(settings, tools())
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.settings = settings
        self.sessions = Sessions(settings.data_dir, settings.limits)
        self.tickets = Tickets()
        self._key = load_key(settings.data_dir)
        self._audit = Audit(settings.data_dir)
        self._archive = Archive(settings.data_dir, self._key)
        self._agents: dict[Role, Any] = {}
        self._building = threading.Lock()
        self._warm = False

    def close(self) -> None:
        """Record the head of the audit and let go of the files."""
        self._audit.close()
        self._archive.close()

    def warm(self) -> None:
        """Load what the first question would wait for: the loop, the index and its vectors."""
        from retrieval.search import library

        for role in Role:
            self._agent(role)
        # the rules, the lexicons, the questions and the readers
        conversation.step(Talk(), "I have a sore throat", readers=readers(self.settings))
        if (hears := listener(self.settings)) is not None:
            hears("How is a sore throat treated?")
        library().wait(timeout=300)
        self._warm = True

    @property
    def ready(self) -> dict[str, bool]:
        """Each part and whether it is ready."""
        return {"loop": bool(self._agents), "library": self._warm, "audit": self._audit_whole}

    @cached_property
    def _audit_whole(self) -> bool:
        return self._audit.verify().whole

    def privacy_line(self) -> str:
        """Which model reads the words, and what leaves this computer."""
        from assistant.models.choose import privacy_line

        return privacy_line(self.settings)

    # sessions

    def open(self, role: Role, country: str = "") -> str:
        """A new session; returns its id."""
        return self.sessions.open(role, country or self.settings.country).id

    def attach(self, session: str, name: str, data: bytes) -> Attachment:
        """Keep a file for the session's next question.

        Raises:
            SessionError: the file is refused, or there is no such session.
        """
        return self.sessions.attach(session, name, data)

    def tell(self, session: str, words: str) -> Patient:
        """Read words about the patient into the frame, without asking anything."""
        kept = self.sessions.get(session)
        with kept.guard:
            kept.patient, _ = frame.read(words, kept.patient)
            kept.told.append(words)
            return kept.patient

    def patient(self, session: str) -> Patient:
        """The session's patient frame."""
        return self.sessions.get(session).patient

    def edit(self, session: str, field: str, value: str) -> Patient:
        """Change one value of the frame by hand; an empty value makes it unknown.

        Raises:
            ValueError: the field or the value does not fit; the message names the mend.
        """
        kept = self.sessions.get(session)
        with kept.guard:
            kept.patient = frame.edit(kept.patient, field, value)
            return kept.patient

    def picture(self, session: str, key: str) -> Artifact:
        """A picture of this session's answers.

        Raises:
            KeyError: this session has no such picture.
        """
        return self.sessions.get(session).pictures[key]

    # what the page's own controls do beside the talk

    def call(self, session: str, tool: str, inputs: Mapping[str, Any]) -> ToolResult:
        """A tool called by a control of the page for the session's patient; the talk stays as it is, the audit has it.

        Raises:
            NoSuchSession: it is unknown or was forgotten.
        """
        kept = self.sessions.get(session)
        context = Context(attached(tuple(kept.attachments.values())), kept.patient, kept.role, kept.country)
        result = call(tool, inputs, context)
        self._audit.append("control", pseudonym(self._key, kept.role), audit_facts.of_control(tool, result))
        return result

    def last(self, session: str, tool: str) -> ToolResult | None:
        """The last result of a tool in the session's talk."""
        for past in reversed(self.sessions.get(session).turns):
            for place in sorted(past.results, reverse=True):
                if past.results[place].tool == tool:
                    return past.results[place]
        return None

    def decide(
        self, session: str, card: str, outcome: Literal["accepted", "overridden"], reason: str = ""
    ) -> None:
        """Record what the clinician decided on a card: one line of audit with ids and a reason of the closed list.

        Raises:
            ValueError: no id of a card, or an override without a reason of the list.
        """
        reasons = {one.code for one in OVERRIDE_REASONS}
        if not _CARD.fullmatch(card):
            raise ValueError("There is no such card.")
        if outcome == "overridden" and reason not in reasons:
            raise ValueError(f"An override needs a reason: {', '.join(sorted(reasons))}.")
        role = self.sessions.get(session).role
        body = {"card": card, "outcome": outcome, "reason": reason if outcome == "overridden" else ""}
        self._audit.append("feedback", pseudonym(self._key, role), body)

    def sheet(self, session: str, name: str) -> bytes:
        """One handover sheet of the session's talk, by its name in :data:`assistant.handover.FILES`.

        Raises:
            ValueError: nothing has been answered yet.
            NoSuchSession: it is unknown or was forgotten.
        """
        from assistant.handover import handover

        kept = self.sessions.get(session)
        with kept.guard:
            turns, country = tuple(kept.turns), kept.country
        return handover(turns, country).file(name)

    def sweep(self) -> int:
        """Forget idle sessions, and archived turns that are older than the settings allow; returns how many."""
        idle = self.sessions.sweep(datetime.now(UTC))
        return len(idle) + self._archive.forget(older_than_days=self.settings.privacy.retention_days)

    def forget(self, session: str) -> None:
        """Remove the session, its files and its archived turns; the audit lines stay and hold no words."""
        self.sessions.forget(session)
        self._archive.forget(session=session)

    # the patient's talk

    def move(self, session: str, country: str) -> Answer | None:
        """From now on the telephone numbers of this country; the last answer with them, or None before the first.

        Raises:
            NoSuchSession: it is unknown or was forgotten.
        """
        kept = self.sessions.get(session)
        with kept.guard:
            kept.country = country
            kept.talk = kept.talk.model_copy(update={"country": country})
            if kept.role is not Role.PATIENT or not kept.turns:
                return None
            last = kept.turns[-1]
            read = gate.before("", patient=kept.patient, role=kept.role, country=country, talk=kept.talk)
            kept.talk = read.talk or kept.talk
            kept.turns[-1] = replace(last, answer=gate.again(last.answer, read))
            answer = kept.turns[-1].answer
        held_as = audit_facts.digest(answer.model_dump_json())
        body = {"answer_id": answer.id, "country": country, "answer": held_as}
        self._audit.append("control", pseudonym(self._key, kept.role), body)
        return answer

    def summary(self, session: str) -> str:
        """What the patient's talk came to, for a clinician to read; plain text from the talk alone.

        Raises:
            NoSuchSession: it is unknown or was forgotten.
        """
        from tools.triage.handover import handover, text

        kept = self.sessions.get(session)
        with kept.guard:
            talk, turn = conversation.stands(kept.talk, kept.patient)
        return text(handover(talk, turn))

    # turns

    def ask(self, session: str, question: str, chosen: Sequence[str] = ()) -> Answer:
        """The answer to a question, or to the ids of chosen answers of :attr:`Answer.asked`.

        Raises:
            TurnFailed: with words for the user.
        """
        for event in self.stream(session, question, chosen):
            if isinstance(event, Answered):
                return event.answer
            if isinstance(event, Failed):
                raise TurnFailed(event.reason, bad_input=not event.trace)
        raise TurnFailed("The turn ended without an answer.")

    def stream(self, session: str, question: str, chosen: Sequence[str] = ()) -> Iterator[Event]:
        """The events of a turn, as they happen; the last is ``Answered`` or ``Failed``.

        ``chosen``: a patient's answers to the question that waits, by their ids; words may go along with them.
        """
        question = frame.whole(question)
        problem = "" if chosen and not question.strip() else self._unreadable(question)
        if problem:
            yield Failed(reason=problem)
            return
        try:
            with self.sessions.turn(session) as kept:
                yield from self._turn(kept, question, tuple(chosen))
        except (SessionError, NotAnAnswer) as refused:
            yield Failed(reason=str(refused))

    def _unreadable(self, question: str) -> str:
        """Why a message is refused; the red-flag gate has read even one that is too long."""
        limit = self.settings.limits.message_characters
        if not any(char.isprintable() and not char.isspace() for char in question):
            return "The message is empty: write a question, or attach a file and say what to look for."
        if len(question) <= limit:
            return ""
        from tools.triage.engine import assess

        assessed = assess(question)
        urgent = f"{assessed.first_action} " if assessed.level else ""
        return f"{urgent}The message has {len(question):,} characters; {limit:,} are the most. Please shorten it."

    def _turn(self, kept: Session, question: str, chosen: tuple[str, ...]) -> Iterator[Event]:
        read_by = readers(self.settings) if kept.role is Role.PATIENT else ()
        talk = carried.heard(kept, question, chosen, read_by)
        before_it, earlier = kept.patient, tuple(carried.earlier(past) for past in kept.turns[-6:])
        with_pictures = frame.with_images(before_it, kept.attachments.values())
        patient, changes = frame.read(question, with_pictures, earlier)
        if changes:
            yield FrameChanged(changes=changes)
        turn = self._begun(kept, carried.whole(kept, talk, question), patient, talk)
        before = keep(turn, self.settings)
        from assistant.loop import run

        yield from run(self._agent(kept.role), turn)
        answer = turn.answer
        if answer is None:
            raise RuntimeError("the loop ended without an answer")
        with kept.guard:
            # what was edited by hand while the turn ran is kept: the words are read once more into it
            latest = patient if kept.patient is before_it else frame.read(question, kept.patient, earlier)[0]
            was = kept.turns[-1].answer.level if kept.turns else None
            kept.remember(Past(turn.given.question, answer, dict(turn.results)), latest, turn.pictures)
            if turn.gate is not None and turn.gate.talk is not None:
                kept.talk = turn.gate.talk
            self._record(turn, answer, before, was)
        yield Answered(answer=answer)

    def _begun(self, kept: Session, question: str, patient: Patient, talk: Talk | None) -> Turn:
        told = {file for past in kept.turns for file in carried.files_of(past)}
        given = TurnInput(
            turn=kept.turn,
            role=kept.role,
            question=question,
            patient=patient,
            attachments=tuple(file for name, file in kept.attachments.items() if name not in told),
            earlier=tuple(carried.earlier(past) for past in kept.turns[-6:]),
            told=tuple(kept.told[-6:]),
            talk=talk,
        )
        return Turn(
            given=given,
            context=Context(attached(tuple(kept.attachments.values())), patient, kept.role, kept.country),
            answer_id=f"a{secrets.token_hex(8)}",
            session=kept.id,
            earlier=tuple(entry for past in kept.turns[-6:] for entry in carried.cited(past)),
            deadline=time.monotonic() + self.settings.limits.turn_seconds,
        )

    def _agent(self, role: Role) -> Any:
        with self._building:
            if role not in self._agents:
                from assistant.loop import build
                from assistant.models.choose import choose

                self._agents[role] = build(choose(self.settings), self.settings, role, held)
            return self._agents[role]

    # record

    def _record(self, turn: Turn, answer: Answer, before: Kept, was: Level | None) -> None:
        """One line of audit with ids and hashes; the words go to the archive, encrypted, if anywhere."""
        if self.settings.privacy.archive:
            payload = before.model_copy(update={"answer": answer})
            self._archive.put(answer.id, payload.model_dump_json().encode(), turn.session)
        self._audit.append(
            "answer", pseudonym(self._key, turn.given.role), audit_facts.of_answer(turn, answer, was)
        )

    def replay(self, answer_id: str) -> Compared:
        """Make an archived answer again and compare it byte for byte.

        Raises:
            ArchiveError: nothing is archived under this id, or it cannot be read.
        """
        before = Kept.model_validate_json(self._archive.get(answer_id))
        return rerun(before, self._agent(before.given.role))
