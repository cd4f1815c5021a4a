"""The field of view: where a fundus camera looked, on black or on white surroundings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.image import FieldOfView

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

WORKING_SIDE = 384
"""The field is sought on a copy of at most this many pixels a side: its rim needs no more, and 40 MP cost 0.1 s."""

DARK = 40
"""Surroundings are black below this value in every channel. On CHASE_DB1 `max(R, G, B) > 40` finds the field."""

PALE = 225
"""Surroundings are white above this value in every channel."""


HALO = 8
MARK = 110
"""Brightness of a mark outside the field in its brightest channel, after averaging over area."""

MARK_PIXELS = 6


def field_of_view(pixels: Pixels) -> tuple[FieldOfView, Mask]:
    """The field of view of an H x W x 3 picture, and its mask (H x W).

    Where the corners are neither black nor white the whole frame is the field and ``surroundings`` is "none".
    """
    small = shrink(pixels, WORKING_SIDE)
    kind = _surroundings(small)
    mask = np.ones(small.shape[:2], dtype=bool) if kind == "none" else _inside(small, kind)
    if mask.mean() < 0.05:  # a black page, a white page: nothing to stand on
        kind, mask = "none", np.ones(small.shape[:2], dtype=bool)
    whole = _enlarge(mask, (pixels.shape[0], pixels.shape[1]))
    rows, columns = np.flatnonzero(whole.any(axis=1)), np.flatnonzero(whole.any(axis=0))
    field = FieldOfView(
        surroundings=kind,
        box=(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1),
        area_px=int(whole.sum()),
        share=float(whole.mean()),
        roundness=_roundness(mask) if kind != "none" else 0.0,
    )
    return field, whole


def marks_outside(pixels: Pixels) -> bool:
    """Whether something bright, such as lettering, stands outside the field on its black surroundings.

    Looked for at :data:`WORKING_SIDE`, a rim of :data:`HALO` px away from the field; the light that a camera scatters
    next to the rim is none.
    """
    from scipy.ndimage import distance_transform_edt

    small = shrink(pixels, WORKING_SIDE)
    if _surroundings(small) != "black":
        return False
    field = _inside(small, "black")
    far = distance_transform_edt(~field) > HALO
    return bool((far & (small.max(axis=2) > MARK)).sum() >= MARK_PIXELS)


def shrink(pixels: NDArray[Any], side: int) -> NDArray[Any]:
    """A copy whose longer side is at most ``side`` pixels, averaged over area."""
    from PIL import Image

    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def crop(pixels: NDArray[Any], mask: Mask, field: FieldOfView) -> tuple[NDArray[Any], Mask]:
    """The picture and the mask within the field's bounding box."""
    top, left, bottom, right = field.box
    return pixels[top:bottom, left:right], mask[top:bottom, left:right]


def erode(mask: Mask, depth: int) -> Mask:
    """The mask without the ``depth`` pixels next to its rim; the edge of the frame counts as rim."""
    from scipy.ndimage import distance_transform_edt

    return np.asarray(distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1] > depth)


def fill_outside(channel: NDArray[np.float32], mask: Mask, sigma: float = 20.0) -> NDArray[np.float32]:
    """The channel with everything outside the field replaced by the blurred inside, so that the rim is no edge."""
    from scipy.ndimage import gaussian_filter

    weight = gaussian_filter(mask.astype(np.float32), sigma)
    inside = gaussian_filter(np.where(mask, channel, 0).astype(np.float32), sigma)
    mean = float(channel[mask].mean())
    around = np.where(weight > 1e-3, inside / np.maximum(weight, 1e-3), mean)
    return np.where(mask, channel, around).astype(np.float32)


def _surroundings(small: Pixels) -> str:
    height, width = small.shape[:2]
    depth = max(2, min(height, width) // 20)
    corners = [
        small[rows, columns].reshape(-1, 3)
        for rows in (slice(0, depth), slice(height - depth, height))
        for columns in (slice(0, depth), slice(width - depth, width))
    ]
    dark = sum(bool(np.median(corner.max(axis=1)) < DARK) for corner in corners)
    pale = sum(bool(np.median(corner.min(axis=1)) > PALE) for corner in corners)
    if max(dark, pale) < 3:  # one corner may hold a notch, a label or a date
        return "none"
    return "black" if dark >= pale else "white"


def _inside(small: Pixels, kind: str) -> Mask:
    from scipy.ndimage import binary_fill_holes, binary_opening, label

    if kind == "black":
        brightest = small.max(axis=2)
        # An underexposed eye is darker than 40 as a whole: the threshold follows the picture down, never up.
        mask = brightest > min(DARK, max(10.0, 0.25 * float(np.percentile(brightest, 95))))
    else:
        mask = small.min(axis=2) < PALE
    mask = binary_fill_holes(binary_opening(mask, iterations=2))
    parts, count = label(mask)
    if not count:
        return np.zeros(mask.shape, dtype=bool)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return np.asarray(parts == sizes.argmax())


def _roundness(mask: Mask) -> float:
    """How well a disc cut by the frame covers the mask: area of both over area of either, 0 to 1."""
    rows, columns = np.nonzero(mask)
    middle = ((rows.min() + rows.max()) / 2, (columns.min() + columns.max()) / 2)
    # Cameras cut the disc above and below, seldom left and right: the wider half-extent is the radius.
    radius = max(rows.max() - rows.min(), columns.max() - columns.min()) / 2 + 0.5
    y, x = np.ogrid[: mask.shape[0], : mask.shape[1]]
    disc = (y - middle[0]) ** 2 + (x - middle[1]) ** 2 <= radius**2
    return float((disc & mask).sum() / max(1, (disc | mask).sum()))


def _enlarge(mask: Mask, shape: tuple[int, int]) -> Mask:
    from PIL import Image

    if mask.shape == shape:
        return mask
    big = Image.fromarray(mask.astype(np.uint8) * 255).resize(shape[::-1], Image.Resampling.BILINEAR)
    return np.asarray(big) > 127
