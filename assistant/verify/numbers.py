"""Does every number of a sentence, with its unit, come from the cited evidence?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assistant.verify.quotes import plain

_WORDS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve".split(),
        (Decimal(n) for n in range(1, 13)),
        strict=True,
    )
)
# A number that is no part of a name: not glued to letters before it (BRCA1, CYP2C19), not inside an identifier
# (c.68_69del, *2, rs6025). Thousands are written 1,234 or 1 234; a middle dot is a decimal point.
_NUMBER = re.compile(
    r"(?<![\w.*·/_])(?<![A-Za-z]-)(?P<sign>(?<![\w%)])-)?(?P<number>\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+)(?P<rest>[.·,]\d+)?"
    r"(?![\w]*[_>])(?P<unit>\s?(?:%|percent\b|°C|mmol/mol|mmol/L|mg/dL|mg/L|mg/kg|mg|mcg|µg|ug|ng/mL|g/dL|kg|g\b|mL/min"
    r"|ml/min|mL|ml|mmHg|mm Hg|bpm|years?|months?|weeks?|days?|hours?|minutes?|px|mm|cm))?"
)
# "one" alone is mostly no number ("one of", "the one")
_WORD = re.compile(
    r"\b(?:"
    + "|".join(name for name in _WORDS if name != "one")
    + r"|one(?=[ -](?:year|month|week|day|hour)))\b",
    re.IGNORECASE,
)
_UNITS = {
    "percent": "%", "mm hg": "mmhg", "year": "years", "month": "months", "week": "weeks", "day": "days",
    "hour": "hours", "minute": "minutes", "ug": "µg", "mcg": "µg", "ml": "ml",
}  # fmt: skip
# factor to a shared unit: the same amount may be written in either
_SHARED = {
    "kg": ("g", Decimal(1000)), "mg": ("g", Decimal("0.001")), "µg": ("g", Decimal("0.000001")),
    "g": ("g", Decimal(1)), "weeks": ("days", Decimal(7)), "days": ("days", Decimal(1)),
    "hours": ("minutes", Decimal(60)), "minutes": ("minutes", Decimal(1)),
    "years": ("months", Decimal(12)), "months": ("months", Decimal(1)),
    "cm": ("mm", Decimal(10)), "mm": ("mm", Decimal(1)),
}  # fmt: skip


_BETWEEN = {"-", " - ", " to ", " or ", " and "}


@dataclass(frozen=True)
class Number:
    """A number as written, its value and its unit (empty if none follows)."""

    written: str
    value: Decimal
    unit: str

    @property
    def digits(self) -> int:
        """Digits after the decimal point as shown."""
        return max(0, -int(self.value.as_tuple().exponent))


def numbers(text: str) -> tuple[Number, ...]:
    """All numbers of a text, in figures or as words from one to twelve."""
    text = _WORD.sub(lambda word: str(_WORDS[word.group().lower()]), plain(text))
    return tuple(
        _ranged([(match, number) for match in _NUMBER.finditer(text) for number in _read(match)], text)
    )


def _ranged(found: list[tuple[re.Match[str], Number]], text: str) -> list[Number]:
    """Give the first number of a range the unit of its second: 5-10 mg, 20 to 30 %."""
    figures: list[Number] = []
    for index, (match, number) in enumerate(found):
        after = found[index + 1] if index + 1 < len(found) else None
        if not number.unit and after and text[match.end() : after[0].start()] in _BETWEEN:
            number = Number(number.written, number.value, after[1].unit)
        figures.append(number)
    return figures


def _read(match: re.Match[str]) -> Iterable[Number]:
    whole = re.sub("[, ]", "", match["number"])
    rest = (match["rest"] or "").replace("·", ".").replace(",", ".")
    try:
        value = Decimal(f"{match['sign'] or ''}{whole}{rest}")
    except InvalidOperation:
        return
    unit = re.sub(r"\s+", " ", (match["unit"] or "").strip().lower())
    yield Number(match.group().strip(), value, _UNITS.get(unit, unit))


def unsupported(sentence: str, evidence: Iterable[str]) -> Number | None:
    """The first number of the sentence that no evidence text carries; None if all are carried."""
    held = [number for text in evidence for number in numbers(text)]
    for number in numbers(sentence):
        if not any(_same(number, other) for other in held):
            return number
    return None


def _same(shown: Number, held: Number) -> bool:
    if not shown.unit or shown.unit == held.unit:
        return _rounds(shown, held.value)
    one, other = _SHARED.get(shown.unit), _SHARED.get(held.unit)
    if one is None or other is None or one[0] != other[0]:
        return False
    return _rounds(shown, held.value * other[1] / one[1])


def _rounds(shown: Number, value: Decimal) -> bool:
    """Equal, or equal after rounding the held value to the digits shown. A minus sign may be worded."""
    step = Decimal(1).scaleb(-shown.digits)
    if shown.value in (value, -value):
        return True
    held_digits = max(0, -int(value.normalize().as_tuple().exponent))
    if shown.digits == 0 or held_digits <= shown.digits:
        return False  # rounding to whole numbers changes what a figure says
    return abs(value).quantize(step) == abs(shown.value)
