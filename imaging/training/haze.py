"""Eyes seen through a cataract or badly lit, made from clear ones: veil, blur, shadow, crescents, ghost spots.

No photograph of a hazy eye may ship in a model, so the gate learns haze from clear training eyes. Two pictures of one
seed are the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.training.scenes import as_jpeg, blurred, magnified

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Scene = NDArray[np.float64]
Rng = np.random.Generator

VEILS = np.array(
    [
        [190, 170, 150], [200, 150, 60], [150, 140, 80], [120, 95, 70], [150, 125, 120], [200, 170, 175],
        [220, 200, 120], [110, 100, 60], [200, 110, 40],
    ],
    dtype=float,
)  # fmt: skip
"""Colours of the veil: white, yellow, olive, brown, mauve, pink, pale yellow, dark olive, orange."""


def hazy(rng: Rng, pixels: Pixels, mask: Mask) -> tuple[Pixels, Mask]:
    """A hazy copy of an H x W x 3 eye within its H x W mask; the veil hides 0.3 to 0.97 of the contrast."""
    if rng.random() < 0.5:
        pixels, mask = pixels[:, ::-1], mask[:, ::-1]
    if rng.random() < 0.5:
        pixels, mask = pixels.transpose(1, 0, 2), mask.T
    if rng.random() < 0.3:
        pixels, mask = magnified(rng, pixels, mask)
    eye = _stray_light(rng, _veiled(rng, pixels.astype(float), mask), mask)
    eye = eye * rng.uniform(0.45, 1.25) if rng.random() < 0.5 else eye
    if rng.random() < 0.4:
        eye = eye + rng.normal(0, rng.uniform(0, 3), eye.shape)
    copy = eye.clip(0, 255).astype(np.uint8)
    copy = as_jpeg(rng, copy, 60, 95) if rng.random() < 0.7 else copy
    return np.where(mask[..., None], copy, 0).astype(np.uint8), np.ascontiguousarray(mask)


def harsh(rng: Rng, pixels: Pixels, mask: Mask) -> Pixels:
    """A badly lit copy on black: overexposed, in part or wholly too dark, or with a crescent; at times squeezed or cut.

    Its field has to be found anew: what is too dark falls out of it, as it does in a real photograph.
    """
    if rng.random() < 0.5:
        pixels, mask = pixels[:, ::-1], mask[:, ::-1]
    if rng.random() < 0.5:
        pixels, mask = pixels.transpose(1, 0, 2), mask.T
    if rng.random() < 0.4:
        pixels, mask = magnified(rng, pixels, mask)
    eye = pixels.astype(float)
    eye = _veiled(rng, eye, mask) if rng.random() < 0.4 else eye
    if rng.random() < 0.4:
        eye = eye * rng.uniform(0.6, 1.3, 3)
    eye = _badly_lit(rng, eye, mask)
    return _other_frame(rng, np.where(mask[..., None], eye, 0).clip(0, 255).astype(np.uint8))


def _badly_lit(rng: Rng, eye: Scene, mask: Mask) -> Scene:
    kind = rng.integers(4)
    if kind == 0:
        return np.asarray(eye * rng.uniform(1.3, 2.6) * np.array([1, 1, rng.uniform(0.3, 1.2)]))
    if kind == 1:
        light = _smooth(rng, mask.shape)
        return np.asarray(eye * np.clip((light - rng.uniform(0, 0.5)) * rng.uniform(1.5, 4), 0, 1)[..., None])
    if kind == 2:
        return np.asarray(eye + _crescent(rng, mask.shape) * rng.uniform(1, 2))
    return np.asarray(eye * rng.uniform(0.25, 0.6))


def _other_frame(rng: Rng, copy: Pixels) -> Pixels:
    """At times squeezed to an ellipse, cut above and below, or packed as JPEG."""
    if rng.random() < 0.35:
        width = int(copy.shape[1] * rng.uniform(0.6, 0.95))
        copy = np.asarray(Image.fromarray(copy).resize((width, copy.shape[0])))
    if rng.random() < 0.3:
        cut = int(copy.shape[0] * rng.uniform(0.02, 0.15))
        copy = copy[cut:-cut]
    return as_jpeg(rng, copy, 60, 95) if rng.random() < 0.6 else np.ascontiguousarray(copy)


def _veiled(rng: Rng, eye: Scene, mask: Mask) -> Scene:
    """Blurred, and mixed with a veil that is denser and brighter in some places."""
    if rng.random() < 0.5:
        eye = eye * rng.uniform(0.75, 1.25, 3)
    if rng.random() < 0.7:
        eye = blurred(eye, rng.uniform(0.3, 5))
    veil = VEILS[rng.integers(len(VEILS))] * rng.uniform(0.85, 1.15, 3) * rng.uniform(0.6, 1.15)
    share, uneven = rng.uniform(0.3, 0.95), _smooth(rng, mask.shape)
    dense = np.clip(share + rng.uniform(0, 0.35) * (uneven - 0.5), 0, 0.97)[..., None]
    bright = 1 + rng.uniform(0, 0.5) * (_smooth(rng, mask.shape) - 0.5)
    return np.asarray(eye * (1 - dense) + dense * veil * bright[..., None])


def _smooth(rng: Rng, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """A smooth field from 0 to 1."""
    cells = rng.integers(2, 5)
    coarse = Image.fromarray(rng.normal(size=(cells, cells)).astype(np.float32))
    field = np.asarray(coarse.resize((shape[1], shape[0]), Image.Resampling.BICUBIC))
    return np.asarray((field - field.min()) / (np.ptp(field) + 1e-6))


def _stray_light(rng: Rng, eye: Scene, mask: Mask) -> Scene:
    """At times a bright crescent or a shadow at the rim, at times up to three ghost spots."""
    if rng.random() < 0.3:
        eye = eye + _crescent(rng, mask.shape)
    if rng.random() < 0.3:
        for _ in range(rng.integers(1, 4)):
            eye = eye + _spot(rng, mask.shape)
    return eye


def _crescent(rng: Rng, shape: tuple[int, ...]) -> Scene:
    height, width = shape
    y, x = np.mgrid[:height, :width]
    turn, radius = rng.uniform(0, 2 * np.pi), min(height, width) / 2
    row = height / 2 - np.sin(turn) * radius * rng.uniform(0.1, 0.5)
    column = width / 2 - np.cos(turn) * radius * rng.uniform(0.1, 0.5)
    far = np.hypot(y - row, x - column) / radius
    ring = 1 / (1 + np.exp(-(far - rng.uniform(1.0, 1.3)) / rng.uniform(0.02, 0.1)))
    sign = rng.choice([-1, 1], p=[0.3, 0.7])
    return np.asarray(ring[..., None] * sign * np.array([120, 120, 80]) * rng.uniform(0.4, 1.3))


def _spot(rng: Rng, shape: tuple[int, ...]) -> Scene:
    height, width = shape
    y, x = np.mgrid[:height, :width]
    place = rng.uniform(0.3, 0.7, 2) if rng.random() < 0.6 else rng.uniform(0.1, 0.9, 2)
    row, column = place * [height, width]
    radius = rng.uniform(0.008, 0.06) * height
    inside = 1 / (1 + np.exp((np.hypot(y - row, x - column) - radius) / rng.uniform(0.7, 3)))
    return np.asarray(inside[..., None] * rng.uniform(10, 60) * np.array([1, 1, 1.1]))
