"""RFMiD at 64 x 64: diseased eyes with any of four labels, cropped and contrast-normalised; no healthy ones.

:func:`as_rfmid` repeats that preparation on a photograph. Reference: Pachade S et al., "Retinal Fundus Multi-Disease
Image Dataset (RFMiD)", Data 2021;6(2):14.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.image import UnreadableImage

LABELS = ("DR", "MH", "ODC", "TSLN")
"""Diabetic retinopathy, media haze, optic disc cupping, tessellation; an eye may carry several."""

DARK = 7
BLUR = 30 / 1424
"""The origin's 30 px where the field is as high as the set's commonest photographs are (2,144 x 1,424)."""


class Part(NamedTuple):
    """Pictures (N x 64 x 64 x 3 bytes, RGB) and their labels (N x 4, 0 or 1)."""

    pictures: NDArray[np.uint8]
    labels: NDArray[np.float32]


class Split(NamedTuple):
    train: Part
    val: Part


def read(path: Path) -> Split:
    """Open the archive; the parts are those of the publishers.

    Raises:
        UnreadableImage: the file is not this archive, or its labels are not the four known ones.
    """
    try:
        with np.load(path, allow_pickle=False) as held:
            names = tuple(str(name) for name in held["label_names"])
            train, val = (
                Part(held[f"{name}_images"], held[f"{name}_labels"].astype(np.float32))
                for name in ("train", "val")
            )
    except (KeyError, ValueError, OSError) as error:
        raise UnreadableImage(f"{path.name} is not the RFMiD archive at 64 px") from error
    if names != LABELS:
        raise UnreadableImage(f"{path.name} has other labels than {', '.join(LABELS)}")
    return Split(train, val)


def as_rfmid(pixels: NDArray[np.uint8], blur: float = BLUR, side: int = 64) -> NDArray[np.uint8]:
    """An H x W x 3 photograph prepared as the archive's: border cut, circle, less its own blur, ``side`` px.

    ``4 x picture - 4 x blurred + 128`` inside the circle that the shorter side allows, as the origin's code reads.
    ``blur`` is the SD of the Gaussian as a share of the field's height; the origin's was 30 px of its photographs.
    """
    from scipy.ndimage import gaussian_filter

    lit = _without_border(pixels)
    round_one = _without_border(
        np.where(_circle(lit.shape[0], lit.shape[1])[..., None], lit, 0).astype(np.uint8)
    )
    planes, sigma = round_one.astype(np.float32), blur * round_one.shape[0]
    contrast = 4 * planes - 4 * gaussian_filter(planes, (sigma, sigma, 0)) + 128
    return _sampled(contrast.clip(0, 255), side)


def _sampled(planes: NDArray[np.float32], side: int) -> NDArray[np.uint8]:
    """Between the four nearest pixels of each place, without averaging over area: as the origin's resizing."""
    from scipy.ndimage import map_coordinates

    steps = [(np.arange(side) + 0.5) * length / side - 0.5 for length in planes.shape[:2]]
    places = np.meshgrid(*steps, indexing="ij")
    taken = [map_coordinates(planes[..., one], places, order=1, mode="nearest") for one in range(3)]
    return np.stack(taken, axis=2).round().astype(np.uint8)


def _without_border(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rows and columns in which nothing is brighter than 7 are cut away."""
    lit = pixels.astype(np.float32).mean(axis=2) > DARK
    if not lit.any():
        return pixels
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _circle(height: int, width: int) -> NDArray[np.bool_]:
    y, x = np.mgrid[:height, :width]
    return np.asarray(np.hypot(y - height // 2, x - width // 2) <= min(height // 2, width // 2))
