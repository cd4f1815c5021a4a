"""One record per drug model: structure, parameters with their sources, what genes change, what it must reproduce.

The records stand in ``tools/knowledge/simulation/*.yaml``. A parameter is a fact of a paper or a label, in our own
words; a record without a source for each of them is damaged, and its model is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import Field, model_validator

from retrieval.evidence import Source, Text, Word
from tools.damaged import Damaged, why
from tools.simulation.facts import (
    HELD_OUT_WITHIN,
    Check,
    Cited,
    Effect,
    Frequencies,
    Gene,
    Name,
    Parameter,
    Reference,
)

__all__ = [
    "FOLDER", "HELD_OUT_WITHIN", "Analyte", "Check", "Cited", "DamagedRecord", "Effect", "Frequencies", "Gene", "Kind",
    "Model", "Name", "Parameter", "Range", "Reference", "WholeBody", "damaged", "damaged_of", "models", "models_of",
]  # fmt: skip

FOLDER = Path(__file__).resolve().parents[1] / "knowledge" / "simulation"

Kind = Literal["compartment", "warfarin", "whole_body"]
NEEDED: Mapping[Kind, frozenset[str]] = {
    "compartment": frozenset({"cl", "v1", "ka"}),
    "warfarin": frozenset("cl v1 ka emax ec50 gamma mtt1 mtt2 inr_max inr_base".split()),
    "whole_body": frozenset(),
}
"""Parameters without which a model of the kind cannot run; those of a whole body stand in its pack."""


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

    @model_validator(mode="after")
    def _has_what_a_run_needs(self) -> Model:
        effects = [effect for gene in self.genes.values() for effect in gene.effects.values()]
        needed = NEEDED[self.kind] | {name for effect in effects for name in effect.values}
        needed |= {"q", "v2"} if {"q", "v2"} & set(self.parameters) else set()
        if self.kind != "whole_body" and (lacking := needed - set(self.parameters)):
            raise ValueError(f"no parameter {', '.join(sorted(lacking))}")
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


class DamagedRecord(NamedTuple):
    """A record that does not hold to the form: its model is left out, all others go on."""

    id: str
    drug: str
    """As the record says it, else as its file is named."""
    path: Path
    why: str

    @property
    def refusal(self) -> Damaged:
        """What whoever asks for the model is told: the record, why in one line, and the mend."""
        return Damaged(f"The drug model {self.id} is left out", self.path, self.why)


class Records(NamedTuple):
    """What a folder holds, by id in the order of the ids."""

    models: Mapping[str, Model]
    damaged: Mapping[str, DamagedRecord]


def models() -> Mapping[str, Model]:
    """Every model whose record holds to the form, by id, in the order of the ids."""
    return _held(FOLDER).models


def damaged() -> Mapping[str, DamagedRecord]:
    """The records that do not hold to the form, by the name of the file; none where all is well."""
    return _held(FOLDER).damaged


def models_of(drug: str) -> tuple[Model, ...]:
    """The models of a drug by its generic name; none where no model is held."""
    return tuple(one for one in models().values() if one.drug == drug.strip().lower())


def damaged_of(drug: str) -> tuple[DamagedRecord, ...]:
    """The damaged records of a drug by its generic name."""
    return tuple(one for one in damaged().values() if one.drug == drug.strip().lower())


@cache
def _held(folder: Path) -> Records:
    held: dict[str, Model] = {}
    lost: dict[str, DamagedRecord] = {}
    for path in sorted(folder.glob("*.yaml")):
        rows: Any = None
        try:
            rows = yaml.safe_load(path.read_text(encoding="utf-8"))
            held[path.stem] = _model(rows, path.stem)
        except (OSError, ValueError, yaml.YAMLError) as wrong:
            lost[path.stem] = _damaged(path, rows, why(wrong))
    return Records(held, lost)


def _model(rows: Any, name: str) -> Model:
    one = Model.model_validate(rows)
    if one.id != name:
        raise ValueError(f"the id is {one.id}, the file must be named after it")
    return one


def _damaged(path: Path, rows: Any, reason: str) -> DamagedRecord:
    said = rows.get("drug") if isinstance(rows, dict) else None
    drug = said.strip().lower() if isinstance(said, str) else path.stem.partition("_")[0]
    return DamagedRecord(path.stem, drug, path, reason)
