"""What reaches the screen: claims with their evidence, what could not be answered, and what would change it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from retrieval.evidence import Action, Depth, Evidence, Kind, Outcome, Table, Text, Word
from retrieval.patient import Patient
from tools.triage.levels import Level


class Role(StrEnum):
    """Who asks. A patient gets no doses, no ranking of treatments and no reclassification."""

    CLINICIAN = "clinician"
    PATIENT = "patient"


class Attachment(Word):
    """A file of this session. Tools are given the id, never a path or a name from outside."""

    id: Text
    name: str
    """The name the user gave it: shown escaped, never used as a path, never given to a model."""
    kind: str
    """What the content is by its first bytes: "image", "dicom", "vcf", "text", "unknown"."""
    path: str
    """Where this session keeps it."""


class Claim(Word):
    """A sentence of the answer and the evidence that carries it."""

    id: Text
    text: Text
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]
    evidence_ids: Annotated[tuple[str, ...], Field(min_length=1)]
    kind: Kind
    action: Action = Action.INFORM
    certainty: str = ""
    tool: str = ""
    corrected: bool = False
    """The draft cited the wrong source and the right one of this session was put in its place."""

    @property
    def depth(self) -> Depth:
        return self.evidence[0].source.depth


class CallRecord(Word):
    """One tool call as the reader sees it: an outcome chip. ``failed`` is a bug in the tool, not an outcome."""

    id: Text
    tool: Text
    outcome: Outcome | None
    note: str = ""
    failed: bool = False
    sources: tuple[str, ...] = ()
    """Title and version of what the tool drew from."""


class Unanswered(Word):
    """One thing that could not be answered, in the outcome's own words."""

    tool: Text
    outcome: Outcome | None
    reason: Text
    missing: tuple[str, ...] = ()
    command: str = ""


class NotShown(Word):
    """A drafted sentence that was refused, with the reason."""

    text: Text
    verdict: Text
    reason: Text


class Banner(Word):
    """A fired red-flag rule: how soon, what to do first, and the rule's own source."""

    level: Level
    rule: Text
    text: Text
    source: Text
    words: str = ""
    """The user's words that fired the rule."""


class Choice(Word):
    """One answer that can be chosen, in the language of the talk."""

    id: Text
    label: Text


class Asked(Word):
    """The question that a patient is asked next, for any face to render; free words always answer it too."""

    id: Text
    text: Text
    kind: Literal["choose", "yes_no", "words"]
    options: tuple[Choice, ...]
    """With "none" and "unknown" where the question takes them."""
    several: bool = False
    """More than one option may be true."""

    @property
    def in_words(self) -> str:
        """For a face without buttons: the question with its answers."""
        return f"{self.text} ({'; '.join(option.label for option in self.options)})"


class Answer(Word):
    """One turn's answer. The first three claims stand open on the page, the rest is folded."""

    id: Text
    session: Text
    turn: int
    role: Role
    question: str
    level: Level | None = None
    """The urgency of the fired rules; None means that no rule fired, which is not a finding of safety."""
    first_action: str = ""
    banners: tuple[Banner, ...] = ()
    reply: str = ""
    """What is said beside the evidence: a refusal, a question back, a safety net. From templates, never a model."""
    ask: tuple[str, ...] = ()
    """Questions to the user in words, at most two."""
    asked: Asked | None = None
    """The same as something to choose from, for a patient."""
    language: str = "en"
    """In which the gate's texts are written."""
    claims: tuple[Claim, ...] = ()
    not_answered: tuple[Unanswered, ...] = ()
    not_shown: tuple[NotShown, ...] = ()
    would_change: tuple[str, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    pictures: tuple[str, ...] = ()
    """Keys of the pictures that the session holds for this turn."""
    tables: tuple[Table, ...] = ()
    patient: Patient = Patient()
    wording: str = "rules"
    """Who worded it: "rules" or the name of the model."""
    notes: tuple[str, ...] = ()


NOTICE = "Research software: not a medical device, not a doctor."
