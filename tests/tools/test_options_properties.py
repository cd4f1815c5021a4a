"""Properties of layers, order and stability; and how options move when the patient changes."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.patient import Known, Patient
from tests.tools.test_options_random import problem_names
from tests.tools.treatment_made import DAY, entry, indication
from tests.tools.treatment_patients import WORDS, make
from tools.treatment.candidate import drugs_of
from tools.treatment.indications import CRITERIA, Criterion, Indication
from tools.treatment.layers import EVEN, Ranked, Scores, dominates, layers, order
from tools.treatment.load import knowledge
from tools.treatment.options import Considered, State, consider
from tools.treatment.stability import first_by, stability
from tools.treatment.units import AGES_OF_CHILDBEARING

SHIPPED = tuple(knowledge().indications.values())
COVERED = tuple(sorted(knowledge().drug(one).name for one in knowledge().covered))
scores: st.SearchStrategy[dict[Criterion, int]] = st.one_of(
    st.fixed_dictionaries({name: st.integers(1, 5) for name in CRITERIA}),
    st.dictionaries(st.sampled_from(CRITERIA), st.integers(1, 5)),
)
many = st.lists(scores, min_size=1, max_size=8)
weights = st.fixed_dictionaries({name: st.integers(0, 16).map(lambda n: n / 4) for name in CRITERIA})


def ranked(given_: list[dict[Criterion, int]], chance: random.Random) -> tuple[list[Ranked], dict[str, int]]:
    made = [
        Ranked(f"o{n}", chance.choice([1, 2]), chance.choice(["strong", "conditional"]), one)
        for n, one in enumerate(given_)
    ]
    return made, dict(zip((one.id for one in made), layers(given_), strict=True))


@given(many)
def test_no_dominated_option_stands_in_a_higher_layer(options: list[Scores]) -> None:
    found = layers(options)
    for one, its in zip(options, found, strict=True):
        for other, theirs in zip(options, found, strict=True):
            if dominates(one, other):
                assert its < theirs
    for other, theirs in zip(options, found, strict=True):
        above = [its for one, its in zip(options, found, strict=True) if dominates(one, other)]
        assert theirs == 1 + max(above, default=0)


@given(scores, scores)
def test_what_is_not_scored_neither_dominates_nor_is_dominated(one: Scores, other: Scores) -> None:
    assert not (dominates(one, other) and dominates(other, one))
    if len(one) < len(CRITERIA):
        assert not dominates(one, other)
        assert not dominates(other, one)


@given(many, st.data())
def test_a_duplicate_stands_in_the_same_layer_and_moves_no_other(
    options: list[Scores], data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, len(options) - 1))
    before, after = layers(options), layers([*options, options[which]])
    assert after[:-1] == before
    assert after[-1] == before[which]


@given(many, weights, st.sampled_from([0.125, 0.5, 2.0, 3.0, 8.0]), st.randoms(use_true_random=False))
def test_weights_times_a_constant_keep_the_order(
    options: list[dict[Criterion, int]], used: dict[Criterion, float], factor: float, chance: random.Random
) -> None:
    made, places = ranked(options, chance)
    more = {name: weight * factor for name, weight in used.items()}
    assert order(made, places, used) == order(made, places, more)


@given(many, st.randoms(use_true_random=False))
def test_the_order_does_not_hang_on_the_order_of_the_file(
    options: list[dict[Criterion, int]], chance: random.Random
) -> None:
    made, places = ranked(options, chance)
    mixed = list(made)
    chance.shuffle(mixed)
    assert order(made, places, EVEN) == order(mixed, places, EVEN)


@settings(max_examples=30, deadline=None)
@given(many, weights, st.randoms(use_true_random=False))
def test_stability_shares_add_up_and_ranks_hold_the_present_one(
    options: list[dict[Criterion, int]], used: dict[Criterion, float], chance: random.Random
) -> None:
    made, places = ranked(options, chance)
    found = stability(made, places, used)
    assert sum(one.first_share for one in found.values()) == pytest.approx(1)
    for rank, name in enumerate(order(made, places, used), start=1):
        assert found[name].best <= rank <= found[name].worst


@settings(max_examples=60, deadline=None)
@given(many, weights, st.randoms(use_true_random=False))
def test_the_weight_that_puts_an_option_first_does_and_no_smaller_does(
    options: list[dict[Criterion, int]], used: dict[Criterion, float], chance: random.Random
) -> None:
    made, places = ranked(options, chance)
    last = order(made, places, used)[-1]
    found = first_by(last, made, places, used)
    if found is not None and len(made) > 1:
        criterion, weight = found
        assert order(made, places, {**used, criterion: weight})[0] == last
        assert weight > used[criterion]
        smaller = weight - (0.25 * used[criterion] or 0.25)
        if smaller > used[criterion]:
            assert order(made, places, {**used, criterion: smaller})[0] != last


FULL = {
    "age": [30.0, 66.0, 81.0],
    "sex": ["female", "male"],
    "weight": [55.0, 90.0],
    "creatinine": [0.8, 1.6, 3.0],
    "potassium": [3.2, 4.0, 5.6],
    "QTc": [420.0, 460.0, 510.0],
    "pregnant": [True, False],
    "HbA1c": [6.0, 9.0],
}


def states(given_: Indication, patient: Patient) -> dict[tuple[str, str], State]:
    """The state of every option and of every drug of it."""
    found: dict[tuple[str, str], State] = {}
    for one in consider(given_, patient, today=DAY).options:
        found[one.entry.id, ""] = one.state
        if len(one.entry.regimen) == 1:
            found |= {(one.entry.id, choice.drug): choice.state for choice in one.choices}
    return found


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_learning_never_lifts_what_is_certain_and_never_excludes_what_is_open(data: st.DataObject) -> None:
    """A patient of whom little is known, and the same of whom more is."""
    given_ = data.draw(st.sampled_from(SHIPPED))
    drugs = tuple(data.draw(st.lists(st.sampled_from(COVERED), max_size=4, unique=True)))
    values: dict[str, Any] = {name: data.draw(st.sampled_from(choices)) for name, choices in FULL.items()}
    if values["sex"] == "male" or values["age"] > AGES_OF_CHILDBEARING[1]:
        del values["pregnant"]
    problems = tuple(data.draw(st.lists(st.sampled_from(problem_names()), max_size=3, unique=True)))
    hidden = set(data.draw(st.lists(st.sampled_from(sorted(values)), unique=True)))
    fewer = {name: value for name, value in values.items() if name not in hidden}
    known = problems[: data.draw(st.integers(0, len(problems)))]
    before = states(given_, make(drugs=drugs, problems=known, **fewer))
    after = states(given_, make(drugs=drugs, problems=problems, complete=True, **values))
    for name, state in before.items():
        if state is not State.UNDECIDED:
            certain = {state, State.NOT_MEANT} if state is State.EXCLUDED else {state}
            assert after[name] in certain, (name, state, after[name])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_list_that_is_not_complete_opens_nothing(data: st.DataObject) -> None:
    given_ = data.draw(st.sampled_from(SHIPPED))
    drugs = tuple(data.draw(st.lists(st.sampled_from(COVERED), max_size=4, unique=True)))
    problems = tuple(data.draw(st.lists(st.sampled_from(problem_names()), max_size=3, unique=True)))
    whole, part = (
        states(
            given_,
            make(
                age=60, sex="male", weight=80, creatinine=1.4, drugs=drugs, problems=problems, complete=told
            ),
        )
        for told in (True, False)
    )
    for name, state in part.items():
        if state is State.OPEN:
            assert whole[name] is State.OPEN


@pytest.mark.parametrize("given_", SHIPPED, ids=lambda one: str(one.id))
def test_an_allergy_takes_its_drug_away_from_every_option(given_: Indication) -> None:
    patient = {"age": 50, "sex": "male", "weight": 80, "creatinine": 0.9, "complete": True}
    for option in given_.options:
        for drug in {one for part in drugs_of(option, knowledge()) for one in part}:
            name = knowledge().drug(drug).name
            after = consider(given_, make(**patient, allergies=(name,)), today=DAY)
            shown = next(one for one in after.options if one.entry.id == option.id)
            assert next(one for one in shown.choices if one.drug == drug).state is State.EXCLUDED
            assert all(choice.drug != drug for one in after.of(State.OPEN) for choice in one.best)


@pytest.mark.parametrize("given_", SHIPPED, ids=lambda one: str(one.id))
@pytest.mark.parametrize("value", [10, 25, 38, 52])
def test_without_its_kidney_value_what_it_excluded_is_asked_and_never_open(
    given_: Indication, value: float
) -> None:
    with_ = states(given_, make(age=60, sex="male", eGFR=value, CrCl=value, complete=True))
    without = consider(given_, make(age=60, sex="male", complete=True), today=DAY)
    bare = states(given_, make(age=60, sex="male", complete=True))
    for name, state in with_.items():
        if state is State.EXCLUDED:
            assert bare[name] is not State.OPEN
    for one in without.of(State.UNDECIDED):
        assert one.missing


def shape(considered: Considered) -> list[Any]:
    return [
        (one.entry.id, one.state, one.layer, one.rank, one.scores, sorted(hit.level for hit in one.hits))
        for one in considered.options
    ]


@pytest.mark.parametrize("given_", SHIPPED, ids=lambda one: str(one.id))
def test_names_units_and_order_of_what_is_told_change_nothing(given_: Indication) -> None:
    told = {"age": 68, "sex": "female", "weight": 62, "complete": True}
    one = make(**told, creatinine=1.5, drugs=("Xarelto", "Advil", "sertraline"))
    other = make(**told, creatinine=1.5, drugs=("sertraline", "rivaroxaban", "ibuprofen"))
    metric = Known[float](value=1.5 * 88.4, unit="µmol/L", origin=WORDS)
    pounds = Known[float](value=62 / 0.45359237, unit="lb", origin=WORDS)
    third = other.model_copy(update={"labs": {"creatinine": metric}, "weight": pounds})
    shapes = [shape(consider(given_, patient, today=DAY)) for patient in (one, other, third)]
    assert shapes[0] == shapes[1] == shapes[2]


@pytest.mark.parametrize("given_", SHIPPED, ids=lambda one: str(one.id))
@pytest.mark.parametrize("extra", ["furosemide", "clarithromycin", "lithium", "siltuximab"])
def test_an_added_drug_opens_nothing(given_: Indication, extra: str) -> None:
    told = {"age": 68, "sex": "male", "weight": 62, "creatinine": 1.5, "complete": True}
    before = states(given_, make(**told, drugs=("ibuprofen",)))
    after = states(given_, make(**told, drugs=("ibuprofen", extra)))
    for name, state in after.items():
        if state is State.OPEN:
            assert before[name] is State.OPEN


def test_a_duplicate_option_stands_beside_its_twin() -> None:
    twins = [entry(name, ["drug:metformin"]) for name in ("one", "two")]
    found = consider(indication(*twins), make(eGFR=80, complete=True), today=DAY).options
    assert found[0].layer == found[1].layer == 1
    assert found[0].scores == found[1].scores
