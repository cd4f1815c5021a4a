"""The patient's page: one column, large type, how soon and what to do before anything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from assistant.answer import NOTICE, Role
from assistant.events import Answered, Event, Gated
from assistant.sessions import NoSuchSession, SessionError
from assistant.ui import chat, look, patient_talk
from assistant.ui.desk import Desk, Talk
from assistant.ui.pace import Pace
from assistant.ui.places import countries
from assistant.ui.plain import plain

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
        page.queue(max_size=look.QUEUE, default_concurrency_limit=look.AT_ONCE, api_open=False)
        return page

    def _lay_out(self) -> None:
        self._top = look.region(self._top_line(), "top")
        self._country = gr.Dropdown(
            countries(self._country_set), value=self._country_set, filterable=False, elem_id="country",
            label="Where are you? Then I know the right phone numbers.",
        )  # fmt: skip
        self._now = look.region("", "now")
        self._chat = look.chatbot(_WELCOME, _EXAMPLES)
        self._box = gr.Textbox(
            label="Your words", elem_id="box", placeholder="Write here", lines=1, max_lines=8, submit_btn="Send",
            stop_btn=False, autofocus=True,
        )  # fmt: skip
        self._new = gr.Button("Start again and forget my words", size="sm", elem_id="new-patient")

    def _wire(self, page: Any) -> None:
        page.load(self._top_line, None, [self._top], **look.QUIET)
        whole = [self._talk, self._chat, self._box, self._now]
        taken = self._box.submit(self._take, [self._box, self._country, self._talk], whole, **look.QUIET)
        picked = self._chat.example_select(
            self._take_example, [self._country, self._talk], whole, **look.QUIET
        )
        pressed = self._chat.option_select(self._press, [self._talk], whole, **look.QUIET)
        turns = [
            begun.then(self._turn, [self._talk], whole, **look.TURN) for begun in (taken, picked, pressed)
        ]
        for turn in turns:
            turn.failure(self._broken, [self._talk], whole, **look.QUIET)
            turn.then(self._idle, None, [self._box], **look.QUIET)
        self._box.stop(self._stop, [self._talk], whole, cancels=turns, **look.QUIET)
        self._country.input(self._moved, [self._country, self._talk], None, **look.QUIET)
        self._new.click(self._start_over, [self._talk], whole, cancels=turns, **look.QUIET)

    def _forgotten(self, talk: Talk | None) -> None:
        if talk is None:
            return
        try:
            self._desk.forget(talk.session)
        except NoSuchSession:  # it lay idle for too long and is gone already
            return

    def _moved(self, country: str, talk: Talk | None) -> None:
        """From now on the numbers of this country; the talk goes on."""
        if talk is None:
            return
        try:
            self._desk.sessions.get(talk.session).country = country or ""
        except NoSuchSession:  # it lay idle for too long; the next question says so
            return

    def _take_example(self, country: str, talk: Talk | None, event: gr.SelectData) -> Update:
        return self._take(event.value["text"], country, talk)

    def _take(self, text: str, country: str, talk: Talk | None) -> Update:
        """Shows the words at once; the turn follows in the queue. Buttons pressed before go with the words."""
        talk = talk or Talk(self._desk.open(Role.PATIENT, country or ""))
        if not (text or "").strip():
            # also what arrives when Enter comes within milliseconds of the last letter: the words still stand there
            gr.Info("I got no words. Please press Send again.")
            return {self._talk: talk}
        if wait := self._pace.wait(talk.session):
            gr.Warning(
                f"Please wait {wait:.0f} seconds. If you feel very ill, call your emergency number now."
            )
            return {self._talk: talk}
        messages = [*_without_buttons(talk.messages), chat.asked(text)]
        return self._waiting(talk, messages, " ".join((*talk.replies, text.strip())))

    def _press(self, talk: Talk | None, event: gr.SelectData) -> Update:
        """A button under a question: the next question, or all the answers in one turn."""
        what, _, word = str(event.value).partition(":")
        if talk is None or not talk.asking or what != "reply":
            return {self._talk: talk}
        replies = (*talk.replies, patient_talk.reply(talk.asking[0], word))
        messages = [*_without_buttons(talk.messages), chat.asked(word)]
        left = talk.asking[1:]
        if not left:
            return self._waiting(talk, messages, " ".join(replies))
        asked = [*messages, *patient_talk.asking(left)]
        return self._shown(replace(talk, messages=asked, asking=left, replies=replies))

    def _waiting(self, talk: Talk, messages: chat.Messages, text: str) -> Update:
        waiting = talk.resting([*messages, chat.said(patient_talk.WAITING)])
        return self._shown(replace(waiting, pending=text)) | {self._box: _busy()}

    def _turn(self, talk: Talk | None) -> Iterator[Update]:
        """What changes with each event of the turn that was taken."""
        if talk is None or not talk.pending:
            yield {self._talk: talk}
            return
        try:
            for event in self._desk.stream(talk.session, talk.pending):
                new = patient_talk.unasked(event, talk.settled)
                talk = talk.after(new, patient_talk.fold(talk.messages, new))
                talk = replace(talk, settled=(*talk.settled, *talk.asking))
                yield self._shown(talk) | self._urgency(new)
        except SessionError as why:
            yield self._shown(_given_up(talk, str(why)))

    def _urgency(self, event: Event) -> Update:
        """How soon and what to do first stand above the talk, where no scrolling hides them."""
        if isinstance(event, Gated):
            return {self._now: patient_talk.soon(event.level, event.first_action)}
        if isinstance(event, Answered):
            return {self._now: patient_talk.soon(event.answer.level, event.answer.first_action)}
        return {}

    def _broken(self, talk: Talk) -> Update:
        """The turn ended with a bug: it is logged by the server, and the page says so."""
        if not talk.pending:  # it was stopped
            return {self._talk: talk}
        return self._shown(_given_up(talk, "A part of the program failed."))

    def _shown(self, talk: Talk) -> Update:
        return {self._talk: talk, self._chat: talk.messages}

    def _stop(self, talk: Talk | None) -> Update:
        if talk is None:
            return {self._box: _ready()}
        return self._shown(_given_up(talk, "You stopped it.")) | {self._box: _ready()}

    def _start_over(self, talk: Talk | None) -> Update:
        """Forgets the talk on the server too."""
        self._forgotten(talk)
        return {
            self._now: "",
            self._talk: None,
            self._chat: [],
            self._box: gr.update(value="", submit_btn="Send", stop_btn=False),
        }

    def _idle(self) -> Any:
        return _ready()

    def _top_line(self) -> str:
        return (
            f'<div class="top"><b class="brand">Consilium</b><span class="notice">This is a computer program (AI). '
            f"{NOTICE}</span><span>In an emergency do not wait for this page: call your emergency number.</span>"
            f'<span class="privacy">{plain(self._desk.privacy_line())}</span></div>'
        )


def _given_up(talk: Talk, reason: str) -> Talk:
    """The reason in the place of the waiting line, with what to do without this program."""
    return talk.resting([*talk.messages[:-1], chat.said(patient_talk.not_finished(reason))])


def _without_buttons(messages: chat.Messages) -> chat.Messages:
    if not messages:
        return messages
    last = messages[-1]
    return [*messages[:-1], {"role": last["role"], "content": last["content"]}]


def _busy() -> Any:
    """The empty box with a stop button. Made anew each time: Gradio takes updates apart."""
    return gr.update(value="", submit_btn=False, stop_btn="Stop")


def _ready() -> Any:
    return gr.update(submit_btn="Send", stop_btn=False)
