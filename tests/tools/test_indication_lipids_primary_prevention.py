"""Lipids, primary prevention: for whom each option is meant, and what risk, pregnancy, age and SLCO1B1 change."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.patient import Known, Patient
from tests.tools.treatment_patients import WORDS, make
from tools.treatment.check import check
from tools.treatment.frame import Frame, Taken
from tools.treatment.indications import OptionEntry
from tools.treatment.load import knowledge
from tools.treatment.predicates import Level, Predicate, Truth, Verdict, atoms, evaluate, truth

TODAY = date(2026, 11, 22)
INDICATION = knowledge().indications["lipids_primary_prevention"]
STATINS = ("atorvastatin_rosuvastatin", "pravastatin_pitavastatin_fluvastatin", "simvastatin_lovastatin")


def option(name: str) -> OptionEntry:
    return next(one for one in INDICATION.options if one.id == f"{INDICATION.id}.{name}")


def with_values(patient: Patient, **values: tuple[float, str]) -> Patient:
    given = {
        name.replace("_", " "): Known[float](value=value, unit=unit, origin=WORDS)
        for name, (value, unit) in values.items()
    }
    return patient.model_copy(update={"labs": {**patient.labs, **given}})


def at_risk(risk: float | None, *, age: float = 55, problems: tuple[str, ...] = ("Hypertension",)) -> Frame:
    patient = make(age=age, sex="male", problems=problems, complete=True)
    values = {"ldl": (120.0, "mg/dL")} | ({} if risk is None else {"ascvd_risk": (risk, "%")})
    return framed(with_values(patient, **values))


def framed(patient: Patient) -> Frame:
    return check([], patient, today=TODAY).frame


def said(when: Predicate | None, frame: Frame) -> Truth:
    return truth(when, {atom: frame.answer(atom, {}).truth for atom in atoms(when)})


def verdict(entry: OptionEntry, frame: Frame) -> Verdict:
    drug = entry.regimen[0][0].removeprefix("drug:")
    return evaluate(entry.cases, frame, {"it": Taken(drug=drug, named=drug, product=-1, state="new")})


def test_every_named_drug_is_held_and_marketed() -> None:
    for entry in INDICATION.options:
        for ref in (ref for part in entry.regimen for ref in part):
            assert knowledge().drugs[ref.removeprefix("drug:")].marketed


@pytest.mark.parametrize("name", STATINS)
@pytest.mark.parametrize(
    ("risk", "age", "problems", "expected"),
    [
        (12, 55, ("Hypertension",), True),
        (7.5, 40, ("Smoker",), True),
        (7.4, 55, ("Hypertension",), False),
        (12, 39, ("Hypertension",), False),
        (12, 76, ("Hypertension",), False),
        (12, 55, (), False),
        (None, 55, ("Hypertension",), None),
        (5, 55, ("Type 2 diabetes",), True),
        (None, 55, ("Type 2 diabetes",), True),
        (5, 39, ("Type 2 diabetes",), False),
    ],
)
def test_statin_population(
    name: str, risk: float | None, age: float, problems: tuple[str, ...], expected: Truth
) -> None:
    assert said(option(name).population, at_risk(risk, age=age, problems=problems)) is expected


@pytest.mark.parametrize("name", STATINS)
def test_risk_of_ten_is_preferred_and_below_is_a_selective_offer(name: str) -> None:
    entry = option(name)
    assert said(entry.prefer[0].when, at_risk(10)) is True
    assert verdict(entry, at_risk(10)).level is Level.NONE
    assert said(entry.prefer[0].when, at_risk(9.9)) is False
    assert verdict(entry, at_risk(9.9)).level is Level.NOTE


@pytest.mark.parametrize("name", STATINS)
def test_diabetes_is_a_reason_of_its_own(name: str) -> None:
    diabetic = at_risk(5, problems=("Type 2 diabetes",))
    found = verdict(option(name), diabetic)
    assert found.level is Level.NOTE
    assert found.case is not None
    assert "whatever the risk" in option(name).cases[found.case].advice
    assert said(option(name).prefer[-1].when, diabetic) is True
    assert [one.action for one in option("no_drug_now").cases] == [Level.CHANGE]
    assert said(option("no_drug_now").cases[0].when, diabetic) is True
    assert said(option("no_drug_now").cases[0].when, at_risk(5)) is False


@pytest.mark.parametrize("name", STATINS)
@pytest.mark.parametrize(
    ("pregnant", "level"), [(True, Level.AVOID), (False, Level.NONE), (None, Level.AVOID)]
)
def test_pregnancy(name: str, pregnant: bool | None, level: Level) -> None:
    patient = make(age=45, sex="female", pregnant=pregnant, complete=True)
    found = verdict(option(name), framed(with_values(patient, ascvd_risk=(12, "%"))))
    assert found.level is level
    assert found.certain is (pregnant is not None)


@pytest.mark.parametrize(("genotype", "expected"), [("*5/*5", True), ("*1/*5", True), ("*1/*1", False)])
def test_reduced_slco1b1_prefers_atorvastatin_or_rosuvastatin(genotype: str, expected: bool) -> None:
    frame = framed(make(age=55, sex="male", genotypes=(f"SLCO1B1 {genotype}",), complete=True))
    assert said(option("atorvastatin_rosuvastatin").prefer[1].when, frame) is expected
    assert not any("SLCO1B1" in one.advice for one in option("simvastatin_lovastatin").prefer)


def test_ezetimibe_only_from_75_and_bempedoic_acid_only_after_intolerance() -> None:
    assert said(option("ezetimibe").population, at_risk(12, age=75)) is True
    assert said(option("ezetimibe").population, at_risk(12, age=74)) is False
    tried = at_risk(12, problems=("Statin intolerance", "Type 2 diabetes"))
    assert said(option("bempedoic_acid").population, tried) is True
    assert verdict(option("bempedoic_acid"), tried).level is Level.NOTE
    assert said(option("bempedoic_acid").population, at_risk(12)) is False
    assert verdict(option("bempedoic_acid"), at_risk(5)).level is Level.CHANGE


def test_not_after_an_event_and_not_at_an_ldl_of_190() -> None:
    assert said(INDICATION.population, at_risk(12)) is True
    assert said(INDICATION.population, at_risk(12, problems=("Myocardial infarction",))) is False
    high = with_values(make(age=55, sex="male", complete=True), ldl=(190, "mg/dL"))
    assert said(INDICATION.population, framed(high)) is False


def test_an_incomplete_problem_list_leaves_the_indication_open() -> None:
    patient = with_values(make(age=55, sex="male"), ldl=(120, "mg/dL"), ascvd_risk=(12, "%"))
    assert said(INDICATION.population, framed(patient)) is None
