"""``review-sheet`` and ``review``: cases for a clinician to judge, and what came back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.cli import given


def review_sheet(
    file: Annotated[Path, typer.Argument(help="A file of cases, one a line.")],
    out: Annotated[Path, typer.Option("--out", help="A folder for the sheet and the table.")],
) -> None:
    """A page of cases with boxes to mark, and a table to type the marks into."""
    from evals.cases import files
    from evals.review.sheet import write

    with given.refusing():
        for path in write(tuple(files.read(file)), out):
            print(path)


def review(marks: Annotated[Path, typer.Argument(help="The filled table, marks.csv.")]) -> None:
    """How often a clinician agreed with the gold, with kappa."""
    from evals.review.marks import read

    with given.refusing():
        found = read(marks)
    kappa = "not defined" if found.kappa is None else f"{found.kappa:.2f}"
    print(f"{found.marked} marked, {found.agreed} agreed, {found.natural} worded naturally, kappa {kappa}")
    for case, gold, own in found.differ:
        print(f"{case}: gold {gold}, clinician {own}")
