"""``simulate``: a dose in virtual patients of stated genotypes, as text, JSON or an HTML report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from assistant.cli import edge, own_sbml, research


def simulate(
    drug: Annotated[str, typer.Argument(help="Generic name; empty lists the models.")] = "",
    dose: Annotated[float | None, typer.Option(help="Dose in mg.")] = None,
    every: Annotated[float, typer.Option(help="Hours between doses; 0 for one dose.")] = 24,
    days: Annotated[int, typer.Option(help="Days, 1 to 180.")] = 30,
    genotype: Annotated[
        list[str] | None,
        typer.Option(help='One group: "CYP2C9 *1/*3, VKORC1 GA"; repeat to compare. Default: the reference.'),
    ] = None,
    age: Annotated[
        float | None, typer.Option(help="Years; drawn from the model's people by default.")
    ] = None,
    weight: Annotated[float | None, typer.Option(help="Kilograms; drawn by default.")] = None,
    renal: Annotated[float | None, typer.Option(help="Kidney function, 0 to 1 of normal.")] = None,
    n: Annotated[int, typer.Option(help="Virtual patients in each group, 1 to 2,000.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed gives the same patients.")] = 1,
    model: Annotated[str | None, typer.Option(help="Id of one model, where a drug has several.")] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Warfarin: the dose by each model beside it.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="Write the report as one HTML file.")] = None,
    trust_sbml: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Run this SBML file: machine code of a model that you trust."
        ),
    ] = None,
    show: Annotated[
        list[str] | None, typer.Option(help='With --trust-sbml: "[species]" or a parameter; repeat for more.')
    ] = None,
    until: Annotated[float | None, typer.Option(help="With --trust-sbml: the last time.")] = None,
    points: Annotated[int, typer.Option(help="With --trust-sbml: times from 0 to the last.")] = 25,
    put: Annotated[
        list[str] | None, typer.Option("--set", help="With --trust-sbml: name=number; repeat for more.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as one JSON document.")] = False,
) -> None:
    """Simulate a drug in virtual patients: it explains and compares, it does not say what to take."""
    if trust_sbml is not None:
        _own(drug, trust_sbml, show or [], until, points, put or [], as_json)
    if not drug.strip():
        _list(as_json)
        return
    edge.ready()
    from tools.simulation.answers import result

    inputs: dict[str, Any] = {
        "drug": drug, "dose_mg": dose, "every_h": every, "days": days, "genotypes": genotype or [], "age": age,
        "weight": weight, "renal_function": renal, "n": n, "seed": seed, "model": model, "compare": compare,
    }  # fmt: skip
    research.told(result, "simulate_drug", inputs, html, as_json)


def _own(
    drug: str, path: Path, show: list[str], until: float | None, points: int, put: list[str], as_json: bool
) -> NoReturn:
    if drug.strip():
        edge.stop(
            "Give a drug or --trust-sbml, not both: a file of yours is no model of ours.", edge.BAD_INPUT
        )
    edge.ready()
    own_sbml.run(path, show, until, points, put, as_json)


def _list(as_json: bool) -> None:
    from tools.simulation.records import damaged, models

    held = models().values()
    for lost in damaged().values():
        print(edge.inert(str(lost.refusal)), file=sys.stderr)
    edge.show(
        [{"id": one.id, "drug": one.drug, "title": one.title, "genes": list(one.genes)} for one in held],
        as_json,
        lambda: "\n".join(f"{one.id:20} {one.drug:14} {', '.join(one.genes) or 'no gene'}" for one in held),
    )
