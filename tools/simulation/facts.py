"""The facts that a drug model's record is made of: figures, each with the source and the place where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from retrieval.evidence import Depth, Text, Word

Name = Literal[
    "cl", "v1", "q", "v2", "ka", "f", "tlag", "emax", "ec50", "gamma", "mtt1", "mtt2", "lambda", "inr_max", "inr_base",
    "activity",
]  # fmt: skip


class Cited(Word):
    """Where a figure stands: a source of the record and the place in it."""

    source: Text
    locator: Text


class Reference(Word):
    """A source of the record. One of ``doi``, ``pmid``, ``url`` is given; ``seen`` says how we saw it."""

    title: Text
    version: Text
    licence: Text
    depth: Depth
    seen: Text
    checked: Text
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    year: int | None = None

    @model_validator(mode="after")
    def _can_be_found(self) -> Reference:
        if not (self.doi or self.pmid or self.url):
            raise ValueError("a source needs a doi, a pmid or a url")
        return self


HELD_OUT_WITHIN = 0.2
"""How near a held-out figure must be, unless it lies in the range that was published; set before looking."""


class Parameter(Cited):
    """A typical value. ``cv`` is the coefficient of variation between people (log-normal), 0.31 for 31 %."""

    value: float
    unit: Text
    cv: float | None = Field(default=None, ge=0)
    per_kg: bool = False
    """The value is per kilogram of body weight."""
    note: str = ""


class Effect(Cited):
    """What one diplotype or phenotype does: factors on parameters, 1 for no change."""

    factors: Mapping[Name, float] = {}
    values: Mapping[Name, float] = {}
    """The parameter's own typical value for this genotype, where the paper prints that and no factor."""
    people: int | None = None
    """How many people of this genotype stand behind it."""
    note: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Effect:
        if not (self.factors or self.values) or set(self.factors) & set(self.values):
            raise ValueError("an effect gives factors or values, and for one parameter not both")
        return self


class Frequencies(Cited):
    """How often each genotype was found in the people of the model, as shares of 1."""

    shares: Mapping[Text, float]
    people: Text

    @model_validator(mode="after")
    def _add_up(self) -> Frequencies:
        if abs(sum(self.shares.values()) - 1) > 0.02:
            raise ValueError(f"the shares add up to {sum(self.shares.values())}, not to 1")
        return self


class Gene(Word):
    """A gene of the model and its effects by diplotype ("*1/*3", "GA") or phenotype ("poor metabolizer")."""

    by: Literal["diplotype", "phenotype"]
    effects: Mapping[Text, Effect]
    reference: Text
    """The genotype for which the typical values hold; a key of ``effects``."""
    frequencies: Frequencies | None = None
    """For virtual patients whose genotype is drawn."""

    @model_validator(mode="after")
    def _reference_is_an_effect(self) -> Gene:
        if self.reference not in self.effects:
            raise ValueError(f"the reference {self.reference} is none of the effects")
        if self.frequencies and (strange := set(self.frequencies.shares) - set(self.effects)):
            raise ValueError(f"a frequency without an effect: {', '.join(sorted(strange))}")
        return self


class Check(Cited):
    """A published figure that the model must give.

    ``role`` is "input" where the figure went into the parameters (so that agreement proves only the arithmetic),
    "same source" where it comes from the model or study that gave them, and "held out" where it is independent.
    """

    what: Literal["auc_ratio", "cmax_ratio", "half_life_h", "auc", "cmax", "tmax_h", "clearance_l_h"]
    genotype: Mapping[Text, Text] = {}
    against: Mapping[Text, Text] = {}
    dose_mg: float | None = None
    hours: float | None = None
    """Window of the area after one dose; None for all of it."""
    published: float
    low: float | None = None
    high: float | None = None
    within: float = Field(gt=0)
    """Relative difference up to which the figure counts as reproduced: one rule for all that are held out."""
    role: Literal["input", "same source", "held out"]
    explained: str = ""
    """Why it differs, where it does."""
