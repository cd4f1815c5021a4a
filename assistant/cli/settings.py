"""``settings``: what is in force and where each value comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli import edge


def settings(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Every setting in force with its origin; secrets are masked."""
    from assistant.settings import SettingsError, effective, load

    try:
        rows = effective(load())
    except SettingsError as wrong:
        edge.stop(str(wrong), edge.BAD_INPUT)
    edge.show(
        [row._asdict() for row in rows],
        as_json,
        lambda: "\n".join(f"{row.name:28} {row.value:36} {row.origin}" for row in rows),
    )
