"""Tables of a PDF page, found by where their text stands: a PDF knows no cells.

Taken for a cell: lines one under the other that begin at the same place or have the same middle. For a row: cells from
left to right that begin at one height or have their middles at one. For a table: two and more rows with as many cells,
each over the one below it, of which two have a column that begins at one place. So a table of one row is none, nor is
one in whose rows a cell is empty or spans two columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from retrieval.sources.blocks import row, tidy

LONG_CELL = 25
"""Rows of two longer cells of one line each, more than five of them, are two columns of prose."""


class Stretch(NamedTuple):
    """Text of a line without a wide gap in it; ``right`` is a guess from the mean width of a letter."""

    text: str
    left: float
    right: float
    y: float
    size: float
    bold: bool
    line: int
    """Which line of the page it belongs to."""


Cell = tuple[Stretch, ...]


class Table(NamedTuple):
    """The rows of a table, made of the stretches ``first`` to ``last`` (exclusive) of the page."""

    rows: tuple[tuple[Cell, ...], ...]
    first: int
    last: int

    @property
    def prose(self) -> bool:
        """Whether these are two columns of prose that were written line by line."""
        cells = [cell for row in self.rows for cell in row]
        if len(self.rows) <= 5 or len(self.rows[0]) != 2 or any(len(cell) > 1 for cell in cells):
            return False
        return sum(len(cell[0].text) for cell in cells) / len(cells) > LONG_CELL


def tables(stretches: Sequence[Stretch]) -> Iterator[Table]:
    """The tables of a page in its order."""
    rows = list(_rows(list(_cells(stretches))))
    places = [0]
    for cells in rows:
        places.append(places[-1] + sum(map(len, cells)))
    first = 0
    while first < len(rows):
        last = first + 1
        while last < len(rows) and _over(rows[last - 1], rows[last]):
            last += 1
        if any(_aligned(above, below) for above, below in pairwise(rows[first:last])):
            yield Table(tuple(rows[first:last]), places[first], places[last])
        first = last


def cell_text(cell: Cell) -> str:
    """The lines of a cell as one. In a narrow cell a hyphen at the end of a line is mostly one of the word's own."""
    text = tidy(cell[0].text)
    for stretch in cell[1:]:
        joined = text[-1:] == "-" and text[-2:-1].isalpha()
        text += tidy(stretch.text) if joined else f" {tidy(stretch.text)}"
    return text


def row_text(cells: Sequence[Cell]) -> str:
    """The row as "cell | cell"."""
    return row(map(cell_text, cells))


def _cells(stretches: Sequence[Stretch]) -> Iterator[Cell]:
    held: list[Stretch] = []
    for stretch in stretches:
        if held and not _under(held, stretch):
            yield tuple(held)
            held = []
        held.append(stretch)
    if held:
        yield tuple(held)


def _under(held: Sequence[Stretch], stretch: Stretch) -> bool:
    last, size = held[-1], stretch.size
    if abs(last.size - size) > 0.6 or not 0 < last.y - stretch.y < 1.7 * size:
        return False
    return abs(held[0].left - stretch.left) < 0.5 * size or abs(_middle(last) - _middle(stretch)) < size


def _middle(stretch: Stretch) -> float:
    return (stretch.left + stretch.right) / 2


def _rows(cells: Sequence[Cell]) -> Iterator[tuple[Cell, ...]]:
    held: list[Cell] = []
    for cell in cells:
        if held and not _beside(held[-1], cell):
            yield tuple(held)
            held = []
        held.append(cell)
    if held:
        yield tuple(held)


def _beside(left: Cell, right: Cell) -> bool:
    if right[0].left <= left[0].left:
        return False
    near = 0.6 * right[0].size
    top = abs(left[0].y - right[0].y) < near
    return top or abs((left[0].y + left[-1].y) - (right[0].y + right[-1].y)) < 2 * near


def _over(above: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Whether every cell stands over one of the row below, and the rows are neighbours."""
    if len(above) != len(below) or len(above) < 2:
        return False
    foot, top = min(cell[-1].y for cell in above), max(cell[0].y for cell in below)
    if not 0 < foot - top < 4 * below[0][0].size:
        return False
    return all(_left(a) < _right(b) and _left(b) < _right(a) for a, b in zip(above, below, strict=True))


def _left(cell: Cell) -> float:
    return min(stretch.left for stretch in cell)


def _right(cell: Cell) -> float:
    return max(stretch.right for stretch in cell)


def _aligned(above: Sequence[Cell], below: Sequence[Cell]) -> bool:
    return any(abs(_left(a) - _left(b)) < 4 for a, b in zip(above[1:], below[1:], strict=True))
