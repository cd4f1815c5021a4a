"""The embedded planner: the same question, the same calls; each kind of input meets its tool."""

from __future__ import annotations

import pytest

from assistant.answer import Attachment, Role
from assistant.models.router import route
from assistant.turn import Earlier, TurnInput

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
