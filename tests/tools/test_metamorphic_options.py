"""How the options of every shipped indication move when the patient, the way of writing or the weights change."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping

import pytest

from evals.bench.treatment.options import Tally, derived, singles
from evals.bench.treatment.patients import listed, some_patient, value
from retrieval.patient import Patient
from tests.tools.treatment_made import DAY
from tools.treatment.indications import CRITERIA, Criterion, Indication
from tools.treatment.load import knowledge
from tools.treatment.options import Considered, Option, State, consider
from tools.treatment.predicates import Level

HELD = knowledge()
SHIPPED = tuple(HELD.indications.values())
COVERED = sorted(HELD.drug(one).name for one in HELD.covered)
SEEDS = range(3)
every = pytest.mark.parametrize("indication", SHIPPED, ids=lambda one: str(one.id))
many = pytest.mark.parametrize("seed", SEEDS)
Said = dict[tuple[str, str, str], Level]


def patient_of(seed: int) -> tuple[random.Random, Patient]:
    chance = random.Random(seed)
    return chance, some_patient(chance, HELD)


def of(
    indication: Indication, patient: Patient, weights: Mapping[Criterion, float] | None = None
) -> Considered:
    return consider(indication, patient, today=DAY, weights=weights)


def said(considered: Considered) -> Said:
    """The strictest action of each rule on each drug that stands alone, whatever else is said."""
    told: Said = {}
    for option in considered.options:
        for choice in option.choices if len(option.entry.regimen) == 1 else ():
            for hit in choice.hits:
                key = (
                    option.entry.id,
                    choice.drug,
                    _about(hit.kind, hit.finding.evidence[0].source.id, hit.finding.names),
                )
                told[key] = max(told.get(key, Level.NONE), hit.level, key=lambda level: level.rank)
    return told


def _about(kind: str, source: str, names: tuple[str, ...]) -> str:
    return (
        " ".join([kind, source, *sorted(names)])
        if source.startswith("fact:")
        else " ".join([kind, *sorted(names)])
    )


def shape(considered: Considered) -> list[tuple[object, ...]]:
    return [
        (
            one.entry.id,
            one.state,
            one.layer,
            one.rank,
            dict(one.scores),
            [c.drug for c in one.best],
            one.first_share,
        )
        for one in considered.options
    ]


@every
@many
def test_order_of_lists_units_and_brands_change_nothing(indication: Indication, seed: int) -> None:
    _, patient = patient_of(seed)
    labs = dict(patient.labs)
    if "creatinine" in labs:
        labs["creatinine"] = value(labs["creatinine"].value * 88.4, "µmol/L")
    other = patient.model_copy(
        update={
            "labs": dict(reversed(labs.items())),
            "weight": patient.weight and value(patient.weight.value / 0.45359237, "lb"),
            "drugs": listed(
                [_brand(one) for one in patient.drugs.values[::-1]], complete=patient.drugs.complete
            ),
            "problems": patient.problems.model_copy(update={"items": patient.problems.items[::-1]}),
        }
    )
    assert shape(of(indication, patient)) == shape(of(indication, other))


def _brand(name: str) -> str:
    drug = next(one for one in HELD.drugs.values() if one.name == name)
    return drug.brands[0] if drug.brands else name


@every
@many
def test_an_allergy_to_its_drug_excludes_a_choice(indication: Indication, seed: int) -> None:
    chance, patient = patient_of(seed)
    drugs = [choice.drug for option in of(indication, patient).options for choice in option.choices]
    drug = chance.choice(sorted(set(drugs)))
    allergic = patient.model_copy(
        update={"allergies": listed([*patient.allergies.values, HELD.drug(drug).name], complete=True)}
    )
    after = [choice for option in of(indication, allergic).options for choice in option.choices]
    assert {choice.state for choice in after if choice.drug == drug} == {State.EXCLUDED}


@every
@many
def test_an_incomplete_list_lowers_no_action_and_opens_nothing(indication: Indication, seed: int) -> None:
    chance, patient = patient_of(seed)
    name = chance.choice(["problems", "drugs", "allergies"])
    whole, part = (
        of(indication, patient.model_copy(
            update={name: getattr(patient, name).model_copy(update={"complete": complete})}))
        for complete in (True, False)
    )  # fmt: skip
    for key, level in said(whole).items():
        assert said(part)[key].rank >= level.rank, key
    states = {one.entry.id: one.state for one in whole.options}
    for one in part.of(State.OPEN):
        assert states[one.entry.id] is State.OPEN


@every
@many
def test_an_added_drug_takes_no_finding_away_unless_it_lowers_it_by_name(
    indication: Indication, seed: int
) -> None:
    chance, patient = patient_of(seed)
    more = chance.choice([one for one in COVERED if one not in patient.drugs.values])
    added = patient.model_copy(
        update={"drugs": listed([*patient.drugs.values, more], complete=patient.drugs.complete)}
    )
    before, after = of(indication, patient), of(indication, added)
    told = said(after)
    for (option, drug, about), level in said(before).items():
        if drug in {part for one in HELD.drugs.values() if one.name == more for part in one.parts}:
            continue  # a drug that is taken is no longer a new start beside itself
        if told.get((option, drug, about), Level.NONE).rank < level.rank:
            assert any(more in statement for statement in _statements(after, option, drug)), about
            assert (option, drug, about) in told


def _statements(considered: Considered, option: str, drug: str) -> list[str]:
    return [
        hit.finding.statement
        for one in considered.options
        if one.entry.id == option
        for choice in one.choices
        if choice.drug == drug
        for hit in choice.hits
    ]


@every
@many
def test_learning_a_value_raises_no_action_and_moves_nothing_that_is_settled(
    indication: Indication, seed: int
) -> None:
    """One value after the other, then the lists are completed: a rule's action falls or stays."""
    chance, known = patient_of(seed)
    values = list(known.labs.items())
    chance.shuffle(values)
    steps: list[dict[str, object]] = [{"labs": dict(values[: n + 1])} for n in range(len(values))]
    steps += [
        {name: getattr(known, name)}
        for name in ("age_years", "sex", "pregnant", "weight")
        if getattr(known, name)
    ]
    steps += [
        {name: getattr(known, name).model_copy(update={"complete": True})}
        for name in ("problems", "drugs", "allergies")
    ]
    open_lists = {
        name: getattr(known, name).model_copy(update={"complete": False})
        for name in ("problems", "drugs", "allergies")
    }
    patient = Patient(**open_lists)
    before = of(indication, patient)
    for step in steps:
        patient = patient.model_copy(update=step)
        after = of(indication, patient)
        told = said(before)
        for key, level in said(after).items():
            assert level.rank <= told[key].rank, (key, step)
        _settled(before, after)
        before = after


def _settled(before: Considered, after: Considered) -> None:
    """What is open or excluded for certain stays so; an exclusion may turn into "not meant"."""
    states = {one.entry.id: one.state for one in after.options}
    for one in before.options:
        if one.state in (State.OPEN, State.NOT_MEANT):
            assert states[one.entry.id] is one.state, one.entry.id
        if one.state is State.EXCLUDED:
            assert states[one.entry.id] in (State.EXCLUDED, State.NOT_MEANT), one.entry.id


@every
@many
@pytest.mark.parametrize("lab", ["eGFR", "CrCl", "creatinine"])
def test_without_a_kidney_value_nothing_opens(indication: Indication, seed: int, lab: str) -> None:
    _, patient = patient_of(seed)
    labs = {name: known for name, known in patient.labs.items() if name not in ("eGFR", "CrCl", "creatinine")}
    number = value(2.4, "mg/dL") if lab == "creatinine" else value(24)
    with_ = of(indication, patient.model_copy(update={"labs": {**labs, lab: number}}))
    without = {one.entry.id: one for one in of(indication, patient.model_copy(update={"labs": labs})).options}
    for one in with_.of(State.EXCLUDED):
        assert without[one.entry.id].state is not State.OPEN
    for one in without.values():
        assert one.state is not State.UNDECIDED or one.missing


@every
@many
def test_weights_times_a_constant_keep_the_order(indication: Indication, seed: int) -> None:
    chance, patient = patient_of(seed)
    weights: dict[Criterion, float] = {name: chance.choice([0.0, 0.5, 1.0, 1.5, 2.0]) for name in CRITERIA}
    twice: dict[Criterion, float] = {name: 2 * weight for name, weight in weights.items()}
    one, other = (of(indication, patient, used) for used in (weights, twice))
    assert shape(one) == shape(other)


@every
@many
def test_a_duplicate_option_stands_in_the_same_layer_and_moves_no_other(
    indication: Indication, seed: int
) -> None:
    chance, patient = patient_of(seed)
    which = chance.choice(indication.options)
    twin = which.model_copy(update={"id": f"{which.id}.twin"})
    doubled = indication.model_copy(update={"options": (*indication.options, twin)})
    before, after = (_layers(of(one, patient)) for one in (indication, doubled))
    assert after.pop(twin.id) == before[which.id]
    assert after == before


def _layers(considered: Considered) -> dict[str, tuple[State, int | None]]:
    found: dict[str, tuple[State, int | None]] = {}
    options: tuple[Option, ...] = considered.options
    for one in options:
        found[one.entry.id] = (one.state, one.layer)
    return found


def test_every_shipped_indication_is_tried() -> None:
    assert len(SHIPPED) >= 12
    assert all(len(one.options) > 1 for one in SHIPPED)


@pytest.mark.parametrize("part", range(8))
def test_a_patient_derived_from_a_rule_is_excluded_by_it_and_asked_without_its_fact(part: int) -> None:
    """A share of what evals/bench/treatment/options.py measures: the gold comes from the rule's cases alone."""
    told = Tally()
    for offered, drug, rule in itertools.islice(singles(HELD), part, None, 8):
        derived(told, offered, drug, rule, {"it": drug}, "it", HELD)
    assert told.cases
    assert (told.excluded, told.named, told.asked) == (told.cases, told.cases, told.hidden), told.faults
