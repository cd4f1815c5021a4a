"""The critic tells odd rings from real ones, keeps by chance of its own stream, and opens by its digest only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("selfies", reason="the extra discovery is not installed")
pytest.importorskip("rdkit", reason="the extra discovery is not installed")

from tools.discovery import critic, critic_train, generator
from tools.discovery.vae import WrongWeights

RINGS = ("c1ccccc1", "c1ccncc1", "C1CCNCC1", "C1CCOCC1")
REAL = [f"{'C' * left}{ring}{'O' * end}" for left in range(1, 9) for ring in RINGS for end in range(2)]
ODD = [f"{'C' * left}C1{'C' * size}OC1" for left in range(1, 9) for size in range(7, 15)]
ETHANE, STRAINED = "[C][C][C][C][C][C]", "[C][C][C][C][Ring1][Ring2]"


@pytest.fixture(scope="module")
def taught() -> critic_train.Taught:
    return critic_train.teach(REAL, ODD, seed=1, passes=30)


def test_it_tells_odd_rings_from_real_ones(taught: critic_train.Taught) -> None:
    assert taught.accuracy > 0.9
    assert taught.critic.logits(REAL).min() > taught.critic.logits(ODD).max()


def test_the_same_seed_teaches_the_same_critic(taught: critic_train.Taught) -> None:
    again = critic_train.teach(REAL, ODD, seed=1, passes=30)
    assert np.array_equal(again.critic.inner, taught.critic.inner)


def test_what_is_likely_real_is_kept_and_the_rest_by_chance(taught: critic_train.Taught) -> None:
    rng = np.random.default_rng(0)
    assert taught.critic.keeps(REAL, rng).mean() > 0.9
    assert taught.critic.keeps(ODD, rng).mean() < 0.2


def test_a_larger_margin_keeps_fewer(taught: critic_train.Taught) -> None:
    held = taught.critic
    shares = [
        critic.Critic(held.inner, held.inner_bias, held.outer, held.outer_bias, margin)
        .keeps(REAL * 5, np.random.default_rng(0))
        .mean()
        for margin in (0.0, 5.0, 10.0)
    ]
    assert shares[0] > shares[1] > shares[2]


def test_a_logit_of_the_margin_or_more_is_always_kept() -> None:
    zeros = np.zeros((critic.FEATURES, 2), dtype=np.float32)
    sure = critic.Critic(zeros, zeros[0], zeros[0], np.array([1.0], dtype=np.float32), margin=1.0)
    assert sure.keeps(REAL, np.random.default_rng(0)).all()


def test_features_count_rings_by_size_and_atoms() -> None:
    row = critic.features("C1CC1CCc1ccccc1")
    sizes = row[critic.ENVIRONMENTS : -1]
    assert sizes[0] == 1
    assert sizes[3] == 1
    assert sizes.sum() == 2
    assert row[-1] == pytest.approx(11 / 20)
    assert critic.features("C1CCCCCCCCCCCCC1")[critic.ENVIRONMENTS : -1][-1] == 1


def test_numbers_survive_the_file_and_another_digest_is_refused(
    taught: critic_train.Taught, tmp_path: Path
) -> None:
    path = tmp_path / "critic.safetensors"
    sha256 = critic.save(taught.critic, path)
    held = critic.load(path, sha256)
    assert held.logits(REAL) == pytest.approx(taught.critic.logits(REAL), abs=0.1)
    with pytest.raises(WrongWeights, match="sha256"):
        critic.load(path, "0" * 64)


def test_judged_draws_say_what_is_no_molecule_and_what_is_refused(taught: critic_train.Taught) -> None:
    odd = "[C][C][C][C][C][C][C][C][C][C][O][C][Ring1][N]"
    strings = [ETHANE, "", odd, "[Branch1]"] * 40
    draws = list(generator.judged(strings, taught.critic, seed=3))
    assert [one.smiles is None for one in draws[:4]] == [False, True, False, True]
    assert not any(one.kept for one in draws if one.smiles is None)
    assert all(one.kept == (one.smiles is not None) for one in generator.judged(strings, None, seed=3))
    assert sum(one.kept for one in draws[2::4]) < 20
    assert list(generator.judged(strings, taught.critic, seed=3)) == draws
