"""The words of a run: what is asked for, what comes back, and how a run is refused.

SimulationError
├── BadInput      a number or name is wrong; the message names the mend
├── NeedsInput    something is missing; ``missing`` names it
└── NotCovered    the model does not speak about that; nothing is ever clamped into its range
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from retrieval.evidence import Text, Word
from tools.simulation.records import Model

MOST_PEOPLE, MOST_DAYS, MOST_DOSE, MOST_GROUPS = 2000, 180, 1000.0, 8
INR_ABOVE = 4.0


class SimulationError(ValueError):
    """A run is refused; the message is a sentence for the user."""


class BadInput(SimulationError):
    """A number or a name is wrong."""


class NeedsInput(SimulationError):
    """Something is missing."""

    def __init__(self, message: str, *missing: str) -> None:
        super().__init__(message)
        self.missing = missing


class NotCovered(SimulationError):
    """The model does not speak about that."""


class Request(Word):
    """One run. ``every_h`` 0 is one dose; no ``genotypes`` is the reference genotype of the model."""

    drug: str = ""
    dose_mg: float
    every_h: float = 24.0
    days: float = 30.0
    genotypes: tuple[str | Mapping[str, str], ...] = ()
    """One for each group to compare: "CYP2C9 *1/*3, VKORC1 GA"; "cohort" draws it by the model's frequencies."""
    age: float | None = None
    weight: float | None = None
    renal_function: float | None = None
    n: int = 300
    seed: int = 1
    model: str | None = None
    threshold: float = INR_ABOVE
    """INR above which people are counted."""


class Spread(Word):
    """The 5 %, 50 % and 95 % points of a population."""

    low: float
    middle: float
    high: float


class Band(Word):
    """The same over the times of the course."""

    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]

    def at(self, index: int) -> Spread:
        """The points at one time."""
        return Spread(low=self.low[index], middle=self.middle[index], high=self.high[index])


class Exposure(Word):
    """How much of the drug there is, over the people of a group, in the units of the course.

    Of repeated doses ``cmax``, ``trough`` and ``auc`` are those of one interval at steady state; of one dose ``auc``
    is to infinity and there is no trough. None where the model's engine does not tell.
    """

    auc_window: Spread
    """From the first dose to the end of the run."""
    cmax: Spread
    auc: Spread | None = None
    trough: Spread | None = None
    hours_to_steady: Spread | None = None
    """Until the exposure of one interval has come to 95 % of that at steady state."""


class Swing(Word):
    """The lowest and the highest INR of an interval at steady state, over the people of a group."""

    lowest: Spread
    highest: Spread


class Inr(Word):
    """The INR of a group over time and at steady state, and the shares of people above the threshold."""

    band: Band
    steady: Spread
    """Where doses are more than a day apart: the mean of an interval at steady state."""
    swing: Swing | None = None
    """Between what the INR moves in such an interval; None where doses are a day apart or less."""
    highest: Spread
    """Of the run, each person's own."""
    day_of_highest: Spread
    above_at_end: float
    above_ever: float
    day_of_steady: float | None
    """First day on which the median has come within 5 % of the way from its start to its steady value."""


class Group(Word):
    """One genotype of the comparison. Every group of a run holds the same virtual people but for the genotype."""

    label: Text
    genotype: Mapping[str, str]
    """Gene to the key of its effect, or "cohort"."""
    concentration: Band
    exposure: Exposure
    inr: Inr | None = None
    others: Mapping[str, Exposure] = {}
    """Exposure to further analytes of the model, such as a metabolite."""


class Course(Word):
    """What a run gives. ``times`` in hours from the first dose; concentrations in the model's unit."""

    request: Request
    model: Model
    times: Annotated[tuple[float, ...], Field(min_length=2)]
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    warnings: tuple[str, ...] = ()
    """What was assumed and what the reader must know, as sentences."""
    attribution: str = ""

    @property
    def auc_unit(self) -> str:
        amount, _, volume = self.model.concentration_unit.partition("/")
        return f"{amount}·h/{volume}"

    def place(self, hours: float) -> int:
        """The place in ``times`` at or last before ``hours``."""
        return max(index for index, time in enumerate(self.times) if time <= hours + 1e-9)
