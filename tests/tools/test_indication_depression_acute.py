"""Depression, acute phase: MAO inhibitor, QT, CYP2D6 and CYP2C19, bleeding and age."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.tools.treatment_patients import make
from tools.treatment.check import check
from tools.treatment.frame import Frame, Taken
from tools.treatment.indications import OptionEntry
from tools.treatment.load import knowledge
from tools.treatment.predicates import Level, Predicate, Truth, atoms, evaluate, truth

TODAY = date(2026, 11, 22)
INDICATION = knowledge().indications["depression_acute"]
SEROTONIN = ("escitalopram_sertraline", "fluoxetine_paroxetine", "snri", "cbt_with_antidepressant")
SETTLED = {"QTc": 420.0, "potassium": 4.0, "magnesium": 0.85}


def option(name: str) -> OptionEntry:
    return next(one for one in INDICATION.options if one.id == f"{INDICATION.id}.{name}")


def framed(*problems: str, age: float = 50, **given: Any) -> Frame:
    of: dict[str, Any] = {"sex": "male", "complete": True} | given
    patient = make(age=age, problems=("Major depressive disorder", *problems), **of)
    return check([], patient, today=TODAY).frame


def said(when: Predicate | None, frame: Frame) -> Truth:
    return truth(when, {atom: frame.answer(atom, {}).truth for atom in atoms(when)})


def level(name: str, frame: Frame) -> Level:
    entry = option(name)
    drug = entry.regimen[0][0].removeprefix("drug:")
    return evaluate(entry.cases, frame, {"it": Taken(drug=drug, named=drug, product=-1, state="new")}).level


def test_every_named_drug_is_held_and_marketed() -> None:
    for entry in INDICATION.options:
        for ref in (ref for part in entry.regimen for ref in part):
            assert knowledge().drugs[ref.removeprefix("drug:")].marketed


@pytest.mark.parametrize("drug", ["phenelzine", "tranylcypromine"])
def test_mao_inhibitor_rules_out_every_drug(drug: str) -> None:
    frame = framed(drugs=(drug,))
    for name in ("bupropion", "mirtazapine", "cbt_with_antidepressant"):
        assert level(name, frame) is Level.AVOID
    for ref in (ref for name in SEROTONIN for ref in option(name).regimen[0]):
        name = ref.removeprefix("drug:")
        asked = check([f"new: {name}"], make(drugs=(drug,), complete=True), today=TODAY, guidelines=False)
        assert Level.AVOID in {verdict.level for verdict in asked.verdicts}


def test_linezolid_with_bupropion_and_mirtazapine() -> None:
    frame = framed(drugs=("linezolid",))
    assert level("bupropion", frame) is level("mirtazapine", frame) is Level.AVOID


@pytest.mark.parametrize(
    ("problems", "given", "expected"),
    [
        (("Long QT syndrome",), SETTLED, Level.AVOID),
        (("Sinus bradycardia",), SETTLED, Level.AVOID),
        ((), SETTLED | {"QTc": 501.0}, Level.AVOID),
        ((), SETTLED | {"potassium": 3.4}, Level.CHANGE),
        ((), SETTLED, Level.NONE),
    ],
)
def test_qt_and_citalopram(problems: tuple[str, ...], given: dict[str, float], expected: Level) -> None:
    units = {"magnesium": given["magnesium"], "QTc": given["QTc"], "potassium": given["potassium"]}
    assert level("citalopram", framed(*problems, **units)) is expected


@pytest.mark.parametrize(
    ("problems", "drugs", "expected"),
    [
        ((), ("warfarin",), Level.MONITOR),
        ((), ("ibuprofen",), Level.MONITOR),
        (("Upper GI bleed",), (), Level.MONITOR),
        ((), ("metformin",), Level.NONE),
    ],
)
@pytest.mark.parametrize("name", SEROTONIN)
def test_bleeding(name: str, problems: tuple[str, ...], drugs: tuple[str, ...], expected: Level) -> None:
    assert level(name, framed(*problems, drugs=drugs)) is expected


def test_bleeding_is_no_reason_to_prefer_bupropion() -> None:
    assert level("bupropion", framed(drugs=("warfarin",))) is Level.NOTE
    assert option("bupropion").prefer == ()


@pytest.mark.parametrize(("age", "expected"), [(24, Level.MONITOR), (25, Level.NONE)])
@pytest.mark.parametrize("name", [*SEROTONIN, "bupropion", "mirtazapine"])
def test_young_adults_are_watched(name: str, age: float, expected: Level) -> None:
    assert level(name, framed(age=age)) is expected


@pytest.mark.parametrize("name", ["escitalopram_sertraline", "citalopram", "snri", "mirtazapine"])
def test_preferred_from_65(name: str) -> None:
    assert said(option(name).prefer[0].when, framed(age=65)) is True
    assert said(option(name).prefer[0].when, framed(age=64)) is False


@pytest.mark.parametrize(("genotype", "expected"), [("*2/*2", True), ("*17/*17", True), ("*1/*1", False)])
def test_cyp2c19_prefers_what_it_does_not_clear(genotype: str, expected: bool) -> None:
    frame = framed(genotypes=(f"CYP2C19 {genotype}",))
    assert said(option("fluoxetine_paroxetine").prefer[0].when, frame) is expected


@pytest.mark.parametrize(("genotype", "expected"), [("*4/*4", True), ("*1/*1", False)])
def test_cyp2d6_prefers_what_it_does_not_clear(genotype: str, expected: bool) -> None:
    frame = framed(genotypes=(f"CYP2D6 {genotype}",))
    assert said(option("escitalopram_sertraline").prefer[1].when, frame) is expected


@pytest.mark.parametrize("problem", ["Epilepsy", "Bulimia nervosa", "Alcohol withdrawal"])
def test_bupropion_and_seizures(problem: str) -> None:
    assert level("bupropion", framed(problem)) is Level.AVOID


def test_mild_depression_prefers_therapy_alone() -> None:
    mild = framed("Mild depression")
    assert said(option("cbt").prefer[0].when, mild) is True
    assert said(option("cbt_with_antidepressant").population, mild) is False
    assert said(option("cbt_with_antidepressant").population, framed()) is True


def test_bipolar_disorder_is_not_covered() -> None:
    assert said(INDICATION.population, framed("Bipolar disorder")) is False
    assert said(INDICATION.population, framed(complete=False)) is None
