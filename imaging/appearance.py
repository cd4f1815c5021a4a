"""45 numbers that say what a picture looks like inside its field: colour, grain, ridges, broad shading.

They keep apart fundus photographs and orange pictures in a circle, which the features of a pretrained network do not;
the network in turn sees whole scenes (:mod:`imaging.fundus_likeness`).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imaging.fov import crop, erode, field_of_view
from imaging.image import FieldOfView

SIDE = 192
"""The field's longer side in px when it is described; larger pictures are averaged down, smaller ones enlarged."""

RIM = 8
"""Pixels next to the field's rim that are not described."""

COUNT = 45

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Numbers = list[float]


def normal_size(pixels: NDArray[np.uint8]) -> tuple[FieldOfView, NDArray[np.uint8], Mask]:
    """The field of view of an H x W x 3 picture, and the picture and mask cropped to it at :data:`SIDE`."""
    from PIL import Image

    field, mask = field_of_view(pixels)
    inside, mask = crop(pixels, mask, field)
    scale = SIDE / max(inside.shape[:2])
    size = (max(24, round(inside.shape[1] * scale)), max(24, round(inside.shape[0] * scale)))
    how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    small = np.asarray(Image.fromarray(inside).resize(size, how))
    return field, small, np.asarray(Image.fromarray(mask).resize(size, Image.Resampling.NEAREST))


def describe(pixels: NDArray[np.uint8], mask: Mask) -> NDArray[np.float64]:
    """The :data:`COUNT` numbers of a picture of normal size. Finite for any input."""
    inner = inner_field(mask)
    red, green, blue = _planes(pixels, mask)
    bands = [_bands(plane, inner) for plane in (green, red)]
    numbers = _colour(_soft(red), _soft(green), _soft(blue), inner)
    numbers += _grain(bands[0], inner) + _grain(bands[1], inner)
    numbers += [_correlation(one[inner], two[inner]) for one, two in zip(*bands, strict=True)]
    numbers += _skew(bands[0], inner)
    numbers += _ridges(green, inner, 1.5) + _ridges(green, inner, 3.0)
    numbers += _shading(green, inner) + _shading(red, inner) + [_vignette(green, inner)]
    return np.nan_to_num(np.array(numbers, dtype=np.float64), posinf=0.0, neginf=0.0)


def inner_field(mask: Mask) -> Mask:
    """The mask without its rim, unless hardly anything would be left."""
    inner = erode(mask, RIM)
    return inner if inner.sum() >= 500 else mask


def structure(pixels: NDArray[np.uint8], mask: Mask) -> float:
    """Fine structure of green: SD of (Gaussian 0.75 - Gaussian 6) over the mean, inside the field.

    The scales are those of imaging spec 3.4 (1 and 8 at 256 px) brought to :data:`SIDE`.
    """
    inner = inner_field(mask)
    green = pixels[..., 1].astype(np.float32)
    detail = _blur(green, 0.75) - _blur(green, 6.0)
    return float(detail[inner].std() / max(1.0, float(green[inner].mean())))


def _blur(plane: Plane, sigma: float) -> Plane:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(plane, sigma), dtype=np.float32)


def _soft(plane: Plane) -> Plane:
    return _blur(plane, 1.0)


def _planes(pixels: NDArray[np.uint8], mask: Mask) -> list[Plane]:
    """Red, green, blue with the surroundings filled from the rim inwards, so that the rim is no edge."""
    weight = _blur(mask.astype(np.float32), 12) + 1e-3
    planes = []
    for index in range(3):
        plane = pixels[..., index].astype(np.float32)
        planes.append(np.where(mask, plane, _blur(np.where(mask, plane, 0), 12) / weight).astype(np.float32))
    return planes


def _correlation(one: Plane, two: Plane) -> float:
    spread = float(one.std() * two.std())
    return float(((one - one.mean()) * (two - two.mean())).mean() / spread) if spread > 1e-9 else 0.0


def _colour(red: Plane, green: Plane, blue: Plane, inner: Mask) -> Numbers:
    """Mean, log spread, 3rd and 97th percentile of log(R/G) and log(G/B), and how they go together (9)."""
    ratios = [np.log((red + 8) / (green + 8))[inner], np.log((green + 8) / (blue + 8))[inner]]
    numbers: Numbers = []
    for ratio in ratios:
        low, high = np.percentile(ratio, [3, 97])
        numbers += [float(ratio.mean()), float(np.log(ratio.std() + 0.02)), float(low), float(high)]
    return [*numbers, _correlation(ratios[0], ratios[1])]


def _bands(plane: Plane, inner: Mask) -> list[Plane]:
    """Five octaves of detail relative to the mean brightness, finest first."""
    mean = float(plane[inner].mean()) + 8
    blurred = [_blur(plane, sigma) for sigma in (0.7, 1.4, 2.8, 5.6, 11.0, 22.0)]
    return [(fine - coarse) / mean for fine, coarse in pairwise(blurred)]


def _grain(bands: list[Plane], inner: Mask) -> Numbers:
    """How the energy falls from octave to octave, and the energy of the coarsest (5)."""
    energy = [float(np.log(band[inner].std() + 2e-3)) for band in bands]
    return [one - two for one, two in pairwise(energy)] + [energy[-1]]


def _skew(bands: list[Plane], inner: Mask) -> Numbers:
    """Skewness and log kurtosis of the fine detail: vessels are thin and darker than what is round them (2)."""
    fine = (bands[1] + bands[2])[inner]
    fine = (fine - fine.mean()) / (fine.std() + 2e-3)
    return [float(np.clip((fine**3).mean(), -3, 3)), float(np.log((fine**4).mean() + 0.5))]


def _ridges(green: Plane, inner: Mask, sigma: float) -> Numbers:
    """Dark against bright ridges, their contrast, straightness, connection, number and common direction (6)."""
    from scipy.ndimage import gaussian_filter, label

    rows, cross, columns = (gaussian_filter(green, sigma, order=order) for order in ((2, 0), (1, 1), (0, 2)))
    middle, spread = (rows + columns) / 2, np.sqrt(((rows - columns) / 2) ** 2 + cross**2)
    across, along = middle + spread, middle - spread
    dark = np.clip(across, 0, None)
    high, usual = np.percentile(dark[inner], [97, 60])
    bright = np.percentile(np.clip(-along, 0, None)[inner], 97)
    strongest = (dark >= np.percentile(dark[inner], 90)) & inner & (dark > 0)
    straight = (np.abs(across + along) / (np.abs(across) + np.abs(along) + 1e-3))[strongest]
    parts, count = label(strongest, np.ones((3, 3)))
    sizes = np.sort(np.bincount(parts.ravel())[1:])[::-1]
    joined = float(sizes[:10].sum() / max(1, sizes.sum()))
    return [
        float(np.log((high + 0.05) / (bright + 0.05))),
        float(np.log((high + 0.05) / (usual + 0.05))),
        float(straight.mean()) if straight.size else 0.0,
        float(np.log(joined + 0.02)),
        float(np.log(1e3 * count / inner.sum() + 0.1)),
        _common_direction(rows, cross, columns, spread, inner),
    ]


def _common_direction(rows: Plane, cross: Plane, columns: Plane, spread: Plane, inner: Mask) -> float:
    angle = np.arctan2(2 * cross, rows - columns)
    together = np.hypot(_blur(np.cos(angle) * spread, 4), _blur(np.sin(angle) * spread, 4))
    return float((together[inner] / (_blur(spread, 4)[inner] + 1e-3)).mean())


def _shading(plane: Plane, inner: Mask) -> Numbers:
    """Brightest and darkest broad patch and the spread, relative to the mean (3): a disc, a fovea."""
    broad = _blur(plane, 8)[inner]
    mean = float(broad.mean()) + 8
    low, high = np.percentile(broad, [2, 99.5])
    return [float(np.log((high + 8) / mean)), float(np.log((low + 8) / mean)), float(broad.std() / mean)]


def _vignette(green: Plane, inner: Mask) -> float:
    """Log brightness of the outer ring over the middle."""
    rows, columns = np.nonzero(inner)
    height, width = inner.shape
    radius = np.hypot(rows - height / 2, columns - width / 2) / (max(height, width) / 2)
    broad = _blur(green, 8)[inner]
    ring, middle = broad[(radius > 0.6) & (radius < 0.85)], broad[radius < 0.35]
    return float(np.log((ring.mean() + 8) / (middle.mean() + 8))) if ring.size and middle.size else 0.0
