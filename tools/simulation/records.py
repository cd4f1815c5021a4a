"""One record per drug model: structure, parameters with their sources, what genes change, what it must reproduce.

The records stand in ``tools/knowledge/simulation/*.yaml``. A parameter is a fact of a paper or a label, in our own
words; a record without a source for each of them does not load.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, model_validator

from retrieval.evidence import Depth, Source, Text, Word

FOLDER = Path(__file__).resolve().parents[1] / "knowledge" / "simulation"

Kind = Literal["compartment", "warfarin", "whole_body"]
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


class Range(Word):
    """The people and doses for which the model speaks; outside it is ``not_covered``."""

    age: tuple[float, float]
    weight: tuple[float, float]
    dose: tuple[float, float]
    daily: float | None = Field(default=None, gt=0)
    """The most mg a day, where the people of the model had less than the largest dose at the usual interval gives."""
    people: Text
    """Who was studied, in words."""


class Analyte(Word):
    """A substance in the venous plasma of a whole-body model, which counts mmol/L."""

    species: Text
    molar_mass: float = Field(gt=0)
    """g/mol, as the model itself states it."""


class WholeBody(Word):
    """How a whole-body model in SBML is used; the model itself lies in a pack."""

    file: Text
    dose: Text
    """The parameter that takes a dose in mg."""
    weight: Text
    renal: str = ""
    """The parameter of renal function from 0 to 1; empty where the model has none."""
    activity: Mapping[Text, Text] = {}
    """Gene and the parameter of its enzyme's activity."""
    analytes: Mapping[Text, Analyte] = Field(min_length=1)
    """The first is the one that the record tells of."""
    attribution: Text
    """Authors, work and licence; stands in each result."""


class Model(Word):
    """One drug model."""

    id: Text
    drug: Text
    title: Text
    kind: Kind
    analyte: Text
    """What the curve shows: "S-warfarin in plasma", and of which the concentration is told."""
    concentration_unit: Text = "mg/L"
    fed: float = 1.0
    """Share of the dose that the model is fed with: 0.5 where only one enantiomer of a racemate is modelled."""
    usual: Mapping[str, float] = {}
    """``dose`` mg, ``every`` h: shown as an example, never as advice."""
    parameters: Mapping[Name, Parameter] = {}
    genes: Mapping[Text, Gene] = {}
    renal_share: Parameter | None = None
    """Share of clearance through the kidney, for ``renal_function`` 0 to 1; None: the model does not know kidneys."""
    age_per_year: Parameter | None = None
    """Change of clearance per year from ``age_from``, -0.0091 for -0.91 %."""
    age_from: float | None = None
    checks: tuple[Check, ...] = ()
    range: Range
    not_in_model: tuple[Text, ...] = Field(min_length=1)
    """What the model leaves out, for the reader."""
    side_effects: tuple[Text, ...] = ()
    """What the model can read out beside exposure ("share above INR 4")."""
    sources: Mapping[Text, Reference] = Field(min_length=1)
    licence: Text = "facts of publications, in our own words"
    pack: str = ""
    """The pack that holds the model's body, where it is not ours to ship."""
    body: WholeBody | None = None
    status: Literal["draft"] = "draft"

    @model_validator(mode="after")
    def _a_whole_body_has_a_body(self) -> Model:
        if (self.kind == "whole_body") != bool(self.body and self.pack):
            raise ValueError("a whole-body model names its body and its pack, and no other does")
        if self.body and set(self.body.activity) != set(self.genes):
            raise ValueError("each gene of a whole-body model has a parameter of its activity")
        return self

    @property
    def most_a_day(self) -> float:
        """mg a day up to which the model speaks: of its record, else its largest dose at the usual interval."""
        return self.range.daily or self.range.dose[1] * 24 / min(24.0, self.usual.get("every") or 24.0)

    @model_validator(mode="after")
    def _one_rule_for_what_is_held_out(self) -> Model:
        if [one for one in self.checks if one.role == "held out" and one.within != HELD_OUT_WITHIN]:
            raise ValueError(
                f"a figure that is held out counts as reproduced within {HELD_OUT_WITHIN}, as all of them"
            )
        return self

    @model_validator(mode="after")
    def _every_citation_is_held(self) -> Model:
        cited: list[Cited] = [*self.parameters.values(), *self.checks]
        cited += [effect for gene in self.genes.values() for effect in gene.effects.values()]
        cited += [gene.frequencies for gene in self.genes.values() if gene.frequencies]
        cited += [one for one in (self.renal_share, self.age_per_year) if one]
        if unknown := {one.source for one in cited} - set(self.sources):
            raise ValueError(f"no such source in the record: {', '.join(sorted(unknown))}")
        return self

    def source(self, key: str) -> Source:
        """A source of the record as evidence names it."""
        held = self.sources[key]
        return Source(
            id=f"model:{self.id}:{key}", title=held.title, version=held.version, licence=held.licence,
            depth=held.depth, url=held.url, pmid=held.pmid, doi=held.doi, year=held.year, marks=("draft",),
        )  # fmt: skip


@cache
def models() -> Mapping[str, Model]:
    """Every record by id, in the order of the ids.

    Raises:
        ValueError: a record does not hold to the format; the message names the file.
    """
    held: dict[str, Model] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        try:
            one = Model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except ValueError as wrong:
            raise ValueError(f"{path.name}: {wrong}") from wrong
        if one.id != path.stem:
            raise ValueError(f"{path.name}: the id is {one.id}, the file must be named after it")
        held[one.id] = one
    return held


def models_of(drug: str) -> tuple[Model, ...]:
    """The models of a drug by its generic name; none where no model is held."""
    return tuple(one for one in models().values() if one.drug == drug.strip().lower())
