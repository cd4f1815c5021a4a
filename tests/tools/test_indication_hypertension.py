"""High blood pressure: kidney disease with albuminuria, pregnancy, potassium, gout, asthma and age."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from retrieval.patient import Known
from tests.tools.treatment_patients import WORDS, make
from tools.treatment.check import check, gathered
from tools.treatment.frame import Frame, Taken
from tools.treatment.indications import OptionEntry
from tools.treatment.load import knowledge
from tools.treatment.predicates import Level, Predicate, State, Truth, Verdict, atoms, evaluate, truth

TODAY = date(2026, 11, 22)
INDICATION = knowledge().indications["hypertension"]
FIRST_LINE = ("thiazide", "dihydropyridine", "ace_inhibitor", "arb")
SETTLED = {"potassium": 4.2, "sodium": 140.0, "eGFR": 90.0}


def framed(*problems: str, complete: bool = True, acr: float | None = None, **given: Any) -> Frame:
    of: dict[str, Any] = {"age": 50, "sex": "male"} | SETTLED | given
    patient = make(problems=("hypertension", *problems), complete=complete, **of)
    if acr is not None:
        known = Known[float](value=acr, unit="mg/g", origin=WORDS)
        patient = patient.model_copy(update={"labs": {**patient.labs, "ACR": known}})
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


def level(name: str, frame: Frame) -> Level:
    return verdict(name, frame).level


def test_without_a_reason_against_it_no_first_line_class_is_held_back() -> None:
    assert {level(name, framed()) for name in FIRST_LINE} == {Level.NONE}
    assert not any(any(preferred(name, framed(acr=5.0))) for name in FIRST_LINE)


@pytest.mark.parametrize(
    ("egfr", "acr", "problems", "expected"),
    [
        (45.0, 120.0, (), True),
        (45.0, 10.0, (), False),
        (90.0, 120.0, (), False),
        (45.0, None, ("proteinuria",), True),
        (90.0, 120.0, ("chronic kidney disease",), True),
        (45.0, None, (), None),
    ],
)
def test_kidney_disease_with_albuminuria_prefers_the_classes_that_slow_it(
    egfr: float, acr: float | None, problems: tuple[str, ...], expected: Truth
) -> None:
    frame = framed(*problems, eGFR=egfr, acr=acr)
    assert [preferred(name, frame) for name in ("ace_inhibitor", "arb", "two_drugs")] == [[expected]] * 3


def test_pregnancy_turns_to_labetalol_and_nifedipine() -> None:
    frame = framed(sex="female", age=30, pregnant=True)
    assert said(option("pregnancy").population, frame) is True
    assert {level(name, frame) for name in ("thiazide", "dihydropyridine", "beta_blocker")} == {Level.CHANGE}
    assert said(option("pregnancy").population, framed(sex="female", age=30, pregnant=False)) is False
    assert said(option("pregnancy").population, framed(sex="female", age=30)) is None


@pytest.mark.parametrize("drug", ["lisinopril", "losartan", "azilsartan"])
def test_the_rule_on_pregnancy_holds_for_every_drug_on_the_renin_system(drug: str) -> None:
    patient = make(age=30, sex="female", pregnant=True, problems=("hypertension",), complete=True)
    checked = check([f"new: {drug}"], patient, today=TODAY, guidelines=False)
    assert Level.AVOID in {one.verdict.level for one in checked.rules}


@pytest.mark.parametrize(
    ("potassium", "thiazide", "renin"),
    [
        (3.4, Level.CHANGE, Level.NONE),
        (3.5, Level.NONE, Level.NONE),
        (4.9, Level.NONE, Level.NONE),
        (5.0, Level.NONE, Level.MONITOR),
        (5.5, Level.NONE, Level.AVOID),
    ],
)
def test_potassium_speaks_against_one_class_or_the_other(
    potassium: float, thiazide: Level, renin: Level
) -> None:
    frame = framed(potassium=potassium)
    assert level("thiazide", frame) is thiazide
    assert level("ace_inhibitor", frame) is renin
    assert level("arb", frame) is renin


def test_high_potassium_under_an_ace_inhibitor_is_no_reason_to_call_it_a_start() -> None:
    assert verdict("ace_inhibitor", framed(potassium=5.6), "continuing").level is Level.MONITOR


def test_an_unknown_potassium_is_asked_before_an_ace_inhibitor() -> None:
    patient = make(age=50, sex="male", problems=("hypertension",), complete=True)
    found = verdict("ace_inhibitor", gathered([], patient, today=TODAY, guidelines=False).frame)
    assert found.level is Level.AVOID
    assert not found.certain
    assert any("potassium" in ask for ask in found.asks)


def test_gout_and_low_sodium_speak_against_a_thiazide_alone() -> None:
    for frame in (framed("gout"), framed(sodium=131.0)):
        assert level("thiazide", frame) is Level.CHANGE
        assert {level(name, frame) for name in ("dihydropyridine", "ace_inhibitor", "arb")} == {Level.NONE}


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("asthma", Level.CHANGE),
        ("complete heart block", Level.AVOID),
        ("COPD", Level.MONITOR),
        ("gout", Level.NONE),
    ],
)
def test_asthma_and_heart_block_speak_against_a_beta_blocker(problem: str, expected: Level) -> None:
    assert level("beta_blocker", framed(problem)) is expected


@pytest.mark.parametrize(("age", "expected"), [(64, False), (65, True)])
def test_old_age_prefers_a_diuretic_or_a_dihydropyridine(age: int, expected: bool) -> None:
    frame = framed(age=age)
    assert preferred("thiazide", frame) == [expected]
    assert preferred("dihydropyridine", frame) == [expected]


@pytest.mark.parametrize(
    ("pressure", "meant"),
    [
        ({"systolic": 139.0, "diastolic": 89.0}, False),
        ({"systolic": 140.0}, True),
        ({"systolic": 128.0, "diastolic": 90.0}, True),
        ({}, None),
    ],
)
def test_two_drugs_are_meant_from_140_over_90(pressure: dict[str, Any], meant: Truth) -> None:
    assert said(option("two_drugs").population, framed(**pressure)) is meant


def test_a_reason_of_its_own_prefers_a_beta_blocker() -> None:
    assert preferred("beta_blocker", framed("coronary artery disease")) == [True]
    assert preferred("beta_blocker", framed()) == [False]
