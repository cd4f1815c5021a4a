"""``literature``: search the evidence library without the conversation."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli import edge


def literature(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option(help="How many passages.")] = 5,
    since: Annotated[int | None, typer.Option(help="Only sources of this year or later.")] = None,
    depth: Annotated[str | None, typer.Option(help="Only sources read this deep, e.g. abstract.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The tool's result as one JSON document.")] = False,
) -> None:
    """Passages of the library that answer a question, each with its quote, depth and source."""
    edge.ready()
    from tools.registry import call

    inputs = {"question": question, "k": k, "since": since, "depth": depth}
    result = call("search_literature", {name: value for name, value in inputs.items() if value is not None})
    edge.show(result, as_json, lambda: _prose(result))
    raise typer.Exit(edge.CODES[result.outcome])


def _prose(result: object) -> str:
    from retrieval.evidence import ToolResult

    assert isinstance(result, ToolResult)
    lines = [
        f"{number}. {finding.statement}\n   [{finding.evidence[0].source.depth}] {finding.evidence[0].source.title} "
        f"{finding.evidence[0].source.link or ''}"
        for number, finding in enumerate(result.findings, 1)
    ]
    return "\n".join(lines or [f"{result.outcome}: {result.note}"])
