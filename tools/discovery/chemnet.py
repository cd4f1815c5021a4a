"""Fréchet ChemNet distance: how far the molecules of a set lie from those of another, as a network sees them.

Preuer K et al., J Chem Inf Model 2018;58:1736 (10.1021/acs.jcim.8b00234). ChemNet and its weights come with fcd-torch
(extra ``discovery``). The distance falls as sets grow, so each one carries the numbers of both; below 10,000 it is
compared with nothing but a distance between real sets of the same size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.discovery.worker import DiscoveryMissing

WIDTH = 512
"""Activations of a molecule."""
LONGEST = 350
"""Characters of a SMILES that ChemNet reads."""
BATCH = 256
COMPARABLE = 10_000
"""Molecules from which a distance may stand beside a published one."""


@dataclass(frozen=True)
class Gaussian:
    """Mean and covariance of the ChemNet activations of ``n`` molecules."""

    n: int
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]


@dataclass(frozen=True)
class Distance:
    """A Fréchet ChemNet distance and how many molecules stood on either side."""

    value: float
    n: int
    n_reference: int

    @property
    def comparable(self) -> bool:
        """Whether there are enough molecules to stand beside a published figure."""
        return min(self.n, self.n_reference) >= COMPARABLE

    def __str__(self) -> str:
        few = "" if self.comparable else ", too few for papers"
        return f"{self.value:.3f} (n {self.n:,} against {self.n_reference:,}{few})"


def gaussian(smiles: Sequence[str], cache_in: Path | None = None) -> Gaussian:
    """The Gaussian of canonical SMILES, repeats counted as often as they stand; about 500 molecules a second.

    ``cache_in`` is a folder that keeps it by the digest of the SMILES and the version of ChemNet.

    Raises:
        ValueError: fewer than two molecules.
        DiscoveryMissing: the extra is not installed.
    """
    if len(smiles) < 2:
        raise ValueError("a distribution needs two molecules at least")
    kept = cache_in / f"chemnet-{_digest(smiles)}.npz" if cache_in else None
    if kept and kept.is_file():
        with np.load(kept, allow_pickle=False) as held:
            return Gaussian(len(smiles), held["mean"], held["covariance"])
    found = activations(smiles)
    made = Gaussian(len(smiles), found.mean(axis=0), np.cov(found, rowvar=False))
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part.npz")
        np.savez(part, mean=made.mean, covariance=made.covariance)
        part.replace(kept)
    return made


def activations(smiles: Sequence[str]) -> NDArray[np.float64]:
    """The last layer of ChemNet, one row of 512 a molecule; the SMILES must be canonical.

    Raises:
        DiscoveryMissing: the extra is not installed.
    """
    network, one_hot = _network()
    import torch

    found = np.empty((len(smiles), WIDTH))
    for start in range(0, len(smiles), BATCH):
        rows = [one_hot(one, LONGEST) for one in smiles[start : start + BATCH]]
        # the network was trained on one-hot rows divided by the size of the alphabet
        batch = torch.from_numpy(np.stack(rows) / rows[0].shape[1]).float()
        with torch.no_grad():
            found[start : start + BATCH] = network(batch.transpose(1, 2)).numpy()
    return found


def distance(of: Gaussian, to: Gaussian) -> Distance:
    """|m1 − m2|² + tr(C1 + C2 − 2·(C1·C2)^½), the last by the eigenvalues of C1^½·C2·C1^½.

    Numbers are never below 0; a covariance of fewer molecules than activations is singular and does no harm.
    """
    values, vectors = np.linalg.eigh(of.covariance)
    root = vectors * np.sqrt(values.clip(min=0))
    shared = np.sqrt(np.linalg.eigvalsh(root.T @ to.covariance @ root).clip(min=0)).sum()
    apart = float(((of.mean - to.mean) ** 2).sum())
    value = apart + float(np.trace(of.covariance) + np.trace(to.covariance) - 2 * shared)
    return Distance(max(value, 0.0), of.n, to.n)


@cache
def _network() -> tuple[Any, Any]:
    """ChemNet in evaluation mode and the function that writes a SMILES as one-hot rows."""
    if find_spec("fcd_torch") is None or find_spec("torch") is None:
        raise DiscoveryMissing("fcd-torch, which brings ChemNet, is not installed.")
    from fcd_torch import FCD
    from fcd_torch.utils import get_one_hot

    return FCD(device="cpu", canonize=False).model, get_one_hot


def _digest(smiles: Sequence[str]) -> str:
    text = "\n".join([version("fcd-torch"), *smiles])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
