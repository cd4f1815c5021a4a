"""Stroke prevention in atrial fibrillation: CHA2DS2-VASc, valve, clearance, dose criteria and bleeding."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.tools.treatment_patients import make
from tools.treatment.check import gathered
from tools.treatment.frame import Frame, Taken
from tools.treatment.indications import OptionEntry
from tools.treatment.load import knowledge
from tools.treatment.predicates import Level, Predicate, Side, State, Truth, Verdict, atoms, evaluate, truth

TODAY = date(2026, 11, 22)
INDICATION = knowledge().indications["af_anticoagulation"]
DIRECT = ("apixaban", "rivaroxaban", "dabigatran", "edoxaban")


def framed(*problems: str, complete: bool = True, **given: Any) -> Frame:
    of: dict[str, Any] = {"age": 60, "sex": "male"} | given
    patient = make(problems=("atrial fibrillation", *problems), complete=complete, **of)
    return gathered([], patient, today=TODAY, guidelines=False).frame


def option(name: str) -> OptionEntry:
    return next(one for one in INDICATION.options if one.id == f"{INDICATION.id}.{name}")


def said(when: Predicate | None, frame: Frame) -> Truth:
    return truth(when, {atom: frame.answer(atom, {}).truth for atom in atoms(when)})


def verdict(name: str, frame: Frame, state: State = "new") -> Verdict:
    entry = option(name)
    drug = entry.regimen[0][0].removeprefix("drug:")
    return evaluate(entry.cases, frame, {"it": Taken(drug=drug, named=drug, product=-1, state=state)})


def preferred(name: str, frame: Frame) -> list[Truth]:
    return [said(one.when, frame) for one in option(name).prefer]


def test_every_drug_is_held_and_marketed_and_every_fact_was_read() -> None:
    for entry in INDICATION.options:
        refs = {
            ref.removeprefix("drug:") for part in entry.regimen for ref in part if ref.startswith("drug:")
        }
        assert all(knowledge().drugs[drug].marketed for drug in refs)
    facts = (INDICATION.fact, *(fact for entry in INDICATION.options for fact in entry.facts))
    assert all(fact.checked == TODAY for fact in facts)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"sex": "male", "cha2ds2_vasc": 0.0}, False),
        ({"sex": "male", "cha2ds2_vasc": 1.0}, True),
        ({"sex": "female", "cha2ds2_vasc": 1.0}, False),
        ({"sex": "female", "cha2ds2_vasc": 2.0}, True),
        ({"sex": "male", "age": 66}, True),
        ({"sex": "male"}, False),
        ({"sex": "male", "complete": False}, None),
    ],
)
def test_the_stroke_score_decides_who_is_meant(given: dict[str, Any], meant: Truth) -> None:
    frame = framed(**given)
    assert [said(option(name).population, frame) for name in DIRECT] == [meant] * 4
    no_drug = said(option("none").population, frame)
    assert no_drug is (None if meant is None else not meant)


def test_a_point_of_the_score_on_the_problem_list_is_enough() -> None:
    assert said(option("apixaban").population, framed("hypertension")) is True


@pytest.mark.parametrize(
    ("sex", "score", "level"),
    [
        ("male", 1.0, Level.NOTE),
        ("male", 2.0, Level.NONE),
        ("female", 2.0, Level.NOTE),
        ("female", 3.0, Level.NONE),
    ],
)
def test_the_weaker_recommendation_is_said(sex: str, score: float, level: Level) -> None:
    assert verdict("apixaban", framed(sex=sex, cha2ds2_vasc=score)).level is level


@pytest.mark.parametrize("valve", ["mechanical mitral valve", "rheumatic mitral stenosis"])
def test_a_valve_leaves_warfarin(valve: str) -> None:
    frame = framed(valve, cha2ds2_vasc=3.0, CrCl=70.0)
    assert {verdict(name, frame).level for name in DIRECT} == {Level.AVOID}
    assert verdict("warfarin", frame).level is Level.NONE
    assert preferred("warfarin", frame) == [True, False]
    assert said(option("none").population, framed(valve, cha2ds2_vasc=0.0)) is False


@pytest.mark.parametrize(("crcl", "level"), [(14.9, Level.AVOID), (15.0, Level.NONE), (50.0, Level.NONE)])
def test_edoxaban_ends_at_a_clearance_of_15(crcl: float, level: Level) -> None:
    assert verdict("edoxaban", framed(cha2ds2_vasc=3.0, CrCl=crcl)).level is level


def test_an_unknown_clearance_is_asked_for_edoxaban() -> None:
    found = verdict("edoxaban", framed(cha2ds2_vasc=3.0))
    assert found.level is Level.AVOID
    assert not found.certain
    assert any("creatinine clearance" in ask for ask in found.asks)


def test_dialysis_prefers_apixaban_and_warfarin_alone() -> None:
    frame = framed("dialysis", cha2ds2_vasc=3.0)
    assert preferred("apixaban", frame) == [True]
    assert preferred("warfarin", frame) == [False, True]
    assert [option(name).prefer for name in ("rivaroxaban", "dabigatran", "edoxaban")] == [()] * 3


def test_earlier_bleeding_asks_for_its_cause_and_opens_the_occlusion() -> None:
    frame = framed("gi bleed", age=72, sex="female", cha2ds2_vasc=4.0, CrCl=60.0)
    assert {verdict(name, frame).level for name in (*DIRECT, "warfarin")} == {Level.CHANGE}
    assert said(option("appendage_occlusion").population, frame) is True
    assert preferred("appendage_occlusion", frame) == [True]


@pytest.mark.parametrize(("points", "meant"), [(2.0, False), (3.0, True)])
def test_occlusion_is_for_a_high_risk_of_bleeding(points: float, meant: bool) -> None:
    frame = framed(cha2ds2_vasc=4.0, has_bled=points)
    assert said(option("appendage_occlusion").population, frame) is meant
    assert said(option("appendage_occlusion").population, framed(cha2ds2_vasc=1.0, has_bled=points)) is False


def test_aspirin_in_place_of_an_anticoagulant_is_always_avoided() -> None:
    for frame in (framed(cha2ds2_vasc=0.0), framed(complete=False), framed(cha2ds2_vasc=5.0)):
        found = verdict("aspirin", frame)
        assert (found.level, found.certain) == (Level.AVOID, True)


def test_the_dose_criteria_of_apixaban_are_held_for_every_question() -> None:
    rule = knowledge().rules["renal.apixaban-af"]
    two, one = framed(age=82, weight=58.0, creatinine=1.0), framed(age=82, weight=70.0, creatinine=1.0)
    it: dict[Side, Any] = {"it": Taken(drug="apixaban", named="apixaban", product=-1, state="new")}
    assert evaluate(rule.cases, two, it).level is Level.CHANGE
    assert evaluate(rule.cases, one, it).level is Level.NONE
