"""``data check``: duplicates, groups and shortcuts of a set, before anything is trained on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from imaging.commands import ends

HELP = "Sets of pictures: whether they can be trained on."


def check(
    data: Annotated[
        Path, typer.Argument(help="A folder of pictures, or an npz in MedMNIST's form.", exists=True)
    ],
    labels: Annotated[
        Path | None, typer.Option(help="CSV with the columns file, label and the groups.")
    ] = None,
    group: Annotated[str, typer.Option(help="Column of patients, lesions or near-duplicates.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Say what would spoil a training: copies across groups, missing groups, trivial traits; exits 1 if unfit."""
    from imaging.datasets.check import check as checked
    from imaging.datasets.tables import BadTable

    try:
        report = checked(data, labels, group or None)
    except (BadTable, OSError, ValueError) as wrong:
        ends.stop(f"the set cannot be checked: {wrong}", ends.BAD_INPUT)
    ends.show(report, as_json, lambda: report.rendered)
    raise typer.Exit(ends.MISSED if report.refused else ends.ANSWERED)


VERBS: dict[str, Callable[..., None]] = {"check": check}
