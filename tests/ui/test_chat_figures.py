"""The figures of the research tools in the talk: which stand there, and that no caption says a thing twice."""

from __future__ import annotations

import base64
import io
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

from assistant.answer import CallRecord
from assistant.research_report import beyond_title
from assistant.sessions import SessionError
from assistant.ui import chat, chat_figures, pictures, pictures_panel
from retrieval.evidence import Artifact, Outcome
from retrieval.patient import Patient


def drawn(
    title: str = "Simulated INR", alt: str = "Simulated INR. Lines are medians.", role: str = "drawn"
) -> Artifact:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, format="PNG")
    return Artifact(
        title=title, media_type="image/png", data=base64.b64encode(out.getvalue()), alt=alt, role=role
    )


class Desk:
    """A desk as far as figures ask it."""

    def __init__(self, held: dict[str, Artifact]) -> None:
        self._held = held

    def picture(self, session: str, key: str) -> Artifact:
        if key not in self._held:
            raise SessionError("forgotten")
        return self._held[key]


def call(key: str, tool: str) -> CallRecord:
    return CallRecord(id=key, tool=tool, outcome=Outcome.FOUND)


@pytest.fixture
def answer(scripted: ModuleType) -> Any:
    """An answer in which a photograph was read and a drug simulated."""
    calls = (call("t1c1", "read_image"), call("t1c2", "simulate_drug"))
    keys = ("t1c1p1", *(f"t1c2p{at}" for at in range(1, 8)))
    return scripted.answer("s", "q", Patient(), calls=calls, pictures=keys)


def test_what_a_research_tool_drew_stands_in_the_talk_and_a_photograph_does_not(answer: Any) -> None:
    held = {key: drawn(title=f"figure {key}") for key in answer.pictures}
    page = chat_figures.of(Desk(held), "s", answer)  # type: ignore[arg-type]
    assert page.count("<figure>") == chat_figures.MOST
    assert "figure t1c1p1" not in page
    assert "figure t1c2p1" in page


def test_a_forgotten_session_leaves_no_figure(answer: Any) -> None:
    assert chat_figures.of(Desk({}), "s", answer) == ""  # type: ignore[arg-type]


def test_a_caption_says_the_title_once() -> None:
    shown = pictures.figure(drawn())
    assert shown.count("Simulated INR") == 2  # in the words for those who do not see it, and in the caption
    assert "<b>Simulated INR</b> Lines are medians." in shown
    assert beyond_title(drawn(alt="Another thing.")) == "Another thing."


def test_the_figures_stand_after_the_open_claims_and_before_what_is_missing(answer: Any) -> None:
    told = [message["content"] for message in chat.answered(answer, figures="<figure>f</figure>")]
    at = told.index("<figure>f</figure>")
    assert "claim-no" in told[at - 1]
    assert "claim-no" not in told[at + 1]
    assert chat.unfolded(chat.answered(answer, figures="F"), answer, "F") == chat.answered(
        answer, everything=True, figures="F"
    )


def test_two_plots_are_not_laid_one_over_the_other() -> None:
    held = {"a": drawn(), "b": drawn(title="Simulated concentration")}
    assert pictures_panel.shots(held) == ()
    assert len(pictures_panel.others(held, ())) == 2


def test_a_run_that_is_too_long_names_the_command_line_and_a_missing_extra_what_brings_it(
    scripted: ModuleType,
) -> None:
    from assistant.answer import Unanswered

    gaps = (
        Unanswered(
            tool="design_molecules",
            outcome=Outcome.BAD_INPUT,
            reason="Too long here.",
            command="consilium design",
        ),
        Unanswered(
            tool="molecule_profile",
            outcome=Outcome.UNAVAILABLE,
            reason="Not held.",
            command="bootstrap extra",
        ),
    )
    told = scripted.answer("s", "q", Patient(), claims=(), not_answered=gaps, reply="")
    page = "".join(message["content"] for message in chat.answered(told))
    assert "On the command line: <code>consilium design</code>" in page
    assert "To get it: <code>bootstrap extra</code>" in page
