"""Urate-lowering treatment: eGFR, HLA-B*58:01, azathioprine, cardiovascular disease, G6PD."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.tools.treatment_patients import make
from tools.treatment.check import check, gathered
from tools.treatment.frame import Frame, Taken
from tools.treatment.indications import OptionEntry
from tools.treatment.load import knowledge
from tools.treatment.names import Status, resolve
from tools.treatment.predicates import Level, Predicate, Truth, Verdict, atoms, evaluate, truth

TODAY = date(2026, 11, 22)
INDICATION = knowledge().indications["gout_urate_lowering"]


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


@pytest.mark.parametrize(("egfr", "low"), [(90, False), (60, False), (59, True), (25, True)])
def test_a_low_egfr_prefers_allopurinol_and_speaks_against_probenecid(egfr: float, low: bool) -> None:
    frame = framed(problems=("gout",), eGFR=egfr)
    assert preferred("allopurinol", frame) == [low]
    assert verdict("allopurinol", frame).level is (Level.MONITOR if low else Level.NONE)
    assert verdict("probenecid", frame).level is (Level.CHANGE if low else Level.NONE)


def test_an_unknown_egfr_is_asked() -> None:
    found = verdict("probenecid", framed(problems=("gout",)))
    assert not found.certain
    assert any("eGFR" in ask for ask in found.asks)


@pytest.mark.parametrize(
    ("genotypes", "expected"),
    [(("HLA-B*58:01 positive",), True), (("HLA-B*58:01 negative",), False), ((), None)],
)
def test_hla_b_58_01_prefers_febuxostat(genotypes: tuple[str, ...], expected: Truth) -> None:
    assert preferred("febuxostat", framed(problems=("gout",), genotypes=genotypes)) == [expected]


def test_hla_b_58_01_rules_allopurinol_out_by_the_gene_tables() -> None:
    patient = make(age=50, sex="male", problems=("gout",), genotypes=("HLA-B*58:01 positive",), complete=True)
    levels = {one.drug: one.level for one in check(["new: allopurinol"], patient, today=TODAY).genes}
    assert levels == {"allopurinol": Level.AVOID}


@pytest.mark.parametrize("descent", ["Han Chinese", "African American"])
def test_descent_asks_for_the_test_before_allopurinol(descent: str) -> None:
    assert verdict("allopurinol", framed(problems=("gout", descent), eGFR=90)).level is Level.MONITOR


def test_cardiovascular_disease_speaks_against_febuxostat() -> None:
    assert verdict("febuxostat", framed(problems=("gout", "myocardial infarction"))).level is Level.CHANGE
    assert verdict("febuxostat", framed(problems=("gout",))).level is Level.NONE


@pytest.mark.parametrize("thiopurine", ["azathioprine", "mercaptopurine"])
def test_a_thiopurine_rules_febuxostat_out(thiopurine: str) -> None:
    patient = make(age=50, sex="male", problems=("gout",), drugs=(thiopurine,), complete=True)
    checked = check(["new: febuxostat"], patient, today=TODAY, guidelines=False)
    assert Level.AVOID in {one.verdict.level for pair in checked.pairs for one in pair.fired}


@pytest.mark.parametrize(
    ("problems", "drugs", "level"),
    [
        (("G6PD deficiency",), (), Level.AVOID),
        (("G6PD deficiency",), ("allopurinol",), Level.AVOID),
        ((), ("allopurinol",), Level.CHANGE),
        (("heart failure",), (), Level.MONITOR),
        ((), (), Level.NONE),
    ],
)
def test_pegloticase_in_g6pd_deficiency_with_oral_drugs_and_in_heart_failure(
    problems: tuple[str, ...], drugs: tuple[str, ...], level: Level
) -> None:
    frame = framed(problems=("refractory gout", *problems), drugs=drugs)
    assert said(option("pegloticase").population, frame) is True
    assert verdict("pegloticase", frame).level is level


def test_pegloticase_is_not_meant_before_other_treatment_failed() -> None:
    assert said(option("pegloticase").population, framed(problems=("gout",))) is False


def test_an_unknown_g6pd_is_asked_before_pegloticase() -> None:
    found = verdict("pegloticase", framed(complete=False, problems=("refractory gout",)))
    assert found.level is Level.AVOID
    assert not found.certain
