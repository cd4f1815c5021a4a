"""A sheet as PDF: A4, the same bytes each time; characters that the font lacks are spelled out, never dropped."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from functools import cache
from html.entities import codepoint2name
from typing import Any
from xml.sax.saxutils import escape

from assistant.handover.sheet import Block, Grid, Heading, Items, NewPage, Sheet

FONT, BOLD = "Vera", "VeraBd"
"""Bitstream Vera, which reportlab carries."""
FOOT = "Consilium, research software: not a medical device. Draft, not reviewed."
_INK, _LINE, _SHADE = "#0f172a", "#cbd5e1", "#eef2f7"
_LEAST, _MOST = 8, 80
"""Parts of a table's width that a column has at least and at most: beside a very long cell the others stay readable."""


def pdf(sheet: Sheet) -> bytes:
    """The sheet. Text is escaped: nothing in it is read as markup."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    _fonts()
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file, pagesize=A4, leftMargin=16 * mm, rightMargin=16 * mm, topMargin=15 * mm, bottomMargin=15 * mm,
        title=sheet.title, author="Consilium", invariant=1,
    )  # fmt: skip
    story = [_text(sheet.title, "title")]
    for block in sheet.blocks:
        story += _flow(block, document.width)
    document.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return file.getvalue()


@cache
def _fonts() -> frozenset[int]:
    """Registers the fonts once; returns the code points that they cover."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    plain = TTFont(FONT, "Vera.ttf")
    pdfmetrics.registerFont(plain)
    pdfmetrics.registerFont(TTFont(BOLD, "VeraBd.ttf"))
    return frozenset(plain.face.charToGlyph)


@cache
def _style(name: str) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    sizes = {"title": (15, 19), "h2": (11, 14), "h3": (9.5, 12), "body": (8.5, 11.5), "cell": (6.6, 8.4)}
    size, leading = sizes[name]
    bold = name in ("title", "h2", "h3")
    before = {"h2": 7, "h3": 5}.get(name, 0)
    return ParagraphStyle(
        name, fontName=BOLD if bold else FONT, fontSize=size, leading=leading, textColor=_INK,
        spaceBefore=before, spaceAfter=3 if name != "cell" else 0, splitLongWords=1,
    )  # fmt: skip


def _text(words: str, style: str) -> Any:
    from reportlab.platypus import Paragraph

    return Paragraph("".join(_drawn(char) for char in " ".join(words.split())), _style(style))


def _drawn(char: str) -> str:
    """The character as the font has it; else as an entity of the symbol font, its plain form, or its code."""
    if ord(char) in _fonts():
        return escape(char)
    if ord(char) in codepoint2name:
        return f"&{codepoint2name[ord(char)]};"
    simpler = unicodedata.normalize("NFKD", char)
    if all(ord(one) in _fonts() for one in simpler):
        return escape(simpler)
    return f"[U+{ord(char):04X}]"


def _flow(block: Block, width: float) -> Iterator[Any]:
    from reportlab.platypus import ListFlowable, ListItem, PageBreak

    match block:
        case Heading(text=text, level=level):
            yield _text(text, "h2" if level == 2 else "h3")
        case Items(lines=lines, numbered=numbered):
            entries = [ListItem(_text(line, "body"), leftIndent=12) for line in lines]
            start = "1" if numbered else "•"
            kind = "1" if numbered else "bullet"
            yield ListFlowable(
                entries, bulletType=kind, start=start, bulletFontName=FONT, bulletFontSize=8, leftIndent=12
            )
        case Grid():
            yield _table(block, width)
        case NewPage():
            yield PageBreak()
        case _:
            yield _text(block.text, "body")


def _table(grid: Grid, width: float) -> Any:
    """Columns as wide as what stands in them, in proportion, so that long reasons get the room."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table, TableStyle

    cells = [[_text(cell, "cell") for cell in row] for row in (grid.columns, *grid.rows)]
    sizes = [
        min(_MOST, max(_LEAST, max(len(row[place]) for row in (grid.columns, *grid.rows)) ** 0.7))
        for place in range(len(grid.columns))
    ]
    widths = [width * size / sum(sizes) for size in sizes]
    table = Table(cells, colWidths=widths, repeatRows=1, splitInRow=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, 0), HexColor(_SHADE)),
                ("GRID", (0, 0), (-1, -1), 0.4, HexColor(_LINE)),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _foot(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 7)
    canvas.drawString(document.leftMargin, 22, FOOT)
    canvas.drawRightString(document.pagesize[0] - document.rightMargin, 22, f"page {canvas.getPageNumber()}")
    canvas.restoreState()
