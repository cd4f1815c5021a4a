"""The patient's talk: what is asked, what an answer is worth, and that silence is never a "no"."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.triage.behaviours import GRADE_WANTED, reading_grade
from tools.triage.conversation import HAVE_NOW, WITH_YOU, Talk, Turn, bare_answer, heard, stands, step
from tools.triage.levels import Level
from tools.triage.lexicon import KnowledgeError
from tools.triage.questions import MOST, NONE, UNKNOWN, Question, load, questions
from tools.triage.rules import rules

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
    assert question.kind == "words" or question.beside or question.concepts


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


@pytest.mark.parametrize("presentation", ["sore_throat", "headache", "belly_pain"])
def test_boxes_that_were_sent_close_the_question(presentation: str) -> None:
    """A page sends what was ticked with "none": nothing else of the list is there, and it is not asked again."""
    opening = {"sore_throat": "sore throat", "headache": "I have a headache", "belly_pain": "my tummy hurts"}
    talk, turn = step(Talk(), opening[presentation])
    assert turn.question is not None
    first, others = turn.question.options[-1], turn.question.options[:-1]
    asked = turn.question.id
    _, turn = step(talk, chosen=(first.id, NONE))
    assert not turn.again
    assert turn.question is None or turn.question.id != asked
    known = turn.assessment.known
    assert known.best(first.sets[0]).status.counts
    absent = {name for one in others for name in one.sets} - set(first.sets)
    assert all(not known.best(name).status.counts for name in absent)


def test_dont_know_takes_nothing_away_from_what_was_ticked() -> None:
    talk, _ = step(Talk(), "I have a headache")
    talk, turn = step(talk, chosen=("fever", UNKNOWN))
    fever = turn.assessment.known.best("fever")
    assert fever is not None
    assert fever.status.counts
    assert "headache_flags" in _to_the_end(talk, turn).unanswered


def _to_the_end(talk: Talk, turn: Turn) -> Turn:
    while turn.question is not None:
        talk, turn = step(talk, chosen=(UNKNOWN,))
    return turn


def test_the_same_talk_stands_where_it_stood() -> None:
    """A page may ask again, because the country has changed, and no question is used up by that."""
    talk, turn = step(Talk(), "I have a headache")
    again, same = stands(talk)
    assert (again, same.question) == (talk, turn.question)
    moved, same = stands(talk.model_copy(update={"country": "GB"}))
    assert moved.asked == talk.asked
    assert same.question == turn.question


def test_after_an_emergency_one_question_at_most() -> None:
    talk, turn = step(Talk(country="GB"), "crushing chest pain and I am 60")
    assert turn.beside is not None
    assert (turn.beside.id, turn.question, turn.alone) == (WITH_YOU, None, False)
    talk, turn = step(talk, chosen=("no",))
    assert (turn.level, turn.alone, turn.beside) == (Level.EMERGENCY, True, None)
    _, turn = step(talk, "it still hurts")
    assert (turn.level, turn.beside) == (Level.EMERGENCY, None)
    _, unknown = step(Talk(), "crushing chest pain and I am 60")
    assert unknown.beside is None  # the country is asked instead


def test_nobody_in_danger_at_home_is_told_to_open_the_door() -> None:
    _, turn = step(Talk(country="GB"), "my husband is hitting me right now")
    assert turn.level is Level.EMERGENCY
    assert turn.beside is None


def test_a_sign_that_was_only_asked_about_is_asked_for_and_counts_when_it_is_there() -> None:
    talk, turn = step(Talk(country="GB"), "What causes stridor?")
    assert turn.beside is not None
    assert turn.beside.id == HAVE_NOW
    assert step(talk, chosen=("no",))[1].level is None
    assert step(talk, chosen=("yes",))[1].level is Level.EMERGENCY


def test_somebody_in_despair_is_asked_plainly_once_and_about_nothing_else() -> None:
    talk, turn = step(Talk(country="GB"), "I wish I was dead")
    asked = []
    while turn.question is not None:
        asked.append(turn.question.id)
        talk, turn = step(talk, chosen=("no",))
    assert asked == ["suicide_ask", "suicide_plan"]
    assert turn.level is Level.SAME_DAY
    talk, turn = step(talk, "I still feel so low")
    assert turn.question is None
    _, turn = step(talk, "I have a rope and I will do it tonight")
    assert turn.level is Level.EMERGENCY


@pytest.mark.parametrize(
    ("parts", "level"),
    [
        (("I have a headache.", "I have a fever.", "My neck is stiff."), Level.EMERGENCY),
        (("My tummy hurts.", "I am 24.", "It started last night."), Level.SAME_DAY),
        (("I have diabetes.", "I feel unwell.", "I keep throwing up."), Level.EMERGENCY),
    ],
)
def test_a_message_split_over_three_turns_ends_where_the_whole_one_does(
    parts: tuple[str, ...], level: Level
) -> None:
    talk, turn = Talk(), None
    for part in parts:
        talk, turn = step(talk, part)
    whole_talk, whole = step(Talk(), " ".join(parts))
    assert turn is not None
    ends = {_to_the_end(talk, turn).level, _to_the_end(whole_talk, whole).level}
    assert ends == {level}


def test_heard_keeps_the_words_of_the_last_step_only() -> None:
    talk = heard(Talk(), "I have a headache")
    assert talk.said == "I have a headache"
    talk, _ = stands(talk)
    assert heard(talk, chosen=(NONE,)).said == ""


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


def test_a_question_is_held_back_only_for_rules_that_there_are() -> None:
    named = {name for question in HELD.questions.values() for name in question.not_with}
    assert named
    assert named <= {rule.id for rule in rules().all}
