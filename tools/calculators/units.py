"""The closed table of units: what each measure may be written in, and the factor to the unit that formulas use.

A unit that is not in the table is refused; nothing is guessed from the size of a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class UnitError(ValueError):
    """A unit is not one of the measure's; the message names those that are."""


class Step(NamedTuple):
    """From a unit to the measure's own: ``value * factor + shift``."""

    factor: float
    shift: float = 0.0


_ION = {"mmol/L": 1.0, "mEq/L": 1.0}
_COUNT = {"10^9/L": 1.0, "10^3/µL": 1.0, "/µL": 0.001, "/mm3": 0.001, "/L": 1e-9}
_PRESSURE = {"mmHg": 1.0, "kPa": 7.50062}
_FACTORS: Mapping[str, Mapping[str, float]] = {
    # analytes; the factors are those of the specification, mass against amount
    "creatinine": {"mg/dL": 1.0, "µmol/L": 1 / 88.42},
    "glucose": {"mg/dL": 1.0, "mmol/L": 18.016},
    "urea nitrogen": {"mg/dL": 1.0, "mmol/L": 2.8},  # mmol/L is urea, mg/dL its nitrogen (BUN)
    "cholesterol": {"mg/dL": 1.0, "mmol/L": 38.67},
    "triglycerides": {"mg/dL": 1.0, "mmol/L": 88.57},
    "calcium": {"mg/dL": 1.0, "mmol/L": 4.008},
    "bilirubin": {"mg/dL": 1.0, "µmol/L": 1 / 17.1},
    "albumin": {"g/dL": 1.0, "g/L": 0.1},
    "hemoglobin": {"g/dL": 1.0, "g/L": 0.1},
    "insulin": {"µIU/mL": 1.0, "mIU/L": 1.0},
    "ion": _ION,
    "enzyme": {"U/L": 1.0},
    "count": _COUNT,
    "ratio": {"": 1.0},
    "points": {"": 1.0},
    # body
    "weight": {"kg": 1.0, "g": 0.001, "lb": 0.45359237},
    "length": {"cm": 1.0, "m": 100.0, "in": 2.54},
    "body mass index": {"kg/m2": 1.0},
    "age": {"years": 1.0, "months": 1 / 12, "days": 1 / 365.25},
    "pressure": _PRESSURE,
    "rate": {"/min": 1.0},
    "percent": {"%": 1.0, "fraction": 100.0},
    "temperature": {"°C": 1.0},
    "interval": {"ms": 1.0, "s": 1000.0},
    "urine": {"mL/day": 1.0, "L/day": 1000.0},
    "days": {"days": 1.0},
    "drinks": {"drinks/week": 1.0},
    # doses
    "dose": {"mg": 1.0, "g": 1000.0, "µg": 0.001},
    "daily dose": {"mg/day": 1.0, "µg/day": 0.001},
    "patch": {"µg/h": 1.0},
}
_SHIFTED: Mapping[str, Mapping[str, Step]] = {"temperature": {"°F": Step(5 / 9, -160 / 9)}}

_SPELLINGS = {
    "msec": "ms", "lbs": "lb", "pound": "lb", "pounds": "lb", "kilos": "kg", "inches": "in", "inch": "in",
    "year": "years", "yr": "years", "y": "years", "yrs": "years", "month": "months", "day": "days",
    "degc": "°c", "degf": "°f", "celsius": "°c", "fahrenheit": "°f", "c": "°c", "f": "°f", "percent": "%",
    "bpm": "/min", "beats/min": "/min", "breaths/min": "/min", "iu/l": "u/l", "points": "",
}  # fmt: skip
"""Other ways to write the units of the table."""


def measures() -> tuple[str, ...]:
    """All measures of the table."""
    return tuple(_FACTORS)


def units(measure: str) -> tuple[str, ...]:
    """The units that a measure may be written in, the formulas' own first."""
    return (*_FACTORS[measure], *_SHIFTED.get(measure, {}))


def own(measure: str) -> str:
    """The unit that formulas use."""
    return units(measure)[0]


def written(unit: str, measure: str) -> str:
    """The unit as the table writes it ("µmol/L" for "umol/L").

    Raises:
        UnitError: the measure is not written in this unit.
    """
    _step(unit, measure)
    return next(name for name in units(measure) if _plain(name) == _plain(unit))


def into(value: float, unit: str, measure: str) -> float:
    """The value in the measure's own unit.

    Raises:
        UnitError: the measure is not written in this unit.
    """
    step = _step(unit, measure)
    return value * step.factor + step.shift


def back(value: float, unit: str, measure: str) -> float:
    """A value of the measure's own unit, written in ``unit``: the inverse of :func:`into`.

    Raises:
        UnitError: the measure is not written in this unit.
    """
    step = _step(unit, measure)
    return (value - step.shift) / step.factor


def _step(unit: str, measure: str) -> Step:
    table = {_plain(name): Step(factor) for name, factor in _FACTORS[measure].items()}
    table |= {_plain(name): step for name, step in _SHIFTED.get(measure, {}).items()}
    step = table.get(_plain(unit))
    if step is None:
        allowed = ", ".join(name or "no unit" for name in units(measure))
        raise UnitError(f"the unit '{unit or 'none'}' is not known for {measure}: use {allowed}")
    return step


def _plain(unit: str) -> str:
    """One spelling for each unit: no blanks, lower case, µ for u and mc, 2 and 3 for the raised figures."""
    text = re.sub(r"\s+", "", unit).lower()
    text = text.replace("μ", "µ").replace("²", "2").replace("³", "3").replace("^2", "2").replace("^3", "3")
    text = text.replace("x10", "10").replace("×10", "10").replace("⁹", "9").replace("^9", "9")
    text = re.sub(r"^mcg", "µg", text)
    text = re.sub(r"(?<![a-z])u(?=(?:mol|g|iu|l)(?:/|$))", "µ", text)
    text = re.sub(r"/minute$", "/min", text)
    text = re.sub(r"/hr?$|/hour$", "/h", text)
    return _SPELLINGS.get(text, text)
