"""The wording bench: it catches what may not be said, and looks at the doses side by side and the rows of options."""

from __future__ import annotations

import pytest

from evals.discovery import wording


@pytest.mark.parametrize(
    "said",
    [
        "Your INR will be 4.1.",
        "your dose",
        "The INR will be 4.1",
        "The dose should be halved",
        "5 mg is recommended",
    ],
)
def test_what_may_not_be_said_is_caught(said: str) -> None:
    assert wording.forbidden([said, "In a simulation of 5 virtual patients the median INR is 2."]) == [said]


def test_rows_beside_options_are_looked_at() -> None:
    rows = wording.treatment_rows()
    assert len(rows) > 50
    assert all(row.startswith("In a simulation") for row in rows)
    assert not wording.forbidden(rows)


def test_the_runs_compare_doses_and_meet_an_unknown_allele() -> None:
    made = list(wording.runs())
    said = [text for one in made for text in wording.sentences(one)]
    assert any("dosing equation, the daily dose" in text for text in said)
    assert any("does not know CYP2C9*8" in text for text in said)
