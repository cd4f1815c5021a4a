"""Near-duplicates: the same picture twice, recompressed, resized, lighter, or cut a little differently."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIDE = 24
ALIKE = 0.985
"""Correlation of two small grey copies from which pictures count as one; :func:`alike` takes another."""

FINE, BLUR = 64, 2.0
RIM, DARK = 9, 15
SAME_DETAIL = 0.55
"""Correlation of what is fine from which coarsely equal pictures are copies. Of 123 such pairs in BUSI's groups all lie
above it (least .58), of 709 pairs of two people's eyes none (highest .53)."""

Pixels = NDArray[np.uint8]


def signature(pixels: Pixels) -> NDArray[np.float32]:
    """A small grey copy, 24 x 24 and flattened, of mean 0 and length 1; all zero for an empty picture.

    Size, compression, brightness and contrast leave it nearly as it is.
    """
    from PIL import Image

    grey = Image.fromarray(pixels).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    row = np.asarray(grey, dtype=np.float32).ravel()
    row = row - row.mean()
    length = float(np.linalg.norm(row))
    return row / length if length > 1 else np.zeros_like(row)


def alike(signatures: Sequence[NDArray[np.float32]], at: float = ALIKE) -> list[tuple[int, int]]:
    """Pairs of pictures (first index below the second) whose signatures correlate at least ``at``."""
    rows = np.asarray(signatures, dtype=np.float32)
    found: list[tuple[int, int]] = []
    for start in range(0, len(rows), 512):
        near = rows[start : start + 512] @ rows.T >= at
        for one, two in np.argwhere(near):
            if start + one < two:
                found.append((int(start + one), int(two)))
    return found


def detail(pixels: Pixels) -> NDArray[np.float32]:
    """What is fine in a picture, relative to how much of it there is nearby; 64 x 64, flattened, of length 1.

    Two hazy eyes on black agree in everything coarse and in the rim of the field; only copies agree all over. All zero
    where nothing is fine.
    """
    from PIL import Image
    from scipy.ndimage import gaussian_filter, minimum_filter

    small = Image.fromarray(pixels).convert("L").resize((FINE, FINE), Image.Resampling.BOX)
    grey = np.asarray(small, dtype=np.float32)
    fine = grey - gaussian_filter(grey, BLUR)
    away = minimum_filter(grey, RIM) > DARK  # from the rim of a field, which all eyes share
    row = np.where(away, fine / (np.sqrt(gaussian_filter(fine**2, 2 * BLUR)) + 1), 0).clip(-2, 2).ravel()
    length = float(np.linalg.norm(row))
    return np.asarray(row / length if length > 1 else np.zeros_like(row), dtype=np.float32)


def copies(pictures: Sequence[Pixels]) -> list[tuple[int, int]]:
    """Pairs of near-duplicates: alike in a small grey copy, and in what is fine as well."""
    pairs = alike([signature(one) for one in pictures])
    fine = {one: detail(pictures[one]) for one in {place for pair in pairs for place in pair}}
    return [(one, two) for one, two in pairs if float(fine[one] @ fine[two]) >= SAME_DETAIL]


def groups(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """A group for each of ``count`` pictures: joined by any chain of pairs, named by its first member."""
    parent = list(range(count))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for one, two in pairs:
        first, second = sorted((root(one), root(two)))
        parent[second] = first
    return [root(one) for one in range(count)]
