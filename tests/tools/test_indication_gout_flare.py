"""Gout flare: eGFR, heart and stomach disease, nothing by mouth, infection."""

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
INDICATION = knowledge().indications["gout_flare"]


def option(name: str) -> OptionEntry:
    return next(one for one in INDICATION.options if one.id == f"{INDICATION.id}.{name}")


def framed(*, complete: bool = True, **given: Any) -> Frame:
    given = {"age": 50, "sex": "male", **given}
    patient = make(complete=complete, **given)
    return gathered([], patient, today=TODAY, guidelines=False).frame


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


@pytest.mark.parametrize(
    ("problems", "egfr", "level"),
    [
        ((), 90, Level.NONE),
        ((), 60, Level.NONE),
        ((), 59, Level.MONITOR),
        (("heart failure",), 90, Level.MONITOR),
        (("myocardial infarction 2019",), 90, Level.MONITOR),
        (("duodenal ulcer",), 90, Level.MONITOR),
    ],
)
def test_heart_kidney_and_stomach_speak_against_an_nsaid(
    problems: tuple[str, ...], egfr: float, level: Level
) -> None:
    frame = framed(problems=("gout", *problems), eGFR=egfr)
    assert verdict("nsaid", frame).level is level
    assert preferred("oral_glucocorticoid", frame) == [level is Level.MONITOR]


def test_an_unknown_egfr_is_asked() -> None:
    found = verdict("nsaid", framed(problems=("gout",)))
    assert not found.certain
    assert any("eGFR" in ask for ask in found.asks)


def test_nothing_by_mouth_means_an_injection() -> None:
    frame, well = framed(problems=("gout", "NPO after surgery")), framed(problems=("gout",))
    assert preferred("injected_glucocorticoid", frame) == [True]
    assert preferred("injected_glucocorticoid", well) == [False]
    assert verdict("oral_glucocorticoid", frame).level is Level.CHANGE
    assert verdict("oral_glucocorticoid", well).level is Level.NONE


def test_interleukin_1_inhibitors_stand_behind_and_not_in_infection() -> None:
    assert verdict("il1_inhibitor", framed(problems=("gout", "sepsis"))).level is Level.CHANGE
    assert verdict("il1_inhibitor", framed(problems=("gout",))).level is Level.NOTE
    assert option("il1_inhibitor").line > max(
        option(name).line for name in ("colchicine", "nsaid", "oral_glucocorticoid")
    )
