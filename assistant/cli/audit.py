"""``audit verify``: is the record of answers whole?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from assistant.cli import edge

app = typer.Typer(no_args_is_help=True, help="The tamper-evident record of answers.")


@app.callback()
def _group() -> None:
    """Keeps ``verify`` a verb of its own while it is the only one."""


@app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="A hash written down earlier that the chain must hold.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Follow the hash chain; names the first bad row and exits 1 if it is broken."""
    from assistant import audit

    folder = edge.ready().data_dir
    recorded = folder / "audit.head"
    checked = audit.verify(
        folder / "audit.sqlite", head or (recorded.read_text() if recorded.exists() else None)
    )
    words = (
        f"{checked.rows} rows, whole"
        if checked.whole
        else f"broken at row {checked.first_bad}: {checked.reason}"
    )
    edge.show(asdict(checked), as_json, lambda: words)
    raise typer.Exit(0 if checked.whole else 1)
