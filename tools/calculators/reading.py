"""From what was given, and what stands in the record, to the values of a calculator."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import pydantic
from pydantic import StrictBool

from retrieval.evidence import Depth, Evidence, Source, Word
from retrieval.patient import Known, Patient
from tools.calculators import units
from tools.calculators.fields import Field, FieldKind, Value
from tools.calculators.registry import Calculator
from tools.calculators.values import Values, figure

FIRST, LAST = 1900, 2100
_ANSWERS = {"yes": True, "true": True, "no": False, "false": False}


class Given(Word):
    """One input: a number with its unit, true or false, an option, or a date."""

    value: StrictBool | float | Annotated[str, pydantic.Field(max_length=200)]
    unit: Annotated[str, pydantic.Field(max_length=30)] = ""


class WrongInput(ValueError):
    """Inputs are not possible; the message names each, and what is accepted."""


@dataclass(frozen=True)
class Reading:
    """The values, which of them came from the record, with the words there, and what was left aside."""

    values: Values
    charted: Mapping[str, Known[Any]]
    chart: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()


def read(calculator: Calculator, given: Mapping[str, Given], patient: Patient) -> Reading:
    """The values of one run: what was given, and from the record what was not.

    Raises:
        WrongInput: an input is not one of the calculator's, has a wrong unit, or is not possible.
    """
    wrong = [_unknown(calculator, name) for name in given if calculator.field(name) is None]
    values: dict[str, Value] = {}
    written: dict[str, str] = {}
    for name, one in given.items():
        field = calculator.field(name)
        if field is None:
            continue
        try:
            values[name] = value_of(field, one)
        except WrongInput as problem:
            wrong.append(str(problem))
            continue
        written |= _written(field, one)
    if wrong:
        raise WrongInput("; ".join(wrong))
    return _with_chart(calculator, values, written, patient)


def _unknown(calculator: Calculator, name: str) -> str:
    known = ", ".join(field.name for field in calculator.fields)
    return f"{calculator.name} has no input '{name[:40]}': its inputs are {known}"


def _written(field: Field, given: Given) -> dict[str, str]:
    """How a number was written, where that is not the formulas' own unit."""
    if field.kind is not FieldKind.NUMBER or isinstance(given.value, bool | str):
        return {}
    if units.into(1, given.unit, field.measure) == 1:
        return {}
    return {field.name: f"{figure(given.value)} {given.unit}"}


def _with_chart(
    calculator: Calculator, values: dict[str, Value], written: dict[str, str], patient: Patient
) -> Reading:
    charted: dict[str, Known[Any]] = {}
    chart, notes = [], []
    for field in calculator.fields:
        place, known = ("", None) if field.name in values else standing(field, patient)
        if known is None:
            continue
        try:
            one = Given(value=known.value, unit=known.unit)
            values[field.name] = value_of(field, one)
        except WrongInput as problem:
            notes.append(f"The record's value is not used: {problem}.")
            continue
        written |= _written(field, one)
        charted[field.name] = known
        chart.append(_evidence(place, field, known))
    return Reading(Values(values, written), charted, tuple(chart), tuple(notes))


def standing(field: Field, patient: Patient) -> tuple[str, Known[Any] | None]:
    """Where in the patient frame the field stands, and its value there; None if it is unknown."""
    for place in field.chart:
        part, _, name = place.partition(".")
        held = getattr(patient, part)
        if name:
            held = next((known for key, known in held.items() if key.lower() == name), None)
        if held is not None:
            return place, held
    return "", None


def _evidence(place: str, field: Field, known: Known[Any]) -> Evidence:
    source = Source(
        id=f"chart:{place}",
        title=f"the patient's record: {field.words}",
        version=known.date or "undated",
        licence="the patient's own",
        depth=Depth.CHART,
    )
    return Evidence(source=source, quote=known.origin.where, locator=f"{known.origin.kind}, {place}")


def value_of(field: Field, given: Given) -> Value:
    """The value in the formulas' own unit.

    Raises:
        WrongInput: it is of another kind, in no unit of the table, or not physically possible.
    """
    if field.kind is FieldKind.NUMBER:
        return _number(field, given)
    if field.kind is FieldKind.YES_NO:
        return _answer(field, given.value)
    if field.kind is FieldKind.DAY:
        return _day(field, given.value)
    wanted = str(given.value).strip().casefold()
    for option in field.options:
        if option.casefold() == wanted:
            return option
    raise WrongInput(f"{field.name} must be one of: {field.accepts}")


def _number(field: Field, given: Given) -> float:
    if isinstance(given.value, bool | str):
        raise WrongInput(f"{field.name} must be a number with its unit ({field.accepts})")
    if not math.isfinite(given.value):
        raise WrongInput(f"{field.name} must be a finite number")
    try:
        value = units.into(given.value, given.unit, field.measure)
    except units.UnitError as wrong:
        raise WrongInput(f"{field.name}: {wrong}") from wrong
    if not field.low <= value <= field.high:
        low, high = (
            figure(units.back(edge, given.unit, field.measure), 4) for edge in (field.low, field.high)
        )
        shown = f"{figure(given.value)} {given.unit}".strip()
        raise WrongInput(f"{field.name} {shown} is not possible: {low} to {high} {given.unit}".strip())
    return value


def _answer(field: Field, value: bool | float | str) -> bool:
    answer = value if isinstance(value, bool) else _ANSWERS.get(str(value).strip().casefold())
    if answer is None:
        raise WrongInput(f"{field.name} must be true or false")
    return answer


def _day(field: Field, value: bool | float | str) -> date:
    try:
        day = date.fromisoformat(str(value).strip())
    except ValueError:
        raise WrongInput(f"{field.name} must be a date, YYYY-MM-DD") from None
    if not FIRST <= day.year <= LAST:
        raise WrongInput(f"{field.name} must lie between {FIRST} and {LAST}")
    return day
