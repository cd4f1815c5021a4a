"""Urate-lowering treatment: eGFR, HLA-B*58:01, azathioprine, cardiovascular disease, G6PD."""

from __future__ import annotations

import pytest

from tests.tools.asked_options import TODAY, AskedOptions, framed, said
from tests.tools.treatment_patients import make
from tools.treatment.check import check
from tools.treatment.predicates import Level, Truth

ASKED = AskedOptions("gout_urate_lowering")
option, verdict, preferred = ASKED.option, ASKED.verdict, ASKED.preferred


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
