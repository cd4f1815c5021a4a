"""A drawn fundus whose truth is known: vessels of known width, disc, fovea, field, and lesions if wanted.

A fixture, a demonstration and gold for evaluation; nobody's eye, and no training picture of anything that ships but
where a card says so. Proportions: spec 3.10 (disc .24-.32 of the side from the middle, fovea .34 temporal of it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.generate.lesions import Kind, Mask, Pixels, inject

Rng = np.random.Generator
FIELD, DISC, TO_FOVEA = 0.48, 0.042, 0.34
SHRINKING, BRANCHING = 0.9965, 0.022
SMALLEST_SIDE = 64


class Phantom(NamedTuple):
    """A picture (S x S x 3) and its truth. ``widths`` is the drawn width in px at each vessel pixel, else 0."""

    pixels: Pixels
    field: Mask
    vessels: Mask
    widths: NDArray[np.float32]
    disc: Mask
    fovea: tuple[int, int]
    lesions: Mapping[Kind, Mask]


class _Canvas(NamedTuple):
    """Widest vessel so far at each pixel, in px."""

    widths: NDArray[np.float32]
    fovea: tuple[float, float]


def phantom(side: int, seed: int, lesions: Sequence[Kind] = (), contrast: float = 1.0) -> Phantom:
    """Draw one eye of ``side`` px; the same bytes for the same arguments.

    Raises:
        ValueError: the side is below 64 px.
    """
    if side < SMALLEST_SIDE:
        raise ValueError(f"the side is at least {SMALLEST_SIDE} px")
    rng = np.random.default_rng([seed, side])
    y, x = np.mgrid[:side, :side].astype(np.float64)
    middle = (side - 1) / 2
    field = (y - middle) ** 2 + (x - middle) ** 2 <= (FIELD * side) ** 2
    where = float(rng.choice([-1, 1]))
    disc = (middle + rng.normal(0, 0.01) * side, middle + where * rng.uniform(0.24, 0.32) * side)
    fovea = (middle + 0.03 * side, disc[1] - where * TO_FOVEA * side)
    canvas = _Canvas(np.zeros((side, side), dtype=np.float32), fovea)
    _tree(rng, canvas, disc, where)
    inside = (y - disc[0]) ** 2 + (x - disc[1]) ** 2 <= (DISC * side) ** 2
    pixels = _coloured(rng, field, canvas, disc, fovea)
    truth: dict[Kind, Mask] = {}
    for kind in lesions:
        drawn = inject(pixels, field, kind, seed, contrast, disc=(round(disc[0]), round(disc[1])))
        pixels, truth[kind] = drawn.pixels, drawn.mask
    vessels = (canvas.widths > 0) & field
    return Phantom(
        pixels, field, vessels, np.where(vessels, canvas.widths, 0).astype(np.float32), inside & field,
        (round(fovea[0]), round(fovea[1])), truth,
    )  # fmt: skip


def tree(
    rng: Rng, side: int, disc: tuple[float, float], fovea: tuple[float, float], where: float
) -> NDArray[np.float32]:
    """A vessel tree alone: the drawn width in px at each vessel pixel, else 0 (side x side).

    ``disc`` and ``fovea`` are row and column in px; ``where`` 1 for a disc right of the middle, -1 left of it.
    """
    canvas = _Canvas(np.zeros((side, side), dtype=np.float32), fovea)
    _tree(rng, canvas, disc, where)
    return canvas.widths


def _tree(rng: Rng, canvas: _Canvas, disc: tuple[float, float], where: float) -> None:
    """Two arcades up and two down, temporal ones bent around the fovea, each branching as it goes."""
    side = canvas.widths.shape[0]
    for up in (-1.0, 1.0):
        for temporal in (True, True, False):
            aside = -where if temporal else where
            heading = np.arctan2(up, aside * rng.uniform(0.3, 0.9))
            bend = -up * aside * rng.uniform(0.6, 1.2) / (0.5 * side) if temporal else 0.0
            _walk(rng, canvas, disc, heading, rng.uniform(3.2, 4.6) * side / 256, bend * -1.0)


def _walk(
    rng: Rng,
    canvas: _Canvas,
    start: tuple[float, float],
    heading: float,
    width: float,
    bend: float,
    depth: int = 0,
) -> None:
    side = canvas.widths.shape[0]
    y, x = start
    middle = (side - 1) / 2
    while width > 0.9 * side / 256 and np.hypot(y - middle, x - middle) < FIELD * side:
        if np.hypot(y - canvas.fovea[0], x - canvas.fovea[1]) < 0.06 * side:
            return
        _dab(canvas.widths, y, x, width)
        heading += rng.normal(0, 0.05) + bend
        y, x, width = y + np.sin(heading), x + np.cos(heading), width * SHRINKING ** (256 / side)
        if depth < 4 and rng.random() < BRANCHING * 256 / side:
            turn = float(rng.choice([-1, 1])) * rng.uniform(0.35, 0.9)
            _walk(rng, canvas, (y, x), heading + turn, width * rng.uniform(0.55, 0.8), 0.0, depth + 1)


def _dab(widths: NDArray[np.float32], y: float, x: float, width: float) -> None:
    """A disc of the vessel's width; a pixel belongs to it if its middle does (so that thin ones keep one pixel)."""
    reach = int(np.ceil(width / 2)) + 1
    top, left = max(0, round(y) - reach), max(0, round(x) - reach)
    part = widths[top : round(y) + reach + 1, left : round(x) + reach + 1]
    if not part.size:
        return
    rows, columns = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]]
    near = (rows - y) ** 2 + (columns - x) ** 2 <= max(width / 2, 0.5) ** 2
    np.maximum(part, np.where(near, width, 0), out=part)


def _coloured(
    rng: Rng, field: Mask, canvas: _Canvas, disc: tuple[float, float], fovea: tuple[float, float]
) -> Pixels:
    from scipy.ndimage import gaussian_filter

    side = field.shape[0]
    y, x = np.mgrid[:side, :side]
    base = np.array([190.0, 95.0, 45.0]) * rng.uniform(0.85, 1.15, 3)
    light = 1 - 0.35 * ((y - side / 2) ** 2 + (x - side / 2) ** 2) / (FIELD * side) ** 2
    for scale, strength in ((24, 0.05), (8, 0.03), (2, 0.02)):
        grain = gaussian_filter(rng.normal(size=(side, side)), scale * side / 256)
        light = light + strength * grain / grain.std()
    light = light - 0.3 * np.exp(-((y - fovea[0]) ** 2 + (x - fovea[1]) ** 2) / (2 * (0.05 * side) ** 2))
    eye = light[..., None] * base
    bright = 1 / (1 + np.exp((np.hypot(y - disc[0], x - disc[1]) - DISC * side) / (0.004 * side)))
    eye = eye + bright[..., None] * (np.array([245.0, 215.0, 150.0]) - eye)
    dark = gaussian_filter((canvas.widths > 0).astype(np.float64), 0.5 * side / 256)[..., None]
    eye = eye * (1 - dark * np.array([0.3, 0.5, 0.4]))
    eye = eye + rng.normal(0, 2.0, eye.shape)
    return np.asarray(np.rint(np.where(field[..., None], eye, 0)).clip(0, 255), dtype=np.uint8)
