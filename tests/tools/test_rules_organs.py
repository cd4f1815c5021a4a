"""Kidney, liver and age rules: for each one a patient in whom it fires and one whom it just misses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tools.treatment_patients import make
from tools.treatment.check import check
from tools.treatment.load import FOLDER
from tools.treatment.predicates import Level
from tools.treatment.safety import FiredRule

TODAY = date(2026, 11, 22)
FILES = ("kidney_more.yaml", "liver.yaml", "age.yaml")
AVOID, CHANGE, MONITOR, NOTE = Level.AVOID, Level.CHANGE, Level.MONITOR, Level.NOTE

Patient = Mapping[str, Any]
Row = tuple[str, str, Patient, Level, Patient]


def on(*problems: str, **more: Any) -> Patient:
    """A patient of problems and values."""
    return {"problems": problems, **more}


def aged(*problems: str, **more: Any) -> Patient:
    return on(*problems, **{"age": 70, **more})


def failing(**more: Any) -> Patient:
    return on("hypertension", "heart failure", **{"potassium": 4.5, **more})


def tense(**more: Any) -> Patient:
    return on("hypertension", potassium=4.5, **more)


C, B, A = on("Cirrhosis, Child-Pugh C"), on("Cirrhosis, Child-Pugh B"), on("Cirrhosis, Child-Pugh A")
SICK, WELL = on("chronic hepatitis C"), on("asthma")
OLD, YOUNG = {"age": 65}, {"age": 64}

# fmt: off
KIDNEY: list[Row] = [
    ("renal.tmp-smx", "co-trimoxazole", {"CrCl": 14}, AVOID, {"CrCl": 31}),
    ("renal.amoxicillin-clavulanate", "co-amoxiclav", {"eGFR": 29}, CHANGE, {"eGFR": 30}),
    ("renal.cefalexin", "cefalexin", {"CrCl": 59}, CHANGE, {"CrCl": 60}),
    ("renal.levofloxacin", "levofloxacin", {"CrCl": 49}, CHANGE, {"CrCl": 50}),
    ("renal.ciprofloxacin", "ciprofloxacin", {"CrCl": 60}, CHANGE, {"CrCl": 61}),
    ("renal.valaciclovir", "valaciclovir", {"CrCl": 49}, CHANGE, {"CrCl": 50}),
    ("renal.aciclovir", "aciclovir", {"CrCl": 25}, CHANGE, {"CrCl": 26}),
    ("renal.fluconazole", "fluconazole", {"CrCl": 50}, CHANGE, {"CrCl": 51}),
    ("renal.ceftolozane", "ceftolozane", {"CrCl": 50}, MONITOR, {"CrCl": 51}),
    ("renal.atenolol", "atenolol", {"CrCl": 35}, CHANGE, {"CrCl": 36}),
    ("renal.spironolactone", "new: spironolactone", failing(eGFR=40), CHANGE, failing(eGFR=51)),
    ("renal.eplerenone", "eplerenone", tense(CrCl=49), AVOID, tense(CrCl=50)),
    ("renal.fondaparinux", "fondaparinux", {"CrCl": 29, "weight": 80}, AVOID, {"CrCl": 30, "weight": 50}),
    ("renal.dabigatran-stopp", "dabigatran", {"age": 65, "eGFR": 29}, AVOID, {"age": 64, "eGFR": 29}),
    ("renal.factor-xa-stopp", "apixaban", {"age": 65, "eGFR": 14}, AVOID, {"age": 65, "eGFR": 15}),
    ("renal.digoxin-stopp", "digoxin 0.25 mg daily", {"age": 80, "eGFR": 29}, CHANGE, {"age": 80, "eGFR": 30}),
    ("renal.rosuvastatin", "new: rosuvastatin", {"CrCl": 29}, CHANGE, {"CrCl": 30}),
    ("renal.thiazide", "hydrochlorothiazide", {"eGFR": 29}, MONITOR, {"eGFR": 30}),
    ("renal.linagliptin-insulin", "linagliptin", {"eGFR": 29, "drugs": ("insulin glargine",)}, MONITOR, {"eGFR": 29}),
    ("renal.sitagliptin", "sitagliptin", {"eGFR": 44}, CHANGE, {"eGFR": 45}),
    ("renal.dapagliflozin", "new: dapagliflozin", {"eGFR": 24}, AVOID, {"eGFR": 60}),
    ("renal.empagliflozin", "empagliflozin", {"eGFR": 29}, CHANGE, on("heart failure", eGFR=29)),
    ("renal.glp1-volume", "liraglutide", on("CKD stage 3"), MONITOR, WELL),
    ("renal.allopurinol", "new: allopurinol", {"eGFR": 60}, CHANGE, {"eGFR": 61}),
    ("renal.colchicine", "colchicine", {"CrCl": 29}, CHANGE, {"CrCl": 81}),
    ("renal.colchicine-stopp", "colchicine", {"age": 70, "eGFR": 9}, AVOID, {"age": 70, "eGFR": 10}),
    ("renal.alendronate", "alendronate", {"CrCl": 34}, AVOID, {"CrCl": 35}),
    ("renal.zoledronate", "zoledronate", {"CrCl": 34}, AVOID, {"CrCl": 35}),
    ("renal.famotidine", "famotidine", {"CrCl": 60}, CHANGE, {"CrCl": 61}),
    ("renal.cimetidine", "cimetidine", {"CrCl": 29}, CHANGE, {"CrCl": 30}),
    ("renal.alvimopan", "alvimopan", on("haemodialysis"), AVOID, on("CKD stage 3")),
    ("renal.picosulfate", "sodium picosulfate", {"CrCl": 29}, MONITOR, {"CrCl": 30}),
    ("renal.lithium", "new: lithium", {"CrCl": 89}, CHANGE, {"CrCl": 90}),
    ("renal.duloxetine", "duloxetine", {"CrCl": 29}, AVOID, {"CrCl": 30}),
    ("renal.memantine", "memantine", {"CrCl": 29}, CHANGE, {"CrCl": 30}),
    ("renal.levetiracetam", "levetiracetam", {"CrCl": 80}, CHANGE, {"CrCl": 81}),
    ("renal.topiramate", "topiramate", {"CrCl": 69}, CHANGE, {"CrCl": 70}),
    ("renal.tapentadol", "tapentadol", {"CrCl": 29}, AVOID, {"CrCl": 30}),
    ("renal.acetaminophen", "acetaminophen", {"CrCl": 30}, NOTE, {"CrCl": 31}),
    ("renal.nsaid-stopp", "ibuprofen", {"age": 65, "eGFR": 49}, CHANGE, {"age": 65, "eGFR": 50}),
    ("renal.tadalafil", "tadalafil", {"CrCl": 50}, CHANGE, {"CrCl": 51}),
    ("renal.sildenafil", "sildenafil", {"CrCl": 29}, CHANGE, {"CrCl": 30}),
    ("renal.fesoterodine", "fesoterodine", {"CrCl": 29}, CHANGE, {"CrCl": 30}),
    ("renal.gadolinium", "gadobutrol", {"eGFR": 29}, AVOID, {"eGFR": 60}),
    ("renal.bazedoxifene", "bazedoxifene", on("chronic kidney disease"), CHANGE, WELL),
    ("renal.pralatrexate", "pralatrexate", on("ESRD on dialysis"), AVOID, on("CKD stage 3")),
]
LIVER: list[Row] = [
    ("liver.rivaroxaban", "rivaroxaban", B, AVOID, A),
    ("liver.apixaban", "apixaban", B, CHANGE, A),
    ("liver.edoxaban", "edoxaban", B, AVOID, A),
    ("liver.dabigatran", "dabigatran", C, AVOID, A),
    ("liver.ticagrelor", "ticagrelor", C, AVOID, B),
    ("liver.statins", "atorvastatin", SICK, AVOID, WELL),
    ("liver.lipid-mtp-apob", "lomitapide", SICK, AVOID, WELL),
    ("liver.losartan", "new: losartan", B, CHANGE, WELL),
    ("liver.eplerenone", "eplerenone", C, AVOID, B),
    ("liver.spironolactone", "new: spironolactone", A, CHANGE, SICK),
    ("liver.thiazide", "hydrochlorothiazide", SICK, MONITOR, WELL),
    ("liver.tolvaptan", "tolvaptan", A, AVOID, WELL),
    ("liver.acetaminophen", "acetaminophen", C, CHANGE, WELL),
    ("liver.duloxetine", "duloxetine", on("alcohol use disorder"), AVOID, WELL),
    ("liver.milnacipran", "milnacipran", SICK, AVOID, WELL),
    ("liver.sertraline", "sertraline", A, CHANGE, WELL),
    ("liver.valproate", "valproate", SICK, AVOID, WELL),
    ("liver.tapentadol", "tapentadol", B, CHANGE, A),
    ("liver.cyclobenzaprine", "cyclobenzaprine", A, CHANGE, WELL),
    ("liver.tmp-smx", "co-trimoxazole", C, AVOID, B),
    ("liver.fluconazole", "fluconazole", SICK, MONITOR, WELL),
    ("liver.simeprevir", "simeprevir", B, AVOID, A),
    ("liver.fesoterodine", "fesoterodine", C, AVOID, B),
    ("liver.tadalafil", "tadalafil", A, CHANGE, WELL),
    ("liver.sildenafil", "sildenafil", A, CHANGE, WELL),
    ("liver.bazedoxifene", "bazedoxifene", SICK, AVOID, WELL),
    ("liver.ospemifene", "ospemifene", C, AVOID, B),
    ("liver.teriflunomide", "teriflunomide", SICK, AVOID, WELL),
    ("liver.tocilizumab", "tocilizumab", SICK, AVOID, WELL),
    ("liver.fingolimod", "fingolimod", C, MONITOR, B),
    ("liver.brentuximab", "brentuximab vedotin", B, AVOID, A),
    ("liver.kinase-inhibitors", "vandetanib", B, AVOID, A),
    ("liver.pazopanib", "pazopanib", B, CHANGE, A),
    ("liver.everolimus", "everolimus", A, CHANGE, WELL),
]
AGE: list[Row] = [
    ("age.benzodiazepine", "new: lorazepam", OLD, AVOID, YOUNG),
    ("age.z-hypnotic", "zolpidem", OLD, AVOID, YOUNG),
    ("age.first-generation-antihistamine", "diphenhydramine", OLD, AVOID, YOUNG),
    ("age.tricyclic", "amitriptyline", aged("dementia"), AVOID, on("dementia", age=60)),
    ("age.antipsychotic-dementia", "risperidone", aged("Alzheimer disease"), AVOID, aged("schizophrenia")),
    ("age.antipsychotic-parkinson", "haloperidol", aged("Parkinson disease"), AVOID, aged("schizophrenia")),
    ("age.antipsychotic-retention", "clozapine", aged("benign prostatic hyperplasia"), AVOID, aged("asthma")),
    ("age.antidopaminergic-parkinson", "metoclopramide", aged("Parkinson disease"), AVOID, aged("asthma")),
    ("age.antimuscarinic-dementia", "oxybutynin", aged("dementia"), AVOID, aged("overactive bladder")),
    ("age.cholinesterase-bradycardia", "donepezil", aged("sick sinus syndrome"), CHANGE, aged(heart_rate=60)),
    ("age.ssri-hyponatraemia", "sertraline", aged(sodium=129), CHANGE, aged(sodium=130)),
    ("age.muscle-relaxant", "methocarbamol", OLD, AVOID, YOUNG),
    ("age.aspirin-primary-prevention", "new: aspirin 81 mg daily", OLD, AVOID, aged("coronary artery disease")),
    ("age.warfarin-start", "new: warfarin", aged("atrial fibrillation"), CHANGE, on("atrial fibrillation", age=64)),
    ("age.rivaroxaban", "rivaroxaban", aged("atrial fibrillation"), CHANGE, aged("knee replacement")),
    ("age.dabigatran", "dabigatran", OLD, MONITOR, YOUNG),
    ("age.ticlopidine", "ticlopidine", OLD, AVOID, YOUNG),
    ("age.sulfonylurea-long", "new: glimepiride", OLD, AVOID, YOUNG),
    ("age.sulfonylurea-short", "new: glipizide", OLD, CHANGE, YOUNG),
    ("age.sglt2", "empagliflozin", OLD, MONITOR, YOUNG),
    ("age.estrogen", "new: estradiol", OLD, AVOID, YOUNG),
    ("age.digoxin-preserved-function", "digoxin", failing(age=70, LVEF=50), CHANGE, failing(age=70, LVEF=49)),
    ("age.verapamil-diltiazem-heart-failure", "verapamil", aged("HF, NYHA III"), AVOID, aged("HF, NYHA II")),
    ("age.beta-blocker-bradycardia", "bisoprolol", aged("complete heart block"), AVOID, aged(heart_rate=50)),
    ("age.thiazide", "chlortalidone", aged(potassium=2.9, sodium=140), CHANGE, aged(potassium=3.0, sodium=130)),
    ("age.loop-diuretic-hypertension", "new: furosemide", aged("hypertension"), CHANGE, failing(age=70)),
    ("age.central-antihypertensive", "clonidine", OLD, CHANGE, YOUNG),
    ("age.raas-hyperkalaemia", "lisinopril", aged("hyperkalemia", potassium=5.1), CHANGE, aged("high blood pressure")),
    ("age.pde5-hypotension", "tadalafil", failing(age=70, systolic=89), AVOID, failing(age=70, systolic=90)),
    ("age.sildenafil-start", "new: sildenafil", {"age": 66}, MONITOR, {"age": 65}),
    ("age.ppi-duration", "continuing: omeprazole", OLD, MONITOR, YOUNG),
    ("age.tramadol-child", "tramadol", {"age": 11}, AVOID, {"age": 18}),
    ("age.tmp-smx-infant", "co-trimoxazole", {"age": 0.1}, AVOID, {"age": 0.2}),
    ("age.metoclopramide-child", "metoclopramide", {"age": 17}, AVOID, {"age": 18}),
    ("age.losartan-child", "losartan", {"age": 5}, AVOID, {"age": 6, "eGFR": 90}),
]
# fmt: on
ROWS = [*KIDNEY, *LIVER, *AGE]


def rule(name: str, drug: str, patient: Patient, *, complete: bool = True) -> FiredRule | None:
    """What the rule says of the first ingredient that it meets; None where it says nothing."""
    given: dict[str, Any] = {"sex": "male", **patient, "complete": complete}
    checked = check([drug], make(**given), today=TODAY, guidelines=False)
    return next((one for one in checked.rules if one.rule.id == name), None)


@pytest.mark.parametrize(("name", "drug", "fires", "level", "misses"), ROWS, ids=[row[0] for row in ROWS])
def test_fires_and_just_misses(name: str, drug: str, fires: Patient, level: Level, misses: Patient) -> None:
    hit = rule(name, drug, fires)
    assert hit is not None
    assert (hit.level, hit.verdict.certain) == (level, True)
    assert rule(name, drug, misses) is None


def test_a_mechanical_valve_is_no_matter_of_the_warfarin_criterion() -> None:
    assert (
        rule("age.warfarin-start", "new: warfarin", aged("atrial fibrillation", "mechanical valve")) is None
    )


def test_a_potassium_that_is_normal_again_settles_an_old_hyperkalaemia() -> None:
    assert rule("age.raas-hyperkalaemia", "lisinopril", aged("hyperkalemia", potassium=5.0)) is None


def test_every_rule_of_the_files_has_its_row() -> None:
    held = [yaml.safe_load(Path(FOLDER, "rules", file).read_text(encoding="utf-8")) for file in FILES]
    written = {entry["id"] for file in held for entry in file["entries"]}
    assert written == {row[0] for row in ROWS}


def test_metformin_at_an_egfr_of_38() -> None:
    """A new start is excluded; who takes it already has benefit and risk weighed again."""
    start = rule("renal.metformin", "new: metformin", {"eGFR": 38})
    going_on = rule("renal.metformin", "continuing: metformin", {"eGFR": 38})
    untold = rule("renal.metformin", "metformin", {"eGFR": 38})
    assert start is not None
    assert going_on is not None
    assert untold is not None
    assert (start.level, start.advice) == (AVOID, "Do not start between an eGFR of 30 and 45.")
    assert (going_on.level, going_on.verdict.certain) == (CHANGE, True)
    assert (untold.level, untold.verdict.certain) == (AVOID, False)


@pytest.mark.parametrize(
    ("name", "drug", "patient", "level"),
    [
        ("renal.dapagliflozin", "continuing: dapagliflozin", {"eGFR": 24}, NOTE),
        ("renal.dapagliflozin", "dapagliflozin", on("type 2 diabetes", eGFR=44), MONITOR),
        ("renal.rosuvastatin", "continuing: rosuvastatin 10 mg daily", {"CrCl": 20}, NOTE),
        ("renal.rosuvastatin", "continuing: rosuvastatin 20 mg daily", {"CrCl": 20}, CHANGE),
        ("renal.lithium", "continuing: lithium", {"CrCl": 60}, MONITOR),
        ("renal.lithium", "continuing: lithium", {"CrCl": 29}, AVOID),
        ("renal.allopurinol", "continuing: allopurinol", {"eGFR": 40}, MONITOR),
        ("renal.spironolactone", "continuing: spironolactone", on("heart failure", eGFR=40), MONITOR),
        ("renal.spironolactone", "new: spironolactone", on("heart failure", eGFR=80, potassium=5.1), CHANGE),
        ("renal.digoxin-stopp", "digoxin 0.125 mg daily", {"age": 80, "eGFR": 20}, MONITOR),
        ("age.warfarin-start", "continuing: warfarin", aged("atrial fibrillation"), NOTE),
        ("age.benzodiazepine", "continuing: lorazepam", OLD, CHANGE),
        (
            "age.aspirin-primary-prevention",
            "aspirin",
            aged("coronary artery disease", "peptic ulcer"),
            CHANGE,
        ),
        ("age.beta-blocker-bradycardia", "bisoprolol", aged(heart_rate=49), MONITOR),
        ("age.cholinesterase-bradycardia", "donepezil", aged(heart_rate=59), MONITOR),
        ("liver.losartan", "new: losartan", C, CHANGE),
        ("liver.dabigatran", "dabigatran", B, CHANGE),
    ],
)
def test_other_cases(name: str, drug: str, patient: Patient, level: Level) -> None:
    hit = rule(name, drug, patient)
    assert hit is not None
    assert (hit.level, hit.verdict.certain) == (level, True)


def test_child_pugh_points_stand_for_the_class_where_a_liver_disease_is_listed() -> None:
    worst = rule("liver.tapentadol", "tapentadol", on("cirrhosis", child_pugh=10))
    middle = rule("liver.tapentadol", "tapentadol", on("cirrhosis", child_pugh=7))
    assert worst is not None
    assert middle is not None
    assert (worst.level, middle.level) == (AVOID, CHANGE)
    assert rule("liver.tapentadol", "tapentadol", on("cirrhosis", child_pugh=6)) is None


def test_cirrhosis_without_a_class_asks_for_it() -> None:
    asked = rule("liver.ticagrelor", "ticagrelor", on("cirrhosis"))
    assert asked is not None
    assert (asked.level, asked.verdict.certain) == (AVOID, False)
    assert any("child" in ask.casefold() for ask in asked.verdict.asks)


def test_a_listed_class_settles_the_grade_even_on_a_list_that_is_not_complete() -> None:
    assert rule("liver.ticagrelor", "ticagrelor", B, complete=False) is None
    assert rule("liver.edoxaban", "edoxaban", A, complete=False) is None


def test_a_clearance_is_not_taken_from_the_egfr() -> None:
    asked = rule("renal.alendronate", "alendronate", {"eGFR": 90})
    assert asked is not None
    assert not asked.verdict.certain
    assert any("clearance" in ask for ask in asked.verdict.asks)
