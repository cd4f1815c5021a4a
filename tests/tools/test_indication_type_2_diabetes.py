"""Type 2 diabetes: heart, kidney, weight, hypoglycaemia, cost and the limits of each class by the eGFR."""

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

INDICATION = knowledge().indications["type_2_diabetes"]
SETTLED = {"eGFR": 90.0, "BMI": 27.0}
DRUGS = (
    "metformin",
    "sglt2_inhibitor",
    "glp1_receptor_agonist",
    "dpp4_inhibitor",
    "sulfonylurea",
    "pioglitazone",
)


def framed(
    *problems: str, drugs: tuple[str, ...] = (), acr: float | None = 8.0, hba1c: float = 7.8, **given: Any
) -> Frame:
    of: dict[str, Any] = {"age": 58, "sex": "male"} | SETTLED | given
    patient = make(problems=("type 2 diabetes", *problems), drugs=drugs, complete=True, **of)
    labs = {**patient.labs, "HbA1c": Known[float](value=hba1c, unit="%", origin=WORDS)}
    labs["glucose"] = Known[float](value=170.0, unit="mg/dL", origin=WORDS)
    if acr is not None:
        labs["ACR"] = Known[float](value=acr, unit="mg/g", origin=WORDS)
    return gathered([], patient.model_copy(update={"labs": labs}), today=TODAY, guidelines=False).frame


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


def likes(name: str, criterion: str, word: str, frame: Frame) -> Truth:
    """Whether the preference whose advice begins with the word holds."""
    one = next(one for one in option(name).prefer if one.advice.startswith(word))
    assert one.criterion == criterion
    return said(one.when, frame)


def test_without_a_reason_against_it_no_class_is_held_back_or_preferred() -> None:
    assert {level(name, framed()) for name in DRUGS} == {Level.NONE}
    assert not any(any(preferred(name, framed())) for name in (*DRUGS, "basal_insulin"))


@pytest.mark.parametrize(
    ("egfr", "new"), [(45.0, Level.NONE), (44.0, Level.NOTE), (30.0, Level.NOTE), (29.0, Level.NONE)]
)
def test_the_sources_differ_on_starting_metformin_between_30_and_44(egfr: float, new: Level) -> None:
    frame = framed(eGFR=egfr)
    assert level("metformin", frame) is new
    assert level("metformin", frame, "continuing") is Level.NONE
    assert preferred("metformin", frame) == [egfr >= 30]


@pytest.mark.parametrize(
    ("egfr", "state", "avoided"),
    [(29.0, "new", True), (29.0, "continuing", True), (44.0, "new", True), (45.0, "new", False)],
)
def test_the_rule_on_metformin_and_the_kidney_holds(egfr: float, state: str, avoided: bool) -> None:
    drugs = ("metformin",) if state == "continuing" else ()
    patient = make(age=58, sex="male", problems=("type 2 diabetes",), drugs=drugs, complete=True, eGFR=egfr)
    proposed = [] if state == "continuing" else ["new: metformin"]
    checked = check(proposed, patient, today=TODAY, guidelines=False)
    assert (Level.AVOID in {one.verdict.level for one in checked.rules}) is avoided


@pytest.mark.parametrize(
    ("egfr", "new", "continuing"),
    [
        (45.0, Level.NONE, Level.NONE),
        (44.0, Level.MONITOR, Level.MONITOR),
        (20.0, Level.MONITOR, Level.MONITOR),
        (19.0, Level.AVOID, Level.MONITOR),
    ],
)
def test_an_sglt2_inhibitor_is_not_begun_below_20_but_may_go_on(
    egfr: float, new: Level, continuing: Level
) -> None:
    assert level("sglt2_inhibitor", framed(eGFR=egfr)) is new
    assert level("sglt2_inhibitor", framed(eGFR=egfr), "continuing") is continuing


def test_heart_failure_turns_to_an_sglt2_inhibitor_and_away_from_pioglitazone() -> None:
    frame = framed("heart failure")
    assert likes("sglt2_inhibitor", "efficacy", "Heart failure", frame) is True
    assert level("pioglitazone", frame) is Level.AVOID


def test_atherosclerotic_disease_prefers_the_two_classes_with_proof() -> None:
    frame = framed("coronary artery disease")
    assert likes("sglt2_inhibitor", "efficacy", "Atherosclerotic", frame) is True
    assert likes("glp1_receptor_agonist", "efficacy", "Atherosclerotic", frame) is True
    assert not any(any(preferred(name, frame)) for name in ("metformin", "dpp4_inhibitor", "sulfonylurea"))


@pytest.mark.parametrize(
    ("egfr", "acr", "expected"),
    [(59.0, 8.0, True), (60.0, 8.0, False), (90.0, 30.0, True), (90.0, 29.0, False), (19.0, 8.0, False)],
)
def test_kidney_disease_prefers_an_sglt2_inhibitor_from_20(egfr: float, acr: float, expected: bool) -> None:
    frame = framed(eGFR=egfr, acr=acr)
    assert likes("sglt2_inhibitor", "efficacy", "Chronic kidney", frame) is expected


def test_a_low_egfr_without_albumin_in_the_urine_is_enough() -> None:
    frame = framed(eGFR=50.0, acr=None)
    assert likes("sglt2_inhibitor", "efficacy", "Chronic kidney", frame) is True


@pytest.mark.parametrize(("egfr", "expected"), [(29.0, True), (30.0, False)])
def test_below_30_a_glp1_receptor_agonist_is_preferred(egfr: float, expected: bool) -> None:
    assert likes("glp1_receptor_agonist", "safety", "eGFR below 30", framed(eGFR=egfr)) is expected


@pytest.mark.parametrize(("bmi", "expected"), [(29.9, False), (30.0, True)])
def test_obesity_prefers_a_glp1_receptor_agonist(bmi: float, expected: bool) -> None:
    assert likes("glp1_receptor_agonist", "efficacy", "Obesity", framed(BMI=bmi)) is expected


def test_low_glucose_changes_the_drugs_that_bring_it_and_no_other() -> None:
    frame = framed("recurrent hypoglycaemia")
    assert {level(name, frame) for name in ("sulfonylurea", "basal_insulin")} == {Level.CHANGE}
    others = [name for name in DRUGS if name != "sulfonylurea"]
    assert {level(name, frame) for name in others} == {Level.NONE}


def test_the_cheap_drugs_score_best_in_cost_and_the_new_ones_worst() -> None:
    cost = {name: option(name).scores["cost"].value for name in DRUGS}
    assert {cost[name] for name in ("metformin", "sulfonylurea", "pioglitazone")} == {5}
    assert {cost[name] for name in ("sglt2_inhibitor", "glp1_receptor_agonist", "dpp4_inhibitor")} == {1}


@pytest.mark.parametrize(("hba1c", "expected"), [(10.0, False), (10.1, True)])
def test_a_very_high_hba1c_prefers_insulin(hba1c: float, expected: bool) -> None:
    assert preferred("basal_insulin", framed(hba1c=hba1c)) == [expected]


@pytest.mark.parametrize(
    ("problem", "name", "expected"),
    [
        ("multiple endocrine neoplasia", "glp1_receptor_agonist", Level.AVOID),
        ("gastroparesis", "glp1_receptor_agonist", Level.CHANGE),
        ("pancreatitis", "glp1_receptor_agonist", Level.CHANGE),
        ("pancreatitis", "dpp4_inhibitor", Level.MONITOR),
        ("type 1 diabetes", "sglt2_inhibitor", Level.AVOID),
        ("bladder cancer", "pioglitazone", Level.AVOID),
        ("osteoporosis", "pioglitazone", Level.CHANGE),
    ],
)
def test_what_speaks_against_a_class(problem: str, name: str, expected: Level) -> None:
    assert level(name, framed(problem)) is expected


def test_a_dpp4_inhibitor_and_a_glp1_receptor_agonist_are_not_combined() -> None:
    assert level("dpp4_inhibitor", framed(drugs=("semaglutide",))) is Level.AVOID
    assert level("glp1_receptor_agonist", framed(drugs=("sitagliptin",))) is Level.CHANGE


@pytest.mark.parametrize(("pregnant", "meant"), [(True, False), (False, True), (None, None)])
def test_pregnancy_is_not_meant(pregnant: bool | None, meant: Truth) -> None:
    assert said(INDICATION.population, framed(sex="female", age=31, pregnant=pregnant)) is meant
