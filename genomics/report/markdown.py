"""A report as Markdown. Foreign text is escaped: no markup, link or table can arise from it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from genomics.report.notice import foot, notice
from genomics.report.rows import Block, Bullets, Facts, Grid, Plot, Report, Words
from genomics.report.shown import shown
from retrieval.evidence import Table

_SIGNS = {ord(sign): f"\\{sign}" for sign in "\\`*_[]~$#!|"} | {
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord("&"): "&amp;",
}
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")
_START = re.compile(r"^(\d*)([-+.)=])(?=\s|$)")


def as_markdown(report: Report) -> str:
    """The whole report: notice, sections, sources, versions."""
    lines = [f"# {escaped(report.title)}", "", f"**{notice(report)}**", ""]
    for section in report.sections:
        lines += [f"## {escaped(section.title)}", ""]
        for block in section.blocks:
            lines += [*_block(block), ""]
    for title, items in foot(report):
        lines += [f"## {title}", "", *(f"- {escaped(item)}" for item in items), ""]
    return "\n".join(lines)


def escaped(text: str) -> str:
    """``text`` as one line that Markdown shows as it is."""
    line = shown(text).translate(_SIGNS)
    line = _ADDRESS.sub(lambda hit: f"{hit[1]}&#{ord(hit[2])};", line)
    return _START.sub(lambda hit: f"{hit[1]}\\{hit[2]}", line)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Words():
            yield f"**{escaped(block.text)}**" if block.strong else escaped(block.text)
        case Facts():
            yield from (f"- **{escaped(name)}:** {escaped(value)}" for name, value in block.pairs)
        case Bullets():
            yield from (f"- {escaped(item)}" for item in block.items)
        case Grid():
            yield from _grid(block.table)
        case Plot():
            yield f"*{escaped(block.alt)}*"


def _grid(table: Table) -> Iterator[str]:
    yield f"**{escaped(table.title)}**"
    yield ""
    yield f"| {' | '.join(map(escaped, table.columns))} |"
    yield f"|{'---|' * len(table.columns)}"
    yield from (f"| {' | '.join(map(escaped, row))} |" for row in table.rows)
