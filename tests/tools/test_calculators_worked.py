"""One example for each calculator, worked by hand: the arithmetic stands beside it, made up for this test."""

from __future__ import annotations

from typing import Any

import pytest

from retrieval.evidence import Outcome
from retrieval.patient import Patient
from tools.calculators.answers import missing, run
from tools.calculators.fields import FieldKind
from tools.calculators.reading import Given, read
from tools.calculators.registry import calculators

YEARS, KG, CM, MGDL, MMHG, RATE, ION = "years", "kg", "cm", "mg/dL", "mmHg", "/min", "mmol/L"
GAP = {"sodium": (140, ION), "chloride": (100, ION), "bicarbonate": (15, ION)}
POOR = {**GAP, "albumin": (2, "g/dL")}
MAN_1651 = {"sex": "male", "height": (165.1, CM)}

WORKED: list[tuple[str, dict[str, Any], float | str]] = [
    # creatinine/κ = 1, so 142 × 0.9938^50; ln 0.9938 = −0.0062193, × 50 = −0.310965, e^… = 0.73274, × 142 = 104.05
    ("ckd_epi_2021", {"creatinine": (0.9, MGDL), "age": (50, YEARS), "sex": "male"}, 104.05),
    # (140 − 60) × 72 / (72 × 1) = 80
    ("cockcroft_gault", {"creatinine": (1, MGDL), "age": (60, YEARS), "sex": "male", "weight": (72, KG),
                         "weight_kind": "actual"}, 80.0),
    # × 0.85 = 68
    ("cockcroft_gault", {"creatinine": (1, MGDL), "age": (60, YEARS), "sex": "female", "weight": (72, KG),
                         "weight_kind": "actual"}, 68.0),
    # BMI 81.5/1.651² = 29.9, so adjusted: 61.5 + 0.4 × 20 = 69.5; (140 − 68) × 69.5 / 72 = 69.5
    ("cockcroft_gault", {**MAN_1651, "creatinine": (1, MGDL), "age": (68, YEARS), "weight": (81.5, KG),
                         "weight_kind": "auto"}, 69.5),
    # 32^−0.203 = 2^−1.015 = 0.49483; × 175 = 86.595
    ("mdrd", {"creatinine": (1, MGDL), "age": (32, YEARS), "sex": "male", "black": False}, 86.595),
    # 100 × 1 × 20 / (140 × 100) = 0.142857
    ("fena", {"creatinine": (1, MGDL), "urine_sodium": (20, ION), "sodium": (140, ION),
              "urine_creatinine": (100, MGDL)}, 0.142857),
    ("anion_gap", GAP, 25.0),  # 140 − 100 − 15
    ("anion_gap_albumin", POOR, 30.0),  # 25 + 2.5 × 2
    ("delta_gap", GAP, 13.0),  # 25 − 12
    ("delta_gap_albumin", POOR, 18.0),  # 30 − 12
    ("delta_ratio", GAP, 13 / 9),  # 13 / (24 − 15)
    ("delta_ratio_albumin", POOR, 2.0),  # 18 / 9
    # 280 + 90/18 + 14/2.8 = 280 + 5 + 5
    ("osmolality", {"sodium": (140, ION), "glucose": (90, MGDL), "urea": (14, MGDL)}, 290.0),
    ("sodium_glucose", {"sodium": (130, ION), "glucose": (600, MGDL)}, 142.0),  # 130 + 0.024 × 500 = 142
    ("calcium_albumin", {"calcium": (8, MGDL), "albumin": (2, "g/dL")}, 9.6),  # 8 + 0.8 × 2
    # 0.6 × 70 × (154/140 − 1) = 42 × 0.1
    ("free_water_deficit", {"sodium": (154, ION), "weight": (70, KG), "age": (50, YEARS), "sex": "male"}, 4.2),
    ("map", {"systolic": (120, MMHG), "diastolic": (80, MMHG)}, 280 / 3),  # (120 + 160)/3
    # RR = 60/93.75 = 0.64, √ = 0.8, 400/0.8
    ("qtc", {"qt": (400, "ms"), "heart_rate": (93.75, RATE), "formula": "Bazett"}, 500.0),
    # RR = 0.512, cube root 0.8
    ("qtc", {"qt": (400, "ms"), "heart_rate": (117.1875, RATE), "formula": "Fridericia"}, 500.0),
    ("qtc", {"qt": (0.4, "s"), "heart_rate": (120, RATE), "formula": "Framingham"}, 477.0),  # 400 + 154 × 0.5
    ("qtc", {"qt": (400, "ms"), "heart_rate": (100, RATE), "formula": "Hodges"}, 470.0),  # 400 + 1.75 × 40
    ("qtc", {"qt": (400, "ms"), "heart_rate": (105, RATE), "formula": "Rautaharju"}, 500.0),  # 400 × 225/180
    ("ldl", {"total_cholesterol": (200, MGDL), "hdl": (50, MGDL), "triglycerides": (150, MGDL)}, 120.0),
    # 212.9453 + 106.0409 − 3.5442 + 6.2514 − 99.8977 − 49.1717 − 172.3002 = 0.3238; e^ = 1.3824;
    # 1 − 0.9402^1.3824 = 1 − e^(−0.061663 × 1.3824) = 0.0817
    ("framingham_chd", {"age": (60, YEARS), "sex": "male", "total_cholesterol": (200, MGDL), "hdl": (50, MGDL),
                        "systolic": (120, MMHG), "treated_pressure": False, "smoker": False}, 8.17),
    # female 1, age 70 1, hypertension 1, diabetes 1
    ("cha2ds2_vasc", {"sex": "female", "age": (70, YEARS), "hypertension": True, "diabetes": True}, 4.0),
    # moderately 1 + ECG 0 + age 65 2 + three risks 2 + troponin 1
    ("heart_score", {"suspicion": "moderately suspicious", "age": (65, YEARS), "hypertension": True,
                     "diabetes": True, "smoking": True, "troponin": "1 to 3 times the limit"}, 6.0),
    ("rcri", {"high_risk_surgery": True, "creatinine": (2.5, MGDL)}, 2.0),  # 1 + 1
    # age 1, female 1, potassium 2, QTc 2, one drug 3
    ("tisdale", {"age": (70, YEARS), "sex": "female", "potassium": (3.4, ION), "qtc": (460, "ms"),
                 "qt_drugs": "one"}, 9.0),
    # 50 × 40 / (100 × √16) = 2000/400
    ("fib4", {"age": (50, YEARS), "ast": (40, "U/L"), "alt": (16, "U/L"), "platelets": (100, "10^9/L")}, 5.0),
    # 2 + 2 + 2 + 2 + 1
    ("child_pugh", {"bilirubin": (2.5, MGDL), "albumin": (3, "g/dL"), "inr": (1.8, ""), "ascites": "slight"}, 9.0),
    # 3.78 × 0.693147 + 11.2 × 0.405465 + 9.57 × 0.693147 + 6.43 = 20.22
    ("meld", {"bilirubin": (2, MGDL), "inr": (1.5, ""), "creatinine": (2, MGDL), "dialysis": False}, 20.0),
    # 1.33 + 3.1608 + 5.74 − 1.1645 + 3.6857 + 7.7217 + 0.925 − 0.6342 + 6 = 26.76
    ("meld3", {"bilirubin": (2, MGDL), "inr": (1.5, ""), "creatinine": (2, MGDL), "sodium": (130, ION),
               "albumin": (3, "g/dL"), "sex": "female", "age": (50, YEARS), "dialysis": False}, 27.0),
    # urea 1, respiratory rate 1, age 1
    ("curb65", {"urea": (20, MGDL), "breath_rate": (30, RATE), "systolic": (120, MMHG), "diastolic": (80, MMHG),
                "age": (70, YEARS)}, 3.0),
    # age 60 + respiratory rate 20
    ("psi", {"age": (60, YEARS), "sex": "male", "breath_rate": (30, RATE), "systolic": (120, MMHG),
             "temperature": (37, "°C"), "heart_rate": (80, RATE), "ph": (7.4, ""), "urea": (15, MGDL),
             "sodium": (140, ION), "glucose": (100, MGDL), "hematocrit": (40, "%"), "pao2": (80, MMHG)}, 80.0),
    # age 1, exudate 1, temperature 1, no cough 1
    ("centor", {"age": (10, YEARS), "exudate": True, "temperature": (38.5, "°C"), "cough": False}, 4.0),
    ("feverpain", {"fever": True, "purulent_tonsils": True}, 2.0),  # 1 + 1
    # 1.5 + 1.5 + 1
    ("wells_pe", {"heart_rate": (110, RATE), "surgery_4_weeks": True, "hemoptysis": True}, 4.0),
    ("wells_dvt", {"active_cancer": True, "calf_swelling": True, "alternative": True}, 0.0),  # 1 + 1 − 2
    ("perc", {"age": (55, YEARS), "heart_rate": (80, RATE), "saturation": (93, "%")}, 2.0),  # age, saturation
    # age 2, operation 2, veins 1, BMI 1
    ("caprini", {"age": (65, YEARS), "surgery": "major, above 45 minutes", "varicose_veins": True,
                 "bmi": (30, "kg/m²")}, 6.0),
    ("has_bled", {"age": (70, YEARS), "stroke": True, "drinks": (10, "drinks/week")}, 3.0),  # 1 + 1 + 1
    # urea 3, hemoglobin 1, systolic 2, rate 1, melena 1
    ("glasgow_blatchford", {"urea": (25, MGDL), "hemoglobin": (11, "g/dL"), "sex": "female", "systolic": (95, MMHG),
                            "heart_rate": (110, RATE), "melena": True}, 8.0),
    # temperature 1, rate 1
    ("sirs", {"temperature": (38.5, "°C"), "heart_rate": (100, RATE), "breath_rate": (18, RATE),
              "paco2": (40, MMHG), "leukocytes": (10, "10^9/L")}, 2.0),
    ("qsofa", {"breath_rate": (24, RATE), "systolic": (100, MMHG)}, 2.0),  # 1 + 1
    # 80/0.4 = 200: 2; platelets 2; coma 1; bilirubin 0; mean pressure 70: 0; creatinine 2
    ("sofa", {"pao2": (80, MMHG), "fio2": (40, "%"), "platelets": (90, "10^9/L"), "gcs": (14, ""),
              "bilirubin": (1, MGDL), "systolic": (90, MMHG), "diastolic": (60, MMHG), "creatinine": (2, MGDL),
              "urine_output": (1500, "mL/day")}, 7.0),
    # age 2; 0.6 × 713 − 40/0.8 − 100 = 277.8: 2; creatinine 3 doubled 6; 15 − 13 = 2
    ("apache2", {"age": (50, YEARS), "temperature": (37, "°C"), "systolic": (120, MMHG), "diastolic": (80, MMHG),
                 "heart_rate": (80, RATE), "breath_rate": (20, RATE), "fio2": (60, "%"), "pao2": (100, MMHG),
                 "paco2": (40, MMHG), "ph": (7.4, ""), "sodium": (140, ION), "potassium": (4, ION),
                 "creatinine": (2, MGDL), "acute_renal_failure": True, "hematocrit": (40, "%"),
                 "leukocytes": (10, "10^9/L"), "gcs": (13, "")}, 12.0),
    # 3 + 4 + 6
    ("glasgow_coma", {"eyes": "to speech", "verbal": "confused", "motor": "obeys commands"}, 13.0),
    # age 2, infarction 1, diabetes 1, metastatic 6
    ("charlson", {"age": (65, YEARS), "myocardial_infarction": True, "diabetes_mellitus": "uncomplicated",
                  "solid_tumor": "metastatic"}, 10.0),
    ("bmi", {"weight": (80, KG), "height": (2, "m")}, 20.0),  # 80/4
    ("bsa", {"weight": (80, KG), "height": (180, CM)}, 2.0),  # √(14400/3600)
    ("ideal_weight", MAN_1651, 61.5),  # 65 in: 50 + 2.3 × 5
    ("adjusted_weight", {**MAN_1651, "weight": (81.5, KG)}, 69.5),  # 61.5 + 0.4 × 20
    ("target_weight", {"target_bmi": (25, "kg/m2"), "height": (200, CM)}, 100.0),  # 25 × 4
    ("maintenance_fluid", {"weight": (25, KG)}, 65.0),  # 40 + 20 + 5
    ("homa_ir", {"insulin": (10, "µIU/mL"), "fasting_glucose": (81, MGDL)}, 2.0),  # 810/405
    # 1 January 2024 is day 1 of a leap year; day 281 is 7 October
    ("due_date", {"last_period": "2024-01-01", "cycle_length": (28, "days")}, "2024-10-07"),
    ("conception_date", {"last_period": "2024-01-01"}, "2024-01-15"),
    # 31 − 1 + 29 + 1 = 60 days = 8 × 7 + 4
    ("gestational_age", {"last_period": "2024-01-01", "on_day": "2024-03-01"}, "8 weeks 4 days"),
    ("mme", {"oxycodone": (20, "mg/day"), "fentanyl_patch": (25, "µg/h")}, 90.0),  # 20 × 1.5 + 25 × 2.4 = 30 + 60
    # 10 × 20/5
    ("steroid_equivalent", {"dose": (10, "mg"), "from_steroid": "prednisone", "to_steroid": "hydrocortisone"}, 40.0),
    # 5.6044 − 0.2614×6 + 0.0087×170 + 0.0128×80 − 0.8677 − 0.5211 = 5.1502; squared 26.5246
    ("warfarin", {"age": (65, YEARS), "height": (170, CM), "weight": (80, KG), "target_inr": (2.5, ""),
                  "enzyme_inducer": False, "amiodarone": False, "race": "White", "vkorc1": "A/G",
                  "cyp2c9": "*1/*2"}, 26.5246),
]  # fmt: skip


def inputs(values: dict[str, Any]) -> dict[str, Given]:
    return {
        name: Given(value=one[0], unit=one[1]) if isinstance(one, tuple) else Given(value=one)
        for name, one in values.items()
    }


def with_absences(name: str, given: dict[str, Given]) -> dict[str, Given]:
    """The examples state what is present; the rest is stated here as absent, never by the tool."""
    calculator = calculators()[name]
    for field in missing(calculator, read(calculator, given, Patient()).values):
        assert field.kind in (FieldKind.YES_NO, FieldKind.CHOICE), field
        given[field.name] = Given(value=False if field.kind is FieldKind.YES_NO else field.options[0])
    return given


@pytest.mark.parametrize(("name", "values", "expected"), WORKED, ids=[row[0] for row in WORKED])
def test_worked_by_hand(name: str, values: dict[str, Any], expected: float | str) -> None:
    calculator = calculators()[name]
    given = with_absences(name, inputs(values))
    result = run(calculator, given, Patient())
    assert result.outcome is Outcome.FOUND, result.note
    value = calculator.formula(read(calculator, given, Patient()).values).value
    assert value == (pytest.approx(expected, rel=1e-3) if isinstance(expected, float) else expected)


def test_every_calculator_has_an_example() -> None:
    assert {row[0] for row in WORKED} == set(calculators())
    assert len(calculators()) >= 30


def test_the_working_carries_the_value_and_the_source() -> None:
    for name, values, _ in WORKED:
        result = run(calculators()[name], with_absences(name, inputs(values)), Patient())
        computed, rule = result.findings[0].evidence[:2]
        assert computed.source.id == f"computed:calculators:{name}"
        assert rule.source.id == f"calculator:{name}"
        assert "draft" in rule.source.marks
        assert result.tables[0].rows[-1][0] == "source"


def test_no_template_promises_too_much() -> None:
    for name, values, _ in WORKED:
        result = run(calculators()[name], with_absences(name, inputs(values)), Patient())
        text = " ".join(finding.statement for finding in result.findings).lower()
        assert not any(
            word in text for word in (" safe", "no interaction", "recommended dose", "contraindicated")
        )


@pytest.mark.parametrize(("name", "values", "expected"), WORKED, ids=[row[0] for row in WORKED])
def test_without_one_value_it_asks_or_the_value_did_not_matter(
    name: str, values: dict[str, Any], expected: float | str
) -> None:
    """Nothing passes for lack of a value: an equation asks, a score asks unless the item is settled without it."""
    calculator = calculators()[name]
    given = with_absences(name, inputs(values))
    for field in calculator.fields:
        if field.name not in given or field.optional:
            continue
        result = run(calculator, {key: one for key, one in given.items() if key != field.name}, Patient())
        if result.outcome is Outcome.NEEDS_INPUT:
            assert any(one.startswith(f"{field.name} (") for one in result.missing)
        else:
            assert calculator.items, f"{name} passes without {field.name}"
            assert f"{expected:g} point" in result.findings[0].statement


@pytest.mark.parametrize("name", list(calculators()))
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e300])
def test_no_number_that_is_none_passes(name: str, value: float) -> None:
    for field in calculators()[name].fields:
        if field.kind is FieldKind.NUMBER:
            result = run(calculators()[name], {field.name: Given(value=value, unit=field.unit)}, Patient())
            assert result.outcome is Outcome.BAD_INPUT, (name, field.name)
