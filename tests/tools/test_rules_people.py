"""Rules on pregnancy, lactation, QT, airways, duplicates: each fires in one patient, not in one close by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from retrieval.patient import Known, Patient
from tests.tools.treatment_patients import WORDS, make
from tools.treatment.check import check
from tools.treatment.load import FOLDER, knowledge
from tools.treatment.predicates import Level

TODAY = date(2026, 11, 22)
FILES = ("rules/pregnancy_more", "rules/lactation", "rules/qt", "interactions/qt")


def person(
    *,
    weeks: float | None = None,
    breastfeeding: bool | None = None,
    sex: str = "female",
    age: float = 30,
    **more: Any,
) -> Patient:
    """A woman of 30 of whom all lists are complete, unless told otherwise."""
    more.setdefault("pregnant", weeks is not None)
    more.setdefault("complete", True)
    told: dict[str, Any] = {
        "breastfeeding": Known[bool](value=bool(breastfeeding), origin=WORDS),
        "weeks_pregnant": Known[float](value=weeks, unit="weeks", origin=WORDS) if weeks else None,
    }
    return make(age=age, sex=sex, **more).model_copy(update=told)


def level(rule: str, drugs: str, patient: Patient) -> Level:
    """What one rule says of the drugs (joined by +) in a patient; certain, or the test fails."""
    checked = check(drugs.split(" + "), patient, today=TODAY, guidelines=False)
    verdicts = [one.verdict for one in checked.rules if one.rule.id == rule]
    verdicts += [one.verdict for pair in checked.pairs for one in pair.fired if one.rule.id == rule]
    assert all(one.certain for one in verdicts), [one.asks for one in verdicts]
    return max((one.level for one in verdicts), key=lambda one: one.rank, default=Level.NONE)


AVOID, CHANGE, MONITOR, NOTE = Level.AVOID, Level.CHANGE, Level.MONITOR, Level.NOTE
Told = dict[str, Any]
EARLY: Told = {"weeks": 8}
MIDDLE: Told = {"weeks": 18}
LATE: Told = {"weeks": 39}
NOT: Told = {}
NURSES: Told = {"breastfeeding": True}
STROKE: Told = {"problems": ("Stroke 2024",)}
MAN: Told = {"sex": "male", "age": 50}
AERD: Told = MAN | {"problems": ("AERD",)}
ASTHMA: Told = MAN | {"problems": ("Asthma",)}
SWELLING: Told = MAN | {"problems": ("Angioedema",)}


def qtc(value: float) -> Told:
    """A man with this QTc and a normal potassium."""
    return MAN | {"QTc": value, "potassium": 4.0}


CASES: list[tuple[str, str, Told, Level, Told]] = [
    # rule, drugs, who it fires in, what it asks for, and who is close by
    ("pregnancy.statin", "atorvastatin", EARLY, AVOID, NOT),
    ("pregnancy.statin", "atorvastatin", EARLY | STROKE, CHANGE, STROKE),
    ("pregnancy.nsaid", "ibuprofen", {"weeks": 30}, AVOID, {"weeks": 19}),
    ("pregnancy.nsaid", "ibuprofen", {"weeks": 20}, CHANGE, NOT),
    ("pregnancy.aspirin", "aspirin 325 mg daily", {"weeks": 24}, CHANGE, {"weeks": 19}),
    ("pregnancy.valproate", "valproate", EARLY | {"problems": ("Migraine",)}, AVOID, {"problems": ("Migraine",)}),
    ("pregnancy.valproate", "valproate", EARLY | {"problems": ("Epilepsy", "Migraine")}, CHANGE, NOT),
    ("pregnancy.topiramate", "topiramate", EARLY, CHANGE, NOT),
    ("pregnancy.carbamazepine", "carbamazepine", EARLY, CHANGE, NOT),
    ("pregnancy.isotretinoin", "isotretinoin", EARLY, AVOID, NOT),
    ("pregnancy.warfarin", "warfarin", EARLY, AVOID, NOT),
    ("pregnancy.warfarin", "warfarin", EARLY | {"problems": ("Mechanical mitral valve",)}, CHANGE, NOT),
    ("pregnancy.methotrexate", "methotrexate", EARLY, AVOID, NOT),
    ("pregnancy.methotrexate", "methotrexate", EARLY | {"problems": ("Breast cancer",)}, CHANGE, NOT),
    ("pregnancy.mycophenolate", "mycophenolate", EARLY, CHANGE, NOT),
    ("pregnancy.leflunomide", "leflunomide", EARLY, AVOID, NOT),
    ("pregnancy.tetracyclines", "doxycycline", MIDDLE, AVOID, NOT),
    ("pregnancy.tetracyclines", "doxycycline", EARLY, CHANGE, MAN),
    ("pregnancy.fluoroquinolones", "ciprofloxacin", EARLY, CHANGE, NOT),
    ("pregnancy.trimethoprim", "trimethoprim", {"weeks": 13}, CHANGE, {"weeks": 14}),
    ("pregnancy.sulfamethoxazole", "co-trimoxazole", {"weeks": 36}, CHANGE, {"weeks": 35}),
    ("pregnancy.lithium", "lithium 1200 mg daily", EARLY, CHANGE, NOT),
    ("pregnancy.lithium", "lithium 600 mg daily", MIDDLE, MONITOR, MAN),
    ("pregnancy.lenalidomide", "lenalidomide", EARLY, AVOID, NOT),
    ("pregnancy.finasteride", "finasteride", EARLY, AVOID, MAN),
    ("pregnancy.dutasteride", "dutasteride", EARLY, AVOID, MAN),
    ("pregnancy.paroxetine", "paroxetine", EARLY, CHANGE, MIDDLE),
    ("pregnancy.ssri", "sertraline", LATE, NOTE, MIDDLE),
    ("pregnancy.opioid", "oxycodone", LATE, MONITOR, NOT),
    (
        "pregnancy.opioid-agonist-treatment",
        "methadone",
        LATE | {"problems": ("Opioid use disorder",)},
        NOTE,
        {"problems": ("Opioid use disorder",)},
    ),
    ("pregnancy.opioid-agonist-treatment", "methadone", LATE, MONITOR, NOT),
    ("pregnancy.nitrofurantoin", "nitrofurantoin", {"weeks": 38}, AVOID, {"weeks": 37}),
    ("pregnancy.metformin", "metformin", EARLY, NOTE, NOT),
    ("pregnancy.insulin", "insulin glargine", EARLY, NOTE, NOT),
    ("pregnancy.fluconazole", "fluconazole 400 mg daily", EARLY, AVOID, NOT),
    ("pregnancy.fluconazole", "fluconazole 150 mg once daily", EARLY, CHANGE, MAN),
    ("pregnancy.misoprostol", "misoprostol", EARLY, AVOID, NOT),
    ("pregnancy.methimazole", "methimazole", EARLY, CHANGE, MIDDLE),
    ("pregnancy.bosentan", "bosentan", EARLY, AVOID, NOT),
    ("pregnancy.ambrisentan", "ambrisentan", EARLY, AVOID, NOT),
    ("pregnancy.atenolol", "atenolol", MIDDLE, MONITOR, NOT),
    ("lactation.statin", "simvastatin", NURSES, AVOID, NOT),
    ("lactation.codeine", "codeine", NURSES, AVOID, NOT),
    ("lactation.tramadol", "tramadol", NURSES, CHANGE, NOT),
    ("lactation.lithium", "lithium", NURSES, CHANGE, NOT),
    ("lactation.amiodarone", "amiodarone", NURSES, CHANGE, NOT),
    ("lactation.atenolol", "atenolol", NURSES, CHANGE, NOT),
    ("lactation.mycophenolate", "mycophenolate", NURSES, CHANGE, NOT),
    ("lactation.methotrexate", "methotrexate", NURSES, AVOID, NOT),
    ("lactation.leflunomide", "leflunomide", NURSES, AVOID, NOT),
    ("lactation.lenalidomide", "lenalidomide", NURSES, AVOID, NOT),
    ("lactation.clozapine", "clozapine", NURSES, AVOID, NOT),
    ("lactation.benzodiazepine", "diazepam", NURSES, MONITOR, NOT),
    ("lactation.tetracyclines", "doxycycline", NURSES, MONITOR, NOT),
    ("lactation.fluoroquinolones", "ciprofloxacin", NURSES, MONITOR, NOT),
    ("lactation.nitrofurantoin", "nitrofurantoin", NURSES, MONITOR, NOT),
    ("lactation.tmp-smx", "co-trimoxazole", NURSES, MONITOR, NOT),
    ("lactation.metformin", "metformin", NURSES, NOTE, NOT),
    ("lactation.ssri", "fluoxetine", NURSES, NOTE, NOT),
    ("qt.citalopram-dose", "citalopram 40 mg daily + omeprazole", MAN, CHANGE, MAN | {"drugs": ()}),
    ("qt.citalopram-heart", "citalopram", MAN | {"problems": ("Congenital long QT syndrome",)}, AVOID, MAN),
    ("qt.citalopram-heart", "citalopram", MAN | {"problems": ("Hypokalemia",)}, CHANGE, MAN),
    ("qt.escitalopram-dose", "escitalopram 20 mg daily", MAN | {"age": 66}, CHANGE, MAN | {"age": 65}),
    ("qt.thioridazine", "new: thioridazine", qtc(451), AVOID, qtc(450)),
    ("qt.thioridazine", "continuing: thioridazine", qtc(501), AVOID, qtc(500)),
    ("qt.pimozide", "pimozide", MAN | {"problems": ("Hypomagnesemia",), "QTc": 400}, AVOID, MAN | {"QTc": 520}),
    ("qt.ziprasidone", "ziprasidone", MAN | {"problems": ("NSTEMI",)}, AVOID, MAN | {"problems": ("Angina",)}),
    ("allergy.aerd-cox1", "ibuprofen", AERD, AVOID, ASTHMA),
    ("allergy.aerd-meloxicam", "meloxicam", AERD, CHANGE, ASTHMA),
    ("allergy.aerd-celecoxib", "celecoxib", AERD, MONITOR, ASTHMA),
    ("allergy.ace-angioedema", "lisinopril", SWELLING, AVOID, ASTHMA),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "drugs", "who", "expected", "near"),
    [one for one in CASES if one[0] != "qt.citalopram-dose"],
)
def test_a_rule_fires_in_one_and_not_in_one_close_by(
    rule: str, drugs: str, who: Told, expected: Level, near: Told
) -> None:
    assert level(rule, drugs, person(**who)) is expected
    assert level(rule, drugs, person(**near)) is Level.NONE


@pytest.mark.parametrize(
    ("rule", "fires", "silent"),
    [
        ("qt-pimozide", "pimozide + sotalol", "pimozide + atenolol"),
        ("qt-pimozide-cyp3a4", "pimozide + itraconazole", "pimozide + fluvastatin"),
        ("qt-thioridazine", "thioridazine + fluoxetine", "thioridazine + atenolol"),
        ("qt-ziprasidone", "ziprasidone + moxifloxacin", "ziprasidone + amoxicillin"),
    ],
)
def test_labels_that_bar_a_second_qt_drug(rule: str, fires: str, silent: str) -> None:
    assert level(rule, fires, person(**MAN)) is AVOID
    assert level(rule, silent, person(**MAN)) is Level.NONE


def test_escitalopram_with_omeprazole_is_watched() -> None:
    rule = "qt-escitalopram-cyp2c19"
    assert level(rule, "escitalopram + omeprazole", person(**MAN)) is MONITOR
    assert level(rule, "escitalopram + pantoprazole", person(**MAN)) is Level.NONE


@pytest.mark.parametrize(
    ("drugs", "who", "expected"),
    [
        ("citalopram 40 mg daily", MAN | {"age": 61}, CHANGE),
        ("citalopram 20 mg daily", MAN | {"age": 61}, Level.NONE),
        ("citalopram 40 mg daily + omeprazole", MAN, CHANGE),
        ("citalopram 40 mg daily + cimetidine", MAN, CHANGE),
        ("citalopram 40 mg daily", MAN | {"problems": ("Cirrhosis",)}, CHANGE),
        ("citalopram 60 mg daily", MAN | {"genotypes": ("CYP2C19 *1/*1",)}, CHANGE),
    ],
)
def test_the_dose_cap_of_citalopram(drugs: str, who: Told, expected: Level) -> None:
    checked = check(drugs.split(" + "), person(**who), today=TODAY)
    shown = [one for one in checked.rules if one.rule.id == "qt.citalopram-dose"]
    assert max((one.level for one in shown), key=lambda one: one.rank, default=Level.NONE) is expected


def test_a_poor_metabolizer_has_the_cap_and_a_normal_one_has_not() -> None:
    poor, normal = (
        check(["citalopram 40 mg daily"], person(**MAN, genotypes=(f"CYP2C19 {pair}",)), today=TODAY)
        for pair in ("*2/*2", "*1/*1")
    )
    shown = [
        [one.level for one in found.rules if one.rule.id == "qt.citalopram-dose"] for found in (poor, normal)
    ]
    assert shown == [[CHANGE], []]


def test_weeks_that_are_not_told_are_asked_and_read_strictly() -> None:
    checked = check(["ibuprofen"], person(pregnant=True), today=TODAY, guidelines=False)
    [one] = [one for one in checked.rules if one.rule.id == "pregnancy.nsaid"]
    assert (one.level, one.verdict.certain) == (AVOID, False)
    assert any("weeks" in ask for ask in one.verdict.asks)


def test_low_dose_aspirin_is_left_out_of_the_nsaid_warning() -> None:
    assert level("pregnancy.aspirin", "aspirin 81 mg daily", person(weeks=24)) is Level.NONE


def test_a_man_is_asked_neither_of_pregnancy_nor_of_breastfeeding() -> None:
    rules = check(["warfarin", "simvastatin", "lithium"], make(sex="male"), today=TODAY).rules
    assert not [one for one in rules if one.rule.topic in ("pregnancy", "lactation")]


@pytest.mark.parametrize(
    ("drugs", "shared"),
    [
        ("lisinopril + losartan", "raas_dual_blockade"),
        ("lisinopril + aliskiren", "raas_dual_blockade"),
        ("lisinopril + ramipril", "ace_inhibitor"),
        ("ibuprofen + naproxen", "nsaid"),
        ("sertraline + fluoxetine", "ssri"),
        ("diazepam + lorazepam", "benzodiazepine"),
        ("apixaban + warfarin", "anticoagulant"),
        ("aspirin + ibuprofen", None),
        ("insulin glargine + insulin lispro", None),
        ("morphine + oxycodone", None),
        ("levetiracetam + lamotrigine", None),
        ("lisinopril + amlodipine", None),
        ("diclofenac gel + ibuprofen", None),
    ],
)
def test_duplicates_and_their_exceptions(drugs: str, shared: str | None) -> None:
    found = check(drugs.split(" + "), person(**MAN), today=TODAY, guidelines=False).duplicates
    assert [one.shared.id if one.shared else "" for one in found] == ([shared] if shared else [])


def test_every_rule_of_these_files_is_tried() -> None:
    written = {
        row["id"]
        for file in FILES
        for row in yaml.safe_load((FOLDER / f"{file}.yaml").read_text(encoding="utf-8"))["entries"]
    }
    pairs = {
        "qt-pimozide",
        "qt-pimozide-cyp3a4",
        "qt-thioridazine",
        "qt-ziprasidone",
        "qt-escitalopram-cyp2c19",
    }
    assert {one[0] for one in CASES} | pairs == written


def test_there_are_forty_rules_on_pregnancy_and_fifteen_on_lactation() -> None:
    topics = [one.topic for one in knowledge().rules.values()]
    assert topics.count("pregnancy") >= 40
    assert topics.count("lactation") >= 15
