"""What does not agree within a record: found and quoted in both places, and silent where nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answer import Role
from assistant.ask import Assistant
from assistant.models.forced import _arguments
from assistant.models.record_routes import record_asked, record_calls
from assistant.settings import Settings
from assistant.turn import TurnInput
from retrieval.evidence import Outcome
from retrieval.patient import Known, Origin, OriginKind, Patient
from tools.record import clashes
from tools.record.answer import about_record
from tools.registry import Context, call, tools

HEAD = "Woman aged 61, known for asthma. Takes amlodipine 5 mg once daily. Allergies: latex (rash). weight 70 kg."
WRONG = {
    "births": ("DOB: 1960-03-02. Letter of the clinic: born 2 March 1971.", ("1960-03-02", "2 March 1971")),
    "ages": ("61-year-old woman with a cough.\nThis 48 year old woman was seen again.", ("61", "48")),
    "sexes": ("61-year-old woman with a cough.\n61 year old male seen again.", ("woman", "male")),
    "man's organ": (f"{HEAD} Past surgery: prostatectomy in 2011.", ("Woman aged 61", "prostatectomy")),
    "woman's organ": ("Age 50, male. Had a hysterectomy in 2015.", ("male", "hysterectomy")),
    "pregnant man": ("40 yo M. 20 weeks pregnant.", ("40 yo M", "pregnant")),
    "stopped": (f"{HEAD} Note of May: amlodipine was stopped for swelling.", ("Takes amlodipine", "was stopped")),
    "no longer": ("DH: lithium 400 mg nightly. He no longer takes lithium.", ("DH: lithium", "no longer")),
    "allergy": ("Allergic to doxycycline. Prescribed: doxycycline, to be started today.", ("Allergic", "Prescribed")),
    "class": ("Allergy: penicillin (hives). Rx amoxicillin 500 mg tds.", ("penicillin", "amoxicillin")),
    "units": ("On admission: creatinine 1.1 mg/dL.\nSheet: creatinine 310 µmol/L.", ("1.1 mg/dL", "310 µmol/L")),
    "potassium": ("potassium 41 mmol/L.", ("potassium 41",)),
    "weight": ("Woman aged 61. weight 705 kg.", ("weight 705 kg",)),
    "height": ("height 1710 cm.", ("height 1710 cm",)),
}  # fmt: skip
RIGHT = (
    HEAD,
    "DOB 02/03/1960. Born on 2 March 1960.",
    "DOB 1960-03-02. Her son was born on 4 May 1990.",
    "61-year-old woman. Asthma since the age of 12. Mother died at 50 years old.",
    "60-year-old woman seen in spring. 61-year-old woman seen in autumn.",
    "58-year-old man. His wife is pregnant. Family history: mother had ovarian cancer.",
    "Woman aged 61. No prostate problem can be hers. Partner had a vasectomy.",
    "Trans woman, 61 years. Patient: woman. PSA of 1 ng/mL.",
    "Takes warfarin daily. Warfarin will be stopped before surgery.",
    "Takes warfarin daily. Warfarin was stopped and then restarted in May.",
    "Takes ramipril 5 mg daily. Smoking was stopped in 2010.",
    "No known allergies. Takes amoxicillin 500 mg tds.",
    "Codeine caused nausea once; this was not an allergy. Takes codeine 30 mg.",
    "Allergies: penicillin. Takes doxycycline 100 mg daily.",
    "creatinine 1.0 mg/dL. Sheet: creatinine 88 µmol/L.",
    "creatinine 1.1 mg/dL last year. creatinine 310 µmol/L today.",
    "sodium 135 mmol/L, urine sodium 27 mmol/L, urine creatinine 91 mg/dL.",
)
ASKED = (
    "Does anything in this record contradict itself?",
    "Check the chart for errors, please.",
    "Is there a discrepancy in this chart?",
    "Is this note consistent with the chart?",
    "Are there any inconsistencies in these notes?",
)
NOT_ASKED = (
    "Do trials of statins in diabetes contradict each other?",
    "How do I disclose an error to a family?",
    "Check his drugs for interactions.",
    "Which refractive errors are common in children?",
    "What is the rate of medication errors on surgical wards?",
    "Summarise the chart.",
)


@pytest.mark.parametrize("name", sorted(WRONG))
def test_two_places_that_do_not_agree_are_quoted(name: str) -> None:
    record, words = WRONG[name]
    found = clashes(record)
    assert len(found) == 1
    quotes = (found[0].first, found[0].second) if found[0].second else (found[0].first,)
    assert len(quotes) == len(words)
    assert all(quote in record and word in quote for quote, word in zip(quotes, words, strict=True))


@pytest.mark.parametrize("record", RIGHT)
def test_a_record_that_agrees_is_left_in_peace(record: str) -> None:
    assert clashes(record) == ()


def test_the_frames_sex_stands_for_a_record_that_tells_none() -> None:
    sex = Known[str](value="male", origin=Origin(kind=OriginKind.WORDS, where="60M"))
    result = call(
        "check_drugs", {"record": ["60M. Hysterectomy in 2015."]}, Context(patient=Patient(sex=sex))
    )
    assert [one.quote for one in result.findings[0].evidence] == ["60M", "Hysterectomy in 2015"]
    assert call("check_drugs", {"record": ["Hysterectomy in 2015."]}).outcome is Outcome.NOT_FOUND


def test_without_words_the_record_is_asked_for() -> None:
    assert call("check_drugs", {"record": [""]}).outcome is Outcome.NEEDS_INPUT


@pytest.mark.parametrize("question", ASKED)
def test_a_clinician_reaches_it_and_a_patient_does_not(question: str) -> None:
    given = TurnInput(turn=1, role=Role.CLINICIAN, question=question, told=(HEAD,))
    assert HEAD in record_calls(given)[0].inputs["record"]
    assert record_calls(given.model_copy(update={"role": Role.PATIENT})) == []


@pytest.mark.parametrize("question", NOT_ASKED)
def test_other_questions_go_elsewhere(question: str) -> None:
    assert not record_asked(question)


def test_the_answer_shows_both_places_with_evidence_of_what_was_told(tmp_path: Path) -> None:
    assistant = Assistant(Settings(data_dir=tmp_path))
    session = assistant.open(Role.CLINICIAN)
    assistant.tell(session, WRONG["stopped"][0])
    answer = assistant.ask(session, "Check the chart for errors, please.")
    assert [one.quote for one in answer.claims[0].evidence] == [
        "Takes amlodipine 5 mg once daily",
        "Note of May: amlodipine was stopped for swelling",
    ]
    assert answer.claims[0].text.startswith("These two do not agree: ")
    other = assistant.open(Role.CLINICIAN)
    assistant.tell(other, HEAD)
    clean = assistant.ask(other, "Check the chart for errors, please.")
    assert clean.claims == ()
    assert "No contradiction found" in clean.reply
    assistant.close()


def test_a_record_is_checked_alone_and_for_clinicians_only() -> None:
    record = [WRONG["stopped"][0]]
    assert call("check_drugs", {"record": record}).outcome is Outcome.FOUND
    assert call("check_drugs", {"record": record, "drugs": ["warfarin"]}).outcome is Outcome.BAD_INPUT
    assert call("check_drugs", {"record": record}, Context(role="patient")).outcome is Outcome.BAD_INPUT
    assert call("check_drugs", {"record": ["word " * 5000] * 2}).outcome is Outcome.BAD_INPUT


def test_a_record_makes_no_card_of_the_drug_panel_and_no_line_about_medicines(tmp_path: Path) -> None:
    assistant = Assistant(Settings(data_dir=tmp_path))
    session = assistant.open(Role.CLINICIAN)
    assistant.tell(session, WRONG["stopped"][0])
    assistant.ask(session, "Does anything in this record contradict itself?")
    held = assistant.last(session, "check_drugs")
    assert held is not None
    assert about_record(held)
    assert not about_record(call("check_drugs", {"drugs": ["warfarin", "fluconazole"]}))
    assert "Your medicines were checked" not in assistant.sheet(session, "patient.md").decode()
    assistant.close()


def test_small_models_are_not_offered_a_record_in_place_of_drugs() -> None:
    """One text would be filled with drug names, and "no contradiction" read as "no interaction"."""
    schema = tools()["check_drugs"].schema
    assert _arguments(schema["parameters"], []) == []
