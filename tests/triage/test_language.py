"""A message in another language is never judged silently by English rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.gate import render_patient
from tools.triage.engine import assess
from tools.triage.language import cannot_check, language


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ho male al petto da un'ora e non respiro", "it"),
        ("у меня болит грудь", "other"),
    ],
)
def test_other_languages_get_their_fixed_message(text: str, name: str) -> None:
    assert language(text) == name
    assessed = assess(text, country="ES")
    assert not assessed.language_ok
    shown = render_patient(assessed, "ES")
    assert shown.endswith(cannot_check(name, "ES"))
    assert "112" in shown
    assert "did not find" not in shown


@pytest.mark.parametrize(
    "text",
    ["chest pain", "ok", "39", "my chest hurts", "I have a mal de mer feeling", "Dr. de la Cruz said I am fine",
     "help", "HbA1c 8 and on metformin", "per os medication, can I take it with food?", "o", ""],
)  # fmt: skip
def test_english_and_short_messages_stay_english(text: str) -> None:
    assert language(text) == "en"


def test_a_red_flag_that_is_read_still_fires_in_a_mixed_message() -> None:
    assessed = assess("estoy con mi hijo, he has crushing chest pain and is sweating", country="ES")
    assert assessed.level == "emergency"


@given(st.text(max_size=200))
def test_any_text_has_a_language(text: str) -> None:
    assert language(text)
