"""The weights that ship: they open, draw molecules, and keep what their card says."""

from __future__ import annotations

import hashlib

import pytest

pytest.importorskip("selfies", reason="the extra discovery is not installed")
pytest.importorskip("rdkit", reason="the extra discovery is not installed")

from tools.discovery import generator
from tools.discovery.molecules import canonical
from tools.discovery.tokens import molecule
from tools.discovery.vae_card import FOLDER, VaeCard

SEED = 20


@pytest.fixture(scope="module")
def card() -> VaeCard:
    return VaeCard.read()


def test_the_files_are_those_of_the_card_and_small(card: VaeCard) -> None:
    assert card.critic
    named = {card.file: card.sha256, card.critic.file: card.critic.sha256}
    for name, sha256 in named.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == sha256
    assert sum(path.stat().st_size for path in FOLDER.glob("*.safetensors")) < 6_000_000
    assert {path.name for path in FOLDER.glob("*.safetensors")} == set(named)


def test_the_card_says_where_the_numbers_come_from_and_how_good_they_are(card: VaeCard) -> None:
    assert card.data.licence == "MIT"
    assert len(card.data.sha256) == 64
    assert card.data.trained_on >= 500_000
    assert 5 <= card.held_out.kl <= 15
    assert card.chosen
    assert card.not_for
    assert {row.prior for row in card.measured} == {"standard", "fitted"}
    assert all(row.n >= 10_000 and row.valid >= 0.95 for row in card.measured)
    best = min(card.measured, key=lambda row: row.fcd)
    assert (best.prior, best.temperature, best.critic) == (card.prior, card.temperature, True)
    assert best.fcd <= 3
    assert best.qed >= 0.75
    (alone,) = (row for row in card.measured if (row.prior, row.temperature) == card.alone and not row.critic)
    assert alone.fcd <= 3
    assert alone.qed >= 0.75


@pytest.mark.parametrize("prior", ["standard", "fitted"])
def test_draws_are_molecules_and_hardly_repeat(prior: generator.Prior) -> None:
    drawn = generator.drawn(200, SEED, prior=prior)
    valid = [one for one in drawn if one]
    assert len(drawn) == 200
    assert len(valid) > 0.95 * 200
    assert len(set(valid)) > 0.97 * len(valid)
    assert all(canonical(one) == one for one in valid)


def test_generate_gives_distinct_molecules_and_the_same_ones_again() -> None:
    few, more = generator.generate(40, SEED), generator.generate(80, SEED)
    assert len(set(few.molecules)) == 40
    assert more.molecules[:40] == few.molecules
    assert few.drawn >= few.valid >= few.refused + 40
    assert generator.generate(40, SEED) == few
    assert generator.generate(40, SEED + 1).molecules != few.molecules


def test_the_critic_refuses_some_and_what_it_keeps_is_closer_to_drugs() -> None:
    from tools.discovery.filters import qed

    plain = [one for one in generator.drawn(200, SEED) if one]
    kept = generator.generate(200, SEED)
    assert 0.2 < kept.refused / kept.valid < 0.8
    assert sum(map(qed, kept.molecules)) / len(kept.molecules) > sum(map(qed, plain)) / len(plain)


def test_neighbours_are_nearer_to_the_given_molecule_than_other_draws_are() -> None:
    from tools.discovery.molecules import bulk_tanimoto, fingerprint

    given = "O=C(Nc1ccc(F)cc1)N1CCOCC1"
    around = generator.neighbours([given], 60, SEED)
    other = generator.generate(60, SEED)
    assert len(around.molecules) == 60
    assert given not in around.molecules
    near, far = (
        sum(bulk_tanimoto(fingerprint(given), [fingerprint(one) for one in found.molecules])) / 60
        for found in (around, other)
    )
    assert near > far + 0.02


def test_given_molecules_that_cannot_be_coded_are_named() -> None:
    salt = "C[N+](C)(C)C"
    found = generator.neighbours([salt, "CC(C)Cc1ccc(cc1)[C@@H](C)C(=O)O"], 5, SEED)
    assert found.skipped == (salt,)
    assert len(found.molecules) == 5
    with pytest.raises(ValueError, match="none of the given"):
        generator.neighbours([salt], 5, SEED)


def test_the_way_between_two_molecules_begins_and_ends_near_them() -> None:
    _, vae = generator.generator()
    first, second = "O=C(Nc1ccc(F)cc1)N1CCOCC1", "CCOC(=O)c1ccc(NC(=O)C2CC2)cc1"
    way = vae.between(first, second, 5, SEED, temperature=0.1)
    assert len(way) == 5
    assert all(molecule(one) for one in way)
    assert way[0] != way[-1]
