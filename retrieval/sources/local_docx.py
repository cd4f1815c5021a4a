"""A Word file (docx) as blocks: paragraphs, headings by their style, tables as rows.

The XML is walked directly, because a paragraph's own text in python-docx leaves out what stands in content controls
and what was inserted while changes were tracked; what was deleted then is not text. Heads and feet of the pages and
footnotes are parts of their own and are not read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from retrieval.sources.blocks import (
    AGAIN,
    Block,
    Reading,
    Unreadable,
    assembled,
    first_heading,
    raised,
    row,
    sensible,
)

MAX_UNPACKED = 200 * (1 << 20)
"""Bytes of all parts unpacked: a docx is a zip archive, and one of a few kilobytes can unpack to gigabytes."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BETWEEN = frozenset(f"{_W}{name}" for name in ("tab", "br", "cr", "ptab"))
_TEMPLATE_YEAR = 2013
"""python-docx stamps its own template's date on every file that it makes."""


def read(path: Path) -> Reading:
    """The file's text; its title and date are those of its properties, else the title is its first heading.

    Raises:
        Unreadable: it is no docx, is damaged or encrypted, or unpacks to more than 200 MB.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from lxml import etree

    _weighed(path)
    try:
        held = docx.Document(str(path))
        about = held.core_properties
        title, changed, made = about.title, about.modified, about.created
    except (OpcError, etree.LxmlError, zipfile.BadZipFile, KeyError, ValueError) as wrong:
        raise Unreadable(f"damaged, or not a Word file (docx); {AGAIN}") from wrong
    levels = {style.style_id: _level(style.name or "") for style in held.styles if style.type == 1}
    blocks = list(_blocks(held.element.body, levels))
    return assembled(blocks, sensible(title or "") or first_heading(blocks), _day(changed) or _day(made))


def _weighed(path: Path) -> None:
    with path.open("rb") as file:
        old = file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    if old:
        raise Unreadable("encrypted, or an old Word file (doc): save it as docx without a password")
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError) as wrong:
        raise Unreadable(f"damaged, or not a Word file (docx); {AGAIN}") from wrong
    if unpacked > MAX_UNPACKED:
        raise Unreadable(f"unpacks to {unpacked / (1 << 20):,.0f} MB, more than {MAX_UNPACKED >> 20} MB")


def _day(when: datetime | None) -> str:
    return when.date().isoformat() if when and when.year > _TEMPLATE_YEAR else ""


def _level(style: str) -> int:
    if style.casefold() == "title":
        return 1
    heading = re.fullmatch(r"heading (\d)", style.casefold())
    return int(heading.group(1)) if heading else 0


def _blocks(parent: Any, levels: dict[str, int]) -> Iterator[Block]:
    for child in parent:
        if child.tag == f"{_W}p":
            yield Block(_text(child), _level_of(child, levels))
        elif child.tag == f"{_W}tbl":
            for line in child.iterchildren(f"{_W}tr"):
                cells = (cell for cell in line.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is line)
                yield Block(row(map(_text, cells)))
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"):
            yield from _blocks(child, levels)


def _level_of(paragraph: Any, levels: dict[str, int]) -> int:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    level = levels.get(style.get(f"{_W}val"), 0) if style is not None else 0
    outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
    if level or outline is None:
        return level
    value = int(outline.get(f"{_W}val") or 9)
    return value + 1 if value < 9 else 0


def _text(element: Any) -> str:
    """The visible text under a paragraph or a cell, paragraphs and line breaks as blanks."""
    pieces: list[str] = []
    for node in element.iter():
        if node.tag == f"{_W}t" and not _unseen(node):
            pieces.append(raised(node.text or "") if _shift(node) == "superscript" else node.text or "")
        elif node.tag in _BETWEEN or node.tag == f"{_W}p":
            pieces.append(" ")
        elif node.tag == f"{_W}noBreakHyphen":
            pieces.append("-")
    return "".join(pieces)


def _unseen(node: Any) -> bool:
    """Whether a text is hidden, or stands a second time for programs that know no text boxes."""
    vanish = node.getparent().find(f"{_W}rPr/{_W}vanish")
    hidden = vanish is not None and vanish.get(f"{_W}val") not in ("0", "false")
    return hidden or any(above.tag == _FALLBACK for above in node.iterancestors())


def _shift(node: Any) -> str:
    shift = node.getparent().find(f"{_W}rPr/{_W}vertAlign")
    return "" if shift is None else str(shift.get(f"{_W}val"))
