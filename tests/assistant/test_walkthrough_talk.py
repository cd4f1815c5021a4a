"""Talks that a clinician broke off: each follow-up is answered as the first question was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answer import Answer, Role
from assistant.ask import Assistant
from assistant.settings import Settings
from retrieval.evidence import Outcome


@pytest.fixture(scope="module")
def assistant(module_data_dir: Path) -> Iterator[Assistant]:
    made = Assistant(Settings(data_dir=module_data_dir))
    yield made
    made.close()


def talk(assistant: Assistant, *questions: str) -> list[Answer]:
    session = assistant.open(Role.CLINICIAN)
    return [assistant.ask(session, question) for question in questions]


def outcome(answer: Answer) -> Outcome | None:
    return next((one.outcome for one in answer.calls if one.tool == "treatment_options"), None)


def test_a_follow_up_on_high_blood_pressure_is_not_refused(assistant: Assistant) -> None:
    """The id of the indication is a word that stands in the guideline's text, and the user wrote another."""
    first = "52-year-old man, BP 158/96. What are the options for high blood pressure?"
    answers = talk(assistant, first, "The lists are complete.", "Why not bisoprolol?")
    assert [outcome(one) for one in answers] == [Outcome.FOUND] * 3


def test_a_child_is_told_why_there_are_no_options(assistant: Assistant) -> None:
    answer = talk(assistant, "9-year-old boy with asthma. What are the treatment options?")[0]
    assert outcome(answer) is Outcome.NOT_COVERED
    assert answer.reply.startswith("No option is left for asthma")
    assert "I can search" not in answer.reply
