"""What one browser tab of the patient's page keeps of its talk."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.answer import Answer, Asked
from assistant.events import Answered, Event, Failed
from assistant.ui.chat import Messages


@dataclass(frozen=True)
class PatientTalk:
    """One browser tab's talk: the session's name, what is on the screen, and the question that waits."""

    session: str
    messages: Messages = field(default_factory=list)
    answer: Answer | None = None
    asked: Asked | None = None
    """The question that stands on the screen with its answers."""
    said: str = ""
    chosen: tuple[str, ...] = ()
    """What was taken in and is not yet answered; both empty when no turn runs."""
    shown_from: int = 0
    """The place of the message with the last answer; -1 where it was taken away again."""
    language: str = "en"

    @property
    def running(self) -> bool:
        return bool(self.said or self.chosen)

    def with_answer(self, anew: Messages) -> Messages:
        """The messages with the last answer put anew; as they are where it does not stand there."""
        at = self.shown_from
        return [*self.messages[:at], *anew, *self.messages[at + 1 :]] if at >= 0 else self.messages

    def without_last(self) -> PatientTalk:
        """The talk without the message of the last answer, because it says nothing that will not be said again."""
        return replace(self, messages=self.with_answer([]), shown_from=-1)

    def after(self, event: Event, messages: Messages) -> PatientTalk:
        """The talk after an event of its turn, with what the event made of the messages."""
        match event:
            case Answered(answer=answer):
                return replace(
                    self.resting(messages),
                    answer=answer,
                    asked=answer.asked,
                    language=answer.language,
                    shown_from=len(self.messages) - 1,  # the waiting line stood there
                )
            case Failed():
                return self.resting(messages)
            case _:
                return replace(self, messages=messages)

    def resting(self, messages: Messages) -> PatientTalk:
        """The talk when no turn runs any more."""
        return replace(self, messages=messages, said="", chosen=())
