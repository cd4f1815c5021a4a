"""Asthma from 12 years: never a reliever alone, the inhaler that is taken, pregnancy, and the step."""

from __future__ import annotations

from functools import partial

import pytest

from tests.tools import asked_options
from tests.tools.asked_options import AskedOptions, said
from tools.treatment.predicates import Level

ASKED = AskedOptions("asthma_step")
INDICATION, option, verdict, preferred = ASKED.indication, ASKED.option, ASKED.verdict, ASKED.preferred
framed = partial(asked_options.framed, guidelines=False)


@pytest.mark.parametrize(("age", "meant"), [(11, False), (12, True), (40, True)])
def test_it_is_meant_from_12_years(age: float, meant: bool) -> None:
    assert said(INDICATION.population, framed(age=age)) is meant


@pytest.mark.parametrize("complete", [True, False])
def test_a_reliever_alone_is_avoided_in_everyone(complete: bool) -> None:
    found = verdict("saba_alone", framed(complete=complete, problems=("asthma",)))
    assert found.level is Level.AVOID
    assert found.certain
    assert all(
        len(one.regimen) > 1
        for one in INDICATION.options
        if ("drug:albuterol",) in one.regimen and one.line < 4
    )


@pytest.mark.parametrize("name", ["as_needed_ics_formoterol", "mart_low", "mart_medium"])
@pytest.mark.parametrize(
    ("drugs", "level"),
    [
        ((), Level.NONE),
        (("salmeterol",), Level.CHANGE),
        (("Breo",), Level.CHANGE),
        (("formoterol",), Level.NONE),
    ],
)
def test_another_long_acting_inhaler_is_replaced(name: str, drugs: tuple[str, ...], level: Level) -> None:
    problems = ("mild asthma",) if name.startswith("as_needed") else ("severe asthma",)
    assert verdict(name, framed(problems=problems, drugs=drugs)).level is level


def test_whether_another_inhaler_is_taken_is_asked() -> None:
    found = verdict("mart_low", framed(complete=False, problems=("asthma",)))
    assert found.level is Level.CHANGE
    assert not found.certain
    assert any("drug list" in ask for ask in found.asks)


@pytest.mark.parametrize(
    ("problem", "as_needed", "medium"),
    [
        ("mild asthma", True, False),
        ("severe asthma", False, True),
        ("uncontrolled asthma", False, True),
        ("asthma", True, False),
    ],
)
def test_the_severity_on_the_list_decides_the_step(problem: str, as_needed: bool, medium: bool) -> None:
    frame = framed(problems=(problem,))
    assert said(option("as_needed_ics_formoterol").population, frame) is as_needed
    assert said(option("mart_medium").population, frame) is medium
    assert preferred("as_needed_ics_formoterol", frame) == [problem == "mild asthma"]


def test_without_a_complete_list_the_step_is_asked() -> None:
    frame = framed(complete=False, problems=("asthma",))
    assert said(option("as_needed_ics_formoterol").population, frame) is None
    assert said(option("mart_low").population, frame) is True


def test_not_controlled_on_the_inhaler_goes_one_step_up() -> None:
    on_it = framed(problems=("uncontrolled asthma",), drugs=("budesonide", "formoterol"))
    without = framed(problems=("uncontrolled asthma",), drugs=("albuterol",))
    assert preferred("mart_medium", on_it) == [True]
    assert preferred("mart_low", on_it) == [False]
    assert preferred("mart_medium", without) == [False]
    assert preferred("mart_low", without) == [True]


@pytest.mark.parametrize(
    ("drugs", "meant"),
    [
        (("budesonide", "formoterol"), True),
        (("fluticasone", "salmeterol"), True),
        (("budesonide",), False),
        ((), False),
    ],
)
def test_tiotropium_is_added_to_a_combination_only(drugs: tuple[str, ...], meant: bool) -> None:
    assert said(option("add_tiotropium").population, framed(problems=("asthma",), drugs=drugs)) is meant


def test_in_pregnancy_the_corticosteroid_stays() -> None:
    mother = framed(age=28, sex="female", pregnant=True, problems=("asthma",))
    other = framed(age=28, sex="female", pregnant=False, problems=("asthma",))
    assert preferred("ics_with_saba", mother) == [True]
    assert preferred("ics_with_saba", other) == [False]
    for name in ("as_needed_ics_formoterol", "mart_low", "ics_with_saba", "ics_laba_with_saba"):
        assert verdict(name, mother).level is Level.NOTE
        assert verdict(name, other).level is Level.NONE
