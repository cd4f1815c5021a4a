"""The words every part speaks: source, evidence, finding, outcome, tool result.

A statement exists here only as a :class:`Finding`, and a finding cannot be made without evidence: the type is the
guard, not a convention. Beneath this module there is only pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Protocol

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A string with something in it."""


class Word(BaseModel):
    """Base of the frozen types: no change after the making, no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Depth(StrEnum):
    """How deep a source was read: the reader must know whether a paper or only its abstract stands behind it."""

    RECORD = "record"
    ABSTRACT = "abstract"
    FULL_TEXT = "full text"
    GUIDELINE = "guideline"
    COMPUTATION = "computation"
    CHART = "chart"


class Kind(StrEnum):
    """What sort of statement a finding is."""

    CHART = "chart"
    LITERATURE = "literature"
    COMPUTED = "computed"
    GUIDELINE = "guideline"


class Outcome(StrEnum):
    """The six ways in which a tool can end; absence has a name."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    """Searched, and holds nothing."""
    NOT_COVERED = "not_covered"
    """This source does not speak about that; never to be read as "fine"."""
    NEEDS_INPUT = "needs_input"
    """Something is missing; ``missing`` names it."""
    BAD_INPUT = "bad_input"
    """Something is wrong with the input; the note names it and the mend."""
    UNAVAILABLE = "unavailable"
    """A source or model is not held; ``command`` brings it."""


class Action(StrEnum):
    """What a finding asks of the reader; everything but ``INFORM`` must be shown."""

    INFORM = "inform"
    CHANGE = "change"
    AVOID = "avoid"


class Source(Word):
    """A document, data set, model or record.

    ``id`` is the name under which we hold its text (``card:…``, ``fact:…``, ``rule:…``, ``model:…``, ``chart:…``).
    ``version`` is a version or an ISO date.
    """

    id: Text
    title: Text
    version: Text
    licence: Text
    depth: Depth
    url: str | None = None
    pmid: str | None = None
    doi: str | None = None
    year: int | None = None
    marks: tuple[str, ...] = ()
    """Warnings that travel with the source: "retracted", "draft", "local", "superseded by …"."""

    @property
    def when(self) -> str:
        """What a reader takes for its age: the year of a paper; the version of anything else."""
        paper = self.depth in (Depth.ABSTRACT, Depth.FULL_TEXT, Depth.GUIDELINE, Depth.RECORD) and self.year
        return str(self.year) if paper else self.version

    @property
    def link(self) -> str | None:
        """An address built from ids that we hold, never from retrieved text."""
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return f"https://doi.org/{self.doi}" if self.doi else self.url


class Evidence(Word):
    """One source and the exact quote, row or value in it that carries a statement."""

    source: Source
    quote: Text
    locator: str = ""
    """Where in the source: a section, a field, a row key, "characters 10-52"."""


LONGEST_STATEMENT = 4_000
"""Characters: what an answer can show as one sentence."""


class Finding(Word):
    """One statement with at least one evidence. ``certainty`` is in the source's own terms."""

    statement: Annotated[Text, Field(max_length=LONGEST_STATEMENT)]
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]
    kind: Kind
    certainty: str = "not graded"
    action: Action = Action.INFORM
    names: tuple[str, ...] = ()
    """Genes, variants, drugs, diseases that the statement speaks about (canonical names)."""
    score: float | None = None
    """Relevance to the question, 0 to 1, where the tool ranks its findings."""


class Artifact(Word):
    """A picture that comes with a result: bytes without metadata."""

    title: Text
    media_type: Text
    data: Base64Bytes
    alt: Text
    """What the picture shows, in words, for those who do not see it."""
    role: str = ""
    """Its part among the pictures of one result, such as "original" or "vessels"; pictures of one result that name a
    role other than "original" lie over the original, pixel on pixel; "drawn", a plot or a structure, stands alone."""


class Table(Word):
    """A table that comes with a result. Every row has as many cells as there are columns."""

    title: Text
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @model_validator(mode="after")
    def _rectangular(self) -> Table:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row of a table needs one cell for each column")
        return self


class ToolResult(Word):
    """What a tool says, in one of six outcomes. The registry fills in ``tool``, ``inputs`` and ``seconds``."""

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""
    command: str = ""
    searched: tuple[Source, ...] = ()
    """What was looked through, so that "nothing found" can say where."""
    versions: Mapping[str, str] = {}
    pictures: tuple[Artifact, ...] = ()
    tables: tuple[Table, ...] = ()
    tool: str = ""
    inputs: Mapping[str, Any] = {}
    seconds: float = 0.0

    @model_validator(mode="after")
    def _outcome_says_what_it_must(self) -> ToolResult:
        if (self.outcome is Outcome.FOUND) != bool(self.findings):
            raise ValueError("findings and the outcome 'found' come together or not at all")
        if self.outcome is Outcome.NEEDS_INPUT and not self.missing:
            raise ValueError("'needs_input' must name what is missing")
        if self.outcome is Outcome.UNAVAILABLE and not self.command:
            raise ValueError("'unavailable' must name the command that brings what is missing")
        if self.outcome is not Outcome.FOUND and not self.note:
            raise ValueError(f"'{self.outcome}' must say why in its note")
        return self


class Holder(Protocol):
    """Somebody who holds the text of sources and can be asked for it, so that a quote can be checked."""

    def text(self, source_id: str) -> str | None:
        """The whole text held under ``source_id``, or None if it is not held here."""

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids of the held sources in which ``quote`` stands."""


def found(*findings: Finding, **more: Any) -> ToolResult:
    """A result with findings."""
    return ToolResult(outcome=Outcome.FOUND, findings=findings, **more)


def not_found(note: str, **more: Any) -> ToolResult:
    """Searched, and nothing is there; the note says where was searched."""
    return ToolResult(outcome=Outcome.NOT_FOUND, note=note, **more)


def not_covered(note: str, **more: Any) -> ToolResult:
    """The source does not speak about that."""
    return ToolResult(outcome=Outcome.NOT_COVERED, note=note, **more)


def needs_input(note: str, *missing: str, **more: Any) -> ToolResult:
    """Something is missing; each of ``missing`` is a thing the user can give."""
    return ToolResult(outcome=Outcome.NEEDS_INPUT, note=note, missing=missing, **more)


def bad_input(note: str, **more: Any) -> ToolResult:
    """The input is wrong; the note names what and how to mend it."""
    return ToolResult(outcome=Outcome.BAD_INPUT, note=note, **more)


def unavailable(note: str, command: str, **more: Any) -> ToolResult:
    """A source or model is not held; ``command`` brings it."""
    return ToolResult(outcome=Outcome.UNAVAILABLE, note=note, command=command, **more)
