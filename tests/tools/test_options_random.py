"""No open option of a random patient holds a drug that the drug check, asked by itself, says to avoid."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest

from retrieval.patient import Known, Patient
from tests.tools.treatment_made import DAY
from tests.tools.treatment_patients import WORDS, make
from tools.treatment.check import Checked, check
from tools.treatment.indications import Indication
from tools.treatment.load import knowledge
from tools.treatment.names import resolve
from tools.treatment.options import Choice, Option, State, consider
from tools.treatment.predicates import Level

INDICATIONS = tuple(knowledge().indications.values())
LABS = {
    "eGFR": (8, 110), "creatinine": (0.5, 5), "potassium": (2.8, 6.2), "QTc": (380, 530), "magnesium": (0.5, 1.2),
    "CrCl": (8, 130), "LVEF": (15, 65), "HbA1c": (5.5, 12), "sodium": (120, 150), "INR": (0.9, 4),
}  # fmt: skip
GENOTYPES = ("CYP2C9 *1/*3", "CYP2C19 *2/*2", "CYP2D6 *4/*4", "CYP2C19 *1/*1", "SLCO1B1 *5/*5")


@cache
def names() -> tuple[str, ...]:
    return tuple(sorted(drug.name for drug in knowledge().drugs.values()))


@cache
def problem_names() -> tuple[str, ...]:
    return tuple(one.says[0] for one in knowledge().conditions.values())


@cache
def allergens() -> tuple[str, ...]:
    classes = [one.says[0] for one in knowledge().classes.values() if one.says]
    return (*classes, "penicillin", "sulfa", *names()[::5])


def person(chance: random.Random) -> Patient:
    """A patient of whom some things are known: any age, few to many problems and drugs, complete or not."""
    labs = {name: round(chance.uniform(*ends), 1) for name, ends in LABS.items() if chance.random() < 0.5}
    sex = chance.choice(["female", "male", None])
    given: dict[str, Any] = {
        "age": chance.choice([None, *range(8, 97, 4)]),
        "sex": sex,
        "weight": chance.choice([None, 48.0, 70.0, 110.0]),
        "pregnant": chance.choice([None, True, False]) if sex == "female" else None,
        "problems": tuple(chance.sample(problem_names(), chance.choice([0, 0, 1, 2, 4]))),
        "drugs": tuple(chance.sample(names(), chance.choice([0, 1, 2, 4, 8]))),
        "allergies": tuple(chance.sample(allergens(), chance.choice([0, 0, 1, 2]))),
        "genotypes": (chance.choice(GENOTYPES),) if chance.random() < 0.1 else (),
        "complete": chance.random() < 0.6,
    }
    return make(**given, **labs)


def presuming(patient: Patient, indication: Indication) -> Patient:
    """The patient with the condition that is asked about on the problem list."""
    said = (knowledge().conditions[one].says[0] for one in indication.condition)
    more = tuple(Known[str](value=name, origin=WORDS) for name in said)
    problems = patient.problems.model_copy(update={"items": (*patient.problems.items, *more)})
    return patient.model_copy(update={"problems": problems})


def combinations(option: Option) -> Iterator[tuple[Choice, ...]]:
    """The best combination; of an option with one part every open choice."""
    yield option.best
    if len({one.part for one in option.choices}) == 1:
        yield from ((one,) for one in option.choices if one.state is State.OPEN)


def avoided(checked: Checked, proposed: Sequence[str]) -> list[str]:
    """What the drug check is certain should be avoided of the drugs proposed."""
    drugs = {one for drug in proposed for one in knowledge().drug(drug).parts}
    names = {knowledge().drug(one).name for one in drugs}
    found = [one.rule.id for one in checked.rules if one.taken.drug in drugs and _certain(one.verdict)]
    for pair in checked.pairs:
        if {pair.left.drug, pair.right.drug} & drugs:
            found += [one.rule.id for one in pair.fired if _certain(one.verdict)]
    found += [
        one.allergy.named for one in checked.allergies if one.taken.drug in drugs and one.level is Level.AVOID
    ]
    found += [
        one.drug
        for one in checked.genes
        if one.drug in names and one.level is Level.AVOID and not one.populations and not one.advice.split
    ]
    return found


def _certain(verdict: Any) -> bool:
    return bool(verdict.certain and verdict.level is Level.AVOID)


def without_what_it_replaces(patient: Patient, option: Option, drugs: Sequence[str]) -> Patient:
    """The patient after the switch that the option says it is; the option's own drugs stay where they are taken."""
    held = knowledge()
    what = {ref for switch in option.entry.switches for ref in switch.what}
    own = {part for drug in drugs for part in held.drug(drug).parts}

    def stays(name: str) -> bool:
        parts = resolve(name, held).ingredients
        return bool(own & set(parts)) or not any(held.keys[part] & what for part in parts)

    kept = tuple(one for one in patient.drugs.items if stays(one.value))
    return patient.model_copy(update={"drugs": patient.drugs.model_copy(update={"items": kept})})


def violations(seeds: range) -> tuple[list[str], int]:
    """What went wrong, and how many open combinations were checked."""
    wrong, count = [], 0
    for seed in seeds:
        chance = random.Random(seed)
        indication, patient = chance.choice(INDICATIONS), person(chance)
        asked = presuming(patient, indication)
        for option in consider(indication, patient, today=DAY).of(State.OPEN):
            for combination in combinations(option):
                drugs = [one.drug for one in combination if one.drug]
                if not drugs:
                    continue
                count += 1
                given = [f"new: {knowledge().drug(one).name}" for one in drugs]
                changed_over = without_what_it_replaces(asked, option, drugs)
                for reason in avoided(check(given, changed_over, today=DAY), drugs):
                    wrong.append(f"seed {seed}: {option.entry.id}, {drugs}: {reason}")
    return wrong, count


def unfounded(seeds: range) -> tuple[list[str], int]:
    """Drugs that are excluded by a rule of the drug check which, asked by itself, does not say so."""
    wrong, count = [], 0
    for seed in seeds:
        chance = random.Random(seed)
        indication, patient = chance.choice(INDICATIONS), person(chance)
        asked = presuming(patient, indication)
        for option in consider(indication, patient, today=DAY).options:
            if len(option.entry.regimen) != 1:
                continue
            for one in option.choices:
                general = [hit for hit in one.hits if hit.state is State.EXCLUDED and hit.kind != "option"]
                count += bool(general)
                given = check([f"new: {one.named}"], asked, today=DAY)
                if general and not avoided(given, [one.drug]):
                    wrong.append(
                        f"seed {seed}: {option.entry.id}, {one.drug}: {general[0].finding.statement}"
                    )
    return wrong, count


def test_what_is_excluded_is_to_be_avoided_by_the_drug_check_too() -> None:
    wrong, count = unfounded(range(1000, 1060))
    assert not wrong
    assert count > 20


def test_no_open_option_of_200_random_patients_is_to_be_avoided() -> None:
    wrong, count = violations(range(200))
    assert not wrong
    assert count > 100


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_open_option_of_10000_random_patients_is_to_be_avoided() -> None:
    wrong, count = violations(range(10_000))
    assert not wrong
    assert count > 3_000
