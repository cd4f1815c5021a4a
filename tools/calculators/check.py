"""The build check of the calculators: each has a source, its fields are sound, and its units are in the table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import isinf

from tools.calculators import units
from tools.calculators.fields import Field, FieldKind
from tools.calculators.registry import ADULT, Calculator, calculators
from tools.calculators.sources import CalculatorError, bases


def check() -> str:
    """One line on what was checked.

    Raises:
        CalculatorError: something breaks a rule; the message names all of it.
    """
    held, known = calculators(), bases()
    problems = [f"{name} has no source" for name in held if name not in known]
    problems += [f"the source of {name} has no calculator" for name in known if name not in held]
    problems += [problem for one in held.values() for problem in _problems(one)]
    if problems:
        raise CalculatorError("; ".join(problems))
    open_ = sum(bool(basis.doubt) for basis in known.values())
    return f"{len(held)} calculators, each with its source; {open_} with a part not yet checked"


def _problems(one: Calculator) -> Iterator[str]:
    names = [field.name for field in one.fields]
    if len(set(names)) < len(names):
        yield f"{one.name}: two fields share a name"
    shared = [field.name for item in one.items for field in item.fields]
    if len(set(shared)) < len(shared):
        yield f"{one.name}: a field stands in two items, so the range of the score would be too wide"
    for limit in one.limits:
        if limit != ADULT and one.field(limit.field) is None:
            yield f"{one.name}: a limit on {limit.field}, which it does not ask"
    edges = [edge for edge, _ in one.bands]
    if edges and (not isinf(edges[-1]) or any(low >= high for low, high in pairwise(edges))):
        yield f"{one.name}: the bands do not rise to the end"
    for field in one.fields:
        yield from (f"{one.name}.{field.name}: {problem}" for problem in _unsound(field))


def _unsound(field: Field) -> Iterator[str]:
    if field.kind is FieldKind.NUMBER:
        if field.measure not in units.measures():
            yield f"there is no measure {field.measure}"
        if not field.low < field.high:
            yield "the physical range is empty"
    if field.kind is FieldKind.CHOICE and len(field.options) < 2:
        yield "a choice needs two options"
