"""Rules of bleeding, heart, potassium and statins: each fires in a patient, and keeps silent in one close to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tools.treatment_patients import make
from tools.treatment.check import check
from tools.treatment.load import FOLDER, knowledge
from tools.treatment.predicates import Level

TODAY = date(2026, 11, 22)
OURS = ("bleeding", "heart", "potassium", "statin")
Case = tuple[str, str, dict[str, Any], str]
WELL: dict[str, Any] = {"age": 50, "sex": "male", "potassium": 4.2, "magnesium": 0.9, "eGFR": 90, "CrCl": 90}
"""A man of 50 with normal values; the lists of each test are complete."""


def shown(drugs: str, rule: str, **changed: Any) -> tuple[Level, bool]:
    """The strictest action of one rule for a list of drugs (split at +), and whether it is certain."""
    given = {**WELL, **changed}
    patient = make(complete=given.pop("complete", True), **given)
    named = [one.strip() for one in drugs.split("+")]
    checked = check(named, patient, today=TODAY, guidelines=False)
    fired = [one for pair in checked.pairs for one in pair.fired if one.rule.id == rule]
    level = max((one.level for one in fired), key=lambda one: one.rank, default=Level.NONE)
    return level, all(one.verdict.certain for one in fired)


FIRES: list[Case] = [
    ("bleeding-warfarin-amiodarone", "continuing: warfarin + new: amiodarone", {}, "change"),
    ("bleeding-warfarin-azole", "continuing: warfarin + new: fluconazole", {}, "change"),
    ("bleeding-warfarin-miconazole", "warfarin + miconazole oral gel", {}, "change"),
    ("bleeding-warfarin-metronidazole", "continuing: warfarin + new: metronidazole", {}, "change"),
    ("bleeding-warfarin-cotrimoxazole", "continuing: warfarin + new: co-trimoxazole", {}, "change"),
    ("bleeding-warfarin-antibiotic", "warfarin + azithromycin", {}, "monitor"),
    ("bleeding-warfarin-inducer", "continuing: warfarin + new: carbamazepine", {}, "change"),
    ("bleeding-warfarin-tramadol", "warfarin + tramadol", {}, "monitor"),
    ("bleeding-warfarin-statin", "warfarin + rosuvastatin", {}, "monitor"),
    ("bleeding-warfarin-other-antiplatelet", "warfarin + cilostazol", {}, "monitor"),
    ("bleeding-anticoagulant-aspirin", "edoxaban + aspirin", {}, "change"),
    ("bleeding-anticoagulant-clopidogrel", "apixaban + clopidogrel", {}, "change"),
    ("bleeding-anticoagulant-ticagrelor", "apixaban + ticagrelor", {}, "change"),
    ("bleeding-doac-other-antiplatelet", "rivaroxaban + dipyridamole", {}, "change"),
    ("bleeding-doac-nsaid", "dabigatran + ibuprofen", {}, "change"),
    ("bleeding-enoxaparin-nsaid-antiplatelet", "enoxaparin + ketorolac", {}, "change"),
    ("bleeding-apixaban-inhibitor", "apixaban 5 mg twice daily + itraconazole", {}, "change"),
    ("bleeding-apixaban-inducer", "apixaban + phenytoin", {}, "avoid"),
    ("bleeding-xaban-clarithromycin", "rivaroxaban + clarithromycin", {}, "note"),
    ("bleeding-edoxaban-rifampin", "edoxaban + rifampin", {}, "avoid"),
    ("bleeding-edoxaban-pgp", "edoxaban 60 mg daily + dronedarone", {}, "change"),
    ("bleeding-edoxaban-weaker-pgp", "edoxaban + verapamil", {}, "monitor"),
    ("bleeding-dabigatran-pgp", "dabigatran + verapamil", {"CrCl": 25}, "avoid"),
    ("heart-nitrate-pde5", "nitroglycerin ointment + tadalafil", {}, "avoid"),
    ("heart-riociguat-nitrate", "riociguat + isosorbide mononitrate", {}, "avoid"),
    ("heart-riociguat-pde", "riociguat + sildenafil", {}, "avoid"),
    ("heart-beta-blocker-verapamil", "continuing: metoprolol + new: verapamil", {}, "change"),
    ("heart-beta-blocker-diltiazem", "continuing: metoprolol + new: diltiazem", {}, "change"),
    ("heart-beta-blocker-clonidine", "atenolol + clonidine", {}, "monitor"),
    ("heart-digoxin-amiodarone-dronedarone", "continuing: digoxin + new: amiodarone", {}, "change"),
    ("heart-digoxin-verapamil", "continuing: digoxin + new: verapamil", {}, "change"),
    ("heart-digoxin-diltiazem", "continuing: digoxin + new: diltiazem", {}, "change"),
    ("heart-digoxin-clarithromycin", "continuing: digoxin + new: clarithromycin", {}, "change"),
    ("heart-digoxin-other-pgp", "continuing: digoxin + new: quinidine", {}, "change"),
    ("heart-digoxin-diuretic", "digoxin + furosemide", {"potassium": 3.2}, "change"),
    ("heart-ivabradine-strong-inhibitor", "ivabradine + clarithromycin", {}, "avoid"),
    ("heart-ivabradine-diltiazem-verapamil", "ivabradine + diltiazem", {}, "avoid"),
    ("heart-ivabradine-slow-heart", "ivabradine + bisoprolol", {}, "monitor"),
    ("heart-ranolazine-strong", "ranolazine + rifampin", {}, "avoid"),
    ("heart-ranolazine-moderate", "ranolazine 1000 mg twice daily + verapamil", {}, "change"),
    ("heart-dofetilide-clearance", "dofetilide + hydrochlorothiazide", {}, "avoid"),
    ("heart-eplerenone-cyp3a", "eplerenone + itraconazole", {}, "avoid"),
    ("potassium-raas-mra", "lisinopril + spironolactone", {"potassium": 5.1}, "change"),
    ("potassium-raas-amiloride-triamterene", "losartan + amiloride", {"eGFR": 25}, "change"),
    ("potassium-raas-supplement", "losartan + potassium chloride", {"potassium": 5.3}, "change"),
    ("potassium-ace-trimethoprim", "lisinopril + co-trimoxazole", {}, "avoid"),
    ("potassium-arb-trimethoprim", "losartan + co-trimoxazole", {"age": 70}, "change"),
    ("potassium-sparing-trimethoprim", "spironolactone + trimethoprim", {"age": 70}, "change"),
    ("potassium-sparing-supplement", "triamterene + potassium chloride", {}, "avoid"),
    ("potassium-two-sparing", "triamterene + spironolactone", {}, "avoid"),
    ("potassium-two-sparing", "amiloride + spironolactone", {}, "avoid"),
    ("potassium-dual-raas", "ramipril + telmisartan", {}, "change"),
    ("potassium-aliskiren", "aliskiren + losartan", {"problems": ("type 2 diabetes",)}, "avoid"),
    ("potassium-sacubitril-ace", "Entresto + enalapril", {}, "avoid"),
    ("potassium-sacubitril-arb", "Entresto + losartan", {}, "avoid"),
    ("potassium-raas-nsaid", "lisinopril + furosemide + naproxen", {}, "change"),
    ("potassium-lithium-diuretic", "continuing: lithium + new: hydrochlorothiazide", {}, "change"),
    ("potassium-lithium-raas", "continuing: lithium + new: lisinopril", {}, "change"),
    ("potassium-lithium-nsaid", "continuing: lithium + new: ibuprofen", {}, "change"),
    ("potassium-gentamicin-furosemide", "gentamicin + furosemide", {}, "avoid"),
    ("statin-simvastatin-cap-10", "simvastatin 20 mg daily + diltiazem", {}, "change"),
    ("statin-simvastatin-cap-20", "simvastatin 40 mg daily + amlodipine", {}, "change"),
    ("statin-simvastatin-contraindicated", "simvastatin + gemfibrozil", {}, "avoid"),
    ("statin-simvastatin-lovastatin-strong-inhibitor", "lovastatin + cobicistat", {}, "avoid"),
    ("statin-lovastatin-avoid", "lovastatin + gemfibrozil", {}, "avoid"),
    ("statin-lovastatin-cap-20", "lovastatin 40 mg daily + verapamil", {}, "change"),
    ("statin-lovastatin-cap-40", "lovastatin 80 mg daily + amiodarone", {}, "change"),
    ("statin-ticagrelor-cap-40", "simvastatin 80 mg daily + ticagrelor", {}, "change"),
    ("statin-atorvastatin-amiodarone", "atorvastatin + amiodarone", {}, "monitor"),
    ("statin-gemfibrozil-avoid", "pravastatin + gemfibrozil", {}, "avoid"),
    ("statin-gemfibrozil-avoid", "fluvastatin + gemfibrozil", {}, "avoid"),
    ("statin-rosuvastatin-gemfibrozil", "rosuvastatin 20 mg daily + gemfibrozil", {}, "avoid"),
    ("statin-fenofibrate", "pravastatin + fenofibrate", {"eGFR": 25}, "avoid"),
    ("statin-atorvastatin-avoid", "atorvastatin + cyclosporine", {}, "avoid"),
    ("statin-atorvastatin-cap-20", "atorvastatin 40 mg daily + clarithromycin", {}, "change"),
    ("statin-atorvastatin-lopinavir", "atorvastatin + lopinavir", {}, "change"),
    ("statin-pitavastatin-ciclosporin", "pitavastatin + cyclosporine", {}, "avoid"),
    ("statin-pravastatin-ciclosporin", "pravastatin 40 mg daily + cyclosporine", {}, "change"),
    ("statin-fluvastatin-ciclosporin", "fluvastatin 80 mg daily + cyclosporine", {}, "change"),
    ("statin-fluvastatin-ciclosporin", "fluvastatin 80 mg daily + fluconazole", {}, "change"),
    ("statin-rosuvastatin-ciclosporin", "rosuvastatin 10 mg daily + cyclosporine", {}, "change"),
    ("statin-rosuvastatin-cap-10", "rosuvastatin 20 mg daily + atazanavir", {}, "change"),
]

MISSES: list[tuple[str, str]] = [
    ("bleeding-warfarin-amiodarone", "warfarin + sotalol"),
    ("bleeding-warfarin-azole", "warfarin + terbinafine"),
    ("bleeding-warfarin-miconazole", "warfarin + clotrimazole cream"),
    ("bleeding-warfarin-metronidazole", "apixaban + metronidazole"),
    ("bleeding-warfarin-cotrimoxazole", "warfarin + trimethoprim"),
    ("bleeding-warfarin-antibiotic", "warfarin + amoxicillin"),
    ("bleeding-warfarin-inducer", "warfarin + levetiracetam"),
    ("bleeding-warfarin-tramadol", "warfarin + morphine"),
    ("bleeding-warfarin-statin", "warfarin + pravastatin"),
    ("bleeding-warfarin-other-antiplatelet", "warfarin + pentamidine"),
    ("bleeding-anticoagulant-aspirin", "enoxaparin + aspirin"),
    ("bleeding-anticoagulant-clopidogrel", "enoxaparin + clopidogrel"),
    ("bleeding-anticoagulant-ticagrelor", "aspirin + ticagrelor"),
    ("bleeding-doac-other-antiplatelet", "rivaroxaban + acetaminophen"),
    ("bleeding-doac-nsaid", "dabigatran + diclofenac gel"),
    ("bleeding-enoxaparin-nsaid-antiplatelet", "enoxaparin + acetaminophen"),
    ("bleeding-apixaban-inhibitor", "apixaban 5 mg twice daily + fluconazole"),
    ("bleeding-apixaban-inducer", "apixaban + levetiracetam"),
    ("bleeding-xaban-clarithromycin", "rivaroxaban + azithromycin"),
    ("bleeding-edoxaban-rifampin", "edoxaban + amoxicillin"),
    ("bleeding-edoxaban-pgp", "edoxaban 60 mg daily + amlodipine"),
    ("bleeding-edoxaban-weaker-pgp", "edoxaban + diltiazem"),
    ("bleeding-dabigatran-pgp", "dabigatran + amlodipine"),
    ("heart-nitrate-pde5", "hydralazine + tadalafil"),
    ("heart-riociguat-nitrate", "vericiguat + isosorbide mononitrate"),
    ("heart-riociguat-pde", "riociguat + bosentan"),
    ("heart-beta-blocker-verapamil", "metoprolol + amlodipine"),
    ("heart-beta-blocker-diltiazem", "timolol eye drops + diltiazem"),
    ("heart-beta-blocker-clonidine", "amlodipine + clonidine"),
    ("heart-digoxin-amiodarone-dronedarone", "digoxin + flecainide"),
    ("heart-digoxin-verapamil", "digoxin + amlodipine"),
    ("heart-digoxin-diltiazem", "digoxin + nifedipine"),
    ("heart-digoxin-clarithromycin", "digoxin + amoxicillin"),
    ("heart-digoxin-other-pgp", "digoxin + fluconazole"),
    ("heart-digoxin-diuretic", "digoxin + amiloride"),
    ("heart-ivabradine-strong-inhibitor", "ivabradine + azithromycin"),
    ("heart-ivabradine-diltiazem-verapamil", "ivabradine + amlodipine"),
    ("heart-ivabradine-slow-heart", "ivabradine + lisinopril"),
    ("heart-ranolazine-strong", "ranolazine + azithromycin"),
    ("heart-ranolazine-moderate", "ranolazine 1000 mg twice daily + amlodipine"),
    ("heart-dofetilide-clearance", "dofetilide + furosemide"),
    ("heart-eplerenone-cyp3a", "spironolactone + itraconazole"),
    ("potassium-raas-mra", "amlodipine + spironolactone"),
    ("potassium-raas-amiloride-triamterene", "losartan + furosemide"),
    ("potassium-raas-supplement", "amlodipine + potassium chloride"),
    ("potassium-ace-trimethoprim", "lisinopril + nitrofurantoin"),
    ("potassium-arb-trimethoprim", "losartan + nitrofurantoin"),
    ("potassium-sparing-trimethoprim", "furosemide + trimethoprim"),
    ("potassium-sparing-supplement", "furosemide + potassium chloride"),
    ("potassium-two-sparing", "triamterene + hydrochlorothiazide"),
    ("potassium-dual-raas", "ramipril + amlodipine"),
    ("potassium-aliskiren", "aliskiren + amlodipine"),
    ("potassium-sacubitril-ace", "valsartan + enalapril"),
    ("potassium-sacubitril-arb", "Entresto + bisoprolol"),
    ("potassium-raas-nsaid", "lisinopril + furosemide + aspirin"),
    ("potassium-lithium-diuretic", "lithium + amlodipine"),
    ("potassium-lithium-raas", "lithium + amlodipine"),
    ("potassium-lithium-nsaid", "lithium + acetaminophen"),
    ("potassium-gentamicin-furosemide", "vancomycin + furosemide"),
    ("statin-simvastatin-cap-10", "atorvastatin 80 mg daily + diltiazem"),
    ("statin-simvastatin-cap-20", "pravastatin 40 mg daily + amlodipine"),
    ("statin-simvastatin-contraindicated", "simvastatin + fenofibrate"),
    ("statin-simvastatin-lovastatin-strong-inhibitor", "pravastatin + cobicistat"),
    ("statin-lovastatin-avoid", "lovastatin + fenofibrate"),
    ("statin-lovastatin-cap-20", "lovastatin 40 mg daily + amlodipine"),
    ("statin-lovastatin-cap-40", "pravastatin 80 mg daily + amiodarone"),
    ("statin-ticagrelor-cap-40", "atorvastatin 80 mg daily + ticagrelor"),
    ("statin-atorvastatin-amiodarone", "rosuvastatin + amiodarone"),
    ("statin-gemfibrozil-avoid", "pravastatin + fenofibrate"),
    ("statin-rosuvastatin-gemfibrozil", "rosuvastatin 20 mg daily + fenofibrate"),
    ("statin-fenofibrate", "ezetimibe + fenofibrate"),
    ("statin-atorvastatin-avoid", "atorvastatin + tacrolimus"),
    ("statin-atorvastatin-cap-20", "atorvastatin 40 mg daily + azithromycin"),
    ("statin-atorvastatin-lopinavir", "pravastatin + lopinavir"),
    ("statin-pitavastatin-ciclosporin", "pitavastatin + tacrolimus"),
    ("statin-pravastatin-ciclosporin", "pravastatin 40 mg daily + tacrolimus"),
    ("statin-fluvastatin-ciclosporin", "fluvastatin 80 mg daily + tacrolimus"),
    ("statin-rosuvastatin-ciclosporin", "rosuvastatin 10 mg daily + tacrolimus"),
    ("statin-rosuvastatin-cap-10", "rosuvastatin 20 mg daily + dolutegravir"),
]

BOTH = "continuing: {} + continuing: {}"
STENT = {"problems": ("coronary stent",)}
CLOT = {"problems": ("deep vein thrombosis",)}
GRADES: list[Case] = [
    ("bleeding-warfarin-amiodarone", BOTH.format("warfarin", "amiodarone"), {}, "monitor"),
    ("bleeding-warfarin-azole", BOTH.format("warfarin", "fluconazole"), {}, "monitor"),
    ("bleeding-warfarin-metronidazole", BOTH.format("warfarin", "metronidazole"), {}, "monitor"),
    ("bleeding-warfarin-cotrimoxazole", BOTH.format("warfarin", "co-trimoxazole"), {}, "monitor"),
    ("bleeding-warfarin-inducer", BOTH.format("warfarin", "rifampin"), {}, "monitor"),
    ("bleeding-warfarin-miconazole", "warfarin + miconazole vaginal", {}, "note"),
    ("bleeding-anticoagulant-aspirin", "apixaban + aspirin", STENT, "change"),
    ("bleeding-anticoagulant-clopidogrel", "apixaban + clopidogrel", STENT, "monitor"),
    ("bleeding-anticoagulant-clopidogrel", "apixaban + clopidogrel + aspirin", STENT, "change"),
    ("bleeding-enoxaparin-nsaid-antiplatelet", "enoxaparin + aspirin", {"problems": ("NSTEMI",)}, "monitor"),
    ("bleeding-apixaban-inhibitor", "apixaban 2.5 mg twice daily + itraconazole", {}, "avoid"),
    ("bleeding-edoxaban-pgp", "edoxaban 30 mg daily + dronedarone", {}, "monitor"),
    ("bleeding-edoxaban-weaker-pgp", "edoxaban 60 mg daily + verapamil", CLOT, "change"),
    ("bleeding-edoxaban-weaker-pgp", "edoxaban 30 mg daily + verapamil", CLOT, "monitor"),
    ("bleeding-edoxaban-weaker-pgp", "edoxaban 60 mg daily + amiodarone", CLOT, "monitor"),
    ("bleeding-dabigatran-pgp", "dabigatran + verapamil", {"CrCl": 45}, "note"),
    ("bleeding-dabigatran-pgp", "dabigatran + verapamil", {"CrCl": 45, "problems": ("deep vein thrombosis",)}, "avoid"),
    ("bleeding-dabigatran-pgp", "dabigatran + verapamil", {"CrCl": 50, "problems": ("deep vein thrombosis",)}, "note"),
    ("heart-beta-blocker-verapamil", BOTH.format("metoprolol", "verapamil"), {}, "monitor"),
    ("heart-beta-blocker-verapamil", BOTH.format("metoprolol", "verapamil"), {"problems": ("AV block",)}, "change"),
    ("heart-beta-blocker-diltiazem", BOTH.format("metoprolol", "diltiazem"), {}, "monitor"),
    ("heart-beta-blocker-diltiazem", BOTH.format("atenolol", "diltiazem"), {"problems": ("heart failure",)}, "change"),
    ("heart-digoxin-amiodarone-dronedarone", BOTH.format("digoxin", "dronedarone"), {}, "monitor"),
    ("heart-digoxin-verapamil", BOTH.format("digoxin", "verapamil"), {}, "monitor"),
    ("heart-digoxin-diltiazem", BOTH.format("digoxin", "diltiazem"), {}, "monitor"),
    ("heart-digoxin-clarithromycin", BOTH.format("digoxin", "clarithromycin"), {}, "monitor"),
    ("heart-digoxin-other-pgp", BOTH.format("digoxin", "itraconazole"), {}, "monitor"),
    ("heart-digoxin-diuretic", "digoxin + furosemide", {}, "monitor"),
    ("heart-digoxin-diuretic", "digoxin + furosemide", {"magnesium": 0.6}, "change"),
    ("heart-ivabradine-slow-heart", "ivabradine + bisoprolol", {"problems": ("sick sinus syndrome",)}, "change"),
    ("heart-ranolazine-moderate", "ranolazine 500 mg twice daily + verapamil", {}, "note"),
    ("potassium-raas-mra", "lisinopril + spironolactone", {}, "monitor"),
    ("potassium-raas-mra", "lisinopril + spironolactone", {"potassium": 4.9}, "monitor"),
    ("potassium-raas-mra", "lisinopril + spironolactone", {"eGFR": 30}, "change"),
    ("potassium-raas-mra", "lisinopril + spironolactone", {"potassium": 5.6}, "avoid"),
    ("potassium-raas-amiloride-triamterene", "losartan + triamterene", {}, "monitor"),
    ("potassium-raas-supplement", "lisinopril + potassium chloride", {"potassium": 5.0}, "monitor"),
    ("potassium-arb-trimethoprim", "losartan + co-trimoxazole", {"age": 65}, "monitor"),
    ("potassium-arb-trimethoprim", "losartan + co-trimoxazole", {"eGFR": 29}, "change"),
    ("potassium-sparing-trimethoprim", "amiloride + trimethoprim", {}, "monitor"),
    ("potassium-aliskiren", "aliskiren + losartan", {"eGFR": 59}, "avoid"),
    ("potassium-aliskiren", "aliskiren + losartan", {"eGFR": 60}, "change"),
    ("potassium-raas-nsaid", "lisinopril + naproxen", {}, "note"),
    ("potassium-raas-nsaid", "lisinopril + naproxen", {"age": 65}, "monitor"),
    ("potassium-raas-nsaid", "lisinopril + naproxen", {"eGFR": 59}, "monitor"),
    ("potassium-raas-nsaid", "losartan + spironolactone + celecoxib", {}, "change"),
    ("potassium-lithium-diuretic", BOTH.format("lithium", "furosemide"), {}, "monitor"),
    ("potassium-lithium-raas", BOTH.format("lithium", "losartan"), {}, "monitor"),
    ("potassium-lithium-nsaid", BOTH.format("lithium", "celecoxib"), {}, "monitor"),
    ("statin-simvastatin-cap-10", "simvastatin 10 mg daily + diltiazem", {}, "note"),
    ("statin-simvastatin-cap-20", "simvastatin 20 mg daily + amlodipine", {}, "note"),
    ("statin-lovastatin-cap-20", "lovastatin 20 mg daily + verapamil", {}, "note"),
    ("statin-lovastatin-cap-40", "lovastatin 40 mg daily + amiodarone", {}, "note"),
    ("statin-ticagrelor-cap-40", "simvastatin 40 mg daily + ticagrelor", {}, "note"),
    ("statin-rosuvastatin-gemfibrozil", "rosuvastatin 10 mg daily + gemfibrozil", {}, "change"),
    ("statin-fenofibrate", "pravastatin + fenofibrate", {}, "note"),
    ("statin-fenofibrate", "pravastatin + fenofibrate", {"problems": ("type 2 diabetes",)}, "monitor"),
    ("statin-atorvastatin-cap-20", "atorvastatin 20 mg daily + clarithromycin", {}, "monitor"),
    ("statin-pravastatin-ciclosporin", "pravastatin 20 mg daily + cyclosporine", {}, "monitor"),
    ("statin-fluvastatin-ciclosporin", "fluvastatin 20 mg twice daily + cyclosporine", {}, "monitor"),
    ("statin-rosuvastatin-ciclosporin", "rosuvastatin 5 mg daily + cyclosporine", {}, "monitor"),
    ("statin-rosuvastatin-cap-10", "rosuvastatin 10 mg daily + atazanavir", {}, "monitor"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "drugs", "changed", "level"), FIRES + GRADES)
def test_a_rule_fires(rule: str, drugs: str, changed: dict[str, Any], level: str) -> None:
    assert shown(drugs, rule, **changed) == (Level(level), True)


@pytest.mark.parametrize(("rule", "drugs"), MISSES)
def test_a_near_miss_does_not_fire(rule: str, drugs: str) -> None:
    """The same kind of list, all of it known, with one drug or route changed."""
    named = [one.strip() for one in drugs.split("+")]
    checked = check(named, make(complete=True, **WELL), today=TODAY, guidelines=False)
    assert len(checked.frame.taken) >= len(named)  # every name was read, so silence is not a name unknown
    assert shown(drugs, rule)[0] is Level.NONE


def test_every_rule_of_the_four_files_is_tried() -> None:
    written = {
        entry["id"]
        for name in OURS
        for entry in yaml.safe_load(Path(FOLDER / "interactions" / f"{name}.yaml").read_text())["entries"]
    }
    assert written == {case[0] for case in FIRES} == {case[0] for case in MISSES}


def test_every_lesser_case_is_tried() -> None:
    """Each level that a rule of ours can show is shown by some patient above."""
    tried = {(case[0], case[3]) for case in FIRES + GRADES}
    for rule, _, _, _ in FIRES:
        levels = {case.level.value for case in knowledge().pairs[rule].cases}
        assert {(rule, level) for level in levels} <= tried


def test_three_drugs_one_unread_list() -> None:
    """With an incomplete drug list a diuretic may be there: the strictest action shows, and the list is asked for."""
    level, certain = shown("lisinopril + naproxen", "potassium-raas-nsaid", complete=False)
    assert (level, certain) == (Level.CHANGE, False)


def test_a_diuretic_inside_a_combination_counts() -> None:
    drugs = "losartan with hydrochlorothiazide + ibuprofen"
    assert shown(drugs, "potassium-raas-nsaid") == (Level.CHANGE, True)


@pytest.mark.parametrize(
    ("rule", "drugs"),
    [
        ("statin-simvastatin-cap-20", "simvastatin + amlodipine"),
        ("bleeding-apixaban-inhibitor", "apixaban + itraconazole"),
    ],
)
def test_an_untold_dose_is_asked(rule: str, drugs: str) -> None:
    named = [one.strip() for one in drugs.split("+")]
    checked = check(named, make(complete=True, **WELL), today=TODAY, guidelines=False)
    assert not shown(drugs, rule)[1]
    assert any("daily dose" in ask for ask in checked.missing)


def test_an_old_potassium_is_unknown() -> None:
    old = {"potassium": 4.2, "dates": {"potassium": "2024-02-01"}}
    assert shown("lisinopril + spironolactone", "potassium-raas-mra", **old) == (Level.AVOID, False)
