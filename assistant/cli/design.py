"""``design`` and ``molecule``: structures for a stated objective, and the profile of one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli import edge, research

Html = Annotated[Path | None, typer.Option(help="Write the report as one HTML file.")]
Json = Annotated[bool, typer.Option("--json", help="The result as one JSON document.")]


def molecule(
    structure: Annotated[str, typer.Argument(help="SMILES, or the name of a medicine.")],
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Properties, structural alerts and predicted ADMET of one structure: model scores, no statement of safety."""
    edge.ready()
    from tools.registry import call

    def profile(molecule: str) -> Any:
        return call("molecule_profile", {"molecule": molecule})

    research.told(profile, "molecule_profile", {"molecule": structure}, html, as_json)


def design(
    like: Annotated[
        list[str] | None,
        typer.Option(help="A medicine's name or SMILES; repeat for more. Default: the start pool."),
    ] = None,
    method: Annotated[str, typer.Option(help="search, fragments or vae.")] = "search",
    want: Annotated[
        list[str] | None, typer.Option(help="term=weight (0 to 1), such as qed=1; repeat for more.")
    ] = None,
    better: Annotated[
        list[str] | None,
        typer.Option(help="A term on which each must beat the first --like; repeat for more."),
    ] = None,
    alerts: Annotated[bool, typer.Option("--alerts", help="Keep molecules with structural alerts.")] = False,
    n: Annotated[int, typer.Option(help="Molecules to show, 1 to 200.")] = 20,
    budget: Annotated[int, typer.Option(help="Evaluations, at most 20,000.")] = 6000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same molecules.")] = 1,
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Propose molecules: computer-made structures, hypotheses, not drugs; none was made or tested."""
    edge.ready()
    from tools.discovery.answers import result

    inputs: dict[str, Any] = {
        "like": like or [], "method": method, "want": _weights(want or []), "better": better or [],
        "no_alerts": not alerts, "n": n, "budget": budget, "seed": seed,
    }  # fmt: skip
    research.told(result, "design_molecules", inputs, html, as_json)


def _weights(written: list[str]) -> dict[str, float]:
    """The weights; ends with one line where one is not written as term=number."""
    weights = {}
    for one in written:
        name, _, value = one.partition("=")
        try:
            weights[name.strip().lower()] = float(value or 1)
        except ValueError:
            edge.stop(f"'{one}' is not written as term=number.", edge.BAD_INPUT)
    return weights
