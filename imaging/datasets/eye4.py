"""Fundus photographs labelled normal, cataract or glaucoma, two eyes to a patient (the ODIR-style set).

Its terms are unclear: for measuring, and for heads that stay on the machine of whoever holds it. The four-class
collection that it comes from holds augmented copies and a class of another camera, told by the frame alone.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.datasets.tables import Labelled, numbered, opened, read_table
from imaging.fov import crop, field_of_view

CLASSES = ("normal", "cataract", "glaucoma")
DISC_SIDE = 80
"""The side, at 256 px a field, of the square round the optic disc."""

Pictures = NDArray[np.uint8]


def eye4(folder: Path, side: int = 256) -> Labelled:
    """The photographs of ``folder`` (``index.csv``: file, label, patient), field only; groups are patients."""
    rows = read_table(folder / "index.csv", folder, group="patient")
    labels, classes = numbered([row.label for row in rows], CLASSES)
    groups, _ = numbered([row.group for row in rows])
    pictures = np.stack([field_only(opened(row.path), side) for row in rows])
    return Labelled(pictures, labels, classes, groups)


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


def around_disc(picture: Pictures) -> Pictures:
    """The 80 x 80 px round the brightest spot of a 256 px field, where the optic disc mostly is.

    Brightness of red and green at 6 px less that at 40 px, in the middle half of the height and not at the rim. In a
    hazy or bleeding eye it may be another place.
    """
    from scipy.ndimage import gaussian_filter

    half, light = DISC_SIDE // 2, picture[..., :2].astype(np.float32).sum(axis=2)
    spot = gaussian_filter(light, 6)
    spot -= gaussian_filter(spot, 40)
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    away = np.hypot(y - 127.5, x - 127.5) / 128
    spot[(away > 0.85) | (np.abs(y - 127.5) > 60)] = -np.inf
    row, column = np.unravel_index(int(spot.argmax()), spot.shape)
    top = min(max(int(row) - half, 0), picture.shape[0] - DISC_SIDE)
    left = min(max(int(column) - half, 0), picture.shape[1] - DISC_SIDE)
    return picture[top : top + DISC_SIDE, left : left + DISC_SIDE]
