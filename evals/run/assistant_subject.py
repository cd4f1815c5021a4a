"""The assistant as a subject: a folder of its own, a session for each case, the blocking turn in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from assistant.answer import Answer, Role
from assistant.ask import Assistant
from assistant.events import Answered, Failed
from assistant.sessions import SessionError
from assistant.settings import Settings, load
from evals.cases.case import Presented, Said
from evals.run import shelf
from evals.run.papers import SHELF, on_shelf
from evals.run.screen import Taken, shown
from evals.run.strain import STRAINS, strained
from evals.run.trace import Shown
from evals.run.trouble import broken


class TurnLost(RuntimeError):
    """The assistant ended a turn with a fault of its own; the message has the number of its log entry."""


class AssistantTalk:
    """One case's session; each turn through the same door as the pages."""

    def __init__(self, assistant: Assistant, presented: Presented) -> None:
        self._usual = assistant.settings.data_dir
        self._assistant, self._presented = assistant, presented
        self._session = assistant.open(Role(presented.role), presented.country)
        self._words = [presented.chart]
        self._refused: list[str] = []
        if presented.chart:
            assistant.tell(self._session, presented.chart)

    async def say(self, said: Said, chosen: Sequence[str] = ()) -> Shown:
        return await asyncio.to_thread(self._said, said, tuple(chosen))

    async def close(self) -> None:
        await asyncio.to_thread(self._assistant.forget, self._session)

    def _said(self, said: Said, chosen: tuple[str, ...]) -> Shown:
        self._attach(said.files)
        self._words.append(said.text)
        setting = self._presented.trouble
        strain = setting if setting in STRAINS else ""
        own = strain or setting == SHELF
        with broken("" if own else setting), on_shelf(setting, self._usual, self._usual / "papers"):
            seen = self._turn(said.text, chosen)
        told = seen.model_copy(update={"text": "\n".join([*self._refused, seen.text])})
        self._refused = []
        return strained(strain, self._assistant, self._session, told)

    def _attach(self, names: Sequence[str]) -> None:
        """Files as the page attaches them; what is refused is what the reader sees."""
        held = {file.name: file.data for file in self._presented.files}
        for name in names:
            try:
                self._assistant.attach(self._session, name, held[name])
            except SessionError as refused:
                self._refused.append(f"{name}: {refused}")

    def _turn(self, text: str, chosen: tuple[str, ...]) -> Shown:
        began, first = perf_counter(), None
        for event in self._assistant.stream(self._session, text, chosen):
            now = perf_counter() - began
            first = now if first is None else first
            match event:
                case Answered():
                    return self._shown(event.answer, Taken(now, first))
                case Failed() if event.trace:
                    raise TurnLost(f"{event.reason} (trace {event.trace})")
                case Failed():
                    return Shown(text=event.reason, reply=event.reason, seconds=now, first_seconds=first)
        raise TurnLost("The turn ended without an answer.")

    def _shown(self, answer: Answer, taken: Taken) -> Shown:
        last = self._assistant.sessions.get(self._session).turns[-1]
        return shown(answer, last.results, "\n".join(self._words), taken)


class AssistantSubject:
    """The assistant of this checkout. ``rules`` is the embedded default; ``model`` the one that the settings name.

    The first ``open`` loads it: about 15 s on one core with a built index.
    """

    def __init__(self, model: str = "rules", data_dir: Path | None = None) -> None:
        self._settings = Settings() if model == "rules" else load()
        name = self._settings.model.name or self._settings.model.provider
        self.id = f"assistant/{'rules' if model == 'rules' else name}"
        self.deterministic = self._settings.model.provider == "rules"
        self._folder = data_dir
        self._own: TemporaryDirectory[str] | None = None
        self._assistant: Assistant | None = None
        self._loading = threading.Lock()

    async def open(self, presented: Presented) -> AssistantTalk:
        return await asyncio.to_thread(self._opened, presented)

    def _opened(self, presented: Presented) -> AssistantTalk:
        with self._loading:
            self._assistant = self._assistant or self._load()
        return AssistantTalk(self._assistant, presented)

    def close(self) -> None:
        """Let go of the assistant and of its folder."""
        if self._assistant is not None:
            self._assistant.close()
            self._assistant = None
        if self._own is not None:
            self._own.cleanup()
            self._own = None

    def _load(self) -> Assistant:
        from retrieval.search import configure

        folder = self._folder
        if folder is None:
            self._own = TemporaryDirectory(prefix="consilium-subject-")
            folder = Path(self._own.name)
            shelf.fill(folder)
        configure(folder)
        assistant = Assistant(self._settings.model_copy(update={"data_dir": folder}))
        assistant.warm()
        return assistant
