"""Vital signs in words: "sats are 89", "170 over 110", "temp of thirty eight and a half", "on 2 litres of oxygen".

Limits: IITT = WHO/ICRC/MSF Interagency Integrated Triage Tool (12 years and over); ESI v4 danger-zone vital signs
(AHRQ) for children. The limits themselves stand in ``knowledge/triage/rules/vitals.yaml``; here is only the reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.triage.vital_ranges import (
    MG_IN_MMOL,
    RANGES,
    TEMP_UNCLEAR,
    Given,
    Range,
    Reading,
    both_units,
    given,
    in_table_unit,
    named,
    possible,
    unit_not_sure,
)
from tools.triage.vital_words import (
    AIR_WORDS,
    ALERT_BEFORE,
    ALERT_WORDS,
    BEATING,
    BREATHING,
    FILLERS,
    JOINERS,
    LITRES,
    NAME_WORDS,
    NEGATED,
    NO_BODY,
    NOT_A_VALUE,
    NUMBER_WORDS,
    PER_MINUTE,
    SOMEBODY,
    name_ending,
    number_at,
)
from tools.triage.wording import Message, Token

__all__ = [
    "MG_IN_MMOL", "RANGES", "TEMP_UNCLEAR", "Given", "Range", "Reading", "both_units", "given", "in_table_unit",
    "named", "possible", "readings", "unit_not_sure",
]  # fmt: skip
_REACH = 4
"""Words before a number in which its name is looked for."""
_CHAIN = 20
"""Numbers of one sign in a row ("95 then 92 then 88") that are followed back to its name; a longer list is no list."""
_PLAUSIBLE = {"temp_c": 30.0, "oxygen": 50.0, "heart_rate": 25.0, "breath_rate": 4.0}
"""Words are looser than a form: a "temp of 5" or "oxygen 40" in a sentence is another number."""


def readings(message: Message) -> Iterator[Reading]:
    """The vital signs said in a message, in the units of :data:`RANGES`; of an unclear glucose both readings."""
    tokens = _as_written(message)
    done = -1
    for place in range(len(tokens)):
        text = tokens[place].text
        if text in AIR_WORDS:
            yield from _breathed(tokens, place)
        elif text in ALERT_WORDS:
            yield from _alertness(tokens, place)
        if place <= done or not (text[0].isdigit() or text in NUMBER_WORDS):
            continue
        pressure = tuple(_pressure(tokens, place))
        if pressure:
            yield from pressure
            done = pressure[0].last
            continue
        number = number_at(tokens, place)
        if number is None:
            continue
        value, last = number
        done = last
        yield from _measured(tokens, place, last, value)


def _as_written(message: Message) -> tuple[Token, ...]:
    """The words, with names such as "resp" as they were written where a repair made another word of them."""
    written = ((token, message.original[token.start : token.end].lower()) for token in message.tokens)
    return tuple(
        token._replace(text=raw) if raw != token.text and raw in NAME_WORDS else token
        for token, raw in written
    )


def _measured(tokens: Sequence[Token], place: int, last: int, value: float) -> Iterator[Reading]:
    """A number with its name, if it has one."""
    found = _named_after(tokens, place, last, value) or _named_before(tokens, place, last)
    if found is None:
        return
    name, first, end = found
    for one in _in_unit(tokens, name, last, value):
        if possible(name, one) and one >= _PLAUSIBLE.get(name, 0.0):
            yield Reading(name, one, first, end)
        elif name == "temp_c" and 45 < value < 86:
            yield Reading(TEMP_UNCLEAR, value, first, end)


def _in_unit(tokens: Sequence[Token], name: str, last: int, value: float) -> tuple[float, ...]:
    """The value in the table's unit: by the unit said after it, else by its size."""
    unit, after = _text(tokens, last + 1), _text(tokens, last + 2)
    if name == "glucose" and (unit == "mgdl" or (unit == "mg" and after in ("dl", "per"))):
        return (round(value / MG_IN_MMOL, 2),)
    if name == "glucose" and unit.startswith("mmol"):
        return (value,)
    return both_units(name, value)


def _text(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].text if 0 <= place < len(tokens) else ""


def _pressure(tokens: Sequence[Token], place: int) -> Iterator[Reading]:
    """ "170/110", "170 over 110" and "bp 170-110" where both fit a blood pressure."""
    other = place + 1
    if _text(tokens, other) == "over":
        other += 1
    elif other >= len(tokens) or not _slashed(tokens, place, other):
        return
    high, low = _digits(_text(tokens, place)), _digits(_text(tokens, other))
    if high is None or low is None or not (60 <= high <= 300 and 30 <= low <= 200 and high > low):
        return
    yield Reading("systolic", high, place, other)
    yield Reading("diastolic", low, place, other)


def _slashed(tokens: Sequence[Token], place: int, other: int) -> bool:
    mark = tokens[other].before.strip()
    dash = mark == "-" and any(
        (found := name_ending(tokens, back)) is not None and found[0] == "systolic"
        for back in range(max(place - 3, 0), place)
    )
    return mark == "/" or dash


def _digits(text: str) -> float | None:
    return float(text) if text.replace(".", "", 1).isdecimal() else None


def _named_after(tokens: Sequence[Token], place: int, last: int, value: float) -> tuple[str, int, int] | None:
    """The sign that the words after a number make it: "38.5 C", "145 bpm", "89 % sats", "40 breaths a minute"."""
    after = _text(tokens, last + 1)
    if after in ("c", "f", "celsius", "fahrenheit", "degrees", "degree"):
        heat = _is_heat(tokens, last, value, after)
        return ("temp_c", place, last + 1) if heat else None
    if after in ("bpm", "beats"):
        return "heart_rate", place, last + 1
    if _breaths(tokens, place, last):
        return "breath_rate", *_breaths_said(tokens, place, last)
    if not after or _names_the_next(tokens, last + 1):
        return None
    if after in ("fever", "temp", "temperature") and (30 <= value <= 45 or 86 <= value <= 113):
        return "temp_c", place, last + 1
    if after in ("resps", "respirations"):
        return "breath_rate", place, last + 1
    if after in ("systolic", "diastolic"):
        return after, place, last + 1
    sats = after in ("sats", "sat", "saturation", "spo", "oxygen") or (
        after == "o" and _text(tokens, last + 2) == "2"
    )
    return ("oxygen", place, last + 1) if sats and value >= 60 else None


def _names_the_next(tokens: Sequence[Token], place: int) -> bool:
    """Whether a name belongs to the number after it, as in "pulse 118, resps 26" or "118 sats 90"."""
    if set(tokens[place].before) & set(",:("):
        return True
    if place + 1 < len(tokens) and tokens[place + 1].before.strip(" :="):
        return False
    near = [_text(tokens, at) for at in range(place + 1, place + 4)]
    if tokens[place].text in ("spo", "o") and near[0] == "2":
        near = near[1:]
    while near and near[0] in FILLERS - {"2"}:
        near = near[1:]
    return bool(near) and near[0][:1].isdigit()


def _is_heat(tokens: Sequence[Token], last: int, value: float, unit: str) -> bool:
    """A temperature of a body, not of a day or a room."""
    around = {_text(tokens, near) for near in range(last + 2, last + 6)}
    if around & NO_BODY or (unit == "f" and value < 90):
        return False
    return 30 <= value <= 45 or 90 <= value <= 113


def _breaths(tokens: Sequence[Token], place: int, last: int) -> bool:
    """ "40 breaths a minute", "breathing 30 times", "breathing at 60 per minute"."""
    after = [_text(tokens, near) for near in range(last + 1, last + 5)]
    before = {_text(tokens, near) for near in range(max(place - 3, 0), place)}
    minute = any(word in ("minute", "min", "mins") for word in after)
    if after[0] in ("breaths", "breath"):
        return minute or bool(before & {"counted", "counting"}) or bool(before & BREATHING)
    return bool(before & BREATHING) and (after[0] == "times" or (after[0] in PER_MINUTE and minute))


def _breaths_said(tokens: Sequence[Token], place: int, last: int) -> tuple[int, int]:
    """From "breathing" to "minute", as far as they are there."""
    before = [near for near in range(max(place - 3, 0), place) if tokens[near].text in BREATHING]
    after = [near for near in range(last + 1, last + 4) if _text(tokens, near) in ("minute", "min", "mins")]
    return before[0] if before else place, after[0] if after else last + 1


def _named_before(
    tokens: Sequence[Token], place: int, last: int, chain: int = _CHAIN
) -> tuple[str, int, int] | None:
    """The sign named up to four words before a number in the same sentence."""
    after = _text(tokens, last + 1)
    if place and tokens[place - 1].text == "type":
        return None
    slash = last + 1 < len(tokens) and tokens[last + 1].before == "/"
    if after in LITRES or (after in NOT_A_VALUE and not _unit_follows(tokens, last, slash)):
        return None
    joined = True
    for back in range(place - 1, max(place - 1 - _REACH, -1), -1):
        token = tokens[back]
        if token.sentence != tokens[place].sentence:
            return None
        if token.text[0].isdigit() and not _part_of_name(tokens, back):
            return _same_as(tokens, back, last, chain - 1) if joined and chain else None
        found = name_ending(tokens, back)
        if found is not None and _text(tokens, back - found[1]) in NEGATED:
            return None  # "no fever, no back ache, 34" is an age
        if found is not None and _close(tokens, found[0], back, place):
            if slash and found[0] in ("systolic", "diastolic", "glucose", "ketones"):
                return None
            return found[0], back - found[1] + 1, last
        joined = joined and token.text in JOINERS
    return None


def _unit_follows(tokens: Sequence[Token], last: int, slash: bool) -> bool:
    """ "54 mg/dL", "120/min" and "T 38.5 HR 120" hold values, though "mg", "min" and "hr" mostly do not follow one."""
    after, next_ = _text(tokens, last + 1), _text(tokens, last + 2)
    if after == "mg":
        return next_ in ("dl", "per")
    return (after in ("min", "minute", "mins") and slash) or (after == "hr" and next_[:1].isdigit())


def _part_of_name(tokens: Sequence[Token], place: int) -> bool:
    return tokens[place].text == "2" and _text(tokens, place - 1) in ("o", "spo", "sao")


def _same_as(tokens: Sequence[Token], place: int, last: int, chain: int) -> tuple[str, int, int] | None:
    """ "Dropped from 95 to 88": the second number is of the sign of the first."""
    found = _named_after(tokens, place, place, _digits(tokens[place].text) or 0.0) or _named_before(
        tokens, place, place, chain
    )
    return (found[0], found[1], last) if found is not None else None


def _close(tokens: Sequence[Token], name: str, end: int, place: int) -> bool:
    """Whether a name lies near enough: a pressure and a bare "T" need their number beside them."""
    between = [tokens[near].text for near in range(end + 1, place)]
    if name in ("systolic", "diastolic"):
        return all(word in FILLERS for word in between)
    if tokens[end].text == "t":
        return not between
    if name == "glucose" and between[-1:] == ["in"]:
        return False
    if between and between[-1] in ("im", "am", "aged", "age") and "." not in tokens[place].text:
        return False
    if tokens[end].text == "heart":
        return bool(set(between) & BEATING) and not set(between) & SOMEBODY
    return True


def _breathed(tokens: Sequence[Token], place: int) -> Iterator[Reading]:
    """ "On room air", "on 2 litres of oxygen", "not on oxygen"."""
    text, before = tokens[place].text, _text(tokens, place - 1)
    if text == "air" and before in ("room", "on"):
        yield Reading("on_oxygen", 0.0, place - 1, place)
    oxygen = text == "oxygen" or (text == "o" and _text(tokens, place + 1) == "2")
    if not oxygen and text not in ("cannula", "cannulae", "rebreather"):
        return
    for back in range(place - 1, max(place - 6, -1), -1):
        if tokens[back].text == "on":
            off = {_text(tokens, back - 1), _text(tokens, back - 2)} & NEGATED
            yield Reading("on_oxygen", 0.0 if off else 1.0, back, place)
            return
        flow = _digits(tokens[back].text)
        if flow is not None and 0 < flow <= 80 and _text(tokens, back + 1) in LITRES:
            yield Reading("oxygen_flow", flow, back, place)
        elif flow is None and tokens[back].text not in LITRES | {
            "of",
            "home",
            "extra",
            "added",
            "nasal",
            "non",
        }:
            return


def _alertness(tokens: Sequence[Token], place: int) -> Iterator[Reading]:
    """ "AVPU: V", "V on AVPU", "alert and awake", "not fully alert"."""
    text = tokens[place].text
    if text in ("avpu", "acvpu"):
        near = [(at, _text(tokens, at)) for at in (place + 1, place + 2, place - 1, place - 2)]
        letter = next(((at, one) for at, one in near if one in ("a", "c", "v", "p", "u")), None)
        if letter is not None:
            first, last = sorted((place, letter[0]))
            yield Reading("not_alert", 0.0 if letter[1] == "a" else 1.0, first, last)
    before = _text(tokens, place - 1)
    if text == "alert" and before in ALERT_BEFORE:
        denied = {before, _text(tokens, place - 2), _text(tokens, place - 3)} & NEGATED
        yield Reading("not_alert", 1.0 if denied else 0.0, place - 1, place)
