"""Where to look in a picture: the camera's field, the place of the optic disc, the darkest mass of an ultrasound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.fov import crop, field_of_view

DISC_SIDE = 80
"""The side, at 256 px a field, of the square round the optic disc."""

SCALES = (10, 14, 20, 28, 40)
"""Radii, at 256 px, in which a mass is looked for."""

SOUGHT_AT = 128
"""Px a side of the copy on which a mass is looked for."""

Pictures = NDArray[np.uint8]
Plane = NDArray[np.float32]


def field_only(pixels: Pictures, side: int) -> Pictures:
    """The field in a black square of ``side`` px: frame shape, surroundings and text in them are gone."""
    from PIL import Image

    field, mask = field_of_view(pixels)
    inside, mask = crop(pixels, mask, field)
    inside = np.where(mask[..., None], inside, 0).astype(np.uint8)
    height, width = inside.shape[:2]
    longer = max(height, width)
    square = np.zeros((longer, longer, 3), dtype=np.uint8)
    top, left = (longer - height) // 2, (longer - width) // 2
    square[top : top + height, left : left + width] = inside
    return np.asarray(Image.fromarray(square).resize((side, side), Image.Resampling.BICUBIC))


def around_disc(picture: Pictures, size: int = DISC_SIDE) -> Pictures:
    """The ``size`` px round the brightest spot of a square field, where the optic disc mostly is.

    Brightness of red and green at 6 px (of 256) less that at 40 px, in the middle half of the height and not at the
    rim. In a hazy or bleeding eye it may be another place.
    """
    from scipy.ndimage import gaussian_filter

    side = picture.shape[0]
    unit, light = side / 256, picture[..., :2].astype(np.float32).sum(axis=2)
    spot = gaussian_filter(light, 6 * unit)
    spot -= gaussian_filter(spot, 40 * unit)
    y, x = np.mgrid[:side, :side]
    middle = (side - 1) / 2
    away = np.hypot(y - middle, x - middle) / (side / 2)
    spot[(away > 0.85) | (np.abs(y - middle) > 60 * unit)] = -np.inf
    row, column = np.unravel_index(int(spot.argmax()), spot.shape)
    return _round(picture, int(row), int(column), size)


def darkest_mass(grey: Plane) -> tuple[int, int]:
    """Row and column of the likeliest mass of a square ultrasound picture: its darkest blob, the middle preferred.

    Over several scales, the logarithm of brightness round a place less that in it. A guess without a drawn mask, and
    often another dark place, such as a shadow. Callipers and letters are thin and are filtered away.
    """
    from scipy.ndimage import gaussian_filter, median_filter

    step = max(1, grey.shape[0] // SOUGHT_AT)
    side = grey.shape[0] // step
    small = grey[: side * step, : side * step].reshape(side, step, side, step).mean(axis=(1, 3))
    unit = side / 256
    quiet = np.minimum(small, median_filter(small, max(3, round(9 * unit))) + 15)
    shown = gaussian_filter((quiet > 8).astype(np.float32), 4 * unit) >= 0.6
    log = np.log(quiet + 12)
    y, x = np.mgrid[:side, :side] / unit
    nearness = np.exp(-(((y - 100) / 75) ** 2) / 2 - ((x - 128) / 80) ** 2 / 2)
    best = np.full(small.shape, -np.inf)
    for scale in SCALES:
        inside, outside = (gaussian_filter(log, part * scale * unit) for part in (0.6, 1.6))
        best = np.maximum(best, (outside - inside) * nearness * (scale / 20) ** 0.15)
    row, column = np.unravel_index(int(np.where(shown, best, -np.inf).argmax()), small.shape)
    return int(row) * step + step // 2, int(column) * step + step // 2


def _round(picture: Pictures, row: int, column: int, size: int) -> Pictures:
    half = size // 2
    top = min(max(row - half, 0), picture.shape[0] - size)
    left = min(max(column - half, 0), picture.shape[1] - size)
    return picture[top : top + size, left : left + size]
