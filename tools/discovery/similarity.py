"""Tanimoto similarity of many fingerprints at once, kept as packed bits (128 bytes a molecule).

Tanimoto: shared bits over bits in either. Two empty fingerprints are the same (1), as in MOSES.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
"""One row a molecule: a Morgan fingerprint of 1,024 bits, packed."""

BLOCK = 2_048
"""Rows compared at once: 16 MB of similarities."""


def nearest(of: Bits, among: Bits) -> NDArray[np.float64]:
    """For each row of ``of`` the highest similarity to any row of ``among``; the rows themselves are not left out.

    Raises:
        ValueError: there is nothing to compare with.
    """
    if not len(among):
        raise ValueError("no molecule to compare with")
    best = np.zeros(len(of))
    for rows, ours in _blocks(of):
        for _, theirs in _blocks(among):
            best[rows] = np.maximum(best[rows], _tanimoto(ours, theirs).max(axis=1))
    return best


def internal_diversity(of: Bits, p: int = 1) -> float:
    """1 − the mean over all molecules of (mean of T^p to every molecule, itself included)^(1/p); p 1 or 2.

    The root is taken for each molecule, as in the code of MOSES, and not once over all pairs.
    """
    if not len(of):
        raise ValueError("no molecules")
    sums = np.zeros(len(of))
    for rows, ours in _blocks(of):
        for _, theirs in _blocks(of):
            sums[rows] += (_tanimoto(ours, theirs) ** p).sum(axis=1, dtype=np.float64)
    return float(1 - ((sums / len(of)) ** (1 / p)).mean())


def _blocks(bits: Bits) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    for start in range(0, len(bits), BLOCK):
        rows = slice(start, start + BLOCK)
        yield rows, np.unpackbits(bits[rows], axis=1).astype(np.float32)


def _tanimoto(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> NDArray[np.float32]:
    """All pairs of two blocks; counts of bits are exact in single precision."""
    shared: NDArray[np.float32] = ours @ theirs.T
    either = ours.sum(axis=1)[:, None] + theirs.sum(axis=1)[None, :] - shared
    nothing = either == 0
    either[nothing] = shared[nothing] = 1
    np.divide(shared, either, out=shared)
    return shared
