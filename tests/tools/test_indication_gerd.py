"""Reflux disease: alarm features, clopidogrel, CYP2C19, proven oesophagitis."""

from __future__ import annotations

import pytest

from tests.tools.asked_options import AskedOptions, framed, said
from tools.treatment.predicates import Level

ASKED = AskedOptions("gerd")
option, verdict, preferred = ASKED.option, ASKED.verdict, ASKED.preferred


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
