"""Reflux disease: alarm features, clopidogrel, CYP2C19, proven oesophagitis."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.tools.treatment_patients import make
from tools.treatment.check import gathered
from tools.treatment.frame import Frame, Taken
from tools.treatment.indications import OptionEntry
from tools.treatment.load import knowledge
from tools.treatment.names import Status, resolve
from tools.treatment.predicates import Level, Predicate, Truth, Verdict, atoms, evaluate, truth

TODAY = date(2026, 11, 22)
INDICATION = knowledge().indications["gerd"]


def option(name: str) -> OptionEntry:
    return next(one for one in INDICATION.options if one.id == f"{INDICATION.id}.{name}")


def framed(*, complete: bool = True, **given: Any) -> Frame:
    given = {"age": 50, "sex": "male", **given}
    patient = make(complete=complete, **given)
    return gathered([], patient, today=TODAY, guidelines=True).frame


def said(when: Predicate | None, frame: Frame) -> Truth:
    return truth(when, {atom: frame.answer(atom, {}).truth for atom in atoms(when)})


def verdict(name: str, frame: Frame) -> Verdict:
    entry = option(name)
    drug = entry.regimen[0][0].removeprefix("drug:")
    return evaluate(entry.cases, frame, {"it": Taken(drug=drug, named=drug, product=-1, state="new")})


def preferred(name: str, frame: Frame) -> list[Truth]:
    return [said(one.when, frame) for one in option(name).prefer]


def test_every_named_drug_is_held_marketed_and_found_by_its_name() -> None:
    for entry in INDICATION.options:
        for ref in (ref for part in entry.regimen for ref in part):
            drug = knowledge().drugs[ref.removeprefix("drug:")]
            assert drug.marketed
            assert resolve(drug.name).status is Status.EXACT


def test_every_fact_was_read_and_every_source_is_held() -> None:
    for fact in (INDICATION.fact, *(fact for entry in INDICATION.options for fact in entry.facts)):
        assert fact.checked == TODAY
        assert all(knowledge().citations[cite.key].checked for cite in fact.cites)


def test_its_condition_is_asked_and_nothing_else_is_named_alike() -> None:
    others = {name for one in knowledge().indications.values() if one is not INDICATION for name in one.says}
    assert not others & set(INDICATION.says)
    assert set(INDICATION.condition) <= set(knowledge().conditions)


@pytest.mark.parametrize("name", ["ppi", "rabeprazole", "h2_blocker", "antacid"])
@pytest.mark.parametrize(
    "problem", ["Dysphagia", "Unintended weight loss", "Melena", "Iron deficiency anemia"]
)
def test_alarm_features_call_for_endoscopy_first(name: str, problem: str) -> None:
    assert verdict(name, framed(problems=("GERD", problem))).level is Level.CHANGE
    assert verdict(name, framed(problems=("GERD",))).level is Level.NONE


def test_alarm_features_are_asked_where_the_list_is_open() -> None:
    found = verdict("ppi", framed(complete=False, problems=("GERD",)))
    assert found.level is Level.CHANGE
    assert not found.certain


@pytest.mark.parametrize("name", ["ppi", "ppi_maintenance", "ppi_on_demand"])
def test_clopidogrel_asks_for_another_proton_pump_inhibitor(name: str) -> None:
    taking, not_taking = framed(drugs=("clopidogrel",)), framed(drugs=("aspirin",))
    if name == "ppi_maintenance":
        taking, not_taking = (
            framed(drugs=(drug,), genotypes=("CYP2C19 normal metabolizer",))
            for drug in ("clopidogrel", "aspirin")
        )
    assert verdict(name, taking).level is Level.MONITOR
    assert verdict(name, not_taking).level is Level.NONE


@pytest.mark.parametrize(
    ("genotype", "rabeprazole", "half"),
    [
        ("CYP2C19 ultrarapid metabolizer", True, Level.NONE),
        ("CYP2C19 rapid metabolizer", True, Level.NONE),
        ("CYP2C19 normal metabolizer", False, Level.NONE),
        ("CYP2C19 poor metabolizer", False, Level.MONITOR),
    ],
)
def test_cyp2c19_moves_the_choice_and_the_dose(genotype: str, rabeprazole: bool, half: Level) -> None:
    frame = framed(genotypes=(genotype,), problems=("erosive esophagitis",))
    assert preferred("rabeprazole", frame) == [rabeprazole]
    assert verdict("ppi_maintenance", frame).level is half


def test_an_unknown_genotype_prefers_nothing() -> None:
    assert preferred("rabeprazole", framed(problems=("GERD",))) == [None]


@pytest.mark.parametrize("problem", ["erosive esophagitis", "Barrett's esophagus"])
def test_proven_disease_is_kept_healed_and_not_left_to_on_demand(problem: str) -> None:
    frame = framed(problems=("GERD", problem), drugs=("omeprazole",))
    assert said(option("ppi_maintenance").population, frame) is True
    assert verdict("ppi_on_demand", frame).level is Level.CHANGE
    plain = framed(problems=("GERD",), drugs=("omeprazole",))
    assert said(option("ppi_maintenance").population, plain) is False
    assert said(option("ppi_on_demand").population, plain) is True
    assert said(option("ppi_on_demand").population, framed(problems=("GERD",))) is False


def test_metoclopramide_is_for_slow_emptying_only() -> None:
    assert verdict("metoclopramide", framed(problems=("GERD",))).level is Level.CHANGE
    assert verdict("metoclopramide", framed(problems=("GERD", "gastroparesis"))).level is Level.MONITOR


def test_overweight_and_pregnancy_prefer_habits() -> None:
    assert preferred("lifestyle", framed(problems=("obesity",))) == [True, False]
    assert preferred("lifestyle", framed(age=30, sex="female", pregnant=True)) == [None, True]
