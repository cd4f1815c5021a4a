"""The lines of a PDF page with place and size, rows of tables among them; and what recurs from page to page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import hypot
from typing import Any, NamedTuple

from retrieval.sources.blocks import raised, tidy
from retrieval.sources.pdf_tables import Stretch, Table, row_text, tables

EDGE = 3
"""So many lines at the top and at the foot of a page can be running heads."""
_MARK = re.compile(r"[•●▪■◦○‣⁃\x7f*–-]|\(?\w{1,2}[.)]|\d{1,2}(?:\.\d{1,2}){1,3}")
"""What stands before an item or a heading and is no cell of a table."""
_LIGATURES = str.maketrans(
    {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st"}
)


class Line(NamedTuple):
    """A line of a page: its place in points from the lower left, the size of its letters, how many cells it has."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    cells: int = 1


class _Piece(NamedTuple):
    """Text shown at one place. ``ended``: pypdf saw a new line begin after it."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    width: float
    ended: bool


def lines_of(page: Any) -> list[Line]:
    """The lines of a page in the order in which it shows them; rows of a table have their cells parted by " | "."""
    lines = list(_rows(_pieces(page)))
    stretches = [stretch for number, pieces in enumerate(lines) for stretch in _stretches(pieces, number)]
    made: list[Line] = []
    at = 0
    for table in tables(stretches):
        made += _prose(stretches[at : table.first], lines)
        made += _table(table)
        at = table.last
    made += _prose(stretches[at:], lines)
    return [line for line in made if line.text]


def _prose(stretches: Iterable[Stretch], lines: Sequence[Sequence[_Piece]]) -> Iterator[Line]:
    for number in dict.fromkeys(stretch.line for stretch in stretches):
        pieces = lines[number]
        main = max(pieces, key=lambda piece: len(piece.text))
        bold = all(piece.bold for piece in pieces)
        yield Line(tidy(_joined(pieces)), pieces[0].x, main.y, main.size, bold)


def _table(table: Table) -> Iterator[Line]:
    """The rows as lines; of two columns of prose first the left one, then the right."""
    if table.prose:
        for side in (0, 1):
            for cells in table.rows:
                one = cells[side][0]
                yield Line(tidy(one.text), one.left, one.y, one.size, one.bold)
        return
    for cells in table.rows:
        first = cells[0][0]
        bold = all(stretch.bold for cell in cells for stretch in cell)
        yield Line(row_text(cells), first.left, first.y, first.size, bold, len(cells))


def _pieces(page: Any) -> list[_Piece]:
    found: list[_Piece] = []
    widths: dict[int, float] = {}

    def shown(text: str, outer: Any, inner: Any, font: Any, size: float) -> None:
        if not text.strip():
            return
        scale = hypot(inner[2], inner[3]) * hypot(outer[2], outer[3])
        x = outer[0] * inner[4] + outer[2] * inner[5] + outer[4]
        y = outer[1] * inner[4] + outer[3] * inner[5] + outer[5]
        letters = round(size * scale, 1)
        bold = bool(re.search("bold|black|heavy", str((font or {}).get("/BaseFont", "")), re.IGNORECASE))
        em = widths.setdefault(id(font), _width(font)) * letters
        for step, text_line in enumerate(text.translate(_LIGATURES).split("\n")):
            if text_line.strip():
                found.append(
                    _Piece(
                        text_line,
                        x,
                        y - 1.2 * letters * step,
                        letters,
                        bold,
                        em * len(text_line.strip()),
                        "\n" in text,
                    )
                )

    page.extract_text(visitor_text=shown)
    return found


def _width(font: Any) -> float:
    """The mean width of a letter in this font, in parts of its size; half where the font does not tell."""
    told = [float(width) for width in (font or {}).get("/Widths") or () if 0 < float(width) < 2000]
    return sum(told) / len(told) / 1000 if told else 0.5


def _rows(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces that stand on one line, from left to right as they are shown."""
    held: list[_Piece] = []
    for piece in pieces:
        if held and not _beside(held[-1], piece):
            yield held
            held = []
        held.append(piece)
    if held:
        yield held


def _beside(left: _Piece, right: _Piece) -> bool:
    if left.x == right.x and left.y == right.y:
        return not left.ended  # the same place: the letters changed within a line
    return right.x > left.x and abs(left.y - right.y) < 0.45 * max(left.size, right.size)


def _stretches(pieces: Sequence[_Piece], number: int) -> Iterator[Stretch]:
    """The pieces of a line, parted where a gap is wider than a blank and than what a width can be wrong by."""
    held = [pieces[0]]
    for left, right in pairwise(pieces):
        marked = held[0] is pieces[0] and _MARK.fullmatch("".join(piece.text for piece in held).strip())
        if not marked and _gap(held, left, right) > 0.4 * left.size + 0.05 * _shown(held, left):
            yield _stretch(held, number)
            held = []
        held.append(right)
    yield _stretch(held, number)


def _shown(held: Sequence[_Piece], left: _Piece) -> float:
    """How wide the text is that was shown from the place of the last piece on."""
    return sum(piece.width for piece in held if piece.x == left.x)


def _gap(held: Sequence[_Piece], left: _Piece, right: _Piece) -> float:
    return right.x - left.x - _shown(held, left)


def _stretch(pieces: Sequence[_Piece], number: int) -> Stretch:
    main = max(pieces, key=lambda piece: len(piece.text))
    end = max(piece.x + _shown(pieces, piece) for piece in pieces)
    bold = all(piece.bold for piece in pieces)
    return Stretch(_joined(pieces), pieces[0].x, end, main.y, main.size, bold, number)


def _joined(pieces: Sequence[_Piece]) -> str:
    """The text of a line. A small figure above the line is raised: 10 with a raised 9 must not be read as 109. A blank
    goes in where a gap is certain, or where the PDF began anew."""
    text = pieces[0].text
    for left, right in pairwise(pieces):
        above = right.size < 0.92 * left.size and right.y - left.y > 0.15 * left.size
        if above and text.strip():
            text = text.rstrip() + raised(right.text)
            continue
        wide = _gap([left], left, right) > 0.8 * left.size + 0.15 * left.width
        blank = (left.ended or wide) and right.text[:1] not in ".,;:)%" and not text.endswith("(")
        text += f" {right.text}" if blank else right.text
    return text


# what recurs


_NUMBERED = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z])[.):]\s|\d{1,3}(?:\.\d{1,3})*\s+\D")
"""A numbered heading, or numbered advice."""
_PAGE = re.compile(
    r"\b(?:pages?|pg|p\.|seite|pagina|página|sida|side)\s*(\d{1,4})\b(?:\s*(?:of|von|van|de|/)\s*\d{1,4}\b)?|"
    r"(?<![\d.,/])(\d{1,4})\s*(?:of|von|van|de|/)\s*\d{1,4}$",
    re.IGNORECASE,
)
_FIRST, _LAST = re.compile(r"(\d{1,4})(?=\s)"), re.compile(r"(?:^|(?<=[\s|–—-]))(\d{1,4})$")
_COUNTED = re.compile(
    r"\b(?:days?|weeks?|months?|years?|hours?|steps?|stage|phase|grade|level|class|type|doses?|table|fig(?:ure)?|box|"
    r"chapter|section|part|recommendation|statement|appendix|annex|algorithm|question|case|score|points?|category|"
    r"tier|line|cycle|visit|group|no|number)\b\.?\s*$",
    re.IGNORECASE,
)
"""What a number at the end of a line counts, so that it is not the page's."""


class _Alike(NamedTuple):
    """What a line is alike by: itself or with a number as its distance from the page's (``words``), and that distance
    alone (``counts``), which is enough where the same words stand on another page too, or none do (``bare``)."""

    words: tuple[str, ...]
    counts: tuple[str, ...] = ()
    bare: bool = False


def without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the lines at their edges that recur on more than half of them at the same height, alike but
    for the number of the page: running heads, feet, page numbers. A number counts as the page's where it stands
    alone, after "page" or at an end of the line. A dose that differs from page to page is none; numbered headings,
    numbered advice and whole sentences in letters of the text's size stay whatever they are alike to: the same first
    step may head every page."""
    if len(pages) < 2:
        return [list(page) for page in pages]
    body = _body(pages)
    edges = [{at: _alike(page[at], number, body) for at in _edge(page)} for number, page in enumerate(pages)]
    words, counts = Counter[str](), Counter[str]()
    for edge in edges:
        words.update({key for one in edge.values() for key in one.words})
    for edge in edges:
        counts.update({key for one in edge.values() for key in _counting(one, words)})
    enough = max(len(pages) / 2, 1)

    def recurs(one: _Alike) -> bool:
        return any(words[key] > enough for key in one.words) or any(
            counts[key] > enough for key in _counting(one, words)
        )

    left = [
        [line for at, line in enumerate(page) if at not in edge or not recurs(edge[at])]
        for page, edge in zip(pages, edges, strict=True)
    ]
    return [kept or list(page) for kept, page in zip(left, pages, strict=True)]


def _body(pages: Sequence[Sequence[Line]]) -> tuple[float, bool]:
    """The size of most letters, and whether those are bold."""
    letters = Counter[tuple[float, bool]]()
    for page in pages:
        for line in page:
            letters[line.size, line.bold] += len(line.text)
    return max(letters, key=lambda one: letters[one]) if letters else (0.0, False)


def _edge(page: Sequence[Line]) -> frozenset[int]:
    """The first and last lines of a page, in the order shown and by their height."""
    by_height = sorted(range(len(page)), key=lambda at: page[at].y)
    shown = list(range(len(page)))
    return frozenset(shown[:EDGE] + shown[-EDGE:] + by_height[:EDGE] + by_height[-EDGE:])


def _alike(line: Line, number: int, body: tuple[float, bool]) -> _Alike:
    text, height = line.text, round(line.y)
    small = line.size < 0.95 * body[0]
    if not re.search(r"[^\W\d_]", _PAGE.sub("", text)):
        told = re.findall(r"\d{1,4}", text)[:1]
        return _Alike(
            (f"{height} {text}",), tuple(f"{height} <{int(one) - number}>" for one in told), bool(told)
        )
    if not small and (_NUMBERED.match(text) or text.endswith(".")):
        return _Alike(())
    places = [
        (found.start(found.lastindex), found.end(found.lastindex)) for found in _numbers(line, small, body)
    ]
    told = [int(text[start:end]) - number for start, end in places]
    words = [f"{height} {text[:a]}<{n}>{text[b:]}" for (a, b), n in zip(places, told, strict=True)]
    return _Alike((f"{height} {text}", *words), tuple(f"{height} <{n}>" for n in told))


def _numbers(line: Line, small: bool, body: tuple[float, bool]) -> Iterator[Any]:
    """The numbers that can be the page's. In letters larger or bolder than the text's they make a heading."""
    yield from _PAGE.finditer(line.text)
    if small and (first := _FIRST.match(line.text)):
        yield first
    shown_off = line.size > 1.05 * body[0] or (line.bold and not body[1])
    last = _LAST.search(line.text)
    if last and (small or not shown_off) and not _COUNTED.search(line.text[: last.start(1)]):
        yield last


def _counting(one: _Alike, words: Counter[str]) -> tuple[str, ...]:
    """Words may differ beside the number where a head names the chapter; each of them then heads two pages at least."""
    return one.counts if one.bare or any(words[key] > 1 for key in one.words) else ()
