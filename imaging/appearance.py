"""A picture brought to normal size for the gate and the quality heads, and the fine structure in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.fov import crop, erode, field_of_view
from imaging.image import FieldOfView

SIDE = 192
"""The field's longer side in px; larger pictures are averaged down, smaller ones enlarged."""

RIM = 8
"""Pixels next to the field's rim that are not measured."""

LEAST_EYE = 0.25
"""Share of what stands on a white page that the eye within a black frame has at least."""

Mask = NDArray[np.bool_]


def normal_size(pixels: NDArray[np.uint8]) -> tuple[FieldOfView, NDArray[np.uint8], Mask]:
    """The field of view of an H x W x 3 picture, and the picture and mask cropped to it at :data:`SIDE`.

    On a white page a black frame may lie round the eye: then picture and mask are cropped to the eye within it.
    """
    from PIL import Image

    field, mask = field_of_view(pixels)
    inside, mask = (
        crop(pixels, mask, field) if field.surroundings != "white" else _within_a_frame(pixels, mask, field)
    )
    scale = SIDE / max(inside.shape[:2])
    size = (max(24, round(inside.shape[1] * scale)), max(24, round(inside.shape[0] * scale)))
    how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    small = np.asarray(Image.fromarray(inside).resize(size, how))
    return field, small, np.asarray(Image.fromarray(mask).resize(size, Image.Resampling.NEAREST))


def _within_a_frame(
    pixels: NDArray[np.uint8], mask: Mask, field: FieldOfView
) -> tuple[NDArray[np.uint8], Mask]:
    framed = np.where(mask[..., None], pixels, 0).astype(np.uint8)
    eye, within = field_of_view(framed)
    if eye.surroundings == "black" and within.sum() > LEAST_EYE * mask.sum():
        return crop(framed, within, eye)
    return crop(pixels, mask, field)


def inner_field(mask: Mask) -> Mask:
    """The mask without its rim, unless hardly anything would be left."""
    inner = erode(mask, RIM)
    return inner if inner.sum() >= 500 else mask


def structure(pixels: NDArray[np.uint8], mask: Mask) -> float:
    """Fine structure of green: SD of (Gaussian 0.75 - Gaussian 6) over the mean, inside the field.

    The scales are those of imaging spec 3.4 (1 and 8 at 256 px) brought to :data:`SIDE`.
    """
    from scipy.ndimage import gaussian_filter

    inner = inner_field(mask)
    green = pixels[..., 1].astype(np.float32)
    detail = gaussian_filter(green, 0.75) - gaussian_filter(green, 6.0)
    return float(detail[inner].std() / max(1.0, float(green[inner].mean())))
