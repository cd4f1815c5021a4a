"""The rules and pairs of gaps.yaml: each in a patient, and in one, or beside a drug, where it is just silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import yaml

from tests.tools.treatment_patients import make
from tools.treatment.check import check
from tools.treatment.interactions import FiredPair
from tools.treatment.load import FOLDER
from tools.treatment.names import Status, resolve
from tools.treatment.predicates import Level
from tools.treatment.safety import FiredRule

TODAY = date(2026, 11, 22)
AVOID, CHANGE, MONITOR, NOTE = Level.AVOID, Level.CHANGE, Level.MONITOR, Level.NOTE

Patient = Mapping[str, Any]
Row = tuple[str, str, Patient, Level, Patient]
"""Rule, drug, a patient in whom it fires, how strictly, and one whom it just misses."""
Pair = tuple[str, str, Level, str, Patient]
"""Pair rule, two drugs, how strictly, two drugs beside, and the patient."""


def on(*problems: str, **more: Any) -> Patient:
    """A patient of problems and values."""
    return {"problems": problems, **more}


def woman(*problems: str, **more: Any) -> Patient:
    return on(*problems, **{"sex": "female", "systolic": 120, "diastolic": 80, **more})


WELL = on("osteoarthritis")
ASTHMA, ACTIVE = on("asthma"), on("cellulitis")

# fmt: off
RULES: list[Row] = [
    ("condition.nsaid-bypass", "ibuprofen", on("scheduled CABG"), AVOID, on("CABG 2019")),
    ("condition.nsaid-infarction", "naproxen", on("recent MI"), CHANGE, on("old myocardial infarction")),
    ("condition.nsaid-heart-failure", "diclofenac", on("HF, NYHA class III"), CHANGE, on("hypertension")),
    ("condition.nsaid-heart-failure", "celecoxib", on("heart failure"), MONITOR, WELL),
    ("condition.nsaid-ulcer", "ibuprofen", on("duodenal ulcer 2020"), MONITOR, on("reflux")),
    ("condition.nsaid-ulcer", "ibuprofen", on("duodenal ulcer", drugs=("omeprazole",)), NOTE, WELL),
    ("renal.nsaid-advanced", "ibuprofen", {"eGFR": 29}, CHANGE, {"eGFR": 30}),
    ("condition.opioid-breathing-bowel", "morphine", on("paralytic ileus"), AVOID, on("constipation")),
    ("condition.opioid-breathing-bowel", "tramadol", on("respiratory depression"), AVOID, ASTHMA),
    ("condition.tramadol-seizure", "tramadol", on("epilepsy"), MONITOR, on("migraine")),
    ("renal.tramadol", "tramadol", {"CrCl": 29}, CHANGE, {"CrCl": 30}),
    ("renal.morphine-codeine", "codeine", {"eGFR": 29}, CHANGE, {"eGFR": 30}),
    ("renal.meperidine", "meperidine", {"eGFR": 59}, CHANGE, {"eGFR": 60}),
    ("renal.oxycodone-hydromorphone", "oxycodone", {"eGFR": 29}, MONITOR, {"eGFR": 30}),
    ("renal.baclofen", "baclofen 10 mg twice daily", {"eGFR": 59}, CHANGE, {"eGFR": 60}),
    ("renal.baclofen", "baclofen 5 mg twice daily", {"eGFR": 59}, MONITOR, {"eGFR": 60}),
    ("renal.baclofen", "baclofen 5 mg twice daily", {"eGFR": 29}, CHANGE, {"eGFR": 60}),
    ("condition.bupropion-seizure", "bupropion", on("bulimia nervosa"), AVOID, on("obesity")),
    ("condition.metoclopramide", "metoclopramide", on("pheochromocytoma"), AVOID, on("gastroparesis")),
    ("condition.metoclopramide", "Reglan", on("epilepsy"), AVOID, on("nausea")),
    ("condition.haloperidol-parkinson", "haloperidol", on("Parkinson disease"), AVOID, on("schizophrenia")),
    ("condition.diazepam", "Valium", on("myasthenia gravis"), AVOID, on("muscle spasm")),
    ("condition.diazepam", "diazepam", on("OSA"), AVOID, on("insomnia")),
    ("condition.amitriptyline-infarction", "amitriptyline", on("NSTEMI"), AVOID, on("angina")),
    ("condition.snri-hypertension", "desvenlafaxine", on("hypertension"), MONITOR, on("hypotension")),
    ("condition.antidepressant-angle-closure", "vilazodone", on("narrow-angle glaucoma"), MONITOR,
     on("open-angle glaucoma")),
    ("condition.laba-asthma", "salmeterol", ASTHMA, AVOID, on("COPD")),
    ("condition.laba-asthma", "Anoro", ASTHMA, AVOID, on("chronic bronchitis")),
    ("condition.laba-asthma", "Anoro", on("asthma", drugs=("Flovent",)), NOTE, on("COPD", drugs=("Flovent",))),
    ("condition.inhaled-anticholinergic", "Spiriva", on("BPH"), MONITOR, on("COPD")),
    ("condition.propranolol", "propranolol", ASTHMA, AVOID, on("COPD")),
    ("condition.propranolol", "propranolol", on("sick sinus syndrome"), AVOID, on("atrial fibrillation")),
    ("condition.nonselective-beta-blocker-airways", "nadolol", on("COPD"), CHANGE, on("angina")),
    ("condition.verapamil-heart-failure", "verapamil", on("hypertension", LVEF=29), AVOID, on("hypertension", LVEF=30)),
    ("condition.verapamil-heart-failure", "verapamil", on("heart failure", LVEF=45, drugs=("bisoprolol",)), AVOID,
     on("heart failure", LVEF=45)),
    ("condition.sacubitril-angioedema", "Entresto", on("angioedema"), AVOID, on("urticaria")),
    ("condition.thiazide-gout-sodium", "hydrochlorothiazide", on("gout", sodium=140), MONITOR,
     on("hypertension", sodium=135)),
    ("condition.thiazide-gout-sodium", "indapamide", on("hypertension", sodium=134), MONITOR,
     on("pseudogout", sodium=140)),
    ("condition.sumatriptan", "Imitrex", on("angina"), AVOID, on("hypertension")),
    ("condition.avanafil-heart", "avanafil", on("diabetes", systolic=171), CHANGE, on("diabetes", systolic=170)),
    ("condition.ethinylestradiol", "ethinylestradiol", woman("migraine with aura"), AVOID,
     woman("migraine without aura")),
    ("condition.ethinylestradiol", "NuvaRing", woman("smoker", age=35), CHANGE, woman("smoker", age=34)),
    ("condition.ethinylestradiol", "ethinylestradiol", woman("hypertension", systolic=159), MONITOR,
     woman("acne", systolic=159)),
    ("condition.pioglitazone", "pioglitazone", on("bladder cancer 2015"), AVOID, on("cystitis")),
    ("condition.incretin-thyroid", "Ozempic", on("MEN 2"), AVOID, on("papillary thyroid cancer")),
    ("condition.incretin-thyroid", "Mounjaro", on("medullary thyroid carcinoma"), AVOID, on("goitre")),
    ("condition.glp1-pancreatitis", "dulaglutide", on("pancreatitis 2021"), MONITOR, on("gallstones")),
    ("condition.sglt2-ketoacidosis", "Jardiance", on("type 1 diabetes"), CHANGE, on("type 2 diabetes")),
    ("condition.sglt2-ketoacidosis", "dapagliflozin", on("alcohol use disorder"), MONITOR, WELL),
    ("condition.dpp4-heart-failure", "saxagliptin", on("heart failure"), MONITOR, on("hypertension")),
    ("condition.fluoroquinolone-myasthenia", "Cipro", on("myasthenia gravis"), AVOID, on("multiple sclerosis")),
    ("condition.fluoroquinolone-aorta", "levofloxacin", on("abdominal aortic aneurysm"), CHANGE, on("aortic stenosis")),
    ("condition.fluoroquinolone-aorta", "levofloxacin", on("claudication"), MONITOR, on("cystitis")),
    ("condition.azithromycin-myasthenia", "azithromycin", on("myasthenia gravis"), MONITOR, on("pneumonia")),
    ("condition.biologic-active-infection", "new: tocilizumab", ACTIVE, AVOID, on("latent tuberculosis")),
    ("condition.biologic-active-infection", "continuing: Cimzia", ACTIVE, CHANGE, on("rheumatoid arthritis")),
    ("condition.certolizumab-heart-failure", "certolizumab pegol", on("heart failure"), MONITOR, WELL),
    ("liver.methotrexate", "methotrexate", on("psoriasis", "alcohol use disorder"), AVOID, on("psoriasis")),
    ("liver.methotrexate", "methotrexate", on("hepatitis C"), AVOID, on("hepatitis C", "lymphoma")),
    ("renal.methotrexate", "methotrexate", {"CrCl": 29}, AVOID, {"CrCl": 30}),
    ("condition.acetaminophen-alcohol", "Tylenol", on("alcoholism"), MONITOR, WELL),
]
PAIRS: list[Pair] = [
    ("gaps-beta-agonist-nonselective", "albuterol + propranolol", CHANGE, "albuterol + metoprolol", {}),
    ("gaps-beta-agonist-cardioselective", "Symbicort + bisoprolol", MONITOR, "ipratropium + bisoprolol", {}),
    ("gaps-fluticasone-salmeterol-cyp3a4", "Advair + ritonavir", CHANGE, "Advair + fluconazole", {}),
    ("gaps-fluticasone-salmeterol-cyp3a4", "Flovent + clarithromycin", CHANGE, "Qvar + clarithromycin", {}),
    ("gaps-vilanterol-cyp3a4", "Anoro + ketoconazole", MONITOR, "Spiriva + ketoconazole", {}),
    ("gaps-bupropion-maoi", "bupropion + phenelzine", AVOID, "bupropion + sertraline", {}),
    ("gaps-bupropion-maoi", "bupropion + linezolid", AVOID, "bupropion + tedizolid", {}),
    ("gaps-mirtazapine-maoi", "mirtazapine + tranylcypromine", AVOID, "mirtazapine + quetiapine", {}),
    ("gaps-opioid-serotonergic", "meperidine + sertraline", MONITOR, "morphine + sertraline", {}),
    ("gaps-fluoroquinolone-corticosteroid", "levofloxacin + prednisone", MONITOR, "levofloxacin + fluticasone", {}),
    ("gaps-levofloxacin-glucose", "levofloxacin + Lantus", MONITOR, "levofloxacin + metformin", {}),
    ("gaps-nsaid-corticosteroid", "ibuprofen + prednisone", MONITOR, "ibuprofen gel + prednisone", {}),
    ("gaps-nsaid-corticosteroid", "ibuprofen + prednisone", NOTE, "acetaminophen + prednisone",
     {"drugs": ("omeprazole",)}),
    ("gaps-aspirin-ibuprofen", "aspirin + ibuprofen", CHANGE, "aspirin + celecoxib", on("coronary artery disease")),
    ("gaps-aspirin-ibuprofen", "aspirin + ibuprofen", MONITOR, "clopidogrel + ibuprofen", {}),
    ("gaps-tnf-biologic", "Enbrel + Kineret", AVOID, "Enbrel + methotrexate", {}),
    ("gaps-colchicine-statin", "colchicine + simvastatin", MONITOR, "allopurinol + simvastatin", {"eGFR": 59}),
    ("gaps-colchicine-statin", "colchicine + rosuvastatin", MONITOR, "colchicine + ezetimibe", {"eGFR": 90}),
    ("gaps-warfarin-acetaminophen", "warfarin + acetaminophen 1000 mg twice daily", MONITOR,
     "apixaban + acetaminophen 1000 mg twice daily", {}),
    ("gaps-warfarin-acetaminophen", "warfarin + acetaminophen 500 mg twice daily", NOTE, "warfarin + gabapentin", {}),
    ("gaps-metformin-contrast", "metformin + iodinated contrast", CHANGE, "sitagliptin + iodinated contrast",
     {"eGFR": 59}),
]
# fmt: on


def rule(name: str, drug: str, patient: Patient, *, complete: bool = True) -> FiredRule | None:
    """What the rule says of the first ingredient that it meets; None where it says nothing."""
    given: dict[str, Any] = {"sex": "male", "age": 40, **patient, "complete": complete}
    checked = check([drug], make(**given), today=TODAY, guidelines=False)
    assert all(one.resolved.ingredients for one in checked.named), "a name did not resolve"
    return next((one for one in checked.rules if one.rule.id == name), None)


def pair(name: str, drugs: str, patient: Patient) -> list[FiredPair]:
    """What the pair rule says of two drugs; of the patient all is known but what is given."""
    known = make(**{"age": 40, "complete": True, **patient})
    checked = check(drugs.split(" + "), known, today=TODAY, guidelines=False)
    assert all(one.resolved.ingredients for one in checked.named), "a name did not resolve"
    return [one for answer in checked.pairs for one in answer.fired if one.rule.id == name]


@pytest.mark.parametrize(("name", "drug", "fires", "level", "misses"), RULES)
def test_fires_and_just_misses(name: str, drug: str, fires: Patient, level: Level, misses: Patient) -> None:
    hit = rule(name, drug, fires)
    assert hit is not None
    assert (hit.level, hit.verdict.certain) == (level, True)
    assert rule(name, drug, misses) is None


@pytest.mark.parametrize(("name", "drugs", "level", "silent", "patient"), PAIRS)
def test_pair_fires_and_a_near_miss_is_silent(
    name: str, drugs: str, level: Level, silent: str, patient: Patient
) -> None:
    found = pair(name, drugs, patient)
    assert {(one.level, one.verdict.certain) for one in found} == {(level, True)}
    assert {one.level for one in pair(name, " + ".join(drugs.split(" + ")[::-1]), patient)} == {level}
    assert not pair(name, silent, patient)


def test_contrast_with_healthy_kidneys_asks_for_nothing() -> None:
    assert not pair("gaps-metformin-contrast", "metformin + iodinated contrast", {"eGFR": 60})


def test_every_rule_of_the_files_has_its_row() -> None:
    assert _written("rules") == {row[0] for row in RULES}
    assert _written("interactions") == {row[0] for row in PAIRS}


def _written(folder: str) -> set[str]:
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        (FOLDER / folder / "gaps.yaml").read_text("utf-8")
    )
    return {entry["id"] for entry in loaded["entries"]}


def test_an_inhaled_corticosteroid_in_the_same_inhaler_settles_the_long_acting_agonist() -> None:
    for product in ("Symbicort", "Advair", "Breo", "Dulera", "Trelegy"):
        hit = rule("condition.laba-asthma", product, ASTHMA)
        assert hit is not None
        assert (hit.level, hit.verdict.certain) == (NOTE, True)
    tablets = rule("condition.laba-asthma", "salmeterol", on("asthma", drugs=("prednisone",)))
    assert tablets is not None
    assert tablets.level is AVOID


def test_an_open_problem_list_asks_before_a_contraindication_is_certain() -> None:
    hit = rule("condition.bupropion-seizure", "bupropion", {}, complete=False)
    assert hit is not None
    assert (hit.level, hit.verdict.certain) == (AVOID, False)
    assert any("problem list" in ask for ask in hit.verdict.asks)


@pytest.mark.parametrize(
    ("brand", "ingredients"),
    [
        ("Symbicort", {"budesonide", "formoterol"}),
        ("Advair Diskus", {"fluticasone", "salmeterol"}),
        ("Trelegy", {"fluticasone", "umeclidinium", "vilanterol"}),
        ("Fosamax 70 mg", {"alendronate"}),
        ("Depakote", {"valproate"}),
        ("Sinemet", {"carbidopa", "levodopa"}),
        ("Augmentin", {"amoxicillin", "clavulanic_acid"}),
        ("Bactrim", {"trimethoprim", "sulfamethoxazole"}),
        ("Norco", {"hydrocodone", "acetaminophen"}),
        ("Suboxone", {"buprenorphine", "naloxone"}),
        ("Paxlovid", {"nirmatrelvir", "ritonavir"}),
        ("Toprol-XL", {"metoprolol"}),
        ("MS Contin", {"morphine"}),
        ("Lantus", {"insulin_glargine"}),
        ("Wellbutrin XL", {"bupropion"}),
    ],
)
def test_common_brands_lead_to_their_ingredients(brand: str, ingredients: set[str]) -> None:
    read = resolve(brand)
    assert (read.status, set(read.ingredients)) == (Status.EXACT, ingredients)
