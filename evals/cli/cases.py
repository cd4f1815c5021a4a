"""``cases``, ``check`` and ``import``: cases into a file, and a file's cases looked at."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from evals.cli import given

Mix = Literal["natural", "balanced", "enriched"]
Wording = Literal["open", "held", "all"]
File = Annotated[Path, typer.Argument(help="A file of cases, one a line.")]


def cases(
    n: Annotated[int, typer.Option("--n", min=1, max=200_000, help="How many.")] = 100,
    seed: given.Seed = 7,
    mix: Annotated[Mix, typer.Option()] = "enriched",
    wording: Annotated[Wording, typer.Option()] = "open",
    suite: Annotated[str, typer.Option(help="The cases of a suite instead of plain patients.")] = "",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A file; else standard output.")] = None,
) -> None:
    """Make cases; the same words give the same bytes."""
    from evals.cases import make
    from evals.suites import registry

    with given.refusing():
        made = (
            registry.suite(suite).cases(n, seed)
            if suite
            else make.cases(n, seed, mix=mix, wording=wording, suite="triage")
        )
        lines = (case.model_dump_json() + "\n" for case in made)
        if out is None:
            sys.stdout.writelines(lines)
            return
        with out.open("w", encoding="utf-8") as file:
            file.writelines(lines)


def check(file: File) -> None:
    """Replay the reason of every gold answer of a file; exits 2 where a case does not check."""
    from evals.cases import files, gold

    wrong = total = 0
    with given.refusing():
        for case in files.read(file):
            total += 1
            problems = gold.check(case)
            wrong += bool(problems)
            for problem in problems:
                print(f"{case.id}: {problem}")
    print(f"{total} cases, {wrong} with a problem", file=sys.stderr)
    if wrong:
        raise typer.Exit(given.BAD_INPUT)


def import_(
    place: Annotated[
        Path, typer.Argument(help="A folder, file or archive of FHIR bundles (Synthea, clinosim).")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file of cases.")],
    right: Annotated[
        bool, typer.Option("--i-have-the-right", help="A record that no generator claims may be used here.")
    ] = False,
) -> None:
    """Cases of records that others made: a drug check of each, without urgency gold."""
    from evals.cases.importers import made, record

    with given.refusing():
        found = [
            case.model_dump_json() + "\n"
            for case in made.cases(record.records(place, datetime.now(UTC).date()), right=right)
        ]
        out.write_text("".join(found), encoding="utf-8")
    print(f"{len(found)} cases", file=sys.stderr)
