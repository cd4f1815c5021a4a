"""A person reads the title of a tool and never its name, wherever the page speaks of a tool."""

from __future__ import annotations

from types import ModuleType

import pytest

from assistant.answer import Unanswered
from assistant.events import CallEnded, CallStarted
from assistant.research_report import as_html
from assistant.ui import chat, drawer, wording
from retrieval.evidence import Outcome, not_found
from retrieval.patient import Patient
from tools.registry import title_of, tools

NAMES = tuple(tools())


def test_titles_are_words_of_their_own_and_short_enough_for_a_chip() -> None:
    titles = [one.title for one in tools().values()]
    assert len(set(titles)) == len(NAMES)
    for title in titles:
        assert title[0].isupper()
        assert "_" not in title
        assert len(title) <= wording.LABEL


def test_a_name_that_is_not_registered_is_shown_in_plain_words() -> None:
    assert title_of("made_up_tool") == "made up tool"


def test_no_model_is_shown_a_title() -> None:
    for one in tools().values():
        assert set(one.schema) == {"name", "description", "parameters"}
        assert one.schema["name"] == one.name


@pytest.mark.parametrize("name", NAMES)
def test_the_chip_of_a_call_and_the_gap_that_it_left_are_titled(scripted: ModuleType, name: str) -> None:
    begun = chat.fold([], CallStarted(id="c1", tool=name))
    ended = chat.fold(begun, CallEnded(id="c1", tool=name, outcome=Outcome.FOUND, seconds=0.2))
    gap = Unanswered(tool=name, outcome=Outcome.UNAVAILABLE, reason="It is away.", command="bring it")
    claim = scripted.answer("s", "q", Patient()).claims[0].model_copy(update={"tool": name})
    made = scripted.answer("s", "q", Patient(), claims=(claim,), not_answered=(gap,))
    told = "".join(message["content"] for message in chat.answered(made))
    for shown in (
        begun[-1]["metadata"]["title"],
        ended[-1]["metadata"]["title"],
        told,
        drawer.gaps(made),
        drawer.evidence(made),
    ):
        assert tools()[name].title in shown
        assert "_" not in name or name not in shown


@pytest.mark.parametrize("name", ["simulate_drug", "molecule_profile", "design_molecules"])
def test_a_report_stands_under_the_title(name: str) -> None:
    page = as_html(not_found("Nothing.").model_copy(update={"tool": name}))
    assert f"<h1>{tools()[name].title}</h1>" in page
    assert name not in page
