"""The patient frame as the clinician sees it: every value with its origin, every unknown named."""

from __future__ import annotations

from typing import Any

from assistant.ui.plain import plain, shortened
from retrieval.patient import Known, Listed, Patient

UNKNOWN = '<span class="unknown">not known</span>'
_SINGLE = (
    ("Age", "age_years", "years"),
    ("Sex", "sex", ""),
    ("Pregnant", "pregnant", ""),
    ("Weeks pregnant", "weeks_pregnant", "weeks"),
    ("Breastfeeding", "breastfeeding", ""),
    ("Weight", "weight", "kg"),
)
EDITABLE = [
    ("Age (years)", "age_years"),
    ("Sex (female, male)", "sex"),
    ("Pregnant (yes, no)", "pregnant"),
    ("Weeks pregnant", "weeks_pregnant"),
    ("Breastfeeding (yes, no)", "breastfeeding"),
    ("Weight (kg)", "weight"),
    ("Height (cm)", "height"),
    ("Creatinine (mg/dL)", "creatinine"),
    ("Kidney function, eGFR", "eGFR"),
    ("Creatinine clearance (mL/min)", "creatinine clearance"),
    ("Potassium (mmol/L)", "potassium"),
    ("QTc (ms)", "QTc"),
    ("Ejection fraction (%)", "LVEF"),
    ("INR", "INR"),
    ("HbA1c", "HbA1c"),
    ("Allergies, by commas", "allergies"),
    ("Drugs, by commas", "drugs"),
    ("Problems, by commas", "problems"),
    ("The three lists are complete (yes, no)", "lists_complete"),
]
"""What the user may set: the words on the page and the field's name for the assistant."""
_LISTS = (
    ("Allergies", "allergies"),
    ("Drugs", "drugs"),
    ("Problems", "problems"),
    ("Genotype", "genotypes"),
    ("Images", "images"),
)


def patient_frame(patient: Patient) -> str:
    """All that is known about the patient, in a fixed order, as a definition list."""
    rows = [
        _row(name, _value(getattr(patient, field), unit))
        for name, field, unit in _SINGLE
        if _applies(field, patient)
    ]
    rows += [_row("Kidney function", _value(_kidney(patient), ""))]
    rows += [_row(plain(name), _value(known, "")) for name, known in _measured(patient)]
    rows += [_row(name, _list(getattr(patient, field))) for name, field in _LISTS]
    return f'<dl class="frame">{"".join(rows)}</dl>'


def _row(name: str, value: str) -> str:
    return f"<dt>{name}</dt><dd>{value}</dd>"


def _applies(field: str, patient: Patient) -> bool:
    """Weeks are asked only in a pregnancy, and a pregnancy not of a man."""
    if field == "weeks_pregnant":
        return patient.pregnant is not None and patient.pregnant.value
    if field == "breastfeeding":
        return patient.breastfeeding is not None
    return field != "pregnant" or patient.sex is None or patient.sex.value != "male"


def _kidney(patient: Patient) -> Known[float] | None:
    return patient.labs.get("eGFR")


def _measured(patient: Patient) -> list[tuple[str, Known[float]]]:
    labs = [(name, known) for name, known in patient.labs.items() if name != "eGFR"]
    return [*labs, *patient.vitals.items()]


def _value(known: Known[Any] | None, unit: str) -> str:
    if known is None:
        return UNKNOWN
    amount = f"{_worded(known.value)} {known.unit or unit}".strip()
    return f"{plain(amount)}{_origin(known)}"


def _worded(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _origin(known: Known[Any]) -> str:
    where = plain(shortened(known.origin.where, 48))
    date = f", {plain(known.date)}" if known.date else ""
    return f'<span class="origin">{plain(known.origin.kind.value)}: {where}{date}</span>'


def _list(listed: Listed) -> str:
    """An empty list means "nobody has said" unless somebody said that it is complete."""
    if not listed.items:
        return "none, as stated" if listed.complete else UNKNOWN
    items = "".join(f"<li>{_value(item, '')}</li>" for item in listed.items)
    more = "" if listed.complete else '<li class="unknown">others: not known</li>'
    return f"<ul>{items}{more}</ul>"
