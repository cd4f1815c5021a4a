"""What the verbs of research share: the inputs are checked as the registry does, the result is told or written."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from pydantic import ValidationError

from assistant.cli import edge, research_text

if TYPE_CHECKING:
    from retrieval.evidence import ToolResult


def told(
    work: Callable[..., ToolResult], tool: str, inputs: Mapping[str, Any], html: Path | None, as_json: bool
) -> NoReturn:
    """Do the work, print or write its result, and end with the outcome's exit code."""
    _has_place(html)
    result = _done(work, tool, inputs)
    if html is not None and result.findings:
        _written(html, result)
    words = edge.inert("\n".join(research_text.lines(result)))
    if not result.findings and not as_json:
        edge.stop(words, edge.CODES[result.outcome])
    if as_json or html is None:
        edge.show(result, as_json, lambda: words)
    raise typer.Exit(edge.CODES[result.outcome])


def _has_place(html: Path | None) -> None:
    """A long run is not begun for a report that has no place."""
    if html is not None and (html.is_dir() or not html.absolute().parent.is_dir()):
        edge.stop(f"{html} cannot be written: give a file in a folder that is there.", edge.BAD_INPUT)


def _done(work: Callable[..., ToolResult], tool: str, inputs: Mapping[str, Any]) -> ToolResult:
    from tools.mistakes import mistakes
    from tools.registry import tools

    try:
        checked = tools()[tool].inputs.model_validate(
            {name: value for name, value in inputs.items() if value is not None}
        )
    except ValidationError as wrong:
        edge.stop(mistakes(wrong), edge.BAD_INPUT)
    started = time.perf_counter()
    given = {name: getattr(checked, name) for name in type(checked).model_fields}
    result = work(**given)
    plain = checked.model_dump(mode="json")
    return result.model_copy(update={"tool": tool, "inputs": plain, "seconds": time.perf_counter() - started})


def _written(path: Path, result: ToolResult) -> None:
    """For the owner alone: a report may hold a genotype."""
    from assistant.research_report import as_html

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(as_html(result))
    except OSError as refused:
        edge.stop(f"{path} cannot be written: {refused.strerror}", edge.BAD_INPUT)
    print(path, file=sys.stderr)
