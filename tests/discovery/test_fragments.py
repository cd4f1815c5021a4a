"""BRICS recombination and the pool that ships."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("rdkit")

from tools.discovery import filters, fragments, guard, pool
from tools.discovery.molecules import bulk_tanimoto, canonical, chem, fingerprint

SEEDS = pool.shipped()[:30]


@pytest.fixture(scope="module")
def parts() -> tuple[str, ...]:
    return fragments.pieces(SEEDS)


def test_pieces_have_open_ends_and_are_sorted(parts: tuple[str, ...]) -> None:
    assert all("*]" in part for part in parts)
    assert list(parts) == sorted(parts)
    assert fragments.pieces(["c1ccccc1"]) == ()


def test_built_molecules_are_whole_sized_and_distinct(parts: tuple[str, ...]) -> None:
    built = fragments.build(parts, 40, 1)
    assert len(built.smiles) == len(set(built.smiles)) == 40
    for smiles in built.smiles:
        assert canonical(smiles) == smiles
        assert "*" not in smiles
        assert fragments.FEWEST <= chem().MolFromSmiles(smiles).GetNumHeavyAtoms() <= fragments.MOST


def test_a_build_is_the_beginning_of_a_larger_one(parts: tuple[str, ...]) -> None:
    small, large = fragments.build(parts, 10, 3), fragments.build(parts, 20, 3)
    assert small.smiles == large.smiles[:10]
    assert fragments.build(parts, 10, 4).smiles != small.smiles


def test_a_build_without_end_ends() -> None:
    """Two ends that can never be joined, and two that give one small molecule for ever."""
    hopeless = fragments.build(["[16*]c1ccccc1", "[1*]C(C)=O"], 5, 1)
    assert (hopeless.smiles, hopeless.started) == ((), fragments.STEPS * 5)
    assert fragments.build((), 5, 1).started == 0
    one = fragments.build(["[16*]c1ccc(C(F)(F)F)cc1"], 5, 1)
    assert len(one.smiles) == 1
    assert one.repeated == one.started - one.given_up - 1


def test_pieces_come_together_by_the_rules_that_cut_them(parts: tuple[str, ...]) -> None:
    """What is built falls into pieces again."""
    for smiles in fragments.build(parts, 10, 5).smiles:
        assert len(fragments.pieces([smiles])) >= 2


def test_the_pool_that_ships_is_clean_and_unlike_itself() -> None:
    held = pool.shipped()
    assert len(held) == len(set(held)) == pool.SIZE
    prints = [fingerprint(smiles) for smiles in held]
    for at, smiles in enumerate(held):
        assert canonical(smiles) == smiles
        assert guard.check(smiles) is None
        assert max(bulk_tanimoto(prints[at], prints[:at]), default=0.0) <= pool.ALIKE
    of = [filters.properties(smiles) for smiles in held[::10]]
    assert not any(filters.has_alert(smiles) for smiles in held[::10])
    assert min(one.qed for one in of) >= pool.LOWEST_QED
    assert max(one.sa for one in of) <= pool.HIGHEST_SA


def test_the_pool_is_made_again_from_its_pieces() -> None:
    made = pool.made(size=6, started=60)
    assert len(made) == 6
    assert made == pool.made(size=6, started=60)
    assert set(made) <= set(pool.shipped())


def test_the_pool_says_how_it_was_made() -> None:
    state = json.loads(pool.PATH.read_text(encoding="utf-8"))
    assert state["made_by"] == "python -m tools.discovery.pool"
    assert state["seed"] == pool.SEED


def test_without_the_pack_the_shipped_pool_is_the_start() -> None:
    starts, words = pool.starts(1)
    assert starts == pool.shipped()
    assert "our own fragment builder" in words
