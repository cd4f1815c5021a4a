"""How soon somebody must be seen is triage; how soon a drug is given is a question to the literature."""

from __future__ import annotations

import pytest

from assistant.models.router import _TRIAGE


@pytest.mark.parametrize(
    ("question", "of_urgency"),
    [
        ("How soon must ceftriaxone be given in sepsis?", False),
        ("How soon should antibiotics be started in a patient with sepsis?", False),
        ("How soon does she need to be seen?", True),
        ("How soon should he come in?", True),
    ],
)
def test_how_soon(question: str, of_urgency: bool) -> None:
    assert bool(_TRIAGE.search(question)) == of_urgency
