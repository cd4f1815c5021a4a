"""The worksheet's tab: 26 codes with a dropdown each, their sum, and what others say beside it.

Its state is a Gradio state of its own, so that an edit made while a turn runs cannot undo what the turn brings.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr

from assistant.ui import look, worksheet
from assistant.ui.desk import Talk
from assistant.ui.worksheet import NOT_COUNTED, Sheet, Sheets
from genomics.acmg.criteria import CODES, Strength, is_pathogenic

Update = dict[Any, Any]
_EDIT: dict[str, Any] = {
    **look.QUIET,
    "trigger_mode": "always_last",
    "concurrency_id": "worksheet",
    "concurrency_limit": 1,
}
"""One edit after the other, so that two quick ones never start from the same state."""


class WorksheetTab:
    """Lays the tab out, wires its edits, and follows the talk. Hidden until an answer holds evidence codes."""

    def lay_out(self) -> None:
        """The tab; to be called among the drawer's tabs."""
        self._rows: dict[str, Any] = {}
        self._boxes: dict[str, Any] = {}
        with gr.Tab("Worksheet", id="worksheet", visible=False, elem_id="worksheet-tab") as self._tab:
            self._which = gr.Dropdown([], label="Variant", visible=False, elem_id="worksheet-which")
            self._total = look.region("", "worksheet-total")
            for title, pathogenic in (("Towards pathogenic", True), ("Towards benign", False)):
                look.region(f"<h3>{title}</h3>", f"codes-{'p' if pathogenic else 'b'}")
                for code in CODES:
                    if is_pathogenic(code) is pathogenic:
                        self._lay_out_code(code)
            self._undo = gr.Button("Undo my settings", size="sm", elem_id="worksheet-undo", interactive=False)
            self._beside = look.region("", "worksheet-beside")

    def wire(self, state: Any) -> None:
        """Bind the edits; ``state`` holds the tab's :class:`Sheets`."""
        self._state = state
        outputs = [
            state, self._tab, self._which, self._total, self._undo, self._beside,
            *self._rows.values(), *self._boxes.values(),
        ]  # fmt: skip
        self.outputs = outputs
        for code, box in self._boxes.items():
            box.input(partial(self._edited, code), [box, state], outputs, **_EDIT)
        self._undo.click(self._undone, [state], outputs, **_EDIT)
        self._which.input(self._turned, [self._which, state], outputs, **_EDIT)

    def follow(self, talk: Talk | None, sheets: Sheets | None) -> Update:
        """What changes after a turn, or after a new patient (no talk)."""
        before = sheets or Sheets()
        after = before.after(talk.answer) if talk and talk.answer else Sheets() if talk is None else before
        return {self._state: after} if after == before else self._shown(after)

    def _lay_out_code(self, code: str) -> None:
        with gr.Row(elem_classes="code-row", equal_height=False):
            self._rows[code] = look.region("", f"code-{code}")
            self._boxes[code] = gr.Dropdown(
                worksheet.choices(code), value=NOT_COUNTED, label=f"Strength of {code}", show_label=False,
                container=False, filterable=False, scale=0, min_width=130, elem_classes="strength",
                elem_id=f"strength-{code}", interactive=True,
            )  # fmt: skip

    def _edited(self, code: str, value: str, sheets: Sheets | None) -> Update:
        if sheets is None or sheets.open is None:
            return {self._state: sheets}
        strength = None if value == NOT_COUNTED else Strength(value)
        before, after = sheets.open, sheets.open.edit(code, strength)
        return {self._state: sheets.put(after), **self._summed(after), **self._changed(before, after)}

    def _undone(self, sheets: Sheets | None) -> Update:
        if sheets is None or sheets.open is None:
            return {self._state: sheets}
        before = sheets.open
        after = Sheet(before.variant, before.computed, before.evidence, before.classes)
        boxes = {self._boxes[code]: worksheet.chosen(after, code) for code in before.edits}
        changed = self._changed(before, after)
        return {self._state: sheets.put(after), **self._summed(after), **changed, **boxes}

    def _turned(self, place: int, sheets: Sheets | None) -> Update:
        """Another of the answer's variants is opened."""
        if sheets is None or not 0 <= place < len(sheets.held):
            return {self._state: sheets}
        return self._shown(Sheets(held=sheets.held, place=place))

    def _shown(self, sheets: Sheets) -> Update:
        """The whole tab anew."""
        which = gr.Dropdown(
            choices=[(sheet.variant, place) for place, sheet in enumerate(sheets.held)],
            value=sheets.place if sheets.held else None,
            visible=len(sheets.held) > 1,
        )
        update: Update = {
            self._state: sheets,
            self._tab: gr.Tab(visible=bool(sheets.held)),
            self._which: which,
        }
        if sheets.open is None:
            return update
        sheet = sheets.open
        rows = {self._rows[one.code]: worksheet.row(sheet, one) for one in sheet.criteria}
        boxes = {box: worksheet.chosen(sheet, code) for code, box in self._boxes.items()}
        return {**update, **self._summed(sheet), **rows, **boxes}

    def _summed(self, sheet: Sheet) -> Update:
        return {
            self._total: worksheet.total(sheet),
            self._beside: worksheet.beside(sheet),
            self._undo: gr.Button(interactive=bool(sheet.edits)),
        }

    def _changed(self, before: Sheet, after: Sheet) -> Update:
        """The rows that the edit changed: its own, and those that may not stand beside it."""
        old = {one.code: worksheet.row(before, one) for one in before.criteria}
        new = {one.code: worksheet.row(after, one) for one in after.criteria}
        return {self._rows[code]: words for code, words in new.items() if words != old[code]}
