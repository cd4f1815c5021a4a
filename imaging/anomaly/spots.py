"""Spots on a fundus photograph without any network: round, and brighter or darker than what is beside them.

A hard exudate or a blot haemorrhage is round; a vessel is long. The smaller curvature of a spot is high, that of a
vessel near zero, so that both curvatures together tell one from the other (Frangi et al. 1998, read the other way).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

AROUND = 12.0
"""Sigma in px (of 256) of the blurred inside that stands outside the field, so that the rim is no edge."""

SIZES = (2.0, 3.5, 7.0)
"""Sigmas in px (of 256) at which curvature is taken: for spots of about 3, 5 and 10 px radius."""

DARK = (0, 2, 4)
BRIGHT = (1, 3, 5)
"""Places of the planes of :func:`spots`, smallest size first."""

COUNT = 6


def together(small: Plane, middle: Plane, large: Plane) -> Plane:
    """One plane from those of the three sizes.

    Chosen on healthy eyes with drawn lesions that no figure is measured on; a plain difference from the surroundings,
    a sum of all, and a division by each picture's own contrast were tried and were worse.
    """
    return np.asarray(np.maximum(small + 0.5 * middle, large))


def spots(pixels: NDArray[np.uint8], field: Mask) -> Plane:
    """:data:`COUNT` x H x W: for each size how round and dark, and how round and bright a place of green is."""
    from scipy.ndimage import gaussian_filter

    green = pixels[..., 1].astype(np.float32)
    share = gaussian_filter(field.astype(np.float32), AROUND) + 1e-3
    level = gaussian_filter(np.where(field, green, 0), AROUND) / share
    green = np.where(field, green, level)
    planes = []
    for size in SIZES:
        low, high = _curvatures(green, size)
        planes += [np.maximum(low, 0), np.maximum(-high, 0)]
    return np.stack([gaussian_filter(one, 1.0) for one in planes])


def _curvatures(plane: Plane, size: float) -> tuple[Plane, Plane]:
    """The smaller and the larger second derivative at each place, in grey levels (scale-normalised)."""
    from scipy.ndimage import gaussian_filter

    rows, columns, cross = (gaussian_filter(plane, size, order=order) for order in ((2, 0), (0, 2), (1, 1)))
    middle, spread = (rows + columns) / 2, np.sqrt(((rows - columns) / 2) ** 2 + cross**2)
    return (middle - spread) * size**2, (middle + spread) * size**2
