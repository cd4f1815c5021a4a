"""The tool: its six outcomes, the record as a source of values, and what always goes with a result."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from retrieval.evidence import Depth, Kind, Outcome, ToolResult
from retrieval.patient import Known, Origin, OriginKind, Patient
from tools.calculate import calculate
from tools.calculators import sources
from tools.calculators.check import check
from tools.calculators.reading import Given
from tools.calculators.registry import calculators
from tools.registry import Context, Tool, _registered

MGDL, YEARS = "mg/dL", "years"
PLAIN: dict[str, Any] = {"creatinine": (1.7, MGDL), "age": (81, YEARS), "sex": "male"}


def known(value: float, unit: str, words: str, date: str = "") -> Known[float]:
    return Known[float](value=value, unit=unit, origin=Origin(kind=OriginKind.WORDS, where=words), date=date)


def call(name: str, patient: Patient | None = None, **values: Any) -> ToolResult:
    inputs = {
        field: Given(value=one[0], unit=one[1]) if isinstance(one, tuple) else Given(value=one)
        for field, one in values.items()
    }
    return calculate(name, inputs, context=Context(patient=patient or Patient()))


def tool() -> Tool:
    return _registered["calculate"]


def test_found_has_value_band_working_source_and_population() -> None:
    result = call("ckd_epi_2021", **PLAIN)
    finding = result.findings[0]
    assert result.outcome is Outcome.FOUND
    assert finding.kind is Kind.COMPUTED
    assert finding.statement.startswith("eGFR (CKD-EPI 2021, creatinine): 40.0 mL/min/1.73 m², G3b")
    assert "Made for adults" in finding.statement
    assert "source not yet checked for the stages" in finding.statement
    working, rule = finding.evidence
    assert (working.source.depth, rule.source.depth) == (Depth.COMPUTATION, Depth.RECORD)
    assert rule.source.doi == "10.1056/NEJMoa2102953"
    assert "0.9938^81" in working.quote


def test_only_a_clinician_may_call_it_and_the_schema_is_small() -> None:
    assert tool().roles == ("clinician",)
    assert len(json.dumps(tool().schema)) / 4 < 350
    assert tool().schema["parameters"]["properties"]["name"]["enum"] == list(calculators())


def test_the_registry_takes_plain_json() -> None:
    inputs = tool().inputs.model_validate({"name": "bmi", "inputs": {"weight": {"value": 80, "unit": "kg"}}})
    assert inputs.inputs["weight"] == Given(value=80.0, unit="kg")


def test_an_empty_call_names_fields_and_units() -> None:
    result = call("ckd_epi_2021")
    assert result.outcome is Outcome.NEEDS_INPUT
    assert result.missing[0] == "creatinine (mg/dL or µmol/L)"
    assert result.missing[2] == "sex (female; male)"


@pytest.mark.parametrize("name", list(calculators()))
def test_nothing_is_computed_from_nothing(name: str) -> None:
    result = call(name)
    assert result.outcome is Outcome.NEEDS_INPUT
    assert ("it lies between" in result.note) == bool(calculators()[name].items)


def test_a_missing_item_gives_the_range_of_the_score() -> None:
    result = call("curb65", confusion=True, age=(77, YEARS), urea=(40, MGDL))
    assert result.outcome is Outcome.NEEDS_INPUT
    assert "between 3 and 5 points" in result.note
    assert len(result.missing) == 3


def test_an_item_that_is_settled_is_not_asked_for() -> None:
    """A systolic pressure of 80 gives the point whatever the diastolic one is."""
    asked = call("curb65", systolic=(80, "mmHg")).missing
    assert not any(one.startswith("diastolic") for one in asked)
    asked = call("apache2", fio2=(30, "%"), pao2=(80, "mmHg")).missing
    assert not any(one.startswith("paco2") for one in asked)
    assert any(one.startswith("paco2") for one in call("apache2", fio2=(60, "%"), pao2=(80, "mmHg")).missing)


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (math.nan, MGDL, "finite"),
        (math.inf, MGDL, "finite"),
        (-1, MGDL, "not possible: 0.05 to 50 mg/dL"),
        (0, MGDL, "not possible"),
        (150, MGDL, "not possible"),
        (1.7, "", "the unit 'none' is not known"),
        (1.7, "mmol/L", "use mg/dL, µmol/L"),
        (True, MGDL, "must be a number"),
        ("1.7", MGDL, "must be a number"),
    ],
)
def test_bad_numbers_are_refused(value: Any, unit: str, told: str) -> None:
    result = call("ckd_epi_2021", **{**PLAIN, "creatinine": (value, unit)})
    assert result.outcome is Outcome.BAD_INPUT
    assert told in result.note


def test_bad_words_are_refused() -> None:
    assert "one of: female; male" in call("ckd_epi_2021", **{**PLAIN, "sex": "unknown"}).note
    assert "has no input 'race'" in call("ckd_epi_2021", **PLAIN, race="black").note
    assert "true or false" in call("feverpain", fever="perhaps").note
    assert "YYYY-MM-DD" in call("conception_date", last_period="01/07/2017").note
    assert "between 1900 and 2100" in call("conception_date", last_period="0017-01-07").note
    assert "above the systolic" in call("map", systolic=(80, "mmHg"), diastolic=(120, "mmHg")).note
    assert (
        "before the last period"
        in call("gestational_age", last_period="2024-03-01", on_day="2024-01-01").note
    )
    assert call("sofa", gcs=(16, "")).outcome is Outcome.BAD_INPUT
    for result in (call("cdk_epi"), call("feverpain", fever="perhaps")):
        assert result.outcome is Outcome.BAD_INPUT


def test_too_much_is_refused() -> None:
    assert call("feverpain", **{f"x{number}": True for number in range(61)}).outcome is Outcome.BAD_INPUT
    with pytest.raises(ValueError, match="at most 200"):
        Given(value="x" * 1000)
    with pytest.raises(ValueError, match="at most 30"):
        Given(value=1.0, unit="m" * 1000)


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    assert "ckd_epi_2021" in call("ckd-epi 2021").note


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("ckd_epi_2021", {"age": (12, YEARS)}, "made for adults"),
        ("centor", {"age": (2, YEARS)}, "3 years and over"),
        ("ldl", {"triglycerides": (500, MGDL)}, "400 mg/dL"),
        ("framingham_chd", {"age": (80, YEARS)}, "20 to 79"),
        ("ideal_weight", {"height": (150, "cm")}, "above 60"),
        ("mme", {"buprenorphine": (8, "mg/day")}, "no factor"),
        ("mme", {"fentanyl_buccal": (20, "µg/day"), "morphine": (50, "mg/day")}, "no factor"),
        ("gestational_age", {"last_period": "2020-01-01", "on_day": "2021-01-01"}, "44 weeks"),
    ],
)
def test_outside_the_range_is_not_covered(name: str, values: dict[str, Any], told: str) -> None:
    result = call(name, **values)
    assert result.outcome is Outcome.NOT_COVERED
    assert told in result.note


def test_a_ratio_without_a_fall_is_not_covered() -> None:
    same = {"sodium": (140, "mmol/L"), "chloride": (100, "mmol/L"), "bicarbonate": (24, "mmol/L")}
    assert call("delta_ratio", **same).outcome is Outcome.NOT_COVERED


def test_the_record_fills_what_was_not_given_and_says_so() -> None:
    patient = Patient(
        age_years=known(81, YEARS, "81-year-old"),
        sex=Known[str](value="male", origin=Origin(kind=OriginKind.WORDS, where="man")),
        labs={"Creatinine": known(150, "µmol/L", "creatinine 150", date="2026-11-01")},
    )
    result = call("ckd_epi_2021", patient)
    finding = result.findings[0]
    assert "creatinine 150 µmol/L (1.69645 mg/dL)" in finding.statement
    assert "From the record: creatinine of 2026-11-01, age, sex." in finding.statement
    chart = finding.evidence[2:]
    assert [one.source.depth for one in chart] == [Depth.CHART] * 3
    assert [one.quote for one in chart] == ["creatinine 150", "81-year-old", "man"]


def test_what_is_given_comes_before_the_record() -> None:
    patient = Patient(age_years=known(30, YEARS, "30"))
    finding = call("ckd_epi_2021", patient, **PLAIN).findings[0]
    assert "40.0" in finding.statement
    assert "record" not in finding.statement


def test_a_record_without_a_unit_is_not_guessed() -> None:
    patient = Patient(labs={"creatinine": known(150, "", "creatinine 150")})
    result = call("ckd_epi_2021", patient, age=(81, YEARS), sex="male")
    assert result.outcome is Outcome.NEEDS_INPUT
    assert "The record's value is not used" in result.note


def test_a_child_of_the_record_is_not_scored_as_an_adult() -> None:
    patient = Patient(age_years=known(10, YEARS, "10-year-old"))
    assert call("qsofa", patient).outcome is Outcome.NOT_COVERED


def test_clearance_is_not_egfr() -> None:
    """Without a weight the clearance asks; it never falls back on the eGFR, and says which weight it used."""
    result = call("cockcroft_gault", **PLAIN)
    assert result.outcome is Outcome.NEEDS_INPUT
    assert any(one.startswith("weight (") for one in result.missing)
    result = call("cockcroft_gault", **PLAIN, weight=(70, "kg"), weight_kind="ideal")
    assert [one.split()[0] for one in result.missing] == ["height"]
    result = call("cockcroft_gault", **PLAIN, weight=(70, "kg"), weight_kind="actual")
    assert "not an eGFR" in result.findings[0].statement
    assert "the actual weight, 70 kg" in result.findings[1].statement
    assert "not a creatinine clearance" in call("ckd_epi_2021", **PLAIN).findings[0].statement


def test_mme_goes_with_its_warning() -> None:
    for dose in (1, 50, 200):
        finding = call("mme", morphine=(dose, "mg/day")).findings[0]
        assert "MME is an estimate of exposure, not a factor for switching opioids." in finding.statement


def test_mme_does_not_use_the_stale_factors() -> None:
    """Official logic of before 2022 still has hydromorphone 4 and methadone 8 for 21 to 40 mg."""
    assert "50.0 MME/day" in call("mme", hydromorphone=(10, "mg/day")).findings[0].statement
    assert "141.0 MME/day" in call("mme", methadone=(30, "mg/day")).findings[0].statement


def test_an_edge_that_is_printed_two_ways_is_told() -> None:
    values: dict[str, Any] = {"confusion": False, "breath_rate": (16, "/min"), "systolic": (120, "mmHg"),
                              "diastolic": (80, "mmHg"), "age": (40, YEARS)}  # fmt: skip
    assert "lies between the two" in call("curb65", **values, urea=(6.9, "mmol/L")).findings[0].statement
    assert "lies between" not in call("curb65", **values, urea=(5, "mmol/L")).findings[0].statement


def test_the_texts_are_held() -> None:
    quote = call("ckd_epi_2021", **PLAIN).findings[0].evidence[1]
    assert quote.quote in (sources.text(quote.source.id) or "")
    assert sources.holding(quote.quote) == (quote.source.id,)
    assert sources.text("calculator:none") is None
    assert sources.text("ckd_epi_2021") is None


def test_the_knowledge_is_checked() -> None:
    assert check().startswith("55 calculators, each with its source")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {calculator: x", "not valid YAML"),
        ("- {calculator: x, statement: s, population: p, title: t, checked: null}", "status"),
        (
            "- {calculator: x, statement: s, population: p, title: t, checked: 2026-11-22, status: draft}",
            "seen",
        ),
        (
            "- {calculator: x, statement: s, population: p, title: t, checked: null, status: reviewed}",
            "reviewed by nobody",
        ),
        (
            "- {calculator: x, statement: s, population: p, title: t, checked: null, status: draft, doi: 10}",
            "doi",
        ),
        (
            2 * "- {calculator: x, statement: s, population: p, title: t, checked: null, status: draft}\n",
            "twice",
        ),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "calculators.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(sources.CalculatorError, match=told):
        sources.load(file)


def test_an_unchecked_source_says_so() -> None:
    result = call("osmolality", sodium=(140, "mmol/L"), glucose=(90, MGDL), urea=(14, MGDL))
    assert "source not yet checked" in result.findings[0].statement
    assert "source not yet checked" in result.findings[0].evidence[1].source.marks
