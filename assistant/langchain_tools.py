"""The registry's tools as LangChain tools: name, description and schema only; calls go through the registry."""

from __future__ import annotations

from langchain_core.tools import StructuredTool

from tools.registry import Tool, call, tools_for


def langchain_tools(role: str, disabled: tuple[str, ...] = ()) -> list[StructuredTool]:
    """The tools that a role may call, as a chat model is shown them."""
    return [_adapted(entry, role) for entry in tools_for(role) if entry.name not in disabled]


def _adapted(entry: Tool, role: str) -> StructuredTool:
    def run(**inputs: object) -> str:
        # Only reached when the tool is used outside our loop, whose middleware calls the registry itself.
        return call(entry.name, inputs).model_dump_json()

    return StructuredTool.from_function(
        run,
        name=entry.name,
        description=entry.description,
        args_schema=entry.schema["parameters"],
        infer_schema=False,
    )
