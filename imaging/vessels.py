"""Retinal vessels by the ridge filter of Sato (1998): no training, half a second, and weaker than a trained net."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.fov import Mask, erode, field_of_view, fill_outside

WORKING_SIDE = 576
"""Longer side of the field in px when vessels are sought. One size for all: every measure depends on it."""

SMALLEST_SIDE = 384
"""Below this, vessels are one pixel wide or less and the filter follows noise."""

SIGMAS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
RIM = 5
THRESHOLD = 1.7
"""Relative ridge strength of a vessel; chosen on the 20 photographs of CHASE_DB1 for the highest Dice (card)."""

SMALLEST_PIECE = 40
"""Pieces of at most this many px are dropped: grain and small bleedings."""

MODEL_ID = "model:sato-vessels"


class Vessels(NamedTuple):
    """Vessels of one picture at working size. ``scale`` is working px for one px of the picture."""

    eye: NDArray[np.uint8]
    """The field's bounding box, H x W x 3."""
    whole: Mask
    """The field of view."""
    field: Mask
    """Where vessels were sought: the field without its rim."""
    strength: NDArray[np.float32]
    mask: Mask
    scale: float


def find_vessels(pixels: NDArray[np.uint8]) -> Vessels:
    """The vessels of an H x W x 3 fundus photograph.

    Y. Sato et al., Med Image Anal 1998;2:143-168, on the green channel; the surroundings are filled in from the field.
    """
    from skimage.morphology import remove_small_objects

    eye, whole, scale = at_working_size(pixels)
    field = erode(whole, RIM)
    strength = ridge_strength(eye, whole, field)
    mask = remove_small_objects((strength > THRESHOLD) & field, max_size=SMALLEST_PIECE)
    return Vessels(eye, whole, field, strength, mask, scale)


def at_working_size(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Mask, float]:
    """The field's bounding box with its longer side at :data:`WORKING_SIDE`, its mask, and the scale."""
    from PIL import Image

    field, mask = field_of_view(pixels)
    top, left, bottom, right = field.box
    scale = WORKING_SIDE / max(bottom - top, right - left)
    size = (max(16, round((right - left) * scale)), max(16, round((bottom - top) * scale)))
    how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    eye = np.asarray(Image.fromarray(pixels[top:bottom, left:right]).resize(size, how))
    inside = Image.fromarray(mask[top:bottom, left:right]).resize(size, Image.Resampling.NEAREST)
    return eye, np.asarray(inside), scale


def ridge_strength(eye: NDArray[np.uint8], mask: Mask, field: Mask) -> NDArray[np.float32]:
    """Sato's measure of dark ridges in green, H x W, relative to the local brightness and to its own SD in the field.

    So a darker or paler photograph of one eye gives the same strength; raw strength follows the exposure.
    """
    from scipy.ndimage import gaussian_filter
    from skimage.filters import sato

    green = fill_outside(eye[..., 1].astype(np.float32) / np.float32(255), mask)
    ridges = sato(green, sigmas=SIGMAS, black_ridges=True) / (gaussian_filter(green, 15) + 0.05)
    return np.asarray(ridges / (float(ridges[field].std()) + 1e-6), dtype=np.float32)
