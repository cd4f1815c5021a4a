"""One run of a calculator: its value, or why there is none, as a result with its working and sources."""

from __future__ import annotations

from collections.abc import Mapping

from retrieval.evidence import (
    Depth,
    Evidence,
    Finding,
    Kind,
    Source,
    Table,
    ToolResult,
    bad_input,
    found,
    needs_input,
    not_covered,
)
from retrieval.patient import Patient
from tools.calculators.fields import Field
from tools.calculators.reading import Given, Reading, WrongInput, read
from tools.calculators.registry import ADULT, Calculator
from tools.calculators.scores import span, wanted
from tools.calculators.sources import Basis, bases, version
from tools.calculators.values import Values, Worked, figure

VERSION = "1"
MOST_SHOWN = 8
"""Inputs that are named in the sentence; a longer list stands in the working alone."""


def run(calculator: Calculator, given: Mapping[str, Given], patient: Patient) -> ToolResult:
    """The result of one run: found, needs_input, bad_input or not_covered."""
    try:
        reading = read(calculator, given, patient)
    except WrongInput as wrong:
        return bad_input(f"{calculator.title}: {wrong}.", versions=versions())
    values = reading.values
    why = beyond(calculator, values, patient)
    if why:
        return not_covered(f"{calculator.title} does not cover this: {why}.", versions=versions())
    lacking = missing(calculator, values)
    if lacking:
        return _asked(calculator, reading, lacking)
    if calculator.wrong and (why := calculator.wrong(values)):
        return bad_input(f"{calculator.title}: {why}.", versions=versions())
    if calculator.outside and (why := calculator.outside(values)):
        return not_covered(f"{calculator.title} does not cover this: {why}.", versions=versions())
    return _told(calculator, reading, calculator.formula(values))


def versions() -> Mapping[str, str]:
    """What was computed with."""
    return {"calculators": VERSION, "calculator sources": version()}


def beyond(calculator: Calculator, values: Values, patient: Patient) -> str:
    """Which value lies outside the range for which the formula was made, and why; empty if none does.

    Where a calculator made for adults does not ask the age, the age of the record decides.
    """
    told = []
    for limit in calculator.limits:
        field = calculator.field(limit.field)
        if field and values.has(limit.field) and not limit.low <= values[limit.field] <= limit.high:
            told.append(f"{limit.field} {values.shown(field)}, as {limit.why}")
        if field is None and limit == ADULT and patient.age_years and patient.age_years.value < limit.low:
            told.append(f"age {figure(patient.age_years.value)} years, as {limit.why}")
    return "; ".join(told)


def missing(calculator: Calculator, values: Values) -> tuple[Field, ...]:
    """The fields without which there is no value. Of a score: those that can change it."""
    if calculator.items:
        return wanted(calculator.items, values)
    needed = calculator.wants(values) if calculator.wants else ()
    return tuple(
        field
        for field in calculator.fields
        if not values.has(field.name) and (not field.optional or field.name in needed)
    )


def _asked(calculator: Calculator, reading: Reading, lacking: tuple[Field, ...]) -> ToolResult:
    note = f"{calculator.title} needs {', '.join(field.asked for field in lacking)}."
    if all(field.optional for field in lacking) and len(lacking) > 1:
        note = f"{calculator.title} needs at least one of {', '.join(field.name for field in lacking)}."
    if calculator.items:
        low, high = span(calculator.items, reading.values)
        note += f" Over what is missing it lies between {figure(low)} and {figure(high)} points."
    note = " ".join((note, *_meanings(lacking), *reading.notes))
    return needs_input(note, *(field.asked for field in lacking), versions=versions())


def _meanings(lacking: tuple[Field, ...]) -> tuple[str, ...]:
    """What counts and what does not, for the fields where that is stated."""
    told = []
    for field in lacking:
        if field.includes:
            told.append(f"{field.name} includes {field.includes}.")
        if field.excludes:
            told.append(f"{field.name} excludes {field.excludes}.")
    return tuple(told)


def _told(calculator: Calculator, reading: Reading, worked: Worked) -> ToolResult:
    basis = bases()[calculator.name]
    evidence = (_working(calculator, worked), basis.evidence, *reading.chart)
    near = calculator.near(reading.values) if calculator.near else ""
    statement = " ".join(
        part
        for part in (
            f"{calculator.title}: {shown(calculator, worked)}{_inputs(calculator, reading)}.",
            _charted(reading),
            near,
            *calculator.always,
            f"Made for {basis.population}{f'; {basis.doubt}' if basis.doubt else ''}.",
        )
        if part
    )
    certainty = f"{basis.status}; made for {basis.population}"
    findings = [
        Finding(statement=one, evidence=evidence, kind=Kind.COMPUTED, certainty=certainty)
        for one in (statement, *(f"{calculator.title}: {more}" for more in worked.more))
    ]
    return found(
        *findings,
        versions=versions(),
        note=" ".join(reading.notes),
        tables=(_table(calculator, worked, basis),),
    )


def shown(calculator: Calculator, worked: Worked) -> str:
    """The value as it is read, with unit and band: "40.0 mL/min/1.73 m², G3b (30 to below 45)"."""
    if isinstance(worked.value, str):
        return worked.value
    told = figure(worked.value) if calculator.items else f"{worked.value:.{calculator.digits}f}"
    band = calculator.band(worked.value)
    return f"{told} {calculator.unit}".strip() + (f", {band}" if band else "")


def _inputs(calculator: Calculator, reading: Reading) -> str:
    fields = [field for field in calculator.fields if reading.values.has(field.name)]
    if len(fields) > MOST_SHOWN:
        return f", from {len(fields)} values"
    told = (f"{field.name.replace('_', ' ')} {reading.values.shown(field)}" for field in fields)
    return f"; from {', '.join(told)}"


def _charted(reading: Reading) -> str:
    told = [
        f"{name.replace('_', ' ')}{f' of {known.date}' if known.date else ''}"
        for name, known in reading.charted.items()
    ]
    return f"From the record: {', '.join(told)}." if told else ""


def _working(calculator: Calculator, worked: Worked) -> Evidence:
    source = Source(
        id=f"computed:calculators:{calculator.name}",
        title=f"computed here: {calculator.title}",
        version=VERSION,
        licence="computed here",
        depth=Depth.COMPUTATION,
    )
    return Evidence(source=source, quote="\n".join(worked.lines))


def _table(calculator: Calculator, worked: Worked, basis: Basis) -> Table:
    rows = [("working", line) for line in worked.lines]
    rows.append(("result", shown(calculator, worked)))
    rows.append(("rule", basis.statement))
    rows.append(("source", " ".join(filter(None, (basis.title, basis.evidence.source.link, basis.doubt)))))
    return Table(title=calculator.title, columns=("part", "words"), rows=tuple(rows))
