"""One picture on its way through the reading: what was asked of it, whose it is, and how long each step took."""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.image import Kind, MedicalImage, Want

CHART, HEADER = "as given", "as the picture's header says"
APART = 1
"""Years by which record and header may differ: a birthday lies between them."""


class Clock:
    """Wall time between steps, in seconds, by the step's name."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def step(self, name: str) -> None:
        """The step that ends now."""
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._last
        self._last = now


class Age(NamedTuple):
    """Whole years as far as known, and who says so."""

    chart: int | None
    header: int | None

    @property
    def all(self) -> tuple[int, ...]:
        """Those that are known."""
        return tuple(one for one in (self.chart, self.header) if one is not None)

    @property
    def years(self) -> int | None:
        """The record's age; without one the header's, which is a claim."""
        return self.header if self.chart is None else self.chart

    @property
    def said(self) -> str:
        """Such as "4 years, as the picture's header says"; "" where no age is known."""
        if self.years is None:
            return ""
        unit = "year" if self.years == 1 else "years"
        told = f"{self.years} {unit}" if self.years else "under 1 year"
        return f"{told}, {HEADER if self.chart is None else CHART}"

    @property
    def disputed(self) -> str:
        """Where record and header do not agree: perhaps the picture is another patient's."""
        if self.chart is None or self.header is None or abs(self.chart - self.header) <= APART:
            return ""
        return f"the age given is {self.chart} years and the picture's header says {self.header}"

    @property
    def told(self) -> str:
        """What is said beside a score: the age, and where record and header do not agree."""
        return "; ".join(part for part in (self.said, self.disputed) if part)


class Asked(NamedTuple):
    """A picture, and what was asked of it."""

    image: MedicalImage
    pixels: NDArray[np.uint8]
    """H x W x 3."""
    want: frozenset[Want]
    kind: Kind
    age: Age
    clock: Clock


def age_of(image: MedicalImage, chart: int | None) -> Age:
    """The age by the patient's record and by the picture's header ("90+" counts as 90)."""
    claimed = str(image.claim.get("PatientAge", "")).removesuffix("+")
    return Age(chart, int(claimed) if claimed.isdecimal() else None)


def claimed(image: MedicalImage) -> str:
    """The modality that the file's header claims, such as "CT", or "" where it says none (or "other")."""
    said = str(image.claim.get("Modality", ""))
    return "" if said == "OT" else said
