"""Pictures that are no eyes, round and in the colours of a fundus: what the gate learns to refuse.

Most are drawn by formula. The rest are cut from a few everyday pictures that scikit-image carries under CC0; all other
everyday pictures are kept for measuring. Two pictures of one seed are the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.training.scenes import as_jpeg, blurred, disc, shapes, tint

Pixels = NDArray[np.uint8]
Scene = NDArray[np.float64]
Rng = np.random.Generator

SIDE = 224
EVERYDAY = ("brick.png", "camera.png", "cell.png", "coffee.png", "grass.png", "gravel.png", "horse.png")
"""Pictures of scikit-image that its documentation puts under CC0."""


def drawn(x_rays: NDArray[np.uint8], count: int) -> Iterator[Pixels]:
    """``count`` pictures of each of three kinds: X-rays and shapes tinted in a circle, and discs of light alone."""
    for index in range(count):
        yield tinted_x_ray(np.random.default_rng([22, 10 * index + 6]), x_rays)
        yield bare_disc(np.random.default_rng([22, 10 * index + 8]))
        yield tinted_shapes(np.random.default_rng([22, 10 * index + 9]))


def everyday(count: int) -> Iterator[Pixels]:
    """``count`` parts of each of :data:`EVERYDAY`: most tinted, half of them blurred, nearly all in a circle."""
    import skimage

    folder = Path(skimage.__file__).parent / "data"
    for name in EVERYDAY:
        with Image.open(folder / name) as file:
            over = Image.new("RGBA", file.size, (0, 0, 0, 255))
            over.alpha_composite(file.convert("RGBA"))
        whole = np.asarray(over.convert("RGB"))
        for index in range(count):
            yield part_of(np.random.default_rng([31, zlib.crc32(name.encode()), index]), whole)


def part_of(rng: Rng, whole: Pixels) -> Pixels:
    """A square part of a picture, turned, as it is or tinted, in a circle."""
    scene = _square_of(rng, whole)
    if rng.random() < 0.75:
        light = scene.mean(axis=2, keepdims=True) if rng.random() < 0.7 else scene
        scene = tint(rng, (light - light.mean()) / (light.std() + 5))
    if rng.random() < 0.5:
        scene = blurred(scene, rng.uniform(0.5, 5))
    if rng.random() < 0.2:
        scene = scene + rng.normal(0, rng.uniform(1, 8), scene.shape)
    pixels = scene.clip(0, 255).astype(np.uint8)
    pixels = as_jpeg(rng, pixels, 50, 95) if rng.random() < 0.5 else pixels
    inside = disc(SIDE, rng.uniform(0.44, 0.5)) if rng.random() < 0.9 else np.ones((SIDE, SIDE), dtype=bool)
    return np.where(inside[..., None], pixels, 0).astype(np.uint8)


def _square_of(rng: Rng, whole: Pixels) -> Scene:
    height, width = whole.shape[:2]
    side = int(min(height, width) * rng.uniform(0.35, 1))
    top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
    square = Image.fromarray(np.ascontiguousarray(whole[top : top + side, left : left + side]))
    scene = np.asarray(square.resize((SIDE, SIDE), Image.Resampling.BICUBIC)).astype(float)
    return np.rot90(scene, int(rng.integers(4)))


def tinted_x_ray(rng: Rng, x_rays: NDArray[np.uint8]) -> Pixels:
    """One of N x H x W X-rays, turned, in a circle."""
    small = Image.fromarray(x_rays[rng.integers(len(x_rays))])
    light = np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC)).astype(float)
    light = np.rot90(light, int(rng.integers(4)))
    return _in_a_circle(rng, ((light - light.mean()) / (light.std() + 1))[..., None])


def tinted_shapes(rng: Rng) -> Pixels:
    """Overlapping shapes in a circle, six of ten in one hue."""
    light = shapes(rng, SIDE)
    light = light.mean(axis=2, keepdims=True) if rng.random() < 0.6 else light
    return _in_a_circle(rng, (light - light.mean()) / (light.std() + 0.05))


def _in_a_circle(rng: Rng, light: Scene) -> Pixels:
    """Light in SD, H x W x 1 or 3, tinted and at times blurred, within a disc."""
    scene = tint(rng, light)
    if rng.random() < 0.5:
        scene = blurred(scene, rng.uniform(0.5, 5))
    pixels = scene.clip(0, 255).astype(np.uint8)
    pixels = as_jpeg(rng, pixels, 50, 95) if rng.random() < 0.5 else pixels
    return np.where(disc(SIDE, rng.uniform(0.44, 0.5))[..., None], pixels, 0).astype(np.uint8)


def bare_disc(rng: Rng) -> Pixels:
    """A disc of one colour; at times darker outwards, with bright spots, noise or blur."""
    red = rng.uniform(100, 240)
    green = red * rng.uniform(0.3, 0.85)
    scene = _lit(rng, np.ones((SIDE, SIDE, 3)) * np.array([red, green, green * rng.uniform(0.1, 0.95)]))
    if rng.random() < 0.5:
        scene = scene + rng.normal(0, rng.uniform(0.5, 14), (SIDE, SIDE, 1 if rng.random() < 0.3 else 3))
    if rng.random() < 0.4:
        scene = blurred(scene, rng.uniform(0.5, 4))
    inside = disc(SIDE, rng.uniform(0.45, 0.5))
    return np.where(inside[..., None], scene.clip(0, 255), 0).astype(np.uint8)


def _lit(rng: Rng, scene: Scene) -> Scene:
    """Light that falls off outwards, and one or two bright spots, each at times."""
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
    if rng.random() < 0.4:
        scene = scene * (1 - rng.uniform(0, 0.8) * (x**2 + y**2) / 0.25)[..., None]
    if rng.random() < 0.5:
        for _ in range(rng.integers(1, 3)):
            row, column = rng.uniform(-0.3, 0.3, 2)
            size = rng.uniform(0.02, 0.2)
            spot = np.exp(-((y - row) ** 2 + (x - column) ** 2) / 2 / size**2)
            scene = scene + spot[..., None] * rng.uniform(10, 100, 3)
    return scene
