"""What a subject did with a case: what was shown, called, cited and asked, turn by turn. Scorers read only this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.cases.case import LEVELS, Level
from retrieval.evidence import Text, Word


class Called(Word):
    """One tool call. ``outcome`` None: the tool failed."""

    tool: Text
    arguments: Mapping[str, Any] = {}
    outcome: str | None = None
    note: str = ""
    missing: tuple[str, ...] = ()
    seconds: float = 0.0


class Cited(Word):
    """One evidence of a shown claim."""

    source: Text
    """Its id: "card:…", "fact:…", "pmid …"."""
    quote: str
    pmid: str = ""
    title: str = ""
    marks: tuple[str, ...] = ()
    held: bool | None = None
    """Whether the source is held here under this id and the quote stands in it; None where nobody could look."""


class Claimed(Word):
    """One shown sentence with what carries it. ``action``: inform, change or avoid."""

    text: Text
    cited: tuple[Cited, ...] = ()
    action: str = "inform"
    tool: str = ""


class Shown(Word):
    """One turn as the reader saw it."""

    text: str
    """Everything that stood on the screen, in reading order."""
    reply: str = ""
    """What was said beside the claims (templates: urgency, refusal, question back)."""
    level: Level | None = None
    """The urgency as a field; None: no level was stated."""
    flags: tuple[str, ...] = ()
    """Ids of fired red-flag rules."""
    flag_words: tuple[str, ...] = ()
    """The user's words that fired them."""
    claims: tuple[Claimed, ...] = ()
    calls: tuple[Called, ...] = ()
    asked: tuple[str, ...] = ()
    """Ids of questions that were asked, and the names of missing inputs."""
    ask_text: str = ""
    choices: Mapping[str, str] = {}
    """Id to label of the answers that can be chosen to the question that waits."""
    not_answered: tuple[str, ...] = ()
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()
    """Rows with the head row first."""
    language: str = "en"
    seconds: float = 0.0
    first_seconds: float | None = None
    """To the first event."""
    tokens: int = 0


class Trace(Word):
    """A case as one subject lived it."""

    case: Text
    subject: Text
    repeat: int = 0
    said: tuple[str, ...] = ()
    """What the person said in each turn, as it was given to the subject."""
    shown: tuple[Shown, ...] = ()
    unmatched: int = 0
    """Questions that the simulated patient did not understand."""
    error: str = ""
    """A crash, in one line with its traceback after it; the case counts as failed."""
    peak_mib: float = 0.0

    @property
    def last(self) -> Shown | None:
        return self.shown[-1] if self.shown else None

    @property
    def highest(self) -> Level | None:
        """The highest level of any turn: what was once said to be urgent was said."""
        told: set[Level] = {turn.level for turn in self.shown if turn.level is not None}
        return next((level for level in reversed(LEVELS) if level in told), None)

    @property
    def text(self) -> str:
        """Everything shown in all turns."""
        return "\n".join(turn.text for turn in self.shown)
