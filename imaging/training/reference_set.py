"""The recipe of a healthy set for the generated reference, from many healthy pictures of one kind.

A fifth of the groups is held out first: behind discs hidden in their pictures, the set's expectation is measured beside
a plain filling in. The reference uses the set only where it was nearer to the truth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imaging.anomaly.views import Kind, view
from imaging.datasets.splits import at_random
from imaging.healthy_set import SIDE, HealthySet, fit
from imaging.reference import replaced

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

HELD_OUT = 5
"""One group in so many is held out."""

TRIED = 60
"""Held-out pictures that are tried at most."""

DISCS, RADII = 3, (3, 9)


def square(pixels: Pixels, kind: Kind) -> Pixels:
    """What the detectors see of an H x W x 3 picture, at :data:`imaging.healthy_set.SIDE` px."""
    from PIL import Image

    seen = Image.fromarray(view(pixels, kind).pixels)
    how = Image.Resampling.BOX if seen.width > SIDE else Image.Resampling.BICUBIC
    return np.asarray(seen.resize((SIDE, SIDE), how))


def make(pictures: Pixels, groups: Sequence[str], kind: Kind) -> HealthySet:
    """A healthy set of N x SIDE x SIDE x 3 pictures, with its errors on a fifth of the groups.

    Raises:
        ValueError: fewer pictures than twice the axes, or fewer groups than five.
    """
    fold = next(at_random(list(groups), HELD_OUT, seed=0))
    trial = fit(_mirrored(pictures[fold.train], kind))
    errors = [_errors(pictures[row], trial, seed) for seed, row in enumerate(fold.test[:TRIED])]
    filled, expected = (float(one) for one in np.mean(errors, axis=0))
    return fit(_mirrored(pictures, kind))._replace(made_of=len(pictures), errors=(filled, expected))


def _mirrored(pictures: Pixels, kind: Kind) -> Pixels:
    """Eyes come left and right; chests do not."""
    return np.concatenate([pictures, pictures[:, :, ::-1]]) if kind == "fundus" else pictures


def _errors(picture: Pixels, known: HealthySet, seed: int) -> tuple[float, float]:
    """Mean absolute error behind hidden discs: filled in, and with the set."""
    field = picture.max(axis=2) > 0
    hole = _discs(np.random.default_rng([6, seed]), field)
    truth = picture.astype(np.float32)
    hidden = np.where(hole[..., None], 0, truth).astype(np.float32)
    made = (replaced(hidden, hole, field), replaced(hidden, hole, field, known))
    filled, expected = (float(np.abs(one - truth)[hole].mean()) for one in made)
    return filled, expected


def _discs(rng: np.random.Generator, field: Mask) -> Mask:
    y, x = np.ogrid[: field.shape[0], : field.shape[1]]
    inside = np.argwhere(field)
    hole = np.zeros_like(field)
    for row, column in inside[rng.integers(0, len(inside), DISCS)]:
        hole |= (y - row) ** 2 + (x - column) ** 2 <= rng.integers(*RADII) ** 2
    return hole & field
