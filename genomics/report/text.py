"""A report as plain text for a terminal: no markup, wide tables as one block per row."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from genomics.report.notice import foot, notice
from genomics.report.rows import Block, Bullets, Facts, Grid, Plot, Report, Words
from genomics.report.shown import shown
from retrieval.evidence import Table

WIDTH = 100
WIDE = 3
"""A table with more columns is told row by row."""


def as_text(report: Report) -> str:
    """The whole report: notice, sections, sources, versions."""
    lines = [shown(report.title, WIDTH), *_wrapped(notice(report))]
    for section in report.sections:
        lines += ["", shown(section.title, WIDTH)]
        lines.append("-" * min(WIDTH, len(lines[-1])))
        for block in section.blocks:
            lines += [*_block(block), ""]
    for title, items in foot(report):
        lines += [title, *(line for item in items for line in _wrapped(item, "- ")), ""]
    return "\n".join(lines)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Words():
            yield from _wrapped(block.text)
        case Facts():
            for name, value in block.pairs:
                yield from _wrapped(value, f"{shown(name)}: ")
        case Bullets():
            for item in block.items:
                yield from _wrapped(item, "- ")
        case Grid():
            yield from _grid(block.table)
        case Plot():
            return  # what it draws stands in the tables


def _grid(table: Table) -> Iterator[str]:
    yield shown(table.title, WIDTH)
    for row in table.rows:
        if len(table.columns) <= WIDE:
            yield from _wrapped(", ".join(cell for cell in row[1:] if cell), f"  {shown(row[0], WIDTH)}: ")
            continue
        yield f"  {shown(row[0], WIDTH)}"
        for name, cell in zip(table.columns[1:], row[1:], strict=True):
            if cell:
                yield from _wrapped(cell, f"    {shown(name)}: ")


def _wrapped(words: str, first: str = "") -> list[str]:
    rest = " " * (len(first) - len(first.lstrip()) + 2 if first else 0)
    return textwrap.wrap(shown(words), WIDTH, initial_indent=first, subsequent_indent=rest) or [
        first.rstrip()
    ]
