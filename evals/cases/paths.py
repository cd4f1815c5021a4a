"""Facts of a case by path, and whether one holds: the small language of :class:`evals.cases.case.Link`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from evals.cases.case import Allergy, Case, Drawn, DrawnVariant, Drug, Latent, Link, Measured, Person


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""What a path gives that leads to nothing: the drug is not taken, the value was not measured."""
_LISTS = {"drugs": "name", "allergies": "substance", "variants": "name", "pictures": "kind"}
_NAMES = ("comorbid", "problems", "planted")


class BadPath(ValueError):
    """A path that no case can have."""


def fact(case: Case, path: str) -> Any:
    """The value at ``path``, or ABSENT. Refuses (BadPath) a path whose field no latent state has."""
    head, _, rest = path.partition(".")
    if head != "latent" or not rest:
        raise BadPath(f"{path}: facts start with latent.")
    field, _, name = rest.partition(".")
    if field not in Latent.model_fields:
        raise BadPath(f"{path}: a latent state has no {field}")
    value = getattr(case.latent, field)
    if not name:
        return _plain(value)
    if field == "person":
        if name not in Person.model_fields and name != "age_years":
            raise BadPath(f"{path}: a person has no {name}")
        return _plain(getattr(value, name))
    return _named(value, field, name, path)


def holds(case: Case, link: Link) -> bool:
    """Whether the link's fact is as it says. Refuses (BadPath, ValueError) a path or words that mean nothing."""
    return true_of(fact(case, link.fact), link.holds)


def true_of(value: Any, words: str) -> bool:
    """ "present", "absent", "is true", "is false", "= text", "!= text", "< 30", ">= 5.5", "in a|b"."""
    there = value is not ABSENT and value is not False and value not in ("", (), None)
    if words in ("present", "absent"):
        return there == (words == "present")
    if words in ("is true", "is false"):
        return value is (words == "is true")
    sign, _, operand = words.partition(" ")
    operand = operand.strip()
    if not operand or sign not in ("=", "!=", "<", "<=", ">", ">=", "in"):
        raise ValueError(f"{words!r} says nothing that can hold")
    if value is ABSENT or value is None:
        return False
    if sign in ("=", "!="):
        return _equal(value, operand) == (sign == "=")
    if sign == "in":
        return any(_equal(value, one.strip()) for one in operand.split("|"))
    return _compared(value, sign, operand)


def against(words: str) -> Any:
    """A value of which the words are not true: what the fact is when it is taken away."""
    return True if words in ("absent", "is false") else ABSENT


def _plain(value: Any) -> Any:
    return ABSENT if value is None or value == "" else value


def _named(value: Any, field: str, name: str, path: str) -> Any:
    if isinstance(value, Mapping):
        found = value.get(name, ABSENT)
        return found.value if isinstance(found, Measured) else found
    wanted = name.casefold()
    if field in _NAMES:
        return next((one for one in value if one.casefold() == wanted), ABSENT)
    if field in _LISTS:
        rows: tuple[Drug | Allergy | DrawnVariant | Drawn, ...] = value
        return next((one for one in rows if str(getattr(one, _LISTS[field])).casefold() == wanted), ABSENT)
    raise BadPath(f"{path}: {field} has no parts")


def _equal(value: Any, text: str) -> bool:
    number = _number(text)
    if isinstance(value, int | float) and not isinstance(value, bool) and number is not None:
        return float(value) == number
    if isinstance(value, Drug):
        return value.dose.casefold() == text.casefold()
    if isinstance(value, DrawnVariant):
        return value.genotype == text
    return str(value).casefold() == text.casefold()


def _compared(value: Any, sign: str, operand: str) -> bool:
    limit = _number(operand)
    if limit is None:
        raise ValueError(f"{operand!r} is no number")
    number = value if isinstance(value, int | float) else _number(str(value))
    if number is None or isinstance(value, bool):
        return False
    return {"<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit}[sign]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
