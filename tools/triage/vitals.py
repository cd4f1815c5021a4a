"""Vital signs: reading them from words, their units and possible ranges, and the age-banded limits.

Limits: IITT = WHO/ICRC/MSF Interagency Integrated Triage Tool (12 years and over); ESI v4 danger-zone vital signs
(AHRQ) for children. The limits themselves stand in ``knowledge/triage/rules/vitals.yaml``; here is only the reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tools.triage.wording import Message


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


RANGES: Mapping[str, Range] = {
    "heart_rate": Range("/min", 10, 350),
    "breath_rate": Range("/min", 0, 150),
    "systolic": Range("mmHg", 30, 320),
    "diastolic": Range("mmHg", 10, 220),
    "temp_c": Range("°C", 25, 45),
    "oxygen": Range("%", 30, 100),
    "glucose": Range("mmol/L", 0, 80),
    "ketones": Range("mmol/L", 0, 20),
    "not_alert": Range("0 alert, 1 not alert", 0, 1),
    "weeks_pregnant": Range("weeks", 0, 45),
}
ALIASES: Mapping[str, str] = {
    "hr": "heart_rate", "pulse": "heart_rate", "heart rate": "heart_rate",
    "rr": "breath_rate", "respiratory rate": "breath_rate", "breathing rate": "breath_rate",
    "sbp": "systolic", "systolic blood pressure": "systolic", "dbp": "diastolic",
    "diastolic blood pressure": "diastolic", "t": "temp_c", "temp": "temp_c", "temperature": "temp_c",
    "body temperature": "temp_c", "spo2": "oxygen", "oxygen saturation": "oxygen", "sats": "oxygen",
    "blood glucose": "glucose", "blood ketones": "ketones", "weeks": "weeks_pregnant",
}  # fmt: skip
_WORDS: Mapping[str, frozenset[str]] = {
    "temp_c": frozenset("temp temps temperature fever thermometer feverish".split()),
    "heart_rate": frozenset("pulse hr bpm heartbeat heartrate".split()),
    "breath_rate": frozenset("rr respirations breaths".split()),
    "oxygen": frozenset("sats sat spo oxygen saturation saturations sao o".split()),
    "glucose": frozenset("sugar sugars glucose bm bms bg bsl".split()),
    "ketones": frozenset("ketone ketones".split()),
}
_PAIRS = {("heart", "rate"): "heart_rate", ("breathing", "rate"): "breath_rate", ("respiratory", "rate"): "breath_rate",
          ("resp", "rate"): "breath_rate"}  # fmt: skip
_NOT_A_VALUE = frozenset(
    "day days week weeks month months year years yr yrs yo hour hours hrs hr minutes mins min mg ml old times "
    "am pm tablets pills units mcg st nd rd th".split()
)


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
        return round(value / 18.0, 2)
    return value


def possible(name: str, value: float) -> bool:
    """Whether a living person can have the value."""
    limits = RANGES[name]
    return value == value and limits.low <= value <= limits.high


def readings(message: Message) -> Iterator[Reading]:
    """The vital signs said in a message."""
    tokens = message.tokens
    for place, token in enumerate(tokens):
        if not token.text[0].isdigit():
            continue
        yield from _pressure(message, place)
        name = _name_near(message, place)
        value = _number(token.text)
        if name is None or value is None:
            continue
        value = in_table_unit(name, value)
        if possible(name, value) and _plausible(name, value):
            yield Reading(name, value, max(place - 1, 0), place)


def _plausible(name: str, value: float) -> bool:
    """Words are looser than a form: a "temp of 5" or "oxygen 40" in a sentence is another number."""
    floors = {"temp_c": 30.0, "oxygen": 50.0, "heart_rate": 25.0, "breath_rate": 4.0}
    return value >= floors.get(name, 0.0)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _pressure(message: Message, place: int) -> Iterator[Reading]:
    """ "170/110" and "170 over 110" where both fit a blood pressure."""
    tokens = message.tokens
    other = place + 1
    if other < len(tokens) and tokens[other].text == "over":
        other += 1
    elif other >= len(tokens) or tokens[other].before != "/":
        return
    if other >= len(tokens):
        return
    high, low = _number(tokens[place].text), _number(tokens[other].text)
    if high is None or low is None or not (60 <= high <= 300 and 30 <= low <= 200 and high > low):
        return
    yield Reading("systolic", high, place, other)
    yield Reading("diastolic", low, place, other)


def _name_near(message: Message, place: int) -> str | None:
    """The vital sign that a number belongs to: named up to four words before, or right after it."""
    tokens = message.tokens
    after = tokens[place + 1].text if place + 1 < len(tokens) else ""
    if (
        after in ("breaths", "times")
        and place
        and tokens[place - 1].text in ("breathing", "taking", "breathes")
    ):
        return "breath_rate"
    if place and tokens[place - 1].text == "type":
        return None
    if after in _NOT_A_VALUE or (place + 1 < len(tokens) and tokens[place + 1].before == "/"):
        return None
    if after in ("c", "f", "celsius", "fahrenheit", "degrees", "degree"):
        return _temperature_unit(tokens[place].text, after)
    if after in ("bpm", "beats"):
        return "heart_rate"
    if after in ("fever", "temp"):
        return "temp_c"
    for back in range(place - 1, max(place - 5, -1), -1):
        if tokens[back].sentence != tokens[place].sentence or (
            tokens[back].text[0].isdigit() and tokens[back].text != "2"
        ):
            return None
        pair = (tokens[back - 1].text, tokens[back].text) if back else ("", "")
        if pair in _PAIRS:
            return _PAIRS[pair]
        for name, words in _WORDS.items():
            if tokens[back].text in words:
                return name
    return None


def _temperature_unit(number: str, unit: str) -> str | None:
    value = _number(number)
    if value is None or (unit == "f" and value < 90):
        return None
    return "temp_c" if 30 <= value <= 45 or 90 <= value <= 113 else None
