"""A talk with a patient: one message or answer in, the next question or the end out. No model has a part in it.

A :class:`Talk` is everything that was said; each :func:`step` reads all of it again, so that a corrected fact changes
the level and nothing else can lower it. An emergency ends the questions at once. Otherwise at most
:data:`tools.triage.questions.MOST` questions are asked, one a turn; a must-ask question without an answer keeps the
level at the same day, because silence is not a "no".

One question may stand beside an answer without holding it up: after an emergency, who is with the person; after a
question about a sign ("what are the signs of a stroke?"), whether they have it now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from retrieval.evidence import Word
from retrieval.patient import Patient
from tools.triage import places
from tools.triage.assertion import Status
from tools.triage.engine import Assessment, assess
from tools.triage.facts import Concept, Facts
from tools.triage.levels import Level, highest
from tools.triage.lexicon import ENGLISH
from tools.triage.questions import MOST, NO, NONE, UNKNOWN, YES, Question, questions, said
from tools.triage.requests import Request, request, requests
from tools.triage.rules import danger_signs

WITH_YOU, HAVE_NOW, WHAT_IS_WRONG = "with_you", "have_this_now", "what_is_wrong"
"""The questions that stand beside an answer."""


class Talk(Word):
    """What was said so far. ``answers`` holds the chosen answers by question, ``pending`` the question that waits."""

    country: str = ""
    language: str = ""
    """Of the session; set by its first message of four words or more, and see :func:`_spoken`."""
    messages: tuple[str, ...] = ()
    said: str = ""
    """The words of the last step; "" where it was chosen answers."""
    answers: Mapping[str, tuple[str, ...]] = {}
    asked: tuple[str, ...] = ()
    pending: str = ""
    beside: tuple[str, ...] = ()
    """Questions that were put beside an answer; each is put once."""
    supposed: tuple[str, ...] = ()
    """Signs that were only asked about, for "do you have this now?"."""
    also: tuple[Concept, ...] = ()
    """Signs that a reader beside the lexicon found in the messages, with the person's words (triage spec 4)."""
    asks: str = ""
    """The id of a harmful request that a listener beside the phrases heard in the last step."""


class Turn(Word):
    """What comes of a message: how soon so far, and the next question or the end."""

    assessment: Assessment
    level: Level | None
    """Of rules, floors and unanswered questions together; None while nothing was told that has a level."""
    presentations: tuple[str, ...] = ()
    question: Question | None = None
    again: bool = False
    """The question was answered in part: what else of its list is true?"""
    beside: Question | None = None
    """A question that may be answered beside this turn's text, or left alone."""
    alone: bool = False
    """In an emergency: nobody is with the person."""
    request: Request | None = None
    """What the last message asked for that is not given, such as a dose."""
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


Reader = Callable[[str], Facts]
"""Reads signs in a message beside the lexicon. What it finds is added; it can take nothing away."""


def step(
    talk: Talk,
    said: str = "",
    chosen: Sequence[str] = (),
    patient: Patient | None = None,
    readers: Sequence[Reader] = (),
) -> tuple[Talk, Turn]:
    """The talk after a message or after chosen answers to the question that waits, and what comes of it.

    A typed "yes", "none of these" or "don't know" answers the question that waits; any other text is read as a
    message, and answers it where it says what the question is about.

    Raises:
        ValueError: an answer that the question does not have, or answers while no question waits.
        KnowledgeError: a knowledge file does not check.
    """
    return stands(heard(talk, said, chosen, readers), patient)


def heard(talk: Talk, said: str = "", chosen: Sequence[str] = (), readers: Sequence[Reader] = ()) -> Talk:
    """The talk with a message or with chosen answers taken in, before anything is made of it; see :func:`step`."""
    waiting = questions().questions.get(talk.pending)
    if chosen and waiting is None:
        raise ValueError("no question waits for an answer")
    if waiting is not None and not chosen:
        chosen = bare_answer(said, waiting, talk.language)
        said = "" if chosen else said
    update: dict[str, object] = {"pending": "", "said": said.strip(), "asks": ""}
    if chosen and waiting is not None:
        waiting.facts(chosen)  # refuses what is no answer
        before = talk.answers.get(waiting.id, ())
        update["answers"] = {**talk.answers, waiting.id: tuple(dict.fromkeys((*before, *chosen)))}
    if said.strip():
        told = _completed(said, waiting)
        update["messages"] = (*talk.messages, told)
        if readers and assess(told).level is not Level.EMERGENCY:  # the rules' own word waits for nobody
            update["also"] = (*talk.also, *(one for reader in readers for one in reader(told).concepts))
        update["language"] = _spoken(talk.language, said)
    return talk.model_copy(update=update)


def _spoken(before: str, said: str) -> str:
    """The language of the talk after a message. It stays, but a message that the rules cannot read never counts as read
    because the one before it was, and four words of a language that they can read are enough to go on in it."""
    found, read = _language(said), places.languages()
    if not before or (found and found not in read):
        return found or before
    return found if before not in read and len(said.split()) >= 4 else before


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


def stands(talk: Talk, patient: Patient | None = None) -> tuple[Talk, Turn]:
    """What comes of everything that was said so far, and the talk with the question that is asked next.

    It is the same for the same talk: a page may ask again after the country has changed.
    """
    assessment, asked_for = _assessed(talk, patient), request(talk.said) or requests().named(talk.asks)
    held = questions()
    complaints = held.fitting(assessment.known)
    if asked_for is not None and asked_for.about == "animal" and complaints and len(talk.messages) > 1:
        asked_for = None  # "and then the cat got out" ends no talk about a person
    alone = asked_for is not None and asked_for.alone and not assessment.fired
    shown = () if alone else complaints
    floor = highest(assessment.level, *(one.floor for one in shown))
    turn = Turn(
        assessment=assessment, level=floor, presentations=tuple(one.id for one in shown), request=asked_for
    )
    if assessment.level is Level.EMERGENCY:
        nobody = NO in talk.answers.get(WITH_YOU, ())
        return _put_beside(talk, turn.model_copy(update={"alone": nobody}), WITH_YOU if talk.country else "")
    if alone:
        return talk, turn
    if question := _unfinished(talk):
        return talk.model_copy(update={"pending": question.id}), turn.model_copy(
            update={"question": question, "again": True}
        )
    open_ = held.wanted(assessment.known, floor)
    if question := _unasked(talk, open_):
        asked = tuple(dict.fromkeys((*talk.asked, question.id)))
        return talk.model_copy(update={"asked": asked, "pending": question.id}), turn.model_copy(
            update={"question": question}
        )
    unanswered = tuple(one.id for one in open_ if _flag(one, talk))
    level = highest(floor, Level.SAME_DAY if unanswered else None)
    turn = turn.model_copy(update={"level": level, "unanswered": unanswered})
    return _put_beside(*_open_question(talk, turn))


def _assessed(talk: Talk, patient: Patient | None) -> Assessment:
    held = questions()
    answers = [held.questions[name].facts(chosen, talk.language) for name, chosen in talk.answers.items()]
    answers.append(Facts(concepts=talk.also))
    if YES in talk.answers.get(HAVE_NOW, ()):
        answers.append(_had(talk))
    last = talk.messages[-1] if talk.messages else ""
    return assess(
        last, patient=patient, country=talk.country, context=talk.messages[:-1], language=talk.language, answers=answers
    )  # fmt: skip


def _had(talk: Talk) -> Facts:
    """What was only asked about and is there now, by the person's own answer."""
    words = said(questions().questions[HAVE_NOW].text, talk.language)
    return Facts(
        concepts=tuple(
            Concept(id=name, status=Status.PRESENT, words=words, chart=f"answer: {HAVE_NOW}")
            for name in talk.supposed
        )
    )


def _unfinished(talk: Talk) -> Question | None:
    """The rest of a list of which one thing was said to be true: what else of it is?"""
    last = questions().questions.get(talk.asked[-1]) if talk.asked else None
    told = talk.answers.get(last.id, ()) if last is not None else ()
    return last.without(told) if last is not None and told and not last.closed(told) else None


def _unasked(talk: Talk, wanted: Sequence[Question]) -> Question | None:
    """The next question; the one that waits goes on waiting."""
    spoken = talk.language or ENGLISH
    if talk.pending and talk.asked:
        return next((one for one in wanted if one.id == talk.pending), None)
    left = [one for one in wanted if one.id not in talk.asked and one.held_in(spoken)]
    return left[0] if left and len(talk.asked) < MOST else None


def _open_question(talk: Talk, turn: Turn) -> tuple[Talk, Turn, str]:
    """Which question stands beside an answer where no complaint has had its own: what a rule would still need."""
    known, open_ = turn.assessment.known, turn.assessment.open
    if turn.presentations or turn.assessment.fired or turn.request or not open_:
        return talk, turn, ""
    asked_about = (one.id for one in known.concepts if one.status is Status.HYPOTHETICAL)
    supposed = tuple(dict.fromkeys(name for name in asked_about if name in danger_signs()))
    if supposed:
        return talk.model_copy(update={"supposed": supposed}), turn, HAVE_NOW
    language = turn.assessment.language
    named = {
        places.phrase("how_old", language): "age",
        places.phrase("what_is_wrong", language): WHAT_IS_WRONG,
    }
    return talk, turn, named.get(open_[0], "")


def _put_beside(talk: Talk, turn: Turn, name: str) -> tuple[Talk, Turn]:
    """The question beside the answer, unless it was put before; the one that waits goes on waiting."""
    question = questions().questions.get(name)
    if question is None or not question.held_in(talk.language or ENGLISH):
        return talk, turn
    if set(question.not_with) & {fired.rule for fired in turn.assessment.fired}:
        return talk, turn
    if name in talk.beside and name not in (talk.pending, WHAT_IS_WRONG):
        return talk, turn
    put = tuple(dict.fromkeys((*talk.beside, name)))
    return talk.model_copy(update={"beside": put, "pending": name}), turn.model_copy(
        update={"beside": question}
    )


def _flag(question: Question, talk: Talk) -> bool:
    """A red-flag question without a clear answer: never asked, passed over, or answered with "I don't know"."""
    answer = talk.answers.get(question.id, (UNKNOWN,))
    return question.raises.rank >= Level.SAME_DAY.rank and UNKNOWN in answer
