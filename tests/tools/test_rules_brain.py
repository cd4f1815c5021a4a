"""The pair rules on marrow, brain, absorption and hormones: each in a patient, and beside one in whom it is silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tools.treatment_patients import make
from tools.treatment.check import check
from tools.treatment.interactions import FiredPair
from tools.treatment.load import FOLDER, knowledge
from tools.treatment.predicates import Level

AVOID, CHANGE, MONITOR, NOTE = Level.AVOID, Level.CHANGE, Level.MONITOR, Level.NOTE
BOTH = "both: "
"""Before two drugs: both are taken already."""
Row = tuple[str, str, Level, str, dict[str, Any]]

CASES: dict[str, tuple[Row, ...]] = {
    "marrow": (
        ("thiopurine-allopurinol", "azathioprine + allopurinol", CHANGE, "azathioprine + colchicine", {}),
        ("thiopurine-trimethoprim", "mercaptopurine + co-trimoxazole", MONITOR, "mercaptopurine + amoxicillin", {}),
        ("thiopurine-aminosalicylate", "azathioprine + mesalazine", MONITOR, "azathioprine + prednisone", {}),
        ("methotrexate-trimethoprim", "methotrexate + co-trimoxazole", AVOID, "methotrexate + nitrofurantoin", {}),
        ("methotrexate-nsaid", "methotrexate + ibuprofen", MONITOR, "methotrexate + acetaminophen", {}),
        ("methotrexate-nsaid", "methotrexate + ibuprofen", CHANGE,
         "methotrexate + ibuprofen gel", {"problems": ("Chronic kidney disease stage 3",)}),
        ("methotrexate-ppi", "methotrexate + omeprazole", MONITOR, "methotrexate + famotidine", {}),
        ("methotrexate-penicillin", "methotrexate + amoxicillin", MONITOR, "methotrexate + cefalexin", {}),
        ("methotrexate-ciprofloxacin", "methotrexate + ciprofloxacin", CHANGE, "methotrexate + levofloxacin", {}),
        ("methotrexate-others", "methotrexate + doxycycline", MONITOR, "methotrexate + azithromycin", {}),
        ("clozapine-carbamazepine", "clozapine + carbamazepine", AVOID, "clozapine + lamotrigine", {}),
        ("clozapine-cotrimoxazole", "clozapine + co-trimoxazole", AVOID, "clozapine + amoxicillin", {}),
    ),
    "brain": (
        ("opioid-benzodiazepine", "oxycodone + lorazepam", CHANGE, "oxycodone + buspirone", {}),
        ("opioid-gabapentinoid", "both: morphine + gabapentin", MONITOR, "both: morphine + lamotrigine", {}),
        ("opioid-gabapentinoid", "continuing: morphine + new: pregabalin", CHANGE, "morphine + levetiracetam", {}),
        ("opioid-gabapentinoid", "both: morphine + gabapentin", CHANGE,
         "naloxone + gabapentin", {"problems": ("COPD",)}),
        ("opioid-gabapentinoid", "both: morphine + gabapentin", CHANGE, "naloxone + gabapentin", {"age": 71}),
        ("gabapentinoid-benzodiazepine", "gabapentin + diazepam", MONITOR, "gabapentin + zolpidem", {}),
        ("gabapentinoid-benzodiazepine", "gabapentin + diazepam", CHANGE,
         "levetiracetam + diazepam", {"problems": ("sleep apnea",)}),
        ("opioid-cyp3a4", "oxycodone + clarithromycin", CHANGE, "morphine + clarithromycin", {}),
        ("tramadol-cyp2d6", "tramadol + bupropion", MONITOR, "tramadol + mirtazapine", {}),
        ("tramadol-cyp2d6", "tramadol + paroxetine", CHANGE, "tramadol + citalopram", {"problems": ("epilepsy",)}),
        ("codeine-cyp2d6", "codeine + paroxetine", MONITOR, "codeine + sertraline", {}),
        ("tramadol-carbamazepine", "tramadol + carbamazepine", CHANGE, "tramadol + gabapentin", {}),
        ("valproate-carbapenem", "valproate + meropenem", AVOID, "valproate + ceftriaxone", {}),
        ("valproate-barbiturate", "valproate + primidone", MONITOR, "valproate + levetiracetam", {}),
        ("valproate-phenytoin", "valproate + phenytoin", MONITOR, "levetiracetam + phenytoin", {}),
        ("lamotrigine-valproate", "new: lamotrigine + continuing: valproate", CHANGE,
         "lamotrigine + levetiracetam", {}),
        ("lamotrigine-valproate", "both: lamotrigine + valproate", MONITOR, "both: lamotrigine + lacosamide", {}),
        ("lamotrigine-inducer", "new: lamotrigine + carbamazepine", CHANGE, "lamotrigine + gabapentin", {}),
        ("lamotrigine-inducer", "both: lamotrigine + phenytoin", MONITOR, "both: lamotrigine + zonisamide", {}),
        ("carbamazepine-macrolide", "carbamazepine + new: clarithromycin", CHANGE,
         "carbamazepine + azithromycin", {}),
        ("carbamazepine-macrolide", "both: carbamazepine + clarithromycin", MONITOR,
         "both: carbamazepine + azithromycin", {}),
        ("clozapine-cyp1a2", "clozapine + new: fluvoxamine", CHANGE, "clozapine + citalopram", {}),
        ("clozapine-cyp1a2", "both: clozapine + ciprofloxacin", MONITOR, "olanzapine + fluvoxamine", {}),
        ("clozapine-cyp2d6-cyp3a4", "clozapine + paroxetine", MONITOR, "clozapine + mirtazapine", {}),
        ("clozapine-inducer", "clozapine + rifampin", CHANGE, "clozapine + rifaximin", {}),
        ("tamoxifen-cyp2d6", "tamoxifen + new: paroxetine", CHANGE, "tamoxifen + venlafaxine", {}),
        ("tamoxifen-cyp2d6", "both: tamoxifen + bupropion", CHANGE, "letrozole + bupropion", {}),
        ("vortioxetine-cyp2d6", "vortioxetine + bupropion", CHANGE, "sertraline + bupropion", {}),
        ("clopidogrel-omeprazole", "clopidogrel + omeprazole", AVOID, "clopidogrel + pantoprazole", {}),
        ("linezolid-serotonergic", "linezolid + amitriptyline", CHANGE, "linezolid + gabapentin", {}),
        ("thioridazine-inhibitor", "thioridazine + propranolol", AVOID, "thioridazine + atenolol", {}),
        ("lurasidone-strong", "lurasidone + clarithromycin", AVOID, "lurasidone + azithromycin", {}),
        ("lurasidone-strong", "lurasidone + posaconazole", AVOID, "lurasidone + terbinafine", {}),
        ("lurasidone-moderate", "lurasidone + diltiazem", CHANGE, "lurasidone + amlodipine", {}),
        ("quetiapine-cyp3a4", "quetiapine + ketoconazole", CHANGE, "quetiapine + terbinafine", {}),
        ("quetiapine-cyp3a4", "quetiapine + clarithromycin", CHANGE, "quetiapine + azithromycin", {}),
        ("alprazolam-azole", "alprazolam + itraconazole", AVOID, "lorazepam + itraconazole", {}),
        ("metoclopramide-antipsychotic", "metoclopramide + quetiapine", AVOID, "ondansetron + quetiapine", {}),
    ),
    "absorption": (
        ("levothyroxine-cation", "new: levothyroxine + ferrous sulfate", CHANGE, "levothyroxine + folic acid", {}),
        ("levothyroxine-cation", "both: levothyroxine + ferrous sulfate", MONITOR, "levothyroxine + zinc", {}),
        ("fluoroquinolone-cation", "ciprofloxacin + calcium carbonate", CHANGE, "amoxicillin + calcium carbonate", {}),
        ("tetracycline-cation", "doxycycline + milk of magnesia", CHANGE, "azithromycin + milk of magnesia", {}),
        ("bisphosphonate-cation", "new: alendronate + iron", CHANGE, "zoledronate + iron", {}),
        ("bisphosphonate-cation", "both: risedronate + zinc", MONITOR, "denosumab + zinc", {}),
        ("dolutegravir-cation", "dolutegravir + magnesium oxide", CHANGE, "efavirenz + magnesium oxide", {}),
        ("mycophenolate-antacid", "mycophenolate + aluminum hydroxide", MONITOR,
         "azathioprine + aluminum hydroxide", {}),
        ("levodopa-iron", "levodopa + ferrous sulfate", MONITOR, "pramipexole + ferrous sulfate", {}),
        ("iron-antacid", "iron + calcium carbonate", NOTE, "folic acid + calcium carbonate", {}),
        ("itraconazole-acid", "itraconazole + omeprazole", CHANGE, "fluconazole + omeprazole", {}),
        ("posaconazole-acid", "posaconazole + esomeprazole", CHANGE, "posaconazole + famotidine", {}),
        ("kinase-ppi", "erlotinib + omeprazole", CHANGE, "imatinib + omeprazole", {}),
        ("erlotinib-h2", "erlotinib + famotidine", CHANGE, "gefitinib + famotidine", {}),
        ("kinase-antacid", "dasatinib + calcium carbonate", CHANGE, "imatinib + calcium carbonate", {}),
        ("rilpivirine-ppi", "rilpivirine + pantoprazole", AVOID, "efavirenz + pantoprazole", {}),
        ("rilpivirine-h2", "rilpivirine + famotidine", CHANGE, "efavirenz + famotidine", {}),
    ),
    "hormones": (
        ("combined-contraceptive-inducer", "ethinylestradiol + topiramate", CHANGE,
         "ethinylestradiol + levetiracetam", {}),
        ("lamotrigine-contraceptive", "lamotrigine + new: ethinylestradiol", CHANGE,
         "lamotrigine + levonorgestrel", {}),
        ("lamotrigine-contraceptive", "both: lamotrigine + ethinylestradiol", MONITOR,
         "gabapentin + ethinylestradiol", {}),
        ("lamotrigine-contraceptive", "lamotrigine + new: ethinylestradiol", NOTE,
         "topiramate + ethinylestradiol", {"drugs": ("valproate",)}),
        ("paritaprevir-ethinylestradiol", "paritaprevir + ethinylestradiol", AVOID, "paritaprevir + norethindrone", {}),
        ("artemether-contraceptive", "artemether + ethinylestradiol", CHANGE, "chloroquine + ethinylestradiol", {}),
        ("ulipristal-contraceptive", "ulipristal + levonorgestrel", CHANGE, "ulipristal + folic acid", {}),
        ("ulipristal-inducer", "ulipristal + rifampin", AVOID, "ulipristal + rifaximin", {}),
        ("colchicine-strong-inhibitor", "colchicine + clarithromycin", CHANGE,
         "colchicine + azithromycin", {"eGFR": 90}),
        ("colchicine-strong-inhibitor", "colchicine + clarithromycin", AVOID,
         "colchicine + azithromycin", {"eGFR": 41}),
        ("colchicine-strong-inhibitor", "colchicine + clarithromycin", AVOID,
         "allopurinol + clarithromycin", {"eGFR": 90, "problems": ("cirrhosis",)}),
        ("colchicine-moderate-inhibitor", "colchicine + verapamil", CHANGE, "colchicine + amlodipine", {}),
        ("colchicine-moderate-inhibitor", "colchicine + erythromycin", CHANGE, "colchicine + azithromycin", {}),
        ("colchicine-strong-inhibitor", "colchicine + ranolazine", CHANGE, "colchicine + nitroglycerin", {"eGFR": 90}),
        ("sulfonylurea-antimicrobial", "glipizide + clarithromycin", MONITOR, "metformin + clarithromycin", {}),
        ("sulfonylurea-fluconazole", "glimepiride + fluconazole", MONITOR, "metformin + fluconazole", {}),
        ("sulfonylurea-fluconazole", "glyburide + fluconazole", CHANGE,
         "glyburide + terbinafine", {"problems": ("severe hypoglycemia",)}),
        ("theophylline-ciprofloxacin", "theophylline + ciprofloxacin", CHANGE, "theophylline + levofloxacin", {}),
        ("theophylline-fluvoxamine", "theophylline + fluvoxamine", CHANGE, "theophylline + sertraline", {}),
        ("theophylline-inhibitor", "theophylline + cimetidine", MONITOR, "theophylline + famotidine", {}),
        ("isotretinoin-tetracycline", "isotretinoin + minocycline", AVOID, "isotretinoin + azithromycin", {}),
        ("calcineurin-inhibitor", "tacrolimus + new: voriconazole", CHANGE, "tacrolimus + terbinafine", {}),
        ("calcineurin-inhibitor", "both: ciclosporin + itraconazole", MONITOR, "mycophenolate + itraconazole", {}),
        ("tacrolimus-inducer", "tacrolimus + new: rifampin", CHANGE, "tacrolimus + rifaximin", {}),
        ("tacrolimus-inducer", "both: tacrolimus + phenytoin", MONITOR, "both: tacrolimus + levetiracetam", {}),
        ("sirolimus-azole", "sirolimus + voriconazole", AVOID, "sirolimus + terbinafine", {}),
        ("apremilast-inducer", "apremilast + rifampin", CHANGE, "apremilast + azithromycin", {}),
    ),
}  # fmt: skip
"""By file: rule, two drugs, the action, two drugs of which the rule says nothing, and what is told of the patient."""
EACH = [(f"{file}-{rule}", *rest) for file, rows in CASES.items() for rule, *rest in rows]
NAMES = [f"{rule}: {drugs}" for rule, drugs, *_ in EACH]


def pair(text: str) -> list[str]:
    """The two drugs of a row."""
    names = text.removeprefix(BOTH).split(" + ")
    return [f"continuing: {name}" for name in names] if text.startswith(BOTH) else names


def fired(drugs: list[str], rule: str, patient: dict[str, Any]) -> list[FiredPair]:
    """What the rule says of two drugs; of the patient all is known but what is given."""
    known = make(**({"age": 40, "complete": True} | patient))
    checked = check(drugs, known, guidelines=False)
    assert all(one.resolved.ingredients for one in checked.named), "a name did not resolve"
    return [one for answer in checked.pairs for one in answer.fired if one.rule.id == rule]


@pytest.mark.parametrize(("rule", "drugs", "level", "silent", "patient"), EACH, ids=NAMES)
def test_rule_fires_and_a_near_miss_is_silent(
    rule: str, drugs: str, level: Level, silent: str, patient: dict[str, Any]
) -> None:
    found = fired(pair(drugs), rule, patient)
    assert found
    assert {(one.level, one.verdict.certain) for one in found} == {(level, True)}
    assert {one.level for one in fired(pair(drugs)[::-1], rule, patient)} == {level}
    assert not fired(pair(silent), rule, patient)


def test_every_rule_of_the_four_files_is_tried() -> None:
    held = {entry["id"] for name in CASES for entry in _entries(FOLDER / "interactions" / f"{name}.yaml")}
    assert held == {rule for rule, *_ in EACH}
    assert held <= set(knowledge().pairs)


def _entries(path: Path) -> list[dict[str, Any]]:
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded["entries"]


def test_unknown_kidneys_are_asked_for_with_colchicine() -> None:
    """Without eGFR the strict case is shown, and the eGFR is what would settle it."""
    patient = make(age=60, complete=True)
    checked = check(["colchicine", "clarithromycin"], patient, guidelines=False)
    [one] = [
        one
        for pair in checked.pairs
        for one in pair.fired
        if one.rule.id == "hormones-colchicine-strong-inhibitor"
    ]
    assert (one.level, one.verdict.certain) == (AVOID, False)
    assert any("eGFR" in ask for ask in checked.missing)


@pytest.mark.parametrize("drug", ["bupropion", "fluoxetine", "paroxetine", "quinidine"])
def test_strong_cyp2d6_inhibitors_limit_tetrabenazine(drug: str) -> None:
    """Members that joined the class reach the older rule on it, and the card on phenoconversion."""
    assert fired(["tetrabenazine", drug], "label-tetrabenazine-cyp2d6", {})
    assert drug in knowledge().classes["strong_cyp2d6_inhibitor"].members


def test_calcium_stays_below_an_interruption_with_thyroid_hormone_and_bisphosphonates() -> None:
    """The consensus list keeps these two from interrupting; iron is not on it."""
    for drug in ("levothyroxine", "alendronate"):
        checked = check([drug, "calcium carbonate"], make(age=40, complete=True), guidelines=False)
        assert [pair.level for pair in checked.pairs] == [MONITOR]
