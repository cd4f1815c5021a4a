"""What the tabs of options and drugs show: made from a tool's own result, foreign text inert."""

from __future__ import annotations

import re

import pytest

from assistant.ui import options
from assistant.ui.drug_cards import NO_DRUGS, panel
from retrieval.evidence import ToolResult
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.registry import Context, call

HERE = Origin(kind=OriginKind.WORDS, where="as told")


def known(value: float, unit: str) -> Known[float]:
    return Known[float](value=value, unit=unit, origin=HERE)


def names(*said: str) -> Listed:
    return Listed(items=tuple(Known[str](value=one, origin=HERE) for one in said), complete=True)


PATIENT = Patient(
    age_years=known(72, "years"),
    sex=Known[str](value="female", origin=HERE),
    weight=known(64, "kg"),
    labs={"creatinine": known(1.5, "mg/dL"), "eGFR": known(34, "mL/min/1.73 m²")},
    problems=names("atrial fibrillation"),
    drugs=names("amiodarone", "ibuprofen", "simvastatin"),
    allergies=names(),
)


@pytest.fixture(scope="module")
def result() -> ToolResult:
    inputs = {"indication": "AF", "weights": {"cost": 0}, "why_not": "dabigatran"}
    return call("treatment_options", inputs, Context(patient=PATIENT))


def test_every_option_stands_once_and_those_left_out_say_why(result: ToolResult) -> None:
    page = options.options(result)
    for one in ("apixaban", "edoxaban", "dabigatran", "rivaroxaban"):
        assert len(re.findall(rf"<summary><b>{one}</b>", page)) == 1
    assert "Left out, with the reason" in page
    assert "<b>warfarin</b>" in page
    assert options.LIABILITY in page


def test_the_sliders_stand_where_the_result_was_made(result: ToolResult) -> None:
    assert options.weights_of(result) == {"efficacy": 1.0, "safety": 1.0, "burden": 1.0, "cost": 0.0}
    assert set(options.weights_of(None).values()) == {1.0}


def test_why_not_shows_the_finding_and_its_sources(result: ToolResult) -> None:
    page = options.why(result, "<b>dabigatran</b>")
    assert "Why not &#60;b&#62;dabigatran" in page
    assert "computation" in page or "guideline" in page


def test_before_anything_is_asked_the_tabs_say_so() -> None:
    assert options.options(None) == options.NO_OPTIONS
    assert options.why(None, "x") == options.NO_WHY
    assert panel(None) == NO_DRUGS


def test_an_unknown_indication_is_said_in_words() -> None:
    nothing = call("treatment_options", {"indication": "<img src=x>"}, Context(patient=PATIENT))
    page = options.options(nothing)
    assert "<img" not in page
    assert 'role="status"' in page


def test_drug_cards_stand_by_what_they_ask_for() -> None:
    page = panel(call("check_drugs", {}, Context(patient=PATIENT)))
    assert page.index("Avoid (") < page.index("Change (")
    assert "Avoid: simvastatin with amiodarone" in page
    assert "Pairs" in page
