"""What a calculator is, and the closed list of those that ship."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tools.calculators.fields import Field
from tools.calculators.scores import Item, total
from tools.calculators.values import Values, Worked

FIELDS = (
    "kidney", "electrolytes", "heart", "liver", "lung", "clots", "bleeding", "sepsis", "comorbidity", "body",
    "obstetric", "opioids", "steroids", "warfarin",
)  # fmt: skip
"""The modules in which calculators are written, in the order in which they are listed."""

Formula = Callable[[Values], Worked]
Bands = Sequence[tuple[float, str]]
"""(edge, words): the words hold below the edge; the last edge is infinite."""


@dataclass(frozen=True)
class Limit:
    """A field outside this range is not covered by the formula, with the reason."""

    field: str
    low: float
    high: float
    why: str


@dataclass(frozen=True)
class Calculator:
    """One calculator. Its statement, source and population stand in knowledge/calculators.yaml under its name."""

    name: str
    title: str
    """What the value is, as a sentence begins: "Creatinine clearance (Cockcroft–Gault)"."""
    unit: str
    fields: tuple[Field, ...]
    formula: Formula
    digits: int = 2
    """Digits after the point that are shown; the working carries more."""
    items: tuple[Item, ...] = ()
    bands: Bands = ()
    limits: tuple[Limit, ...] = ()
    wants: Callable[[Values], tuple[str, ...]] | None = None
    """Optional fields that these values make necessary."""
    wrong: Callable[[Values], str] | None = None
    """What contradicts itself in the values; empty if nothing does."""
    outside: Callable[[Values], str] | None = None
    """Why the formula does not speak about these values; empty if it does."""
    always: tuple[str, ...] = ()
    """Sentences that go with every result."""
    near: Callable[[Values], str] | None = None
    """What has to be said of values at an edge that sources print differently; empty if nothing."""

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return next((field for field in self.fields if field.name == name), None)

    def band(self, value: float) -> str:
        """The words of the band in which the value lies; empty where there are no bands."""
        return next((words for edge, words in self.bands if value < edge), "")


def score(
    name: str,
    title: str,
    *items: Item,
    bands: Bands = (),
    limits: tuple[Limit, ...] = (),
    wrong: Callable[[Values], str] | None = None,
    always: tuple[str, ...] = (),
    near: Callable[[Values], str] | None = None,
) -> Calculator:
    """A calculator that sums items; its fields are those of the items."""
    return Calculator(
        name=name,
        title=title,
        unit="points",
        fields=tuple(dict.fromkeys(field for item in items for field in item.fields)),
        formula=lambda values: total(items, values),
        digits=1,
        items=items,
        bands=bands,
        limits=limits,
        wrong=wrong,
        always=always,
        near=near,
    )


ADULT = Limit("age", 18, 121, "it was made for adults")


def pressures(values: Values) -> str:
    """A diastolic pressure above the systolic one is a slip."""
    if values.has("systolic") and values.has("diastolic") and values["diastolic"] > values["systolic"]:
        return "the diastolic pressure is above the systolic one"
    return ""


@cache
def calculators() -> Mapping[str, Calculator]:
    """All calculators by name, in the order of :data:`FIELDS`. Imports their modules on first use.

    Raises:
        ValueError: two calculators share a name.
    """
    found: dict[str, Calculator] = {}
    for field in FIELDS:
        module = importlib.import_module(f"tools.calculators.{field}")
        for one in module.CALCULATORS:
            if one.name in found:
                raise ValueError(f"two calculators are named {one.name}")
            found[one.name] = one
    return found
