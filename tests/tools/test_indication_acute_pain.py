"""Acute pain: MME, benzodiazepine, apnoea, eGFR, CYP2D6, pregnancy, and no long-acting opioid."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tools.asked_options import TODAY, AskedOptions, framed, said
from tests.tools.treatment_patients import make
from tools.treatment.check import check
from tools.treatment.predicates import Level, Truth

ASKED = AskedOptions("acute_pain")
INDICATION, option, verdict, preferred = ASKED.indication, ASKED.option, ASKED.verdict, ASKED.preferred


OPIOIDS = ("opioid", "codeine_or_tramadol")


@pytest.mark.parametrize(("age", "meant"), [(17, False), (18, True)])
def test_it_is_meant_for_adults(age: float, meant: bool) -> None:
    assert said(INDICATION.population, framed(age=age)) is meant


@pytest.mark.parametrize("name", [*OPIOIDS, "long_acting_opioid"])
@pytest.mark.parametrize(
    ("problems", "complete", "meant"),
    [
        ((), True, True),
        ((), False, None),
        (("sickle cell disease",), True, False),
        (("metastatic cancer",), True, False),
        (("hospice",), False, False),
    ],
)
def test_of_whose_opioids_the_guideline_speaks(
    name: str, problems: tuple[str, ...], complete: bool, meant: Truth
) -> None:
    assert said(option(name).population, framed(problems=problems, complete=complete)) is meant
    assert option("nsaid").population is None


@pytest.mark.parametrize("name", OPIOIDS)
@pytest.mark.parametrize(
    ("drugs", "mme", "level"),
    [
        (("oxycodone",), 60, Level.CHANGE),
        (("oxycodone",), 50, Level.CHANGE),
        (("oxycodone",), 49, Level.NONE),
        ((), 60, Level.NONE),
    ],
)
def test_from_50_mme_pause_and_weigh_again(
    name: str, drugs: tuple[str, ...], mme: float, level: Level
) -> None:
    assert verdict(name, framed(drugs=drugs, mme=mme, eGFR=90)).level is level


@pytest.mark.parametrize("name", OPIOIDS)
def test_an_unknown_mme_is_asked_of_those_who_take_an_opioid(name: str) -> None:
    found = verdict(name, framed(drugs=("morphine",), eGFR=90))
    assert found.level is Level.CHANGE
    assert any("MME" in ask for ask in found.asks)
    assert verdict(name, framed(eGFR=90)).certain


@pytest.mark.parametrize("name", OPIOIDS)
@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({"problems": ("obstructive sleep apnea",), "eGFR": 90}, Level.CHANGE),
        ({"drugs": ("lorazepam",), "eGFR": 90}, Level.MONITOR),
        ({"eGFR": 59}, Level.MONITOR),
        ({"eGFR": 60}, Level.NONE),
        ({"age": 30, "sex": "female", "pregnant": True, "eGFR": 90}, Level.CHANGE),
        ({"age": 30, "sex": "female", "pregnant": False, "eGFR": 90}, Level.NONE),
    ],
)
def test_apnoea_benzodiazepine_kidney_and_pregnancy(name: str, given: dict[str, Any], level: Level) -> None:
    assert verdict(name, framed(**given)).level is level


@pytest.mark.parametrize(
    ("genotypes", "expected"),
    [
        (("CYP2D6 ultrarapid metabolizer",), True),
        (("CYP2D6 poor metabolizer",), True),
        (("CYP2D6 normal metabolizer",), False),
        ((), None),
    ],
)
def test_cyp2d6_prefers_an_opioid_that_does_not_need_it(genotypes: tuple[str, ...], expected: Truth) -> None:
    assert preferred("opioid", framed(genotypes=genotypes)) == [expected]


@pytest.mark.parametrize("drug", ["codeine", "tramadol"])
def test_cyp2d6_rules_codeine_and_tramadol_out_by_the_gene_tables(drug: str) -> None:
    patient = make(age=50, sex="male", genotypes=("CYP2D6 poor metabolizer",), complete=True)
    assert Level.AVOID in {one.level for one in check([f"new: {drug}"], patient, today=TODAY).genes}


@pytest.mark.parametrize("complete", [True, False])
def test_no_long_acting_opioid_for_acute_pain(complete: bool) -> None:
    found = verdict("long_acting_opioid", framed(complete=complete))
    assert found.level is Level.AVOID
    assert found.certain


def test_nonopioids_stand_before_opioids() -> None:
    lines = {one.id.partition(".")[2]: one.line for one in INDICATION.options}
    assert {lines[name] for name in ("nondrug", "nsaid", "acetaminophen")} == {1}
    assert min(lines[name] for name in (*OPIOIDS, "long_acting_opioid")) > 1


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({"eGFR": 90}, Level.NONE),
        ({"eGFR": 40}, Level.MONITOR),
        ({"age": 70, "eGFR": 90}, Level.MONITOR),
        ({"problems": ("heart failure",), "eGFR": 90}, Level.MONITOR),
    ],
)
def test_who_is_watched_under_an_nsaid(given: dict[str, Any], level: Level) -> None:
    assert verdict("nsaid", framed(**given)).level is level


def test_liver_disease_is_watched_under_acetaminophen() -> None:
    assert verdict("acetaminophen", framed(problems=("cirrhosis",))).level is Level.MONITOR
    assert verdict("acetaminophen", framed()).level is Level.NONE
