"""What can be measured of a latent state: vital signs and laboratory values with units and reference ranges.

value = mean(age, sex) + sum(shift x z) + sd x noise (``evals/knowledge/physiology.yaml``). Creatinine goes the other
way: the true eGFR is drawn first and CKD-EPI 2021 is inverted, so that no calculator is needed for gold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from evals.cases.case import Measured, Person, Sex
from evals.cases.conditions import KNOWLEDGE
from evals.cases.draw import Beside
from evals.cases.noise import Noise, mixed, normal
from evals.cases.streams import stream
from evals.cases.tables import Creatinine, Equation, Quantity, Unit, physiology
from evals.cases.world import World

WIDEST = 2.2
"""Noise of a healthy value reaches this many standard deviations; the range holds 1.96."""
ADULT = 18
"""CKD-EPI is for adults; children have no eGFR and no creatinine here."""
_SCORE = 3.92


class Base(NamedTuple):
    """Mean and spread of the healthy (logarithms where the quantity is drawn so), and how it is written down."""

    mean: float
    sd: float
    unit: Unit | None
    """None: the table's own."""
    name: str
    written_unit: str
    loinc: str
    low: float
    high: float
    """The reference range in the written unit."""


class Says(NamedTuple):
    """What disease and symptoms themselves say of a value: a fever is 38 and more."""

    condition: str
    symptoms: Mapping[str, bool]


class Observed(NamedTuple):
    """Everything measured of one case."""

    vitals: Mapping[str, Measured]
    labs: Mapping[str, Measured]
    egfr: float | None


def observe(
    held: World,
    who: Person,
    z: Mapping[str, float],
    has: Beside,
    said: Says,
    seed: int,
    index: int,
    folder: Path = KNOWLEDGE,
) -> Observed:
    """Vital signs and laboratory values of a case. Adults also have an eGFR, and the creatinine made from it."""
    noise = _noise(folder)
    draws = stream(seed, index, "observe").random(len(noise.names) + 4).tolist()
    normals = dict(zip(noise.names, noise.drawn(draws), strict=True))
    other = len(noise.names)
    years = int(who.age_years)
    months = int((who.age_years - years) * 12) if years < 2 else 0

    def rest(one: Quantity) -> Base:
        return base(one.name, who.sex, years, months, who.country, folder)

    moved, most = _moved(held, has, said)
    vitals = {
        one.name: _measured(one, rest(one), z, normals[one.name], moved.get(one.name), most.get(one.name))
        for one in held.physiology.vitals
    }
    _tidy(vitals)
    labs = {
        one.name: _measured(one, rest(one), z, normals[one.name], moved.get(one.name))
        for one in held.physiology.labs
    }
    egfr = true_egfr(held, who, z, has, draws[other], draws[other + 1])
    if egfr is not None:
        labs["creatinine"], labs["eGFR"] = _kidney(held.physiology.creatinine, who, egfr)
    return Observed(vitals, labs, egfr)


def true_egfr(
    held: World, who: Person, z: Mapping[str, float], has: Beside, first: float, second: float
) -> float | None:
    """mL/min/1.73 m2: from chronic kidney disease where there is one, else by age; illness of the kidney takes away."""
    if who.age_years < ADULT:
        return None
    rule = held.physiology.creatinine.egfr
    low = next((one.egfr.range for one in has.chronic if one.egfr), None)
    if low:
        value = low[0] + first * (low[1] - low[0])
    else:
        value = max(
            62.0, rule.mean_at_20 - rule.loss_per_year * (who.age_years - 20) + rule.sd * normal(first)
        )
    value += rule.renal_shift * z.get("renal", 0.0) * (value / rule.mean_at_20)
    return round(max(rule.low, min(rule.high, value)), 0)


def creatinine(equation: Equation, egfr: float, age: float, sex: Sex) -> float:
    """mg/dL whose CKD-EPI 2021 eGFR is ``egfr`` (Inker et al., N Engl J Med 2021;385:1737), inverted in closed form."""
    kappa, alpha = equation.kappa[sex], equation.alpha[sex]
    scale = equation.constant * equation.age**age * (equation.female if sex == "female" else 1.0)
    ratio = egfr / scale
    found: float = kappa * ratio ** (1 / (equation.above if ratio < 1 else alpha))
    return found


def written(value: float, unit: Unit | None, digits: int) -> float:
    """The value in another unit, rounded as it is written there."""
    if unit is None:
        return rounded(value, digits)
    turned = value / unit.per_umol if unit.per_umol else value * unit.times + unit.plus
    return rounded(turned, unit.digits)


def rounded(value: float, digits: int) -> float:
    return float(round(value, digits)) if digits else float(round(value))


@cache
def base(name: str, sex: Sex, years: int, months: int, country: str, folder: Path = KNOWLEDGE) -> Base:
    """Of the healthy at this age in this country; ``months`` counts only below two years."""
    one = physiology(folder).quantity(name)
    row = one.band(years + months / 12, sex)
    low, high = (math.log(row.low), math.log(row.high)) if one.log else (row.low, row.high)
    unit = next((unit for unit in one.units if country in unit.countries), None)
    digits = max(one.digits, 1)
    return Base(
        mean=(low + high) / 2,
        sd=(high - low) / _SCORE,
        unit=unit,
        name=unit.name or one.name if unit else one.name,
        written_unit=unit.unit if unit else one.unit,
        loinc=unit.loinc if unit else one.loinc,
        low=written(row.low, unit, digits),
        high=written(row.high, unit, digits),
    )


@cache
def _noise(folder: Path) -> Noise:
    table = physiology(folder)
    return mixed([one.name for one in (*table.vitals, *table.labs)], table.measurement_noise.pairs)


def _measured(
    one: Quantity,
    rest: Base,
    z: Mapping[str, float],
    noise: float,
    range_: tuple[float, float] | None = None,
    most: float | None = None,
) -> Measured:
    noise = max(-WIDEST, min(WIDEST, noise))
    if range_:
        value = range_[0] + (range_[1] - range_[0]) * (noise + WIDEST) / (2 * WIDEST)
    else:
        value = rest.mean + rest.sd * noise
        for axis, shift in one.shifts.items():
            if axis in z:
                value += shift * z[axis]
        value = math.exp(value) if one.log else value
    value = max(one.bounds[0], min(one.bounds[1] if most is None else most, value))
    return _MEASURED(
        name=rest.name,
        value=written(value, rest.unit, one.digits),
        unit=rest.written_unit,
        loinc=rest.loinc,
        low=rest.low,
        high=rest.high,
    )


_MEASURED = Measured.model_construct


def _tidy(vitals: dict[str, Measured]) -> None:
    """Diastolic pressure stays at least 15 mmHg below systolic."""
    upper, lower = vitals["systolic blood pressure"], vitals["diastolic blood pressure"]
    if lower.value > upper.value - 15:
        vitals["diastolic blood pressure"] = lower.model_copy(update={"value": max(20.0, upper.value - 15)})


def _moved(held: World, has: Beside, said: Says) -> tuple[dict[str, tuple[float, float]], dict[str, float]]:
    """Ranges that a chronic disease, a drug, a symptom or the disease itself holds a value in; and highest values."""
    found = {name: row.range for one in has.chronic for name, row in one.moves.items()}
    for drug in has.drugs:
        found.update({name: row.range for name, row in held.chronic.drug_moves.get(drug.name, {}).items()})
    moves = held.physiology.moves
    for symptom, rows in moves.symptoms.items():
        if said.symptoms.get(symptom):
            found.update({name: row.range for name, row in rows.items()})
    found.update({name: row.range for name, row in moves.conditions.get(said.condition, {}).items()})
    most = {
        name: row.value
        for symptom, limits in moves.never.items()
        if said.symptoms.get(symptom) is False
        for name, row in limits.items()
        if name not in found
    }
    return found, most


def _kidney(table: Creatinine, who: Person, egfr: float) -> tuple[Measured, Measured]:
    us = who.country in table.units[0].countries
    exact = creatinine(table.equation, egfr, int(who.age_years), who.sex)
    unit = table.units[0]
    row = next(row for row in table.ranges if row.sex == who.sex)
    umol = exact * (unit.per_umol or 1)
    made = Measured.model_construct(
        name="creatinine",
        value=rounded(exact, unit.digits) if us else rounded(umol, 0),
        unit=unit.unit if us else table.unit,
        loinc=unit.loinc if us else table.loinc,
        low=written(row.low, unit if us else None, 0),
        high=written(row.high, unit if us else None, 0),
    )
    rate = Measured.model_construct(
        name="eGFR", value=egfr, unit="mL/min/1.73 m²", loinc="98979-8", low=60.0, high=None
    )
    return made, rate
