"""Units, dosing words and genotypes of a simulation in the words of clinicians, and what is told as not read."""

from __future__ import annotations

import pytest

from assistant.answer import Role
from assistant.models.genetic_routes import Call
from assistant.models.router import route
from assistant.models.simulated_doses import doses
from assistant.models.simulated_genotypes import groups
from assistant.models.simulated_inputs import people, several_schedules, timing
from assistant.models.simulated_unread import left_over, other_threshold
from assistant.research_words import SIMULATION
from assistant.turn import TurnInput
from genomics.pgx.call import _ALONE
from retrieval.evidence import Outcome
from tools import registry


def routed(question: str) -> list[Call]:
    return list(route(TurnInput(turn=1, role=Role.CLINICIAN, question=question), ()))


@pytest.mark.parametrize(
    ("unit", "mg"),
    [
        (unit, mg)
        for mg, units in (
            (5.0, ("mg", "mgs", "milligram", "milligrams")),
            (5000.0, ("g", "gram", "grams")),
            (
                0.005,
                ("mcg", "\N{MICRO SIGN}g", "\N{GREEK SMALL LETTER MU}g", "ug", "microgram", "micrograms"),
            ),
        )
        for unit in units
    ],
)
def test_every_unit_is_its_own(unit: str, mg: float) -> None:
    assert doses(f"simulate warfarin 5 {unit} daily", ["warfarin"]) == [("warfarin", mg)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("warfarin 3, 5 and 7 mg", [3.0, 5.0, 7.0]),
        ("half a 5 mg tablet of warfarin", [2.5]),
        ("two 5 mg tablets", [10.0]),
        ("2.5 or 5 mg", [2.5, 5.0]),
    ],
)
def test_several_doses_and_tablets(text: str, told: list[float]) -> None:
    assert [dose for _, dose in doses(text, ["warfarin"])] == told


@pytest.mark.parametrize(
    ("text", "every"),
    [("5 mg b.d.", 12.0), ("5 mg t.d.s.", 8.0), ("5 mg q.d.s.", 6.0), ("5 mg x 2 daily", 12.0), ("2 x daily", 12.0),
     ("5 mg qhs", 24.0), ("40 mg nocte", 24.0), ("5 mg o.d.", 24.0), ("10 mg 3 x daily", 8.0)],
)  # fmt: skip
def test_dosing_words(text: str, every: float) -> None:
    assert timing(text)["every_h"] == every


@pytest.mark.parametrize("text", ["Mon/Wed/Fri", "Tue, Thu", "on Mon and Fri", "1-0-0"])
def test_days_of_the_week_are_a_schedule(text: str) -> None:
    assert several_schedules(f"5 mg {text}")


def test_a_year_an_age_and_a_population() -> None:
    assert timing("5 mg daily for a year")["days"] == 365
    assert people("*1/*3 AA, 72 years") == {"age": 72.0}
    assert people("a virtual population of 500") == {"n": 500}
    assert people("for 20 years") == {}


@pytest.mark.parametrize(
    ("text", "drug", "told"),
    [
        ("homozygous for CYP2C9*3", "warfarin", ["CYP2C9 *3/*3"]),
        ("a CYP2C9 *2 homozygote", "losartan", ["CYP2C9 *2/*2"]),
        ("heterozygous for CYP2C9*3", "warfarin", ["heterozygous for CYP2C9*3"]),
        ("in SLCO1B1 rs4149056 CC", "atorvastatin", ["SLCO1B1 poor function"]),
        ("rs4149056 T/C", "atorvastatin", ["SLCO1B1 decreased function"]),
        ("SLCO1B1 rs4149056: TT", "atorvastatin", ["SLCO1B1 normal function"]),
        (
            "CYP2C19 poor metaboliser vs normal",
            "escitalopram",
            ["CYP2C19 poor metabolizer", "CYP2C19 normal metabolizer"],
        ),
        ("poor metaboliser and normal renal function", "metoprolol", ["CYP2D6 poor metabolizer"]),
        ("in three genotypes", "warfarin", ["three genotypes"]),
    ],
)
def test_genotypes_in_other_words(text: str, drug: str, told: list[str]) -> None:
    assert groups(text, drug) == told


def test_the_variant_of_slco1b1_is_read_as_the_genome_is() -> None:
    assert _ALONE["SLCO1B1"] == ("rs4149056", {"T": "*1", "C": "*5"})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("simulate metoprolol succinate 100 mg daily in PM", ("succinate",)),
        ("simulate metoprolol 5 mg iv", ("iv",)),
        ("simulate warfarin 5 mg XL", ("XL",)),
        ("simulate atomoxetine 1.2 mg/kg", ("1.2 mg/kg",)),
        ("simulate warfarin 5 mg in a smoker with albumin 20", ("smoker", "albumin 20")),
        ("simulate warfarin 5 mg, high vitamin K", ("vitamin K",)),
        ("simulate warfarin 5 mg daily, BMI 31", ("BMI 31",)),
        ("simulate warfarin 5 mg daily in *1/*3 GA, n=1000, seed 7, aged 70, 60 kg, for 60 days", ()),
        ("simulate warfarin 35 mg/week by Hamberg 2010 until day 90, VKORC1 -1639 GA", ()),
    ],
)
def test_what_no_input_holds_is_named(text: str, left: tuple[str, ...]) -> None:
    assert left_over(text, text.split()[1]) == left


def test_another_threshold_is_named() -> None:
    assert other_threshold("simulate warfarin 5 mg daily INR threshold 5") == "5"
    assert other_threshold("how many exceed INR 5 on warfarin 5 mg") == "5"
    assert other_threshold("target INR 2-3") == "2-3"
    assert other_threshold("how many are above an INR of 4") == ""


@pytest.mark.parametrize(
    "question",
    ["which drugs can you simulate?", "Which models do you simulate with?", "list the simulated drugs",
     "What drugs can be simulated here?"],
)  # fmt: skip
def test_what_can_be_simulated_is_told_by_the_tool(question: str) -> None:
    assert [(call.tool, call.inputs) for call in routed(question)] == [(SIMULATION, {"drug": ""})]
    told = registry.call(SIMULATION, {"drug": ""})
    assert told.outcome is Outcome.NEEDS_INPUT
    assert "warfarin" in told.note


@pytest.mark.parametrize(
    "question",
    ["which drugs interact with warfarin?", "what drugs simulate a heart attack on the ECG of patients?",
     "which models of care work in COPD?"],
)  # fmt: skip
def test_other_questions_of_drugs_and_models_are_not(question: str) -> None:
    assert {"drug": ""} not in [call.inputs for call in routed(question)]
