"""The words of calculators, inputs and units, as knowledge/calculator_words.yaml lists them, made searchable.

Every pattern is an alternation of fixed phrases behind a guard at the beginning of a word: a text is searched in time
linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tools.calculators import units
from tools.calculators.fields import Field, FieldKind
from tools.calculators.registry import Calculator, calculators

FILE = Path(__file__).parents[1] / "knowledge" / "calculator_words.yaml"
CONVENTION = ("age", "systolic", "diastolic")
"""Fields that are said without a unit everywhere: "age 72", "120/80"."""
DOSES = ("dose", "daily dose", "patch")
"""Measures whose number says nothing without its unit."""
AS_WRITTEN = "="
"""Before a phrase: upper and lower case count."""
# One character each, so that places stay those of the text.
_PLAIN = {ord(dash): "-" for dash in "–—−‐‑"} | {ord(blank): " " for blank in "\t\u00a0\u2009\u202f"}
_PLAIN |= {ord(quote): "'" for quote in "’‘`´"} | {ord("μ"): "µ"}
_PLAIN |= {ord(digit): str(n) for digits in ("₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹") for n, digit in enumerate(digits)}


class Role(NamedTuple):
    """What a phrase says of a field: "number", "words", "asserts", "refutes", "wider", "option", "denied" (denied the
    option), or "withhold"; the file tells what each means."""

    field: str
    role: str
    option: str = ""


class Phrase(NamedTuple):
    """A phrase found in a text."""

    start: int
    end: int
    key: str


def plain(text: str) -> str:
    """The text with one form for dashes, blanks, small figures and quotes; as long as before."""
    return text.translate(_PLAIN)


@cache
def words() -> Mapping[str, Any]:
    """The file, read once."""
    read: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return read


def key(phrase: str) -> str:
    """One spelling of a phrase: no blanks or hyphens, lower case unless case counts."""
    squeezed = re.sub(r"[ -]+", "", phrase)
    return squeezed if squeezed.startswith(AS_WRITTEN) else squeezed.lower()


def pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the phrases as whole words, the longest first, with a plural or possessive ending."""
    each = sorted({_spelt(phrase) for phrase in phrases}, key=lambda one: -len(one))
    return re.compile(rf"(?<![\w-])({'|'.join(each)})(?:'s|s'|s|')?(?!\w)", re.IGNORECASE)


def _spelt(phrase: str) -> str:
    parts = re.split(r"[ -]+", phrase.removeprefix(AS_WRITTEN))
    joined = r"[ -]{0,2}".join(re.escape(part) for part in parts if part)
    return f"(?-i:{joined})" if phrase.startswith(AS_WRITTEN) else joined


def found(searched: re.Pattern[str], known: Iterable[str], text: str) -> Iterator[Phrase]:
    """The phrases of a text, each with its key among the known ones."""
    keys = frozenset(known)
    for match in searched.finditer(text):
        written = AS_WRITTEN + re.sub(r"[ -]+", "", match[1])
        yield Phrase(match.start(), match.end(), written if written in keys else key(match[1]))


class Lexicon(NamedTuple):
    """The phrases of one calculator's fields, and of what looks like them and is none of them."""

    searched: re.Pattern[str]
    roles: Mapping[str, tuple[Role, ...]]
    """By phrase; without a role it is something else."""

    def mentions(self, text: str) -> tuple[Phrase, ...]:
        """All phrases of a text in its order."""
        return tuple(found(self.searched, self.roles, text))


@cache
def lexicon(name: str) -> Lexicon:
    """The phrases of a calculator."""
    roles: dict[str, list[Role]] = {}
    phrases: list[str] = []
    for phrase, role in _all(calculators()[name]):
        phrases.append(phrase)
        roles.setdefault(key(phrase), [])
        if role is not None and role not in roles[key(phrase)]:
            roles[key(phrase)].append(role)
    return Lexicon(pattern(phrases), {one: tuple(held) for one, held in roles.items()})


def _all(calculator: Calculator) -> Iterator[tuple[str, Role | None]]:
    held = words()
    for field in calculator.fields:
        yield from _of_field(calculator, field)
    for phrase in held["withhold"].get(calculator.name, ()):
        yield phrase, Role("", "withhold")
    own = {field.name for field in calculator.fields}
    for other, listed in held["fields"].items():
        if other not in own and "." not in other and _is_number(other):
            yield from ((phrase, None) for phrase in _listed(listed).get("words", ()))
    for group in held["others"]:
        yield from ((phrase, None) for phrase in group)


def _of_field(calculator: Calculator, field: Field) -> Iterator[tuple[str, Role]]:
    held = words()
    listed = _listed(
        held["fields"].get(f"{calculator.name}.{field.name}") or held["fields"].get(field.name, ())
    )
    if field.kind in (FieldKind.NUMBER, FieldKind.DAY):
        for phrase in (*listed.get("words", ()), *listed.get("in_unit", ())):
            yield phrase, Role(field.name, "number", listed.get("in_unit", {}).get(phrase, ""))
    elif field.kind is FieldKind.YES_NO:
        for role in ("words", "asserts", "refutes", "wider"):
            yield from ((phrase, Role(field.name, role)) for phrase in listed.get(role, ()))
    else:
        for kind, section in (("option", "options"), ("denied", "denied")):
            for option, phrases in held[section].get(field.name, {}).items():
                if option in field.options:
                    yield from ((phrase, Role(field.name, kind, option)) for phrase in phrases)


def _listed(listed: Any) -> Mapping[str, Any]:
    return listed if isinstance(listed, dict) else {"words": listed}


def not_before(field: str) -> re.Pattern[str] | None:
    """What must not follow a number of this field; None if anything may."""
    told = _listed(words()["fields"].get(field, ())).get("not_before")
    return re.compile(told, re.IGNORECASE) if told else None


@cache
def _is_number(name: str) -> bool:
    return any(
        field.name == name and field.kind is FieldKind.NUMBER
        for calculator in calculators().values()
        for field in calculator.fields
    )


@cache
def unit_pattern(measure: str) -> re.Pattern[str]:
    """A unit of the measure right after a number; its spelling is the first group."""
    spelt = [spelling for unit in units.units(measure) if unit for spelling in words()["units"][unit]]
    each = "|".join(re.escape(one) for one in sorted(spelt, key=lambda one: -len(one)))
    return re.compile(rf"[ -]{{0,2}}({each or '(?!)'})(?![\w/^])", re.IGNORECASE)


@cache
def unit_names(measure: str) -> Mapping[str, str]:
    """From a spelling, lower case, to the unit of the table."""
    return {
        spelling.lower(): unit for unit in units.units(measure) if unit for spelling in words()["units"][unit]
    }


@cache
def any_unit() -> re.Pattern[str]:
    """Any unit of the table right after a number, but those that are plain words as well."""
    spelt = {
        one for spellings in words()["units"].values() for one in spellings if len(one) > 1 or one == "%"
    }
    each = "|".join(re.escape(one) for one in sorted(spelt, key=lambda one: -len(one)))
    return re.compile(rf"[ -]{{0,2}}(?:{each}|[a-zµ]+/[a-zµ])", re.IGNORECASE)


def bare_unit(field: Field, value: float) -> str | None:
    """The unit of a number that was written without one; None where another number of the field could be read two
    ways: its units differ, and what is possible in one overlaps with what is possible in another."""
    if field.measure in DOSES:
        return None
    factors = {units.into(1, unit, field.measure) for unit in units.units(field.measure)}
    if field.name in CONVENTION or len(factors) == 1:
        return field.unit if field.low <= value <= field.high else None
    spans = sorted(
        (units.back(field.low, unit, field.measure), units.back(field.high, unit, field.measure), unit)
        for unit in units.units(field.measure)
    )
    if any(one[1] >= other[0] for one, other in pairwise(spans)):
        return None
    return next((unit for low, high, unit in spans if low <= value <= high), None)
