"""The research tools' results as one HTML file: no script, nothing fetched, every number as the tool said it.

A report holds what was asked (inputs and seed), each finding with the quote and source that carry it (each quote
once), the tables, the pictures inside the page, and what the models leave out. It is made from the
:class:`~retrieval.evidence.ToolResult` alone, so the page, the command line and a stored run give the same report.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answer import NOTICE
from assistant.render import printable
from retrieval.evidence import Artifact, Evidence, Finding, Outcome, Source, ToolResult
from tools.registry import title_of

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = Path(__file__).with_name("research_report.j2")
WARNINGS = {
    "simulate_drug": "Simulated in virtual patients: it explains and compares; it does not say what to take.",
    "molecule_profile": "Computed from a structure: model scores, no clinical risk, no statement of safety.",
    "design_molecules": "Computer-made structures, hypotheses, not drugs; none was made or tested.",
}
"""The line that stands over every report of a tool."""


def as_html(result: ToolResult, *, made: datetime | None = None) -> str:
    """The whole report as HTML, UTF-8. ``made`` is when it was made (now, UTC, where it is not given)."""
    when = (made or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC")
    return _template().render(
        title=title_of(result.tool) if result.tool else "Result",
        warning=WARNINGS.get(result.tool, ""),
        notice=NOTICE,
        made=when,
        outcome=result.outcome.value,
        inputs=[
            (name, _said(value)) for name, value in result.inputs.items() if value not in (None, "", [], {})
        ],
        findings=list(_findings(result.findings)),
        missing=result.missing,
        note=printable(result.note),
        command=result.command,
        mends=mends(result.outcome),
        tables=result.tables,
        pictures=[(one, beyond_title(one), _address(one)) for one in result.pictures],
        sources=_sources(result),
        versions=sorted(result.versions.items()),
    )


def _findings(found: Sequence[Finding]) -> Iterator[tuple[str, str, list[tuple[str, Evidence]]]]:
    """Statement, certainty and quotes; a quote is told once, and without the statement where it begins with that."""
    told: set[str] = set()
    for one in found:
        quotes = [(_beyond(one.statement, entry.quote), entry) for entry in one.evidence]
        new = [(words, entry) for words, entry in quotes if words and words not in told]
        told |= {words for words, _ in quotes}
        yield printable(one.statement), one.certainty, new


def _beyond(statement: str, quote: str) -> str:
    return printable(quote.removeprefix(statement).strip())


def mends(outcome: Outcome | None) -> str:
    """What the command of an absence is for: it brings what is missing, or runs what was too long for its caller."""
    return "On the command line" if outcome is Outcome.BAD_INPUT else "To get it"


def beyond_title(picture: Artifact) -> str:
    """What the words of a picture say beyond its title, which stands before them."""
    return picture.alt.removeprefix(picture.title).lstrip(".:, ")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(TEMPLATE.read_text(encoding="utf-8"))


def _address(picture: Artifact) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"


def _said(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(map(_said, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(one)}" for name, one in value.items())
    return printable(str(value))


def _sources(result: ToolResult) -> list[Source]:
    held = {entry.source.id: entry.source for finding in result.findings for entry in finding.evidence}
    return list(held.values())
