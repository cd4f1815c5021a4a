"""Which calculators are asked for, and what the words state of their inputs; nothing is guessed."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.calculators import units
from tools.calculators.fields import FieldKind
from tools.calculators.registry import calculators
from tools.calculators.spoken import LIMIT, asked, continued
from tools.calculators.spoken_words import lexicon, words

MGDL, UMOL, MMOL, YEARS, KG, CM, MMHG, MIN = "mg/dL", "µmol/L", "mmol/L", "years", "kg", "cm", "mmHg", "/min"
OLD = (72.0, YEARS)


def read(text: str) -> dict[str, dict[str, Any]]:
    """Calculator to what is stated: a value alone, or with its unit."""
    return {
        one.name: {
            name: (value.value, value.unit) if value.unit else value.value
            for name, value in one.inputs.items()
        }
        for one in asked(text)
    }


ASKED: list[tuple[str, str, dict[str, Any]]] = [
    (
        "What is her eGFR? 72-year-old woman, creatinine 1.8 mg/dL.", "ckd_epi_2021",
        {"age": OLD, "sex": "female", "creatinine": (1.8, MGDL)},
    ),
    ("eGFR for 72F, creat 150 umol/l", "ckd_epi_2021", {"age": OLD, "sex": "female", "creatinine": (150.0, UMOL)}),
    (
        "Using the 2021 CKD-EPI equation, what is the patient's GFR? Man, 60 y/o, serum creatinine of 0.9 mg/dl",
        "ckd_epi_2021", {"age": (60.0, YEARS), "sex": "male", "creatinine": (0.9, MGDL)},
    ),
    ("What's the MDRD GFR of a 50-year-old man?", "mdrd", {"age": (50.0, YEARS), "sex": "male"}),
    (
        "Calculate the creatinine clearance of a 72-year-old woman, 70 kg, creatinine 150 µmol/L, actual body weight",
        "cockcroft_gault",
        {"age": OLD, "sex": "female", "weight": (70.0, KG), "creatinine": (150.0, UMOL), "weight_kind": "actual"},
    ),
    (
        "CrCl for 81M, weight 60 kg, cr 1,7 mg/dl?", "cockcroft_gault",
        {"age": (81.0, YEARS), "sex": "male", "weight": (60.0, KG), "creatinine": (1.7, MGDL)},
    ),
    ("Cockcroft-Gault please", "cockcroft_gault", {}),
    (
        "Please calculate FENa: Na 138, creatinine 2.4 mg/dL, urine sodium 12, urine creatinine 80 mg/dL", "fena",
        {"sodium": (138.0, MMOL), "creatinine": (2.4, MGDL), "urine_sodium": (12.0, MMOL),
         "urine_creatinine": (80.0, MGDL)},
    ),
    (
        "anion gap with Na 140, Cl 104, HCO3 24", "anion_gap",
        {"sodium": (140.0, MMOL), "chloride": (104.0, MMOL), "bicarbonate": (24.0, MMOL)},
    ),
    (
        "What is the albumin-corrected anion gap for Na 140, Cl 100, bicarb 20, albumin 25 g/L?", "anion_gap_albumin",
        {"sodium": (140.0, MMOL), "chloride": (100.0, MMOL), "bicarbonate": (20.0, MMOL), "albumin": (25.0, "g/L")},
    ),
    (
        "work out the delta ratio: Na 140, Cl 100, HCO3 10", "delta_ratio",
        {"sodium": (140.0, MMOL), "chloride": (100.0, MMOL), "bicarbonate": (10.0, MMOL)},
    ),
    ("What is the delta gap corrected for albumin?", "delta_gap_albumin", {}),
    (
        "Serum osmolality: Na 140, glucose 180 mg/dL, BUN 28 mg/dL", "osmolality",
        {"sodium": (140.0, MMOL), "glucose": (180.0, MGDL), "urea": (28.0, MGDL)},
    ),
    (
        "sodium corrected for glucose: Na 128, glucose 30 mmol/L", "sodium_glucose",
        {"sodium": (128.0, MMOL), "glucose": (30.0, MMOL)},
    ),
    (
        "Corrected calcium: calcium 7.8 mg/dL, albumin 2.1 g/dL", "calcium_albumin",
        {"calcium": (7.8, MGDL), "albumin": (2.1, "g/dL")},
    ),
    (
        "Free water deficit for a 70 kg 80-year-old man with sodium 160", "free_water_deficit",
        {"weight": (70.0, KG), "age": (80.0, YEARS), "sex": "male", "sodium": (160.0, MMOL)},
    ),
    ("What's the MAP with a BP of 90/50?", "map", {"systolic": (90.0, MMHG), "diastolic": (50.0, MMHG)}),
    (
        "What's the QTc if QT 420 ms at 80/min by Fridericia?", "qtc",
        {"qt": (420.0, "ms"), "heart_rate": (80.0, MIN), "formula": "Fridericia"},
    ),
    ("QTcF: QT 0.40 s, HR 72", "qtc", {"qt": (0.4, "s"), "heart_rate": (72.0, MIN), "formula": "Fridericia"}),
    (
        "What is the LDL by Friedewald with total cholesterol 200 mg/dL, HDL 45 mg/dL, triglycerides 150 mg/dL?", "ldl",
        {"total_cholesterol": (200.0, MGDL), "hdl": (45.0, MGDL), "triglycerides": (150.0, MGDL)},
    ),
    (
        "Framingham risk score: 55-year-old man, total cholesterol 220 mg/dL, HDL 40 mg/dL, SBP 140, non-smoker",
        "framingham_chd",
        {"age": (55.0, YEARS), "sex": "male", "total_cholesterol": (220.0, MGDL), "hdl": (40.0, MGDL),
         "systolic": (140.0, MMHG), "smoker": False},
    ),
    (
        "CHA₂DS₂-VASc: 72-year-old woman, hypertension, diabetes, no stroke", "cha2ds2_vasc",
        {"age": OLD, "sex": "female", "hypertension": True, "diabetes": True, "stroke": False},
    ),
    ("CHADSVASC?", "cha2ds2_vasc", {}),
    (
        "CHA2DS2-VASc for 66M, HTN, prior MI, no heart failure, stroke or diabetes", "cha2ds2_vasc",
        {"age": (66.0, YEARS), "sex": "male", "hypertension": True, "vascular_disease": True, "heart_failure": False,
         "stroke": False, "diabetes": False},
    ),
    (
        "HEART score 55M: troponin normal, ECG normal, hypertension, smoker", "heart_score",
        {"age": (55.0, YEARS), "sex": None, "troponin": "up to the normal limit", "ecg": "normal",
         "hypertension": True, "smoking": True},
    ),
    (
        "RCRI: high-risk surgery, insulin, no heart failure, creatinine 2.4 mg/dL, no stroke or TIA", "rcri",
        {"high_risk_surgery": True, "insulin": True, "heart_failure": False, "creatinine": (2.4, MGDL),
         "cerebrovascular_disease": False},
    ),
    (
        "Tisdale score 70-year-old woman, K 3.1, QTc 470 ms, furosemide, no sepsis", "tisdale",
        {"age": (70.0, YEARS), "sex": "female", "potassium": (3.1, MMOL), "qtc": (470.0, "ms"), "loop_diuretic": True,
         "sepsis": False},
    ),
    (
        "FIB-4 with AST 80, ALT 60, platelets 150k in a 61-year-old", "fib4",
        {"ast": (80.0, "U/L"), "alt": (60.0, "U/L"), "platelets": (150.0, "10^3/µL"), "age": (61.0, YEARS)},
    ),
    (
        "Child-Pugh score: bilirubin 2.5 mg/dL, albumin 3.0 g/dL, INR 1.5, grade 2 encephalopathy, no ascites",
        "child_pugh",
        {"bilirubin": (2.5, MGDL), "albumin": (3.0, "g/dL"), "inr": 1.5, "ascites": "absent",
         "encephalopathy": "grade 1-2"},
    ),
    (
        "What is the MELD score with bilirubin 50 µmol/L, INR 2.1, creatinine 1.2 mg/dL and no dialysis?", "meld",
        {"bilirubin": (50.0, UMOL), "inr": 2.1, "creatinine": (1.2, MGDL), "dialysis": False},
    ),
    ("MELD 3.0: INR 1.8, sodium 131, female", "meld3", {"inr": 1.8, "sodium": (131.0, MMOL), "sex": "female"}),
    (
        "CURB-65 for a 78-year-old man: confused, BUN 30 mg/dL, RR 32, BP 85/50", "curb65",
        {"age": (78.0, YEARS), "confusion": True, "urea": (30.0, MGDL), "breath_rate": (32.0, MIN),
         "systolic": (85.0, MMHG), "diastolic": (50.0, MMHG)},
    ),
    ("PSI for a 70M from a nursing home", "psi", {"age": (70.0, YEARS), "sex": "male", "nursing_home": True}),
    (
        "Centor score: age 12, tonsillar exudate, tender anterior cervical nodes, temp 38.6 °C, no cough", "centor",
        {"age": (12.0, YEARS), "exudate": True, "tender_nodes": True, "temperature": (38.6, "°C"), "cough": False},
    ),
    ("FeverPAIN score: purulent tonsils, no fever", "feverpain", {"fever": False, "purulent_tonsils": True}),
    (
        "Wells score for PE: HR 110, hemoptysis, no previous DVT or PE", "wells_pe",
        {"heart_rate": (110.0, MIN), "hemoptysis": True, "earlier_clot": False},
    ),
    ("What is the Wells score for a swollen leg? No active cancer", "wells_dvt", {"active_cancer": False}),
    (
        "PERC for 40F, HR 88, SpO2 97 %, no hemoptysis", "perc",
        {"age": (40.0, YEARS), "heart_rate": (88.0, MIN), "saturation": (97.0, "%"), "hemoptysis": False},
    ),
    (
        "Caprini score for a 65-year-old, BMI 31 kg/m2, varicose veins, no central line", "caprini",
        {"age": (65.0, YEARS), "bmi": (31.0, "kg/m2"), "varicose_veins": True, "central_line": False},
    ),
    (
        "HAS-BLED: 78M, cirrhosis, on aspirin, 10 drinks a week, no stroke, stable INR", "has_bled",
        {"age": (78.0, YEARS), "liver_disease": True, "bleeding_drugs": True, "drinks": (10.0, "drinks/week"),
         "stroke": False, "labile_inr": False},
    ),
    ("Can you calculate her HAS-BLED?", "has_bled", {}),
    (
        "Glasgow-Blatchford: urea 12 mmol/L, Hb 90 g/L, man, melena", "glasgow_blatchford",
        {"urea": (12.0, MMOL), "hemoglobin": (90.0, "g/L"), "sex": "male", "melena": True},
    ),
    (
        "What is the SIRS score? Temp 39, HR 110, RR 24, WBC 15,000/µL", "sirs",
        {"temperature": (39.0, "°C"), "heart_rate": (110.0, MIN), "breath_rate": (24.0, MIN),
         "leukocytes": (15000.0, "/µL")},
    ),
    (
        "qSOFA: RR 24, SBP 95, altered mental status", "qsofa",
        {"breath_rate": (24.0, MIN), "systolic": (95.0, MMHG), "altered_mental_status": True},
    ),
    (
        "SOFA: PaO2 60 mmHg, FiO2 0.5, platelets 80 x10^9/L, GCS 13", "sofa",
        {"pao2": (60.0, MMHG), "fio2": (0.5, "fraction"), "platelets": (80.0, "10^9/L"), "gcs": 13.0},
    ),
    ("Apache II?", "apache2", {}),
    ("GCS E3V4M6", "glasgow_coma", {"eyes": "to speech", "verbal": "confused", "motor": "obeys commands"}),
    (
        "Charlson Comorbidity Index for a 70-year-old with COPD and dementia", "charlson",
        {"age": (70.0, YEARS), "chronic_pulmonary_disease": True, "dementia": True},
    ),
    ("Calculate BMI 80 kg, 175 cm", "bmi", {"weight": (80.0, KG), "height": (175.0, CM)}),
    ("What is the BSA of an 80 kg, 175 cm man?", "bsa", {"weight": (80.0, KG), "height": (175.0, CM)}),
    (
        "What is the ideal body weight of a woman, height 1.65 m?", "ideal_weight",
        {"sex": "female", "height": (1.65, "m")},
    ),
    ("maintenance fluids for a 23 kg child", "maintenance_fluid", {"weight": (23.0, KG)}),
    (
        "HOMA-IR: fasting insulin 12 µIU/mL, fasting glucose 95 mg/dL", "homa_ir",
        {"insulin": (12.0, "µIU/mL"), "fasting_glucose": (95.0, MGDL)},
    ),
    (
        "What is the due date if LMP was 24 February 2026, 28-day cycle?", "due_date",
        {"last_period": "2026-02-24", "cycle_length": (28.0, "days")},
    ),
    (
        "What is the daily MME of oxycodone 40 mg/day plus morphine 30 mg daily?", "mme",
        {"oxycodone": (40.0, "mg/day"), "morphine": (30.0, "mg/day")},
    ),
    ("How many morphine equivalents is fentanyl patch 25 mcg/h?", "mme", {"fentanyl_patch": (25.0, "µg/h")}),
    (
        "Convert prednisone 40 mg to dexamethasone", "steroid_equivalent",
        {"dose": (40.0, "mg"), "from_steroid": "prednisone", "to_steroid": "dexamethasone"},
    ),
    (
        "What dose of hydrocortisone is equivalent to 5 mg of prednisone?", "steroid_equivalent",
        {"dose": (5.0, "mg"), "from_steroid": "prednisone", "to_steroid": "hydrocortisone"},
    ),
    (
        "Estimate the warfarin dose: 60-year-old, 175 cm, 80 kg, target INR 2.5, CYP2C9 *1/*3, VKORC1 A/G, "
        "no amiodarone",
        "warfarin",
        {"age": (60.0, YEARS), "height": (175.0, CM), "weight": (80.0, KG), "target_inr": 2.5, "cyp2c9": "*1/*3",
         "vkorc1": "A/G", "amiodarone": False},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "inputs"), ASKED, ids=[row[0][:40] for row in ASKED])
def test_the_calculator_and_what_is_stated(text: str, name: str, inputs: dict[str, Any]) -> None:
    assert read(text) == {name: {field: value for field, value in inputs.items() if value is not None}}


NOT_ASKED = [
    "Does a low eGFR raise the risk of contrast nephropathy?",
    "Is CHA2DS2-VASc validated in cancer?",
    "What is the evidence for qSOFA in sepsis?",
    "What eGFR cut-off stops metformin?",
    "Apixaban dose in a 72-year-old with eGFR 34?",
    "How accurate is the Wells score for PE?",
    "What is a MELD score?",
    "What does a HAS-BLED of 3 mean?",
    "Compare MELD and MELD 3.0",
    "Her BMI is 31; does semaglutide help?",
    "GCS 14 after a fall, CT?",
    "What is the target LDL after MI?",
    "Is FIB-4 better than biopsy?",
    "MELD-Na for bilirubin 3 mg/dL, INR 2, creatinine 1 mg/dL, sodium 130?",
    "What is her CHA2DS2-VA?",
    "Which drugs prolong the QTc?",
    "What is the normal anion gap?",
    "What is the best warfarin dose in the elderly?",
    "Creatinine clearance below 30: which enoxaparin dose?",
    "Does the PERC rule miss PE?",
    "Her due date is next week and she has a fever",
    "Should we use the HEART score in the emergency department?",
    "Does heart failure score worse with diabetes?",
    "He fell off the sofa. What should I do?",
    "What is the mean arterial pressure target in septic shock?",
    "In patients with CHA2DS2-VASc of 2, does apixaban reduce stroke?",
    "72M with AF, CHA2DS2-VASc 4, HAS-BLED 3. Apixaban or warfarin?",
    "What is the mortality of CURB-65 class 3?",
    "evidence for statins in CKD with eGFR below 45",
    "How is the anion gap calculated?",
    "Does warfarin dose depend on CYP2C9?",
    "What is BRCA1 185delAG?",
    "eGFR was 34 and creatinine 1.8 mg/dL; can she take metformin?",
    "HEART score versus TIMI",
    "A 70-year-old woman with BMI 31, hypertension and diabetes. Does empagliflozin help?",
    "Is dexamethasone equivalent to prednisolone in croup?",
    "Do morphine equivalents above 50 raise overdose risk?",
    "QTc 480 ms, age 70, K 3.1: is ondansetron ok?",
    "Her eGFR fell from 60 to 34. Why?",
    "What are the limitations of Cockcroft-Gault in obesity?",
    "",
]


@pytest.mark.parametrize("text", NOT_ASKED)
def test_a_question_about_something_else_asks_for_no_calculator(text: str) -> None:
    assert read(text) == {}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("eGFR for a 72F, creatinine 1.8", "creatinine"),  # mg/dL or µmol/L
        ("eGFR for a 72F, creatinine 1.2-1.5 mg/dL", "creatinine"),
        ("eGFR for a 72F, creatinine 1.2 to 1.5 mg/dL", "creatinine"),
        ("eGFR for a 72F, baseline creatinine 0.9 mg/dL", "creatinine"),
        ("eGFR for a 72F, creatinine 1.8 mg/dL yesterday, creatinine 2.4 mg/dL today", "creatinine"),
        ("eGFR for a 72F, urine creatinine 80 mg/dL", "creatinine"),
        ("What is her eGFR? Creatinine rose from 0.9 to 1.8 mg/dL.", "creatinine"),
        ("eGFR for a 72F, creatinine 1,234 mg/dL", "creatinine"),
        ("eGFR for a 72F, creatinine 1.8 mg/kg", "creatinine"),
        ("CURB-65, urea 60 mg/dL, RR 30", "urea"),  # urea itself, where the field's mg/dL is its nitrogen
        ("CURB-65 for a 72F, BUN 30, RR 30", "urea"),
        ("PERC for 40F, SpO2 97 % on 2 L", "saturation"),  # room air is asked
        ("calcium corrected for albumin: ionized calcium 1.2 mmol/L, albumin 30 g/L", "calcium"),
        ("CrCl for a 72F who lost 5 kg", "weight"),
        ("CrCl for a 72F, target weight 70 kg", "weight"),
        ("CrCl for a 72F, her husband weighs 90 kg", "weight"),
        ("CHA2DS2-VASc for a 72F with pulmonary hypertension", "hypertension"),
        ("CHA2DS2-VASc for a 72F with gestational diabetes", "diabetes"),
        ("CHA2DS2-VASc for a 72F, mother had a stroke", "stroke"),
        ("CHA2DS2-VASc for a 72F, possible stroke", "stroke"),
        ("What is the CHA2DS2-VASc and stroke risk of this 72F?", "stroke"),
        ("CHA2DS2-VASc for a 72F, no diabetes, hypertension", "hypertension"),  # how far does the "no" reach?
        ("CHA2DS2-VASc for a 72F, no diabetes and hypertension", "hypertension"),
        ("Wells score for PE: no cancer or hemoptysis, rule out DVT, history of asthma", "earlier_clot"),
        ("due date, LMP 03/04/2026", "last_period"),  # March or April
        ("HAS-BLED for a 78M with hypertension", "uncontrolled_hypertension"),
        ("HOMA-IR: fasting insulin 12 µIU/mL, glucose 95 mg/dL", "fasting_glucose"),
    ],
)
def test_what_can_be_read_two_ways_is_left_out(text: str, field: str) -> None:
    (one,) = asked(text)
    assert calculators()[one.name].field(field) is not None
    assert field not in one.inputs


@pytest.mark.parametrize(
    ("words_", "stands"),
    [
        ("diabetes", True), ("history of diabetes", True), ("type 2 diabetes", True), ("no diabetes", False),
        ("not diabetic", False), ("denies diabetes", False), ("without any known diabetes", False),
        ("diabetes: no", False), ("diabetes: yes", True), ("diabetes (negative)", False), ("non-diabetic", False),
        ("no stroke or diabetes", False), ("no stroke, TIA or diabetes", False), ("no chest pain or diabetes", False),
        ("neither stroke nor diabetes", False), ("no stroke, but diabetes", True), ("no stroke; diabetes", True),
        ("never diagnosed with diabetes", None), ("denies having diabetes", None), ("diabetes unlikely", None),
        ("?diabetes", None), ("family history of diabetes", None), ("screened for diabetes", None),
        ("no longer diabetes", None), ("diabetes insipidus", None), ("prediabetes", None),
    ],
)  # fmt: skip
def test_a_condition_is_said_denied_or_left_open(words_: str, stands: bool | None) -> None:
    (one,) = asked(f"CHA2DS2-VASc for a 72-year-old man: {words_}.")
    value = one.inputs.get("diabetes")
    assert (value.value if value else None) is stands


def test_a_partial_sum_of_opioids_is_never_passed_on() -> None:
    for text in (
        "MME: oxycodone 10 mg q6h and morphine 60 mg daily",
        "Calculate the MME of morphine 60 mg daily and pethidine",
        "MME of morphine 60 mg/day, oxycodone 20 mg/day, later oxycodone 40 mg/day",
        "MME of morphine 60 mg/day and fentanyl 25",
    ):
        assert read(text) == {"mme": {}}, text


def test_a_genotype_that_is_not_read_is_not_passed_over() -> None:
    start = "Warfarin dose for a 60-year-old man, 175 cm, 80 kg, target INR 2.5, no amiodarone, no enzyme inducers"
    assert "age" in read(start)["warfarin"]
    assert read(f"{start}, CYP2C9 poor metaboliser") == {"warfarin": {}}
    assert read(f"{start}, CYP2C9 *1/*5")["warfarin"]["cyp2c9"].startswith("another allele")
    assert read(f"{start}, CYP2C9 *3/*1, rs9923231 C/T")["warfarin"]["vkorc1"] == "C/T"


def test_several_are_asked_for_at_once_and_a_shared_name_asks_both() -> None:
    assert list(read("Calculate CHA2DS2-VASc and HAS-BLED for this patient.")) == ["cha2ds2_vasc", "has_bled"]
    assert list(read("What are her MELD, FIB-4 and Child-Pugh scores?")) == ["meld", "fib4", "child_pugh"]
    assert list(read("Wells score?")) == ["wells_pe", "wells_dvt"]
    both = read(
        "What is his CrCl using ideal body weight? 81-year-old man, 60 kg, 170 cm, creatinine 1.7 mg/dL"
    )
    assert list(both) == ["cockcroft_gault"]
    assert both["cockcroft_gault"]["weight_kind"] == "ideal"


def test_the_part_that_asks_ends_before_another_question() -> None:
    text = "She has AF. What is her eGFR and should metformin be stopped? Creatinine 1.8 mg/dL."
    (one,) = asked(text)
    assert text[one.start : one.end].strip() == "What is her eGFR and"


def test_earlier_words_fill_in_and_an_answer_goes_on() -> None:
    first = "CrCl for a 72-year-old woman with creatinine 1.8 mg/dL?"
    (again,) = asked("And her CrCl now?", [first])
    assert (again.inputs["sex"].value, again.earlier["creatinine"].value) == ("female", 1.8)
    (more,) = continued("Weight is 70 kg, actual body weight.", [first])
    assert more.name == "cockcroft_gault"
    assert (more.inputs["weight"].value, more.inputs["weight_kind"].value) == (70.0, "actual")
    assert more.earlier["age"].value == 72.0
    for text in ("What about metformin at 70 kg?", "She has a rash.", "Does a weight of 70 kg matter?", ""):
        assert continued(text, [first]) == ()
    assert continued("Weight is 70 kg.", ["Does tiotropium help?"]) == ()


def test_the_words_name_only_what_is_there() -> None:
    held = words()
    known = {field.name: field for one in calculators().values() for field in one.fields}
    assert set(held["calculators"]) == set(calculators())
    assert {name.rpartition(".")[2] for name in held["fields"]} <= set(known)
    for section in ("options", "denied"):
        for name, options in held[section].items():
            fields = [one.field(name) for one in calculators().values() if one.field(name)]
            assert fields
            assert set(options) <= {option for field in fields if field for option in field.options}, name
    listed = {unit for measure in units.measures() for unit in units.units(measure) if unit}
    assert set(held["units"]) == listed
    assert set(held["steroids"]) == set(known["from_steroid"].options)
    assert {*held["weak"], *held["inputs_too"], *held["withhold"]} <= set(calculators())
    for name in calculators():
        assert lexicon(name).searched.search("¤") is None


PIECES = [row[0] for row in ASKED] + NOT_ASKED + [
    "creatinine", "1.8", "mg/dL", "no", "or", ",", "72F", "Na", "140", "K 3.1", "calculate", "eGFR", "/", "-", "%",
    "1,234", "٣", "0.0000", "99999999", "diabetes", "not", "mother", "MELD 3.0", "E4V5M6", "\n", "120/80", "25 µg/h",
]  # fmt: skip


def _numbers(text: str) -> set[float]:
    """Every number of a text, with a comma read as a decimal sign and as none."""
    found = set()
    for written in re.findall(r"[0-9]+(?:[.,][0-9]+)*", text):
        for form in (written, written.replace(",", "."), written.replace(",", "")):
            if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", form):
                found.add(float(form))
        found |= {float(part) for part in re.split("[.,]", written)}
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join))
def test_no_number_comes_from_anywhere_else(text: str) -> None:
    plain = text.translate({ord(sub): str(n) for n, sub in enumerate("₀₁₂₃₄₅₆₇₈₉")})
    for one in asked(text):
        assert 0 <= one.start <= one.end <= len(text)
        calculator = calculators()[one.name]
        for name, value in one.inputs.items():
            field = calculator.field(name)
            assert field is not None
            if field.kind is FieldKind.NUMBER:
                assert value.value in _numbers(plain), (text, name, value)
            elif field.kind is FieldKind.CHOICE:
                assert value.value in field.options


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_gives_a_result(text: str, before: str) -> None:
    asked(text, [before])
    asked(f"calculate the MME and warfarin dose {text}", [before])
    continued(text, [f"calculate her eGFR {before}"])


@pytest.mark.parametrize(
    "piece",
    ["eGFR ", "no ", "calculate BMI ", "creatinine 1.8 ", "stroke, ", "1", "1,", " ", "a-", "E4V5", "with ", "no or ",
     "BP 120/", "what is the ", "CYP2C9 *1/", "for the ", "oxycodone 10 mg ", "who had no "],
)  # fmt: skip
def test_a_long_text_is_read_in_little_time(piece: str) -> None:
    text = "Calculate CHA2DS2-VASc, MME: " + piece * (LIMIT // len(piece))
    asked("Calculate her eGFR")  # the words are read once
    started = time.process_time()
    asked(text)
    assert time.process_time() - started < 2


def test_the_import_is_light() -> None:
    code = (
        "import sys, time; t = time.perf_counter(); import tools.calculators.spoken; t = time.perf_counter() - t;"
        "assert not {'numpy', 'torch', 'scipy', 'pandas'} & set(sys.modules); assert t < 2, t"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "question",
    [
        "Creatinine clearance by Cockcroft-Gault",
        "Creatinine clearance by Cockcroft-Gault, please.",
        "CrCl (Cockcroft-Gault)",
        "Her creatinine clearance with the Cockcroft-Gault formula",
        "Cockcroft-Gault creatinine clearance for this patient",
    ],
)
def test_a_calculator_by_its_formula(question: str) -> None:
    told = ("68-year-old woman. Creatinine 1.2 mg/dL. Weight 70 kg.",)
    (one,) = asked(question, told)
    assert one.name == "cockcroft_gault"
    assert {"creatinine", "weight", "age"} <= set(one.earlier)


@pytest.mark.parametrize(
    "question",
    [
        "How is creatinine clearance by Cockcroft-Gault used in dosing trials?",
        "Does creatinine clearance by Cockcroft-Gault predict bleeding?",
    ],
)
def test_a_formula_in_a_question_about_the_literature(question: str) -> None:
    assert asked(question, ("68-year-old woman. Creatinine 1.2 mg/dL. Weight 70 kg.",)) == ()
