"""``triage``: the red-flag gate alone; needs no model, no index and no network."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli import edge


def triage(
    words: Annotated[str, typer.Argument(help="What the person says; - reads standard input.")],
    age: Annotated[float | None, typer.Option(help="Age in years.")] = None,
    sex: Annotated[str, typer.Option(help="female or male")] = "",
    country: Annotated[str, typer.Option(help="Two letters, for emergency numbers.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The assessment as one JSON document.")] = False,
) -> None:
    """How soon does this person need care? No rule fired is not a finding of safety."""
    from assistant.gate import render_patient
    from tools.triage.engine import assess

    assessed = assess(edge.read_text(words), age_years=age, sex=sex, country=country)
    edge.show(assessed, as_json, lambda: render_patient(assessed, country))
    raise typer.Exit(edge.ANSWERED if assessed.level else edge.NOTHING)
