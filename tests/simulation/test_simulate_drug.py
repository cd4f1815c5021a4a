"""The tool: its outcomes, its words, tables and pictures, and that every quote stands in a held text."""

from __future__ import annotations

import io
import json
import re

import pytest

from retrieval.evidence import Depth, Outcome, ToolResult
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.registry import Context, call, tools
from tools.simulation import cards, drawing
from tools.simulation.answers import result
from tools.simulation.course import Request
from tools.simulation.run import simulate
from tools.simulation.statements import figure, share

FORBIDDEN = re.compile(
    r"\byour (?:INR|dose|level)|\bthe right dose|\bshould take|\byou should|\bsafe\b|\bwill be\b", re.I
)
"""What a simulation may not say (specification 3.10)."""
HERE = Origin(kind=OriginKind.WORDS, where="the test")


def run(**inputs: object) -> ToolResult:
    given = {"drug": "warfarin", "dose_mg": 5, "days": 14, "n": 20} | inputs
    return call("simulate_drug", given, Context())


@pytest.fixture(scope="module")
def answer() -> ToolResult:
    return run(genotypes=["CYP2C9 *1/*1, VKORC1 GG", "*3/*3 AA"], age=65, compare=True)


def test_the_clinician_alone_has_it() -> None:
    assert tools()["simulate_drug"].roles == ("clinician",)
    refused = call("simulate_drug", {"drug": "warfarin", "dose_mg": 5}, Context(role="patient"))
    assert refused.outcome is Outcome.BAD_INPUT
    assert "no tool" in refused.note


def test_the_schema_is_small() -> None:
    assert len(json.dumps(tools()["simulate_drug"].schema)) // 4 <= 340


def test_every_statement_says_that_it_is_simulated(answer: ToolResult) -> None:
    assert answer.outcome is Outcome.FOUND
    for one in answer.findings:
        assert "simulat" in one.statement, one.statement
        assert not FORBIDDEN.search(one.statement), one.statement
    assert answer.findings[0].statement.startswith("In a simulation of 20 virtual patients with CYP2C9 *1/*1")
    assert "by day 14" in answer.findings[0].statement
    assert "(Hamberg 2007)" in answer.findings[0].statement
    assert "6.76 times" in answer.findings[1].statement
    assert "IWPC pharmacogenetic 5.80, Hamberg 2007 8.32, Hamberg 2010 7.97" in answer.findings[2].statement
    assert "46.5 %" in answer.findings[2].statement
    assert "it prescribes nothing" in answer.findings[-1].statement
    assert not answer.note


def test_every_quote_stands_in_its_source(answer: ToolResult) -> None:
    for finding in answer.findings:
        for one in finding.evidence:
            if one.source.id.startswith("model:"):
                assert one.quote in (cards.text(one.source.id) or ""), one.quote
                assert one.source.id in cards.holding(one.quote)


def test_the_numbers_of_a_statement_stand_in_its_evidence(answer: ToolResult) -> None:
    from assistant.verify.numbers import unsupported

    for one in answer.findings:
        assert unsupported(one.statement, [part.quote for part in one.evidence]) is None


def test_the_assistant_accepts_the_statements(answer: ToolResult) -> None:
    from assistant.turn import Cited, Sentence
    from assistant.verify import judge
    from assistant.verify.quotes import Held

    for finding in answer.findings:
        cited = {
            f"c1e{place}": Cited(id=f"c1e{place}", tool="simulate_drug", finding=finding, evidence=one)
            for place, one in enumerate(finding.evidence)
            if one.source.id.startswith("model:") or one.source.depth is Depth.COMPUTATION
        }
        sentence = Sentence(text=finding.statement, evidence=tuple(cited))
        assert judge(sentence, cited, Held((cards,)), "warfarin").judgement == "supported"


def test_tables(answer: ToolResult) -> None:
    titles = [one.title for one in answer.tables]
    assert titles[0].startswith("Simulated INR")
    assert any(title.startswith("Simulated exposure to S-warfarin") for title in titles)
    parameters = next(one for one in answer.tables if one.title.startswith("Parameters"))
    assert any("Table 2" in row[0] and "17301738" in row[2] for row in parameters.rows)
    limits = next(one for one in answer.tables if one.title.startswith("For whom"))
    assert any("*5, *6, *8, *11" in row[1] for row in limits.rows)
    measured = next(one for one in answer.tables if one.title.startswith("Measured on 4,180"))
    assert ("Hamberg 2007", "33.5 %", "11.55", "1.23") in measured.rows


def test_pictures_are_png_with_words(answer: ToolResult) -> None:
    from PIL import Image

    assert len(answer.pictures) == 2
    for one in answer.pictures:
        assert one.title.startswith("Simulated")
        assert "virtual patients" in one.alt
        assert "CYP2C9 *3/*3, VKORC1 AA" in one.alt
        with Image.open(io.BytesIO(one.data)) as picture:
            assert picture.format == "PNG"
            assert picture.size[0] > 500


def test_the_same_course_draws_the_same_picture() -> None:
    course = simulate(Request(drug="warfarin", dose_mg=5, days=3, n=5, genotypes=("*1/*1 GG", "*1/*3 AA")))
    assert drawing.draw(course, "inr") == drawing.draw(course, "inr")
    drawn = drawing.draw(course, "concentration", "svg")
    assert drawn == drawing.draw(course, "concentration", "svg")
    words = drawn.decode()
    for wanted in ("<svg", "Simulated concentration", "mg/L", "days since the first dose", "*1/*3"):
        assert wanted in words


@pytest.mark.parametrize(
    ("inputs", "outcome", "said"),
    [
        ({"dose_mg": None}, Outcome.NEEDS_INPUT, "needs the dose in mg"),
        ({"drug": ""}, Outcome.NEEDS_INPUT, "Name the drug"),
        ({"genotypes": ["CYP2C9 poor metabolizer"]}, Outcome.NEEDS_INPUT, "wants the alleles"),
        ({"drug": "clopidogrel"}, Outcome.NOT_COVERED, "No model of clopidogrel is held"),
        ({"age": 10}, Outcome.NOT_COVERED, "22 to 87 years"),
        ({"genotypes": ["CYP2C9 *1/*8"]}, Outcome.NOT_COVERED, "does not know CYP2C9*8"),
        ({"n": 5000}, Outcome.BAD_INPUT, "between 1 and 2000"),
        ({"genotypes": ["what"]}, Outcome.BAD_INPUT, "No pharmacogene"),
        ({"days": "many"}, Outcome.BAD_INPUT, "days"),
        (
            {"dose_mg": 15, "every_h": 1},
            Outcome.NOT_COVERED,
            "up to 15 mg a day; 15 mg every 1 hours is 360 mg",
        ),
        ({"drug": "glimepiride", "dose_mg": 2}, Outcome.UNAVAILABLE, ""),
    ],
    ids=[
        "dose",
        "drug",
        "alleles",
        "no model",
        "age",
        "allele",
        "people",
        "genotype",
        "days",
        "daily",
        "pack",
    ],
)
def test_the_other_outcomes(inputs: dict[str, object], outcome: Outcome, said: str) -> None:
    found = run(**inputs)
    assert found.outcome is outcome
    assert said in found.note
    assert (outcome is Outcome.UNAVAILABLE) == bool(found.command)
    assert not FORBIDDEN.search(found.note)


def test_a_run_that_is_too_long_is_offered_as_a_command() -> None:
    long = run(n=2000, days=180, genotypes=["*1/*1 GG"] * 8)
    assert long.outcome is Outcome.BAD_INPUT
    assert "seconds" in long.note
    assert long.command.startswith("consilium simulate warfarin --dose 5 --every 24 --days 180 --n 2000")
    assert "--genotype '*1/*1 GG'" in long.command


def test_a_run_too_long_for_the_patient_keeps_what_the_record_gave() -> None:
    asked = {"drug": "warfarin", "dose_mg": 5, "n": 2000, "days": 180, "of_patient": True, "compare": True}
    with_all = asked | {"genotypes": ["CYP2C9 all, VKORC1 AA", "*1/*1 GG", "*1/*2 GG"]}
    long = call("simulate_drug", with_all, Context(patient=patient()))
    assert "--age 70 --weight 80" in long.command
    assert long.command.endswith(
        "--genotype 'CYP2C9 all, VKORC1 AA' --genotype '*1/*1 GG' --genotype '*1/*2 GG' --compare"
    )
    own = result(**asked, patient=patient(), longest=1)  # type: ignore[arg-type]
    assert "--genotype 'CYP2C9 *1/*3' --genotype 'CYP2C9 *1/*1, VKORC1 GG'" in own.command


def patient(age: float = 70, weight: float = 80, unit: str = "kg") -> Patient:
    return Patient(
        age_years=Known(value=age, unit="years", origin=HERE),
        weight=Known(value=weight, unit=unit, origin=HERE),
        genotypes=Listed(items=(Known(value="CYP2C9 *1/*3", origin=HERE), Known(value="TPMT *1/*1", origin=HERE))),
    )  # fmt: skip


def of_patient(who: Patient, of_patient: bool = True, **inputs: object) -> ToolResult:
    asked = {"drug": "warfarin", "dose_mg": 5, "days": 5, "n": 5, "of_patient": of_patient} | inputs
    return call("simulate_drug", asked, Context(patient=who))


def test_the_record_fills_age_weight_and_genotype_of_its_patient() -> None:
    found = of_patient(patient())
    assert found.outcome is Outcome.FOUND, found.note
    assert "From the record: age 70, weight 80, CYP2C9 *1/*3." in found.note
    assert "aged 70 years" in found.findings[0].statement
    assert "CYP2C9 *1/*3, VKORC1 GG" in found.findings[0].statement
    assert "CYP2C9 *1/*1, VKORC1 GG" in found.findings[1].statement


def test_pounds_of_the_record_are_kilograms_in_the_run() -> None:
    found = of_patient(patient(weight=180, unit="lb"))
    assert found.outcome is Outcome.FOUND, found.note
    assert "weighing 81.6 kg" in found.findings[0].statement
    assert of_patient(patient(weight=95, unit="lb")).outcome is Outcome.NOT_COVERED
    strange = of_patient(patient(weight=12, unit="stone"))
    assert strange.outcome is Outcome.BAD_INPUT
    assert "weight of the record" in strange.note


def test_virtual_people_take_nothing_of_the_record() -> None:
    found = of_patient(patient(age=91), of_patient=False, genotypes=["*1/*1 GG"])
    assert found.outcome is Outcome.FOUND
    assert "not taken from the record: age, weight." in found.note
    assert "aged" not in found.findings[0].statement
    assert found.findings[0].statement == run(days=5, n=5, genotypes=["*1/*1 GG"]).findings[0].statement
    assert of_patient(patient(age=91)).outcome is Outcome.NOT_COVERED


def test_a_child_is_not_simulated_as_an_adult() -> None:
    child = patient(age=8, weight=45).model_copy(update={"genotypes": Listed()})
    found = of_patient(child, drug="atomoxetine", dose_mg=40, every_h=12)
    assert found.outcome is Outcome.NOT_COVERED
    assert "age 8 years lies outside" in found.note


def test_one_person_of_many_is_drawn_at_random() -> None:
    said = [run(n=1, seed=seed, age=60, genotypes=["*1/*1 GG"]).findings[0].statement for seed in (1, 2)]
    assert said[0] != said[1]
    assert all(
        one.startswith("In a simulation of one virtual patient, drawn at random, with") for one in said
    )


def test_a_disagreement_with_people_is_told() -> None:
    found = run(drug="escitalopram", dose_mg=10, genotypes=["CYP2C19 normal metabolizer", "CYP2C19 PM"])
    told = next(one for one in found.findings if one.statement.startswith("Against people"))
    assert "simulated 2.09, published 3.3" in told.statement
    from assistant.verify.numbers import unsupported

    assert unsupported(told.statement, [part.quote for part in told.evidence]) is None
    for one in told.evidence[1:]:
        assert one.quote in (cards.text(one.source.id) or "")
    table = next(one for one in found.tables if one.title.startswith("How far"))
    assert any("2,087" not in row[5] and "Single concentrations" in row[5] for row in table.rows)
    limits = next(one for one in found.tables if one.title.startswith("For whom"))
    assert any(
        name == "effect of CYP2C19 poor metabolizer" and "10 people" in said for name, said in limits.rows
    )


def test_a_warfarin_run_always_tells_its_accuracy() -> None:
    found = run(genotypes=["*1/*1 GG"])
    assert any("33.5 %" in one.statement and "1.23 times" in one.statement for one in found.findings)
    assert any(one.title.startswith("Measured on 4,180") for one in found.tables)
    assert found.findings[-1].statement.startswith("What is simulated here")


def test_numbers_of_any_size_are_refused() -> None:
    assert result("warfarin", 5, n=10**400).outcome is Outcome.BAD_INPUT
    assert result("warfarin", 5, seed=10**400).outcome is Outcome.BAD_INPUT
    for name in ("age", "weight"):
        found = result("warfarin", 5, **{name: float("nan")})  # type: ignore[arg-type]
        assert found.outcome is Outcome.BAD_INPUT
        assert name in found.note


def test_people_that_do_not_differ_are_told_as_one() -> None:
    found = result("warfarin", 5, 24, 20, ["*1/*1 GG"], age=60, n=10, model="warfarin_2010")
    said = found.findings[0].statement
    assert said.startswith("In a simulation of one virtual patient, the typical one, with CYP2C9")
    assert "5 to 95 %" not in said
    assert "median" not in said


@pytest.mark.parametrize(
    ("value", "told"),
    [(0, "0"), (0.00012345, "0.000123"), (1234.5, "1234"), (12.345, "12.3"), (16327, "16327"), (1e-9, "0.000000001")],
)  # fmt: skip
def test_figures_have_three_digits_and_no_powers(value: float, told: str) -> None:
    assert figure(value) == told


@pytest.mark.parametrize(
    ("value", "told"), [(0, "none"), (0.004, "under 1 %"), (0.25, "25 %"), (0.996, "over 99 %"), (1, "all")]
)
def test_shares(value: float, told: str) -> None:
    assert share(value) == told
