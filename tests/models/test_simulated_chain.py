"""What a later turn changes of a simulation: only what it says, gene by gene; and which words begin one at all."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.answer import Role
from assistant.models.router import route
from assistant.models.simulated_groups import groups_of
from assistant.research_words import RESEARCH
from assistant.turn import Earlier, TurnInput
from tools.simulation.records import models

FOUND = (("a", "b"),)


def calls(*turns: str) -> list[tuple[str, dict[str, Any]]]:
    earlier = tuple(Earlier(question=one, findings=FOUND) for one in turns[:-1])
    given = TurnInput(turn=1, role=Role.CLINICIAN, question=turns[-1], earlier=earlier)
    return [(call.tool, dict(call.inputs)) for call in route(given, ())]


def simulated(*turns: str) -> dict[str, Any]:
    told = [inputs for tool, inputs in calls(*turns) if tool == "simulate_drug"]
    assert len(told) == 1
    return told[0]


ONE, TWO = "in *1/*3 AA", "*1/*1 GG against *3/*3 AA"
TABLE = {
    "another gene": ("in *3/*3", "what about VKORC1 AA as well", ["*3/*3, AA"]),
    "the same gene": (ONE, "and *2/*2?", ["*2/*2, AA"]),
    "both genes": (ONE, "now *1/*1 GG", ["*1/*1, GG"]),
    "letters alone": (ONE, "the same in VKORC1 GG", ["*1/*3, GG"]),
    "compare": ("in *1/*3", "now compare with *1/*1", ["*1/*3", "*1/*1"]),
    "compare keeps the other gene": (ONE, "compare with *1/*1", ["*1/*3, AA", "*1/*1, AA"]),
    "versus": (ONE, "versus *3/*3 GG", ["*1/*3, AA", "*3/*3, GG"]),
    "as well as": (ONE, "and *1/*1 as well as that", ["*1/*3, AA", "*1/*1, AA"]),
    "a group is added": (ONE, "add a *2/*2 group", ["*1/*3, AA", "*2/*2, AA"]),
    "two of its own": ("in *1/*2", "compare *1/*1 with *3/*3", ["*1/*1", "*3/*3"]),
    "one gene for all groups": ("*1/*1 vs *3/*3", "with VKORC1 GA", ["*1/*1, GA", "*3/*3, GA"]),
    "one gene changes in all": (TWO, "both with VKORC1 GA", ["*1/*1, GA", "*3/*3, GA"]),
    "nothing is guessed": (TWO, "compare with *2/*2", ["*1/*1, GG", "*3/*3, AA", "*2/*2"]),
    "the cohort": (ONE, "and in the cohort", ["cohort"]),
}


@pytest.mark.parametrize("name", sorted(TABLE))
def test_what_a_later_turn_says_of_a_gene_replaces_that_gene_only(name: str) -> None:
    before, later, short = TABLE[name]
    told = [one.replace("*", "CYP2C9 *", 1).replace(", ", ", VKORC1 ") for one in short]
    assert groups_of([before, later], "warfarin") == told


def test_the_chains_of_a_reviewer() -> None:
    first = ("Simulate coumadin 5 mg", "and with 2.5 mg?", "and in *3/*3?", "what about VKORC1 AA as well")
    assert simulated(*first)["genotypes"] == ["CYP2C9 *3/*3, VKORC1 AA"]
    older = ("simulate warfarin 5 mg in *1/*3 AA", "what about 65 years old?", "and *2/*2?")
    assert simulated(*older)["genotypes"] == ["CYP2C9 *2/*2, VKORC1 AA"]
    beside = ("simulate warfarin 5 mg in *1/*3", "now compare with *1/*1", "over 90 days")
    assert simulated(*beside)["genotypes"] == ["CYP2C9 *1/*3", "CYP2C9 *1/*1"]
    assert simulated(*beside)["days"] == 90
    assert simulated(*beside, "compare with Hamberg 2010")["model"] == "warfarin_2010"


def test_a_turn_between_breaks_no_chain_unless_it_names_a_drug() -> None:
    first = "simulate warfarin 5 mg in *1/*3"
    assert simulated(first, "what is hypertension?", "and with 2.5 mg?")["dose_mg"] == 2.5
    asked = calls(first, "Can apixaban be given in dialysis?", "and with 2.5 mg?")
    assert "simulate_drug" not in dict(asked)
    assert "simulate_drug" not in dict(calls(first, "compare with *1/*1: should I treat her?"))


def test_a_long_chat_of_short_turns_is_read_once_each() -> None:
    first = "simulate warfarin 5 mg in *1/*3"
    turns = [first, *(f"and with {dose} mg?" for dose in range(2, 22))]
    assert simulated(*turns)["dose_mg"] == 21.0
    assert "simulate_drug" not in dict(calls(*["and then?"] * 40))


def test_the_same_for_another_drug_takes_no_dose_of_the_first() -> None:
    first = "simulate atomoxetine 40 mg bid in PM"
    told = simulated(first, "same for metoprolol 50 mg")
    assert (told["drug"], told["dose_mg"], told["every_h"]) == ("metoprolol", 50.0, 12.0)
    assert told["genotypes"] == ["CYP2D6 poor metabolizer"]
    assert "dose_mg" not in simulated(first, "the same with vortioxetine twice daily")


@pytest.mark.parametrize(
    ("question", "dose", "beside"),
    [
        ("simulate warfarin 5 mg with escitalopram 10 mg", 5.0, "escitalopram"),
        ("simulate metoprolol 50 mg bid together with aspirin 100 mg", 50.0, "aspirin"),
        ("simulate warfarin 5 mg alongside fluconazole 150 mg", 5.0, "fluconazole"),
        ("simulate warfarin 5 mg plus amiodarone 200 mg", 5.0, "amiodarone"),
        ("simulate warfarin 5 mg with 10 mg of escitalopram in *1/*3", 5.0, "escitalopram"),
        ("Simulate warfarin 5 mg po qhs for a 70 yo woman 60 kg on amiodarone", 5.0, "amiodarone"),
        ("simulate warfarin 5 mg daily in CYP2C9 *1/*3, on cimetidine", 5.0, "cimetidine"),
    ],
)
def test_the_dose_of_a_drug_beside_is_nobody_elses(question: str, dose: float, beside: str) -> None:
    told = simulated(question)
    assert told["dose_mg"] == dose
    assert dict(calls(question))["check_drugs"] == {"drugs": [told["drug"], beside]}


def test_two_drugs_keep_their_own_doses() -> None:
    told = [one for _, one in calls("simulate 5 mg/d warfarin & 10 mg/d escitalopram")]
    assert [(one["drug"], one["dose_mg"]) for one in told] == [("warfarin", 5.0), ("escitalopram", 10.0)]


@pytest.mark.parametrize("drug", sorted({one.drug for one in models().values()}))
def test_every_drug_of_a_model_is_heard_by_name(drug: str) -> None:
    assert simulated(f"Simulate {drug} 10 mg daily") == {"drug": drug, "dose_mg": 10.0, "every_h": 24.0}


@pytest.mark.parametrize(
    "question",
    [
        "what would happen to the INR if a *3/*3 patient got warfarin 5 mg once daily for 30 days?",
        "What happens to the INR on warfarin 5 mg in *1/*3?",
        "What share of *1/*3 AA patients would exceed INR 4 on warfarin 5 mg?",
        "how many patients with VKORC1 AA would be above INR 4 on 5 mg of warfarin",
        "What is the expected steady state concentration of celecoxib 200 mg in *1/*3?",
        "what is the AUC of celecoxib 200 mg in *1/*3?",
        "compare warfarin 5 mg in three genotypes",
        "compare IWPC and Hamberg doses for *2/*3 AA age 72",
        "Model warfarin 5 mg daily in *1/*3",
        "Run Hamberg 2010 for warfarin 5 mg *1/*3",
        "warfarin simulation 5 mg *1/*3",
        "Could we simulate what 5mg warfarin does",
        "Forecast INR on warfarin 5 mg in *1/*3",
        "simulat warfarin 5 mg daily *1/*1",
        "simualte warfarin 5mg daily",
        "simulate warfarin 5 mg daily in the study cohort",
    ],
)
def test_other_words_that_ask_for_a_simulation(question: str) -> None:
    assert simulated(question)["drug"] in ("warfarin", "celecoxib")


@pytest.mark.parametrize(
    "question",
    [
        "Compare metoprolol 50 mg and carvedilol 25 mg for AA patients with heart failure",
        "What is the target INR on warfarin?",
        "What is the maximum concentration of lidocaine 20 mg/ml allowed?",
        "How many patients on warfarin exceed an INR of 4 in trials?",
        "What happens to the INR when amiodarone is added to warfarin?",
        "Which model of care lowers bleeding on warfarin 5 mg?",
    ],
)
def test_a_clinical_question_is_no_simulation(question: str) -> None:
    assert not {tool for tool, _ in calls(question)} & set(RESEARCH)
