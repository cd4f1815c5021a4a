"""A critic that has learned to tell drawn molecules from real ones, and refuses a draw the more it looks like one.

Discriminator rejection sampling (Azadi S et al., "Discriminator rejection sampling", ICLR 2019, arXiv 1810.06758): if
the critic were perfect, what is kept would follow the real molecules. Ours reads counts of atom environments, sizes of
rings and the number of atoms, so it mends what a writer of strings gets wrong: rings that close at the wrong atom.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.discovery.molecules import chem, rdkit
from tools.discovery.vae import arrays_of

Values = NDArray[np.float32]

KIND = "molecule-critic"
ENVIRONMENTS = 2_048
"""Cells that atom environments (Morgan, radius 2) are counted in."""
SMALLEST_RING, LARGEST_RING = 3, 11
"""Rings are counted by size; the last cell holds all larger ones."""
FEATURES = ENVIRONMENTS + LARGEST_RING - SMALLEST_RING + 2


@dataclass(frozen=True)
class Critic:
    """Two layers of numbers. ``margin`` is the logit from which a molecule is always kept."""

    inner: Values
    """Features × width."""
    inner_bias: Values
    outer: Values
    """Width."""
    outer_bias: Values
    """One number."""
    margin: float = 0.0

    def logits(self, smiles: Sequence[str]) -> Values:
        """How much likelier each molecule is real than drawn, in nats."""
        rows = np.stack([features(one) for one in smiles])
        hidden = np.maximum(rows @ self.inner + self.inner_bias, 0)
        return np.asarray(hidden @ self.outer + self.outer_bias, dtype=np.float32)

    def keeps(self, smiles: Sequence[str], rng: np.random.Generator) -> NDArray[np.bool_]:
        """Which of drawn molecules are kept: each with the chance exp(logit − margin), at most 1."""
        chances = np.exp(np.minimum(self.logits(smiles) - self.margin, 0))
        return np.asarray(rng.random(len(smiles)) < chances)


def features(smiles: str) -> Values:
    """What the critic reads of a molecule: log1p of environment counts, rings by size, heavy atoms in twenties."""
    mol = chem().MolFromSmiles(smiles)
    row = np.zeros(FEATURES, dtype=np.float32)
    row[:ENVIRONMENTS] = np.log1p(_environments().GetCountFingerprintAsNumPy(mol))
    for ring in mol.GetRingInfo().AtomRings():
        row[ENVIRONMENTS + min(len(ring), LARGEST_RING) - SMALLEST_RING] += 1
    row[-1] = mol.GetNumHeavyAtoms() / 20
    return row


@cache
def _environments() -> Any:
    return rdkit("Chem.rdFingerprintGenerator").GetMorganGenerator(radius=2, fpSize=ENVIRONMENTS)


def save(critic: Critic, path: Path) -> str:
    """Write the numbers in half precision, and return the sha256 of the file."""
    from safetensors.numpy import save_file

    arrays = {"inner": critic.inner, "inner_bias": critic.inner_bias, "outer": critic.outer,
              "outer_bias": critic.outer_bias}  # fmt: skip
    halves = {name: np.ascontiguousarray(value, dtype=np.float16) for name, value in arrays.items()}
    save_file(halves, path, {"kind": KIND, "margin": repr(critic.margin)})
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load(path: Path, sha256: str) -> Critic:
    """Open what :func:`save` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        WrongWeights: its digest is another, or it holds something else.
    """
    told, arrays = arrays_of(path, sha256, KIND)
    return Critic(**arrays, margin=float(told["margin"]))
