"""The values of one run of a calculator, in the formulas' own units, and how they were written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from retrieval.evidence import Word
from tools.calculators.fields import Field, FieldKind, Value


class Values:
    """Values by field name. Asking for one of another kind, or one that was not given, is a bug."""

    def __init__(self, held: Mapping[str, Value], written: Mapping[str, str] | None = None) -> None:
        self._held = dict(held)
        self._written = dict(written or {})

    def has(self, name: str) -> bool:
        """True if the field was given."""
        return name in self._held

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that were given."""
        return tuple(self._held)

    def __getitem__(self, name: str) -> float:
        """A number, in the unit that formulas use."""
        value = self._held[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name} is no number")
        return float(value)

    def yes(self, name: str) -> bool:
        """A yes or no."""
        value = self._held[name]
        if not isinstance(value, bool):
            raise TypeError(f"{name} is no yes or no")
        return value

    def word(self, name: str) -> str:
        """The chosen option."""
        value = self._held[name]
        if not isinstance(value, str):
            raise TypeError(f"{name} is no choice")
        return value

    def day(self, name: str) -> date:
        """A calendar day."""
        value = self._held[name]
        if not isinstance(value, date):
            raise TypeError(f"{name} is no day")
        return value

    def having(self, more: Mapping[str, Value]) -> Values:
        """The same values with more."""
        return Values({**self._held, **more}, self._written)

    def shown(self, field: Field) -> str:
        """A value as it is read: "1.7 mg/dL", "150 µmol/L (1.69645 mg/dL)", "yes", "2000-02-24"."""
        value = self._held[field.name]
        if isinstance(value, bool):
            return "yes" if value else "no"
        if field.kind is not FieldKind.NUMBER or not isinstance(value, int | float):
            return str(value)
        own = f"{figure(value)} {field.unit}".strip()
        return f"{self._written[field.name]} ({own})" if field.name in self._written else own


class Worked(Word):
    """What a formula gives: the value, the working line by line, and what else has to be said."""

    value: float | str
    lines: tuple[str, ...]
    more: tuple[str, ...] = ()
    """Further sentences that belong to the result: an interval, the other formulas' values."""


def figure(value: float, digits: int = 6) -> str:
    """A number as it is read, to ``digits`` significant figures and without a tail of noughts."""
    text = f"{value:.{digits}g}"
    return f"{value:.0f}" if "e" in text and abs(value) >= 1 else text
