"""In the chat: an eye, a chest and a cat, each answered rightly from the file to the sentence."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from assistant.answer import Answer, Role
from assistant.ask import Assistant
from assistant.joined import UNREAD, _does
from assistant.render import text
from assistant.settings import Settings
from imaging.generate import shipped
from retrieval.evidence import Outcome


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
    assert "4 years, as the patient's record says" in flat(told)
    assert not told.not_shown


def test_an_answer_of_no_sign_is_said_first_and_excludes_nothing(assistant: Assistant) -> None:
    (answer,) = talk(assistant, ("A 3-year-old girl with a cough. Anything on this X-ray?", chest("normal")))
    (call,) = answer.calls
    assert call.tool == "read_image"
    said = answer.reply or " ".join(claim.text for claim in answer.claims)
    assert "does not exclude disease" in said or "Unlike healthy pictures: distance" in said


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
