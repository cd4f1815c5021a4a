"""``replay``: make an earlier answer again and compare it byte for byte."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli import edge


def replay(
    answer_id: Annotated[str, typer.Argument(help="The id at the foot of the answer.")],
    as_json: Annotated[bool, typer.Option("--json", help="The comparison as one JSON document.")] = False,
) -> None:
    """Run the turn again from the archive; exits 0 if the answer is the same, byte for byte."""
    settings = edge.ready()
    from assistant.archive import ArchiveError

    assistant = edge.assistant_of(settings)
    try:
        compared = assistant.replay(answer_id)
    except ArchiveError as missing:
        edge.stop(str(missing), edge.UNAVAILABLE)
    finally:
        assistant.close()
    edge.show(compared, as_json, compared.words)
    raise typer.Exit(edge.ANSWERED if compared.same else 1)
