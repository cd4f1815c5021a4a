"""Drawings as SVG, made from numbers alone: whether a stated confidence comes true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from imaging.report.html import safe

SIDE, EDGE = 280, 46
"""The square of the plot in px, and the room for its labels on the left and below."""
INK, DIM, DOT = "#0f172a", "#94a3b8", "#0f766e"
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


class Point(NamedTuple):
    """One bin: mean stated chance, the share that came true with its 95 % interval, and how many cases."""

    stated: float
    came: float
    low: float
    high: float
    n: int


def reliability(points: Sequence[Point], title: str) -> str:
    """Stated chance against what came true: on the diagonal the two agree; the bars are 95 % intervals.

    Refuses no points: an empty plot would say that nothing is wrong.
    """
    if not points:
        raise ValueError("a reliability plot needs at least one bin")
    words = "; ".join(f"stated {one.stated:.2f}, came true {one.came:.2f}, n {one.n}" for one in points)
    wide = SIDE + EDGE + 12
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {wide}" width="{wide}" height="{wide}" '
        f'role="img" aria-label="{safe(f"{title}: {words}")}" font-family="system-ui, sans-serif" font-size="11">',
        *_frame(),
        *(part for one in points for part in _drawn(one)),
        "</svg>",
    )
    return "".join(parts)


def _frame() -> Iterator[str]:
    left, right, top, bottom = _x(0), _x(1), _y(1), _y(0)
    yield f'<rect x="{left}" y="{top}" width="{SIDE}" height="{SIDE}" fill="#fff" stroke="{DIM}"/>'
    yield (f'<line x1="{left}" y1="{bottom}" x2="{right}" y2="{top}" stroke="{DIM}" stroke-dasharray="4 4"/>')
    for tick in TICKS:
        yield _text(_x(tick), bottom + 15, f"{tick:g}", "middle")
        yield _text(left - 6, _y(tick) + 4, f"{tick:g}", "end")
    yield _text(_x(0.5), bottom + 32, "stated chance", "middle")
    yield (
        f'<text x="12" y="{_y(0.5)}" fill="{INK}" text-anchor="middle" '
        f'transform="rotate(-90 12 {_y(0.5)})">came true</text>'
    )


def _drawn(one: Point) -> Iterator[str]:
    x, y, radius = _x(one.stated), _y(one.came), min(9.0, 2.5 + one.n**0.5 / 4)
    yield f'<line x1="{x}" y1="{_y(one.low)}" x2="{x}" y2="{_y(one.high)}" stroke="{DOT}" stroke-width="2"/>'
    tip = f"stated {one.stated:.3f}, came true {one.came:.3f} ({one.low:.3f} to {one.high:.3f}), n {one.n}"
    yield f'<circle cx="{x}" cy="{y}" r="{radius:.1f}" fill="{DOT}" fill-opacity=".75"><title>{tip}</title></circle>'


def _x(share: float) -> float:
    return round(EDGE + SIDE * share, 1)


def _y(share: float) -> float:
    return round(6 + SIDE * (1 - share), 1)


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" fill="{INK}" text-anchor="{anchor}">{safe(words)}</text>'
