"""The Fréchet ChemNet distance: its formula, ChemNet itself, and what is kept of it."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from tools.discovery import chemnet
from tools.discovery.chemnet import Distance, Gaussian
from tools.discovery.worker import DiscoveryMissing

MOLECULES = ("CCO", "CC(=O)Nc1ccc(O)cc1", "c1ccc(-c2ccccc2)cc1", "CCOC(=O)c1ccccc1", "CN1CCN(c2ccccn2)CC1")


def drawn(seed: int, n: int, width: int) -> Gaussian:
    rows = np.random.default_rng(seed).normal(size=(n, width)) * np.arange(1, width + 1) + seed
    return Gaussian(n, rows.mean(axis=0), np.cov(rows, rowvar=False))


def test_the_distance_of_axis_parallel_gaussians_by_hand() -> None:
    one = Gaussian(9, np.array([0.0, 1.0]), np.diag([4.0, 9.0]))
    other = Gaussian(9, np.array([3.0, 1.0]), np.diag([1.0, 25.0]))
    assert chemnet.distance(one, other).value == pytest.approx(9 + (2 - 1) ** 2 + (3 - 5) ** 2)


def test_the_distance_is_symmetric_and_nothing_to_itself() -> None:
    one, other = drawn(1, 40, 6), drawn(2, 50, 6)
    assert chemnet.distance(one, one).value == pytest.approx(0, abs=1e-9)
    assert chemnet.distance(one, other).value == pytest.approx(chemnet.distance(other, one).value)
    assert chemnet.distance(one, other).n_reference == 50


def test_fewer_molecules_than_activations_do_no_harm() -> None:
    few, many = drawn(1, 5, 30), drawn(1, 500, 30)
    assert np.isfinite(chemnet.distance(few, many).value)
    assert chemnet.distance(few, few).value == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("n", "fits"), [(9_999, False), (10_000, True)])
def test_a_distance_says_its_numbers_and_whether_papers_may_stand_beside_it(n: int, fits: bool) -> None:
    found = Distance(0.25, n, 176_074)
    assert found.comparable is fits
    assert f"n {n:,} against 176,074" in str(found)
    assert ("too few for papers" in str(found)) is not fits


def test_two_molecules_at_least() -> None:
    with pytest.raises(ValueError, match="two molecules"):
        chemnet.gaussian(["CCO"])


def test_without_the_extra_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chemnet, "find_spec", lambda name: None)
    chemnet._network.cache_clear()
    with pytest.raises(DiscoveryMissing, match="not installed") as missing:
        chemnet.activations(["CCO"])
    assert missing.value.command.endswith("--extra discovery")


class TestChemNet:
    @pytest.fixture(autouse=True)
    def extra(self) -> None:
        pytest.importorskip("fcd_torch", reason="the extra discovery is not installed")
        chemnet._network.cache_clear()

    def test_the_formula_is_that_of_fcd_torch(self) -> None:
        from fcd_torch.utils import calculate_frechet_distance

        one, other = drawn(1, 900, 12), drawn(2, 900, 12)
        with warnings.catch_warnings():  # it still calls scipy the old way
            warnings.simplefilter("ignore", DeprecationWarning)
            theirs = calculate_frechet_distance(one.mean, one.covariance, other.mean, other.covariance)
        assert chemnet.distance(one, other).value == pytest.approx(theirs, rel=1e-6)

    def test_a_molecule_has_the_same_activations_in_every_batch(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        together = chemnet.activations(MOLECULES)
        monkeypatch.setattr(chemnet, "BATCH", 2)
        apart = chemnet.activations(MOLECULES)
        assert together.shape == (5, 512)
        assert apart == pytest.approx(together, abs=1e-5)
        assert np.ptp(together, axis=0).max() > 0.1, "molecules differ"

    def test_activations_are_those_of_the_package(self) -> None:
        import torch
        from fcd_torch import FCD
        from fcd_torch.utils import SmilesDataset

        rows = SmilesDataset(list(MOLECULES), canonize=True)
        batch = torch.tensor(np.stack([rows[at] for at in range(len(MOLECULES))])).float()
        with torch.no_grad():
            theirs = FCD(device="cpu").model(batch.transpose(1, 2)).numpy()
        assert chemnet.activations(MOLECULES) == pytest.approx(theirs, abs=1e-5)

    def test_a_set_against_itself_is_next_to_nothing(self) -> None:
        held = chemnet.gaussian(MOLECULES)
        assert chemnet.distance(held, held).value == pytest.approx(0, abs=1e-3)

    def test_what_is_kept_is_read_and_not_computed_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = chemnet.gaussian(MOLECULES, tmp_path)

        def never(smiles: object) -> None:
            raise AssertionError("computed again")

        monkeypatch.setattr(chemnet, "activations", never)
        again = chemnet.gaussian(MOLECULES, tmp_path)
        assert np.array_equal(made.covariance, again.covariance)
        with pytest.raises(AssertionError):
            chemnet.gaussian(MOLECULES[:4], tmp_path)
