"""Patients that the tests of the drug checks make themselves."""

from __future__ import annotations

from typing import Any

from retrieval.patient import Known, Listed, Origin, OriginKind, Patient

WORDS = Origin(kind=OriginKind.WORDS, where="as told")
UNITS = {"eGFR": "mL/min/1.73 m²", "CrCl": "mL/min", "creatinine": "mg/dL", "potassium": "mmol/L", "QTc": "ms",
         "magnesium": "mmol/L", "calcium": "mg/dL", "digoxin level": "ng/mL"}  # fmt: skip


def listed(items: str | tuple[str, ...], *, complete: bool) -> Listed:
    names = (items,) if isinstance(items, str) else items
    return Listed(items=tuple(Known[str](value=name, origin=WORDS) for name in names), complete=complete)


def make(
    age: float | None = None,
    sex: str | None = None,
    weight: float | None = None,
    pregnant: bool | None = None,
    problems: tuple[str, ...] = (),
    drugs: tuple[str, ...] = (),
    allergies: tuple[str, ...] = (),
    genotypes: tuple[str, ...] = (),
    complete: bool = False,
    dates: dict[str, str] | None = None,
    **labs: float,
) -> Patient:
    """A patient of keywords; labs by their name, a blank written as underscore."""
    given: dict[str, Any] = {}
    if age is not None:
        given["age_years"] = Known[float](value=age, unit="years", origin=WORDS)
    if sex is not None:
        given["sex"] = Known[str](value=sex, origin=WORDS)
    if weight is not None:
        given["weight"] = Known[float](value=weight, unit="kg", origin=WORDS)
    if pregnant is not None:
        given["pregnant"] = Known[bool](value=pregnant, origin=WORDS)
    names = {name.replace("_", " "): value for name, value in labs.items()}
    values = {
        name: Known[float](
            value=value, unit=UNITS.get(name, ""), origin=WORDS, date=(dates or {}).get(name, "")
        )
        for name, value in names.items()
    }
    return Patient(
        **given,
        labs=values,
        problems=listed(problems, complete=complete),
        drugs=listed(drugs, complete=complete),
        allergies=listed(allergies, complete=complete),
        genotypes=listed(genotypes, complete=False),
    )
