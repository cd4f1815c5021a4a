"""Markdown and plain text as blocks.

Markdown: headings (``#`` and underlined), list items, tables as rows, fenced text line by line; marks of emphasis,
links and pictures give way to their words. Plain text: paragraphs between empty lines; a short line alone that is
numbered, underlined or in capitals is a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from retrieval.sources.blocks import Block, Reading, assembled, dated, first_heading, row, sensible
from retrieval.sources.local_html import decoded

_FRONT = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*\n", re.DOTALL)
_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$")
_ITEM = re.compile(r"\s*(?:[-*+•]\s+|(?=\d{1,3}[.)]\s))")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})\s*$")
_RULE = re.compile(r" {0,3}([-*_])(?:\s*\1){2,}\s*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+[^\W\d_]")


def read(path: Path) -> Reading:
    """The file's text; title and date are those of its front matter, else the title is its first heading."""
    text = decoded(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    if path.suffix.lower() == ".txt":
        plain = list(_plain(text))
        return assembled(plain, first_heading(plain))
    front = _FRONT.match(text)
    told = front.group(1) if front else ""
    blocks = list(_marked(text[front.end() :] if front else text))
    title = sensible(_field(told, "title")) or first_heading(blocks)
    return assembled(blocks, title, dated(_field(told, "date"), _field(told, "updated")))


def _field(front: str, name: str) -> str:
    found = re.search(rf"^{name}:\s*(.+)$", front, re.MULTILINE | re.IGNORECASE)
    return found.group(1).strip().strip("\"'") if found else ""


def _marked(text: str) -> Iterator[Block]:
    """Blocks of Markdown: a line of its own for each heading, item and row, else the lines of a paragraph joined."""
    held: list[str] = []
    fence = ""
    for line in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).split("\n"):
        mark = _FENCE.match(line)
        if fence or mark:
            yield from _paragraph(held)
            if mark and (not fence or mark.group(1).startswith(fence)):
                fence = "" if fence else mark.group(1)
            elif fence:
                yield Block(line)
            continue
        underline = _UNDERLINE.match(line)
        if underline and len(held) == 1 and "|" not in held[0]:
            yield Block(_words(held.pop()), 1 if "=" in line else 2)
        elif heading := _HEADING.match(line):
            yield from _paragraph(held)
            yield Block(_words(heading.group(2)), len(heading.group(1)))
        elif _TABLE_RULE.match(line) or _RULE.match(line) or not line.strip():
            yield from _paragraph(held)
        elif line.count("|") > 1 or (line.strip().startswith("|")):
            yield from _paragraph(held)
            yield Block(row(_words(cell) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))))
        else:
            item = _ITEM.match(line)
            if item:
                yield from _paragraph(held)
            held.append(line[item.end() :] if item else line.lstrip("> ") if line.startswith(">") else line)
    yield from _paragraph(held)


def _paragraph(held: list[str]) -> Iterator[Block]:
    if held:
        yield Block(_words(" ".join(held)))
        held.clear()


def _words(text: str) -> str:
    """Marked text as it reads."""
    text = re.sub(r"!?\[([^\]\[]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)", r"\1", text)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])([*_])(?=[^\s*_])(.+?)(?<=[^\s*_])\1(?![\w*])", r"\2", text)
    text = re.sub(r"`+([^`]+)`+", r"\1", text)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!|<>-])", r"\1", text)


def _plain(text: str) -> Iterator[Block]:
    for stretch in re.split(r"\n[ \t]*\n", text):
        lines = [line for line in stretch.split("\n") if line.strip()]
        if len(lines) == 2 and _UNDERLINE.match(lines[1]):
            yield Block(lines[0], 1 if "=" in lines[1] else 2)
        elif len(lines) == 1 and (level := _plain_level(lines[0].strip())):
            yield Block(lines[0], level)
        else:
            yield from _items(lines)


def _plain_level(line: str) -> int:
    if len(line) > 80 or line[-1] in ".;,":
        return 0
    numbered = _NUMBERED.match(line)
    if numbered:
        return 1 + numbered.group(1).count(".")
    return 1 if line.isupper() and len(line) > 3 else 0


def _items(lines: list[str]) -> Iterator[Block]:
    held: list[str] = []
    for line in lines:
        item = _ITEM.match(line)
        if item and held:
            yield Block(" ".join(held))
            held = []
        held.append(line[item.end() :] if item else line)
    if held:
        yield Block(" ".join(held))
