"""Made conversations through the assistant, as the patient's page holds them: sessions, gate, loop and audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.answer import Answer, Role
from assistant.ask import Assistant
from assistant.settings import Settings
from evals.triage.conversations import Held, Said, hold
from evals.triage.talkers import Talker
from tools.triage import conversation


class Page:
    """One patient's session."""

    def __init__(self, assistant: Assistant, country: str) -> None:
        self._assistant = assistant
        self._session = assistant.open(Role.PATIENT, country)

    def say(self, said: str, chosen: Sequence[str]) -> Said:
        answer = self._assistant.ask(self._session, said, chosen)
        kept = self._assistant.sessions.get(self._session)
        talk, turn = conversation.stands(kept.talk, kept.patient)
        told, spoken, whole = texts(answer)
        claims = "\n".join(claim.text for claim in answer.claims)
        return Said(told, spoken, whole, claims, talk, turn, answer.level)


def texts(answer: Answer) -> tuple[str, str, str]:
    """The text of an answer, the text with its question, and everything of ours that is shown."""
    first = answer.first_action
    told = answer.reply if answer.reply.startswith(first) else f"{first} {answer.reply}".strip()
    asked = answer.asked
    spoken = told if asked is None or asked.text in told else f"{told} {asked.text}"
    labels = () if asked is None else tuple(f"{option.label}." for option in asked.options)
    return told, spoken, "\n".join([spoken, *labels, *answer.would_change, *answer.notes])


@contextmanager
def assistant() -> Iterator[Assistant]:
    """An assistant with the embedded default and a folder of its own; warm, and with the first reading behind it."""
    with TemporaryDirectory() as folder, closing(Assistant(Settings(data_dir=Path(folder)))) as own:
        own.warm()
        own.ask(own.open(Role.PATIENT, "GB"), "I have a cold")
        yield own


def held(talkers: Sequence[Talker]) -> tuple[Held, ...]:
    """Each conversation in a session of its own, one after the other."""
    with assistant() as own:
        return tuple(hold(one, Page(own, one.country)) for one in talkers)
