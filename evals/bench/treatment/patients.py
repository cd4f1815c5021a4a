"""Patients that the measures make themselves."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.patient import Known, Listed, Origin, OriginKind, Patient

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
