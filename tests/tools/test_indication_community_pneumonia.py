"""Community-acquired pneumonia: severity, comorbidity, MRSA and Pseudomonas, QT and beta-lactam allergy."""

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
INDICATION = knowledge().indications["community_pneumonia"]
HOME = {"amoxicillin", "doxycycline", "macrolide"}
HOME_ILL = {"amoxicillin_clavulanate_plus", "cephalosporin_plus", "respiratory_fluoroquinolone"}
WARD = {"inpatient_beta_lactam_macrolide", "respiratory_fluoroquinolone"}


def option(name: str) -> OptionEntry:
    return next(one for one in INDICATION.options if one.id == f"{INDICATION.id}.{name}")


def framed(*problems: str, complete: bool = True, **given: Any) -> Frame:
    patient = make(age=50, sex="male", problems=("Pneumonia", *problems), complete=complete, **given)
    return check([], patient, today=TODAY, guidelines=False).frame


def said(when: Predicate | None, frame: Frame) -> Truth:
    return truth(when, {atom: frame.answer(atom, {}).truth for atom in atoms(when)})


def level(name: str, frame: Frame) -> Level:
    entry = option(name)
    drug = entry.regimen[0][0].removeprefix("drug:")
    return evaluate(entry.cases, frame, {"it": Taken(drug=drug, named=drug, product=-1, state="new")}).level


def meant(frame: Frame) -> set[str]:
    return {one.id.partition(".")[2] for one in INDICATION.options if said(one.population, frame) is True}


def test_every_named_drug_is_held_and_marketed() -> None:
    for entry in INDICATION.options:
        for ref in (ref for part in entry.regimen for ref in part):
            assert knowledge().drugs[ref.removeprefix("drug:")].marketed


@pytest.mark.parametrize(
    ("problems", "curb65", "expected"),
    [
        ((), 0, HOME),
        ((), 1, HOME),
        (("COPD",), 1, HOME_ILL),
        (("Type 2 diabetes",), 0, HOME_ILL),
        (("Breast cancer",), 0, HOME_ILL),
        ((), 2, WARD),
        (("COPD",), 2, WARD),
        (("PSI class IV",), 1, WARD),
        (("Severe pneumonia",), 3, {"severe_combination"}),
        (("Severe pneumonia", "COPD"), 1, {"severe_combination"}),
    ],
)
def test_severity_and_comorbidity_choose_the_options(
    problems: tuple[str, ...], curb65: int, expected: set[str]
) -> None:
    assert meant(framed(*problems, curb65=curb65)) == expected


def test_without_curb65_nothing_is_settled() -> None:
    frame = framed()
    assert said(option("amoxicillin").population, frame) is None
    assert said(option("inpatient_beta_lactam_macrolide").population, frame) is None


def test_a_fluoroquinolone_alone_is_not_meant_in_severe_pneumonia() -> None:
    assert said(option("respiratory_fluoroquinolone").population, framed("Septic shock", curb65=4)) is False


@pytest.mark.parametrize(
    ("name", "problem", "expected"),
    [
        ("amoxicillin", "History of MRSA", Level.CHANGE),
        ("inpatient_beta_lactam_macrolide", "History of MRSA", Level.CHANGE),
        ("inpatient_beta_lactam_macrolide", "Pseudomonas in sputum", Level.CHANGE),
        ("inpatient_beta_lactam_macrolide", "IV antibiotics in the last 90 days", Level.MONITOR),
        ("severe_combination", "IV antibiotics in the last 90 days", Level.CHANGE),
        ("inpatient_beta_lactam_macrolide", "Gout", Level.NONE),
    ],
)
def test_resistant_pathogens(name: str, problem: str, expected: Level) -> None:
    assert level(name, framed(problem)) is expected


@pytest.mark.parametrize("name", ["macrolide", "respiratory_fluoroquinolone"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"QTc": 500.0, "potassium": 4.0}, Level.AVOID),
        ({"QTc": 460.0, "potassium": 4.0}, Level.CHANGE),
        ({"QTc": 420.0, "potassium": 3.4}, Level.CHANGE),
        ({"QTc": 420.0, "potassium": 4.0, "drugs": ("amiodarone",)}, Level.AVOID),
    ],
)
def test_qt(name: str, given: dict[str, Any], expected: Level) -> None:
    assert level(name, framed(**given)) is expected


def test_qt_settled_leaves_the_fluoroquinolone_open_and_unknown_does_not() -> None:
    assert level("respiratory_fluoroquinolone", framed(QTc=420.0, potassium=4.0)) is Level.NONE
    assert level("respiratory_fluoroquinolone", framed()) is Level.AVOID


@pytest.mark.parametrize("name", ["doxycycline", "respiratory_fluoroquinolone"])
@pytest.mark.parametrize(
    ("allergy", "expected"), [("penicillin", True), ("amoxicillin", True), ("warfarin", False)]
)
def test_beta_lactam_allergy_prefers_another_class(name: str, allergy: str, expected: bool) -> None:
    assert said(option(name).prefer[0].when, framed(allergies=(allergy,))) is expected


def test_a_virus_without_comorbidity_changes_the_choice() -> None:
    assert level("amoxicillin", framed("Influenza positive")) is Level.CHANGE
    assert level("amoxicillin", framed()) is Level.NONE


def test_not_in_a_weakened_immune_system() -> None:
    assert said(INDICATION.population, framed("Neutropenia")) is False
    assert said(INDICATION.population, framed()) is True
    assert said(INDICATION.population, framed(complete=False)) is None
