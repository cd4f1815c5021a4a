"""Patients that the measures make themselves."""

from __future__ import annotations

import random
from collections.abc import Sequence

from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.treatment.load import Knowledge

MADE = Origin(kind=OriginKind.CHART, where="made for the benchmark")
UNITS = {
    "QTc": "ms", "potassium": "mmol/L", "magnesium": "mmol/L", "calcium": "mg/dL", "creatinine": "mg/dL",
    "digoxin level": "ng/mL", "CrCl": "mL/min", "eGFR": "mL/min/1.73 m²",
}  # fmt: skip


def value(number: float, unit: str = "", day: str = "") -> Known[float]:
    """A number of the record."""
    return Known[float](value=number, unit=unit, origin=MADE, date=day)


def labs(**numbers: float) -> dict[str, Known[float]]:
    """Values by name, a blank written as underscore."""
    named = {name.replace("_", " "): number for name, number in numbers.items()}
    return {name: value(number, UNITS.get(name, "")) for name, number in named.items()}


def listed(names: Sequence[str] = (), *, complete: bool = True) -> Listed:
    """A list of the record."""
    return Listed(items=tuple(Known[str](value=name, origin=MADE) for name in names), complete=complete)


def reconciled() -> Patient:
    """A man of 40 with complete lists, nothing on them, and normal values: what is absent is absent."""
    return Patient(
        age_years=value(40.0, "years"),
        sex=Known[str](value="male", origin=MADE),
        weight=value(75.0, "kg"),
        labs=labs(QTc=410.0, potassium=4.2, creatinine=0.9, eGFR=100.0),
        problems=listed(),
        drugs=listed(),
        allergies=listed(),
    )


RANDOM_LABS = {
    "eGFR": (8, 110), "creatinine": (0.5, 5), "potassium": (2.8, 6.2), "QTc": (380, 530), "magnesium": (0.5, 1.2),
    "CrCl": (8, 130), "LVEF": (15, 65), "HbA1c": (5.5, 12), "systolic": (85, 200), "heart rate": (45, 120),
    "uric acid": (4, 12), "platelets": (30, 400), "CURB-65": (0, 4),
}  # fmt: skip
RANDOM_UNITS = {"LVEF": "%", "HbA1c": "%", "systolic": "mmHg", "heart rate": "/min", "uric acid": "mg/dL",
                "platelets": "10⁹/L", "CURB-65": "points"}  # fmt: skip


def some_patient(chance: random.Random, held: Knowledge) -> Patient:
    """A patient of whom some things are known: any age, few to many problems and drugs, lists complete or not."""
    whole = chance.random() < 0.6
    sex = chance.choice(["female", "male", None])
    age = chance.choice([None, *range(18, 97, 4)])
    weight = chance.choice([None, 48.0, 70.0, 110.0])
    fertile = sex == "female" and (age is None or age <= 50)
    pregnant = chance.choice([None, True, False, False]) if fertile else None
    told = {
        name: value(round(chance.uniform(*ends), 1), UNITS.get(name, RANDOM_UNITS.get(name, "")))
        for name, ends in RANDOM_LABS.items()
        if chance.random() < 0.5
    }
    names = sorted(held.drug(one).name for one in held.covered)
    said = [one.says[0] for one in held.conditions.values()]
    classes = [one.says[0] for one in held.classes.values() if one.says]
    return Patient(
        age_years=None if age is None else value(float(age), "years"),
        weight=None if weight is None else value(weight, "kg"),
        sex=None if sex is None else Known[str](value=sex, origin=MADE),
        pregnant=None if pregnant is None else Known[bool](value=pregnant, origin=MADE),
        labs=told,
        problems=listed(chance.sample(said, chance.choice([0, 0, 1, 2, 4])), complete=whole),
        drugs=listed(chance.sample(names, chance.choice([0, 1, 2, 4, 8])), complete=whole),
        allergies=listed(chance.sample(classes, chance.choice([0, 0, 0, 1])), complete=whole),
    )
