"""Pictures that are no eyes, drawn by formula: what the gate learns to refuse without any foreign picture."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

Scene = NDArray[np.float64]
Rng = np.random.Generator


def not_an_eye(rng: Rng, side: int = 224) -> NDArray[np.uint8]:
    """One drawn picture: clouds, overlapping shapes, stripes, strokes or nothing, mostly orange, mostly in a disc."""
    scene = _tint(rng, _lights(rng, side))
    y, x = np.mgrid[:side, :side] / side - 0.5
    if rng.random() < 0.5:  # a vignette, as cameras make
        scene = scene * (1 - rng.uniform(0, 1.2) * (x**2 + y**2) / 0.5)[..., None]
    if rng.random() < 0.4:  # a bright spot where a disc could be
        row, column = rng.uniform(-0.3, 0.3, 2)
        size = rng.uniform(0.02, 0.2)
        spot = np.exp(-((y - row) ** 2 + (x - column) ** 2) / 2 / size**2)
        scene = scene + spot[..., None] * rng.uniform(20, 90, 3)
    if rng.random() < 0.5:
        scene = blurred(scene, rng.uniform(0.5, 4))
    if rng.random() < 0.5:
        channels = 1 if rng.random() < 0.5 else 3
        scene = scene + rng.normal(0, rng.uniform(1, 12), (side, side, channels))
    pixels = scene.clip(0, 255).astype(np.uint8)
    pixels = as_jpeg(rng, pixels, 50, 95) if rng.random() < 0.5 else pixels
    inside = disc(side, rng.uniform(0.4, 0.6)) if rng.random() < 0.85 else np.ones((side, side), dtype=bool)
    return np.where(inside[..., None], pixels, 0).astype(np.uint8)


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


def _lights(rng: Rng, side: int) -> Scene:
    kind = rng.random()
    if kind < 0.2:
        return _clouds(rng, side, rng.uniform(0.2, 2.6))[..., None]
    if kind < 0.6:
        return _shapes(rng, side)
    if kind < 0.7:
        return _stripes(rng, side)[..., None]
    if kind < 0.8:
        return _strokes(rng, side)[..., None]
    return np.zeros((side, side, 1))


def _clouds(rng: Rng, side: int, fall: float) -> Scene:
    """Noise whose amplitude falls with frequency to the power ``fall``; SD 1."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side)[None])
    frequency[0, 0] = 1
    noise = np.fft.ifft2(np.fft.fft2(rng.normal(size=(side, side))) / frequency**fall).real
    return np.asarray((noise - noise.mean()) / noise.std())


def _shapes(rng: Rng, side: int) -> Scene:
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


def _stripes(rng: Rng, side: int) -> Scene:
    y, x = np.mgrid[:side, :side] / side - 0.5
    turn = rng.uniform(0, np.pi)
    wave = np.sign(np.sin((x * np.cos(turn) + y * np.sin(turn)) * rng.uniform(10, 200)))
    return np.asarray(wave * rng.uniform(0.3, 1) + rng.uniform(0, 0.5) * _clouds(rng, side, 1))


def _strokes(rng: Rng, side: int) -> Scene:
    """Many short strokes in nearly one direction: hair, grass."""
    scene = np.zeros((side, side))
    common = rng.uniform(0, 3)
    for _ in range(rng.integers(200, 1500)):
        row, column = rng.integers(0, side, 2)
        turn, steps = rng.normal(common, 0.5), np.arange(rng.integers(4, 25))
        rows = (row + steps * np.sin(turn)).astype(int) % side
        scene[rows, (column + steps * np.cos(turn)).astype(int) % side] += rng.normal(0, 1.5)
    scene = gaussian_filter(scene, rng.uniform(0.4, 1.2))
    return np.asarray(scene / (scene.std() + 0.01))


def _tint(rng: Rng, lights: Scene) -> Scene:
    """Colours: six in ten as a fundus has them (red above green above blue), the rest grey or anything."""
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
