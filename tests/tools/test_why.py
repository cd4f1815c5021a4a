""" "Why not X?": every row of the table, on made indications with the shipped drug rules."""

from __future__ import annotations

from typing import Any

import pytest

from retrieval.patient import Patient
from tests.tools.treatment_made import DAY, entry, indication
from tests.tools.treatment_patients import make
from tools.treatment.findings import ACTIONS
from tools.treatment.options import Considered, consider
from tools.treatment.predicates import Level
from tools.treatment.why import WhyNot, why_not, would_change

GOOD = {"efficacy": 5, "safety": 4, "burden": 4, "cost": 4}
WORSE = {"efficacy": 3, "safety": 4, "burden": 4, "cost": 4}
METFORMIN = entry("metformin", ["drug:metformin"])
ANYONE = make(age=60, sex="male", weight=80, creatinine=0.9, complete=True)


def asked(name: str, *options: Any, patient: Patient = ANYONE, **more: Any) -> WhyNot:
    return why_not(name, considered(*options, patient=patient, **more))


def considered(*options: Any, patient: Patient = ANYONE, **more: Any) -> Considered:
    return consider(indication(*options), patient, today=DAY, **more)


def said(answer: WhyNot) -> str:
    return " ".join([answer.said, *(one.statement for one in answer.findings)])


@pytest.mark.parametrize(
    ("name", "candidate"),
    [("metformine", "metformin"), ("hydroxizine", "hydralazine"), ("NSAID", "naproxen")],
)
def test_a_name_that_is_not_certain_comes_with_candidates(name: str, candidate: str) -> None:
    answer = asked(name, METFORMIN, entry("painkiller", ["drug:naproxen"]))
    assert answer.state == "name ambiguous"
    assert any(candidate in one for one in answer.candidates)


def test_of_a_class_only_the_options_are_proposed() -> None:
    assert asked("NSAID", entry("painkiller", ["drug:naproxen", "drug:ibuprofen"])).candidates == (
        "ibuprofen",
        "naproxen",
    )


def test_an_unknown_drug_is_not_covered() -> None:
    answer = asked("xyzzy", METFORMIN)
    assert answer.state == "unknown drug"
    assert "not covered" in answer.said


def test_a_known_drug_that_no_fact_links_gets_its_findings_for_this_patient() -> None:
    patient = make(age=72, drugs=("warfarin",), complete=True)
    answer = asked("ibuprofen", METFORMIN, patient=patient)
    assert answer.state == "not linked"
    assert any(one.action is ACTIONS[Level.AVOID] and "warfarin" in one.names for one in answer.findings)
    assert "No fact that we hold" in said(answer)


def test_excluded_with_source_value_and_where_the_rule_would_not_fire() -> None:
    answer = asked("metformin", METFORMIN, patient=make(age=60, eGFR=38, complete=True))
    assert answer.state == "excluded"
    [finding] = answer.findings
    assert "It would not be said at: eGFR 38 mL/min/1.73 m²; from 45." in finding.statement
    assert finding.evidence[0].source.title.startswith("FDA")


def test_a_drug_of_an_open_option_can_be_excluded_itself() -> None:
    patient = make(age=60, sex="male", drugs=("clarithromycin",), CrCl=80, complete=True)
    statin = entry("statin", ["drug:simvastatin", "drug:rosuvastatin"])
    assert asked("simvastatin", statin, patient=patient).state == "excluded"
    assert asked("statin", statin, patient=patient).state == "first"


def test_undecided_with_what_to_measure_and_the_result_under_each_answer() -> None:
    answer = asked("metformin", METFORMIN, patient=make(age=60, complete=True))
    assert answer.state == "undecided"
    assert any("eGFR" in ask for ask in answer.asks)
    assert "below 45 avoid; from 45 none" in said(answer)


def test_a_population_that_is_not_known_says_what_each_answer_brings() -> None:
    grown = entry("grown", population={"age": {"ge": 18}})
    answer = asked("grown", grown, patient=make())
    assert answer.state == "undecided"
    assert "below 18 not meant; from 18 meant" in said(answer)


def test_not_meant_says_for_whom() -> None:
    grown = entry("grown", population={"age": {"ge": 18}})
    answer = asked("grown", grown, patient=make(age=9))
    assert answer.state == "not meant"
    assert "age 9 years" in said(answer)


def test_a_lower_layer_names_who_dominates_and_by_what() -> None:
    answer = asked("worse", entry("good", scores=GOOD), entry("worse", scores=WORSE))
    assert answer.state == "lower layer"
    [finding] = answer.findings
    assert "good is nowhere worse than worse and better in efficacy (5 against 3)" in finding.statement
    assert any(one.quote == "Made score of efficacy." for one in finding.evidence)


def test_a_lower_place_by_line_by_strength_by_weight_or_by_none() -> None:
    first = entry("first", scores=GOOD)
    by_line = asked("other", first, entry("other", scores=GOOD, line=2))
    assert (by_line.state, "second line" in by_line.said) == ("lower order", True)
    by_strength = asked("other", first, entry("other", scores=GOOD, strength="conditional"))
    assert "read as conditional" in by_strength.said
    mild = entry("mild", scores={**GOOD, "efficacy": 3, "safety": 5})
    by_weight = asked("mild", first, mild)
    assert "from a weight of safety of" in by_weight.said
    weight = float(by_weight.said.split(" of ")[-1].split()[0])
    assert considered(first, mild, weights={"safety": weight}).options[0].entry.name == "mild"
    assert considered(first, mild, weights={"safety": weight - 0.25}).options[0].entry.name == "first"
    unscored = asked("other", first, entry("other", scores={"safety": 5}))
    assert "that of other is not" in unscored.said
    twin = asked("zwin", first, entry("zwin", scores=GOOD))
    assert "no single weight" in twin.said


def test_the_first_says_so() -> None:
    answer = asked("walking", entry("walking", scores=GOOD), entry("worse", scores=WORSE))
    assert answer.state == "first"
    assert answer.findings


def test_of_the_drugs_of_an_option_one_can_ask_for_more() -> None:
    patient = make(age=50, sex="female", drugs=("clopidogrel",), complete=True)
    answer = asked("omeprazole", entry("ppi", ["drug:omeprazole", "drug:pantoprazole"]), patient=patient)
    assert answer.state == "excluded"  # the label: avoid these two; pantoprazole stays open
    assert any("clopidogrel" in one.names for one in answer.findings)
    other = asked("pantoprazole", entry("ppi", ["drug:omeprazole", "drug:pantoprazole"]), patient=patient)
    assert other.state == "first"


def test_a_measure_is_found_by_words_of_its_name() -> None:
    assert asked("walking", entry("walking_every_day")).state == "first"


def test_what_would_change_it_names_unknowns_and_near_thresholds_only() -> None:
    told = would_change(considered(METFORMIN, patient=make(age=60, eGFR=50, complete=True)))
    assert any("eGFR 50 mL/min/1.73 m²: below 45" in one and "avoid instead of none" in one for one in told)
    far = would_change(considered(METFORMIN, patient=make(age=60, eGFR=90, complete=True)))
    assert not any("eGFR 90" in one for one in far)
    unknown = would_change(considered(METFORMIN, patient=make(age=60, complete=True)))
    assert any("eGFR" in one and "metformin" in one for one in unknown)
    grown = entry("grown", population={"age": {"ge": 18}})
    assert "age 17 years: from 18, meant: grown" in would_change(considered(grown, patient=make(age=17)))


def test_a_drug_of_an_option_can_ask_for_more_than_its_neighbour() -> None:
    patient = make(age=60, sex="male", drugs=("amlodipine",), complete=True)
    answer = asked("simvastatin", entry("statin", ["drug:simvastatin", "drug:pravastatin"]), patient=patient)
    assert answer.state == "first"
    assert "pravastatin stands for it here, with less to change" in answer.said
