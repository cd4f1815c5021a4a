"""What a patient reads: how soon and what to do first, then why, then what is not known."""

from __future__ import annotations

import html
import re
from types import ModuleType

import pytest

from assistant.answer import Answer, Asked, Choice, Role
from assistant.events import Answered, Failed
from assistant.ui import chat, patient_ask, patient_talk
from assistant.ui.wording import NO_LEVEL
from retrieval.patient import Patient
from tools.triage.levels import Level
from tools.triage.places import phrase

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
    assert phrase(f"soon_{level.value}") in patient_talk.soon(level, "")


def test_no_fired_rule_is_never_called_safe(scripted: ModuleType) -> None:
    assert patient_talk.soon(None, "") == ""
    calm = patient_talk.answered(
        emergency(scripted, level=None, first_action="", banners=(), reply="", claims=())
    )
    assert NO_LEVEL in calm[0]["content"]


def test_the_action_is_not_said_twice(scripted: ModuleType) -> None:
    shown = patient_talk.answered(emergency(scripted))[0]["content"]
    assert "Call 112" not in shown
    assert shown.startswith('<p lang="en">Unlock the door.')


def test_an_action_without_a_level_stays_in_the_talk(scripted: ModuleType) -> None:
    """A bare "help" has no level yet, so nothing stands above the talk."""
    answer = emergency(scripted, level=None, banners=(), reply=f"{ACTION} What is wrong?", claims=())
    assert ACTION in patient_talk.answered(answer)[0]["content"]


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


def asked(kind: str = "choose") -> Asked:
    names = {"choose": ("fever", "neck", "none", "unknown"), "yes_no": ("yes", "no", "unknown")}.get(
        kind, ("unknown",)
    )
    options = tuple(Choice(id=name, label=name.title()) for name in names)
    return Asked(
        id="q", text="Do you have any of these?", kind=kind, options=options, several=kind == "choose"
    )


@pytest.mark.parametrize(
    ("ticked", "pressed", "sent"),
    [
        (["fever"], "send", ("fever", "none")),
        (["fever", "neck"], "send", ("fever", "neck", "none")),
        ([], "send", ()),
        ([], "none", ("none",)),
        (["fever"], "none", ("fever", "none")),
        (["fever"], "unknown", ("fever", "unknown")),
        (["banana"], "send", ()),
    ],
)
def test_what_is_ticked_and_pressed_is_one_answer(
    ticked: list[str], pressed: str, sent: tuple[str, ...]
) -> None:
    assert patient_ask.answers(asked(), ticked, pressed) == sent


def test_a_button_that_the_question_does_not_have_sends_nothing() -> None:
    assert patient_ask.answers(asked("yes_no"), [], "none") == ()
    assert patient_ask.answers(asked("words"), [], "unknown") == ("unknown",)


def test_an_answer_stands_in_the_talk_in_its_own_words() -> None:
    assert patient_ask.in_words(asked(), ("fever", "neck", "none")) == "Fever; Neck"
    assert patient_ask.in_words(asked(), ("none",)) == "None"


def test_the_question_is_no_part_of_the_answers_message(scripted: ModuleType) -> None:
    (message,) = patient_talk.answered(emergency(scripted, asked=asked()))
    assert "any of these" not in message["content"]
    (put,) = patient_talk.put(asked())
    assert "any of these" in put["content"]


@pytest.mark.parametrize("language", ["es", "fr", "de", "pt", "ja", "zh"])
def test_the_words_around_an_answer_are_in_its_language_and_marked_as_a_draft(
    scripted: ModuleType, language: str
) -> None:
    (message,) = patient_talk.answered(emergency(scripted, language=language))
    assert phrase("why", language) in plain_again(message["content"])
    assert "Draft translation" in message["content"]
    assert f'lang="{language}"' in patient_talk.soon(Level.EMERGENCY, ACTION, language)
    assert "Why do you say that?" not in message["content"]
    (english,) = patient_talk.answered(emergency(scripted))
    assert "Draft translation" not in english["content"]


def plain_again(shown: str) -> str:
    return html.unescape(shown)
