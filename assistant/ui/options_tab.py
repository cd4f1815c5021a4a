"""The tab of treatment options: the options with their reasons, weights as sliders, and "Why not…?".

The sliders and the box ask the tool again for this tab's patient; the talk itself is not changed by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.joined import carried
from assistant.sessions import SessionError
from assistant.ui import look, options
from assistant.ui.desk import Desk, Talk
from assistant.ui.plain import plain
from retrieval.evidence import ToolResult
from tools.treatment.indications import CRITERIA

TOOL = "treatment_options"
Update = dict[Any, Any]
_ASK: dict[str, Any] = {
    **look.QUIET,
    "trigger_mode": "always_last",
    "concurrency_id": "options",
    "concurrency_limit": 2,
}


@dataclass(frozen=True)
class Asked:
    """What the tab shows: which indication of which answer, with which weights."""

    answer: str
    indication: str


class OptionsTab:
    """Lays the tab out, wires it, and follows the talk. Hidden until an answer holds options."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def lay_out(self) -> None:
        """The tab; to be called among the drawer's tabs."""
        with gr.Tab("Options", id="options", visible=False, elem_id="options-tab") as self._tab:
            self._list = look.region(options.NO_OPTIONS, "options-list")
            with gr.Accordion("What counts most for this patient", open=False, elem_id="weights"):
                look.region("<p>0 leaves a criterion out, 4 counts it four times.</p>", "weights-hint")
                self._sliders = {
                    name: gr.Slider(
                        0, 4, value=1, step=0.5, label=options.named(name), elem_id=f"weight-{name}"
                    )
                    for name in CRITERIA
                }
            with gr.Row(elem_id="why-row", equal_height=True):
                self._box = gr.Textbox(
                    label="Why not…?", placeholder="dabigatran", elem_id="why-box", max_length=80, scale=4
                )
                self._button = gr.Button("Ask why", size="sm", elem_id="why-ask", scale=1, min_width=90)
            self._why = look.region(options.NO_WHY, "why-answer")
            self._changes = look.region("", "options-changes")

    def wire(self, state: Any, talk: Any) -> None:
        """Bind the controls; ``state`` holds what the tab shows, ``talk`` the tab's talk."""
        self._state = state
        self.outputs = [
            state, self._tab, self._list, self._why, self._changes, self._box, *self._sliders.values(),
        ]  # fmt: skip
        weights = list(self._sliders.values())
        for slider in weights:
            slider.input(self._weighed, [talk, state, *weights], [self._list, self._changes], **_ASK)
        for trigger in (self._button.click, self._box.submit):
            trigger(self._asked_why, [self._box, talk, state, *weights], [self._why], **_ASK)

    def follow(self, talk: Talk | None, shown: Asked | None) -> Update:
        """What changes after a turn, or after a new patient (no talk)."""
        if talk is None or talk.answer is None:
            return self._empty() if shown or talk is None else {self._state: shown}
        if shown is not None and shown.answer == talk.answer.id:
            return {self._state: shown}
        here = any(call.tool == TOOL and not call.failed for call in talk.answer.calls)
        result = self._last(talk.session) if here else None
        if result is None:
            return {self._state: shown}
        weights = options.weights_of(result)
        sliders = {slider: weights[name] for name, slider in self._sliders.items()}
        asked = str(result.inputs.get("why_not") or "")
        return {
            self._state: Asked(talk.answer.id, str(result.inputs.get("indication", ""))),
            self._tab: gr.Tab(visible=True),
            self._list: options.options(result),
            self._changes: options.beside(talk.answer.tables),
            self._why: options.why(result, asked) if asked else options.NO_WHY,
            self._box: asked,
            **sliders,
        }

    def opens(self, update: Update) -> bool:
        """True if an update of :meth:`follow` brings new options."""
        return update.get(self._state) is not None and self._list in update

    def _empty(self) -> Update:
        return {
            self._state: None, self._tab: gr.Tab(visible=False), self._list: options.NO_OPTIONS, self._changes: "",
            self._why: options.NO_WHY, self._box: "", **dict.fromkeys(self._sliders.values(), 1),
        }  # fmt: skip

    def _last(self, session: str) -> ToolResult | None:
        try:
            return self._desk.last(session, TOOL)
        except SessionError:  # it was forgotten meanwhile
            return None

    def _weighed(self, talk: Talk | None, shown: Asked | None, *weights: float) -> tuple[str, str]:
        if talk is None or shown is None:
            return options.NO_OPTIONS, ""
        result, refused = self._again(talk, shown, weights)
        if result is None:
            return refused, ""
        shown_before = talk.answer.tables if talk.answer else ()
        return options.options(result), options.beside(carried(result.tables, shown_before))

    def _asked_why(self, said: str, talk: Talk | None, shown: Asked | None, *weights: float) -> str:
        if talk is None or shown is None or not (said or "").strip():
            return options.NO_WHY
        result, refused = self._again(talk, shown, weights, said.strip())
        return refused if result is None else options.why(result, said.strip())

    def _again(
        self, talk: Talk, shown: Asked, weights: tuple[float, ...], why_not: str = ""
    ) -> tuple[ToolResult | None, str]:
        """The tool's result for the tab's patient with these weights, or why it could not be asked."""
        inputs: dict[str, Any] = {
            "indication": shown.indication,
            "weights": dict(zip(CRITERIA, weights, strict=True)),
        }
        try:
            return self._desk.call(talk.session, TOOL, inputs | ({"why_not": why_not} if why_not else {})), ""
        except SessionError as gone:
            return None, f'<p class="refused" role="alert">{plain(str(gone))}</p>'
