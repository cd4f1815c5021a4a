"""The embedded planner: the same question, the same calls; each kind of input meets its tool."""

from __future__ import annotations

import pytest

from assistant.answer import Attachment, Role
from assistant.models.router import route
from assistant.turn import Earlier, TurnInput
from retrieval.patient import Known, Origin, OriginKind, Patient

IMAGE = Attachment(id="file1", name="eye.png", kind="image", path="x")
VCF = Attachment(id="file2", name="a.vcf", kind="vcf", path="x")
CONSUMER = Attachment(id="file4", name="genome.txt", kind="genotypes", path="x")
PDF = Attachment(id="file3", name="a.pdf", kind="pdf", path="x")


def called(question: str, *files: Attachment, role: Role = Role.CLINICIAN, earlier: str = "") -> list[str]:
    before = (Earlier(question=earlier),) if earlier else ()
    given = TurnInput(turn=1, role=role, question=question, attachments=files, earlier=before)
    return [call.tool for call in route(given, [])]


@pytest.mark.parametrize(
    ("question", "tools"),
    [
        ("Does tiotropium reduce COPD exacerbations?", ["search_literature"]),
        ("evidence for statins in CKD", ["search_literature"]),
        ("What is BRCA1 185delAG?", ["interpret_variant"]),
        ("NM_000059.4(BRCA2):c.5946delT", ["interpret_variant"]),
        ("rs6025", ["interpret_variant"]),
        ("p.Cys61Gly in BRCA1, pathogenic?", ["interpret_variant"]),
        ("17-43124027-ACT-A GRCh38", ["interpret_variant"]),
        ("BRCA1 c.68_69del: do PARP inhibitors help?", ["interpret_variant", "search_literature"]),
        ("CYP2C19 *2/*2 and clopidogrel?", ["pgx_guidance", "search_literature"]),
        ("This patient is CYP2C19 *2/*17 and gets a stent", ["pgx_guidance"]),
        ("He is a CYP2D6 poor metaboliser and has pain after surgery.", ["pgx_guidance"]),
        ("She fainted while running. How urgent is this?", ["triage"]),
        (
            "72M with AF. Is apixaban better than warfarin? Does it need dose reduction?",
            ["search_literature"] * 2,
        ),
    ],
)
def test_words_meet_their_tool(question: str, tools: list[str]) -> None:
    assert called(question) == tools


def test_files_meet_their_tool_by_content() -> None:
    assert called("Anything on this?", IMAGE) == ["read_image"]
    assert called("Is there retinopathy?", IMAGE) == ["read_image"]
    assert called("Interpret this", VCF) == ["screen_genome"]
    assert called("screen this VCF for epilepsy", VCF) == ["screen_genome"]
    assert called("Which drugs does this fit?", VCF)[0] == "pgx_guidance"
    assert called("What does it say?", CONSUMER)[0] == "pgx_guidance"
    assert called("Look at both", IMAGE, VCF)[:2] == ["read_image", "screen_genome"]
    assert called("Read this", PDF) == ["search_literature"]


def test_a_patient_reaches_no_image_tool_and_symptoms_are_triaged() -> None:
    assert "read_image" not in called("Look at my eye", IMAGE, role=Role.PATIENT)
    assert called("I have a sore throat and a fever", role=Role.PATIENT)[0] == "triage"


def test_a_situation_brings_up_its_drug() -> None:
    given = TurnInput(turn=1, role=Role.CLINICIAN, question="This patient is CYP2C19 *2/*17 and gets a stent")
    (call,) = route(given, [])
    assert call.inputs["drugs"] == ["clopidogrel"]


def test_a_follow_up_is_completed_by_the_question_before() -> None:
    given = TurnInput(
        turn=2, role=Role.CLINICIAN, question="And vitamin D?",
        earlier=(Earlier(question="Does tiotropium reduce COPD exacerbations?"),),
    )  # fmt: skip
    (call,) = route(given, [])
    assert "vitamin D" in call.inputs["question"]
    assert "COPD" in call.inputs["question"]


def test_a_story_goes_along_with_its_question() -> None:
    given = TurnInput(
        turn=1, role=Role.CLINICIAN, question="Her LDL is 5 with FH. What are the odds for her sons?"
    )
    (call,) = route(given, [])
    assert "FH" in call.inputs["question"]


def test_no_call_is_made_twice() -> None:
    given = TurnInput(turn=1, role=Role.CLINICIAN, question="What is BRCA1 185delAG?")
    first = route(given, [])
    assert route(given, [], first) == ()


def test_a_calculator_answers_its_sentence_and_the_rest_is_looked_up() -> None:
    words = "72M with AF and hypertension. Calculate his CHA2DS2-VASc. Is apixaban better than warfarin?"
    given = TurnInput(turn=1, role=Role.CLINICIAN, question=words)
    computed, looked_up = route(given, [])
    assert computed.tool == "calculate"
    assert computed.inputs["name"] == "cha2ds2_vasc"
    assert computed.inputs["inputs"]["age"] == {"value": 72.0, "unit": "years"}
    assert computed.inputs["inputs"]["hypertension"] == {"value": True}
    assert looked_up.inputs == {"question": "72M with AF and hypertension. Is apixaban better than warfarin?"}


@pytest.mark.parametrize(
    ("question", "tools"),
    [
        ("What is her eGFR? 72-year-old woman, creatinine 1.8 mg/dL.", ["calculate"]),
        ("What is her eGFR and should metformin be stopped?", ["calculate", "search_literature"]),
        ("Calculate CHA2DS2-VASc and HAS-BLED.", ["calculate", "calculate"]),
        ("Does a low eGFR raise the risk of contrast nephropathy?", ["search_literature"]),
        ("What is a MELD score?", ["search_literature"]),
    ],
)
def test_calculators_are_called_when_they_are_asked_for(question: str, tools: list[str]) -> None:
    assert called(question) == tools


def test_a_patient_reaches_no_calculator() -> None:
    assert "calculate" not in called("Calculate my BMI: 80 kg, 175 cm", role=Role.PATIENT)


def test_an_answer_to_what_was_missing_computes_again_and_the_record_goes_before_earlier_words() -> None:
    asked = "CrCl for a 72-year-old woman, 60 kg, with creatinine 1.8 mg/dL?"
    edited = Origin(kind=OriginKind.EDITED, where="66")
    patient = Patient(weight=Known[float](value=66.0, unit="kg", origin=edited))
    given = TurnInput(
        turn=2, role=Role.CLINICIAN, question="Use the actual weight.", patient=patient,
        earlier=(Earlier(question=asked),),
    )  # fmt: skip
    (call,) = route(given, [])
    assert call.inputs["name"] == "cockcroft_gault"
    assert set(call.inputs["inputs"]) == {"age", "sex", "creatinine", "weight_kind"}
    assert called("And in heart failure?", earlier=asked) == ["search_literature"]


@pytest.mark.parametrize(
    ("question", "tools"),
    [
        ("Is this breast lump malignant?", ["read_image"]),
        ("Could this be cancer?", ["read_image"]),
        ("A man with diabetes. Is this retina normal? Any diabetic retinopathy?", ["read_image"]),
        ("Any trial of laser in diabetic retinopathy?", ["read_image", "search_literature"]),
        ("Is this drug known to cause cataract in children?", ["read_image", "search_literature"]),
    ],
)
def test_papers_are_not_asked_what_only_the_attached_picture_can_show(
    question: str, tools: list[str]
) -> None:
    assert called(question, IMAGE) == tools


def test_without_a_picture_the_same_words_are_looked_up() -> None:
    assert called("Is this breast lump malignant?") == ["search_literature"]
