"""What a report is made of: sections of words, lists, tables, drawings and pictures; nothing here knows HTML."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from retrieval.evidence import Table, Text, Word

NOTICE = "Research use, not a diagnosis."


class Words(Word):
    """A paragraph; ``strong`` is what must not be overlooked."""

    text: Text
    strong: bool = False


class Bullets(Word):
    """A list without an order."""

    items: Annotated[tuple[Text, ...], Field(min_length=1)]


class Facts(Word):
    """Names and what they stand for."""

    pairs: Annotated[tuple[tuple[Text, str], ...], Field(min_length=1)]


class Grid(Word):
    """A table; ``marks`` holds a mark for each row ("met", "missed", or empty) and is empty where none is marked."""

    table: Table
    marks: tuple[str, ...] = ()


class Plot(Word):
    """A drawing of our own making, as an SVG element without script; its text is escaped already."""

    svg: Annotated[Text, Field(repr=False)]
    title: Text


class Shown(Word):
    """A PNG with its title and what it shows in words."""

    png: Annotated[bytes, Field(repr=False)]
    title: Text
    alt: Text


class Pictures(Word):
    """Pictures side by side; ``pixelated`` keeps small ones hard-edged when they are drawn larger."""

    shown: Annotated[tuple[Shown, ...], Field(min_length=1)]
    pixelated: bool = False


Block = Words | Bullets | Facts | Grid | Plot | Pictures


class Section(Word):
    """A heading and what stands under it."""

    title: Text
    blocks: Annotated[tuple[Block, ...], Field(min_length=1)]


class Report(Word):
    """A whole report. ``lead`` is the first sentence under the title, before everything else but the notice."""

    title: Text
    lead: str = ""
    sections: tuple[Section, ...]
    foot: tuple[Text, ...] = ()
