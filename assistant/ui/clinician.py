"""The clinician's page: patient frame, chat with outcome chips, and the drawer with the evidence.

The page object holds components and the assistant; what belongs to one browser tab is its :class:`Talk`, in
Gradio's per-tab state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from assistant.answer import NOTICE, Answer, Role
from assistant.events import Answered, Event, Gated
from assistant.sessions import NoSuchSession, SessionError
from assistant.ui import chat, chat_figures, drawer, frame, look
from assistant.ui.desk import Desk, Talk, take
from assistant.ui.drugs_tab import DrugsTab
from assistant.ui.held import held_line
from assistant.ui.images_tab import ImagesTab, Shown
from assistant.ui.options_tab import Asked, OptionsTab
from assistant.ui.pace import Pace
from assistant.ui.plain import plain
from assistant.ui.sheets_tab import SheetsTab
from assistant.ui.sheets_tab import asked as asked_for_sheets
from assistant.ui.worksheet_tab import WorksheetTab
from retrieval.patient import Patient

Update = dict[Any, Any]
_LIBRARY = (
    '<a href="/library" target="_blank" rel="noopener">Library</a>'  # a new tab: this one keeps its talk
    ' · <a href="/research/" target="_blank" rel="noopener">Research</a>'
)
_NOBODY = Patient()
_FILES = ["image", ".dcm", ".vcf", ".bcf", ".gz", ".bgz", ".txt", ".tsv", ".json"]
_EXAMPLES = [
    "What does NM_000059.4(BRCA2):c.5946delT mean for a woman of 38?",
    "CYP2C19 *2/*2 after a coronary stent: is clopidogrel a good choice?",
    "72-year-old woman with AF, weight 64 kg, creatinine 1.5 mg/dL, takes ibuprofen: anticoagulation options?",
    "Does empagliflozin lower hospital admissions for heart failure in type 2 diabetes?",
    "Does intensive blood pressure control lower mortality in type 2 diabetes?",
]
_WELCOME = (
    "### Ask about a patient, a drug, a variant or the literature\n"
    "Each sentence of an answer shows the source that carries it. "
    "What could not be answered is said, not left out."
)


class ClinicianPage:
    """Builds the page once; every handler gets the tab's own talk and gives back what changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pace = Pace()
        self._worksheet = WorksheetTab()
        self._options = OptionsTab(desk)
        self._drugs = DrugsTab(desk)
        self._handover = SheetsTab(desk)
        self._images = ImagesTab(desk)

    def blocks(self) -> Any:
        """The page, ready to be mounted."""
        with look.blocks("Consilium · clinician") as page:
            self._talk = gr.State(None, delete_callback=self._forgotten)
            self._sheets = gr.State(None)
            self._asked = gr.State(None)
            self._seen = gr.State(None)
            self._lay_out()
            self._wire(page)
        page.queue(max_size=look.QUEUE, default_concurrency_limit=look.AT_ONCE, api_open=False)
        return page

    # layout

    def _lay_out(self) -> None:
        with gr.Sidebar(width=280, elem_id="patient"):
            self._lay_out_patient()
        self._top = look.region("", "top")
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(scale=6, min_width=340, elem_id="talk"):
                self._lay_out_chat()
            with gr.Column(scale=5, min_width=320, elem_id="drawer"):
                self._lay_out_drawer()

    def _lay_out_patient(self) -> None:
        look.region("<h2>Patient</h2>", "patient-title")
        self._frame = look.region(frame.patient_frame(_NOBODY), "patient-frame")
        with gr.Accordion("Change a value", open=False, elem_id="edit"):
            self._field = gr.Dropdown(frame.EDITABLE, value="age_years", label="What", elem_id="edit-field")
            self._value = gr.Textbox(
                label="Value", info="Empty: not known", elem_id="edit-value", max_length=400
            )
            self._save = gr.Button("Save", size="sm", elem_id="edit-save")
            self._edited = look.region("", "edit-note")
        self._new = gr.Button("New patient", size="sm", elem_id="new-patient")

    def _lay_out_chat(self) -> None:
        self._banner = look.region("", "banner")
        self._chat = look.chatbot(_WELCOME, _EXAMPLES)
        self._box = gr.MultimodalTextbox(
            show_label=False, label="Question", elem_id="box", placeholder="Ask, or attach a picture or a genome file",
            file_types=_FILES, file_count="multiple", sources=["upload"], max_plain_text_length=50_000,
            lines=1, max_lines=8, submit_btn="Ask", stop_btn=False, autofocus=True,
        )  # fmt: skip

    def _lay_out_drawer(self) -> None:
        with gr.Tabs(elem_id="tabs") as self._tabs:
            with gr.Tab("Evidence", id="evidence") as self._evidence_tab:
                self._evidence = look.region(drawer.NO_EVIDENCE, "evidence")
            self._options.lay_out()
            self._worksheet.lay_out()
            self._drugs.lay_out()
            with gr.Tab("Gaps", id="gaps") as self._gaps_tab:
                self._gaps = look.region(drawer.NO_GAPS, "gaps")
            with gr.Tab("Would change", id="changes") as self._changes_tab:
                self._changes = look.region(drawer.NO_CHANGES, "changes")
            self._handover.lay_out()
            self._images.lay_out()

    def _wire(self, page: Any) -> None:
        page.load(self._top_line, None, [self._top], **look.QUIET)
        whole = [
            self._talk, self._chat, self._box, self._banner, self._frame, self._evidence, self._gaps,
            self._changes, self._tabs, self._evidence_tab, self._gaps_tab, self._changes_tab, self._top, self._edited,
        ]  # fmt: skip
        taken = self._box.submit(self._take, [self._box, self._talk], whole, **look.QUIET)
        picked = self._chat.example_select(self._take_example, [self._talk], whole, **look.QUIET)
        turns = [begun.then(self._turn, [self._talk], whole, **look.TURN) for begun in (taken, picked)]
        self._worksheet.wire(self._sheets)
        self._options.wire(self._asked, self._talk)
        self._drugs.wire(self._talk)
        self._handover.wire(self._talk)
        self._images.wire(self._seen, self._talk)
        tabs = (self._worksheet, self._options, self._drugs, self._handover, self._images)
        beside = [*(part for tab in tabs for part in tab.outputs), self._tabs]
        follow = [self._follow, [self._talk, self._sheets, self._asked, self._seen], beside]
        for turn in turns:
            turn.then(*follow, **look.TURN)
            turn.failure(self._broken, [self._talk], whole, **look.QUIET)
            turn.then(self._idle, None, [self._box], **look.QUIET)
        self._box.stop(self._stop, [self._talk], whole, cancels=turns, **look.QUIET)
        self._chat.option_select(self._press, [self._talk], whole, **look.QUIET)
        begun = self._new.click(self._start_over, [self._talk], whole, cancels=turns, **look.QUIET)
        begun.then(*follow, **look.QUIET)
        change = [self._field, self._value, self._talk]
        for trigger in (self._save.click, self._value.submit):
            trigger(self._edit, change, [self._frame, self._edited, self._value, self._talk], **look.QUIET)

    # handlers

    def _begun(self, talk: Talk | None) -> Talk:
        """The tab's talk. It begins with the first thing said or edited, so that no other event can replace it."""
        return talk or Talk(self._desk.open(Role.CLINICIAN))

    def _forgotten(self, talk: Talk | None) -> None:
        if talk is None:
            return
        try:
            self._desk.forget(talk.session)
        except NoSuchSession:  # it lay idle for too long and is gone already
            return

    def _take_example(self, talk: Talk | None, event: gr.SelectData) -> Update:
        return self._take({"text": event.value["text"], "files": []}, talk)

    def _take(self, given: dict[str, Any], talk: Talk | None) -> Update:
        """Shows the user's words and files at once; the turn itself follows in the queue."""
        talk = self._begun(talk)
        text, uploads = given["text"] or "", given["files"] or []
        if not text.strip() and not uploads:
            return {self._talk: talk}
        if wait := self._pace.wait(talk.session):
            gr.Warning(f"That was {Pace.PER_MINUTE} questions in a minute. Please wait {wait:.0f} seconds.")
            return {self._talk: talk}
        messages = [*talk.messages, *self._attached(talk.session, text, uploads)]
        messages += [chat.waiting()] if text.strip() else []
        waiting = replace(talk, messages=messages, pending=text.strip())
        busy = _busy() if waiting.pending else gr.update(value={"text": "", "files": []})
        return {
            self._talk: waiting,
            self._chat: messages,
            self._box: busy,
            self._banner: "",
            self._edited: "",
        }

    def _attached(self, session: str, text: str, uploads: list[Any]) -> chat.Messages:
        """The user's message, and one for each file that was refused: a file is never dropped in silence."""
        names: list[str] = []
        refused: chat.Messages = []
        for upload in uploads:
            try:
                name, data = take(upload)
                kept = self._desk.attach(session, name, data)
                names.append(f"{kept.name} ({kept.kind})")
            except SessionError as why:
                refused.append(chat.said(f"<b>File not read.</b> {plain(str(why))}"))
            except OSError:
                refused.append(chat.said("<b>File not read.</b> Please attach it again."))
        return [chat.asked(text, tuple(names)), *refused]

    def _turn(self, talk: Talk) -> Iterator[Update]:
        """What changes with each event of the turn that was taken."""
        if not talk.pending:
            yield {self._talk: talk}
            return
        try:
            for event in self._desk.stream(talk.session, talk.pending):
                talk = talk.after(event, chat.fold(talk.messages, event, self._figures(talk, event)))
                yield self._shown(talk) | self._beside(talk.session, event)
        except SessionError as why:
            refused = chat.said(f"<b>Not asked.</b> {plain(str(why))}")
            yield self._shown(talk.resting([*chat.stopped_chips(talk.messages), refused]))

    def _figures(self, talk: Talk, event: Event) -> str:
        """The curves and structures of a finished answer, which stand in the talk itself."""
        return chat_figures.of(self._desk, talk.session, event.answer) if isinstance(event, Answered) else ""

    def _broken(self, talk: Talk) -> Update:
        """The turn ended with a bug: it is logged by the server, and the page says so."""
        if not talk.pending:  # it was stopped
            return {self._talk: talk}
        return self._shown(talk.resting([*chat.stopped_chips(talk.messages), chat.said(chat.BROKEN)]))

    def _shown(self, talk: Talk) -> Update:
        return {self._chat: talk.messages, self._talk: talk}

    def _follow(self, talk: Talk | None, sheets: Any, asked: Asked | None, seen: Shown | None) -> Update:
        """What the tabs beside the evidence show after a turn, or after a new patient."""
        worksheet, options = self._worksheet.follow(talk, sheets), self._options.follow(talk, asked)
        images = self._images.follow(talk, seen)
        drugs, handover = self._drugs.follow(talk), self._handover.follow(talk)
        opened = "images" if self._images.opens(images) else "options" if self._options.opens(options) else ""
        opened = "sheets" if asked_for_sheets(talk) else opened
        chosen = {self._tabs: gr.Tabs(selected=opened)} if opened else {}
        return {**worksheet, **options, **images, **drugs, **handover, **chosen}

    def _beside(self, session: str, event: Event) -> Update:
        """What changes beside the chat."""
        match event:
            case Gated():
                return {self._banner: drawer.urgency(event.level, event.first_action, event.banners)}
            case Answered():
                return self._drawn(event.answer) | {
                    self._banner: drawer.urgency(
                        event.answer.level, event.answer.first_action, event.answer.banners
                    ),
                    self._frame: frame.patient_frame(event.answer.patient),
                }
        return {}

    def _drawn(self, answer: Answer) -> Update:
        """The tabs of words for this answer, their labels with counts."""
        return {
            self._evidence: drawer.evidence(answer),
            self._gaps: drawer.gaps(answer),
            self._changes: drawer.changes(answer),
            self._evidence_tab: _labelled("Evidence", len(answer.claims)),
            self._gaps_tab: _labelled("Gaps", len(answer.not_answered) + len(answer.not_shown)),
            self._changes_tab: _labelled("Would change", len(answer.would_change)),
            self._tabs: gr.Tabs(selected="evidence"),
        }

    def _press(self, talk: Talk | None, event: gr.SelectData) -> Update:
        """A button under the last answer: "Why 2?" opens the drawer there, "More" unfolds the rest."""
        if talk is None or talk.answer is None:
            return {self._talk: talk}
        what, _, rest = str(event.value).partition(":")
        answer_id, _, claim_id = rest.partition(":")
        if answer_id != talk.answer.id:
            return {self._talk: talk}
        if what == "more":
            figures = chat_figures.of(self._desk, talk.session, talk.answer)
            return self._shown(replace(talk, messages=chat.unfolded(talk.messages, talk.answer, figures)))
        opened = drawer.evidence(talk.answer, claim_id)
        return {self._talk: talk, self._evidence: opened, self._tabs: gr.Tabs(selected="evidence")}

    def _stop(self, talk: Talk | None) -> Update:
        if talk is None:
            return {self._box: _ready()}
        return self._shown(talk.resting(chat.stopped(talk.messages))) | {self._box: _ready()}

    def _start_over(self, talk: Talk | None) -> Update:
        """Forgets this patient on the server too, and begins anew."""
        self._forgotten(talk)
        return {
            self._talk: None, self._chat: [], self._box: _busy() | _ready(),
            self._banner: "", self._frame: frame.patient_frame(_NOBODY), self._top: self._top_line(), self._edited: "",
            self._evidence: drawer.NO_EVIDENCE, self._gaps: drawer.NO_GAPS, self._changes: drawer.NO_CHANGES,
            self._evidence_tab: _labelled("Evidence", 0), self._gaps_tab: _labelled("Gaps", 0),
            self._changes_tab: _labelled("Would change", 0), self._tabs: gr.Tabs(selected="evidence"),
        }  # fmt: skip

    def _edit(self, field: str, value: str, talk: Talk | None) -> tuple[Any, str, Any, Talk]:
        talk = self._begun(talk)
        try:
            patient = self._desk.edit(talk.session, field, value or "")
        except (ValueError, SessionError) as why:
            return gr.skip(), f'<p class="refused" role="alert">{plain(str(why))}</p>', gr.skip(), talk
        note = '<p role="status">Saved. Ask again to use the new value.</p>'
        return frame.patient_frame(patient), note, "", talk

    def _idle(self) -> Any:
        return _ready()

    def _top_line(self) -> str:
        missing = [name for name, is_ready in self._desk.ready.items() if not is_ready]
        loading = (
            f'<span class="loading">Still loading: {plain(", ".join(missing))}</span>' if missing else ""
        )
        return (
            f'<div class="top"><b class="brand">Consilium</b><span class="notice">{NOTICE}</span>'
            f'<span class="privacy">{plain(self._desk.privacy_line())}</span>'
            f'<span class="held">{held_line()} · {_LIBRARY}</span>{loading}</div>'
        )


def _labelled(name: str, count: int) -> Any:
    return gr.Tab(label=f"{name} ({count})" if count else name)


def _busy() -> Any:
    """The empty box with a stop button. Made anew each time: Gradio takes updates apart."""
    return gr.update(value={"text": "", "files": []}, submit_btn=False, stop_btn="Stop")


def _ready() -> Any:
    return gr.update(submit_btn="Ask", stop_btn=False)
