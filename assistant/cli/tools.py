"""``tools``: what an agent can call; call one with JSON."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from assistant.cli import edge


def tools(
    name: Annotated[str, typer.Argument(help="A tool; without one all are listed.")] = "",
    inputs: Annotated[
        str, typer.Argument(help="Its arguments as a JSON object; - reads standard input.")
    ] = "",
    schema: Annotated[bool, typer.Option("--schema", help="The schema that a model is shown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """List the tools, show a schema, or call a tool."""
    from tools import registry

    known = registry.tools()
    if name and name not in known:
        edge.stop(f"There is no tool '{name}'. The tools are: {', '.join(known)}.", edge.BAD_INPUT)
    chosen = [known[name]] if name else list(known.values())
    if not inputs:
        edge.show([tool.schema for tool in chosen], as_json or schema, lambda: "\n".join(map(_line, chosen)))
        return
    try:
        arguments = json.loads(edge.read_text(inputs))
    except json.JSONDecodeError as wrong:
        edge.stop(f"The arguments are not JSON: {wrong}", edge.BAD_INPUT)
    if not isinstance(arguments, dict):
        edge.stop('The arguments must be a JSON object such as {"text": "BRCA1 c.68_69del"}.', edge.BAD_INPUT)
    edge.ready()
    result = registry.call(name, arguments)
    edge.show(result, True, str)
    raise typer.Exit(edge.CODES[result.outcome])


def _line(tool: object) -> str:
    from tools.registry import Tool

    assert isinstance(tool, Tool)
    return f"{tool.name:20} {tool.description.splitlines()[0]} ({', '.join(tool.roles)})"
