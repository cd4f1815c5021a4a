"""What a page needs of the assistant, and what it keeps of one talk. Nothing is shared between browsers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from assistant.answer import Answer, Attachment, Role
from assistant.events import Answered, Event, Failed
from assistant.ui.chat import Messages
from retrieval.evidence import Artifact, ToolResult
from retrieval.patient import Patient

if TYPE_CHECKING:
    from assistant.sessions import Sessions
    from assistant.tickets import Tickets


class Desk(Protocol):
    """The assistant as a page sees it: :class:`assistant.ask.Assistant`."""

    @property
    def sessions(self) -> Sessions: ...
    @property
    def tickets(self) -> Tickets: ...
    @property
    def ready(self) -> Mapping[str, bool]: ...
    def warm(self) -> None: ...
    def open(self, role: Role, country: str = "") -> str: ...
    def attach(self, session: str, name: str, data: bytes) -> Attachment: ...
    def stream(self, session: str, question: str, chosen: Sequence[str] = ()) -> Iterator[Event]: ...
    def move(self, session: str, country: str) -> Answer | None: ...
    def summary(self, session: str) -> str: ...
    def picture(self, session: str, key: str) -> Artifact: ...
    def patient(self, session: str) -> Patient: ...
    def edit(self, session: str, field: str, value: str) -> Patient: ...
    def sheet(self, session: str, name: str) -> bytes: ...
    def call(self, session: str, tool: str, inputs: Mapping[str, Any]) -> ToolResult: ...
    def last(self, session: str, tool: str) -> ToolResult | None: ...
    def decide(
        self, session: str, card: str, outcome: Literal["accepted", "overridden"], reason: str = ""
    ) -> None: ...
    def forget(self, session: str) -> None: ...
    def sweep(self) -> int: ...
    def privacy_line(self) -> str: ...


@dataclass(frozen=True)
class Talk:
    """One browser tab's talk: the session's name, what is on the screen, and the answer the drawer shows."""

    session: str
    messages: Messages = field(default_factory=list)
    answer: Answer | None = None
    pending: str = ""
    """What was asked and is not yet answered; "" when no turn runs."""

    def after(self, event: Event, messages: Messages) -> Talk:
        """The talk after an event of its turn, with what the event made of the messages."""
        if isinstance(event, Answered):
            return replace(self, messages=messages, answer=event.answer, pending="")
        return replace(self, messages=messages, pending="" if isinstance(event, Failed) else self.pending)

    def resting(self, messages: Messages) -> Talk:
        """The talk when no turn runs any more."""
        return replace(self, messages=messages, pending="")


def take(upload: Mapping[str, Any] | str) -> tuple[str, bytes]:
    """The given name and the bytes of a file that Gradio cached; the cached copy is deleted.

    The cache is common to all browsers, so nothing may stay there.

    Raises:
        OSError: the cached copy is gone or cannot be read.
    """
    path = Path(upload if isinstance(upload, str) else upload["path"])
    try:
        return path.name, path.read_bytes()
    finally:
        path.unlink(missing_ok=True)
