"""The calculators against 52 worked examples of MedCalc-Bench Verified (arXiv 2406.12036), one for each calculator.

Each is held within the limits that its row gives. That benchmark takes an unmentioned item as absent; our tool asks,
so the adapter here fills what it asks for and counts it.
"""

from __future__ import annotations

import ast
import csv
import gzip
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from evals.bench.genomics.row import Row
from evals.bench.treatment.medcalc_names import NAMES, ODDITIES, SHARED, UNITS, WORDS
from retrieval.evidence import Outcome
from retrieval.patient import Patient
from tools.calculators.answers import missing, run
from tools.calculators.fields import FieldKind
from tools.calculators.reading import Given, read
from tools.calculators.registry import Calculator, calculators

__all__ = ["ODDITIES", "Example", "example", "examples", "rows"]
PEERS = "GPT-4 50.9 % (arXiv 2406.12036); ≈ 35 % direct, 74 % trained, 81–85 % with the formula (arXiv 2603.02222)"
Line = Mapping[str, str]


def rows(data: Path) -> Iterator[Row]:
    """The share within the limits, and which rows are not, each with its written reason."""
    told = list(examples(data))
    good = sum(one.within for one in told)
    out = [one for one in told if not one.within]
    why = "; ".join(f"{one.name}: {ODDITIES.get(one.number, 'NO WRITTEN REASON')}" for one in out)
    filled = sum(len(one.filled) for one in told)
    ours = f"{good} of {len(told)}{f' ({why})' if why else ''}; {filled} absences filled by the adapter"
    met = len(told) == 52 and all(one.number in ODDITIES for one in out)
    yield Row("7g", "calculators, worked examples", "52/52, oddities documented", ours, met,
              "27/27 equations, 25 others unwritten", PEERS)  # fmt: skip


class Example(NamedTuple):
    """How one worked example came out. ``filled`` are the absences that the adapter put in."""

    number: str
    name: str
    outcome: Outcome
    ours: float | str | None
    theirs: str
    within: bool
    filled: tuple[str, ...]


def examples(data: Path) -> Iterator[Example]:
    """All worked examples of medcalc-dev."""
    csv.field_size_limit(10**9)
    with gzip.open(data / "medcalc-dev" / "one_shot.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield example(row)


def example(row: Line) -> Example:
    """One row: adapted, what is asked for filled with absence, run, compared with the row's own limits."""
    number = row["Calculator ID"]
    name, fixed, names = NAMES[number]
    calculator = calculators()[name]
    entities = ast.literal_eval(row["Relevant Entities"])
    given = {field: Given(value=value) for field, value in fixed.items()}
    given |= _special(number, entities) if number in ("24", "49") else adapted(entities, calculator, names)
    if number == "43":
        given["vasopressor"] = Given(value="dopamine up to 5, or dobutamine")
    filled = _filled(calculator, given)
    outcome = run(calculator, given, Patient()).outcome
    ours = None
    if outcome is Outcome.FOUND:
        ours = calculator.formula(read(calculator, given, Patient()).values).value
    return Example(number, name, outcome, ours, row["Ground Truth Answer"], _within(ours, row), filled)


def adapted(
    entities: Mapping[str, Any], calculator: Calculator, names: Mapping[str, str]
) -> dict[str, Given]:
    """The row's entities as inputs of ours; what we have no field for is left out; two names of one field are or-ed."""
    given: dict[str, Given] = {}
    for entity, value in entities.items():
        field = calculator.field(names.get(entity) or SHARED.get(entity, ""))
        if field is None:
            continue
        if field.name == "severe_chronic_disease":
            value = "none" if value is False else "nonoperative or emergency postoperative"
        if field.name in given and given[field.name].value is True:
            continue
        given[field.name] = _given(value, field.kind, field.unit)
    return given


def _given(value: Any, kind: FieldKind, unit: str) -> Given:
    if kind is FieldKind.NUMBER:
        amount, written = value if isinstance(value, list) else (value, unit)
        return Given(value=float(amount), unit=UNITS.get(written, written))
    if kind is FieldKind.DAY:
        return Given(value=datetime.strptime(value, "%m/%d/%Y").date().isoformat())  # noqa: DTZ007
    return Given(value=WORDS.get(value, value) if isinstance(value, str) else value)


def _special(number: str, entities: Mapping[str, Any]) -> dict[str, Given]:
    if number == "24":
        steroid, amount, unit = entities["input steroid"]
        return {
            "from_steroid": Given(value=steroid.split()[0].lower()),
            "to_steroid": Given(value=entities["target steroid"].split()[0].lower()),
            "dose": Given(value=amount, unit=unit),
        }
    doses = [entity.removesuffix(" Dose") for entity in entities if entity.endswith(" Dose")]
    return {
        drug.lower().replace(" ", "_"): Given(
            value=entities[f"{drug} Dose"][0] * entities[f"{drug} Dose Per Day"][0],
            unit=f"{entities[f'{drug} Dose'][1]}/day",
        )
        for drug in doses
    }


def _filled(calculator: Calculator, given: dict[str, Given]) -> tuple[str, ...]:
    """Fill what the tool asks for with absence, as the benchmark does; numbers are never made up."""
    filled = []
    for field in missing(calculator, read(calculator, given, Patient()).values):
        if field.kind is FieldKind.YES_NO or field.kind is FieldKind.CHOICE:
            given[field.name] = Given(value=False if field.kind is FieldKind.YES_NO else field.options[0])
            filled.append(field.name)
    return tuple(filled)


def _within(ours: float | str | None, row: Line) -> bool:
    if ours is None:
        return False
    if isinstance(ours, float | int):
        return float(row["Lower Limit"]) <= ours <= float(row["Upper Limit"])
    theirs = row["Ground Truth Answer"]
    if theirs.startswith("("):
        return ours == " ".join(ast.literal_eval(theirs))
    return ours == datetime.strptime(theirs, "%m/%d/%Y").date().isoformat()  # noqa: DTZ007
