"""``options``: the treatment options of an indication for one patient, with reasons, exclusions and "why not?"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import edge

if TYPE_CHECKING:
    from retrieval.evidence import Table, ToolResult


def options(
    indication: Annotated[
        str, typer.Argument(help='For example "AF anticoagulation"; empty lists them.')
    ] = "",
    patient: Annotated[
        str,
        typer.Option(
            help='The patient in words: "72-year-old woman, creatinine 1.5 mg/dL, takes ibuprofen".'
        ),
    ] = "",
    why_not: Annotated[str, typer.Option(help="A drug or measure: why is it not first?")] = "",
    weight: Annotated[
        list[str] | None,
        typer.Option(help="criterion=0..4 (efficacy, safety, burden, cost); may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The tool's result as one JSON document.")] = False,
) -> None:
    """Options for a licensed clinician to consider; exits 3 when values are missing, 4 when nothing is held."""
    if not indication.strip():
        _list(as_json)
        return
    edge.ready()
    from assistant.frame import read
    from retrieval.patient import Patient
    from tools.registry import Context, call

    known, _ = read(patient, Patient())
    inputs: dict[str, object] = {"indication": indication}
    inputs |= {"why_not": why_not} if why_not else {}
    inputs |= {"weights": _weights(weight)} if weight else {}
    result = call("treatment_options", inputs, Context(patient=known))
    edge.show(result, as_json, lambda: "\n".join(_lines(result)))
    raise typer.Exit(edge.CODES[result.outcome])


def _list(as_json: bool) -> None:
    from tools.treatment.load import knowledge

    held = knowledge().indications.values()
    edge.show(
        [{"id": one.id, "name": one.name, "scope": one.scope, "options": len(one.options)} for one in held],
        as_json,
        lambda: "\n".join(f"{one.id:28} {one.name} ({len(one.options)} options)" for one in held),
    )


def _weights(written: list[str]) -> dict[str, float]:
    """The weights as the tool takes them; ends with one line where one is not written as criterion=number."""
    weights = {}
    for one in written:
        name, _, value = one.partition("=")
        try:
            weights[name.strip().lower()] = float(value)
        except ValueError:
            edge.stop(f"'{one}' is not written as criterion=number.", edge.BAD_INPUT)
    return weights


def _lines(result: ToolResult) -> Iterator[str]:
    yield from (f"- {finding.statement} [{finding.certainty}]" for finding in result.findings[:3])
    for table in result.tables:
        yield from ("", table.title)
        yield from _rows(table)
    yield from (f"- unknown: {missing}" for missing in result.missing)
    if result.note:
        yield from ("", result.note)


def _rows(table: Table) -> Iterator[str]:
    """Each row with its filled cells, the first columns as a head."""
    for row in table.rows:
        cells = {name: cell for name, cell in zip(table.columns, row, strict=True) if cell != "–"}
        head = " · ".join(cells.pop(name) for name in ("layer", "option", "change") if name in cells)
        yield f"* {head}"
        yield from (f"    {name}: {cell}" for name, cell in cells.items())
