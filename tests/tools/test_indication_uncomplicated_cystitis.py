"""Uncomplicated cystitis: clearance, pregnancy, sulfa allergy, and local resistance that is not known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.tools.treatment_patients import make
from tools.treatment.check import check
from tools.treatment.frame import Frame, Taken
from tools.treatment.indications import OptionEntry
from tools.treatment.load import knowledge
from tools.treatment.predicates import Level, Predicate, Truth, Verdict, atoms, evaluate, truth

TODAY = date(2026, 11, 22)
INDICATION = knowledge().indications["uncomplicated_cystitis"]


def option(name: str) -> OptionEntry:
    return next(one for one in INDICATION.options if one.id == f"{INDICATION.id}.{name}")


def framed(*problems: str, **given: Any) -> Frame:
    of: dict[str, Any] = {"age": 30, "sex": "female", "pregnant": False, "complete": True} | given
    return check([], make(problems=("Acute cystitis", *problems), **of), today=TODAY, guidelines=False).frame


def said(when: Predicate | None, frame: Frame) -> Truth:
    return truth(when, {atom: frame.answer(atom, {}).truth for atom in atoms(when)})


def verdict(name: str, frame: Frame) -> Verdict:
    entry = option(name)
    drug = entry.regimen[0][0].removeprefix("drug:")
    return evaluate(entry.cases, frame, {"it": Taken(drug=drug, named=drug, product=-1, state="new")})


def test_every_named_drug_is_held_and_marketed() -> None:
    for entry in INDICATION.options:
        for ref in (ref for part in entry.regimen for ref in part):
            assert knowledge().drugs[ref.removeprefix("drug:")].marketed
    assert "2011" in INDICATION.banner


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, True),
        ({"pregnant": True}, False),
        ({"pregnant": None}, None),
        ({"sex": "male", "pregnant": None}, False),
        ({"age": 17}, False),
        ({"complete": False}, None),
    ],
)
def test_population(given: dict[str, Any], expected: Truth) -> None:
    assert said(INDICATION.population, framed(**given)) is expected


@pytest.mark.parametrize("problem", ["Pyelonephritis", "Indwelling catheter", "Kidney transplant"])
def test_complicated_infection_is_not_covered(problem: str) -> None:
    assert said(INDICATION.population, framed(problem)) is False


@pytest.mark.parametrize(
    ("clearance", "level"),
    [(29, Level.AVOID), (30, Level.MONITOR), (59, Level.MONITOR), (60, Level.NONE), (None, Level.AVOID)],
)
def test_clearance_and_nitrofurantoin(clearance: float | None, level: Level) -> None:
    found = verdict("nitrofurantoin", framed(**({} if clearance is None else {"CrCl": clearance})))
    assert found.level is level
    assert found.certain is (clearance is not None)


@pytest.mark.parametrize(
    ("problems", "complete", "level", "certain"),
    [
        (("TMP-SMX resistance below 20%",), True, Level.NONE, True),
        (("High local TMP-SMX resistance",), True, Level.AVOID, True),
        (("Recent co-trimoxazole",), True, Level.AVOID, True),
        ((), True, Level.CHANGE, True),
        ((), False, Level.AVOID, False),
    ],
)
def test_local_resistance(problems: tuple[str, ...], complete: bool, level: Level, certain: bool) -> None:
    found = verdict("tmp_smx", framed(*problems, complete=complete))
    assert (found.level, found.certain) == (level, certain)


def test_sulfa_allergy_is_read_and_rules_the_drug_out() -> None:
    patient = make(age=30, sex="female", allergies=("sulfa",), complete=True)
    asked = check(["new: co-trimoxazole"], patient, today=TODAY, guidelines=False)
    assert [(one.taken.drug, one.level) for one in asked.allergies] == [("sulfamethoxazole", Level.AVOID)]
    susceptible = framed("TMP-SMX susceptible", allergies=("sulfa",))
    assert verdict("tmp_smx", susceptible).level is Level.MONITOR


@pytest.mark.parametrize(
    ("allergy", "level"),
    [("penicillin", Level.AVOID), ("cephalosporins", Level.AVOID), ("sulfa", Level.NONE)],
)
def test_beta_lactam_allergy_and_pivmecillinam(allergy: str, level: Level) -> None:
    assert verdict("pivmecillinam", framed(allergies=(allergy,))).level is level


def test_a_fluoroquinolone_always_asks_for_another_choice() -> None:
    assert verdict("fluoroquinolone", framed()).level is Level.CHANGE
    assert option("fluoroquinolone").line == max(one.line for one in INDICATION.options)
