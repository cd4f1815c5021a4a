"""A simulated patient who answers the must-ask questions from a vignette's text, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tools.triage.assertion import Status
from tools.triage.conversation import Talk, Turn, step
from tools.triage.facts import Facts, facts
from tools.triage.questions import MOST, NO, NONE, UNKNOWN, YES, Question


class Story(NamedTuple):
    """What a patient knows of himself. ``silence`` answers what the story does not tell: "unknown", or "none"."""

    known: Facts
    age_years: float
    silence: str = UNKNOWN

    @classmethod
    def of(cls, text: str, age_years: float, silence: str = UNKNOWN) -> Story:
        return cls(facts(text), age_years, silence)

    def answer(self, question: Question) -> tuple[str, tuple[str, ...]]:
        """The typed words, or the chosen answers, to a question; what the story does not tell is not made up."""
        if question.kind == "words":
            if question.fills == "age":
                return _age(self.age_years), ()
            return "", (UNKNOWN,)
        if question.kind == "yes_no":
            return "", (self._yes_no(question),)
        there = tuple(option.id for option in question.options if self._told(option.sets))
        if there:
            return "", (*there, NONE)
        denied = all(self._denied(option.sets) for option in question.options)
        return "", (NONE if denied or self.silence == NONE else UNKNOWN,)

    def _yes_no(self, question: Question) -> str:
        if self._told(question.means):
            return YES
        return NO if self._denied(question.means) or self.silence == NONE else UNKNOWN

    def _told(self, concepts: tuple[str, ...]) -> bool:
        return any((entry := self.known.best(name)) is not None and entry.status.counts for name in concepts)

    def _denied(self, concepts: tuple[str, ...]) -> bool:
        found = [self.known.best(name) for name in concepts]
        return all(entry is not None and entry.status is Status.ABSENT for entry in found)


def _age(years: float) -> str:
    if years >= 2:
        return f"{years:.0f} years"
    return f"{round(years * 12)} months" if years * 12 >= 3 else f"{round(years * 52.18)} weeks"


def talk(message: str, story: Story, country: str = "US") -> tuple[Talk, Turn, tuple[Turn, ...]]:
    """The talk to its end: every turn that was shown, in order."""
    turns = tuple(_turns(message, story, country))
    last_talk, last = turns[-1]
    return last_talk, last, tuple(turn for _, turn in turns)


def _turns(message: str, story: Story, country: str) -> Iterator[tuple[Talk, Turn]]:
    told, turn = step(Talk(country=country), message)
    yield told, turn
    for _ in range(2 * MOST):
        if turn.question is None:
            return
        words, chosen = story.answer(turn.question)
        told, turn = step(told, words, chosen)
        yield told, turn
