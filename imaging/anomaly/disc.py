"""The brightness of the optic disc's surroundings and of its cup, as five ratios: what glaucoma changes first.

A ring at 12 to 18 px (of 256; a disc's radius is about 14) against the background beyond, in each colour and in red
and green together: atrophy beside the disc and pale rims are bright there. And the brightest part (cup) over the whole
bright disc: a proxy of the cup-to-disc ratio, no measurement of it. The disc is sought by brightness and may be missed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
Mask = NDArray[np.bool_]

HALF = 40
"""Half the side, at 256 px, of what is looked at round the disc."""

REACH = 24.0
"""Px from the middle of the disc within which a map is judged as part of it."""

SOFT = 1.5
RING = (12.0, 18.0)
BEYOND = 25.0
CUP, DISC = 0.85, 0.6
"""Shares of the brightest value: of green for the cup, of red and green for the disc."""

COUNT = 5


def disc_place(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """Row and column of the likeliest disc of a 256 px square field: its brightest spot that is no broad glare.

    Red and green averaged over 6 px less the same over 40 px, in the middle of the height and not at the rim, as in
    :func:`imaging.classify.places.around_disc`. In a hazy or diseased eye it may be another place.
    """
    from scipy.ndimage import gaussian_filter

    side = picture.shape[0]
    spot = gaussian_filter(picture[..., :2].astype(np.float32).sum(axis=2), 6 * side / 256)
    spot -= gaussian_filter(spot, 40 * side / 256)
    y, x = np.mgrid[:side, :side]
    middle = (side - 1) / 2
    spot[(np.hypot(y - middle, x - middle) > 0.425 * side) | (np.abs(y - middle) > 60 * side / 256)] = -np.inf
    row, column = np.unravel_index(int(spot.argmax()), spot.shape)
    return int(row), int(column)


def near_disc(picture: NDArray[np.uint8]) -> Mask:
    """The places of a 256 px square field that may belong to the optic disc."""
    row, column = disc_place(picture)
    y, x = np.ogrid[: picture.shape[0], : picture.shape[1]]
    return np.asarray(np.hypot(y - row, x - column) <= REACH)


def disc_profile(picture: NDArray[np.uint8]) -> Numbers:
    """:data:`COUNT` ratios of a 256 px square field."""
    from scipy.ndimage import gaussian_filter

    top, left = (min(max(one - HALF, 0), picture.shape[0] - 2 * HALF) for one in disc_place(picture))
    part = picture[top : top + 2 * HALF, left : left + 2 * HALF]
    near = gaussian_filter(part.astype(np.float32), (SOFT, SOFT, 0))
    middle = (near.shape[0] - 1) / 2
    y, x = np.ogrid[: near.shape[0], : near.shape[1]]
    away = np.hypot(y - middle, x - middle)
    ring, beyond = (away > RING[0]) & (away < RING[1]), away > BEYOND
    light = (near[..., 0] + near[..., 1]) / 2
    planes = [*near.transpose(2, 0, 1), light]
    ratios = [one[ring].mean() / (np.median(one[beyond]) + 5) for one in planes]
    cup = (near[..., 1] > CUP * np.percentile(near[..., 1], 99.5)).sum()
    disc = (light > DISC * np.percentile(light, 99.5)).sum()
    return np.array([*ratios, cup / (disc + 1)], dtype=np.float32)
