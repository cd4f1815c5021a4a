"""Values that cannot be, and the same value told twice in units that do not come to the same.

Units and the bounds of what is physically possible are those of the calculators' fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from tools.calculators import fields, units
from tools.calculators.fields import Field
from tools.record.sentences import Clash, of_others

APART = 1.25
"""A ratio beyond which two undated values in different units are told as unlike. Our choice: wider than rounding."""
_NAMES: Mapping[str, Field] = {
    "weight": fields.WEIGHT, "weighs": fields.WEIGHT, "height": fields.HEIGHT, "creatinine": fields.CREATININE,
    "sodium": fields.SODIUM, "potassium": fields.POTASSIUM, "albumin": fields.ALBUMIN, "calcium": fields.CALCIUM,
    "glucose": fields.GLUCOSE, "bilirubin": fields.BILIRUBIN, "hemoglobin": fields.HEMOGLOBIN,
    "haemoglobin": fields.HEMOGLOBIN, "temperature": fields.TEMPERATURE, "heart rate": fields.HEART_RATE,
}  # fmt: skip
_VALUE = re.compile(
    r"(?<!urine )(?<!urinary )(?<!csf )(?<!fluid )(?<!stool )(?<!sweat )"
    rf"\b(?P<name>{'|'.join(_NAMES)})\b(?:\s*(?:is|was|of|[:=]))?\s*(?P<value>\d+(?:[.,]\d+)?)\s*"
    r"(?P<unit>[a-zµμ°][a-zµμ°/0-9]*)",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:urine|urinary|csf|was|rose|fell|from|previous\w*|last|yesterday|ago|today|now|repeat\w*|baseline|target|goal"
    r"|loss|lost|gain\w*|birth|ideal|fluid|19\d\d|20\d\d|\d{1,2}[:h]\d\d)\b",
    re.IGNORECASE,
)
"""Another time or another fluid: two values may then differ."""


class _Told(NamedTuple):
    """A value of a sentence in its field's own unit, and the unit that was written."""

    sentence: str
    field: Field
    value: float
    unit: str


def value_clashes(told: Sequence[str]) -> Iterator[Clash]:
    """Impossible values and unlike pairs."""
    found: list[_Told] = []
    for one in told:
        if of_others(one):
            continue
        for match in _VALUE.finditer(one):
            field = _NAMES[match["name"].casefold()]
            read = _read(field, match["value"], match["unit"])
            if isinstance(read, str):
                yield Clash(read, one)
            elif read is not None:
                found.append(_Told(one, field, read, match["unit"]))
    yield from _unlike([one for one in found if not _CHANGES.search(one.sentence)])


def _read(field: Field, value: str, unit: str) -> float | str | None:
    """The value in the field's own unit; in words why it cannot be; None where the unit tells nothing."""
    try:
        own = units.into(float(value.replace(",", ".")), unit, field.measure)
    except units.UnitError:
        return None
    low, high = field.low, field.high
    if low is None or high is None or low <= own <= high:
        return own
    return f"{field.words} of {value} {unit} is not possible"


def _unlike(found: Sequence[_Told]) -> Iterator[Clash]:
    for one, other in combinations(found, 2):
        same = one.field is other.field and one.sentence != other.sentence and one.unit != other.unit
        if same and max(one.value, other.value) > APART * min(one.value, other.value):
            yield Clash(
                f"two values of {one.field.words} that do not come to the same", one.sentence, other.sentence
            )
