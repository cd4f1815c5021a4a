"""The patient's talk: what is asked, what an answer is worth, and that silence is never a "no"."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.triage.behaviours import GRADE_WANTED, reading_grade
from tools.triage.conversation import Talk, Turn, bare_answer, step
from tools.triage.levels import Level
from tools.triage.lexicon import KnowledgeError
from tools.triage.questions import MOST, NONE, UNKNOWN, Question, load, questions

HELD = questions()


def _through(message: str, *, answer: str = NONE) -> tuple[Talk, Turn]:
    """The talk to its end, with one sort of answer to every question: none of these, or I don't know."""
    talk, turn = step(Talk(country="GB"), message)
    for _ in range(MOST + 1):
        question = turn.question
        if question is None:
            return talk, turn
        if answer == UNKNOWN:
            talk, turn = step(talk, chosen=(UNKNOWN,))
        elif question.kind == "words":
            talk, turn = step(talk, "34" if question.fills == "age" else "37.2")
        else:
            talk, turn = step(talk, chosen=question.choices[-2:-1])
    raise AssertionError("more questions than may be asked")


@pytest.mark.parametrize("question", HELD.questions.values(), ids=lambda one: one.id)
def test_questions_are_easy_to_read_and_know_their_concepts(question: Question) -> None:
    options = ". ".join(option.text["en"] for option in question.options)
    assert reading_grade(f"{question.text['en']} {options}") <= GRADE_WANTED
    assert question.kind == "words" or question.concepts


def test_an_emergency_is_answered_at_once() -> None:
    _, turn = step(Talk(country="GB"), "crushing chest pain and I am 60")
    assert turn.level is Level.EMERGENCY
    assert turn.done


def test_an_answer_that_is_a_red_flag_ends_the_questions() -> None:
    talk, turn = step(Talk(), "I have a headache")
    assert turn.question is not None
    assert turn.question.id == "headache_flags"
    talk, turn = step(talk, chosen=("neck", "fever"))
    assert turn.level is Level.EMERGENCY
    assert turn.done
    assert {fired.rule for fired in turn.assessment.fired} == {"meningitis_signs"}


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("I have a headache", Level.ROUTINE),
        ("I have a sore throat", Level.SELF_CARE),
        ("my tummy hurts", Level.SAME_DAY),
        ("I have a runny nose and a cough", Level.SELF_CARE),
    ],
)
def test_none_of_these_leads_to_the_floor_and_dont_know_stays_at_the_same_day(
    message: str, level: Level
) -> None:
    _, clear = _through(message)
    assert (clear.level, clear.unanswered) == (level, ())
    _, unclear = _through(message, answer=UNKNOWN)
    assert unclear.level is Level.SAME_DAY


@pytest.mark.parametrize("presentation", HELD.presentations)
def test_no_talk_asks_more_than_may_be_asked(presentation: str) -> None:
    asked = set(HELD.presentations[presentation].ask)
    assert len(asked | set(HELD.always)) <= MOST + 2
    assert asked <= set(HELD.questions)


def test_a_question_about_nobody_asks_nothing() -> None:
    _, turn = step(Talk(), "How long does a cold last?")
    assert turn.done


@pytest.mark.parametrize(
    ("said", "answer"),
    [("Yes!", "yes"), ("nope", "no"), ("None of these.", "no"), ("I don't know", "unknown")],
)
def test_typed_answers_count_as_pressed_ones(said: str, answer: str) -> None:
    assert bare_answer(said, HELD.questions["pregnant_now"]) == (answer,)


def test_yes_to_several_things_is_no_answer() -> None:
    assert bare_answer("yes", HELD.questions["headache_flags"]) == ()


def test_a_typed_age_is_read_as_one() -> None:
    talk, turn = step(Talk(), "sore throat")
    while turn.question is not None and turn.question.id != "age":
        talk, turn = step(talk, chosen=(NONE,))
    talk, turn = step(talk, "7 weeks")
    assert turn.assessment.known.age_days == (49.0,)


def test_an_age_taken_back_lowers_the_level_and_nothing_else_does() -> None:
    talk, turn = step(Talk(), "my daughter is 2 months old and has a fever of 38.4")
    assert turn.level is Level.EMERGENCY
    talk, turn = step(talk, "she is fine really, it is nothing")
    assert turn.level is Level.EMERGENCY
    talk, turn = step(talk, "I meant 2 years, not 2 months")
    assert turn.level is not Level.EMERGENCY


def test_one_message_and_its_parts_end_at_the_same_level() -> None:
    whole = "I take warfarin. I fell yesterday. I banged my head."
    talk = Talk()
    for part in whole.split(". "):
        talk, turn = step(talk, part)
    assert turn.level is step(Talk(), whole)[1].level is Level.EMERGENCY


def test_wrong_answers_are_refused() -> None:
    with pytest.raises(ValueError, match="no question waits"):
        step(Talk(), chosen=("yes",))
    talk, _ = step(Talk(), "I have a headache")
    with pytest.raises(ValueError, match="has the answers"):
        step(talk, chosen=("banana",))


def test_a_file_with_an_unknown_concept_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "questions.yaml"
    broken.write_text(
        "always: []\nquestions:\n  q: {kind: yes_no, text: {en: 'Is it?'}, means: [no_such_thing], raises: same_day}\n"
        "presentations: {}\n"
    )
    with pytest.raises(KnowledgeError, match="no_such_thing"):
        load(broken)
