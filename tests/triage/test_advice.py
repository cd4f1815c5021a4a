"""What a patient is told at each turn of a talk: every behaviour holds, with no model at all."""

from __future__ import annotations

import pytest

from tools.triage import advice, places
from tools.triage.behaviours import GRADE_REJECTED, broken, reading_grade
from tools.triage.conversation import Talk, Turn, step
from tools.triage.levels import Level
from tools.triage.questions import NONE, UNKNOWN

COMPLAINTS = [
    "I have a headache", "my tummy hurts", "sore throat for two days", "I feel so low", "I feel dizzy", "back pain",
    "my eye is red", "it burns when I pee", "I have a rash", "I have a cold and a cough", "my leg is swollen",
    "I have diarrhoea", "my heart is racing", "I fell and hit my head", "my baby of 8 months has a fever",
    "I am diabetic and feel unwell", "I took a wrong tablet", "I have a lump on my arm",
]  # fmt: skip


def _turns(message: str, answer: str) -> list[tuple[Talk, Turn]]:
    talk, turn = step(Talk(country="GB"), message)
    turns = [(talk, turn)]
    while turn.question is not None:
        chosen = (
            (UNKNOWN,) if turn.question.kind == "words" or answer == UNKNOWN else turn.question.choices[-2:-1]
        )
        talk, turn = step(talk, chosen=chosen)
        turns.append((talk, turn))
        assert len(turns) < 12
    return turns


@pytest.mark.parametrize("answer", [NONE, UNKNOWN])
@pytest.mark.parametrize("message", COMPLAINTS)
def test_every_turn_holds_every_behaviour(message: str, answer: str) -> None:
    for _, turn in _turns(message, answer):
        text = advice.told(turn, "GB")
        assert broken(text, turn.assessed if turn.done else turn.assessment, "GB") == (), text
        assert reading_grade(text) <= GRADE_REJECTED, text


def test_the_safety_net_names_what_was_asked_in_vain_first() -> None:
    _, turn = _turns("I have a headache", UNKNOWN)[-1]
    assert "headache_flags" in turn.unanswered
    assert "a stiff neck" in advice.watch(turn, "GB")
    assert "Call 999 or 112 at once if" in advice.told(turn, "GB")


def test_one_sign_of_a_list_is_not_the_whole_answer() -> None:
    talk, turn = step(Talk(), "I have a headache")
    talk, turn = step(talk, chosen=("fever",))
    assert turn.again
    assert turn.question is not None
    assert "fever" not in turn.question.choices
    assert advice.ask(turn) == places.phrase("anything_else")
    _, turn = step(talk, chosen=("neck",))
    assert turn.level is Level.EMERGENCY


def test_a_language_without_questions_goes_to_the_same_day() -> None:
    _, turn = step(Talk(country="ES"), "me duele la cabeza desde ayer")
    assert turn.done
    assert turn.level is Level.SAME_DAY
    assert advice.told(turn, "ES").startswith("Vaya hoy al médico")
