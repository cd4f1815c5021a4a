"""Small things of the patient page: a typed country, numbers that a touch calls, nothing said twice."""

from types import ModuleType

import pytest

from assistant.ui.patient_country import named_country
from assistant.ui.patient_talk import says_again, to_call, unwrapped
from retrieval.patient import Patient


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("I'm in Ireland", "IE"), ("UK", "GB"), ("the USA", "US"), ("España", "ES"), ("in Germany.", "DE"),
        ("I came back from India", ""), ("my turkey was raw", ""), ("", ""), ("Atlantis", ""),
    ],
)  # fmt: skip
def test_a_country_is_only_its_bare_name(words: str, code: str) -> None:
    assert named_country(words) == code


def test_a_number_of_ours_is_a_link_and_nothing_else_is() -> None:
    assert to_call("Call 999 or 112 now.") == (
        'Call <a href="tel:999">999</a> or <a href="tel:112">112</a> now.'
    )
    assert "tel:" not in to_call("Rinse the eye for 15 to 20 minutes. Room 1999, ward 9-112.")


def test_an_answer_that_is_held_by_the_next_is_said_once(scripted: ModuleType) -> None:
    first = scripted.answer("s", "one", Patient()).model_copy(
        update={"reply": "See a doctor.", "claims": (), "banners": ()}
    )
    whole = first.model_copy(update={"reply": "See a doctor. Rest."})
    assert says_again(first, whole)
    assert not says_again(whole, first)
    assert not says_again(None, whole)


def test_a_summary_line_goes_on_in_its_own_box() -> None:
    assert unwrapped("Present: cough,\n    fever\nDenied: rash") == "Present: cough, fever\nDenied: rash"
