"""Scores: the sum of items, each with its own rule, and the range that is left while values are missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from tools.calculators.fields import Field, FieldKind, Value
from tools.calculators.values import Values, Worked, figure

Points = Callable[[Values], float]
GRID = 8
"""Values tried between the ends of a number's physical range, besides the edges of the rule."""


@dataclass(frozen=True)
class Item:
    """One line of a score: the fields that it looks at, its points, and the edges at which they change."""

    words: str
    fields: tuple[Field, ...]
    points: Points
    edges: tuple[float, ...] = ()

    def known(self, values: Values) -> tuple[float, ...]:
        """The points that are possible, given what is known, sorted: one value where it is settled."""
        return tuple(sorted({self.points(one) for one in self._completions(values, self.fields)}))

    def wanted(self, values: Values) -> tuple[Field, ...]:
        """The missing fields whose value changes the points; none where they are settled without them."""
        missing = [field for field in self.fields if not values.has(field.name)]
        if not missing or len(self.known(values)) == 1:
            return ()
        return tuple(field for field in missing if self._matters(field, values))

    def _matters(self, field: Field, values: Values) -> bool:
        others = [other for other in self.fields if other != field]
        for rest in self._completions(values, others):
            points = {self.points(rest.having({field.name: one})) for one in self._samples(field)}
            if len(points) > 1:
                return True
        return False

    def _completions(self, values: Values, fields: Sequence[Field]) -> Iterator[Values]:
        missing = [field for field in fields if not values.has(field.name)]
        for chosen in product(*(self._samples(field) for field in missing)):
            yield values.having(dict(zip((field.name for field in missing), chosen, strict=True)))

    def _samples(self, field: Field) -> tuple[Value, ...]:
        """Values that stand for all: both answers, all options, or each side of every edge and a grid."""
        if field.kind is FieldKind.YES_NO:
            return (False, True)
        if field.kind is FieldKind.CHOICE:
            return field.options
        sides = {
            side
            for edge in self.edges
            for side in (math.nextafter(edge, -math.inf), edge, math.nextafter(edge, math.inf))
        }
        grid = {field.low + (field.high - field.low) * step / GRID for step in range(GRID + 1)}
        return tuple(sorted(one for one in sides | grid if field.low <= one <= field.high))


def total(items: Sequence[Item], values: Values) -> Worked:
    """The sum, with one line for each item. Every item is settled by the given values."""
    points = [item.known(values)[0] for item in items]
    lines = [
        f"{item.words}: {_shown(item, values)}: {_signed(one)}"
        for item, one in zip(items, points, strict=True)
    ]
    return Worked(value=sum(points), lines=(*lines, f"sum of the items = {figure(sum(points))}"))


def span(items: Sequence[Item], values: Values) -> tuple[float, float]:
    """The least and the greatest sum over all values of what is missing."""
    known = [item.known(values) for item in items]
    return sum(one[0] for one in known), sum(one[-1] for one in known)


def wanted(items: Sequence[Item], values: Values) -> tuple[Field, ...]:
    """The missing fields that can change the sum, each once."""
    return tuple(dict.fromkeys(field for item in items for field in item.wanted(values)))


def _shown(item: Item, values: Values) -> str:
    told = [
        f"{field.name} {values.shown(field) if values.has(field.name) else 'not needed'}"
        for field in item.fields
    ]
    return ", ".join(told)


def _signed(points: float) -> str:
    return f"{figure(points)} point{'' if abs(points) == 1 else 's'}"


def yes(field: Field, points: float = 1) -> Item:
    """Points where the answer is yes."""
    return Item(field.words, (field,), lambda values: points if values.yes(field.name) else 0)


def any_of(words: str, fields: Sequence[Field], points: float = 1) -> Item:
    """Points where at least one answer is yes."""
    names = tuple(field.name for field in fields)
    return Item(words, tuple(fields), lambda values: points if any(map(values.yes, names)) else 0)


def option(field: Field, points: Mapping[str, float]) -> Item:
    """Points by the chosen option."""
    return Item(field.words, (field,), lambda values: points[values.word(field.name)])


def below(field: Field, bands: Sequence[tuple[float, float]], beyond: float, words: str = "") -> Item:
    """Points of the first band (edge, points) whose edge lies above the value; ``beyond`` from the last edge on."""

    def points(values: Values) -> float:
        value = values[field.name]
        return next((worth for edge, worth in bands if value < edge), beyond)

    return Item(words or field.words, (field,), points, tuple(edge for edge, _ in bands))


def up_to(field: Field, bands: Sequence[tuple[float, float]], beyond: float, words: str = "") -> Item:
    """Points of the first band (edge, points) that holds the value with its edge; ``beyond`` above the last."""

    def points(values: Values) -> float:
        value = values[field.name]
        return next((worth for edge, worth in bands if value <= edge), beyond)

    return Item(words or field.words, (field,), points, tuple(edge for edge, _ in bands))


def rule(words: str, fields: Sequence[Field], points: Points, *edges: float) -> Item:
    """An item with a rule of its own; ``edges`` are the values at which its points change."""
    return Item(words, tuple(fields), points, edges)


def within(
    field: Field, low: float, high: float, points: tuple[float, float, float], words: str = ""
) -> Item:
    """Points (below, from low to high with both ends, above)."""

    def worth(values: Values) -> float:
        value = values[field.name]
        return points[0] if value < low else points[1] if value <= high else points[2]

    return Item(words or field.words, (field,), worth, (low, high))
