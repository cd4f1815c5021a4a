"""What is usual at each place of a healthy picture, and how far a place stands above it, all signs fused.

An optic disc, a rim, a rib and burned-in text are unlike a healthy patch everywhere else: the mean healthy map is
taken off, and what remains is counted in SD at that place (imaging spec 3.7).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.anomaly import spots
from imaging.anomaly.views import Kind
from imaging.fov import Mask

Numbers = NDArray[np.float32]

STEP: dict[Kind, int] = {"fundus": 8, "chest_xray": 1}
"""The usual is kept for blocks of this many px a side."""

PRIOR = 40
"""Pictures that the spread over all places counts for, beside the pictures at one place."""

TOP = 30
"""Px of a map that stand for the picture."""

SMOOTH: dict[Kind, float] = {"fundus": 8.0, "chest_xray": 1.0}
"""Sigma in px over which the usual is averaged: discs and ribs do not lie at the same px in everybody."""


class Usual(NamedTuple):
    """Mean and SD of each of S signs at each place of healthy pictures; blocks of :data:`STEP` px."""

    mean: Numbers
    """S x h x w."""
    spread: Numbers
    """S x h x w."""
    at_disc: Numbers
    """2 x S: mean and SD within reach of the optic disc, wherever that lies; nothing for a chest."""

    def above(self, signs: Numbers, near: Mask | None = None) -> Numbers:
        """S x H x W signs of a picture as SD above the usual at each place; ``near`` is where its disc is.

        Cameras put the disc in different places: by its place alone a healthy one would stand out.
        """
        size = (signs.shape[1], signs.shape[2])
        mean, spread = _enlarged(self.mean, size), _enlarged(self.spread, size)
        if near is not None and self.at_disc.size:
            mean[:, near] = np.maximum(mean[:, near], self.at_disc[0][:, None])
            spread[:, near] = np.maximum(spread[:, near], self.at_disc[1][:, None])
        return np.asarray((signs - mean) / spread)


def usual(
    signs: NDArray[np.floating], inner: NDArray[np.bool_], kind: Kind, near: NDArray[np.bool_] | None = None
) -> Usual:
    """The usual of N x S x H x W signs of healthy pictures with N x H x W judged fields and places of the disc.

    Eyes count with their mirror images: there are left and right ones. Few pictures know little about one
    place: the mean and spread over all places count as :data:`PRIOR` further pictures.
    """
    at_disc = _within(signs, inner & near) if near is not None else np.zeros((2, 0), dtype=np.float32)
    people, mirrored = len(inner), kind == "fundus"
    share = people / (people + PRIOR)
    if mirrored:
        inner = np.concatenate([inner, inner[..., ::-1]])
    weight = _smooth(inner.astype(np.float32).sum(axis=0), kind) + 1e-3
    each = []
    for index in range(signs.shape[1]):
        planes = signs[:, index].astype(np.float32)
        planes = np.concatenate([planes, planes[..., ::-1]]) if mirrored else planes
        each.append(_of_sign(planes, inner, weight, share, kind))
    means, spreads = (np.stack([one[place] for one in each]) for place in (0, 1))
    return Usual(_blocks(means, STEP[kind]), _blocks(spreads, STEP[kind]), at_disc)


def _within(signs: NDArray[np.floating], places: NDArray[np.bool_]) -> Numbers:
    """2 x S: mean and SD of each sign in the places."""
    each = [signs[:, index][places].astype(np.float64) for index in range(signs.shape[1])]
    return np.array([[one.mean() for one in each], [one.std() + 1e-6 for one in each]], dtype=np.float32)


def _of_sign(
    planes: Numbers, inner: NDArray[np.bool_], weight: Numbers, share: float, kind: Kind
) -> tuple[Numbers, Numbers]:
    """Mean and spread of one sign at each place, drawn towards those of all places."""
    inside = planes[inner]
    mean, variance = float(inside.mean()), float(inside.var()) + 1e-12
    here = _smooth(np.where(inner, planes, 0).sum(axis=0), kind) / weight
    apart = _smooth(np.where(inner, (planes - here) ** 2, 0).sum(axis=0), kind) / weight
    seen = np.where(weight > 0.2 * weight.max(), share, 0)
    spread = np.sqrt(seen * apart + (1 - seen) * variance)
    return np.asarray(seen * here + (1 - seen) * mean), np.asarray(spread)


def fused(above: Numbers, kind: Kind) -> Numbers:
    """H x W: one value from the signs of a place, in SD.

    Fundus: round bright or round dark spots, whichever stand out more, and the patch distance. X-ray: the patch
    distance alone.
    """
    if kind == "chest_xray":
        return np.asarray(above[-1])
    bright, dark = (spots.together(*above[list(which)]) for which in (spots.BRIGHT, spots.DARK))
    return np.asarray((np.maximum(bright, dark) + above[-1]) / 2.5, dtype=np.float32)


def top(heat: Numbers, inner: Mask) -> float:
    """The mean of the highest :data:`TOP` values of a map: how far its most unlike places stand out."""
    values = heat[inner]
    return float(np.partition(values, -min(TOP, len(values)))[-TOP:].mean())


def enlarged(plane: Numbers, side: int) -> Numbers:
    """A grid's plane at ``side`` x ``side`` px."""
    return np.asarray(_enlarged(plane[None], (side, side))[0])


def _smooth(plane: NDArray[np.floating], kind: Kind) -> Numbers:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(plane.astype(np.float32), SMOOTH[kind]))


def _blocks(planes: NDArray[np.floating], step: int) -> Numbers:
    count, height, width = planes.shape
    cut = planes.reshape(count, height // step, step, width // step, step)
    return np.asarray(cut.mean(axis=(2, 4)), dtype=np.float32)


def _enlarged(planes: Numbers, size: tuple[int, int]) -> Numbers:
    from PIL import Image

    how = Image.Resampling.BILINEAR
    return np.stack([np.asarray(Image.fromarray(one).resize(size[::-1], how)) for one in planes])
