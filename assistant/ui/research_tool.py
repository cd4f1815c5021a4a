"""What the tabs of the research page share: number boxes, the place of a result, and how a tool is called from a tab.

The registry checks the inputs, so that page, chat and command line refuse the same things in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gradio as gr

from assistant.ui import look, research
from assistant.ui.lab_bench import Bench, Door, Refused
from assistant.ui.lab_download import download
from assistant.ui.lab_tabs import refused
from retrieval.evidence import ToolResult

Update = dict[Any, Any]
RUN: dict[str, Any] = {
    **look.QUIET,
    "trigger_mode": "once",
    "concurrency_id": "research",
    "concurrency_limit": look.AT_ONCE,
}


def number(label: str, value: float | None, name: str, **limits: Any) -> Any:
    return gr.Number(value, label=label, elem_id=name, **limits)


def maybe(label: str, name: str) -> Any:
    """A number that may stay empty; Gradio's own number box shows an empty one as 0."""
    return gr.Textbox("", label=label, placeholder="as in the model", max_length=12, elem_id=name)


def optional(typed: str, what: str) -> float | None:
    """The number that was typed, None for nothing.

    Raises:
        Refused: it is no number.
    """
    try:
        return float(typed.strip().replace(",", ".")) if typed.strip() else None
    except ValueError:
        raise Refused(f"{what}: give a number, or leave it empty.") from None


def whole(value: Any) -> int | None:
    """A number box's value without its fraction; None where it is empty."""
    return None if value is None else int(value)


class ToolTab:
    """A tab over one registered tool."""

    tool: str

    def __init__(self, door: Door) -> None:
        self._door = door

    def place(self, name: str) -> None:
        self._shown = look.region(research.NOTHING, f"research-{name}-shown")
        self._save = download("Save the report (HTML)", f"research-{name}-save")
        self.outputs = [self._shown, self._save]

    def run(self, bench: Bench | None, inputs: Callable[[], Mapping[str, Any]]) -> Iterator[Update]:
        """What changes while the tool works; a refusal stands where the result would."""
        hidden = {self._save: gr.update(visible=False), **self.beside(None)}
        try:
            with self._door.enter(bench or Bench()):
                yield {self._shown: research.WORKING, **hidden}
                told = self._call(inputs())
                file = research.saved(told, f"consilium-{self.tool}")
                yield {
                    self._shown: research.result(told),
                    self._save: gr.update(value=file, visible=file is not None),
                    **self.beside(told),
                }
        except Refused as why:
            yield {self._shown: refused(why), **hidden}

    def beside(self, told: ToolResult | None) -> Update:
        """What else changes with a result, or while there is none."""
        return {}

    def _call(self, inputs: Mapping[str, Any]) -> ToolResult:
        from tools.registry import call

        return call(self.tool, {name: value for name, value in inputs.items() if value not in (None, "", [])})
