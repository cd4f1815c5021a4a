"""A research tool's result as text of at most 100 columns: wrapped sentences; a table that fits, or one that is folded.

A column that says the same in every row is said once; what does not fit side by side stands as a block for each row.
Only a word longer than the line (a SMILES) is left whole, so that it can be copied.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from assistant.research_report import mends
from retrieval.evidence import Table, ToolResult

WIDTH = 100
MOST = 24
"""Rows of a table that are printed."""
NARROWEST = 9
"""Characters to which a column may be squeezed before the table is folded into blocks."""
SAME = 16
"""Characters from which a column of one value is said once above its table."""
GAP, MARGIN = "  ", "  "


class Grid(NamedTuple):
    """A table's columns and rows, shorn of what was said above it."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def lines(result: ToolResult) -> list[str]:
    """The result as lines: findings, what is missing, tables, the note, what mends an absence."""
    told = [line for one in result.findings for line in _item(one.statement)]
    told += [line for one in result.missing for line in _item(f"needed: {one}")]
    for table in result.tables:
        told += ["", *grid(table)]
    told += ["", *_wrapped(result.note)] if result.note else []
    told += [f"{mends(result.outcome)}: {result.command}"] if result.command else []
    return told[1:] if told[:1] == [""] else told


def grid(table: Table) -> list[str]:
    """The table as lines under its title; of a long one the first rows, and how many more there are."""
    columns, rows = list(table.columns), [list(row) for row in table.rows[:MOST]]
    once = [at for at in range(len(columns)) if _same(rows, at)]
    told = [line for at in once for line in _item(f"in every row: {columns[at]} {rows[0][at]}", MARGIN)]
    left = [at for at in range(len(columns)) if at not in once]
    shorn = Grid([columns[at] for at in left], [[row[at] for at in left] for row in rows])
    more = len(table.rows) - len(rows)
    rest = [f"{MARGIN}… and {more} more rows; --json and --html have them all."] if more > 0 else []
    return [*_wrapped(table.title), *told, *(side_by_side(shorn) or _blocks(shorn)), *rest]


def _same(rows: Sequence[Sequence[str]], at: int) -> bool:
    return len(rows) > 2 and len(rows[0][at]) >= SAME and len({row[at] for row in rows}) == 1


def side_by_side(of: Grid) -> list[str]:
    """Side by side, with the widest columns squeezed; nothing where that would be too narrow."""
    natural = [max(map(len, (name, *(row[at] for row in of.rows)))) for at, name in enumerate(of.columns)]
    room = WIDTH - len(MARGIN) - len(GAP) * (len(natural) - 1)
    widest = _cap(natural, room)
    if widest < min(NARROWEST, max(natural, default=0)):
        return []
    widths = [min(wide, widest) for wide in natural]
    return [line for row in (of.columns, *of.rows) for line in _row(row, widths)]


def _cap(natural: Sequence[int], room: int) -> int:
    """The widest that a column may be so that all fit; 0 if they never do."""
    return next((cap for cap in range(room, 0, -1) if sum(min(wide, cap) for wide in natural) <= room), 0)


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    parts = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    high = max(map(len, parts), default=0)
    filled = [[*part, *[""] * (high - len(part))] for part in parts]
    return [
        (MARGIN + GAP.join(piece.ljust(width) for piece, width in zip(line, widths, strict=True))).rstrip()
        for line in zip(*filled, strict=True)
    ]


def _blocks(of: Grid) -> list[str]:
    """One block for each row: its first two cells, then the others by their names."""
    told: list[str] = []
    for row in of.rows:
        told += _item("  ".join(row[:2]), MARGIN)
        named = [f"{name} {cell}" for name, cell in zip(of.columns[2:], row[2:], strict=True) if cell.strip()]
        told += _item("; ".join(named), MARGIN * 3) if named else []
    return told


def _item(words: str, margin: str = "") -> list[str]:
    return _wrapped(words, margin or "- ", f"{margin}  ")


def _wrapped(words: str, first: str = "", then: str = "") -> list[str]:
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
