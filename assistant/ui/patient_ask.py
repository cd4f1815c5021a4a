"""The question of a patient's talk on the page: check boxes for several answers, buttons for one, or the text box."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.answer import Asked
from assistant.ui import look
from assistant.ui.plain import plain
from tools.triage import places
from tools.triage.questions import NO, NONE, UNKNOWN, YES

BUTTONS = (YES, NO, NONE, UNKNOWN)
"""Answers with a button of their own; what else can be chosen is a check box."""
SEND = "send"


class QuestionPanel:
    """The panel under the talk. It shows one question at a time, or nothing."""

    def __init__(self) -> None:
        with gr.Column(visible=False, elem_id="asking") as self.whole:
            self.text = look.region("", "question")
            self.boxes = gr.CheckboxGroup(
                [], show_label=False, container=False, visible=False, elem_id="options"
            )
            with gr.Row(elem_id="answers"):
                self.send = gr.Button(variant="primary", visible=False, elem_id="answer-send")
                self.buttons = {name: gr.Button(visible=False, elem_id=f"answer-{name}") for name in BUTTONS}

    @property
    def parts(self) -> list[Any]:
        """Every component that a question changes."""
        return [self.whole, self.text, self.boxes, self.send, *self.buttons.values()]

    def showing(self, asked: Asked | None, language: str) -> dict[Any, Any]:
        """The updates that show this question, or take the panel away. Made anew each time: Gradio takes them apart."""
        if asked is None:
            return {self.whole: gr.update(visible=False), self.boxes: gr.update(value=[])}
        labels = {option.id: option.label for option in asked.options}
        ticked = [(label, name) for name, label in labels.items() if name not in BUTTONS]
        return {
            self.whole: gr.update(visible=True),
            self.text: f'<p class="question" role="status" lang="{language}">{plain(asked.text)}</p>',
            self.boxes: gr.update(choices=ticked, value=[], visible=bool(ticked)),
            self.send: gr.update(value=places.phrase("send_answers", language), visible=bool(ticked)),
            **{
                button: gr.update(value=labels.get(name, ""), visible=name in labels)
                for name, button in self.buttons.items()
            },
        }


def answers(asked: Asked, ticked: list[str], pressed: str) -> tuple[str, ...]:
    """The ids that are sent for a pressed button. A list that was sent is the whole answer: the rest is not there.

    Empty where "Send my answers" was pressed and nothing is ticked.
    """
    held = {option.id for option in asked.options}
    chosen = tuple(name for name in ticked if name in held)
    if pressed == SEND:
        return (*chosen, NONE) if chosen else ()
    return (*chosen, pressed) if pressed in held else ()


def in_words(asked: Asked, chosen: tuple[str, ...]) -> str:
    """What the person answered, as it stands in the talk afterwards; "none" goes without saying beside a sign."""
    told = [name for name in chosen if name != NONE] or list(chosen)
    labels = {option.id: option.label for option in asked.options}
    return "; ".join(labels[name] for name in told if name in labels)
