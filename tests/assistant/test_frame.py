"""The patient frame from words: only what is stated plainly, each value with the words that it was read from."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.frame import edit, read
from retrieval.patient import Patient


def told(text: str) -> Patient:
    return read(text, Patient())[0]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("A 58-year-old woman with diabetes", "age_years", 58),
        ("I'm 34", "age_years", 34),
        ("a woman of 38 asks", "age_years", 38),
        ("A 58-year-old woman with diabetes", "sex", "female"),
        ("72M with AF", "sex", "male"),
        ("she is 20 weeks pregnant", "weeks_pregnant", 20),
        ("she is not pregnant", "pregnant", False),
        ("weighs 81 kg", "weight", 81),
    ],
)
def test_what_is_stated_is_read(text: str, field: str, value: object) -> None:
    known = getattr(told(text), field)
    assert known is not None
    assert known.value == value
    assert known.origin.where in text


@pytest.mark.parametrize(
    ("text", "name", "value", "unit"),
    [
        ("eGFR 34", "eGFR", 34, "mL/min/1.73 m²"),
        ("HbA1c of 7.9 %", "HbA1c", 7.9, "%"),
        ("HbA1c 63 mmol/mol", "HbA1c", 63, "mmol/mol"),
        ("LDL-C 4.9 mmol/L", "LDL cholesterol", 4.9, "mmol/L"),
        ("potassium 5.6 mmol/L", "potassium", 5.6, "mmol/L"),
    ],
)
def test_labs_come_with_their_unit(text: str, name: str, value: float, unit: str) -> None:
    lab = told(text).labs[name]
    assert (lab.value, lab.unit) == (value, unit)


@pytest.mark.parametrize("text", ["HbA1c 8", "LDL 130", "eGFR 900", "temperature 200"])
def test_a_value_that_can_be_read_two_ways_is_left_out(text: str) -> None:
    assert told(text).labs == {}


def test_drugs_are_those_that_are_taken_not_those_that_are_asked_about() -> None:
    patient = told("She takes warfarin and metformin. Can she take ibuprofen?")
    assert patient.drugs.values == ("warfarin", "metformin")
    assert not patient.drugs.complete


def test_an_allergy_is_no_drug_that_is_taken() -> None:
    patient = told("He is allergic to penicillin and takes ramipril")
    assert patient.allergies.values == ("penicillin",)
    assert patient.drugs.values == ("ramipril",)
    assert told("No known drug allergies").allergies.complete


def test_genotypes_are_read() -> None:
    assert told("CYP2C19 *2/*17 and a stent").genotypes.values == ("CYP2C19 *2/*17",)


def test_a_newer_statement_replaces_an_older_one_and_lists_grow() -> None:
    patient, _ = read("A 58-year-old man takes warfarin", Patient())
    patient, changes = read("He is 59 and takes digoxin", patient)
    assert patient.age_years is not None
    assert patient.age_years.value == 59
    assert patient.drugs.values == ("warfarin", "digoxin")
    assert changes == ("age: 59 years", "drugs: digoxin")


def test_the_same_statement_again_changes_nothing() -> None:
    patient, _ = read("A 58-year-old man takes warfarin", Patient())
    assert read("This 58-year-old man, on warfarin", patient)[1] == ()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("age_years", "abc", "not a number"),
        ("age_years", "200", "outside"),
        ("sex", "x", "female or male"),
        ("pregnant", "maybe", "yes or no"),
        ("nonsense", "1", "The fields are"),
    ],
)
def test_a_wrong_edit_names_the_mend(field: str, value: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        edit(Patient(), field, value)


def test_an_empty_edit_makes_a_value_unknown_and_none_completes_a_list() -> None:
    patient = edit(edit(Patient(), "age_years", "50"), "age_years", "")
    assert patient.age_years is None
    assert edit(patient, "drugs", "none").drugs.complete


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_gives_a_frame(text: str) -> None:
    patient, _ = read(text, Patient())
    assert isinstance(patient, Patient)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "A 58-year-old woman with type 2 diabetes and heart failure takes metformin",
            ("type 2 diabetes", "heart failure"),
        ),
        ("72M with AF. Is apixaban better than warfarin?", ("atrial fibrillation",)),
        ("Does tiotropium reduce COPD exacerbations?", ()),
        ("A man with no diabetes", ()),
        ("What is cystic fibrosis?", ()),
    ],
)
def test_problems_are_those_that_the_person_has(text: str, problems: tuple[str, ...]) -> None:
    assert told(text).problems.values == problems


@pytest.mark.parametrize(
    ("text", "name", "value", "unit"),
    [
        ("creatinine 1.5 mg/dL", "creatinine", 1.5, "mg/dL"),
        ("Creatinine 130", "creatinine", 130, "µmol/L"),
        ("CrCl is 28 mL/min", "creatinine clearance", 28, "mL/min"),
        ("K 5.6, Na 138", "potassium", 5.6, "mmol/L"),
        ("QTc 462 ms", "QTc", 462, "ms"),
        ("Mg 0.8 mmol/L", "magnesium", 0.8, "mmol/L"),
        ("calcium 9.1 mg/dL", "calcium", 9.1, "mg/dL"),
        ("digoxin level 0.7 ng/mL", "digoxin level", 0.7, "ng/mL"),
        ("INR of 2.4", "INR", 2.4, ""),
        ("an ejection fraction of 30 %", "LVEF", 30, "%"),
        ("CHA2DS2-VASc 4", "CHA2DS2-VASc", 4, ""),
        ("uric acid 9.2 mg/dL", "urate", 9.2, "mg/dL"),
    ],
)
def test_the_values_that_treatment_rules_ask_are_read(text: str, name: str, value: float, unit: str) -> None:
    lab = told(text).labs[name]
    assert (lab.value, lab.unit) == (value, unit)


@pytest.mark.parametrize(
    "text",
    [
        "target INR 2.5",
        "eGFR below 30",
        "eGFR 30-45",
        "creatinine 22",
        "calcium 2.4",
        "glucose 7",
        "baseline eGFR 60",
    ],
)
def test_a_target_a_limit_a_range_or_a_doubtful_unit_is_no_value(text: str) -> None:
    assert told(text).labs == {}


def test_brands_long_names_and_doses_are_read() -> None:
    patient = told("She takes Eliquis 5 mg twice daily, St John's wort and diclofenac gel")
    assert patient.drugs.values == ("eliquis 5 mg twice daily", "st john's wort", "diclofenac")


def test_a_dose_told_later_is_added_to_the_entry() -> None:
    patient, _ = read("He takes metformin", Patient())
    patient, _ = read("he takes metformin 500 mg twice daily", patient)
    assert patient.drugs.values == ("metformin 500 mg twice daily",)
    patient, _ = read("he takes metformin", patient)
    assert patient.drugs.values == ("metformin 500 mg twice daily",)


def test_problems_in_short_form_are_read_once() -> None:
    patient = told("72M with AF, CKD with albuminuria and no asthma")
    assert patient.problems.values == ("atrial fibrillation", "chronic kidney disease", "albuminuria")


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("The lists are complete.", {"drugs", "problems", "allergies"}),
        ("No other drugs.", {"drugs"}),
        ("He takes nothing else", {"drugs"}),
        ("otherwise healthy", {"problems"}),
        ("No known allergies", {"allergies"}),
        ("Is the list complete?", set()),
    ],
)
def test_a_list_is_complete_only_when_somebody_says_so(text: str, ended: set[str]) -> None:
    patient = told(text)
    assert {name for name in ("drugs", "problems", "allergies") if getattr(patient, name).complete} == ended


def test_an_allergy_keeps_its_reaction() -> None:
    assert told("allergic to penicillin (hives) and takes ramipril").allergies.values == (
        "penicillin (hives)",
    )


def test_breastfeeding_is_read() -> None:
    fed = told("she is breastfeeding")
    assert fed.breastfeeding is not None
    assert fed.breastfeeding.value
    assert told("studies in breastfeeding women").breastfeeding is None


def test_lists_and_values_can_be_edited() -> None:
    patient = edit(Patient(), "drugs", "warfarin, digoxin (complete)")
    assert patient.drugs.values == ("warfarin", "digoxin")
    assert patient.drugs.complete
    assert edit(patient, "lists_complete", "yes").problems.complete
    assert edit(patient, "creatinine", "1.4").labs["creatinine"].unit == "mg/dL"
    assert edit(patient, "height", "175").vitals["height"].value == 175
    with pytest.raises(ValueError, match="outside"):
        edit(patient, "potassium", "55")
