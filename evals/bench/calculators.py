"""The calculators against worked examples of others, and warfarin against the patients it was made from.

    .venv/bin/python -m evals.bench.calculators DATA

medcalc-dev: 52 worked examples of MedCalc-Bench Verified (arXiv 2406.12036), one for each calculator; within the
limits that each row gives. That benchmark takes an unmentioned item as absent; our tool asks, so the adapter here
fills what it asks for and counts it. iwpc-warfarin: 5,700 patients (doi 10.1056/NEJMoa0809329); the models are tested
on those with a stable dose and known age band, height, weight and dose. Every figure with its n.
"""

from __future__ import annotations

import ast
import csv
import gzip
import math
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from retrieval.evidence import Outcome
from retrieval.patient import Patient
from tools.calculators.answers import missing, run
from tools.calculators.fields import FieldKind
from tools.calculators.reading import Given, read
from tools.calculators.registry import Calculator, calculators
from tools.calculators.warfarin import (
    BLACK,
    CYP2C9_POINTS,
    PGX_SPREAD,
    RACES,
    UNKNOWN,
    Person,
    clinical_root,
    imputed,
    pharmacogenetic_root,
)

SEED, HELD_BACK, LOW, HIGH = 2026, 0.2, 21, 49
Row = Mapping[str, str]
Root = Callable[[Person], float]

UNITS = {
    "beats per minute": "/min", "breaths per minute": "/min", "degrees celsius": "°C", "degrees fahrenheit": "°F",
    "µL": "/µL", "mm^3": "/mm3",
}  # fmt: skip
SHARED = {
    "age": "age", "sex": "sex", "weight": "weight", "height": "height", "creatinine": "creatinine",
    "Systolic Blood Pressure": "systolic", "Diastolic Blood Pressure": "diastolic",
    "Heart Rate or Pulse": "heart_rate", "respiratory rate": "breath_rate", "Temperature": "temperature",
    "Albumin": "albumin", "Calcium": "calcium", "Bilirubin": "bilirubin", "Sodium": "sodium",
    "Potassium": "potassium", "Chloride": "chloride", "Bicarbonate": "bicarbonate", "Glucose": "glucose",
    "Blood Urea Nitrogen (BUN)": "urea", "Hemoglobin": "hemoglobin", "Hematocrit": "hematocrit",
    "White blood cell count": "leukocytes", "Platelet count": "platelets", "pH": "ph", "PaO2": "pao2",
    "PaCO2": "paco2", "FiO2": "fio2", "Glasgow Coma Score": "gcs", "international normalized ratio": "inr",
    "Stroke": "stroke", "Alanine aminotransferase": "alt", "Aspartate aminotransferase": "ast",
    "Total cholesterol": "total_cholesterol", "high-density lipoprotein cholesterol": "hdl",
    "Triglycerides": "triglycerides", "Insulin": "insulin", "Urine sodium": "urine_sodium",
    "Urine creatinine": "urine_creatinine", "Body Mass Index (BMI)": "bmi", "QT Interval": "qt",
    "Last menstrual date": "last_period", "Current Date": "on_day", "cycle length": "cycle_length",
    "Cardiac Failure Present": "heart_failure", "Hepatic disease history": "liver_disease",
    "Previously Documented Pulmonary Embolism": "earlier_clot", "Acute Myocardial infarction": "acute_infarction",
    "Previously documented Deep Vein Thrombosis": "earlier_clot", "Confusion": "confusion",
    "Cerebrovascular disease history": "cerebrovascular_disease",
    "Transient Ischemic Attacks History": "tia",
}  # fmt: skip
WORDS = {
    "No Encephalopathy": "none", "eyes open spontaneously": "spontaneous", "no verbal response": "none",
    "confined to bed >72 hours": "confined to bed above 72 hours",
}  # fmt: skip
NAMES: Mapping[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    # calculator of the benchmark: ours, inputs that the question fixes, names of that row alone
    "2": ("cockcroft_gault", {"weight_kind": "auto"}, {}), "3": ("ckd_epi_2021", {}, {}),
    "4": ("cha2ds2_vasc", {}, {}), "5": ("map", {}, {}), "6": ("bmi", {}, {}), "7": ("calcium_albumin", {}, {}),
    "8": ("wells_pe", {}, {"Clinical signs and symptoms of Deep Vein Thrombosis": "signs_of_dvt",
                           "Pulmonary Embolism is #1 diagnosis OR equally likely": "pe_most_likely"}),
    "9": ("mdrd", {}, {}), "10": ("ideal_weight", {}, {}), "13": ("due_date", {}, {}),
    "15": ("child_pugh", {}, {"Ascites": "ascites", "Encephalopathy": "encephalopathy"}),
    "16": ("wells_dvt", {}, {
        "Active cancer": "active_cancer", "Bedridden recently >3 days": "bedridden",
        "Major surgery within 12 weeks": "surgery_12_weeks",
        "Localized tenderness along the deep venous system": "tenderness",
        "Paralysis, paresis, or recent plaster immobilization of the lower extremity": "paralysis",
        "Alternative diagnosis to Deep Vein Thrombosis as likely or more likely": "alternative",
        "Collateral (nonvaricose) superficial veins present": "collateral_veins",
        "Pitting edema, confined to symptomatic leg": "pitting_edema"}),
    "17": ("rcri", {}, {
        "Pre-operative treatment with insulin": "insulin", "Pre-operative creatinine": "creatinine",
        "Congestive Heart Failure criteria for the Cardiac Risk Index rule": "heart_failure",
        "History of ischemic heart disease": "ischemic_heart_disease", "Elevated-risk surgery": "high_risk_surgery",
        "History of cerebrovascular disease": "cerebrovascular_disease"}),
    "18": ("heart_score", {}, {
        "Hypertension history": "hypertension", "Suspicion History": "suspicion", "Diabetes mellitus": "diabetes",
        "smoking": "smoking", "atherosclerotic disease": "atherosclerosis",
        "Transient Ischemic Attacks History": "atherosclerosis", "hypercholesterolemia": "hypercholesterolemia",
        "parent or sibling with Cardiovascular disease before age 65": "family_history"}),
    "19": ("fib4", {}, {}), "20": ("centor", {}, {}),
    "21": ("glasgow_coma", {}, {"Best eye response": "eyes", "Best motor response": "motor",
                                "Best verbal response": "verbal"}),
    "22": ("maintenance_fluid", {}, {}), "24": ("steroid_equivalent", {}, {}),
    "25": ("has_bled", {}, {
        "Hypertension": "uncontrolled_hypertension", "Medication usage predisposing to bleeding": "bleeding_drugs",
        "Number of Alcoholic Drinks Per Week": "drinks", "Labile international normalized ratio": "labile_inr",
        "Renal disease criteria for the HAS-BLED rule": "renal_disease",
        "Prior major bleeding or predisposition to bleeding": "bleeding",
        "Liver disease criteria for the HAS-BLED rule": "liver_disease"}),
    "26": ("sodium_glucose", {}, {}),
    "27": ("glasgow_blatchford", {}, {"Recent Syncope": "syncope", "Melena Present": "melena"}),
    "28": ("apache2", {}, {"Acute renal failure": "acute_renal_failure",
                           "History of severe organ failure or immunocompromise": "severe_chronic_disease"}),
    "29": ("psi", {}, {
        "Partial pressure of oxygen": "pao2", "Renal disease history": "renal_disease",
        "Liver disease history": "liver_disease", "Neoplastic disease": "cancer",
        "Altered mental status": "altered_mental_status", "Nursing home resident": "nursing_home"}),
    "31": ("homa_ir", {}, {"Glucose": "fasting_glucose"}),
    "32": ("charlson", {}, {
        "Connective tissue disease": "connective_tissue_disease", "AIDS": "aids", "Hemiplegia": "hemiplegia",
        "Peptic ulcer disease": "peptic_ulcer", "Chronic Pulmonary Disease": "chronic_pulmonary_disease",
        "Moderate to severe Chronic Kidney Disease": "kidney_disease", "Cerebrovascular Accident": "stroke",
        "Diabetes mellitus": "diabetes_mellitus"}),
    "33": ("feverpain", {}, {"Symptom onset <=3 days": "early", "Fever in past 24 hours": "fever",
                             "Absence of cough or coryza": "no_cough_or_coryza"}),
    "36": ("caprini", {}, {
        "Pneumonia in the last month": "recent_pneumonia", "Varicose veins": "varicose_veins",
        "Hip, pelvis, or leg fracture in the last month": "recent_fracture", "Current swollen legs": "swollen_legs",
        "Current central venous access": "central_line", "Family history of thrombosis": "family_clot",
        "History of inflammatory bowel disease": "bowel_disease", "Mobility": "mobility",
        "Chronic Obstructive Pulmonary Disease": "copd", "Present or previous malignancy": "malignancy"}),
    "38": ("free_water_deficit", {}, {}), "39": ("anion_gap", {}, {}), "40": ("fena", {}, {}),
    "43": ("sofa", {}, {"Continuous positive airway pressure": "respiratory_support", "Urine Output": "urine_output",
                        "On mechanical ventilation": "respiratory_support"}),
    "44": ("ldl", {}, {}), "45": ("curb65", {}, {}),
    "46": ("framingham_chd", {}, {"Blood pressure being treated with medicines": "treated_pressure"}),
    "48": ("perc", {}, {"O₂ saturation percentage": "saturation", "Unilateral Leg Swelling": "unilateral_swelling",
                        "Hormone use": "hormones", "Recent surgery or trauma": "surgery_or_trauma"}),
    "49": ("mme", {}, {}), "51": ("sirs", {}, {}),
    "56": ("qtc", {"formula": "Fridericia"}, {}), "57": ("qtc", {"formula": "Framingham"}, {}),
    "58": ("qtc", {"formula": "Hodges"}, {}), "59": ("qtc", {"formula": "Rautaharju"}, {}),
    "60": ("bsa", {}, {}), "61": ("target_weight", {}, {"Body Mass Index (BMI)": "target_bmi"}),
    "62": ("adjusted_weight", {}, {}), "63": ("delta_gap", {}, {}), "64": ("delta_ratio", {}, {}),
    "65": ("anion_gap_albumin", {}, {}), "66": ("delta_gap_albumin", {}, {}),
    "67": ("delta_ratio_albumin", {}, {}), "68": ("conception_date", {}, {}), "69": ("gestational_age", {}, {}),
}  # fmt: skip
ODDITIES = {
    "15": "bilirubin of 2.6 µmol/L (0.15 mg/dL) is taken as it stands; likely 2.6 mg/dL",
    "20": "an unmentioned cough is taken as absent, which gives a point",
    "38": "the answer is in L; the question asks for kg",
    "40": "a serum sodium of 197 is physically possible and is taken",
    "49": "the benchmark's factor for buccal fentanyl (0.13) is not in the CDC table of 2022: we say not_covered",
}


class Example(NamedTuple):
    """How one worked example came out. ``filled`` are the absences that the adapter put in."""

    number: str
    name: str
    outcome: Outcome
    ours: float | str | None
    theirs: str
    within: bool
    filled: tuple[str, ...]


def examples(data: Path) -> Iterator[Example]:
    """All worked examples of medcalc-dev."""
    csv.field_size_limit(10**9)
    with gzip.open(data / "medcalc-dev" / "one_shot.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield example(row)


def example(row: Row) -> Example:
    """One row: adapted, what is asked for filled with absence, run, compared with the row's own limits."""
    number = row["Calculator ID"]
    name, fixed, names = NAMES[number]
    calculator = calculators()[name]
    entities = ast.literal_eval(row["Relevant Entities"])
    given = {field: Given(value=value) for field, value in fixed.items()}
    given |= _special(number, entities) if number in ("24", "49") else adapted(entities, calculator, names)
    if number == "43":
        given["vasopressor"] = Given(value="dopamine up to 5, or dobutamine")
    filled = _filled(calculator, given)
    outcome = run(calculator, given, Patient()).outcome
    ours = None
    if outcome is Outcome.FOUND:
        ours = calculator.formula(read(calculator, given, Patient()).values).value
    return Example(number, name, outcome, ours, row["Ground Truth Answer"], _within(ours, row), filled)


def adapted(
    entities: Mapping[str, Any], calculator: Calculator, names: Mapping[str, str]
) -> dict[str, Given]:
    """The row's entities as inputs of ours; what we have no field for is left out; two names of one field are or-ed."""
    given: dict[str, Given] = {}
    for entity, value in entities.items():
        field = calculator.field(names.get(entity) or SHARED.get(entity, ""))
        if field is None:
            continue
        if field.name == "severe_chronic_disease":
            value = "none" if value is False else "nonoperative or emergency postoperative"
        if field.name in given and given[field.name].value is True:
            continue
        given[field.name] = _given(value, field.kind, field.unit)
    return given


def _given(value: Any, kind: FieldKind, unit: str) -> Given:
    if kind is FieldKind.NUMBER:
        amount, written = value if isinstance(value, list) else (value, unit)
        return Given(value=float(amount), unit=UNITS.get(written, written))
    if kind is FieldKind.DAY:
        return Given(value=datetime.strptime(value, "%m/%d/%Y").date().isoformat())  # noqa: DTZ007
    return Given(value=WORDS.get(value, value) if isinstance(value, str) else value)


def _special(number: str, entities: Mapping[str, Any]) -> dict[str, Given]:
    if number == "24":
        steroid, amount, unit = entities["input steroid"]
        return {
            "from_steroid": Given(value=steroid.split()[0].lower()),
            "to_steroid": Given(value=entities["target steroid"].split()[0].lower()),
            "dose": Given(value=amount, unit=unit),
        }
    doses = [entity.removesuffix(" Dose") for entity in entities if entity.endswith(" Dose")]
    return {
        drug.lower().replace(" ", "_"): Given(
            value=entities[f"{drug} Dose"][0] * entities[f"{drug} Dose Per Day"][0],
            unit=f"{entities[f'{drug} Dose'][1]}/day",
        )
        for drug in doses
    }


def _filled(calculator: Calculator, given: dict[str, Given]) -> tuple[str, ...]:
    """Fill what the tool asks for with absence, as the benchmark does; numbers are never made up."""
    filled = []
    for field in missing(calculator, read(calculator, given, Patient()).values):
        if field.kind is FieldKind.YES_NO or field.kind is FieldKind.CHOICE:
            given[field.name] = Given(value=False if field.kind is FieldKind.YES_NO else field.options[0])
            filled.append(field.name)
    return tuple(filled)


def _within(ours: float | str | None, row: Row) -> bool:
    if ours is None:
        return False
    if isinstance(ours, float | int):
        return float(row["Lower Limit"]) <= ours <= float(row["Upper Limit"])
    theirs = row["Ground Truth Answer"]
    if theirs.startswith("("):
        return ours == " ".join(ast.literal_eval(theirs))
    return ours == datetime.strptime(theirs, "%m/%d/%Y").date().isoformat()  # noqa: DTZ007


class Treated(NamedTuple):
    """One patient of the consortium's data with a stable dose, in mg a week."""

    person: Person
    dose: float


def treated(data: Path) -> tuple[Treated, ...]:
    """Those with a stable dose ("1") and a known age band, height, weight and dose; whatever their INR."""
    with gzip.open(data / "iwpc-warfarin" / "warfarin.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return tuple(one for row in csv.DictReader(lines) if (one := _treated(row)))


def _treated(row: Row) -> Treated | None:
    needed = ("Age", "Height (cm)", "Weight (kg)", "Therapeutic Dose of Warfarin")
    if row["Subject Reached Stable Dose of Warfarin"] != "1" or any(
        row[name] in ("NA", "") for name in needed
    ):
        return None
    race = row["Race"] if row["Race"] in RACES else UNKNOWN
    snps = (
        "VKORC1 -1639 consensus",
        "VKORC1 2255 consensus",
        "VKORC1 1173 consensus",
        "VKORC1 1542 consensus",
    )
    cyp2c9 = row["CYP2C9 consensus"]
    inducers = ("Carbamazepine (Tegretol)", "Phenytoin (Dilantin)", "Rifampin or Rifampicin")
    person = Person(
        decades=int(row["Age"][:2]) // 10,
        height=float(row["Height (cm)"]),
        weight=float(row["Weight (kg)"]),
        race=race,
        vkorc1=imputed(race, *(row[name] for name in snps)),
        cyp2c9=cyp2c9 if cyp2c9 in CYP2C9_POINTS else None,
        inducer=any(row[name] == "1" for name in inducers),
        amiodarone=row["Amiodarone (Cordarone)"] == "1",
    )
    return Treated(person, float(row["Therapeutic Dose of Warfarin"]))


class Fit(NamedTuple):
    """Share within 20 % of the stable dose, and mean absolute error in mg a week."""

    n: int
    within: float
    error: float


def fit(patients: Sequence[Treated], root: Root) -> Fit:
    """How well a model meets the stable doses."""
    pairs = [(root(one.person) ** 2, one.dose) for one in patients]
    near = sum(abs(guess - dose) <= 0.2 * dose for guess, dose in pairs) / len(pairs)
    return Fit(len(pairs), near, statistics.fmean(abs(guess - dose) for guess, dose in pairs))


MODELS: Mapping[str, Root] = {
    "pharmacogenetic": pharmacogenetic_root,
    "clinical": clinical_root,
    "fixed 35 mg": lambda _: math.sqrt(35),
}


def groups(patients: Sequence[Treated]) -> dict[str, list[Treated]]:
    """The groups of the published table, and those of African ancestry with both genotypes."""
    return {
        "all": list(patients),
        f"up to {LOW} mg": [one for one in patients if one.dose <= LOW],
        f"{HIGH} mg and more": [one for one in patients if one.dose >= HIGH],
        "Black": [one for one in patients if one.person.race == BLACK],
        "Black, both genotypes": [
            one for one in patients if one.person.race == BLACK and one.person.vkorc1 and one.person.cyp2c9
        ],
    }


def spread(patients: Sequence[Treated], root: Root) -> tuple[float, float]:
    """The 5 % and 95 % points of √dose − √prediction."""
    cuts = statistics.quantiles((math.sqrt(one.dose) - root(one.person) for one in patients), n=20)
    return cuts[0], cuts[-1]


def halves(patients: Sequence[Treated], seed: int = SEED) -> tuple[list[Treated], list[Treated]]:
    """80 % to fit the interval on, 20 % to measure its coverage."""
    shuffled = random.Random(seed).sample(list(patients), len(patients))
    cut = round(len(shuffled) * (1 - HELD_BACK))
    return shuffled[:cut], shuffled[cut:]


def coverage(patients: Sequence[Treated], root: Root, points: tuple[float, float]) -> float:
    """Share of patients whose stable dose lies in the interval."""
    inside = (points[0] <= math.sqrt(one.dose) - root(one.person) <= points[1] for one in patients)
    return statistics.fmean(map(float, inside))


def main(data: Path) -> int:
    """Print both tables; 1 where an example is outside its limits without a written reason."""
    rows = list(examples(data))
    good = [row for row in rows if row.within]
    print(f"medcalc-dev: {len(good)} of {len(rows)} within the row's own limits")
    filled = sum(len(row.filled) for row in rows)
    print(f"  absences filled by the adapter: {filled} in {sum(bool(row.filled) for row in rows)} rows")
    for row in rows:
        if not row.within or row.number in ODDITIES:
            print(
                f"  {row.number} {row.name}: ours {row.ours} ({row.outcome}), theirs {row.theirs}", end="; "
            )
            print(ODDITIES.get(row.number, "NO WRITTEN REASON"))
    _warfarin(treated(data))
    return int(any(not row.within and row.number not in ODDITIES for row in rows))


def _warfarin(patients: Sequence[Treated]) -> None:
    print(f"\nwarfarin, n = {len(patients)}: share within 20 % / mean absolute error in mg a week")
    for group, members in groups(patients).items():
        told = [f"{name} {100 * one.within:.1f} % / {one.error:.2f}" for name, root in MODELS.items()
                for one in [fit(members, root)]]  # fmt: skip
        print(f"  {group} (n = {len(members)}): {'; '.join(told)}")
    fitted, held_back = halves(patients)
    for name, root in list(MODELS.items())[:2]:
        points = spread(fitted, root)
        print(f"  {name}: interval {points[0]:+.2f} to {points[1]:+.2f} fitted on {len(fitted)}, ", end="")
        print(f"covers {100 * coverage(held_back, root, points):.1f} % of the other {len(held_back)}")
        for race in RACES:
            members = [one for one in held_back if one.person.race == race]
            print(f"    {race}: {100 * coverage(members, root, points):.1f} % of {len(members)}")
    print(f"  shipped pharmacogenetic interval: {PGX_SPREAD[0]:+.2f} to {PGX_SPREAD[1]:+.2f}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
