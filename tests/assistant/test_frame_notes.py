"""The frame from a note in short form: what stands between commas is not lost, and what is measured is no disease."""

from __future__ import annotations

import time

import pytest

from assistant.frame import read
from retrieval.patient import Patient


def told(text: str) -> Patient:
    return read(text, Patient())[0]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("84F, heart failure, mechanical heart valve, on bisoprolol", ("heart failure", "mechanical heart valve")),
        ("31-year-old woman, 20 weeks pregnant, asthma.", ("asthma",)),
        ("AF, CKD, kidney stones since 2010", ("atrial fibrillation", "chronic kidney disease", "kidney stones")),
        ("72F AF, CKD", ("atrial fibrillation", "chronic kidney disease")),
        ("no known allergies, COPD", ("COPD",)),
        ("no asthma, gout or COPD, hypertension", ("hypertension",)),
        ("60-year-old man, sleep apnoea: what are the options for pain?", ("sleep apnea",)),
        ("severe asthma, mild liver impairment", ("asthma", "severe asthma", "mild liver impairment")),
        ("66-year-old man, angioedema on lisinopril", ("angioedema",)),
    ],
)  # fmt: skip
def test_a_condition_between_commas_is_read(text: str, problems: tuple[str, ...]) -> None:
    patient = told(text)
    assert patient.problems.values == problems
    assert all(item.origin.where in text for item in patient.problems.items)


@pytest.mark.parametrize(
    "text",
    [
        "What are the options for hypertension, asthma?",
        "Does tiotropium reduce COPD exacerbations? asthma, gout",
        "40-year-old man, her mother had asthma, gout",
        "40-year-old man, denies asthma, gout",
        "72-year-old woman, possible asthma",
    ],
)
def test_what_is_asked_denied_suspected_or_of_the_family_is_not(text: str) -> None:
    assert told(text).problems.values == ()


def test_a_measurement_or_a_sign_is_no_disease() -> None:
    measured = "72-year-old man with BP 118/70, BMI 22, ejection fraction 60 % and LDL 150 mg/dL"
    assert told(measured).problems.values == ()
    assert told("70-year-old woman, dysphagia, weight loss").problems.values == ("dysphagia", "weight loss")
    assert told("66-year-old man with diabetes").problems.values == ("diabetes",)
    assert told("66-year-old man with type 2 diabetes").problems.values == ("type 2 diabetes",)


@pytest.mark.parametrize(
    ("text", "allergies"),
    [
        ("70-year-old man, penicillin anaphylaxis, COPD", ("penicillin (anaphylaxis)",)),
        ("76-year-old woman, sulfa allergy, CrCl 25", ("sulfa",)),
        ("anaphylaxis to amoxicillin-clavulanate", ("amoxicillin-clavulanate (anaphylaxis)",)),
        ("She has a rash on amoxicillin and takes warfarin", ("amoxicillin (rash)",)),
        ("penicillin allergy with anaphylaxis in 2010", ("penicillin",)),
        ("No penicillin allergy", ()),
        ("Which cephalosporin in patients with penicillin allergy?", ()),
        ("The pollen allergy is bad", ()),
    ],
)
def test_an_allergy_is_read_in_short_form(text: str, allergies: tuple[str, ...]) -> None:
    assert told(text).allergies.values == allergies


@pytest.mark.parametrize("text", ["Allergic to nothing.", "allergies: none", "NKDA"])
def test_no_allergies_is_a_statement(text: str) -> None:
    assert told(text).allergies.values == ()
    assert told(text).allergies.complete


def test_the_drug_of_a_reaction_is_not_taken_but_the_next_one_is() -> None:
    assert told("She has a rash on amoxicillin and takes warfarin").drugs.values == ("warfarin",)
    assert told("a woman with penicillin allergy").drugs.values == ()


def test_a_combination_written_with_a_slash_is_read() -> None:
    assert told("takes budesonide/formoterol").drugs.values == ("budesonide/formoterol",)


@pytest.mark.parametrize(
    "part", ["no a, ", "rash on ", "ab-/", "x allergy ", "penicillin ", "with,", "history of "]
)
def test_a_long_text_is_read_in_time(part: str) -> None:
    begun = time.process_time()
    read(part * (20_000 // len(part)), Patient())
    assert time.process_time() - begun < 5


def test_a_drug_between_commas_is_taken_unless_it_is_asked_or_an_allergy() -> None:
    assert told("72F, AF, amiodarone 200 mg daily, ibuprofen, 68 kg.").drugs.values == (
        "amiodarone 200 mg daily",
        "ibuprofen",
    )
    assert told("72F, AF, amiodarone, ibuprofen: what are the options?").drugs.values == (
        "amiodarone",
        "ibuprofen",
    )
    assert told("72-year-old man, apixaban, warfarin, which is better?").drugs.values == ()
    assert told("40-year-old man, allergic to penicillin, ibuprofen.").drugs.values == ()
    assert told("Compare metformin, glipizide").drugs.values == ()
    assert told("40-year-old man, no aspirin, ibuprofen or naproxen").drugs.values == ()
