"""Words of a simulation that could be read wrong: each is read rightly, handed on as written, or told as not read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Role
from assistant.ask import Assistant
from assistant.frame import read
from assistant.models.router import route
from assistant.models.simulated_doses import doses
from assistant.models.simulated_genotypes import groups, unread
from assistant.models.simulated_inputs import age_range, people, several_schedules, timing
from assistant.research_answers import AGES, ANCESTRY, KIDNEYS, LIVER, NO_AGE, SCHEDULE
from assistant.settings import Settings
from assistant.turn import Earlier, TurnInput
from genomics.pgx.gathering import definitions, from_record
from retrieval.evidence import Outcome
from retrieval.patient import Patient


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    made = Assistant(Settings(data_dir=tmp_path))
    yield made
    made.close()


def simulated(question: str, *earlier: str) -> dict[str, Any]:
    before = tuple(Earlier(question=one) for one in earlier)
    given = TurnInput(turn=1, role=Role.CLINICIAN, question=question, earlier=before)
    inputs = [call.inputs for call in route(given, ()) if call.tool == "simulate_drug"]
    assert len(inputs) == 1
    return inputs[0]


@pytest.mark.parametrize(
    ("text", "drug", "told"),
    [
        ("CYP2C9 *1/*3, VKORC1 TT", "warfarin", ["CYP2C9 *1/*3, VKORC1 TT"]),
        ("CYP2C9 *1/*3, VKORC1 C/T", "warfarin", ["CYP2C9 *1/*3, VKORC1 CT"]),
        ("*1/*3 TT", "warfarin", ["CYP2C9 *1/*3, VKORC1 TT"]),
        ("rs9923231 TT and CYP2C9 *1/*2", "warfarin", ["VKORC1 TT, CYP2C9 *1/*2"]),
        ("*1 / *3 and -1639G>A A/A", "warfarin", ["CYP2C9 *1/*3, VKORC1 AA"]),
        ("\N{ASTERISK OPERATOR}1/\N{ASTERISK OPERATOR}3 GA", "warfarin", ["CYP2C9 *1/*3, VKORC1 GA"]),
        ("CYP2C9 *1/*3; VKORC1 AA", "warfarin", ["CYP2C9 *1/*3, VKORC1 AA"]),
        ("CYP2C9 *1/*3 (heterozygous), VKORC1 GA", "warfarin", ["CYP2C9 *1/*3, VKORC1 GA"]),
        ("*3/*3 instead of *1/*1", "warfarin", ["CYP2C9 *3/*3"]),
        ("*1/*1 and *3/*3, both GG", "warfarin", ["CYP2C9 *1/*1, VKORC1 GG", "CYP2C9 *3/*3, VKORC1 GG"]),
        ("a woman, GA *1/*2", "warfarin", ["VKORC1 GA, CYP2C9 *1/*2"]),
        ("CYP2C9 *1/*3, VKORC1 unknown", "warfarin", ["CYP2C9 *1/*3"]),
        ("a CYP2C9 substrate", "siponimod", []),
        ("at 8 PM", "vortioxetine", []),
        ("on AA meetings", "warfarin", []),
    ],
    ids=(
        "TT CT bare-TT rs site asterisk semicolon zygosity instead both letters-first unknown substrate clock meetings"
    ).split(),
)
def test_a_genotype_is_read_as_it_is_written_by_others(text: str, drug: str, told: list[str]) -> None:
    assert groups(text, drug) == told


@pytest.mark.parametrize(
    ("text", "drug", "told"),
    [
        ("in SLCO1B1 521CC", "atorvastatin", ["SLCO1B1 521CC"]),
        ("SLCO1B1 c.521TC", "atorvastatin", ["SLCO1B1 c.521TC"]),
        ("in CYP2C9*3 heterozygous", "warfarin", ["CYP2C9*3 heterozygous"]),
        ("in *1*3 GA", "warfarin", ["*1*3"]),
        ("CYP2D6 (*1/*2)x3", "vortioxetine", ["CYP2D6 (*1/*2)x3"]),
        ("CYP2C9 *1/*3/*2", "warfarin", ["CYP2C9 *1/*3/*2"]),
        ("CYP2C9 *1/*3, VKORC1 wild type", "warfarin", ["CYP2C9 *1/*3, VKORC1 wild type"]),
        ("in slow metabolizers", "vortioxetine", ["slow metabolizers"]),
        ("in carriers against non-carriers", "losartan", ["carriers", "not carriers"]),
        ("daily without VKORC1 AA", "warfarin", ["without VKORC1 AA"]),
        ("CYP2C9 *1/*3, not VKORC1 AA", "warfarin", ["CYP2C9 *1/*3, not VKORC1 AA"]),
        ("in CYP2D6 non-poor metabolizers", "vortioxetine", ["CYP2D6 not poor metabolizers"]),
        ("no poor metabolizers please", "vortioxetine", ["no poor metabolizers"]),
        ("in likely poor metabolizers", "vortioxetine", ["likely poor metabolizers"]),
        ("*1/*3, likely GA", "warfarin", ["*1/*3, likely GA"]),
        ("*1/*3 suspected", "warfarin", ["*1/*3 suspected"]),
        ("CYP2D6 *1/*1 vs. possibly *4/*4", "vortioxetine", ["CYP2D6 *1/*1", "possibly *4/*4"]),
    ],
    ids=(
        "521CC c521 one-star no-slash three-copies three-alleles wild slow carriers without not non no likely "
        "likely-letters suspected possibly"
    ).split(),
)
def test_what_cannot_be_read_goes_to_the_tool_as_written(text: str, drug: str, told: list[str]) -> None:
    assert groups(text, drug) == told


@pytest.mark.parametrize(
    "question",
    [
        "Simulate warfarin 5 mg daily in *1*3 GA",
        "Simulate warfarin 5 mg daily in CYP2C9 *1/*3/*2, VKORC1 GG",
        "Simulate atorvastatin 40 mg daily in SLCO1B1 521CC",
        "Simulate vortioxetine 10 mg daily in CYP2D6 non-poor metabolizers",
        "Simulate vortioxetine 10 mg daily in likely poor metabolizers",
        "Simulate warfarin 5 mg daily in CYP2C9 *1/*3, not VKORC1 AA",
    ],
    ids="no-slash three 521 non likely not".split(),
)
def test_the_tool_refuses_it_and_nobody_is_simulated_as_the_reference(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask(assistant.open(Role.CLINICIAN), question)
    assert [call.tool for call in answer.calls] == ["simulate_drug"]
    assert answer.calls[0].outcome in (Outcome.BAD_INPUT, Outcome.NOT_COVERED, Outcome.NEEDS_INPUT)
    assert answer.claims == ()


def test_letters_that_are_no_genotype_are_told_as_not_read(assistant: Assistant) -> None:
    assert unread("a man on AA meetings", "warfarin") == ("AA",)
    answer = assistant.ask(
        assistant.open(Role.CLINICIAN), "Simulate warfarin 5 mg daily in a man on AA meetings"
    )
    assert "Not read as a genotype: AA" in answer.reply


@pytest.mark.parametrize(
    ("question", "first", "count"),
    [
        ("Compare CYP2C9 genotypes on 50 mg losartan", "CYP2C9 *1/*1", 6),
        ("Compare metabolizer groups on vortioxetine 10 mg daily, simulate", "CYP2D6 normal metabolizer", 4),
        ("Simulate warfarin 5 mg daily by CYP2C9 and VKORC1 genotypes", "CYP2C9 *1/*1", 8),
    ],
    ids=["losartan", "groups", "two genes"],
)
def test_genotypes_to_compare_are_one_group_each_and_eight_at_most(
    question: str, first: str, count: int
) -> None:
    told = groups(question, question.split()[-1] if "losartan" in question else _drug(question))
    assert (told[0], len(told)) == (first, count)


def _drug(question: str) -> str:
    return next(name for name in ("vortioxetine", "warfarin") if name in question)


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("10 mg twice weekly", 84.0),
        ("5 mg three times a week", 56.0),
        ("5 mg 3x/week", 56.0),
        ("5 mg every third day", 72.0),
        ("5 mg qod", 48.0),
        ("15 mg every hour", 1.0),
        ("5 mg every 2 weeks", 336.0),
        ("35 mg per week", 24.0),
        ("70 mg weekly", 168.0),
        ("5 mg daily for a week", 24.0),
        ("5 mg daily in a single patient", 24.0),
        ("40 mg twice a day", 12.0),
        ("as an alternative 5 mg daily: is the INR lower after 30 days", 24.0),
    ],
)
def test_intervals(text: str, every: float) -> None:
    assert timing(text)["every_h"] == every
    assert not several_schedules(text)


SEVERAL = (
    "Simulate warfarin 5 mg once weekly vs daily",
    "Simulate warfarin 5 and 7.5 mg alternating",
    "Simulate warfarin 10 mg for 2 days then 5 mg daily",
    "Simulate warfarin with a loading dose of 10 mg, 5 mg daily",
    "Simulate warfarin 5 mg daily stopped after 10 days",
    "Simulate warfarin 5 mg bid? No, once daily",
    "Simulate warfarin 5 mg on Monday, Wednesday and Friday",
    "Simulate warfarin 5 to 10 mg daily",
    "Simulate warfarin 5 mg daily, increased to 7.5 mg on day 10",
    "Simulate warfarin 5 mg daily and apixaban 5 mg twice daily",
)


@pytest.mark.parametrize("question", SEVERAL)
def test_more_than_one_dose_at_one_interval_is_asked_back(question: str) -> None:
    given = TurnInput(turn=1, role=Role.CLINICIAN, question=question)
    inputs = [call.inputs for call in route(given, ()) if call.tool == "simulate_drug"]
    assert inputs
    assert not any({"dose_mg", "every_h"} & set(one) for one in inputs)


def test_a_schedule_is_said_and_the_next_turn_may_give_a_plain_one(assistant: Assistant) -> None:
    session = assistant.open(Role.CLINICIAN)
    first = assistant.ask(session, "Simulate warfarin 10 mg for 2 days then 5 mg daily in *1/*3 GA")
    assert first.calls[0].outcome is Outcome.NEEDS_INPUT
    assert SCHEDULE in first.reply
    assert "the dose in mg" in first.reply
    later = simulated("5 mg every 24 hours", "Simulate warfarin 10 mg for 2 days then 5 mg daily in *1/*3 GA")
    assert (later["dose_mg"], later["every_h"]) == (5.0, 24.0)


def test_how_often_another_drug_is_taken_is_not_how_often_this_one_is() -> None:
    assert "every_h" not in simulated("She takes metformin twice daily. Simulate warfarin 5 mg in *1/*3 GA")


def test_amounts_with_thousands_and_two_before_one_unit() -> None:
    assert doses("1,000 mg", ["tolbutamide"]) == [("tolbutamide", 1000.0)]
    assert doses("1,5 mg", ["x"]) == [("x", 1.5)]
    assert doses("0,125 mg", ["x"]) == [("x", 0.125)]
    assert doses("2.5 and 5 mg", ["x"]) == [("x", 2.5), ("x", 5.0)]
    assert doses("age 70 and 5 mg", ["x"]) == [("x", 5.0)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("aged 30 months", {"age": 2.5}),
        ("aged 6 weeks", {"age": 0.11}),
        ("a 30 months old child", {"age": 2.5}),
        ("age 87.5", {"age": 87.5}),
        ("180 lb", {"weight": 81.6}),
        ("160 pounds, 70 years old", {"age": 70.0, "weight": 72.6}),
        ("500 Asian patients", {"n": 500}),
        ("aged 70 women", {"age": 70.0}),
        ("5 mg daily in patients", {}),
        ("age 65 to 80", {}),
        ("65-80-year-old patients", {}),
    ],
)
def test_people_in_other_measures(text: str, told: dict[str, Any]) -> None:
    assert people(text) == told
    assert age_range(text) == ("80" in text and "180" not in text)
    assert "days" not in timing(text)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("with kidney function 20 ml/min", KIDNEYS),
        ("with CKD 4", KIDNEYS),
        ("in Child-Pugh C", LIVER),
        ("in cirrhosis", LIVER),
        ("age 65 to 80", AGES),
        ("in elderly people", NO_AGE),
        ("in 20 Asian patients", ANCESTRY),
    ],
)
def test_what_no_model_reads_is_said(assistant: Assistant, words: str, line: str) -> None:
    question = f"Simulate warfarin 5 mg daily for 10 days in *1/*3 GA {words}, n=20"
    assert line in assistant.ask(assistant.open(Role.CLINICIAN), question).reply


def test_normal_organs_need_no_word(assistant: Assistant) -> None:
    question = "Simulate warfarin 5 mg daily for 10 days in *1/*3 GA with normal renal function, n=20"
    assert assistant.ask(assistant.open(Role.CLINICIAN), question).reply == ""


ATOMOXETINE = (Earlier(question="Simulate atomoxetine 40 mg daily in CYP2D6 *1/*1", findings=(("a", "b"),)),)


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("and in CYP2D6 *4/*4 aged 60?", ATOMOXETINE),
        ("Simulate warfarin 5 mg. CYP2C9 *3/*3, VKORC1 AA, age 82.", ()),
        ("How would a 90-year-old with CYP2C9 *3/*3 respond? Simulate warfarin 5 mg.", ()),
    ],
    ids=["later", "beside", "question"],
)
def test_virtual_people_of_a_later_turn_or_beside_stay_out_of_the_chart(
    text: str, earlier: tuple[Earlier, ...]
) -> None:
    assert read(text, Patient(), earlier) == (Patient(), ())


def test_the_patient_of_a_later_turn_or_beside_enters_it() -> None:
    own, _ = read("She is 80 years old and has CYP2D6 *4/*4.", Patient(), ATOMOXETINE)
    assert own.genotypes.values == ("CYP2D6 *4/*4",)
    told, _ = read(
        "72-year-old woman on apixaban, eGFR 30. Simulate apixaban 5 mg twice daily.", Patient(), ()
    )
    assert told.age_years is not None
    assert told.drugs.values == ("apixaban",)


@pytest.mark.parametrize(
    ("words", "value", "phenotype"),
    [
        ("VKORC1 GA", "VKORC1 GA", "-1639 AG"),
        ("VKORC1 AG", "VKORC1 GA", "-1639 AG"),
        ("VKORC1 A/A", "VKORC1 AA", "-1639 AA"),
        ("rs9923231 TT", "VKORC1 TT", "-1639 AA"),
        ("VKORC1 -1639G>A AA", "VKORC1 AA", "-1639 AA"),
        ("VKORC1 (rs9923231) C/T", "VKORC1 CT", "-1639 AG"),
    ],
)
def test_letters_of_vkorc1_enter_the_chart_and_are_read_by_the_pharmacogenes(
    words: str, value: str, phenotype: str
) -> None:
    patient, _ = read(f"72-year-old woman, CYP2C9 *1/*3, {words}", Patient())
    assert patient.genotypes.values == ("CYP2C9 *1/*3", value)
    calls = {call.gene: call for call in from_record(patient.genotypes.values, definitions()).calls}
    assert calls["VKORC1"].diplotypes[0].phenotype == phenotype


def test_pounds_enter_the_chart_with_their_unit() -> None:
    weight = read("She is 72 years old, 180 lb", Patient())[0].weight
    assert weight is not None
    assert (weight.value, weight.unit) == (180.0, "lb")


@pytest.mark.parametrize(
    "text", ["VKORC1 at risk", "VKORC1 is a gene", "not VKORC1 AA", "VKORC1 unknown", "VKORC1 CA"]
)
def test_other_words_after_vkorc1_are_no_result(text: str) -> None:
    assert read(text, Patient())[0].genotypes.values == ()
