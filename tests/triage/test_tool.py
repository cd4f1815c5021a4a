"""The registered tool: one test for each outcome, and what a model sees of it."""

import inspect
import json
from typing import Any

import pytest

from retrieval.evidence import Kind, Outcome
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.registry import Context, _registered
from tools.triage import tool as triage_tool
from tools.triage.lexicon import KnowledgeError
from tools.triage.tool import triage

HERE = Context(role="patient", country="GB")
WARD = Context(role="clinician", country="GB")
SICK = {"HR": 118, "RR": 26, "SpO2": 90, "T": 38.9, "SBP": 98, "alertness": "A", "on_oxygen": "air"}


def test_found() -> None:
    result = triage("my face is drooping", HERE)
    assert result.outcome is Outcome.FOUND
    assert "Level: emergency. Call 999 or 112 now." in result.note
    assert result.findings[0].evidence[0].source.id == "rule:stroke_signs"


def test_not_found_is_not_called_safe() -> None:
    result = triage("which shampoo helps with dandruff?", HERE)
    assert result.outcome is Outcome.NOT_FOUND
    assert "not a finding of safety" in result.note


@pytest.mark.parametrize(
    "text", ["가슴이 아파요", "my dog ate chocolate", "what is the weather forecast for paris"]
)
def test_not_covered(text: str) -> None:
    assert triage(text, HERE).outcome is Outcome.NOT_COVERED


def test_needs_input_names_the_question() -> None:
    result = triage("Is crushing chest pain dangerous?", HERE)
    assert result.outcome is Outcome.NEEDS_INPUT
    assert result.missing == ("Do you have this now?",)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"text": " "}, "text is empty"),
        ({"text": "a" * 50_001}, "the limit is 50000"),
        ({"text": "a", "age_years": 200}, "age_years"),
        ({"text": "a", "age_days": -1}, "age_days"),
        ({"text": "a", "age_years": 1, "age_days": 300}, "not both"),
        ({"text": "a", "weeks": 60}, "weeks"),
        ({"text": "a", "vitals": {"alertness": "X"}}, "alertness"),
        ({"text": "a", "vitals": {"glucose": "54 mg"}}, "glucose"),
        ({"text": "a", "vitals": {"SpO2": 180}}, "SpO2"),
        ({"text": "a", "vitals": {"aura": 1}}, "aura is not known"),
        ({"text": "a", "vitals": {"HR": float("nan")}}, "HR"),
    ],
)
def test_bad_input_names_the_field(arguments: dict[str, Any], named: str) -> None:
    result = triage(context=HERE, **arguments)
    assert result.outcome is Outcome.BAD_INPUT
    assert named in result.note


def test_too_long_a_text_still_shows_the_emergency_line() -> None:
    assert "999 or 112" in triage("a" * 50_001, HERE).note


def test_unavailable_fails_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KnowledgeError("heart.yaml, rule made_up: no")

    monkeypatch.setattr(triage_tool, "assess", broken)
    result = triage("chest pain", HERE)
    assert result.outcome is Outcome.UNAVAILABLE
    assert result.command == "python -m tools.triage.check"
    assert "heart.yaml, rule made_up" in result.note


def test_the_sessions_chart_is_used() -> None:
    origin = Origin(kind=OriginKind.CHART, where="medications")
    chart = Patient(drugs=Listed(items=(Known(value="apixaban", origin=origin),)))
    result = triage("I bumped my head", Context(patient=chart))
    assert "rule:head_injury_on_blood_thinner" in {
        finding.evidence[0].source.id for finding in result.findings
    }


def test_what_a_model_sees_is_small() -> None:
    entry = _registered["triage"]
    assert entry.roles == ("clinician", "patient")
    assert len(json.dumps(entry.schema)) // 4 < 450
    assert "context" not in entry.inputs.model_fields
    assert len(inspect.getsource(triage).splitlines()) <= 36


def test_needs_input_names_the_must_ask_questions_and_holds_the_same_day_until_then() -> None:
    result = triage("headache since this morning", WARD, age_years=34, sex="female")
    assert result.outcome is Outcome.NEEDS_INPUT
    assert "stiff neck" in result.missing[0]
    assert "Level: same_day until the questions are answered." in result.note


def test_a_clinician_sees_level_action_questions_and_safety_net_in_a_table() -> None:
    rows = {row[0]: row[1] for row in triage("my face is drooping", WARD).tables[0].rows}
    assert rows["level"] == "emergency"
    assert rows["first_action"] == "Call 999 or 112 now."
    assert "call 999 or 112 again" in rows["safety_net"]
    assert triage("my face is drooping", HERE).tables == ()


def test_the_note_tells_a_patient_what_to_do_and_a_clinician_how_soon() -> None:
    assert triage("my face is drooping", WARD).note == "Level: emergency."
    assert "Call 999 or 112 now." in triage("my face is drooping", HERE).note


def test_a_finding_carries_the_rules_source_and_the_persons_own_words() -> None:
    text = "all morning my face is drooping"
    first = triage(text, WARD).findings[0]
    own = [one for one in first.evidence if one.source.id == "chart:words"]
    assert own
    assert all(one.quote in text for one in own)
    given = triage("feeling odd", WARD, age_years=40, vitals={"SpO2": 88}).findings[0]
    assert ("computed:triage:given", "SpO2 88") in {(one.source.id, one.quote) for one in given.evidence}


def test_news2_is_a_computed_finding_for_the_clinician_alone() -> None:
    result = triage("short of breath with a cough", WARD, age_years=62, vitals=SICK)
    score = result.findings[-1]
    assert score.kind is Kind.COMPUTED
    assert score.statement.startswith("NEWS2 11: emergency response")
    assert "Royal College of Physicians" in score.certainty
    assert result.tables[-1].rows[-1] == ("sum", "emergency response", "11")
    assert all(
        "NEWS2" not in one.statement for one in triage("cough", HERE, age_years=62, vitals=SICK).findings
    )


def test_a_score_that_asks_for_more_than_the_rules_is_found_and_said_first() -> None:
    vitals = {"HR": 112, "RR": 22, "SBP": 105, "T": 36.9}
    result = triage("checked on the round", WARD, age_years=70, vitals=vitals)
    assert result.outcome is Outcome.FOUND
    assert result.note.startswith(
        "No red-flag rule fired; the score alone asks for this. NEWS2 at least 5: urgent review"
    )


@pytest.mark.parametrize(
    ("extra", "why"), [({"age_years": 9}, "under 16"), ({"age_years": 30, "weeks": 30}, "pregnancy")]
)
def test_news2_is_refused_with_the_reason(extra: dict[str, Any], why: str) -> None:
    result = triage("short of breath", WARD, vitals=SICK, **extra)
    assert (
        f"NEWS2 is not for {'people under 16' if why == 'under 16' else 'use in pregnancy'}." in result.note
    )
    assert all(one.kind is not Kind.COMPUTED for one in result.findings)


def test_given_drugs_problems_weeks_and_alertness_are_read_as_facts() -> None:
    def rules(text: str, **given: Any) -> set[str]:
        return {one.names[0] for one in triage(text, WARD, **given).findings}

    assert "head_injury_on_blood_thinner" in rules("I bumped my head", drugs=("apixaban 5 mg",))
    assert "head_injury_on_blood_thinner" not in rules("I bumped my head")
    assert "ketoacidosis" in rules("I keep throwing up", problems=("type 1 diabetes",))
    assert "vital_pregnant" in rules("feeling odd", weeks=30, vitals={"SBP": 165})
    assert "vital_adult_emergency" in rules("feeling odd", age_years=50, vitals={"alertness": "V"})
    assert "fever_under_3_months" in rules("feels hot", age_days=40, vitals={"T": "100.4 F"})


@pytest.mark.parametrize(
    ("text", "given", "named"),
    [
        ("I bumped my head, no medication", {"drugs": ("warfarin 3 mg",)}, "warfarin 3 mg"),
        ("I bumped my head. I'm not on blood thinners", {"drugs": ("warfarin",)}, "warfarin"),
        ("I feel sick, no medical problems", {"problems": ("type 1 diabetes",)}, "type 1 diabetes"),
        ("I'm not pregnant, headache", {"pregnant": "yes"}, "not pregnant"),
        ("58 year old man, headache", {"sex": "female"}, "female"),
        ("I'm 30 years old, headache", {"age_years": 70}, "70 years"),
        ("he is confused", {"vitals": {"alertness": "A"}}, "alert"),
        ("headache and temp 39.5", {"vitals": {"T": 36.8}}, "36.8"),
    ],
)
def test_a_contradiction_of_words_and_chart_is_named(text: str, given: dict[str, Any], named: str) -> None:
    lines = [said for part, said in triage(text, WARD, **given).tables[0].rows if part == "contradiction"]
    assert len(lines) == 1
    assert named in lines[0]


def test_the_riskier_of_words_and_chart_counts() -> None:
    result = triage("I bumped my head, no medication", WARD, drugs=("warfarin",))
    assert "head_injury_on_blood_thinner" in {one.names[0] for one in result.findings}
    assert 'The words say "no medication"; the chart lists warfarin.' in result.note


def test_where_words_and_chart_agree_nothing_is_said() -> None:
    agreed = triage(
        "I bumped my head, I take warfarin, I'm 70 years old", WARD, drugs=("warfarin",), age_years=70
    )
    assert "contradiction" not in {row[0] for row in agreed.tables[0].rows}


def test_the_language_of_the_answer_is_taken() -> None:
    note = triage("me duele mucho el pecho, siento presión", HERE, language="es").note
    assert "Llame" in note or "llame" in note
