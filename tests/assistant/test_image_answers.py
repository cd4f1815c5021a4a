"""In the chat: an eye, a chest and a cat, each answered rightly from the file to the sentence."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from assistant.answer import Answer, Claim, Role
from assistant.ask import Assistant
from assistant.compile import LOOKED_UP, _rank
from assistant.joined import UNREAD, _does
from assistant.picture_answers import said_first, withheld
from assistant.render import text
from assistant.settings import Settings
from assistant.turn import Turn, TurnInput
from assistant.ui import chat
from imaging.generate import shipped
from retrieval.evidence import Depth, Evidence, Finding, Kind, Outcome, Source, ToolResult, found, unavailable
from tools.registry import Context


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    made = Assistant(Settings(data_dir=tmp_path_factory.mktemp("pictures")))
    yield made
    made.close()


def png(pixels: np.ndarray) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "PNG")
    return packed.getvalue()


def chest(label: str) -> bytes:
    """A made chest X-ray of 28 px."""
    return png(np.asarray(shipped.generator("xray-cvae").sample(2, label, 0)[1]))


def talk(assistant: Assistant, *turns: tuple[str, bytes | None], role: Role = Role.CLINICIAN) -> list[Answer]:
    session, answers = assistant.open(role, "GB"), []
    for question, file in turns:
        if file:
            assistant.attach(session, "picture.png", file)
        answers.append(assistant.ask(session, question))
    return answers


def flat(answer: Answer) -> str:
    """The whole answer on one line, as it is read aloud."""
    return " ".join(text(answer).split())


def roles(assistant: Assistant, answer: Answer) -> list[str]:
    return [assistant.picture(answer.session, key).role for key in answer.pictures]


def test_a_chest_is_asked_for_the_age_and_then_read(assistant: Assistant) -> None:
    asked, told = talk(assistant, ("Is there pneumonia?", chest("pneumonia")), ("He is 4 years old.", None))
    assert asked.would_change == ("the patient's age in years",)
    assert "age is not known" in asked.reply
    assert roles(assistant, asked) == ["original"]
    assert told.claims[0].text.startswith("Pneumonia: above the operating point")
    assert "4 years, as given" in flat(told)
    assert not told.not_shown


def test_an_answer_of_no_sign_is_said_first_and_excludes_nothing(assistant: Assistant) -> None:
    (answer,) = talk(assistant, ("A 3-year-old girl with a cough. Anything on this X-ray?", chest("normal")))
    (call,) = answer.calls
    assert call.tool == "read_image"
    said = answer.reply or " ".join(claim.text for claim in answer.claims)
    assert "does not exclude disease" in said or "Unlike healthy pictures: score" in said


def test_a_sign_that_is_not_called_brings_no_rule_into_the_treatment_table() -> None:
    below = "Pneumonia: not above the operating point (-3.86 log-odds from it)"
    assert _does(below) == UNREAD
    assert "pneumonia" in _does(below.replace("not above", "above"))


def test_an_adults_chest_is_not_read(assistant: Assistant) -> None:
    (answer,) = talk(assistant, ("Is there pneumonia in this 61-year-old man?", chest("pneumonia")))
    assert answer.calls[0].outcome is Outcome.NOT_COVERED
    assert "children of 1 to 5 years only" in answer.reply
    assert not answer.claims


def test_a_cat_is_called_a_cat_and_not_read(assistant: Assistant) -> None:
    from skimage import data

    (answer,) = talk(assistant, ("What does this show?", png(data.chelsea())))
    assert answer.calls[0].outcome is Outcome.NOT_COVERED
    assert answer.reply.startswith("It seems to show a cat.")
    assert roles(assistant, answer) == ["original"]
    assert not answer.claims


def test_an_eye_is_read_then_its_vessels_are_shown_then_it_is_enhanced(assistant: Assistant) -> None:
    from skimage import data

    eye = png(np.asarray(Image.fromarray(data.retina()).resize((500, 500), Image.Resampling.BOX)))
    whole, vessels, enhanced = talk(
        assistant,
        ("Look at this fundus photograph", eye),
        ("Show the vessels", None),
        ("Enhance this picture", None),
    )
    assert any(claim.text.startswith("Retinal vessels:") for claim in whole.claims)
    assert "none is excluded" in flat(whole)
    assert roles(assistant, whole)[:2] == ["original", "vessels"]
    assert roles(assistant, vessels) == ["original", "vessels"]
    assert roles(assistant, enhanced) == ["original", "enhanced"]
    for answer in (whole, vessels, enhanced):
        assert not answer.not_shown
        assert "probability" not in flat(answer)


def test_a_patient_gets_no_reading(assistant: Assistant) -> None:
    (answer,) = talk(assistant, ("Is there pneumonia?", chest("pneumonia")), role=Role.PATIENT)
    assert "read_image" not in [call.tool for call in answer.calls]
    assert not answer.pictures


def retina() -> bytes:
    from skimage import data

    return png(np.asarray(Image.fromarray(data.retina()).resize((500, 500), Image.Resampling.BOX)))


def test_what_was_asked_of_a_retina_and_not_read_is_said_first(assistant: Assistant) -> None:
    words = "58-year-old man with diabetes. Is this retina normal? Any diabetic retinopathy?"
    (answer,) = talk(assistant, (words, retina()))
    assert answer.reply == "Diabetic retinopathy: not read; no model here."
    gap = answer.not_answered[0]
    assert (gap.outcome, gap.reason + ".") == (Outcome.UNAVAILABLE, answer.reply)
    assert "--task diabetic-retinopathy" in gap.command
    assert {claim.tool for claim in answer.claims} == {"read_image"}
    shown = "".join(message["content"] for message in chat.answered(answer))
    assert shown.count("Diabetic retinopathy: not read") == 1
    assert "<b>Not answered</b>" in shown
    assert "--task diabetic-retinopathy" in shown


def test_a_retina_that_nobody_judges_is_not_called_normal_by_silence(assistant: Assistant) -> None:
    (answer,) = talk(assistant, ("Is this retina normal?", retina()))
    assert answer.reply.startswith("Whether this is normal: not read")


def test_where_the_reading_was_refused_the_refusal_comes_first_and_the_literature_last() -> None:
    note = "No model here reads this picture: it is grey. If it is breast ultrasound: no model for it is held here."
    refused = unavailable(note, "consilium packs pull breastmnist-224").model_copy(
        update={"tool": "read_image"}
    )
    given = TurnInput(turn=1, role=Role.CLINICIAN, question="Is this lump malignant?")
    turn = Turn(given, Context(), "a", "s", results={1: refused})
    assert said_first(turn) == note
    assert _rank(lookup(), 0, LOOKED_UP) > max(
        _rank(lookup(), 0, ""), _rank(lookup("read_image"), 5, LOOKED_UP)
    )


def lookup(tool: str = LOOKED_UP) -> Claim:
    source = Source(id="card:1", title="T", version="1", licence="CC BY 4.0", depth=Depth.ABSTRACT)
    return Claim(
        id="k1", text="x", evidence=(Evidence(source=source, quote="x"),), evidence_ids=("t1c1e1",),
        kind=Kind.LITERATURE, tool=tool,
    )  # fmt: skip


def test_of_a_reading_only_what_was_asked_by_name_is_a_gap_of_its_own() -> None:
    why = "the model is for children of 1 to 5 years, and the age is not known"
    base = talked(f"Not read: pneumonia ({why}); vessels (no net).")
    (gap,) = withheld("Is there pneumonia?", base)
    assert gap.reason.startswith("Pneumonia: not read; the model is for children")
    assert gap.outcome is Outcome.NOT_COVERED
    assert withheld("Look at this.", base) == ()


def talked(note: str) -> ToolResult:
    finding = Finding(statement="x", evidence=lookup().evidence, kind=Kind.COMPUTED)
    return found(finding, note=note).model_copy(update={"tool": "read_image"})
