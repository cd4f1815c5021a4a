"""Options, "why not?" and handover out of words; literature questions stay with the literature."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answer import Role
from assistant.models.router import route
from assistant.models.treatment_routes import handover_asked
from assistant.turn import Earlier, TurnInput
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient

HERE = Origin(kind=OriginKind.WORDS, where="test")


def listed(*names: str) -> Listed:
    return Listed(items=tuple(Known[str](value=name, origin=HERE) for name in names))


def calls(
    question: str, *earlier: str, patient: Patient | None = None, role: Role = Role.CLINICIAN
) -> dict[str, dict[str, Any]]:
    before = tuple(Earlier(question=one) for one in earlier)
    given = TurnInput(turn=1, role=role, question=question, patient=patient or Patient(), earlier=before)
    return {call.tool: dict(call.inputs) for call in route(given, [])}


@pytest.mark.parametrize(
    ("question", "indication"),
    [
        ("72-year-old with AF on amiodarone: what are the anticoagulation options?", "af_anticoagulation"),
        ("What can I give a 55-year-old with gout?", "gout_urate_lowering"),
        ("How should I treat type 2 diabetes in a man of 60 with heart failure?", "type_2_diabetes"),
        ("Which antidepressant for major depression in a woman of 30?", "depression_acute"),
        ("First-line treatment for high blood pressure in a 50-year-old", "hypertension"),
        ("Treatment options for uncomplicated cystitis, allergic to sulfa", "uncomplicated_cystitis"),
        ("What should we start for HFrEF with an EF of 30 %?", "heart_failure_reduced_ef"),
    ],
)
def test_an_options_question_meets_its_indication(question: str, indication: str) -> None:
    assert calls(question)["treatment_options"]["indication"] == indication


@pytest.mark.parametrize(
    "question",
    [
        "Does empagliflozin lower hospital admissions for heart failure in type 2 diabetes?",
        "72M with AF. Is apixaban better than warfarin?",
        "What is the evidence for statins in primary prevention?",
        "Compare SGLT2 inhibitors versus DPP-4 inhibitors in type 2 diabetes trials",
        "What are the options for a tree with rust?",
        "Why is the sky blue?",
    ],
)
def test_other_questions_do_not(question: str) -> None:
    assert "treatment_options" not in calls(question)


def test_why_not_goes_back_to_the_indication_of_before() -> None:
    first = "72-year-old with AF: what are the anticoagulation options?"
    made = calls("Why not dabigatran?", first)["treatment_options"]
    assert made == {"indication": "af_anticoagulation", "why_not": "dabigatran"}
    assert "treatment_options" not in calls("Why not dabigatran?")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("Why not just use warfarin?", "warfarin"),
        ("why is warfarin excluded?", "warfarin"),
        ("What about edoxaban?", "edoxaban"),
        ("Why isn't rivaroxaban first?", "rivaroxaban"),
        ("why can't we give aspirin instead", "aspirin"),
    ],
)
def test_why_not_in_many_words(words: str, what: str) -> None:
    assert calls(words, "AF: what are the anticoagulation options?")["treatment_options"]["why_not"] == what


def test_a_turn_that_only_adds_asks_again() -> None:
    first = "72-year-old with AF: what are the anticoagulation options?"
    assert calls("The lists are complete.", first)["treatment_options"] == {
        "indication": "af_anticoagulation"
    }
    assert "treatment_options" in calls("Her creatinine is 1.5 mg/dL.", first)
    assert "treatment_options" not in calls("Thanks, goodbye", first)


def test_weights_out_of_words() -> None:
    made = calls("Options for high blood pressure: cost matters most, burden does not matter.")
    assert made["treatment_options"]["weights"] == {"efficacy": 1, "safety": 1, "burden": 0, "cost": 4}


def test_the_drugs_of_the_record_are_checked_beside_the_options() -> None:
    patient = Patient(drugs=listed("simvastatin", "amiodarone"))
    assert calls("AF: what are the anticoagulation options?", patient=patient)["check_drugs"] == {}
    assert "check_drugs" not in calls("AF: what are the anticoagulation options?")


def test_the_problem_list_tells_what_is_to_be_treated() -> None:
    patient = Patient(problems=listed("atrial fibrillation"))
    assert (
        calls("What are her options?", patient=patient)["treatment_options"]["indication"]
        == "af_anticoagulation"
    )


def test_a_patient_gets_no_ranking() -> None:
    made = calls("AF: what are the anticoagulation options?", role=Role.PATIENT)
    assert "treatment_options" not in made


def test_the_sheets_are_asked_of_the_page() -> None:
    assert handover_asked("Now the handover sheets, please")
    assert not handover_asked(
        "What do trials of handover tools show in hospital wards and how large were they?"
    )
    assert calls("Now the handover sheets, please", "AF: what are the options?") == {}


@pytest.mark.parametrize(
    ("question", "inputs"),
    [
        (
            "What does the label of metformin say about lactic acidosis?",
            {"drug": "metformin", "question": "lactic acidosis"},
        ),
        ("what does the warfarin label say about pregnancy", {"drug": "warfarin", "question": "pregnancy"}),
        ("Show the prescribing information for apixaban", {"drug": "apixaban", "section": "indications"}),
    ],
)
def test_a_question_to_the_label_reads_the_label(question: str, inputs: dict[str, str]) -> None:
    assert calls(question) == {"drug_label": inputs}


def test_a_purpose_is_no_question_to_the_literature() -> None:
    asked = calls("48-year-old man with gout, takes azathioprine. What can I give to lower urate?")
    assert asked["treatment_options"]["indication"] == "gout_urate_lowering"
    assert "treatment_options" not in calls("Which drug lowers urate best in gout?")
