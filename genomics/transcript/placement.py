"""A change on a transcript's own strand, and all the places where the same change can be written."""

from __future__ import annotations

from typing import NamedTuple

from genomics.transcript.model import Transcript
from genomics.variant import trim

REACH = 20_000
"""Bases over which an equal spelling is looked for."""


class Change(NamedTuple):
    """``alt`` in place of ``ref`` between oriented positions, in transcript direction, without shared bases."""

    start: int
    end: int
    ref: str
    alt: str

    @property
    def is_single_base(self) -> bool:
        return len(self.ref) == 1 == len(self.alt)

    @property
    def moving(self) -> str:
        """The bases of a pure insertion or deletion; empty for every other change."""
        return "" if self.ref and self.alt else self.ref or self.alt


class Slide(NamedTuple):
    """How far a pure insertion or deletion can be moved to the 5' and 3' side with the same result."""

    left: int
    right: int
    left_known: bool = True
    """False where the bases that are held end before an equal spelling is excluded."""
    right_known: bool = True


STILL = Slide(0, 0)


def on(model: Transcript, pos: int, ref: str, alt: str) -> Change:
    """The change of plus-strand alleles at a 1-based position."""
    pos, ref, alt = trim(pos, ref, alt)
    start, end = model.oriented(pos - 1, pos - 1 + len(ref))
    return Change(start, end, model.read(ref), model.read(alt))


def slide(model: Transcript, change: Change) -> Slide:
    """Over how many bases the change can be moved, as far as the model holds bases."""
    unit = change.moving
    if not unit:
        return STILL
    right, right_known = _steps(model, change.end, unit, 1)
    left, left_known = _steps(model, change.start, unit, -1)
    return Slide(left, right, left_known, right_known)


def _steps(model: Transcript, edge: int, unit: str, way: int) -> tuple[int, bool]:
    begin, held = model.stretch(edge)
    size, count = len(unit), 0
    index = edge - begin if way == 1 else edge - begin - 1
    while 0 <= index < len(held) and count < REACH:
        expected = unit[count % size] if way == 1 else unit[size - 1 - count % size]
        if held[index] != expected:
            return count, True
        count, index = count + 1, index + way
    return count, False


def moved(change: Change, by: int) -> Change:
    """The same change, written ``by`` bases further to the 3' side; allowed only within its slide."""
    unit = change.moving
    if not by or not unit:
        return change
    turn = by % len(unit)
    turned = unit[turn:] + unit[:turn]
    ref, alt = (turned, "") if change.ref else ("", turned)
    return Change(change.start + by, change.end + by, ref, alt)


def agrees(model: Transcript, change: Change) -> str | None:
    """None if the bases that the model holds are the stated reference, else the bases that it holds."""
    if not change.ref:
        return None
    held = model.bases(change.start, change.end)
    if held is not None:
        return None if _matches(held, change.ref) else held
    for o, stated in enumerate(change.ref, start=change.start):
        base = model.bases(o, o + 1)
        if base is not None and not _matches(base, stated):
            return base
    return None


def _matches(held: str, stated: str) -> bool:
    return held == stated or all(a == b or "N" in (a, b) for a, b in zip(held, stated, strict=True))
