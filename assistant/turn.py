"""One turn in the making: what goes in, what a model drafts, and what the guards decide about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Answer, Attachment, CallRecord, NotShown, Role
from retrieval.evidence import LONGEST_STATEMENT, Artifact, Evidence, Finding, ToolResult, Word
from retrieval.patient import Patient
from tools.registry import Attached, Context
from tools.triage.conversation import Talk

if TYPE_CHECKING:
    from assistant.events import Event
    from assistant.gate import Gate


class Earlier(Word):
    """What a later turn may still refer to."""

    question: str
    queries: tuple[str, ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    """Evidence id and statement."""


class TurnInput(Word):
    """Everything a planner may look at; the same for rules and for a language model."""

    turn: int
    role: Role
    question: str
    patient: Patient = Patient()
    attachments: tuple[Attachment, ...] = ()
    """Files that came with this question."""
    earlier: tuple[Earlier, ...] = ()
    told: tuple[str, ...] = ()
    """What was told about the patient beside any question; the frame has no place for every value of it."""
    talk: Talk | None = None
    """A patient's talk with what was just said taken in; None for a clinician."""


class Sentence(BaseModel):
    """One sentence that says only what the named evidence says."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_STATEMENT)]
    evidence: list[str] = Field(description="ids of the evidence that carries the sentence, such as t1c1e1")


class Draft(BaseModel):
    """Your answer. Call this once, after the tools have answered: one short sentence for each finding used."""

    model_config = ConfigDict(extra="forbid")

    sentences: Annotated[list[Sentence], Field(max_length=40)]


Judgement = Literal["supported", "corrected", "misattributed", "unfounded"]


@dataclass(frozen=True)
class Verdict:
    """What verify decided about a sentence. ``evidence`` are the ids after a correction."""

    text: str
    judgement: Judgement
    reason: str
    evidence: tuple[str, ...]
    withheld: str = ""
    """What stands in place of the text where even the list of refused sentences must not repeat it."""

    @property
    def shown(self) -> bool:
        return self.judgement in ("supported", "corrected")


class Cited(Word):
    """An evidence with its id, the finding that it belongs to and the tool that brought it."""

    id: str
    evidence: Evidence
    finding: Finding
    tool: str

    @property
    def call(self) -> str:
        """The call that brought it: the id without its last part."""
        return self.id.rpartition("e")[0]

    @property
    def finding_key(self) -> tuple[str, str]:
        """The same for all evidence of one finding."""
        return (self.call, self.finding.statement)


@dataclass
class Turn:
    """The working state of one turn; made for it and thrown away with it, so nothing leaks into the next."""

    given: TurnInput
    context: Context
    answer_id: str
    session: str
    gate: Gate | None = None
    results: dict[int, ToolResult] = field(default_factory=dict)
    """By the call's place in the turn, so that parallel tools cannot change the order."""
    calls: dict[int, CallRecord] = field(default_factory=dict)
    pictures: dict[str, Artifact] = field(default_factory=dict)
    earlier: tuple[Cited, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    not_shown: tuple[NotShown, ...] = ()
    wording: str = "rules"
    notes: list[str] = field(default_factory=list)
    answer: Answer | None = None
    model_seconds: float = 0.0
    deadline: float = float("inf")
    tell: Callable[[Event], None] = lambda event: None
    """Takes each event as it happens."""
    reraise: bool = False
    """Let a bug in a tool propagate (tests) instead of turning it into a failed call."""

    @property
    def late(self) -> bool:
        return time.monotonic() > self.deadline

    def cited(self) -> dict[str, Cited]:
        """All evidence of the session by id: this turn's in call order, then that of earlier turns."""
        here = [
            entry
            for place in sorted(self.results)
            for entry in numbered(self.given.turn, place, self.results[place])
        ]
        return {entry.id: entry for entry in (*here, *self.earlier)}


def numbered(turn: int, place: int, result: ToolResult) -> tuple[Cited, ...]:
    """The evidence of one call with ids ``t<turn>c<call>e<n>``; a call's ids never depend on other calls."""
    entries: list[Cited] = []
    for finding in result.findings:
        for evidence in finding.evidence:
            name = f"t{turn}c{place}e{len(entries) + 1}"
            entries.append(Cited(id=name, evidence=evidence, finding=finding, tool=result.tool))
    return tuple(entries)


def attached(attachments: Sequence[Attachment]) -> Mapping[str, Attached]:
    """The session's files as tools may see them."""
    return {file.id: Attached(kind=file.kind, path=file.path) for file in attachments}
