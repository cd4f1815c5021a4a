"""What the research page shows, as HTML: a tool's result with its pictures and tables, the models and what genes do.

Pure. A result stands under the line that says what it is not: sentences first, then pictures, then tables, the long
ones folded. An outcome without findings says why and what mends it.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from assistant.research_report import WARNINGS, as_html, mends
from assistant.ui import pictures, wording
from assistant.ui.plain import link, plain, shortened, table
from retrieval.evidence import Finding, Outcome, Table, ToolResult

NOTHING = '<p class="empty">The result appears here.</p>'
WORKING = (
    '<p class="empty" role="status">Computing. The first run of a tool also loads its models; longer runs belong on '
    "the command line.</p>"
)
OPEN = 6
"""Findings that stand open; the rest is folded."""
FIRST, SHORT = 30, 6
"""Rows up to which the first table, and each other, stands open."""
SMILES = "SMILES"


def result(told: ToolResult) -> str:
    """A result whole: warning, findings, what is missing, pictures, tables."""
    warning = f'<p class="warning">{plain(WARNINGS[told.tool])}</p>' if told.tool in WARNINGS else ""
    if told.outcome is not Outcome.FOUND:
        return warning + _absent(told)
    drawn = "".join(map(pictures.figure, told.pictures))
    return warning + _findings(told.findings) + drawn + folded(told.tables) + _note(told)


def _absent(told: ToolResult) -> str:
    needs = f"<p><b>Needed:</b> {plain('; '.join(told.missing))}</p>" if told.missing else ""
    brings = f"<p>{mends(told.outcome)}: <code>{plain(told.command)}</code></p>" if told.command else ""
    badge = wording.outcome_badge(told.outcome, told.tool)
    return f'<p class="refused" role="alert">{badge} {plain(told.note)}</p>{needs}{brings}'


def _note(told: ToolResult) -> str:
    return f'<p class="src">{plain(told.note)}</p>' if told.note else ""


def _findings(found: Sequence[Finding]) -> str:
    rows = [_finding(one) for one in found]
    rest = rows[OPEN:]
    more = f"<details><summary>{len(rest)} more</summary><ul>{''.join(rest)}</ul></details>" if rest else ""
    return f"<ul>{''.join(rows[:OPEN])}</ul>{more}"


def _finding(one: Finding) -> str:
    first = one.evidence[0]
    return (
        f"<li>{plain(one.statement)}<details><summary>{plain(first.source.title)}</summary>"
        f"<q>{plain(first.quote)}</q> {plain(first.locator)} {link(first.source)}</details></li>"
    )


def saved(told: ToolResult, name: str) -> tuple[str, str] | None:
    """The report as a ``data:`` address and its file name; None where there is nothing to save."""
    if told.outcome is not Outcome.FOUND:
        return None
    body = base64.b64encode(as_html(told).encode()).decode("ascii")
    return f"data:text/html;charset=utf-8;base64,{body}", f"{name}.html"


def structures(told: ToolResult) -> list[tuple[str, str]]:
    """The structures of a result's first table that lists any, as words (its first cell) and SMILES."""
    listing = next((grid for grid in told.tables if SMILES in grid.columns), None)
    if listing is None:
        return []
    at = listing.columns.index(SMILES)
    return [(f"{row[0]}: {shortened(row[at], 60)}", row[at]) for row in listing.rows]


def folded(grids: Sequence[Table]) -> str:
    """The tables; the first stands open unless it is very long, another one only if it is short."""
    return "".join(
        table(grid) if len(grid.rows) <= (SHORT if at else FIRST) else fold(grid)
        for at, grid in enumerate(grids)
    )


def fold(grid: Table) -> str:
    """A table behind its title."""
    words = f"{plain(grid.title)} ({len(grid.rows)} rows)"
    return f'<details class="folded"><summary>{words}</summary>{table(grid)}</details>'
