"""The patient's page: one column, large type, how soon and what to do before anything else, one question at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from assistant.answer import NOTICE, Role
from assistant.events import Answered, Event, Gated
from assistant.sessions import NoSuchSession, SessionError
from assistant.ui import chat, look, patient_ask, patient_talk
from assistant.ui.desk import Desk
from assistant.ui.pace import Pace
from assistant.ui.patient_country import country_told
from assistant.ui.patient_desk import PatientTalk
from assistant.ui.places import countries
from assistant.ui.plain import plain
from tools.triage import places
from tools.triage.levels import Level

Update = dict[Any, Any]
_WELCOME = (
    "### What is wrong?\n"
    "Say it in your own words: what you feel, since when, and how old you are. "
    "I tell you how soon to get help and what to do first."
)
_EXAMPLES = [
    "I have had a sore throat for two days. I am 30.",
    "I have chest pain and I am sweating.",
]
_NOTHING_TICKED = "Tick what is true, or press “None of these”."


class PatientPage:
    """Builds the page once; every handler gets the tab's own talk and gives back what changed."""

    def __init__(self, desk: Desk, country: str = "") -> None:
        self._desk = desk
        self._country_set = country
        self._pace = Pace()

    def blocks(self) -> Any:
        """The page, ready to be mounted."""
        with look.blocks("Consilium · patient") as page:
            self._talk = gr.State(None, delete_callback=self._forgotten)
            with gr.Column(elem_id="patient-page"):
                self._lay_out()
            self._wire(page)
        page.queue(
            max_size=look.PATIENTS_QUEUE, default_concurrency_limit=look.PATIENTS_AT_ONCE, api_open=False
        )
        return page

    def _lay_out(self) -> None:
        self._top = look.region(self._top_line(), "top")
        self._now = look.region("", "now")
        self._country = gr.Dropdown(
            countries(self._country_set), value=self._country_set, filterable=False, elem_id="country",
            label="Where are you? Then I know the right phone numbers.",
        )  # fmt: skip
        self._chat = look.chatbot(_WELCOME, _EXAMPLES)
        self._ask = patient_ask.QuestionPanel()
        self._box = gr.Textbox(
            label="Your words", elem_id="box", placeholder="Write here", lines=1, max_lines=8, submit_btn="Send",
            stop_btn=False, autofocus=True,
        )  # fmt: skip
        with gr.Accordion("", open=False, visible=False, elem_id="summary") as self._fold:
            self._summary = gr.Textbox(
                label="In English, from your own words and answers", lines=12, max_lines=60, interactive=False,
                buttons=["copy"], elem_id="summary-text",
            )  # fmt: skip
        self._new = gr.Button("Start again and forget my words", size="sm", elem_id="new-patient")

    def _wire(self, page: Any) -> None:
        page.load(self._top_line, None, [self._top], **look.QUIET)
        whole = [
            self._talk, self._chat, self._box, self._now, self._fold, self._summary, self._country, *self._ask.parts
        ]  # fmt: skip
        taken = [
            self._box.submit(self._take, [self._box, self._country, self._talk], whole, **look.QUIET),
            self._chat.example_select(self._take_example, [self._country, self._talk], whole, **look.QUIET),
        ]
        pressed = {patient_ask.SEND: self._ask.send, **self._ask.buttons}
        for name, button in pressed.items():
            press = partial(self._press, name)
            taken.append(button.click(press, [self._ask.boxes, self._talk], whole, **look.QUIET))
        turns = [begun.then(self._turn, [self._talk], whole, **look.TURN) for begun in taken]
        for turn in turns:
            turn.failure(self._broken, [self._talk], whole, **look.QUIET)
            turn.then(self._idle, None, [self._box], **look.QUIET)
        self._box.stop(self._stop, [self._talk], whole, cancels=turns, **look.QUIET)
        self._country.input(self._moved, [self._country, self._talk], whole, **look.QUIET)
        self._new.click(self._start_over, [self._talk], whole, cancels=turns, **look.QUIET)

    def _forgotten(self, talk: PatientTalk | None) -> None:
        if talk is None:
            return
        try:
            self._desk.forget(talk.session)
        except NoSuchSession:  # it lay idle for too long and is gone already
            return

    def _moved(self, country: str, talk: PatientTalk | None) -> Update:
        """From now on the numbers of this country, also in the answer that stands there already."""
        if talk is None:
            return {self._talk: None}
        try:
            answer = self._desk.move(talk.session, country or "")
        except NoSuchSession:  # it lay idle for too long; the next question says so
            return {self._talk: talk}
        if answer is None or talk.answer is None or talk.running:
            return {self._talk: talk}
        talk = replace(
            talk, messages=talk.with_answer(patient_talk.answered(answer)), answer=answer, asked=answer.asked
        )
        return self._shown(talk) | self._urgency(Answered(answer=answer))

    def _take_example(self, country: str, talk: PatientTalk | None, event: gr.SelectData) -> Update:
        return self._take(event.value["text"], country, talk)

    def _take(self, text: str, country: str, talk: PatientTalk | None) -> Update:
        """Shows the words at once; the turn follows in the queue."""
        talk = talk or PatientTalk(self._desk.open(Role.PATIENT, country or ""))
        if not (text or "").strip():
            # also what arrives when Enter comes within milliseconds of the last letter: the words still stand there
            gr.Info("I got no words. Please press Send again.")
            return {self._talk: talk}
        if code := country_told(text, country, talk):
            return self._moved(code, talk) | {self._country: code, self._box: gr.update(value="")}
        return self._begun(talk, text, text.strip())

    def _press(self, name: str, ticked: list[str] | None, talk: PatientTalk | None) -> Update:
        """A button under the question: what is ticked and what was pressed are one answer."""
        if talk is None or talk.asked is None or talk.running:
            return {self._talk: talk}
        chosen = patient_ask.answers(talk.asked, ticked or [], name)
        if not chosen:
            gr.Info(_NOTHING_TICKED)
            return {self._talk: talk}
        return self._begun(talk, patient_ask.in_words(talk.asked, chosen), "", chosen)

    def _begun(self, talk: PatientTalk, shown: str, text: str, chosen: tuple[str, ...] = ()) -> Update:
        """The question that stood there goes up into the talk with what was answered, and the turn may run."""
        if wait := self._pace.wait(talk.session):
            gr.Warning(
                f"Please wait {wait:.0f} seconds. If you feel very ill, call your emergency number now."
            )
            return {self._talk: talk}
        talk = talk.without_last() if _small_talk(talk) else talk
        before = [*talk.messages, *(patient_talk.put(talk.asked) if talk.asked else [])]
        messages = [*before, chat.asked(shown), chat.said(patient_talk.WAITING)]
        talk = replace(talk, messages=messages, said=text, chosen=chosen, asked=None)
        return self._shown(talk) | {self._box: _busy()}

    def _turn(self, talk: PatientTalk | None) -> Iterator[Update]:
        """What changes with each event of the turn that was taken."""
        if talk is None or not talk.running:
            yield {self._talk: talk}
            return
        try:
            for event in self._desk.stream(talk.session, talk.said, talk.chosen):
                if isinstance(event, Answered) and patient_talk.says_again(talk.answer, event.answer):
                    talk = talk.without_last()
                talk = talk.after(event, patient_talk.fold(talk.messages, event))
                yield self._shown(talk) | self._urgency(event)
        except SessionError as why:
            yield self._shown(_given_up(talk, str(why)))

    def _urgency(self, event: Event) -> Update:
        """How soon and what to do first stand above the talk, where no scrolling hides them."""
        if not isinstance(event, (Gated, Answered)):
            return {}
        seen = event if isinstance(event, Gated) else event.answer
        return {
            self._now: patient_talk.to_call(patient_talk.soon(seen.level, seen.first_action, seen.language))
        }

    def _broken(self, talk: PatientTalk) -> Update:
        """The turn ended with a bug: it is logged by the server, and the page says so."""
        if not talk.running:  # it was stopped
            return {self._talk: talk}
        return self._shown(_given_up(talk, "A part of the program failed."))

    def _shown(self, talk: PatientTalk) -> Update:
        shown = {self._talk: talk, self._chat: talk.messages}
        return shown | self._ask.showing(talk.asked, talk.language) | self._to_take_along(talk)

    def _to_take_along(self, talk: PatientTalk) -> Update:
        """The summary for a clinician, once an answer stands there that no must-ask question holds up."""
        answer = talk.answer
        if talk.running or answer is None or not (answer.banners or answer.level) or _waits(talk):
            return {self._fold: gr.update(visible=False)}
        try:
            text = self._desk.summary(talk.session)
        except NoSuchSession:
            return {self._fold: gr.update(visible=False)}
        named = places.phrase("summary", talk.language)
        return {self._fold: gr.update(label=named, visible=True), self._summary: patient_talk.unwrapped(text)}

    def _stop(self, talk: PatientTalk | None) -> Update:
        if talk is None:
            return {self._box: _ready()}
        return self._shown(_given_up(talk, "You stopped it.")) | {self._box: _ready()}

    def _start_over(self, talk: PatientTalk | None) -> Update:
        """Forgets the talk on the server too."""
        self._forgotten(talk)
        return {
            self._now: "",
            self._talk: None,
            self._chat: [],
            self._fold: gr.update(visible=False),
            self._summary: "",
            self._box: gr.update(value="", submit_btn="Send", stop_btn=False),
            **self._ask.showing(None, ""),
        }

    def _idle(self) -> Any:
        return _ready()

    def _top_line(self) -> str:
        return (
            f'<div class="top"><b class="brand">Consilium</b><span class="notice">This is a computer program (AI). '
            f"{NOTICE}</span><span>In an emergency do not wait for this page: call your emergency number.</span>"
            f'<span class="privacy">{plain(self._desk.privacy_line())}</span></div>'
        )


def _waits(talk: PatientTalk) -> bool:
    """A question holds the answer up; the one beside an emergency does not."""
    return talk.asked is not None and talk.answer is not None and talk.answer.level is not Level.EMERGENCY


def _small_talk(talk: PatientTalk) -> bool:
    """The last answer said nothing but what to do in an emergency while a question waited."""
    last = talk.answer
    return last is not None and talk.asked is not None and not (last.level or last.banners or last.claims)


def _given_up(talk: PatientTalk, reason: str) -> PatientTalk:
    """The reason in the place of the waiting line, with what to do without this program."""
    return talk.resting([*talk.messages[:-1], chat.said(patient_talk.not_finished(reason))])


def _busy() -> Any:
    """The empty box with a stop button. Made anew each time: Gradio takes updates apart."""
    return gr.update(value="", submit_btn=False, stop_btn="Stop")


def _ready() -> Any:
    return gr.update(submit_btn="Send", stop_btn=False)
