"""The registered tool: one test for each outcome, and what a model sees of it."""

import inspect
import json

import pytest

from retrieval.evidence import Outcome
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.registry import Context, _registered
from tools.triage import tool as triage_tool
from tools.triage.lexicon import KnowledgeError
from tools.triage.tool import triage

HERE = Context(role="patient", country="GB")


def test_found() -> None:
    result = triage("my face is drooping", HERE)
    assert result.outcome is Outcome.FOUND
    assert "Level: emergency. Call 999 or 112 now." in result.note
    assert result.findings[0].evidence[0].source.id == "rule:stroke_signs"


def test_not_found_is_not_called_safe() -> None:
    result = triage("which shampoo helps with dandruff?", HERE)
    assert result.outcome is Outcome.NOT_FOUND
    assert "not a finding of safety" in result.note


@pytest.mark.parametrize("text", ["가슴이 아파요", "my dog ate chocolate"])
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
        ({"text": "a", "vitals": {"SpO2": 180}}, "SpO2"),
        ({"text": "a", "vitals": {"aura": 1}}, "aura is not known"),
        ({"text": "a", "vitals": {"HR": float("nan")}}, "HR"),
    ],
)
def test_bad_input_names_the_field(arguments: dict[str, object], named: str) -> None:
    result = triage(context=HERE, **arguments)  # type: ignore[arg-type]
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
