"""``serve``: the pages on this computer."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli import edge


def serve(
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    host: Annotated[str | None, typer.Option(help="Loopback address to listen on.")] = None,
) -> None:
    """Serve the clinician page, the patient page and the library on 127.0.0.1."""
    settings = edge.ready(service__port=port, service__host=host)
    from assistant.service.app import run

    run(settings)
