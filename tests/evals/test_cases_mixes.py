"""Mixes hold what they promise, and their weights lead back to nature."""

from __future__ import annotations

from collections import Counter

import pytest

from evals.cases.make import cases
from evals.cases.mixes import MIXES, effective, plan
from evals.cases.world import world


@pytest.mark.parametrize("n", [12, 101, 640])
@pytest.mark.parametrize("seed", [0, 3])
def test_enriched_has_enough_emergencies_half_of_them_atypical(n: int, seed: int) -> None:
    made = list(cases(n, seed))
    emergencies = [case for case in made if case.gold.level == "emergency"]
    assert len(emergencies) >= max(n // 4, min(300, n // 2))
    atypical = sum("atypical" in case.tags for case in emergencies)
    assert abs(atypical - len(emergencies) / 2) <= 1


def test_balanced_gives_each_level_a_quarter() -> None:
    levels = Counter(case.gold.level for case in cases(200, 1, mix="balanced"))
    assert set(levels.values()) == {50}


@pytest.mark.parametrize("mix", MIXES)
def test_weights_lead_back_to_nature(mix: str) -> None:
    """The expected weight of a case is 1, and the weighted share of each stratum is its natural one."""
    drawn, strata = plan(mix), world().strata  # type: ignore[arg-type]
    total = sum(one.rate for one in strata)
    shares = {
        one.name: one.rate / total / drawn.weights[one.name] for one in strata if one.name in drawn.weights
    }
    assert sum(shares.values()) == pytest.approx(1)
    assert sum(shares[name] * drawn.weights[name] for name in shares) == pytest.approx(1)
    if mix == "natural":
        assert all(weight == pytest.approx(1) for weight in drawn.weights.values())


def test_drawn_shares_are_the_planned_ones() -> None:
    made = list(cases(1600, 5))
    counts = Counter(f"{case.latent.condition}/{case.latent.severity}" for case in made)
    strata = {one.name: one for one in world().strata}
    total = sum(one.rate for one in strata.values())
    for name, count in counts.items():
        share = strata[name].rate / total / plan("enriched").weights[name]
        assert abs(count - 1600 * share) < 5 * (1600 * share) ** 0.5 + 3, name


def test_everything_that_can_be_drawn_is_drawn() -> None:
    made = [*cases(1200, 6, mix="balanced"), *cases(1200, 6)]
    held = world()
    assert {f"{case.latent.condition}/{case.latent.severity}" for case in made} == {
        one.name for one in held.strata
    }
    people = [case.latent.person for case in made]
    ways = held.population.ways
    assert {one.persona for one in people} == set(ways.personas)
    assert {one.literacy for one in people} == set(ways.literacy)
    assert {one.country for one in people} == {*ways.countries, *ways.abroad.values()}
    assert {case.presented.language for case in made} == set(ways.languages)
    problems = {problem for case in made for problem in case.latent.problems}
    assert {one.id for one in held.chronic.chronic} <= problems
    taken = {drug.name for case in made for drug in case.latent.drugs}
    assert {name for one in held.chronic.chronic for row in one.drugs for name in row.of} <= taken
    substances = {one.substance for case in made for one in case.latent.allergies}
    assert substances == {row.substance for row in held.chronic.allergies.rows}
    assert any(one.pregnant for one in people)
    assert {"mother", "father"} <= {one.proxy for one in people}


def test_effective_sample_size() -> None:
    assert effective([]) == 0
    assert effective([1, 1, 1, 1]) == 4
    assert effective([1, 0, 0, 0]) == 1
    assert effective(iter([2.0, 2.0])) == 2


def test_unknown_mix_is_refused() -> None:
    with pytest.raises(ValueError, match="natural, balanced, enriched"):
        plan("wild")  # type: ignore[arg-type]
