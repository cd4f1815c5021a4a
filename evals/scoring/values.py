"""Numbers that must be shown: the right value, named, in its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.cases.case import Case, ValueGold
from evals.run.trace import Trace
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.wording import names, statements

_NUMBER = re.compile(
    r"(?<![\w.,*])([-\u2212]?\d{1,3}(?:[\u202f\u00a0,]\d{3})+(?:\.\d+)?|[-\u2212]?\d+(?:[.,]\d+)?)(?![\d*]"
    r"|[.,]\d)\s*([a-zA-Z\u00b5\u03bc%\u00b0][^\s,;:()\]|]*)?"
)
_UNIT = re.compile(
    r"/|%|^(?:mg|g|kg|ug|ng|mmol|umol|mol|ml|l|dl|kpa|mmhg|cm|m|mm|ms|iu|units?|points?|years?|days?|hours?)\b"
)


def values(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``value_right``: share of gold's numbers that a statement shows with their name, within tolerance, in their unit.

    A rounded number is right where gold rounds to it and it has at least two digits. A number that stands before
    another unit than gold's is wrong.
    """
    wanted = case.gold.values
    if not wanted:
        return (not_applicable("value_right", "gold has no value"),)
    said = tuple(statements(trace))
    wrong = [one for one in wanted if not any(names(one.name, text) and _stands(one, text) for text in said)]
    missed = (f"{one.name} {one.value:g} {one.unit}".strip() for one in wrong)
    return after_crash(
        trace, (scored("value_right", 1 - len(wrong) / len(wanted), "", *missed),), {"value_right": 0.0}
    )


def _stands(one: ValueGold, text: str) -> bool:
    return any(
        near(number, digits, one) and _in_unit(after, one.unit) for number, digits, after in numbers(text)
    )


def _in_unit(after: str, wanted: str) -> bool:
    """Whether what follows a number is gold's unit, or no unit at all."""
    return not wanted or not _UNIT.search(unit(after)) or _same(after, wanted)


def _same(after: str, wanted: str) -> bool:
    shown, gold = unit(after).rstrip("."), unit(wanted)
    return gold.startswith(shown) or shown.startswith(gold)


def unit(text: str) -> str:
    """A unit as it is compared: no blanks, plain letters; "mL/min/1.73 m²" is "ml/min/1.73m2"."""
    plain = (
        text.replace("²", "2")
        .replace("^", "")
        .replace("µ", "u")
        .replace("μ", "u")
        .replace("{", "")
        .replace("}", "")
    )
    return "".join(plain.split()).casefold()


def numbers(text: str) -> Iterator[tuple[float, int, str]]:
    """Each number of a text with the digits after its point and the word that follows; "1,234" is a thousand."""
    for hit in _NUMBER.finditer(text):
        said = hit[1].replace("\u2212", "-")
        thousands = re.fullmatch(r"-?\d{1,3}(?:[\u202f\u00a0,]\d{3})+(?:\.\d+)?", said)
        said = re.sub(r"[\u202f\u00a0,]", "", said) if thousands else said.replace(",", ".")
        yield float(said), len(said.partition(".")[2]), hit[2] or ""


def near(number: float, digits: int, one: ValueGold) -> bool:
    """Within gold's relative tolerance, or gold rounded to as many digits as are shown."""
    if abs(number - one.value) <= one.tolerance * (abs(one.value) or 1.0) + 1e-9:
        return True
    two = len(f"{abs(number):.{digits}f}".replace(".", "").lstrip("0")) >= 2
    return two and abs(number - one.value) <= 0.5 * 10.0**-digits + 1e-9
