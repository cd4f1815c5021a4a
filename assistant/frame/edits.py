"""One value of the patient as the user writes it in the page's form."""

from __future__ import annotations

import re
from typing import Any

from retrieval.patient import Known, Listed, Origin, OriginKind, Patient

_NUMBERS: dict[str, tuple[str, float, float]] = {
    "age_years": ("years", 0.0, 120.0),
    "weeks_pregnant": ("weeks", 1.0, 44.0),
    "weight": ("kg", 0.3, 400.0),
}
_LABS: dict[str, tuple[str, float, float]] = {
    "eGFR": ("mL/min/1.73 m²", 0.5, 250.0),
    "creatinine clearance": ("mL/min", 0.5, 400.0),
    "creatinine": ("mg/dL", 0.1, 40.0),
    "potassium": ("mmol/L", 1.0, 12.0),
    "HbA1c": ("%", 2.0, 25.0),
    "INR": ("", 0.5, 25.0),
    "QTc": ("ms", 200.0, 900.0),
    "LVEF": ("%", 1.0, 95.0),
    "magnesium": ("mmol/L", 0.1, 10.0),
    "calcium": ("mg/dL", 2.0, 25.0),
}
_VITALS: dict[str, tuple[str, float, float]] = {
    "height": ("cm", 20.0, 260.0),
    "systolic": ("mmHg", 30.0, 320.0),
    "heart rate": ("/min", 10.0, 350.0),
}
_YES_OR_NO = ("pregnant", "breastfeeding")
_LISTS = ("drugs", "allergies", "problems")
COMPLETE = "lists_complete"
"""The field that says of all three lists that nothing else belongs to them."""
FIELDS = (*_NUMBERS, "sex", *_YES_OR_NO, *_LISTS, COMPLETE, *_LABS, *_VITALS)
LONGEST = 400
"""Characters of a value: as many as the page's box takes, from whichever door it comes."""
_ENDED = re.compile(r"(?<![\w-])(?<!not )(?:complete|nothing else)\)?$", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
"""A comma that may part thousands or decimals: 1,200 is refused, not guessed."""


def edit(patient: Patient, field: str, value: str) -> Patient:
    """The patient with one field as the user wrote it; an empty value makes it unknown again.

    A list that ends in "complete" (or is "none") is a complete list.

    Raises:
        ValueError: there is no such field, or the value does not fit; the message names the mend.
    """
    field, value = field.strip(), _one_line(value)
    origin = Origin(kind=OriginKind.EDITED, where=value or "cleared")
    if field == COMPLETE:
        return _ended(patient, _yes(field, value) if value else False)
    if field in _LISTS:
        return patient.model_copy(update={field: _listed(value, origin)})
    if field in _LABS or field in patient.labs:
        return _measured(patient, "labs", field, value, origin)
    if field in _VITALS:
        return _measured(patient, "vitals", field, value, origin)
    if field not in FIELDS:
        raise ValueError(f"There is no field '{field}'. The fields are: {', '.join(FIELDS)}.")
    return patient.model_copy(update={field: _known(field, value, origin) if value else None})


def _one_line(value: str) -> str:
    """The value with single blanks."""
    if len(value) > LONGEST:
        raise ValueError(f"The value has {len(value):,} characters; {LONGEST} are the most.")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("The value holds a broken character; please type it again.")
    return " ".join(value.split())


def _ended(patient: Patient, complete: bool) -> Patient:
    lists = {name: getattr(patient, name).model_copy(update={"complete": complete}) for name in _LISTS}
    return patient.model_copy(update=lists)


def _listed(value: str, origin: Origin) -> Listed:
    if value.lower() in ("none", "no", "nil"):
        return Listed(complete=True)
    bare = _ENDED.sub("", value).rstrip(" ,;(")
    names = [part.strip().lower() for part in bare.split(",") if part.strip()]
    items = tuple(Known[str](value=name, origin=origin) for name in names)
    return Listed(items=items, complete=bool(value and _ENDED.search(value)))


def _measured(patient: Patient, group: str, name: str, value: str, origin: Origin) -> Patient:
    held: dict[str, Known[float]] = dict(getattr(patient, group))
    before = held.pop(name, None)
    if value:
        unit, low, high = (_LABS | _VITALS).get(name, (before.unit if before else "", -1e9, 1e9))
        number = _number(name, value, unit, low, high)
        held[name] = Known[float](value=number, unit=unit, origin=origin)
    return patient.model_copy(update={group: held})


def _known(field: str, value: str, origin: Origin) -> Known[Any]:
    if field == "sex":
        if value.lower() not in ("female", "male"):
            raise ValueError("sex: write female or male, or leave it empty for not known.")
        return Known[str](value=value.lower(), origin=origin)
    if field in _YES_OR_NO:
        return Known[bool](value=_yes(field, value), origin=origin)
    unit, low, high = _NUMBERS[field]
    return Known[float](value=_number(field, value, unit, low, high), unit=unit, origin=origin)


def _yes(field: str, value: str) -> bool:
    if value.lower() not in ("yes", "no"):
        raise ValueError(f"{field.replace('_', ' ')}: write yes or no, or leave it empty for not known.")
    return value.lower() == "yes"


def _number(field: str, value: str, unit: str, low: float, high: float) -> float:
    said = field.replace("_", " ")
    bare = value.lower().removesuffix(unit.lower()).strip()
    if _THOUSANDS.fullmatch(bare):
        raise ValueError(f"{said}: '{value}' can be read in two ways; write it without the comma.")
    try:
        number = float(bare.replace(",", "."))
    except ValueError:
        raise ValueError(f"{said}: '{value}' is not a number.") from None
    if not low <= number <= high:
        raise ValueError(f"{said}: {number:g} lies outside {low:g} to {high:g} {unit}.")
    return number
