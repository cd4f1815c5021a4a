"""The drug-safety panel: the list as cards by what they ask for, a drug to try, and what the clinician decided."""

from __future__ import annotations

from typing import Any, Literal

import gradio as gr

from assistant.sessions import SessionError
from assistant.ui import look
from assistant.ui.desk import Desk, Talk
from assistant.ui.drug_cards import NO_DRUGS, panel
from assistant.ui.plain import plain
from retrieval.evidence import ToolResult
from tools.record.answer import about_record
from tools.treatment.cards import OVERRIDE_REASONS, of_result

TOOL = "check_drugs"
Update = dict[Any, Any]
_ASK: dict[str, Any] = {
    **look.QUIET,
    "trigger_mode": "once",
    "concurrency_id": "drugs",
    "concurrency_limit": 2,
}


class DrugsTab:
    """Lays the tab out, wires it, and follows the talk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def lay_out(self) -> None:
        """The tab; to be called among the drawer's tabs."""
        with gr.Tab("Drugs", id="drugs", elem_id="drugs-tab") as self._tab:
            self._list = look.region(NO_DRUGS, "drugs-list")
            with gr.Row(elem_id="drugs-row", equal_height=True):
                self._box = gr.Textbox(
                    label="Try a drug",
                    placeholder="new: clarithromycin",
                    elem_id="drugs-box",
                    max_length=200,
                    scale=4,
                )
                self._button = gr.Button("Check", size="sm", elem_id="drugs-check", scale=1, min_width=90)
            with gr.Accordion(
                "Record a decision", open=False, visible=False, elem_id="decide"
            ) as self._decide:
                self._card = gr.Dropdown([], label="Card", elem_id="decide-card")
                self._outcome = gr.Radio(
                    ["accepted", "overridden"], label="Decision", elem_id="decide-outcome"
                )
                self._reason = gr.Dropdown(
                    [("–", ""), *((one.display, one.code) for one in OVERRIDE_REASONS)],
                    value="", label="Reason, if overridden", elem_id="decide-reason",
                )  # fmt: skip
                self._record = gr.Button("Record", size="sm", elem_id="decide-record")
                self._recorded = look.region("", "decide-note")

    def wire(self, talk: Any) -> None:
        """Bind the controls."""
        self.outputs = [self._list, self._tab, self._decide, self._card, self._recorded]
        for trigger in (self._button.click, self._box.submit):
            trigger(self._tried, [self._box, talk], self.outputs, **_ASK)
        given = [self._card, self._outcome, self._reason, talk]
        self._record.click(self._decided, given, [self._recorded], **_ASK)

    def follow(self, talk: Talk | None) -> Update:
        """What changes after a turn, or after a new patient (no talk)."""
        if talk is None:
            return self._shown(None)
        checked = talk.answer is not None and any(call.tool == TOOL for call in talk.answer.calls)
        if not checked:
            return {self._recorded: ""}
        try:
            last = self._desk.last(talk.session, TOOL)
        except SessionError:
            return {self._recorded: ""}
        return {self._recorded: ""} if last is not None and about_record(last) else self._shown(last)

    def _tried(self, said: str, talk: Talk | None) -> Update:
        """The patient's list with the drugs that were typed, several by commas."""
        names = [name.strip() for name in (said or "").split(",") if name.strip()]
        if talk is None:
            return {self._list: '<p class="refused" role="alert">Tell something of the patient first.</p>'}
        try:
            return self._shown(self._desk.call(talk.session, TOOL, {"drugs": names} if names else {}))
        except SessionError as gone:
            return {self._list: f'<p class="refused" role="alert">{plain(str(gone))}</p>'}

    def _decided(self, card: str, outcome: str, reason: str, talk: Talk | None) -> str:
        if talk is None or not card or outcome not in ("accepted", "overridden"):
            return '<p class="refused" role="alert">Choose a card and a decision.</p>'
        chosen: Literal["accepted", "overridden"] = "accepted" if outcome == "accepted" else "overridden"
        try:
            self._desk.decide(talk.session, card, chosen, reason or "")
        except (ValueError, SessionError) as why:
            return f'<p class="refused" role="alert">{plain(str(why))}</p>'
        return f'<p role="status">Recorded in the audit: {plain(outcome)}.</p>'

    def _shown(self, result: ToolResult | None) -> Update:
        made = of_result(result) if result else ()
        interrupting = [one for one in made if one.indicator != "info"]
        choices = [(one.summary, one.uuid) for one in made]
        return {
            self._list: panel(result),
            self._tab: gr.Tab(label=f"Drugs ({len(interrupting)})" if interrupting else "Drugs"),
            self._decide: gr.Accordion(visible=bool(made)),
            self._card: gr.Dropdown(choices=choices, value=choices[0][1] if choices else None),
            self._recorded: "",
        }
