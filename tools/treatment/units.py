"""Values into the unit inside, with the physical range outside of which they are refused; eGFR and clearance."""

from __future__ import annotations

from collections.abc import Mapping

AGES_OF_CHILDBEARING = (12.0, 55.0)
"""Within this band a woman of whom nothing is stated may be pregnant. A setting of ours, not yet checked."""


class FrameError(ValueError):
    """A value of the patient cannot be; the message names the accepted range."""


_RANGES: Mapping[str, tuple[float, float]] = {
    "age": (0, 125), "weight": (0.3, 500), "height": (20, 260), "creatinine": (0.1, 40), "egfr": (0.1, 250),
    "crcl": (0.1, 400), "potassium": (1, 12), "sodium": (90, 200), "magnesium": (0.1, 10), "calcium": (2, 25),
    "glucose": (5, 2500), "bilirubin": (0.01, 90), "albumin": (0.3, 8), "inr": (0.3, 30), "qtc": (200, 900),
    "lvef": (1, 95), "hba1c": (2, 25), "digoxin_level": (0, 30), "weeks_pregnant": (0, 45),
    "systolic": (30, 320), "diastolic": (10, 220), "heart_rate": (10, 350), "bmi": (5, 150), "uacr": (0, 30000),
    "uric_acid": (0.1, 40), "ldl": (1, 1500), "platelets": (0, 5000), "alt": (1, 30000), "cha2ds2_vasc": (0, 9),
    "has_bled": (0, 9), "ascvd_risk": (0, 100), "curb65": (0, 5), "mme": (0, 5000), "child_pugh": (5, 15),
}  # fmt: skip
"""Inside units; a value outside is a slip of the pen, not a patient."""

_NAMES: Mapping[str, str] = {
    "gfr": "egfr", "creatinine clearance": "crcl", "k": "potassium", "k+": "potassium", "na": "sodium",
    "mg": "magnesium", "ca": "calcium", "serum creatinine": "creatinine", "qtcf": "qtc", "ef": "lvef",
    "ejection fraction": "lvef", "a1c": "hba1c", "digoxin": "digoxin_level", "digoxin level": "digoxin_level",
    "pulse": "heart_rate", "heart rate": "heart_rate", "total bilirubin": "bilirubin", "ldl cholesterol": "ldl",
    "ldl-c": "ldl", "urate": "uric_acid", "uric acid": "uric_acid", "acr": "uacr", "albumin-creatinine ratio": "uacr",
    "cha2ds2-vasc": "cha2ds2_vasc", "cha₂ds₂-vasc": "cha2ds2_vasc", "has-bled": "has_bled", "curb-65": "curb65",
    "ascvd risk": "ascvd_risk", "10-year risk": "ascvd_risk", "child-pugh": "child_pugh",
}  # fmt: skip

_FACTORS: Mapping[str, Mapping[str, float]] = {
    "age": {"years": 1, "year": 1, "": 1, "months": 1 / 12},
    "weight": {"kg": 1, "lb": 0.45359237, "lbs": 0.45359237, "g": 0.001},
    "height": {"cm": 1, "m": 100, "in": 2.54},
    "creatinine": {"mg/dl": 1, "µmol/l": 1 / 88.4, "umol/l": 1 / 88.4, "μmol/l": 1 / 88.4},
    "egfr": {
        "": 1,
        "ml/min/1.73 m²": 1,
        "ml/min/1.73m2": 1,
        "ml/min/1.73 m2": 1,
        "ml/min/1.73m²": 1,
        "ml/min": 1,
    },
    "crcl": {"ml/min": 1, "": 1},
    "potassium": {"mmol/l": 1, "meq/l": 1, "": 1},
    "sodium": {"mmol/l": 1, "meq/l": 1, "": 1},
    "magnesium": {"mmol/l": 1, "mg/dl": 1 / 2.431, "meq/l": 0.5},
    "calcium": {"mg/dl": 1, "mmol/l": 4.008},
    "glucose": {"mg/dl": 1, "mmol/l": 18.016},
    "bilirubin": {"mg/dl": 1, "µmol/l": 1 / 17.1, "umol/l": 1 / 17.1, "μmol/l": 1 / 17.1},
    "albumin": {"g/dl": 1, "g/l": 0.1},
    "inr": {"": 1},
    "qtc": {"ms": 1, "msec": 1, "": 1, "s": 1000},
    "lvef": {"%": 1, "": 1},
    "hba1c": {"%": 1},
    "digoxin_level": {"ng/ml": 1, "µg/l": 1, "ug/l": 1, "μg/l": 1, "nmol/l": 0.781},
    "weeks_pregnant": {"weeks": 1, "": 1},
    "systolic": {"mmhg": 1, "": 1},
    "heart_rate": {"/min": 1, "bpm": 1, "": 1},
    "diastolic": {"mmhg": 1, "": 1},
    "bmi": {"kg/m²": 1, "kg/m2": 1, "": 1},
    "uacr": {"mg/g": 1, "mg/mmol": 8.84},
    "uric_acid": {"mg/dl": 1, "µmol/l": 1 / 59.48, "umol/l": 1 / 59.48, "μmol/l": 1 / 59.48},
    "ldl": {"mg/dl": 1, "mmol/l": 38.67},
    "platelets": {"10⁹/l": 1, "10^9/l": 1, "g/l": 1, "/µl": 0.001, "10³/µl": 1, "": 1},
    "alt": {"u/l": 1, "iu/l": 1, "": 1},
    "cha2ds2_vasc": {"points": 1, "": 1},
    "has_bled": {"points": 1, "": 1},
    "ascvd_risk": {"%": 1, "% in 10 years": 1},
    "curb65": {"points": 1, "": 1},
    "mme": {"mg/day": 1, "": 1},
    "child_pugh": {"points": 1, "": 1},
}
"""Unit as written (lower case) -> factor to the unit inside. Digoxin: 780.9 g/mol."""


def converted(told: str, value: float, unit: str) -> tuple[str, float] | str | None:
    """Name and value inside; a sentence where the unit is not read; None for a value that no predicate asks.

    Raises:
        FrameError: the value is outside its physical range.
    """
    name = _NAMES.get(told.casefold(), told.casefold().replace(" ", "_"))
    if name not in _RANGES:
        return None
    if name == "hba1c" and unit.casefold() == "mmol/mol":
        number = value / 10.929 + 2.15
    else:
        factor = _FACTORS[name].get(" ".join(unit.split()).casefold())
        if factor is None:
            return f"The unit of {told} ({unit or 'none given'}) is not read; the value was left out."
        number = value * factor
    number = float(
        f"{number:.10g}"
    )  # 1.7017 mg/dL of magnesium is 0.7 mmol/L, and not a hair above that threshold
    low, high = _RANGES[name]
    if not low <= number <= high:
        raise FrameError(
            f"{told} {value:g} {unit}".rstrip() + f" cannot be: accepted is {low:g} to {high:g}."
        )
    return name, number


def egfr(creatinine: float, age: float, *, female: bool) -> float:
    """eGFR in mL/min/1.73 m² by CKD-EPI 2021, from creatinine in mg/dL (doi 10.1056/NEJMoa2102953)."""
    kappa, alpha = (0.7, -0.241) if female else (0.9, -0.302)
    ratio = creatinine / kappa
    sexed = 1.012 if female else 1.0
    return float(142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.200 * 0.9938**age * sexed)


def crcl(creatinine: float, age: float, weight: float, *, female: bool) -> float:
    """Creatinine clearance in mL/min by Cockcroft and Gault, actual weight (doi 10.1159/000180580)."""
    return (140 - age) * weight * (0.85 if female else 1.0) / (72 * creatinine)
