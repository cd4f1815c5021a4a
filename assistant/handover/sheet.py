"""What a sheet is made of: headings, paragraphs, lists and tables, in plain text without markup."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Items:
    """A list; numbered where the order is a name ("[1]")."""

    lines: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Grid:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class NewPage:
    """What follows is the annex."""


Block = Heading | Paragraph | Items | Grid | NewPage


@dataclass(frozen=True)
class Sheet:
    """One sheet: its title, its reader, the claims that it carries by id, and its blocks in order."""

    title: str
    claims: tuple[str, ...]
    blocks: tuple[Block, ...]
