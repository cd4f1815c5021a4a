"""Vital signs as a table: the unit of each, the values that a living person can have, and values given by a form.

The range of a sign is wide on purpose: outside it a value is a slip of the pen and not a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

MG_IN_MMOL = 18.0
"""Glucose in mg/dL for one mmol/L (molar mass 180 g/mol)."""


class Reading(NamedTuple):
    """One vital sign: its name in :data:`RANGES`, the value in the unit of that table, and where it was said."""

    name: str
    value: float
    first: int
    last: int


class Range(NamedTuple):
    """Unit and the range outside which a value is a slip, not a finding."""

    unit: str
    low: float
    high: float


class Given(NamedTuple):
    """A value from a form: the sign, its value (two where the unit is not sure) and how it is shown."""

    name: str
    values: tuple[float, ...]
    words: str


RANGES: Mapping[str, Range] = {
    "heart_rate": Range("/min", 10, 350),
    "breath_rate": Range("/min", 0, 150),
    "systolic": Range("mmHg", 30, 320),
    "diastolic": Range("mmHg", 10, 220),
    "temp_c": Range("°C", 25, 45),
    "oxygen": Range("%", 30, 100),
    "on_oxygen": Range("0 on air, 1 on added oxygen", 0, 1),
    "oxygen_flow": Range("L/min", 0, 80),
    "glucose": Range("mmol/L", 0, 80),
    "ketones": Range("mmol/L", 0, 20),
    "not_alert": Range("0 alert, 1 not alert", 0, 1),
    "weeks_pregnant": Range("weeks", 0, 45),
}
TEMP_UNCLEAR = "temp_unclear"
"""A temperature that is neither °C nor °F; it counts for nothing and is asked."""
ALIASES: Mapping[str, str] = {
    "hr": "heart_rate", "pulse": "heart_rate", "heart rate": "heart_rate",
    "rr": "breath_rate", "respiratory rate": "breath_rate", "breathing rate": "breath_rate",
    "sbp": "systolic", "systolic blood pressure": "systolic", "dbp": "diastolic",
    "diastolic blood pressure": "diastolic", "t": "temp_c", "temp": "temp_c", "temperature": "temp_c",
    "body temperature": "temp_c", "spo2": "oxygen", "oxygen saturation": "oxygen", "sats": "oxygen",
    "blood glucose": "glucose", "blood ketones": "ketones", "weeks": "weeks_pregnant",
    "alertness": "not_alert", "avpu": "not_alert", "acvpu": "not_alert", "consciousness": "not_alert",
    "added oxygen": "on_oxygen", "oxygen therapy": "on_oxygen", "air or oxygen": "on_oxygen", "flow": "oxygen_flow",
}  # fmt: skip
_ALERTNESS = {"a": 0.0, "c": 1.0, "v": 1.0, "p": 1.0, "u": 1.0, "alert": 0.0}
_AIR = {"air": 0.0, "room air": 0.0, "no": 0.0, "oxygen": 1.0, "yes": 1.0}


def named(name: str) -> str | None:
    """The table's name for what a caller calls "HR", "SpO2" or "temp_c"; None if it is no vital sign here."""
    plain = " ".join(name.lower().replace("_", " ").split())
    known = plain.replace(" ", "_")
    return known if known in RANGES else ALIASES.get(plain)


def in_table_unit(name: str, value: float) -> float:
    """Fahrenheit (86-113) to Celsius, glucose in mg/dL (40 and more) to mmol/L; all else as it stands."""
    if name == "temp_c" and 86 <= value <= 113:
        return round((value - 32) / 1.8, 2)
    if name == "glucose" and value >= 40:
        return round(value / MG_IN_MMOL, 2)
    return value


def both_units(name: str, value: float) -> tuple[float, ...]:
    """The value in the table's unit; both readings of a glucose between 30 and 40, which may be mmol/L or mg/dL."""
    if name == "glucose" and 30 < value < 40:
        return value, round(value / MG_IN_MMOL, 2)
    return (in_table_unit(name, value),)


def unit_not_sure(numbers: Mapping[str, tuple[float, ...]]) -> bool:
    """Whether a glucose stands there in both of its readings (:func:`both_units`)."""
    told = numbers.get("glucose", ())
    return any(30 < value < 40 and round(value / MG_IN_MMOL, 2) in told for value in told)


def possible(name: str, value: float) -> bool:
    """Whether a living person can have the value."""
    limits = RANGES[name]
    return value == value and limits.low <= value <= limits.high


def given(name: str, value: float | str) -> Given:
    """A value of a form in the table's unit: a number, "54 mg/dL", "101 F", a letter A/C/V/P/U, "air" or "2 L/min".

    Raises:
        ValueError: names the sign that is not known, or the value that is not possible and its limits.
    """
    place = named(name)
    if place is None:
        raise ValueError(f"{name} is not known: use {', '.join(RANGES)}")
    try:
        values = _values(place, value)
    except ValueError:
        values = ()
    if not values or not all(possible(place, one) for one in values):
        limits = RANGES[place]
        shown = value if isinstance(value, str) else f"{value:g}"
        raise ValueError(f"{name} = {shown} is not possible: {limits.low:g} to {limits.high:g} {limits.unit}")
    return Given(place, values, f"{name} {value}" if isinstance(value, str) else f"{name} {value:g}")


def _values(name: str, value: float | str) -> tuple[float, ...]:
    if not isinstance(value, str):
        return both_units(name, float(value))
    plain = " ".join(value.lower().replace(",", ".").split())
    letters = _ALERTNESS if name == "not_alert" else _AIR if name == "on_oxygen" else {}
    if plain in letters:
        return (letters[plain],)
    number, unit = _split(plain)
    if name == "on_oxygen" and unit.startswith("l"):
        return (1.0 if number > 0 else 0.0,)
    if unit.replace(" ", "") in ("mg/dl", "mgdl", "mgperdl"):
        return (round(number / MG_IN_MMOL, 2),) if name == "glucose" else ()
    if unit.startswith("mmol"):
        return (number,) if name in ("glucose", "ketones") else ()
    if name == "temp_c" and unit.lstrip("°").startswith(("c", "f")):
        return (number if "c" in unit[:2] else round((number - 32) / 1.8, 2),)
    return both_units(name, number) if unit in ("", "%", "/min", "bpm", "mmhg", "weeks", "l/min") else ()


def _split(plain: str) -> tuple[float, str]:
    """The number that a text opens with and what follows it."""
    digits = len(plain) - len(plain.lstrip("0123456789."))
    return float(plain[:digits]), plain[digits:].strip()
