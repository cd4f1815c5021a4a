"""Copies of a picture as another exposure, position or machine might give it: to train on, and to widen sets by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]
Plane = NDArray[np.float64]
Rng = np.random.Generator
Shift = Callable[[Plane, Rng], Plane]
"""From H x W x 3 to the same, not yet rounded."""


def disturbed(picture: Pictures, rng: Rng, flips: bool = False) -> Pictures:
    """A copy as another exposure, position or machine might give it: blur, turn, zoom, shift, gamma, contrast, noise.

    Shifts are shares of the side (up to 9 %), turns up to 10 degrees, zoom 0.9 to 1.2, gamma and contrast 0.6 to 1.6.
    """
    from scipy.ndimage import gaussian_filter

    planes = picture.astype(np.float64)
    if flips and rng.random() < 0.5:
        planes = planes[:, ::-1]
    if rng.random() < 0.5:
        sigma = rng.uniform(0, max(1.0, picture.shape[0] / 128))
        planes = gaussian_filter(planes, (sigma, sigma, 0), mode="nearest")
    if rng.random() < 0.8:
        zoom, reach = np.exp(rng.uniform(np.log(0.9), np.log(1.2))), 0.09 * picture.shape[0]
        turn, down, across = rng.uniform(-10, 10), rng.uniform(-reach, reach), rng.uniform(-reach, reach)
        planes = moved(planes, float(turn), float(zoom), (float(down), float(across)))
    planes = planes.clip(0, 255)
    if rng.random() < 0.6:
        planes = 255 * (planes / 255) ** np.exp(rng.uniform(-0.5, 0.5))
    if rng.random() < 0.6:
        planes = planes.mean() + (planes - planes.mean()) * rng.uniform(0.6, 1.3)
    if rng.random() < 0.4:
        planes = planes + rng.normal(0, rng.uniform(0, 10), planes.shape[:2])[..., None]
    return planes.clip(0, 255).round().astype(np.uint8)


def moved(
    planes: Plane, turn: float = 0.0, zoom: float = 1.0, shift: tuple[float, float] = (0.0, 0.0)
) -> Plane:
    """H x W x 3 turned about its middle (degrees), enlarged and shifted (px down, px right); edges are continued."""
    from scipy.ndimage import affine_transform

    angle, middle = np.deg2rad(turn), (np.array(planes.shape[:2]) - 1) / 2
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / zoom
    start = middle - matrix @ (middle + np.array(shift))
    if (planes == planes[..., :1]).all():  # a grey picture: once instead of three times
        grey = affine_transform(planes[..., 0], matrix, start, order=3, mode="nearest")
        return np.repeat(grey[..., None], 3, axis=2)
    turned = [affine_transform(planes[..., one], matrix, start, order=3, mode="nearest") for one in range(3)]
    return np.stack(turned, axis=2)


def shifts(side: int) -> Mapping[str, Shift]:
    """The ten of the shift table (imaging spec 7.1, row 10) for pictures of ``side`` px; lengths are those of 28 px.

    Blur stands at 0.7 px, or 1/170 of the side where that is more.
    """
    step, sigma = 2 * side / 28, max(0.7, side / 170)
    return {
        "gamma .7": lambda x, _: 255 * (x / 255) ** 0.7,
        "gamma 1.4": lambda x, _: 255 * (x / 255) ** 1.4,
        "contrast .7": lambda x, _: x.mean() + 0.7 * (x - x.mean()),
        "blur .7 px": lambda x, _: _blurred(x, sigma),
        "shift +2 px": lambda x, _: moved(x, shift=(step, step)),
        "shift -2 px": lambda x, _: moved(x, shift=(-step, -step)),
        "turn +8": lambda x, _: moved(x, turn=8.0),
        "turn -8": lambda x, _: moved(x, turn=-8.0),
        "noise 8": lambda x, rng: x + rng.normal(0, 8, x.shape[:2])[..., None],
        "zoom 1.15": lambda x, _: moved(x, zoom=1.15),
    }


def unseen(side: int) -> Mapping[str, Shift]:
    """Five of kinds or strengths that no training copy has and no set is widened by: what is promised of nothing."""
    return {
        "brighter 25": lambda x, _: x + 25,
        "darker 25": lambda x, _: x - 25,
        "zoom 0.85": lambda x, _: moved(x, zoom=0.85),
        "blur 1.2 px": lambda x, _: _blurred(x, 1.2 * max(1.0, side / 119)),
        "vignette": lambda x, _: x * _vignette(x.shape[0]),
    }


def shifted(pictures: Pictures, how: Shift) -> Pictures:
    """N x S x S x 3 bytes under one shift; noise by a fixed seed."""
    rng = np.random.default_rng(0)
    return np.stack([how(one.astype(float), rng).clip(0, 255).round().astype(np.uint8) for one in pictures])


def _blurred(planes: Plane, sigma: float) -> Plane:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(planes, (sigma, sigma, 0), mode="nearest"))


def _vignette(side: int) -> Plane:
    y, x = (np.mgrid[:side, :side] - (side - 1) / 2) / (side / 2)
    return np.asarray(1 - 0.2 * (x**2 + y**2))[..., None]
