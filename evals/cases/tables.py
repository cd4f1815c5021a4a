"""The tables beside the conditions: who the people are, chronic diseases, physiology. Strict, loaded once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field

from evals.cases.case import Sex
from evals.cases.conditions import KNOWLEDGE, Ages, Cited, Which
from retrieval.evidence import Text, Word

Range = tuple[float, float]


class Said(Word):
    """What carries a number: a source, or "assumption" and why."""

    source: Text
    why: str = ""


class People(Said):
    """A share of the population, spread evenly over its ages."""

    ages: Ages
    share: float


class Value(Said):
    """One number."""

    value: float


class Weeks(Said):
    """Of a pregnancy."""

    weeks: tuple[int, int]


class PregnantSymptoms(Weeks):
    """Symptoms that say "pregnant"."""

    ids: tuple[Text, ...]


class AgeRange(Said):
    """From and to in years."""

    ages: Ages


class Ways(Said):
    """How people write: shares that sum to 1."""

    personas: Mapping[str, float]
    literacy: Mapping[str, float]
    languages: Mapping[str, float]
    countries: Mapping[str, float]
    abroad: Mapping[str, str]
    """The country of those who write another language than English."""


class Old(Word):
    """From which age somebody else writes, and how often."""

    age: float
    share: float


class Proxies(Said):
    """Who tells it for whom."""

    child_until: int
    helpless: tuple[Text, ...]
    helpless_share: float
    old: Old
    else_share: float


class Population(Word):
    """``population.yaml``."""

    people: tuple[People, ...]
    female_share: Value
    pregnant_in: Mapping[str, Weeks]
    not_pregnant: tuple[Text, ...] = ()
    """Severities ("condition/severity") of those conditions after the birth."""
    pregnant_symptoms: PregnantSymptoms
    pregnant_ages: AgeRange
    ways: Ways
    proxies: Proxies
    sources: Mapping[str, Cited]
    status: Text


class Moved(Said):
    """A laboratory value that is drawn from a range instead of from health."""

    range: Range
    unit: str


class Taken(Said):
    """Drugs of which at most one is taken; of all rows with one ``group``, one in all."""

    of: Mapping[str, float]
    group: str = ""


class Chronic(Word):
    """A disease that stands beside the acute one."""

    id: Text
    names: tuple[Text, ...] = ()
    """What else it is called by those who write conditions."""
    prevalence: Annotated[tuple[People, ...], Field(min_length=1)]
    drugs: tuple[Taken, ...]
    doses: Mapping[str, str]
    moves: Mapping[str, Moved] = {}
    egfr: AgeLess | None = None
    not_in: tuple[Text, ...] = ()
    """Conditions that this one would contradict."""
    without: tuple[Text, ...] = ()
    """Chronic diseases that do not stand beside it here."""
    in_pregnancy: bool = False
    """Whether it is drawn in a pregnancy: its drugs are such as are taken then."""
    plain: Text
    """As people say it."""


class AgeLess(Said):
    """A range in the unit of its field."""

    range: Range


class Intolerance(Word):
    """A row of the allergies."""

    substance: Text
    reaction: Text
    share: float
    true_allergy: bool = True


class Allergies(Said):
    """How often people name one."""

    rows: tuple[Intolerance, ...]


class ChronicTable(Word):
    """``chronic.yaml``."""

    chronic: tuple[Chronic, ...]
    not_below: Mapping[str, Value]
    drug_moves: Mapping[str, Mapping[str, Moved]]
    listed_share: Value
    allergies: Allergies
    sources: Mapping[str, Cited]
    status: Text


class Base(Said):
    """The range that holds 95 % of the healthy of this sex and age."""

    sex: Which = "any"
    ages: Ages
    low: float
    high: float


class Unit(Said):
    """Another unit: value x times + plus (creatinine: value / per_umol)."""

    unit: Text
    ucum: Text
    loinc: str = ""
    name: str = ""
    times: float = 1.0
    plus: float = 0.0
    per_umol: float | None = None
    digits: int
    countries: tuple[str, ...] = ("US",)
    """Where it is written so."""


class Quantity(Word):
    """A vital sign or laboratory value."""

    name: Text
    unit: str
    ucum: Text
    loinc: Text
    digits: int
    log: bool = False
    bands: Annotated[tuple[Base, ...], Field(min_length=1)]
    shifts: Mapping[str, float]
    bounds: Range
    units: tuple[Unit, ...] = ()

    def band(self, age: float, sex: Sex) -> Base:
        """The range for a person; refuses (LookupError) where the table holds none."""
        for one in reversed(self.bands):
            if one.ages[0] <= age and (one.sex in ("any", sex)):
                return one
        raise LookupError(f"{self.name}: no range for {sex} of {age:g} years")


class Pairs(Said):
    """Correlations by two names; what is not named is 0."""

    pairs: tuple[tuple[Text, Text, float], ...]
    sd: float = 1.0


class Egfr(Said):
    """How the true eGFR is drawn, in mL/min/1.73 m2."""

    mean_at_20: float
    loss_per_year: float
    sd: float
    low: float
    high: float
    renal_shift: float


class Equation(Said):
    """Coefficients of CKD-EPI 2021."""

    constant: float
    kappa: Mapping[Sex, float]
    alpha: Mapping[Sex, float]
    above: float
    age: float
    female: float


class CreatinineRange(Said):
    """Of adults, in umol/L."""

    sex: Sex
    low: float
    high: float


class Creatinine(Word):
    """Creatinine, made from the eGFR."""

    unit: Text
    ucum: Text
    loinc: Text
    units: tuple[Unit, ...]
    ranges: tuple[CreatinineRange, ...]
    egfr: Egfr
    equation: Equation


class Size(Word):
    """Median height and weight."""

    sex: Which = "any"
    ages: Ages
    cm: float
    kg: float


class Moves(Word):
    """Values that a symptom or a disease itself says."""

    symptoms: Mapping[str, Mapping[str, Moved]]
    conditions: Mapping[str, Mapping[str, Moved]]
    never: Mapping[str, Mapping[str, Value]]
    """Highest value of those who truly have not the symptom."""


class Body(Said):
    """Heights and weights by age."""

    rows: tuple[Size, ...]


class Physiology(Word):
    """``physiology.yaml``."""

    shifts_source: Text
    shifts_why: Text
    correlation: Pairs
    measurement_noise: Pairs
    vitals: tuple[Quantity, ...]
    labs: tuple[Quantity, ...]
    creatinine: Creatinine
    moves: Moves
    body: Body
    sources: Mapping[str, Cited]
    status: Text

    def quantity(self, name: str) -> Quantity:
        """By name; refuses (KeyError) an unknown one."""
        for one in (*self.vitals, *self.labs):
            if one.name == name:
                return one
        raise KeyError(name)


Chronic.model_rebuild()


@cache
def population(folder: Path = KNOWLEDGE) -> Population:
    return Population.model_validate(_read(folder / "population.yaml"))


@cache
def chronic(folder: Path = KNOWLEDGE) -> ChronicTable:
    return ChronicTable.model_validate(_read(folder / "chronic.yaml"))


@cache
def physiology(folder: Path = KNOWLEDGE) -> Physiology:
    return Physiology.model_validate(_read(folder / "physiology.yaml"))


def check(folder: Path = KNOWLEDGE) -> tuple[str, ...]:
    """Every source that is named and not there, and every assumption without why."""
    found: list[str] = []
    for name, table in (
        ("population", population(folder)),
        ("chronic", chronic(folder)),
        ("physiology", physiology(folder)),
    ):
        for where, said in _said(table.model_dump(), name):
            if said["source"] == "assumption" and not said["why"]:
                found.append(f"{where}: an assumption without why")
            elif said["source"] != "assumption" and said["source"] not in table.sources:
                found.append(f"{where}: no source {said['source']}")
    return tuple(found)


def _said(node: Any, where: str) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if isinstance(node, dict):
        if "source" in node and "why" in node:
            found.append((where, node))
        for key, value in node.items():
            found += _said(value, f"{where}.{key}")
    elif isinstance(node, list | tuple):
        for number, value in enumerate(node):
            found += _said(value, f"{where}[{number}]")
    return found


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
