"""What a patient reads: how soon and what to do first, then why, then what is not known."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from assistant.answer import Answer, Role
from assistant.events import Answered, Failed
from assistant.ui import chat, patient_talk
from assistant.ui.wording import HOW_SOON, NO_LEVEL
from retrieval.patient import Patient
from tools.triage.levels import Level

ACTION = "Call 112 now. Do not drive yourself."


def emergency(scripted: ModuleType, **more: object) -> Answer:
    given = {
        "role": Role.PATIENT,
        "level": Level.EMERGENCY,
        "first_action": ACTION,
        "banners": (scripted.banner(),),
        "reply": f"{ACTION}\nUnlock the door.",
    }
    return scripted.answer("s", "q", Patient(), **(given | more))


def test_how_soon_comes_first_and_then_the_action() -> None:
    shown = patient_talk.soon(Level.EMERGENCY, ACTION)
    assert re.sub(r"<[^>]+>", "|", shown).strip("|").startswith("Now. This is an emergency.||Call 112 now.")


@pytest.mark.parametrize("level", list(Level))
def test_every_level_has_its_own_words(level: Level) -> None:
    assert HOW_SOON[level] in patient_talk.soon(level, "")


def test_no_fired_rule_is_never_called_safe(scripted: ModuleType) -> None:
    assert patient_talk.soon(None, "") == ""
    calm = patient_talk.answered(
        emergency(scripted, level=None, first_action="", banners=(), reply="", claims=())
    )
    assert NO_LEVEL in calm[0]["content"]


def test_the_action_is_not_said_twice(scripted: ModuleType) -> None:
    shown = patient_talk.answered(emergency(scripted))[0]["content"]
    assert "Call 112" not in shown
    assert shown.startswith("<p>Unlock the door.")


def test_why_names_the_rule_and_the_words_that_fired_it(scripted: ModuleType) -> None:
    shown = patient_talk.answered(emergency(scripted))[0]["content"]
    assert "Why do you say that?" in shown
    assert "chest hurts and my arm feels heavy" in shown
    assert "From a medical guideline: Made-up source 1" in shown
    assert shown.index("Why do you say that?") < shown.index("What I do not know")


def test_no_score_and_no_code_reaches_the_patient(scripted: ModuleType) -> None:
    shown = patient_talk.answered(emergency(scripted))[0]["content"]
    for sign in ("chest-1", "check_drugs", "certainty", "<img", "<script", "unfounded"):
        assert sign not in shown


def test_the_waiting_line_gives_way_to_the_answer_or_the_failure(scripted: ModuleType) -> None:
    waiting = [chat.asked("q"), chat.said(patient_talk.WAITING)]
    assert patient_talk.WAITING not in str(patient_talk.fold(waiting, Answered(answer=emergency(scripted))))
    failed = patient_talk.fold(waiting, Failed(reason="<b>broke"))
    assert len(failed) == 2
    assert "emergency number" in failed[-1]["content"]
    assert "<b>broke" not in failed[-1]["content"]


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("Is the pain there now?", ["Yes", "No", "I don't know"]),
        (
            "Do you have a fever, a rash or a stiff neck?",
            ["Yes, at least one", "None of these", "I don't know"],
        ),
        ("How old are you?", ["I don't know"]),
        ("When did it start?", ["I don't know"]),
    ],
)
def test_buttons_fit_the_question(question: str, labels: list[str]) -> None:
    assert [choice["label"] for choice in patient_talk.choices(question)] == labels


def test_one_question_is_asked_at_a_time(scripted: ModuleType) -> None:
    messages = patient_talk.answered(emergency(scripted, ask=("Are you alone?", "How old are you?")))
    assert len(messages) == 2
    assert "Are you alone?" in messages[1]["content"]
    assert messages[1]["options"]


QUESTION = "Do your lips look blue?"


def test_a_yes_is_a_statement_that_the_gate_reads() -> None:
    from tools.triage.engine import assess

    assert patient_talk.reply(QUESTION, "Yes") == "Yes, do your lips look blue."
    assert assess(patient_talk.reply(QUESTION, "Yes")).level is Level.EMERGENCY


@pytest.mark.parametrize("word", ["No", "None of these", patient_talk.NOT_SURE])
def test_a_no_or_a_dont_know_raises_no_alarm_and_repeats_no_sign(word: str) -> None:
    from tools.triage.engine import assess

    assert patient_talk.reply(QUESTION, word) == f"{word}."
    assert assess(patient_talk.reply(QUESTION, word)).level is None


def test_a_question_is_not_put_twice(scripted: ModuleType) -> None:
    asked = Answered(answer=emergency(scripted, ask=("One?", "Two?")))
    assert patient_talk.unasked(asked, ("One?",)).answer.ask == ("Two?",)
    failure = Failed(reason="x")
    assert patient_talk.unasked(failure, ("One?",)) is failure
