"""The tab of handover sheets: links that work once, made when they are asked for."""

from __future__ import annotations

import html
from typing import Any

import gradio as gr

from assistant.handover import FILES
from assistant.models.treatment_routes import handover_asked
from assistant.service.calculators import TICKET
from assistant.sessions import SessionError
from assistant.ui import look
from assistant.ui.desk import Desk, Talk
from assistant.ui.plain import plain

NOTHING = '<p class="empty">After a question was answered, its handover sheets can be made here.</p>'
_NAMES = {
    "clinician.pdf": "For a colleague, PDF",
    "clinician.md": "For a colleague, Markdown",
    "patient.pdf": "For the patient, PDF (no doses, no ranking)",
    "patient.md": "For the patient, Markdown",
}
_ASK: dict[str, Any] = {**look.QUIET, "trigger_mode": "once"}


class SheetsTab:
    """Lays the tab out and wires its buttons."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def lay_out(self) -> None:
        """The tab; to be called among the drawer's tabs."""
        with gr.Tab("Sheets", id="sheets", elem_id="sheets-tab"):
            look.region(
                "<p>Two sheets with the same claims: one for a colleague, one for the patient. "
                "Drafts, not reviewed.</p>",
                "sheets-hint",
            )
            self._make = gr.Button("Make the sheets", size="sm", elem_id="sheets-make")
            self._links = look.region(NOTHING, "sheets-links")
            self._calculators = gr.Button(
                "Open the calculators with this patient", size="sm", elem_id="sheets-calc"
            )
            self._way = look.region("", "sheets-calc-link")

    def wire(self, talk: Any) -> None:
        """Bind the buttons."""
        self.outputs = [self._links, self._way]
        self._make.click(self._made, [talk], [self._links], **_ASK)
        self._calculators.click(self._opened, [talk], [self._way], **_ASK)

    def follow(self, talk: Talk | None) -> dict[Any, Any]:
        """After a turn the links of before no longer hold all that was said; asked for in words, new ones are made."""
        return {self._links: self._made(talk) if asked(talk) else NOTHING, self._way: ""}

    def _made(self, talk: Talk | None) -> str:
        if talk is None or talk.answer is None:
            return NOTHING
        try:
            self._desk.sheet(talk.session, "clinician.md")
        except (ValueError, SessionError) as why:
            return f'<p class="refused" role="alert">{plain(str(why))}</p>'
        links = "".join(_line(self._desk.tickets.issue(talk.session, name), _NAMES[name]) for name in FILES)
        return f'<ul class="sheets">{links}</ul><p>Each link works once, for ten minutes.</p>'

    def _opened(self, talk: Talk | None) -> str:
        if talk is None:
            return f"<p>{_way('/calculators', 'The calculators')} (nothing is known of a patient yet)</p>"
        ticket = self._desk.tickets.issue(talk.session, TICKET).removeprefix("/files/")
        return f"<p>{_way(f'/calculators/from/{ticket}', 'The calculators, filled in')}</p>"


def asked(talk: Talk | None) -> bool:
    """True if the last question of the talk asks for the sheets."""
    return talk is not None and talk.answer is not None and handover_asked(talk.answer.question)


def _line(address: str, name: str) -> str:
    return f"<li>{_way(address, name)}</li>"


def _way(address: str, name: str) -> str:
    return f'<a href="{html.escape(address)}" target="_blank" rel="noopener">{name}</a>'
