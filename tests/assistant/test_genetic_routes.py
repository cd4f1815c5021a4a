"""Which genetic tool a question reaches, and with which words, by the rules alone."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answer import Attachment, Role
from assistant.models.genetic_routes import genetic_calls
from assistant.turn import TurnInput


def calls(question: str, kind: str = "", role: str = "clinician") -> dict[str, dict[str, Any]]:
    files = (Attachment(id="a1", kind=kind, name="made", path="made"),) if kind else ()
    given = TurnInput(turn=1, question=question, role=Role(role), attachments=files)
    return {call.tool: call.inputs for call in genetic_calls(given)}


@pytest.mark.parametrize(
    ("question", "drug"),
    [
        ("DPYD c.1905+1G>A heterozygous, about to start capecitabine", "capecitabine"),
        ("DPYD c.1905+1G>A found, capecitabine planned", "capecitabine"),
        ("Is G6PD deficient: can he have rasburicase?", "rasburicase"),
        ("RYR1 c.1840C>T heterozygous, needs sevoflurane", "sevoflurane"),
    ],
)
def test_a_pharmacogene_named_by_its_variant_reaches_the_guidance_first(question: str, drug: str) -> None:
    told = calls(question)
    assert next(iter(told)) == "pgx_guidance"
    assert told["pgx_guidance"]["drugs"] == [drug]


def test_a_variant_without_a_drug_stays_a_question_on_the_variant() -> None:
    assert set(calls("What is DPYD c.1905+1G>A?")) == {"interpret_variant"}
    assert set(calls("BRCA1 c.68_69del, she takes codeine")) == {"interpret_variant"}


def test_a_patient_is_told_that_guidance_exists() -> None:
    assert "pgx_guidance" in calls("I am CYP2C19 *2/*17 and take clopidogrel", role="patient")


def test_samples_build_and_genes_of_a_file_are_read_out_of_the_words() -> None:
    asked = calls("screen for CFTR on hg38: child is sample 2, mother sample 1, father is sample 3", "vcf")
    inputs = asked["screen_genome"]
    assert (inputs["sample"], inputs["mother"], inputs["father"]) == (2, 1, 3)
    assert inputs["build"] == "GRCh38"
    assert inputs["genes"] == ["CFTR"]
    assert calls("clopidogrel, the file is GRCh37", "vcf")["pgx_guidance"]["build"] == "GRCh37"
    assert "build" not in calls("clopidogrel, GRCh37 or GRCh38?", "vcf")["pgx_guidance"]
    assert "sample" not in calls("screen this: a 34-year-old mother of 2", "vcf")["screen_genome"]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("screen with secondary findings, the person consents", True),
        ("screen with secondary findings; she has given consent", True),
        ("screen with secondary findings", False),
        ("secondary findings? the person does not consent", False),
        ("secondary findings without consent", False),
        ("secondary findings: she hasn't consented", False),
        ("secondary findings, if she consents", False),
        ("the person consents to the screen", False),
    ],
)
def test_secondary_findings_need_the_word_and_the_consent(question: str, asked: bool) -> None:
    assert calls(question, "vcf")["screen_genome"].get("secondary_findings", False) is asked
