"""A talk with a patient: one message or answer in, the next question or the end out. No model has a part in it.

A :class:`Talk` is everything that was said; each :func:`step` reads all of it again, so that a corrected fact changes
the level and nothing else can lower it. An emergency ends the questions at once. Otherwise at most
:data:`tools.triage.questions.MOST` questions are asked, one a turn; a must-ask question without an answer keeps the
level at the same day, because silence is not a "no".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.evidence import Word
from retrieval.patient import Patient
from tools.triage import places
from tools.triage.engine import Assessment, assess
from tools.triage.levels import Level, highest
from tools.triage.lexicon import ENGLISH
from tools.triage.questions import MOST, NO, NONE, UNKNOWN, YES, Presentation, Question, questions


class Talk(Word):
    """What was said so far. ``answers`` holds the chosen answers by question, ``pending`` the question that waits."""

    country: str = ""
    language: str = ""
    """Of the session; set by its first message of four words or more."""
    messages: tuple[str, ...] = ()
    answers: Mapping[str, tuple[str, ...]] = {}
    asked: tuple[str, ...] = ()
    pending: str = ""


class Turn(Word):
    """What comes of a message: how soon so far, and the next question or the end."""

    assessment: Assessment
    level: Level | None
    """Of rules, floors and unanswered questions together; None while nothing was told that has a level."""
    presentations: tuple[str, ...] = ()
    question: Question | None = None
    again: bool = False
    """The question was answered in part: what else of its list is true?"""
    unanswered: tuple[str, ...] = ()
    """Must-ask questions that could still raise the level and were asked in vain or no longer fit in."""

    @property
    def assessed(self) -> Assessment:
        """The assessment at the level of the talk: floors and unanswered questions raise it, nothing lowers it."""
        return self.assessment.model_copy(update={"level": self.level})

    @property
    def done(self) -> bool:
        """No question is left: ``level`` is final until something new is said."""
        return self.question is None


def step(
    talk: Talk, said: str = "", chosen: Sequence[str] = (), patient: Patient | None = None
) -> tuple[Talk, Turn]:
    """The talk after a message or after chosen answers to the question that waits, and what comes of it.

    A typed "yes", "none of these" or "don't know" answers the question that waits; any other text is read as a
    message, and answers it where it says what the question is about.

    Raises:
        ValueError: an answer that the question does not have, or answers while no question waits.
        KnowledgeError: a knowledge file does not check.
    """
    talk = _told(talk, said, chosen)
    return _next(talk, patient)


def _told(talk: Talk, said: str, chosen: Sequence[str]) -> Talk:
    waiting = questions().questions.get(talk.pending)
    if chosen and waiting is None:
        raise ValueError("no question waits for an answer")
    if waiting is not None and not chosen:
        chosen = bare_answer(said, waiting, talk.language)
        said = "" if chosen else said
    update: dict[str, object] = {"pending": ""}
    if chosen and waiting is not None:
        waiting.facts(chosen)  # refuses what is no answer
        before = talk.answers.get(waiting.id, ())
        update["answers"] = {**talk.answers, waiting.id: tuple(dict.fromkeys((*before, *chosen)))}
    if said.strip():
        told = _completed(said, waiting)
        update["messages"] = (*talk.messages, told)
        update["language"] = talk.language or _language(said)
    return talk.model_copy(update=update)


def _language(said: str) -> str:
    """The language of a message that is long enough to tell; of a short one only what its script tells."""
    from tools.triage.language import language

    found = language(said)
    return found if len(said.split()) >= 4 or not said.isascii() else ""


def _completed(said: str, waiting: Question | None) -> str:
    """ "34" or "7 weeks" after "How old are you?" is an age: a bare number gets the words that it answers."""
    bare = said.strip().rstrip(".").replace(",", ".")
    if waiting is not None and waiting.fills == "age" and bare[:1].isdigit() and len(bare.split()) == 2:
        return f"I am {bare} old"
    if waiting is not None and waiting.fills and bare.replace(".", "", 1).isdigit():
        return {"age": f"I am {bare} years old", "temp_c": f"temperature {bare}"}.get(
            waiting.fills, f"{bare} weeks pregnant"
        )
    return said


def bare_answer(said: str, waiting: Question, language: str = "") -> tuple[str, ...]:
    """The answer in a message that is nothing else ("yes", "no idea", "none"); empty where it says more."""
    plain = "".join(ch for ch in said.casefold() if ch.isalnum() or ch.isspace() or ch == "'").strip()
    for name in dict.fromkeys((language or ENGLISH, *sorted(places.languages()))):
        for answer, words in places.replies(name if name in places.languages() else ENGLISH).items():
            if plain in words:
                return _fitting(answer, waiting)
    return ()


def _fitting(answer: str, waiting: Question) -> tuple[str, ...]:
    """The answer as this question has it; a bare "yes" to several things to choose from says nothing by itself."""
    if answer == NO and waiting.kind == "choose":
        answer = NONE
    if answer == NONE and waiting.kind == "yes_no":
        answer = NO
    if answer == YES and waiting.kind == "choose":
        return tuple(option.id for option in waiting.options) if len(waiting.options) == 1 else ()
    return (answer,) if answer in waiting.choices else ()


def _next(talk: Talk, patient: Patient | None) -> tuple[Talk, Turn]:
    held = questions()
    answers = [held.questions[name].facts(chosen, talk.language) for name, chosen in talk.answers.items()]
    last = talk.messages[-1] if talk.messages else ""
    assessment = assess(
        last, patient=patient, country=talk.country, context=talk.messages[:-1], language=talk.language, answers=answers
    )  # fmt: skip
    shown = held.fitting(assessment.known)
    floor = highest(assessment.level, *(one.floor for one in shown))
    if assessment.level is Level.EMERGENCY:
        return talk, Turn(assessment=assessment, level=floor, presentations=_ids(shown))
    partly = held.questions.get(talk.asked[-1]) if talk.asked else None
    if partly is not None and talk.answers.get(partly.id) and not partly.closed(talk.answers[partly.id]):
        rest = partly.without(talk.answers[partly.id])
        talk = talk.model_copy(update={"pending": partly.id})
        return talk, Turn(
            assessment=assessment, level=floor, presentations=_ids(shown), question=rest, again=True
        )
    open_ = held.wanted(assessment.known, floor)
    spoken = talk.language or ENGLISH
    left = [one for one in open_ if one.id not in talk.asked and one.held_in(spoken)]
    if left and len(talk.asked) < MOST:
        question = left[0]
        talk = talk.model_copy(update={"asked": (*talk.asked, question.id), "pending": question.id})
        return talk, Turn(assessment=assessment, level=floor, presentations=_ids(shown), question=question)
    unanswered = tuple(one.id for one in open_ if _flag(one, talk))
    level = highest(floor, Level.SAME_DAY if unanswered else None)
    return talk, Turn(assessment=assessment, level=level, presentations=_ids(shown), unanswered=unanswered)


def _flag(question: Question, talk: Talk) -> bool:
    """A red-flag question without a clear answer: never asked, passed over, or answered with "I don't know"."""
    answer = talk.answers.get(question.id, (UNKNOWN,))
    return question.raises.rank >= Level.SAME_DAY.rank and UNKNOWN in answer


def _ids(shown: Sequence[Presentation]) -> tuple[str, ...]:
    return tuple(one.id for one in shown)
