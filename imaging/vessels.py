"""Retinal vessels: by a small trained net when it is held, else by the ridge filter of Sato (1998), which is weaker."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import cards
from imaging.fov import Mask, erode, field_of_view, fill_outside

if TYPE_CHECKING:
    from imaging.segment import MaskNet

WORKING_SIDE = 576
"""Longer side of the field in px when vessels are sought. One size for all: every measure depends on it."""

SMALLEST_SIDE = 384
"""Below this, vessels are one pixel wide or less and the filter follows noise."""

SIGMAS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
RIM = 5
THRESHOLD = 1.7
"""Relative ridge strength of a vessel; chosen on the 20 photographs of CHASE_DB1 for the highest Dice (card)."""

NET_THRESHOLD = 0.42
"""Strength of the net from which a pixel is vessel: the highest Dice on the 20 photographs of CHASE_DB1 (card)."""

SMALLEST_PIECE = 40
"""Pieces of at most this many px are dropped: grain and small bleedings."""

WINDOW = 61
"""Side in px of the window in which green is normalised for the net."""

SATO, NET = "model:sato-vessels", "model:retinal-vessels"
MODEL_ID = SATO
By = Literal["auto", "net", "sato"]


class Vessels(NamedTuple):
    """Vessels of one picture at working size. ``scale`` is working px for one px of the picture."""

    eye: NDArray[np.uint8]
    """The field's bounding box, H x W x 3."""
    whole: Mask
    """The field of view."""
    field: Mask
    """Where vessels were sought: the field without its rim."""
    strength: NDArray[np.float32]
    """Ridge strength in SD, or the net's answer between 0 and 1; neither is a probability."""
    mask: Mask
    scale: float
    model: str = SATO
    """Id of the card of what found them."""


def find_vessels(pixels: NDArray[np.uint8], by: By = "auto") -> Vessels:
    """The vessels of an H x W x 3 fundus photograph, by the net when it is held, else by Sato's filter; ``model`` says.

    ``by="net"`` raises :class:`imaging.image.ModelMissing` where the net is not held or its file is not the card's. An
    enhanced picture is refused with TypeError.
    """
    from skimage.morphology import remove_small_objects

    if not isinstance(pixels, np.ndarray):
        raise TypeError("vessels are sought in the pixels of a photograph, never in an enhanced picture")
    model = held_model() if by == "auto" else NET if by == "net" else SATO
    eye, whole, scale = at_working_size(pixels)
    field = erode(whole, RIM)
    if model == NET:
        strength, threshold = net_strength(eye, whole), NET_THRESHOLD
    else:
        strength, threshold = ridge_strength(eye, whole, field), THRESHOLD
    mask = remove_small_objects((strength > threshold) & field, max_size=SMALLEST_PIECE)
    return Vessels(eye, whole, field, strength, mask, scale, model)


def held_model() -> str:
    """The card id of what :func:`find_vessels` would use: the net when its file is there and is the card's."""
    return NET if cards.is_held(NET) else SATO


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

    Y. Sato et al., Med Image Anal 1998;2:143-168. A darker or paler photograph of one eye gives the same strength; raw
    strength follows the exposure. The surroundings are filled in from the field.
    """
    from scipy.ndimage import gaussian_filter
    from skimage.filters import sato

    green = fill_outside(eye[..., 1].astype(np.float32) / np.float32(255), mask)
    ridges = sato(green, sigmas=SIGMAS, black_ridges=True) / (gaussian_filter(green, 15) + 0.05)
    return np.asarray(ridges / (float(ridges[field].std()) + 1e-6), dtype=np.float32)


def net_strength(eye: NDArray[np.uint8], whole: Mask) -> NDArray[np.float32]:
    """The shipped net's answer, H x W from 0 to 1; about 0 outside the field."""
    return np.where(whole, _loaded(cards.file_of(NET)).strength(net_planes(eye, whole)), 0).astype(np.float32)


def net_planes(eye: NDArray[np.uint8], whole: Mask) -> NDArray[np.float32]:
    """What the net sees, 3 x H x W: each colour by its mean and SD in a window of 61 px inside the field; 0 outside."""
    colours = eye.astype(np.float32) / np.float32(255)
    return np.stack([local_contrast(colours[..., index], whole) for index in range(3)])


def local_contrast(channel: NDArray[np.float32], whole: Mask) -> NDArray[np.float32]:
    """``(g - mean) / (sd + 0.02)`` over the part of the window inside the field; 0 outside the field."""
    from scipy.ndimage import uniform_filter

    share = np.maximum(uniform_filter(whole.astype(np.float32), WINDOW), 1e-3)
    inside = np.where(whole, channel, 0).astype(np.float32)
    mean = uniform_filter(inside, WINDOW) / share
    # A box filter's running sum leaves the variance slightly negative on flat ground: one NaN would kill the net.
    variance = np.maximum(uniform_filter(inside**2, WINDOW) / share - mean**2, 0)
    return np.where(whole, (channel - mean) / (np.sqrt(variance) + 0.02), 0).astype(np.float32)


@cache
def _loaded(path: Path) -> MaskNet:
    from imaging import segment

    return segment.load(path)
