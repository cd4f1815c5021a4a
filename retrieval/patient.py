"""The patient frame: what is known about one person, where each value comes from, and what is not known.

Unknown is a value of its own: a field that is None was never stated, and a list that is empty but not ``complete``
means "nobody has said", not "none".
"""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import Field

from retrieval.evidence import Text, Word

T = TypeVar("T")


class OriginKind(StrEnum):
    """Who stated a value."""

    CHART = "chart"
    WORDS = "your words"
    COMPUTED = "computed"
    EDITED = "edited by you"


class Origin(Word):
    """Where a value comes from: the words themselves, a chart path, or the computation."""

    kind: OriginKind
    where: Text


class Known(Word, Generic[T]):
    """A value with its unit and its origin."""

    value: T
    unit: str = ""
    origin: Origin
    date: str = ""


class Listed(Word):
    """A list of names; ``complete`` says that somebody stated that nothing else belongs to it."""

    items: tuple[Known[str], ...] = ()
    complete: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(item.value for item in self.items)


class Patient(Word):
    """One person as far as known. ``sex`` is "female" or "male"; what is not told of a pregnancy is unknown (None)."""

    age_years: Known[float] | None = None
    sex: Known[str] | None = None
    pregnant: Known[bool] | None = None
    weeks_pregnant: Known[float] | None = None
    breastfeeding: Known[bool] | None = None
    weight: Known[float] | None = None
    labs: dict[str, Known[float]] = Field(default_factory=dict)
    """By name: "eGFR", "HbA1c", "potassium" …; each with its unit."""
    vitals: dict[str, Known[float]] = Field(default_factory=dict)
    problems: Listed = Listed()
    drugs: Listed = Listed()
    allergies: Listed = Listed()
    genotypes: Listed = Listed()
    images: Listed = Listed()
