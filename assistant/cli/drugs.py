"""``drugs check``: the drugs of one patient against each other and against what is known of the patient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import edge

if TYPE_CHECKING:
    from retrieval.evidence import ToolResult

app = typer.Typer(
    no_args_is_help=True, help="Drug safety: interactions, allergy, kidney, duplicates, QT, genes."
)


@app.callback()
def drugs() -> None:
    """Drugs of one patient; drafts that no clinician has reviewed."""


@app.command()
def check(
    names: Annotated[list[str], typer.Argument(help='Drugs as given; "new: metformin" is a proposed start.')],
    patient: Annotated[
        str, typer.Option(help='The patient in words: "72-year-old woman, eGFR 34, allergic to penicillin".')
    ] = "",
    as_cards: Annotated[bool, typer.Option("--cards", help="The findings as CDS Hooks cards, JSON.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The tool's result as one JSON document.")] = False,
) -> None:
    """What the rules say of these drugs in this patient, strictest first; silence of a rule is never called safe."""
    edge.ready()
    from assistant.frame import read
    from retrieval.patient import Patient
    from tools.registry import Context, call

    known, _ = read(patient, Patient())
    result = call("check_drugs", {"drugs": names}, Context(patient=known))
    if as_cards:
        edge.show({"cards": _cards(result)}, True, str)
        raise typer.Exit(edge.CODES[result.outcome])
    edge.show(result, as_json, lambda: "\n".join(_lines(result)))
    raise typer.Exit(edge.CODES[result.outcome])


def _cards(result: ToolResult) -> list[dict[str, object]]:
    from tools.treatment.cards import of_result

    return [card.as_json for card in of_result(result)]


def _lines(result: ToolResult) -> Iterator[str]:
    for finding in result.findings:
        yield f"- {finding.statement} [{finding.certainty}]"
        yield from (
            f"    {one.source.title}: {one.source.link or one.source.version}" for one in finding.evidence
        )
    yield from (f"- unknown: {missing}" for missing in result.missing)
    if result.note:
        yield result.note
