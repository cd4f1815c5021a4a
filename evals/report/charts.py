"""Charts as inline SVG, drawn by hand: no script, no font, no request. Every word goes in as text, never as markup.

Colours are the page's own (classes ``own``, ``other``, ``bad``, ``muted``), so that they follow light and dark; every
mark has a title that says its number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple
from xml.etree import ElementTree as ET

from markupsafe import Markup

from evals.cases.case import LEVELS
from evals.report.figures import Sure

WIDE, ROW, LEFT, RIGHT = 720, 24, 262, 124
Scale = Callable[[float], float]


class Point(NamedTuple):
    """A figure with its interval in a forest plot. ``kind`` is a class: own, other or bad."""

    label: str
    value: float
    low: float
    high: float
    note: str
    kind: str = "own"


def forest(
    points: Sequence[Point], title: str, low: float = 0.0, high: float = 1.0, zero: float | None = None
) -> Markup:
    """A row for each figure: a dot with its 95 % interval, the number at the right."""
    tall = ROW * len(points) + 30
    svg = _svg(tall, title)
    at = _scale(low, high, LEFT, WIDE - RIGHT)
    _axis(svg, at, low, high, tall - 22)
    if zero is not None:
        _line(svg, at(zero), 0, at(zero), tall - 22, "axis strong")
    for n, point in enumerate(points):
        _row(svg, point, at, ROW * n + ROW / 2, low, high)
    return _done(svg)


def _row(svg: ET.Element, point: Point, at: Scale, y: float, low: float, high: float) -> None:
    group = ET.SubElement(svg, "g", {"class": point.kind})
    ET.SubElement(group, "title").text = _clean(f"{point.label}: {point.note}")
    _text(group, LEFT - 10, y + 4, _cut(point.label, 36), "end")
    left, right = (at(min(max(one, low), high)) for one in (point.low, point.high))
    _line(group, left, y, right, y, "whisker")
    _dot(group, at(min(max(point.value, low), high)), y)
    _text(group, WIDE - RIGHT + 10, y + 4, point.note, "start", "num")


def confusion(table: Sequence[Sequence[int]], title: str) -> Markup:
    """Gold by rows, told by columns; darker is more of its row. Left of the diagonal is under-triage."""
    cell, left, top = 84, 112, 44
    svg = _svg(top + 4 * 44 + 8, title, left + 4 * cell + 110)
    _text(svg, left + 2 * cell, 14, "told", "middle", "muted")
    for n, level in enumerate(LEVELS):
        _text(svg, left + cell * n + cell / 2, 34, level.replace("_", " "), "middle")
        _text(svg, left - 10, top + 44 * n + 26, level.replace("_", " "), "end")
        row = sum(table[n])
        for told, count in enumerate(table[n]):
            _cell(svg, left + cell * told, top + 44 * n, (n, told), count, row)
        _text(svg, left + 4 * cell + 10, top + 44 * n + 26, f"of {row}", "start", "muted")
    return _done(svg)


def _cell(svg: ET.Element, x: float, y: float, place: tuple[int, int], count: int, row: int) -> None:
    gold, told = place
    kind = "own" if gold == told else "bad" if told < gold else "warn"
    share = count / row if row else 0.0
    group = ET.SubElement(svg, "g", {"class": kind})
    ET.SubElement(group, "title").text = f"gold {LEVELS[gold]}, told {LEVELS[told]}: {count}"
    box = {"x": _n(x + 1), "y": _n(y + 1), "width": "82", "height": "42", "rx": "3", "class": "cell"}
    ET.SubElement(group, "rect", box | {"fill-opacity": f"{0.04 + 0.6 * share:.2f}"})
    _text(group, x + 42, y + 27, str(count), "middle", "num" if count else "num muted")


def risk_coverage(curve: Sequence[tuple[float, float]], title: str) -> Markup:
    """How often the level is outside its interval, when only the surest share of cases is answered."""
    svg, x, y = _plane(
        title, 1.0, max(0.1, *(risk for _, risk in curve)), "share of cases answered", "share wrong"
    )
    points = [(x(coverage), y(risk)) for coverage, risk in curve]
    _path(svg, [(x(0), points[0][1]), *points], "own")
    for (coverage, risk), (px, py) in zip(curve, points, strict=True):
        group = ET.SubElement(svg, "g", {"class": "own"})
        ET.SubElement(group, "title").text = f"{100 * coverage:.0f} % answered: {100 * risk:.1f} % wrong"
        _dot(group, px, py)
    return _done(svg)


def reliability(groups: Sequence[Sure], title: str) -> Markup:
    """A bar for each group of like sureness: the share whose level is right."""
    svg = _svg(34 * len(groups) + 30, title)
    at = _scale(0, 1, LEFT, WIDE - RIGHT)
    _axis(svg, at, 0, 1, 34 * len(groups) + 8)
    for n, one in enumerate(groups):
        y, right = 34 * n + 6, 1 - one.wrong
        group = ET.SubElement(svg, "g", {"class": "own"})
        ET.SubElement(group, "title").text = _clean(f"{one.name}: {100 * right:.1f} % of {one.n} right")
        _text(group, LEFT - 10, y + 16, one.name, "end")
        box = {
            "x": _n(LEFT),
            "y": _n(y + 2),
            "height": "20",
            "width": _n(max(0.5, at(right) - LEFT)),
            "rx": "2",
        }
        ET.SubElement(group, "rect", box | {"class": "bar"})
        _text(group, WIDE - RIGHT + 10, y + 16, f"{100 * right:.1f} % of {one.n}", "start", "num")
    return _done(svg)


def ecdf(curves: Sequence[tuple[str, Sequence[float]]], title: str, limit: float | None = None) -> Markup:
    """The share of turns that took at most so many seconds; the first curve is the main one."""
    most = max([0.05, 1.2 * (limit or 0.0), *(points[len(points) * 24 // 25] for _, points in curves)])
    svg, x, y = _plane(title, most, 1.0, "seconds of a turn", "share of turns")
    if limit is not None:
        _line(svg, x(limit), y(0), x(limit), y(1), "axis strong")
        _text(svg, x(limit) - 6, y(0.06), f"gate {limit:g} s", "end", "muted")
    for n, (name, points) in enumerate(curves):
        kind = "own" if n == 0 else "other"
        inside = [
            (seconds, place / (len(points) - 1)) for place, seconds in enumerate(points) if seconds <= most
        ]
        _path(svg, [(x(seconds), y(share)) for seconds, share in inside], kind)
        _line(svg, x(most * 0.76), y(0.5 - 0.1 * n) - 4, x(most * 0.8), y(0.5 - 0.1 * n) - 4, f"curve {kind}")
        _text(svg, x(most * 0.81), y(0.5 - 0.1 * n), _cut(name, 26), "start")
    return _done(svg)


def _plane(title: str, x_most: float, y_most: float, across: str, up: str) -> tuple[ET.Element, Scale, Scale]:
    tall = 250
    svg = _svg(tall, title)
    x, y = _scale(0, x_most, 64, WIDE - 24), _scale(0, y_most, tall - 44, 22)
    for n in range(5):
        px, py = x_most * n / 4, y_most * n / 4
        _line(svg, 64, y(py), WIDE - 24, y(py), "axis")
        _text(svg, 58, y(py) + 4, f"{py:.2g}", "end", "muted num")
        _text(svg, x(px), tall - 26, f"{px:.2g}", "middle", "muted num")
    _text(svg, (64 + WIDE - 24) / 2, tall - 6, across, "middle", "muted")
    _text(svg, 64, 12, up, "start", "muted")
    return svg, x, y


def _svg(tall: float, title: str, wide: float = WIDE) -> ET.Element:
    view = {"viewBox": f"0 0 {_n(wide)} {_n(tall)}", "width": _n(wide), "height": _n(tall), "role": "img"}
    svg = ET.Element("svg", view | {"aria-label": _clean(title)})
    ET.SubElement(svg, "title").text = _clean(title)
    return svg


def _scale(low: float, high: float, start: float, end: float) -> Scale:
    return lambda value: start + (value - low) / ((high - low) or 1.0) * (end - start)


def _axis(svg: ET.Element, at: Scale, low: float, high: float, y: float) -> None:
    for n in range(5):
        value = low + (high - low) * n / 4
        _line(svg, at(value), 0, at(value), y, "axis")
        _text(svg, at(value), y + 16, f"{value:.2g}", "middle", "muted num")


def _line(parent: ET.Element, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
    ET.SubElement(parent, "line", {"x1": _n(x1), "y1": _n(y1), "x2": _n(x2), "y2": _n(y2), "class": kind})


def _dot(parent: ET.Element, x: float, y: float) -> None:
    ET.SubElement(parent, "circle", {"cx": _n(x), "cy": _n(y), "r": "4.5", "class": "dot"})


def _path(parent: ET.Element, points: Sequence[tuple[float, float]], kind: str) -> None:
    told = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    ET.SubElement(parent, "polyline", {"points": told, "class": f"curve {kind}"})


def _text(parent: ET.Element, x: float, y: float, words: str, anchor: str, kind: str = "") -> None:
    place = {"x": _n(x), "y": _n(y), "text-anchor": anchor}
    ET.SubElement(parent, "text", place | ({"class": kind} if kind else {})).text = _clean(words)


def _clean(words: str) -> str:
    return "".join(c if c.isprintable() else " " for c in words)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _done(svg: ET.Element) -> Markup:
    """Safe as it is: ElementTree has escaped every word."""
    return Markup(ET.tostring(svg, encoding="unicode"))
