"""What drawn pictures are made of: discs, shapes, tints, blur, JPEG, and a closer look at a part of an eye."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from imaging.appearance import SIDE

Scene = NDArray[np.float64]
Rng = np.random.Generator


def disc(side: int, radius: float) -> NDArray[np.bool_]:
    """A disc in the middle of a square; ``radius`` as a share of the side."""
    y, x = np.ogrid[:side, :side]
    return np.asarray((y - side / 2) ** 2 + (x - side / 2) ** 2 <= (radius * side) ** 2)


def blurred(scene: Scene, sigma: float) -> Scene:
    """The scene blurred within each channel."""
    return np.asarray(gaussian_filter(scene, (sigma, sigma, 0)))


def as_jpeg(rng: Rng, pixels: NDArray[np.uint8], low: int, high: int) -> NDArray[np.uint8]:
    """The picture after a JPEG of some quality."""
    packed = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(packed, "JPEG", quality=int(rng.uniform(low, high)))
    return np.asarray(Image.open(packed))


def magnified(
    rng: Rng, pixels: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A smaller part of an eye's field at full size, in a disc of its own."""
    height, width = mask.shape
    side = int(min(height, width) * rng.uniform(0.6, 1))
    top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
    part = np.ascontiguousarray(pixels[top : top + side, left : left + side])
    seen = np.ascontiguousarray(mask[top : top + side, left : left + side])
    near = np.asarray(Image.fromarray(part).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    inside = disc(SIDE, rng.uniform(0.47, 0.5)) & np.asarray(Image.fromarray(seen).resize((SIDE, SIDE)))
    return near, inside if inside.sum() > 5000 else np.ones((SIDE, SIDE), dtype=bool)


def _clouds(rng: Rng, side: int, fall: float) -> Scene:
    """Noise whose amplitude falls with frequency to the power ``fall``; SD 1."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side)[None])
    frequency[0, 0] = 1
    noise = np.fft.ifft2(np.fft.fft2(rng.normal(size=(side, side))) / frequency**fall).real
    return np.asarray((noise - noise.mean()) / noise.std())


def shapes(rng: Rng, side: int) -> Scene:
    """Ellipses, boxes and bars laid over each other ("dead leaves"): the statistics of everyday photographs."""
    scene = np.zeros((side, side, 3))
    y, x = np.mgrid[:side, :side]
    for _ in range(rng.integers(5, 120)):
        radius = side * 0.5 * rng.uniform(0.03, 1) ** rng.uniform(1, 3)
        row, column = rng.uniform(0, side, 2)
        turn, flat, kind = rng.uniform(0, np.pi), rng.uniform(0.15, 1), rng.integers(3)
        u = (x - column) * np.cos(turn) + (y - row) * np.sin(turn)
        v = (y - row) * np.cos(turn) - (x - column) * np.sin(turn)
        ellipse = u**2 + (v / flat) ** 2 < radius**2
        box = (np.abs(u) < radius) & (np.abs(v) < radius * (flat if kind == 1 else 0.1))
        scene[ellipse if kind == 0 else box] = rng.normal(0, 1) + rng.normal(0, 0.4, 3)
    return scene + rng.uniform(0, 0.3) * _clouds(rng, side, rng.uniform(0, 1.5))[..., None]


def tint(rng: Rng, lights: Scene) -> Scene:
    """Colours for H x W x 1 or 3 of light in SD.

    Six in ten as a fundus has them (red above green above blue), the rest grey or anything.
    """
    style = rng.random()
    if style < 0.6:
        red = rng.uniform(110, 235)
        green = red * rng.uniform(0.35, 0.8)
        base = np.array([red, green, green * rng.uniform(0.2, 0.9)])
        amplitude = base * rng.uniform(0.03, 0.45) * np.array([1, *rng.uniform(0.5, 1.5, 2)])
    elif style < 0.75:
        base = np.full(3, rng.uniform(40, 200))
        amplitude = base * rng.uniform(0.05, 0.6)
    else:
        base = rng.uniform(20, 230, 3)
        amplitude = base * rng.uniform(0.05, 0.6, 3)
    if lights.shape[2] == 3 and rng.random() < 0.6:
        lights = lights.mean(axis=2, keepdims=True) * 0.9 + lights * rng.uniform(0, 0.4)
    return np.asarray(base + amplitude * lights)
