"""Findings as CDS Hooks cards: what is said in under 140 characters, the detail, the source, and how to answer.

Source of the form: CDS Hooks 2.0 (HL7), card attributes. Members that are empty are left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import Field

from retrieval.evidence import Action, Evidence, Finding, Outcome, Text, ToolResult, Word
from tools.treatment.predicates import Level

SUMMARY = 140
"""Characters that a summary stays below."""
NAMESPACE = uuid.UUID("6f1d3a52-8f0e-5d53-9c57-0d5b8f3f7a10")
"""Ours: the same finding has the same card, so that feedback meets it."""
MOST_DETAIL = 4_000
INDICATORS: dict[Level, Literal["info", "warning", "critical"]] = {
    Level.AVOID: "critical",
    Level.CHANGE: "warning",
    Level.MONITOR: "info",
    Level.NOTE: "info",
}
ACTIONS = {Level.AVOID: "Avoid", Level.CHANGE: "Change", Level.MONITOR: "Monitor", Level.NOTE: "Note"}


class Coding(Word):
    """A reason from the closed list."""

    code: Text
    display: Text


OVERRIDE_REASONS = (
    Coding(code="benefit-outweighs-risk", display="The benefit outweighs the risk"),
    Coding(code="already-monitored", display="Already monitored"),
    Coding(code="not-applicable", display="Does not apply to this patient"),
    Coding(code="other", display="Another reason"),
)


class CardSource(Word):
    """Who says so."""

    label: Text
    url: str | None = None


class Suggestion(Word):
    """Something that could be done instead; never an order."""

    label: Text
    uuid: Text


class Link(Word):
    """An address of a source."""

    label: Text
    url: Text
    type: Literal["absolute"] = "absolute"


class Card(Word):
    """One finding as a card. ``as_json`` is what a CDS client is sent."""

    uuid: Text
    summary: Annotated[str, Field(min_length=1, max_length=SUMMARY - 1)]
    detail: str
    indicator: Literal["info", "warning", "critical"]
    source: CardSource
    suggestions: tuple[Suggestion, ...] = ()
    selectionBehavior: Literal["any", "at-most-one"] | None = None
    overrideReasons: tuple[Coding, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def as_json(self) -> dict[str, object]:
        """The card without its empty members."""
        given = self.model_dump(mode="json", exclude_none=True)
        return {name: value for name, value in given.items() if value not in ((), [], "")}


def level_of(finding: Finding) -> Level:
    """The level of a finding of ``check_drugs``: its action, and for one that only informs the word that opens it."""
    if finding.action is Action.AVOID:
        return Level.AVOID
    if finding.action is Action.CHANGE:
        return Level.CHANGE
    return Level.NOTE if finding.statement.startswith(f"{ACTIONS[Level.NOTE]}:") else Level.MONITOR


def cards(
    graded: Iterable[tuple[Level, Finding]], *, as_of: str, alternatives: Sequence[str] = ()
) -> tuple[Card, ...]:
    """One card for each finding of level note or more, the strictest first."""
    told = sorted((one for one in graded if one[0] is not Level.NONE), key=lambda one: -one[0].rank)
    return tuple(_card(level, finding, as_of, alternatives) for level, finding in told)


def of_result(result: ToolResult) -> tuple[Card, ...]:
    """The cards of a result of ``check_drugs``; none where it found nothing."""
    if result.outcome is not Outcome.FOUND:
        return ()
    as_of = next(iter(result.versions.values()), "")
    return cards(((level_of(one), one) for one in result.findings), as_of=f"version {as_of}")


def _card(level: Level, finding: Finding, as_of: str, alternatives: Sequence[str]) -> Card:
    name = str(uuid.uuid5(NAMESPACE, "|".join((finding.evidence[0].source.id, finding.statement))))
    offered = tuple(
        Suggestion(label=f"Consider {other}", uuid=str(uuid.uuid5(NAMESPACE, f"{name}|{other}")))
        for other in alternatives
        if level is Level.AVOID
    )
    first = finding.evidence[0].source
    return Card(
        uuid=name,
        summary=_summary(level, finding),
        detail=_detail(finding, as_of),
        indicator=INDICATORS[level],
        source=CardSource(label=first.title, url=first.link),
        suggestions=offered,
        selectionBehavior="at-most-one" if offered else None,
        overrideReasons=OVERRIDE_REASONS if level.interrupts else (),
        links=_links(finding.evidence),
    )


def _summary(level: Level, finding: Finding) -> str:
    """Action, drugs, reason; cut at a word where it would be too long."""
    words = finding.statement
    if not words.startswith(ACTIONS[level]):
        words = f"{ACTIONS[level]}: {words}"
    if len(words) < SUMMARY:
        return words
    return words[: SUMMARY - 2].rsplit(" ", 1)[0] + "…"


def _detail(finding: Finding, as_of: str) -> str:
    """Why for this patient, the sources, and what the knowledge is; Markdown with foreign signs neutralised."""
    lines = [_plain(finding.statement), "", f"Certainty: {_plain(finding.certainty)}.", "", "Sources:"]
    for one in finding.evidence:
        marks = f" ({', '.join(one.source.marks)})" if one.source.marks else ""
        lines.append(f"- {_plain(one.source.title)}, {_plain(one.locator or one.source.version)}{marks}")
    lines += ["", f"Knowledge as of {as_of}, draft: not reviewed by a clinician."]
    return "\n".join(lines)[:MOST_DETAIL]


def _plain(text: str) -> str:
    return text.replace("<", "‹").replace(">", "›").replace("`", "'")


def _links(evidence: Iterable[Evidence]) -> tuple[Link, ...]:
    found = {one.source.link: one.source.title for one in evidence if one.source.link}
    return tuple(Link(label=title, url=url) for url, title in found.items())
