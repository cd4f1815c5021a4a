"""Planted faults: the file is whole, every case's reason replays, and gold hangs on what was drawn."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from evals.cases import choice, clinician, computed, formulas, plant
from evals.cases.case import Case
from evals.cases.gold import check
from evals.suites import calc, medsafety, options
from evals.suites.suite import Suite

FAULTS = plant.faults()
SIDES = (False, True)


@pytest.mark.parametrize("near", SIDES, ids=("fault", "near miss"))
@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.id)
def test_every_fault_and_near_miss_has_a_reason_that_replays(fault: plant.Fault, near: bool) -> None:
    for index in range(6):
        case = plant.plant(5, index, fault, near)
        assert check(case) == ()
        assert case.gold.drugs[0].action == ("fine" if near else fault.action)


def test_forty_facts_of_five_kinds() -> None:
    kinds = Counter(one.kind for one in FAULTS)
    assert kinds == {"interaction": 12, "renal": 8, "gene": 8, "allergy": 6, "pregnancy": 6}


def test_every_source_says_where_it_was_seen() -> None:
    for key, read in plant.sources().items():
        assert read.pmid or read.url or "shared/data" in read.seen, key
        assert read.pmid == "" or re.fullmatch(r"\d{5,8}", read.pmid), key


def test_a_fact_without_a_source_is_refused() -> None:
    rows = yaml.safe_load(plant.PATH.read_text(encoding="utf-8"))
    rows["faults"][0]["source"] = "nobody"
    with pytest.raises(ValidationError, match="no such source: nobody"):
        plant._Book.model_validate(rows)


def test_a_case_alone_is_the_case_in_a_batch() -> None:
    batch = list(medsafety.cases(30, 4))
    alone = plant.plant(4, 17, medsafety.in_turn()[8 + 4], near_miss=True)
    assert alone == batch[17]
    assert list(medsafety.cases(30, 4)) == batch
    assert [one.id for one in medsafety.cases(30, 5)] != [one.id for one in batch]


def test_ten_cases_have_every_kind_and_eighty_every_fact() -> None:
    assert len({one.stratum for one in medsafety.cases(10, 0)}) == 5
    eighty = list(medsafety.cases(80, 7))
    assert {one.gold.drugs[0].fault for one in eighty} == {one.id for one in FAULTS}
    assert sum("near miss" in one.tags for one in eighty) == 40


def test_taking_the_fact_away_is_noticed() -> None:
    fault = next(one for one in FAULTS if one.id == "fault.metformin_egfr_lt_30")
    cases = (plant.plant(1, index, fault) for index in range(20))
    case = next(one for one in cases if "eGFR" in one.presented.chart)
    broken = case.model_copy(update={"latent": case.latent.model_copy(update={"egfr": 60.0})})
    assert any("latent.egfr" in problem for problem in check(broken))


@pytest.mark.parametrize("fault", [one for one in FAULTS if one.kind == "renal"], ids=lambda one: one.id)
def test_clearance_and_egfr_lie_on_one_side_of_the_limit(fault: plant.Fault) -> None:
    for near, made in ((False, fault), (True, fault.near)):
        if made.limit is None:
            continue
        for index in range(40):
            latent = plant.plant(2, index, fault, near).latent
            who, egfr = latent.person, latent.egfr
            assert egfr is not None
            years = int(who.age_years)
            mg_dl = formulas.creatinine_mg_dl(egfr, years, who.sex)
            clearance = formulas.cockcroft_gault(mg_dl, years, who.sex, who.weight_kg)
            assert (clearance < made.limit) == (egfr < made.limit)


def test_where_no_egfr_is_told_the_creatinine_carries_the_reason() -> None:
    fault = next(one for one in FAULTS if one.id == "fault.metformin_egfr_lt_30")
    hidden = [
        case for index in range(40) if "eGFR" not in (case := plant.plant(3, index, fault)).presented.chart
    ]
    assert hidden
    for case in hidden:
        facts = [link.fact for link in case.gold.because[0].links]
        assert "latent.labs.creatinine" in facts
        assert "latent.egfr" not in facts
        assert f"{case.latent.labs['creatinine'].value:g}" in case.presented.chart


@given(egfr=st.floats(5, 130), age=st.integers(18, 95), sex=st.sampled_from(("female", "male")))
@settings(max_examples=200, deadline=None)
def test_creatinine_is_the_inverse_of_egfr(egfr: float, age: int, sex: str) -> None:
    assert formulas.egfr_2021(formulas.creatinine_mg_dl(egfr, age, sex), age, sex) == pytest.approx(egfr)


def test_formulas_give_the_worked_values_of_their_sources() -> None:
    assert formulas.egfr_2021(1.7, 81, "male") == pytest.approx(39.99991, abs=1e-4)
    assert formulas.anion_gap(140, 110, 9.4) == pytest.approx(20.6)
    assert formulas.anion_gap_albumin(127, 101, 9, 1.8) == pytest.approx(22.5)
    assert formulas.corrected_calcium(8.4, 3.3) == pytest.approx(8.96)
    assert formulas.corrected_sodium(132, 350) == pytest.approx(138)
    assert formulas.ldl(161, 39, 95) == pytest.approx(103)
    assert formulas.fib4(35, 107, 104, 181) == pytest.approx(2.02888, abs=1e-4)
    assert formulas.homa_ir(14.5, 298) == pytest.approx(10.66914, abs=1e-4)
    assert formulas.ideal_weight(173, "male") == pytest.approx(68.65362, abs=1e-4)
    assert formulas.body_mass_index(68, 182) == pytest.approx(20.52892, abs=1e-4)
    assert formulas.body_surface(85, 180) == pytest.approx(2.06155, abs=1e-4)
    assert formulas.mean_pressure(110, 70) == pytest.approx(83.33333, abs=1e-4)
    assert formulas.excreted_sodium(1.56, 12, 197, 128.1) == pytest.approx(0.07418, abs=1e-4)
    assert formulas.maintenance_fluid(76) == 116
    assert formulas.cha2ds2_vasc(62, "male", frozenset({"stroke"})) == 2
    assert formulas.curb65(77, frozenset({"confusion", "urea", "pressure"})) == 4
    with pytest.raises(ValueError, match="20 kg"):
        formulas.maintenance_fluid(12)


def test_every_rule_of_the_calculators_is_asked_and_a_dropped_unit_is_no_value() -> None:
    cases = list(calc.cases(36, 9))
    assert {one.stratum for one in cases} == set(computed.RULES)
    for case in cases:
        assert check(case) == ()
        dropped = case.stratum == "unit_dropped"
        assert bool(case.gold.values) != dropped
        if dropped:
            assert case.gold.must_ask == ("glucose",)
            assert re.search(r"glucose \d+[^\d ]?", _words(case))
            assert "mg/dL" not in _words(case)


def test_the_inputs_of_a_value_are_all_told() -> None:
    for case in calc.cases(72, 3):
        for lab in case.latent.labs.values():
            assert f"{lab.value:g}" in _words(case), case.presented


def test_options_hang_on_their_rules() -> None:
    for case in options.cases(len(choice.choices()) * 2, 6):
        assert check(case) == ()
        assert case.gold.options or case.gold.excluded
        assert choice.COMPLETE in case.presented.chart


def test_an_option_rule_that_says_nothing_is_refused() -> None:
    rows = yaml.safe_load(choice.PATH.read_text(encoding="utf-8"))
    del rows["choices"][1]["excluded"]
    rows["choices"][1].pop("options", None)
    with pytest.raises(ValidationError, match="neither puts an option first"):
        choice._Book.model_validate(rows)


@pytest.mark.parametrize("suite", [medsafety.SUITE, calc.SUITE, options.SUITE], ids=lambda one: one.name)
def test_sixty_cases_are_sixty_cases_in_many_words(suite: Suite) -> None:
    cases = list(suite.cases(60, 1))
    assert len({one.id for one in cases}) == len({_words(one) for one in cases}) == 60
    assert all(one.presented.id == one.id and one.suite == suite.name for one in cases)


def test_questions_and_charts_have_six_forms_or_more() -> None:
    for forms in (plant.QUESTIONS, choice.QUESTIONS, computed.ASK_ALL, computed.ASK_CHART):
        assert len(set(forms)) >= 6
    fault = FAULTS[0]
    latent = plant.plant(1, 1, fault).latent
    assert len({clinician.chart(latent, form) for form in range(clinician.CHARTS)}) == clinician.CHARTS


def _words(case: Case) -> str:
    return f"{case.presented.chart}\n{case.presented.turns[0].text}"
