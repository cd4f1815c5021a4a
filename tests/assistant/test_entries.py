"""An allergy entry of a clinician's note is no emergency; what happens today and every patient's word stay one."""

from __future__ import annotations

import pytest

from assistant import gate
from assistant.answer import Role
from tools.triage.levels import Level

NOTES = (
    "45-year-old man, allergic to penicillin (anaphylaxis), with pneumonia. What are the options?",
    "45-year-old man with pneumonia, penicillin anaphylaxis.",
    "Allergies: amoxicillin (anaphylaxis). Takes ramipril.",
    "He had anaphylaxis to amoxicillin in 2010.",
)
TODAY = (
    "Anaphylaxis now after peanuts, she cannot breathe",
    "Allergic to penicillin (anaphylaxis), was given amoxicillin and is wheezing now",
    "Patient in anaphylaxis after a bee sting minutes ago",
)


@pytest.mark.parametrize("text", NOTES)
def test_an_entry_of_a_note_raises_no_banner(text: str) -> None:
    assert gate.before(text, role=Role.CLINICIAN).level is not Level.EMERGENCY


@pytest.mark.parametrize("text", TODAY)
def test_what_happens_today_is_an_emergency(text: str) -> None:
    assert gate.before(text, role=Role.CLINICIAN).level is Level.EMERGENCY


@pytest.mark.parametrize("text", [*NOTES[1:2], *TODAY])
def test_a_patients_words_are_read_as_they_are(text: str) -> None:
    assert gate.before(text, role=Role.PATIENT).level is Level.EMERGENCY
