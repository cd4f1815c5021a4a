"""Heart failure with reduced ejection fraction: the limits of each class, angioedema, ancestry and the pulse."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.tools.treatment_patients import make
from tools.treatment.check import check, gathered
from tools.treatment.frame import Frame, Taken
from tools.treatment.indications import OptionEntry
from tools.treatment.load import knowledge
from tools.treatment.options import consider
from tools.treatment.predicates import Level, Predicate, State, Truth, Verdict, atoms, evaluate, truth

TODAY = date(2026, 11, 22)

INDICATION = knowledge().indications["heart_failure_reduced_ef"]
SETTLED: dict[str, Any] = {
    "LVEF": 30.0,
    "potassium": 4.3,
    "eGFR": 80.0,
    "heart_rate": 75.0,
    "systolic": 122.0,
}


def framed(*problems: str, drugs: tuple[str, ...] = (), complete: bool = True, **given: Any) -> Frame:
    of: dict[str, Any] = {"age": 62, "sex": "male"} | SETTLED | given
    patient = make(problems=("heart failure", *problems), drugs=drugs, complete=complete, **of)
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


def level(name: str, frame: Frame, state: State = "new") -> Level:
    return verdict(name, frame, state).level


PILLARS = ("sacubitril_valsartan", "beta_blocker", "aldosterone_antagonist", "sglt2_inhibitor")


def test_the_four_classes_stand_together_in_the_first_line_and_the_banner_says_so() -> None:
    assert {one.id.split(".")[1] for one in INDICATION.options if one.line == 1} == set(PILLARS)
    assert INDICATION.banner is not None
    assert "given together" in INDICATION.banner
    assert {level(name, framed()) for name in PILLARS} == {Level.NONE}


@pytest.mark.parametrize(("ejection", "meant"), [(40.0, True), (41.0, False), (28.0, True)])
def test_an_ejection_fraction_of_40_is_still_reduced(ejection: float, meant: bool) -> None:
    assert said(INDICATION.population, framed(LVEF=ejection)) is meant


def test_without_an_ejection_fraction_the_kind_of_heart_failure_is_open() -> None:
    patient = make(age=62, sex="male", problems=("heart failure",), complete=True)
    assert said(INDICATION.population, gathered([], patient, today=TODAY, guidelines=False).frame) is None


@pytest.mark.parametrize(
    ("potassium", "egfr", "new", "continuing"),
    [
        (4.9, 31.0, Level.NONE, Level.NONE),
        (5.0, 80.0, Level.AVOID, Level.CHANGE),
        (4.3, 30.0, Level.AVOID, Level.CHANGE),
        (5.5, 80.0, Level.AVOID, Level.AVOID),
    ],
)
def test_the_limits_of_an_aldosterone_antagonist(
    potassium: float, egfr: float, new: Level, continuing: Level
) -> None:
    frame = framed(potassium=potassium, eGFR=egfr)
    assert level("aldosterone_antagonist", frame) is new
    assert level("aldosterone_antagonist", frame, "continuing") is continuing


def test_an_unknown_potassium_is_asked_before_an_aldosterone_antagonist() -> None:
    patient = make(age=62, sex="male", LVEF=30.0, eGFR=80.0, problems=("hfref",), complete=True)
    found = verdict("aldosterone_antagonist", gathered([], patient, today=TODAY, guidelines=False).frame)
    assert found.level is Level.AVOID
    assert not found.certain
    assert any("potassium" in ask for ask in found.asks)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"systolic": 100.0}, Level.NONE),
        ({"systolic": 99.0}, Level.CHANGE),
        ({"potassium": 5.2}, Level.NONE),
        ({"potassium": 5.3}, Level.CHANGE),
        ({"eGFR": 30.0}, Level.NONE),
        ({"eGFR": 29.0}, Level.CHANGE),
    ],
)
def test_the_limits_of_sacubitril_with_valsartan(given: dict[str, Any], expected: Level) -> None:
    assert level("sacubitril_valsartan", framed(**given)) is expected


def test_earlier_angioedema_leaves_the_receptor_blocker_and_hydralazine() -> None:
    frame = framed("angioedema")
    assert level("sacubitril_valsartan", frame) is Level.AVOID
    assert level("ace_inhibitor_or_arb", frame) is Level.CHANGE
    assert said(option("hydralazine_nitrate").population, frame) is True


def test_no_ace_inhibitor_is_left_in_the_joint_option_after_angioedema() -> None:
    patient = make(age=62, sex="male", problems=("heart failure", "angioedema"), complete=True, **SETTLED)
    held = {"lisinopril": Level.AVOID, "enalapril": Level.AVOID, "candesartan": Level.CHANGE}
    for drug, worst in held.items():
        checked = check([f"new: {drug}"], patient, today=TODAY, guidelines=False)
        levels = {one.verdict.level for one in checked.rules if one.verdict.certain}
        assert (Level.AVOID in levels) is (worst is Level.AVOID), drug


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("asthma", Level.CHANGE),
        ("complete heart block", Level.AVOID),
        ("decompensated heart failure", Level.CHANGE),
        ("COPD", Level.NONE),
    ],
)
def test_asthma_block_and_decompensation_speak_against_a_beta_blocker(problem: str, expected: Level) -> None:
    assert level("beta_blocker", framed(problem)) is expected


def test_decompensation_is_no_reason_to_stop_a_beta_blocker() -> None:
    assert level("beta_blocker", framed("decompensated heart failure"), "continuing") is Level.NONE


def test_only_the_three_proven_beta_blockers_are_offered() -> None:
    assert set(option("beta_blocker").regimen[0]) == {"drug:bisoprolol", "drug:carvedilol", "drug:metoprolol"}


def test_type_1_diabetes_and_ketoacidosis_change_an_sglt2_inhibitor() -> None:
    for problem in ("type 1 diabetes", "diabetic ketoacidosis"):
        assert level("sglt2_inhibitor", framed(problem)) is Level.CHANGE
    assert level("sglt2_inhibitor", framed("type 2 diabetes")) is Level.NONE


def test_hydralazine_is_for_african_americans_and_where_the_renin_system_is_closed() -> None:
    said_so = framed("african american")
    assert preferred("hydralazine_nitrate", said_so) == [True]
    assert said(option("hydralazine_nitrate").population, said_so) is True
    assert said(option("hydralazine_nitrate").population, framed()) is False
    assert said(option("hydralazine_nitrate").population, framed(eGFR=25.0)) is True
    assert preferred("hydralazine_nitrate", framed(eGFR=25.0)) == [False]


@pytest.mark.parametrize(
    ("ejection", "rate", "meant"), [(35.0, 70.0, True), (35.0, 69.0, False), (36.0, 70.0, False)]
)
def test_ivabradine_is_meant_up_to_35_per_cent_from_a_pulse_of_70(
    ejection: float, rate: float, meant: bool
) -> None:
    assert said(option("ivabradine").population, framed(LVEF=ejection, heart_rate=rate)) is meant


@pytest.mark.parametrize(
    ("problems", "given", "expected"),
    [
        ((), {}, Level.CHANGE),
        ((), {"drugs": ("bisoprolol",)}, Level.NONE),
        (("permanent atrial fibrillation",), {"drugs": ("bisoprolol",)}, Level.AVOID),
        (("atrial fibrillation",), {"drugs": ("bisoprolol",)}, Level.CHANGE),
        ((), {"drugs": ("bisoprolol",), "systolic": 89.0}, Level.AVOID),
    ],
)
def test_ivabradine_needs_a_beta_blocker_sinus_rhythm_and_pressure(
    problems: tuple[str, ...], given: dict[str, Any], expected: Level
) -> None:
    assert level("ivabradine", framed(*problems, **given)) is expected


def test_no_pillar_is_excluded_in_a_patient_without_a_reason_against_it() -> None:
    patient = make(age=62, sex="male", problems=("heart failure",), complete=True, weight=80, **SETTLED)
    states = {one.entry.id.split(".")[1]: one.state.value for one in consider(INDICATION, patient).options}
    assert all(states[name] != "excluded" for name in PILLARS)
