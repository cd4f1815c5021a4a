"""``report`` and ``compare``: what a run came to, and whether another one came to less."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from evals.cli import given

Run = Annotated[Path, typer.Argument(help="The folder of a run.")]


def report(
    folder: Run,
    baseline: Annotated[Path | None, typer.Option(help="A run that must not be lost against.")] = None,
) -> None:
    """Score a run, write its report (HTML, JSON, JUnit) and hold the gates; exits 3 where a gate is lost."""
    from evals.cli import table
    from evals.report import gates, junit, page, results

    with given.refusing():
        run = results.Run(folder)
        before = results.Run(baseline) if baseline else None
        made = results.of_run(run)
        held = gates.hold(run, before)
        results.write(made, folder)
        (folder / "junit.xml").write_text(junit.junit(run, held), encoding="utf-8")
        (folder / "report.html").write_text(page.html(run=run, results=made, held=held), encoding="utf-8")
    for line in table.lines(made, held):
        print(line)
    print(f"\n{folder / 'report.html'}", file=sys.stderr)
    if gates.lost(held):
        raise typer.Exit(given.GATE_LOST)


def compare(
    before: Run,
    after: Run,
    out: Annotated[Path | None, typer.Option(help="A file for the comparison as HTML.")] = None,
) -> None:
    """Two runs of the same cases, paired; exits 3 where a gate is lost, 4 where they cannot be compared."""
    from evals.report import compare as comparing
    from evals.report import results

    with given.refusing():
        runs = results.Run(before), results.Run(after)
        try:
            found = comparing.compare(*runs)
        except comparing.NotComparable as differ:
            given.stop(str(differ), given.NOT_COMPARABLE)
        if out:
            out.write_text(found.html(), encoding="utf-8")
    print(found.text())
    raise typer.Exit(found.code)
