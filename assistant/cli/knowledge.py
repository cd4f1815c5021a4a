"""``knowledge check``: does every fact in the repository carry its source?"""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli import edge

app = typer.Typer(no_args_is_help=True, help="The facts that ship with the assistant.")


@app.callback()
def _group() -> None:
    """Keeps ``check`` a verb of its own while it is the only one."""


@app.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Load and check all facts that ship; exits 1 and names the first error of each part."""
    from assistant.knowledge_check import checks

    rows = checks()
    edge.show(
        [row._asdict() for row in rows],
        as_json,
        lambda: "\n".join(f"{row.part:16} {row.words}" for row in rows),
    )
    raise typer.Exit(1 if any(not row.ok for row in rows) else 0)
