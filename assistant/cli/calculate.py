"""``calculate``: one clinical score or equation without the conversation, with its working and its source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import edge

if TYPE_CHECKING:
    from retrieval.evidence import ToolResult
    from tools.calculators.fields import Field
    from tools.calculators.registry import Calculator

_NUMBER = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*(.*)", re.DOTALL)


def calculate(
    name: Annotated[str, typer.Argument(help="A calculator; alone, its fields are listed.")] = "",
    values: Annotated[
        list[str] | None, typer.Argument(help="field=value[unit], e.g. creatinine=1.8mg/dL sex=female.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="All calculators.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Compute a score or an equation; exits 3 and names the fields where values are missing."""
    from tools.calculators.registry import calculators

    if listed or not name:
        _list(as_json)
        return
    known = calculators().get(name.strip().lower())
    if known is not None and not values:
        edge.show(_described(known), as_json, lambda: _fields(known))
        return
    inputs = _inputs(known, values or [])
    edge.ready()
    from tools import registry

    result = registry.call("calculate", {"name": name, "inputs": inputs})
    if as_json:
        edge.show(result, True, str)
    elif result.findings:
        print(_told(result))
    else:
        edge.stop(result.note, edge.CODES[result.outcome])
    raise typer.Exit(edge.CODES[result.outcome])


def _list(as_json: bool) -> None:
    from tools.calculators.registry import calculators

    held = list(calculators().values())
    edge.show(
        [{"name": one.name, "title": one.title, "unit": one.unit} for one in held],
        as_json,
        lambda: "\n".join(f"{one.name:20} {one.title}{f' ({one.unit})' if one.unit else ''}" for one in held),
    )


def _described(calculator: Calculator) -> dict[str, Any]:
    """The calculator and its fields, with what each accepts."""
    return {
        "name": calculator.name,
        "title": calculator.title,
        "unit": calculator.unit,
        "fields": [
            field.model_dump(mode="json", exclude={"chart", "measure"})
            | {"accepts": field.accepts, "unit": field.unit}
            for field in calculator.fields
        ],
    }


def _fields(calculator: Calculator) -> str:
    """The fields, one a line, with units and what is physically possible."""
    from tools.calculators.fields import FieldKind
    from tools.calculators.values import figure

    lines = [f"{calculator.title}{f' in {calculator.unit}' if calculator.unit else ''}"]
    for field in calculator.fields:
        told = field.accepts
        if field.kind is FieldKind.NUMBER:
            told += f"; {figure(field.low)} to {figure(field.high)} {field.unit}".rstrip()
        lines.append(
            f"  {field.name:26} {_meaning(field)}: {told}{' (may be left out)' if field.optional else ''}"
        )
    return "\n".join(lines)


def _meaning(field: Field) -> str:
    counted = f" (includes {field.includes})" if field.includes else ""
    return f"{field.words}{counted}{f' (excludes {field.excludes})' if field.excludes else ''}"


def _inputs(calculator: Calculator | None, values: Sequence[str]) -> dict[str, Any]:
    """The inputs as the tool takes them; ends with one line where one of them is not written as field=value."""
    inputs: dict[str, Any] = {}
    for written in values:
        name, sign, value = written.partition("=")
        name, value = name.strip().lower(), value.strip()
        if not sign or not name or not value:
            edge.stop(f"'{written}' is not written as field=value[unit].", edge.BAD_INPUT)
        if name in inputs:
            edge.stop(f"'{name}' is given twice.", edge.BAD_INPUT)
        inputs[name] = _input(calculator.field(name) if calculator else None, value)
    return inputs


def _input(field: Field | None, value: str) -> dict[str, Any]:
    """A number with its unit where the field takes one, else the word; the tool judges both.

    A number without a unit has the one that cannot be mistaken ("age=72", "sodium=140"), or none.
    """
    from tools.calculators.fields import FieldKind
    from tools.calculators.spoken_words import bare_unit

    number = _NUMBER.fullmatch(value)
    if field is None or field.kind is not FieldKind.NUMBER or number is None:
        return {"value": value}
    amount = float(number[1])
    return {"value": amount, "unit": number[2].strip() or bare_unit(field, amount) or ""}


def _told(result: ToolResult) -> str:
    """The sentences, then the working line by line, the rule and its source."""
    lines = [finding.statement for finding in result.findings]
    for table in result.tables:
        lines += ["", *(f"{part:8} {words}" for part, words in table.rows)]
    return "\n".join([*lines, *([result.note] if result.note else [])])
