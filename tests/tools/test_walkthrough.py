"""What a clinician stumbled over in a walk through the options: one test for each mend."""

from __future__ import annotations

import pytest

from assistant.frame import read
from retrieval.evidence import Outcome, ToolResult
from retrieval.patient import Patient
from tools.registry import Context, call

COMPLETE = " The lists are complete."


def options(who: str, indication: str, why_not: str = "") -> ToolResult:
    inputs = {"indication": indication} | ({"why_not": why_not} if why_not else {})
    return call("treatment_options", inputs, Context(patient=read(who, Patient())[0]))


def rows(result: ToolResult, title: str = "Options") -> list[dict[str, str]]:
    table = next(one for one in result.tables if one.title == title)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def said(result: ToolResult) -> list[str]:
    return [one.statement for one in result.findings]


def test_a_mechanical_valve_in_a_note_leaves_warfarin() -> None:
    who = "84-year-old woman, weight 48 kg, creatinine 1.7 mg/dL, mechanical heart valve, takes bisoprolol."
    result = options(who + COMPLETE, "af_anticoagulation")
    assert rows(result)[0]["option"] == "warfarin"
    assert {"apixaban", "dabigatran"} <= {row["option"] for row in rows(result, "Excluded and not meant")}


def test_penicillin_anaphylaxis_in_a_note_keeps_penicillins_out() -> None:
    who = "40-year-old man, penicillin anaphylaxis, CURB-65 0, QTc 400, potassium 4.2."
    result = options(who + COMPLETE, "community_pneumonia", "amoxicillin")
    assert any(one.startswith("Avoid: amoxicillin; allergy to penicillin") for one in said(result))
    out = [row["rule"] for row in rows(result, "Excluded and not meant") if row["rule"].startswith("allergy")]
    assert out
    assert not any("Avoid: it" in rule for rule in out)


def test_asthma_in_pregnancy_leaves_nifedipine_first_and_not_amlodipine() -> None:
    who = "31-year-old woman, 20 weeks pregnant, BP 158/102, asthma, potassium 4.0, eGFR 95."
    first = rows(options(who + COMPLETE, "hypertension"))[0]
    assert first["option"] == "labetalol or extended-release nifedipine in pregnancy"
    assert first["choose among"] == "nifedipine"
    assert first["against"] == "–"


def test_an_open_problem_list_does_not_put_amlodipine_first_in_pregnancy() -> None:
    who = "31-year-old woman, 20 weeks pregnant, BP 158/102, asthma."
    first = rows(options(who, "hypertension"))[0]
    assert first["option"] == "labetalol or extended-release nifedipine in pregnancy"


def test_why_not_a_drug_that_is_taken_speaks_of_going_on() -> None:
    who = "68-year-old man, HbA1c 8.4 %, eGFR 38, takes metformin."
    result = options(who + COMPLETE, "type_2_diabetes", "metformin")
    assert any("the patient already takes metformin" in one for one in said(result)[:4])
    assert any(one.startswith("As a drug already taken: Change: metformin") for one in said(result)[:4])
    new = options("68-year-old man, HbA1c 8.4 %, eGFR 38." + COMPLETE, "type_2_diabetes", "metformin")
    assert not any("already" in one for one in said(new)[:4])


def test_why_not_names_the_drug_that_was_asked() -> None:
    who = "70-year-old man, COPD, takes amiodarone, QTc 480, potassium 3.4, CURB-65 2."
    result = options(who + COMPLETE, "community_pneumonia", "levofloxacin")
    assert said(result)[0].startswith("Avoid: levofloxacin")
    assert not said(result)[1].startswith("Avoid: moxifloxacin")


def test_why_not_a_drug_means_the_option_of_that_drug_alone() -> None:
    result = options("25-year-old woman, asthma, not pregnant." + COMPLETE, "asthma_step", "salbutamol")
    assert said(result)[0].startswith("Avoid: albuterol")


def test_why_not_a_drug_of_the_same_line_says_where_it_scores_lower() -> None:
    who = "72-year-old woman, weight 68 kg, creatinine 1.5 mg/dL."
    result = options(who + COMPLETE, "af_anticoagulation", "dabigatran")
    assert "apixaban scores higher in safety (3 against 2)" in said(result)[0]


def test_what_holds_for_a_combination_is_said_once_and_costs_one_point() -> None:
    who = "28-year-old woman, not pregnant, not breastfeeding, weight 60 kg, creatinine 0.7 mg/dL."
    listed = rows(options(who + COMPLETE, "uncomplicated_cystitis"))
    row = next(one for one in listed if one["option"].startswith("trimethoprim with"))
    assert row["against"].count("Local resistance of E. coli is not on record") == 1


def test_a_child_hears_once_that_the_sources_do_not_speak_of_children() -> None:
    result = options("9-year-old boy with asthma", "asthma_step")
    assert result.outcome is Outcome.NOT_COVERED
    assert result.note.count("The sources do not speak of this patient") == 1


def test_a_doubtful_scope_stands_once_in_the_table() -> None:
    listed = rows(options("79-year-old woman, takes apixaban", "depression_acute"))
    assert len(listed) > 3
    assert sum("The sources may not speak of this patient" in row["against"] for row in listed) == 1


def test_for_whom_names_the_population_of_the_option_and_not_the_doubtful_scope() -> None:
    result = options("68-year-old man, 10-year risk 20 %", "lipids_primary_prevention")
    out = {row["option"]: row["rule"] for row in rows(result, "Excluded and not meant")}
    assert out["ezetimibe from 75 years"].startswith("for whom: ezetimibe from 75 years is not meant")


@pytest.mark.parametrize(
    ("who", "indication", "words"),
    [
        ("58-year-old man, takes linezolid", "depression_acute", "citalopram (interaction)"),
        (
            "34-year-old pregnant woman, LDL 150 mg/dL",
            "lipids_primary_prevention",
            "simvastatin or lovastatin",
        ),
    ],
)
def test_what_is_left_out_is_told_before_anything_is_open(who: str, indication: str, words: str) -> None:
    result = options(who, indication)
    assert result.outcome is Outcome.NEEDS_INPUT
    assert words in result.note.partition("To open them, tell")[0]
    assert "All 1 options" not in result.note
