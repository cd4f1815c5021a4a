"""A sheet as Markdown: every character of foreign text stands as itself, never as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.handover.sheet import Block, Grid, Heading, Items, NewPage, Paragraph, Sheet
from assistant.render import printable

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_LINE_START = re.compile(r"^(\d{0,9})([-+.)=])(?=[\s=-]|$)")
"""What would begin a list, a rule or an underlined heading."""


def markdown(sheet: Sheet) -> str:
    """The sheet; tables as pipe tables, the annex behind a rule."""
    lines = [f"# {_plain(sheet.title)}", ""]
    for block in sheet.blocks:
        lines += [*_block(block), ""]
    return "\n".join(lines).rstrip() + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text, level=level):
            yield f"{'#' * level} {_plain(text)}"
        case Paragraph(text=text):
            yield _plain(text)
        case Items(lines=entries, numbered=numbered):
            yield from (
                f"{f'{place}.' if numbered else '-'} {_plain(entry)}"
                for place, entry in enumerate(entries, 1)
            )
        case Grid(columns=columns, rows=rows):
            yield _row(columns)
            yield "|" + " --- |" * len(columns)
            yield from (_row(row) for row in rows)
        case NewPage():
            yield "---"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _plain(text: str) -> str:
    inert = _MARKUP.sub(r"\\\1", " ".join(printable(text).split()))
    return _LINE_START.sub(r"\1\\\2", inert)
