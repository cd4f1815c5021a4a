"""How the drug check moves when the patient, the list or the way of writing changes: over the shipped rules."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from evals.bench.treatment.derive import level_of
from evals.bench.treatment.patients import MADE, listed, some_patient, value
from retrieval.patient import Known, Patient
from tools.treatment.check import Checked, check
from tools.treatment.facts import PairRule, Rule
from tools.treatment.findings import findings
from tools.treatment.load import knowledge
from tools.treatment.names import Status, resolve
from tools.treatment.predicates import (
    Allergic,
    Breastfeeding,
    Condition,
    Level,
    Number,
    Pregnant,
    Takes,
    Verdict,
    atoms,
)
from tools.treatment.reading import NUMBERS
from tools.treatment.units import _FACTORS, converted

HELD = knowledge()
COVERED = sorted(HELD.drug(one).name for one in HELD.covered)
RULED = [*HELD.rules.values(), *HELD.pairs.values()]
Key = tuple[str, ...]


class Shown(NamedTuple):
    """What is shown of one rule, and whether it is settled."""

    level: Level
    certain: bool
    used: tuple[str, ...] = ()


def checked_of(drugs: Sequence[str], patient: Patient) -> Checked:
    return check(drugs, patient, guidelines=False)


def shown(checked: Checked) -> dict[Key, Shown]:
    """Every finding by its rule and drugs, whatever their order."""
    told: dict[Key, Shown] = {}

    def put(key: Key, level: Level, verdict: Verdict | None) -> None:
        now = Shown(level, verdict.certain if verdict else True, verdict.used if verdict else ())
        told[key] = max(told.get(key, now), now, key=lambda one: one.level.rank)

    for pair in checked.pairs:
        for one in pair.fired:
            put((one.rule.id, *sorted((one.left.named, one.right.named))), one.level, one.verdict)
    for rule in checked.rules:
        put((rule.rule.id, rule.taken.named), rule.level, rule.verdict)
    for allergy in checked.allergies:
        put(("allergy", allergy.taken.named, allergy.allergy.named), allergy.level, None)
    for twice in checked.duplicates:
        put(("duplicate", *sorted((twice.one.named, twice.other.named))), twice.level, None)
    return told


def actions(checked: Checked) -> dict[Key, tuple[Level, bool]]:
    return {key: (one.level, one.certain) for key, one in shown(checked).items()}


def drawn(seed: int, most: int = 6) -> tuple[random.Random, list[str], Patient]:
    """A seeded list of drugs and a patient of whom some things are known."""
    chance = random.Random(seed)
    return chance, chance.sample(COVERED, chance.randint(2, most)), some_patient(chance, HELD)


@pytest.mark.parametrize("seed", range(60))
def test_the_order_of_drugs_and_of_lists_changes_nothing(seed: int) -> None:
    chance, drugs, patient = drawn(seed)
    mixed = [*drugs]
    chance.shuffle(mixed)
    turned = patient.model_copy(
        update={
            name: getattr(patient, name).model_copy(update={"items": getattr(patient, name).items[::-1]})
            for name in ("problems", "drugs", "allergies")
        }
    )
    assert actions(checked_of(drugs, patient)) == actions(checked_of(mixed, turned))


BRANDS = sorted((brand, drug.id) for drug in HELD.drugs.values() for brand in drug.brands)


def test_every_brand_is_read_as_its_generic() -> None:
    for brand, drug in BRANDS:
        read, generic = resolve(brand), resolve(HELD.drug(drug).name)
        assert read.status is generic.status is Status.EXACT, brand
        assert (
            (read.ingredients, read.drug)
            == (generic.ingredients, generic.drug)
            == (HELD.drug(drug).parts, drug)
        )


@pytest.mark.parametrize("seed", range(60))
def test_a_brand_gives_what_its_generic_gives(seed: int) -> None:
    chance, drugs, patient = drawn(seed)
    listed_already = {part for name in (*drugs, *patient.drugs.values) for part in resolve(name).ingredients}
    brand, drug = chance.choice(
        [
            one
            for one in BRANDS
            if (parts := {*HELD.drug(one[1]).parts}) & HELD.covered and not parts & listed_already
        ]
    )
    results = []
    for name in (brand, HELD.drug(drug).name):
        told = actions(checked_of([name, *drugs], patient))
        results.append(
            {tuple(part.replace(f" (in {name})", "") for part in key): one for key, one in told.items()}
        )
    assert results[0] == results[1]


EDGES = sorted(
    {(atom.name, edge) for rule in RULED for case in rule.cases for atom in atoms(case.when)
     if isinstance(atom, Number) for edge in atom.bounds.edges}
)  # fmt: skip


@pytest.mark.parametrize("name", sorted({name for name, _ in EDGES}))
def test_a_threshold_in_another_unit_is_the_same_threshold(name: str) -> None:
    """Creatinine 1.5 mg/dL is at least 1.5 also where it is written 132.6 µmol/L: no rounding crosses an edge."""
    for edge in (edge for one, edge in EDGES if one == name):
        for unit, factor in _FACTORS[name].items():
            for digits in (1, 2, 3, 6):
                written = round(edge / factor, digits)
                if written * factor == pytest.approx(edge, rel=1e-12):
                    assert converted(name, written, unit) == (name, edge), (unit, written)


OTHER_UNITS = {
    "creatinine": (88.4, "µmol/L"), "magnesium": (2.431, "mg/dL"), "potassium": (1, "mEq/L"), "QTc": (0.001, "s"),
    "uric acid": (59.48, "µmol/L"), "platelets": (1000, "/µL"),
}  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_other_units_give_the_same(seed: int) -> None:
    _, drugs, patient = drawn(seed)
    labs = {name: _rewritten(name, known) for name, known in patient.labs.items()}
    weight, age = patient.weight, patient.age_years
    pounds = weight and value(weight.value / 0.45359237, "lb")
    months = age and value(age.value * 12, "months")
    other = patient.model_copy(update={"labs": labs, "weight": pounds, "age_years": months})
    assert actions(checked_of(drugs, patient)) == actions(checked_of(drugs, other))


def _rewritten(name: str, known: Known[float]) -> Known[float]:
    factor, unit = OTHER_UNITS.get(name, (1, known.unit))
    return value(known.value * factor, unit)


@pytest.mark.parametrize("seed", range(80))
@pytest.mark.parametrize("name", ["problems", "drugs", "allergies"])
def test_a_list_that_is_not_complete_lowers_no_action(seed: int, name: str) -> None:
    _, drugs, patient = drawn(seed)
    both = []
    for complete in (True, False):
        told = getattr(patient, name).model_copy(update={"complete": complete})
        both.append(shown(checked_of(drugs, patient.model_copy(update={name: told}))))
    whole, part = both
    for key, one in whole.items():
        assert part[key].level.rank >= one.level.rank, key


def _asking_others() -> list[Any]:
    found = []
    for rule in RULED:
        if any(isinstance(a, Takes) and a.side is None for case in rule.cases for a in atoms(case.when)):
            found.append(pytest.param(rule, id=rule.id))
    return found


@pytest.mark.parametrize("rule", _asking_others())
def test_no_other_drug_silences_a_rule(rule: Rule | PairRule) -> None:
    """Under every completion: a drug that is learnt to be taken leaves some action, if there was one."""
    asked = list(dict.fromkeys(atom for case in rule.cases for atom in atoms(case.when)))
    others = [atom for atom in asked if isinstance(atom, Takes) and atom.side is None]
    for truths in itertools.product((False, True), repeat=len(asked)):
        chosen = dict(zip(asked, truths, strict=True))
        for atom in others if level_of(rule.cases, chosen) is not Level.NONE else ():
            assert level_of(rule.cases, {**chosen, atom: True}) is not Level.NONE


@pytest.mark.parametrize("seed", range(150))
def test_an_added_drug_takes_no_finding_away(seed: int) -> None:
    """It stays as it was or gets stricter; or a case names the new drug as mitigation: then it stays, lower."""
    chance, drugs, patient = drawn(seed)
    more = chance.choice([one for one in COVERED if one not in drugs])
    before, after = (checked_of(some, patient) for some in (drugs, [*drugs, more]))
    new = {f"drug:{number}" for number, one in enumerate(after.named) if one.text == more}
    told = shown(after)
    for key, one in shown(before).items():
        if told[key].level.rank < one.level.rank:
            assert set(told[key].used) & new, key
            assert told[key].level is not Level.NONE


def test_each_mitigation_of_a_shipped_rule_keeps_the_finding_and_is_named_in_it() -> None:
    """Every pair rule in which another drug lowers the action: the finding stays, and says who lowers it."""
    seen = 0
    for rule, other in _mitigations():
        left, right = (_a_member(refs, other) for refs in (rule.left, rule.right))
        before, after = (
            checked_of([left, right, *more], Patient(drugs=listed()))
            for more in ((), (HELD.drug(other).name,))
        )
        key = (rule.id, *sorted((left, right)))
        lower, was = shown(after)[key], shown(before)[key]
        if lower.level.rank < was.level.rank:
            seen += 1
            told = [one.statement for one in findings(after) if {left, right} == set(one.names)]
            assert any(f"takes {HELD.drug(other).name}" in statement for statement in told), rule.id
    assert seen


def _mitigations() -> Iterator[tuple[PairRule, str]]:
    for rule in HELD.pairs.values():
        for case, later in itertools.combinations(rule.cases, 2):
            if case.level.rank < later.level.rank:
                for atom in atoms(case.when):
                    if isinstance(atom, Takes) and atom.side is None and not atom.routes:
                        own = {key for ref in (*rule.left, *rule.right) for key in (ref,)}
                        fits = [
                            d
                            for d in sorted(HELD.drugs)
                            if HELD.keys[d] & set(atom.what) and not HELD.keys[d] & own
                        ]
                        yield from ((rule, one) for one in fits[:1])


def _a_member(refs: Sequence[str], but: str) -> str:
    fits = (one for one in sorted(HELD.drugs) if HELD.keys[one] & set(refs) and one != but)
    return next(HELD.drug(one).name for one in fits if HELD.drug(one).routes[0] == "systemic")


def test_an_allergy_to_a_drug_avoids_it() -> None:
    for drug in HELD.drugs.values():
        for name in (drug.name, *drug.brands[:1]):
            patient = Patient(allergies=listed([name]))
            told = checked_of([name], patient)
            assert {one.taken.drug for one in told.allergies if one.level is Level.AVOID} == set(
                drug.parts
            ), name


def test_an_allergy_takes_no_other_finding_away() -> None:
    for seed in range(40):
        chance, drugs, patient = drawn(seed)
        allergic = patient.model_copy(
            update={"allergies": listed([*patient.allergies.values, chance.choice(drugs)])}
        )
        before, after = (shown(checked_of(drugs, one)) for one in (patient, allergic))
        assert all(
            after[key].level.rank >= one.level.rank for key, one in before.items() if key[0] == "allergy"
        )
        others = {key: one for key, one in before.items() if key[0] != "allergy"}
        assert {key: after[key] for key in others} == others


KIDNEY = [
    rule
    for rule in HELD.rules.values()
    if any(
        isinstance(a, Number) and a.name in ("egfr", "crcl") for case in rule.cases for a in atoms(case.when)
    )
]


@pytest.mark.parametrize("rule", KIDNEY, ids=lambda rule: str(rule.id))
def test_without_its_kidney_value_a_rule_asks_and_never_passes(rule: Rule) -> None:
    """Whatever a value would bring, without it at least as much is shown; and where values differ, it is asked."""
    name = HELD.drug(next(one for one in sorted(HELD.drugs) if HELD.keys[one] & set(rule.applies_to))).name
    patient = Patient(problems=listed(complete=False))
    bare = shown(checked_of([f"new: {name}"], patient))
    with_ = [
        shown(
            checked_of(
                [f"new: {name}"],
                patient.model_copy(update={"labs": {lab: value(number) for lab in ("eGFR", "CrCl")}}),
            )
        )
        for number in (4, 12, 18, 25, 33, 38, 42, 48, 55, 70, 97)
    ]
    levels = {told[rule.id, name].level if (rule.id, name) in told else Level.NONE for told in with_}
    assert bare[rule.id, name].level.rank >= max(level.rank for level in levels)
    if len(levels) > 1:
        assert not bare[rule.id, name].certain
        asks = checked_of([f"new: {name}"], patient).missing
        assert any("eGFR" in ask or "creatinine clearance" in ask for ask in asks)


@pytest.mark.parametrize("rule", KIDNEY, ids=lambda rule: str(rule.id))
def test_an_egfr_never_stands_for_a_clearance_nor_a_clearance_for_an_egfr(rule: Rule) -> None:
    """The value that the rule's source does not name changes nothing of what the rule shows."""
    asked = {a.name for case in rule.cases for a in atoms(case.when) if isinstance(a, Number)}
    drug = next(one for one in sorted(HELD.drugs) if HELD.keys[one] & set(rule.applies_to))
    name = HELD.drug(drug).name
    for lab, inside in (("eGFR", "egfr"), ("CrCl", "crcl")):
        for number in (8, 24, 38, 52, 97) if inside not in asked else ():
            told = [
                shown(checked_of([name], Patient(labs=labs))).get((rule.id, name))
                for labs in ({}, {lab: value(number)})
            ]
            assert told[0] == told[1]


@pytest.mark.parametrize("rule", RULED, ids=lambda rule: str(rule.id))
def test_learning_never_raises_an_action_nor_unsettles_one(rule: Rule | PairRule) -> None:
    """A patient of whom nothing is known, learnt one fact at a time until all that the rule asks is known."""
    for seed in range(3):
        chance = random.Random(f"{seed} {rule.id}")
        before: Mapping[Key, Shown] = {}
        for drugs, patient in _learning(rule, chance):
            after = {key: one for key, one in shown(checked_of(drugs, patient)).items() if key[0] == rule.id}
            for key, one in before.items():
                now = after.get(key, Shown(Level.NONE, True))
                assert now.level.rank <= one.level.rank, (key, patient)
                assert now.level is one.level or not one.certain, (key, patient)
            of_these = {
                key for key in after if set(key[1:]) <= {one.partition(": ")[2] or one for one in drugs}
            }
            assert not before or of_these <= set(before)
            before = after


def _learning(rule: Rule | PairRule, chance: random.Random) -> Iterator[tuple[list[str], Patient]]:
    """Step by step: values in a random order, the items of a list before the list is complete."""
    sides = (rule.applies_to,) if isinstance(rule, Rule) else (rule.left, rule.right)
    drugs: list[str] = []
    for refs in sides:
        fits = [
            one for one in sorted(HELD.drugs) if HELD.keys[one] & set(refs) and not HELD.drug(one).ingredients
        ]
        drugs.append(HELD.drug(chance.choice([one for one in fits if HELD.drug(one).name not in drugs])).name)
    patient = Patient(
        problems=listed(complete=False), drugs=listed(complete=False), allergies=listed(complete=False)
    )
    yield drugs, patient
    for step in _steps(rule, drugs, chance):
        patient = patient.model_copy(update=_learnt(patient, step))
        if step[0] == "state":
            drugs = [f"{chance.choice(('new', 'continuing'))}: {one}" for one in drugs]
        yield drugs, patient


Step = tuple[str, object]


def _steps(rule: Rule | PairRule, drugs: Sequence[str], chance: random.Random) -> list[Step]:
    items: list[Step] = [("state", None), ("sex", chance.choice(["female", "male"]))]
    for atom in dict.fromkeys(atom for case in rule.cases for atom in atoms(case.when)):
        if isinstance(atom, Number):
            edge = chance.choice(atom.bounds.edges)
            items.append(("number", (atom.name, edge * chance.choice([0.9, 0.999, 1, 1.001, 1.05]))))
        if isinstance(atom, Condition) and chance.random() < 0.5:
            items.append(("problems", chance.choice([HELD.conditions[one].says[0] for one in atom.ids])))
        if isinstance(atom, Takes) and atom.side is None and chance.random() < 0.5:
            fits = [HELD.drug(one).name for one in sorted(HELD.drugs) if HELD.keys[one] & set(atom.what)]
            items += [("drugs", chance.choice(fits))] if set(fits) - set(drugs) else []
        if isinstance(atom, Allergic):
            items.append(("allergies", chance.choice(COVERED)))
        if isinstance(atom, Pregnant | Breastfeeding):
            items.append(("childbearing", (type(atom).__name__.lower(), chance.random() < 0.5)))
    chance.shuffle(items)
    sexed = next(value for kind, value in items if kind == "sex")
    kept = [one for one in items if one[0] != "childbearing" or sexed == "female"]
    kept = [one for one in kept if one[0] != "drugs" or one[1] not in drugs]
    return [*kept, ("complete", "problems"), ("complete", "drugs"), ("complete", "allergies")]


def _learnt(patient: Patient, step: Step) -> dict[str, object]:
    kind, told = step
    if kind == "number" and isinstance(told, tuple):
        name, number = told
        known = value(number, NUMBERS[name])
        field = {"age": "age_years", "weight": "weight", "weeks_pregnant": "weeks_pregnant"}.get(name)
        already = getattr(patient, field) if field else patient.labs.get(name)
        if already is not None:
            return {}
        return {field: known} if field else {"labs": {**patient.labs, name: known}}
    if kind in ("problems", "drugs", "allergies"):
        return {kind: listed([*getattr(patient, kind).values, str(told)], complete=False)}
    if kind == "complete":
        return {str(told): getattr(patient, str(told)).model_copy(update={"complete": True})}
    if kind == "childbearing" and isinstance(told, tuple):
        return {told[0]: Known[bool](value=told[1], origin=MADE)}
    return {"sex": Known[str](value=str(told), origin=MADE)} if kind == "sex" else {}
