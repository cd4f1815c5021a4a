"""Paragraphs and headings into one held text with its sections; what every reader of a file or a full text makes.

The held text is the blocks, a line each. A heading is a line of the text and the name of the section under it, but
stands outside that section's span, so that it is never quoted as a statement. A section never crosses a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

MAX_TEXT = 20_000_000
"""Characters of one document; the longest guideline that we know of has about two million."""
MAX_NAME = 200
AGAIN = "copy it again from its source"
"""What helps with a damaged file."""
_BLANKS = re.compile("[ \t\n\r\x0b\x0c\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_BROKEN = re.compile("[\ud800-\udfff]")
_RAISED = str.maketrans("0123456789+-\u2212=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")


class Unreadable(Exception):
    """A file cannot be held; the message says why, and what would help."""


class Block(NamedTuple):
    """A paragraph, list item or table row, or (``level`` 1 and up) a heading. ``page`` counts from 1."""

    text: str
    level: int = 0
    page: int | None = None


class Part(NamedTuple):
    """A stretch ``text[start:end]`` under a heading; nested headings are joined by " > "."""

    name: str
    start: int
    end: int
    page: int | None = None


class Reading(NamedTuple):
    """What a file says. ``title`` and ``dated`` (an ISO date) are empty where the file does not tell them."""

    text: str
    parts: tuple[Part, ...]
    title: str = ""
    dated: str = ""
    pages: int | None = None


def tidy(text: str) -> str:
    """One line with single blanks. Invisible characters stay, but for NUL; half a surrogate pair becomes U+FFFD."""
    return _BROKEN.sub("\ufffd", _BLANKS.sub(" ", text.replace("\0", ""))).strip(" ")


def raised(text: str) -> str:
    """A superscript as it reads in plain text: "10" with a raised 9 must not become 109."""
    text = text.strip()
    high = text.translate(_RAISED)
    if not text:
        return ""
    return high if all(a != b for a, b in zip(text, high, strict=True)) else f"^{text}"


def row(cells: Iterable[str]) -> str:
    """A table row as text: "cell | cell"; an empty cell keeps its place, a row of empty cells is nothing."""
    cells = [tidy(cell) for cell in cells]
    return " | ".join(cells).strip() if any(cells) else ""


def assembled(blocks: Iterable[Block], title: str = "", dated: str = "", pages: int | None = None) -> Reading:
    """The held text of these blocks with its sections.

    A heading with nothing under it is text: a boxed "Stop the drug." must not be lost to the search.

    Raises:
        Unreadable: nothing is left, or more than 20 million characters.
    """
    kept = [block._replace(text=text) for block in blocks if (text := tidy(block.text))]
    if not kept:
        raise Unreadable("no text in it")
    if sum(len(block.text) + 1 for block in kept) > MAX_TEXT:
        raise Unreadable(f"more than {MAX_TEXT:,} characters of text: split the file")
    parts: list[Part] = []
    path: list[tuple[int, str]] = []
    at = 0
    fresh = True
    for block, after in zip(kept, [*kept[1:], None], strict=True):
        titled = block.text == title and not parts
        if titled or (block.level and after and (not after.level or after.level > block.level)):
            path = [*(step for step in path if step[0] < block.level), (max(block.level, 1), block.text)]
            fresh = True
        else:
            part = Part(_named(path, title), at, at + len(block.text), block.page)
            if fresh or block.level or parts[-1].page != block.page:
                parts.append(part)
            else:
                parts[-1] = parts[-1]._replace(end=part.end)
            fresh = bool(block.level)
        at += len(block.text) + 1
    return Reading("\n".join(block.text for block in kept), tuple(parts), title, dated, pages)


def _named(path: Sequence[tuple[int, str]], title: str) -> str:
    """The headings above, without the document's own title."""
    steps = [text for _, text in path]
    if steps and steps[0].casefold() == title.casefold():
        steps = steps[1:]
    return " > ".join(steps)[:MAX_NAME]


_NO_TITLE = re.compile(
    r"^(microsoft (word|powerpoint|excel)\b.*|untitled.*|\(?anonymous\)?|unspecified|document ?\d*|title|home|draft|"
    r"powerpoint presentation|word document|slide \d+|(table of )?contents|introduction|abstract|summary|preface|"
    r".*\.(docx?|pdf|indd|rtf|odt|tex|pptx?|html?|md|txt|qxp|pub))$",
    re.IGNORECASE,
)


def titled(text: str) -> str:
    """Words that stand where a title stands, or nothing where they are none."""
    text = tidy(text)
    if not 3 < len(text) <= 300 or not re.search(r"[^\W\d_]{2}", text) or _NO_TITLE.match(text):
        return ""
    return text


def sensible(title: str) -> str:
    """A title as the file's metadata give it, or nothing where it is the name of a file or of a program."""
    title = tidy(title)
    return "" if " " not in title and re.search(r"[_\d]", title) else titled(title)


_NUMBER = re.compile(r"\d{1,2}(\.\d{1,2})*\.?\s")


def first_heading(blocks: Sequence[Block]) -> str:
    """The highest of the headings among the first fifteen blocks, the earlier of two; a numbered one is no title."""
    found = [block for block in blocks[:15] if block.level and not _NUMBER.match(block.text)]
    return titled(min(found, key=lambda block: block.level).text) if found else ""


_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.]?(\d\d)?(?:[-/.]?(\d\d))?")


def dated(*told: str | None) -> str:
    """The first date among these as ISO; a bare year is its first of January; empty if none is a date."""
    for text in told:
        match = _DATE.search(text or "")
        if match:
            year, month, day = (int(part) if part else 1 for part in match.groups())
            if 1 <= month <= 12 and 1 <= day <= 31:
                return f"{year:04}-{month:02}-{day:02}"
    return ""
