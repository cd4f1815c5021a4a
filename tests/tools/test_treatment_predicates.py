"""The predicate language: Kleene's tables, completions, and that learning never raises the shown action."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.treatment.predicates import (
    All,
    Answer,
    Any_,
    Atom,
    Bounds,
    Condition,
    Level,
    Not,
    Number,
    Predicate,
    PredicateError,
    Sex,
    Side,
    atoms,
    evaluate,
    truth,
)
from tools.treatment.reading import parse

A, B = Condition(("a",)), Condition(("b",))
TRUTHS = (True, False, None)


@dataclass(frozen=True)
class Made:
    """A case as the engine sees it."""

    when: Predicate | None
    level: Level


@dataclass(frozen=True)
class World:
    """Truths of conditions by name and values of numbers; what is not named is unknown."""

    truths: Mapping[Atom, bool]
    numbers: Mapping[str, float]

    def answer(self, atom: Atom, pair: Mapping[Side, Any]) -> Answer:
        if isinstance(atom, Number):
            value = self.numbers.get(atom.name)
            return Answer(None if value is None else atom.bounds.holds(value), (atom.name,), atom.name)
        return Answer(self.truths.get(atom), (str(atom),), str(atom))


@pytest.mark.parametrize(("one", "other"), list(itertools.product(TRUTHS, TRUTHS)))
def test_kleene_tables(one: bool | None, other: bool | None) -> None:
    known = {A: one, B: other}
    both = False if False in (one, other) else (None if None in (one, other) else True)
    either = True if True in (one, other) else (None if None in (one, other) else False)
    assert truth(All((A, B)), known) is both
    assert truth(Any_((A, B)), known) is either
    assert truth(Not(A), known) is (None if one is None else not one)


CONDITIONS = [Condition((name,)) for name in "abcd"]
NUMBERS = [Number("x", Bounds(lt=edge)) for edge in (30.0, 45.0)] + [Number("y", Bounds(ge=5.0, lt=7.0))]
ATOMS: st.SearchStrategy[Predicate] = st.sampled_from([*CONDITIONS, *NUMBERS])
PREDICATES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Any_(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=5,
)
CASES = st.lists(
    st.builds(Made, st.one_of(st.none(), PREDICATES), st.sampled_from(list(Level))), min_size=1, max_size=4
)
WORLDS = st.builds(
    World,
    st.dictionaries(st.sampled_from(CONDITIONS), st.booleans()),
    st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from([3.0, 5.0, 29.9, 30.0, 44.0, 45.0, 60.0])),
)


@given(PREDICATES, PREDICATES, WORLDS)
def test_de_morgan(one: Predicate, other: Predicate, world: World) -> None:
    known = {atom: world.answer(atom, {}).truth for part in (one, other) for atom in atoms(part)}
    assert truth(Not(All((one, other))), known) is truth(Any_((Not(one), Not(other))), known)
    assert truth(Not(Any_((one, other))), known) is truth(All((Not(one), Not(other))), known)


@settings(max_examples=600, deadline=None)
@given(CASES, WORLDS, WORLDS)
def test_learning_never_raises_the_shown_action(cases: list[Made], before: World, more: World) -> None:
    after = World({**more.truths, **before.truths}, {**more.numbers, **before.numbers})
    assert evaluate(cases, after, {}).level.rank <= evaluate(cases, before, {}).level.rank


@settings(max_examples=200, deadline=None)
@given(CASES, WORLDS)
def test_certain_means_that_nothing_is_asked(cases: list[Made], world: World) -> None:
    verdict = evaluate(cases, world, {})
    assert verdict.certain == (len(verdict.reachable) == 1)
    assert bool(verdict.asks) == (not verdict.certain)


def test_first_match_wins_and_the_strictest_completion_is_shown() -> None:
    cases = [Made(A, Level.NOTE), Made(B, Level.AVOID), Made(None, Level.MONITOR)]
    assert evaluate(cases, World({A: True, B: True}, {}), {}).level is Level.NOTE
    unsure = evaluate(cases, World({B: True}, {}), {})
    assert (unsure.level, unsure.certain, unsure.asks) == (Level.AVOID, False, (str(A),))
    assert unsure.reachable == (Level.AVOID, Level.NOTE)


def test_only_what_changes_the_action_is_asked() -> None:
    cases = [Made(All((A, B)), Level.CHANGE), Made(Sex("male"), Level.CHANGE), Made(None, Level.CHANGE)]
    assert evaluate(cases, World({}, {}), {}).asks == ()


def test_thresholds_of_one_value_are_completed_together() -> None:
    """Below 30 but not below 45 cannot be: the impossible completion is not looked at."""
    low, high = NUMBERS[0], NUMBERS[1]
    cases = [Made(All((low, Not(high))), Level.AVOID), Made(high, Level.CHANGE)]
    assert evaluate(cases, World({}, {}), {}).level is Level.CHANGE


@pytest.mark.parametrize(
    "given",
    [
        {"egfr": {"lt": float("nan")}},
        {"egfr": {"lt": "30"}},
        {"egfr": {}},
        {"eggfr": {"lt": 30}},
        {"egfr": {"lt": 30, "max_age_days": 0}},
        {"takes": {"drug": "x", "side": "left"}},
        {"takes": {"side": "middle"}},
        {"takes": {"drug": "x", "often": True}},
        {"takes": {}},
        {"allergic_to": "penicillin"},
        {"all": []},
        {"sex": "other"},
        {"pregnant": "yes"},
        {"python": "1 == 1"},
        ["egfr"],
    ],
)
def test_the_language_is_closed(given: object) -> None:
    with pytest.raises(PredicateError):
        parse(given)


def test_bounds_are_strict_as_written() -> None:
    potassium = parse({"potassium": {"gt": 3.5, "lt": 5.0}})
    assert isinstance(potassium, Number)
    assert [potassium.bounds.holds(value) for value in (3.5, 3.6, 5.0)] == [False, True, False]
    between = parse({"crcl": {"between": [15, 50]}})
    assert isinstance(between, Number)
    assert [between.bounds.holds(value) for value in (14.9, 15, 50, 50.1)] == [False, True, True, False]
