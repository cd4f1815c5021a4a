"""From words to the reading of a picture: which picture, what is wanted, what it is said to be."""

from __future__ import annotations

from typing import Any

import pytest

from assistant import frame
from assistant.answer import Attachment, Role
from assistant.models.router import route
from assistant.turn import Earlier, TurnInput
from retrieval.patient import Patient

IMAGE = Attachment(id="file1", name="eye.png", kind="image", path="x")
DICOM = Attachment(id="file2", name="chest.dcm", kind="dicom", path="x")
BOTH = ["findings", "vessels"]


def calls(question: str, *files: Attachment, role: Role = Role.CLINICIAN) -> list[tuple[str, dict[str, Any]]]:
    """The calls on the question that the files came with."""
    given = TurnInput(turn=1, role=role, question=question, attachments=files)
    return [(call.tool, call.inputs) for call in route(given, [])]


def later(
    question: str, found: str = "", before: str = "What does it show?"
) -> list[tuple[str, dict[str, Any]]]:
    """The calls on a later question, after a picture whose reading ended in ``found`` (or in a question back)."""
    findings = (("t1c0e1", found),) if found else ()
    patient = frame.with_images(Patient(), (IMAGE, DICOM))
    earlier = (Earlier(question=before, findings=findings),)
    given = TurnInput(turn=2, role=Role.CLINICIAN, question=question, patient=patient, earlier=earlier)
    return [(call.tool, call.inputs) for call in route(given, [])]


@pytest.mark.parametrize(
    ("question", "want"),
    [
        ("Anything on this?", BOTH),
        ("Is there pneumonia?", BOTH),
        ("What is this?", BOTH),
        ("Look at this and measure the vessels", BOTH),
        ("Show the vessels", ["vessels"]),
        ("Measure the vessels of this 60-year-old woman.", ["vessels"]),
        ("Enhance this picture", ["enhanced"]),
        ("Sharpen it please", ["enhanced"]),
        ("Improve the contrast", ["enhanced"]),
        ("Enhance it and draw the vessels", ["vessels", "enhanced"]),
        ("Is anything abnormal? Enhance it as well.", [*BOTH, "enhanced"]),
    ],
)
def test_what_is_wanted_is_in_the_words(question: str, want: list[str]) -> None:
    assert calls(question, IMAGE) == [("read_image", {"image": "file1", "want": want})]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("This is a chest X-ray. Is there pneumonia?", "chest_xray"),
        ("CXR of a 3-year-old, anything on it?", "chest_xray"),
        ("Please look at this fundus photograph.", "fundus"),
        ("A retinal photo: is it normal?", "fundus"),
        ("Breast ultrasound: benign or malignant?", "breast_ultrasound"),
        ("Is this lump on ultrasound of the left breast benign or malignant?", "breast_ultrasound"),
        ("Is this a chest X-ray?", None),
        ("Is there pneumonia?", None),
        ("Is there retinopathy?", None),
        ("Fundus photograph or chest X-ray?", None),
        ("Is there pneumonia on this chest X-ray?", "chest_xray"),
        ("Is there pneumonia on the chest X-ray?", "chest_xray"),
        ("Chest X-ray attached", "chest_xray"),
        ("I am attaching a fundus photograph. Is it normal?", "fundus"),
        ("Does this woman's chest X-ray look normal?", "chest_xray"),
        ("This is a chest X-ray of a 4 years old boy.", "chest_xray"),
        ("What does the chest X-ray show?", "chest_xray"),
        ("Attached is a chest X-ray of a 2-year-old boy with fever for three days.", "chest_xray"),
        ("Pneumonia on CXR?", "chest_xray"),
        ("Does chest X-ray help in pneumonia? Look at the picture.", None),
        ("No, it is a breast ultrasound.", "breast_ultrasound"),
        ("This is a chest X-ray of a 3-year-old with no fever, two days ago 39 degrees.", "chest_xray"),
    ],
)
def test_a_kind_is_stated_only_where_somebody_states_it(question: str, kind: str | None) -> None:
    ((tool, inputs), *_) = calls(question, IMAGE)
    assert tool == "read_image"
    assert inputs.get("kind") == kind


@pytest.mark.parametrize(
    "question",
    [
        "She had a breast ultrasound last year. What does this mammogram show?",
        "Mammogram attached, no breast ultrasound was done. Anything?",
        "His chest X-ray last year was normal. What does this picture show?",
        "Chest X-ray 2 years ago was normal. What does this picture show?",
        "The previous chest X-ray, normal. What does this picture show?",
        "No fundus photograph could be taken. What does this picture show?",
        "Does this patient need a chest X-ray? Look at the picture.",
        "The chest X-ray was normal. What does this show?",
        "Would a fundus photograph help? Look at this.",
        "This chest CT: is a chest X-ray needed as well?",
        "OCT and fundus photograph: is it normal?",
        "Her mother's chest X-ray: normal. What does this picture show?",
        "Is pneumonia seen on chest X-ray in most children? Look at this.",
        "See chest X-ray report: normal. What is this picture?",
    ],
)
def test_a_kind_that_is_only_mentioned_is_not_stated(question: str) -> None:
    ((tool, inputs), *_) = calls(question, IMAGE)
    assert tool == "read_image"
    assert "kind" not in inputs


def test_a_frame_is_taken_from_the_words_and_nothing_is_stated_of_several_pictures() -> None:
    assert calls("Read frame 2", DICOM)[0][1]["frame"] == 2
    both = calls("A chest X-ray and a fundus photograph", IMAGE, DICOM)
    assert [inputs["image"] for tool, inputs in both if tool == "read_image"] == ["file1", "file2"]
    assert all("kind" not in inputs for tool, inputs in both if tool == "read_image")


@pytest.mark.parametrize(
    "question",
    [
        "Is there pneumonia on this X-ray?",
        "Anything on this X-ray? The child is 3.",
        "Is this normal?",
        "Enhance this",
    ],
)
def test_what_the_picture_answers_is_not_looked_up(question: str) -> None:
    assert [tool for tool, _ in calls(question, IMAGE)] == ["read_image"]


def test_what_the_literature_answers_is_looked_up_as_well() -> None:
    asked = calls("Is there pneumonia? Does amoxicillin shorten it in children?", IMAGE)
    assert [tool for tool, _ in asked] == ["read_image", "search_literature"]


@pytest.mark.parametrize(
    ("reply", "stated"),
    [
        ("He is 4 years old.", {}),
        ("18 months", {}),
        ("It is a breast ultrasound.", {"kind": "breast_ultrasound"}),
        ("Frame 1", {"frame": 1}),
    ],
)
def test_what_the_last_reading_asked_for_reads_the_picture_again(reply: str, stated: dict[str, Any]) -> None:
    assert later(reply) == [("read_image", {"image": "file2", "want": BOTH, **stated})]


@pytest.mark.parametrize(
    ("question", "want"),
    [
        ("Enhance this picture.", ["enhanced"]),
        ("Show the vessels", ["vessels"]),
        ("What does this X-ray show?", BOTH),
    ],
)
def test_an_earlier_picture_is_read_again_when_the_words_ask(question: str, want: list[str]) -> None:
    assert later(question, found="something") == [("read_image", {"image": "file2", "want": want})]


@pytest.mark.parametrize(
    "question",
    [
        "Does tiotropium reduce COPD exacerbations?",
        "Is contrast-enhanced CT better than ultrasound?",
        "He is 4 years old. Which antibiotic is best for pneumonia in children, and for how long is it given?",
        "And vitamin D?",
    ],
)
def test_another_question_leaves_the_earlier_picture_alone(question: str) -> None:
    assert "read_image" not in [tool for tool, _ in later(question, found="something")]


def test_no_patient_reaches_the_tool() -> None:
    for question in ("Look at my eye", "Enhance this picture", "Is this a chest X-ray?"):
        assert "read_image" not in [tool for tool, _ in calls(question, IMAGE, role=Role.PATIENT)]
