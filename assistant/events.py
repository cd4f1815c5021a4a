"""What happens during a turn, in order. Page, terminal, audit and evaluation read the same events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assistant.answer import Answer, Banner
from retrieval.evidence import Outcome, Word
from tools.triage.levels import Level


class Gated(Word):
    """The red-flag gate has read the words. No sentence of a model precedes this."""

    type: Literal["gate"] = "gate"
    level: Level | None
    first_action: str = ""
    banners: tuple[Banner, ...] = ()
    language: str = "en"


class FrameChanged(Word):
    """Values that the user's words or files added to the patient frame."""

    type: Literal["frame_changed"] = "frame_changed"
    changes: tuple[str, ...]


class CallStarted(Word):
    type: Literal["call_started"] = "call_started"
    id: str
    tool: str


class CallEnded(Word):
    """``outcome`` is None when the tool failed with a bug; ``trace`` then names the log entry."""

    type: Literal["call_ended"] = "call_ended"
    id: str
    tool: str
    outcome: Outcome | None
    seconds: float
    note: str = ""
    trace: str = ""


class Drafting(Word):
    type: Literal["drafting"] = "drafting"
    model: str


class Checked(Word):
    """How verify judged the drafted sentences."""

    type: Literal["checked"] = "checked"
    supported: int
    corrected: int
    dropped: int
    model_seconds: float = 0.0
    """Time that the planner's model took in this turn, in seconds."""


class Answered(Word):
    type: Literal["answer"] = "answer"
    answer: Answer


class Failed(Word):
    """The turn could not be finished; ``reason`` is for the user, ``trace`` for the log."""

    type: Literal["failed"] = "failed"
    reason: str
    trace: str = ""


Event = Annotated[
    Gated | FrameChanged | CallStarted | CallEnded | Drafting | Checked | Answered | Failed,
    Field(discriminator="type"),
]
