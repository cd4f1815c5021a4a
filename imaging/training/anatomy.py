"""The recipe of the fundus in parts: ``python -m imaging.training.anatomy --data DIR --out FILE``; under a minute.

What is learnt, and in which order, stands with :class:`imaging.generate.anatomy.Anatomy`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.generate.anatomy import (
    COARSE,
    FARTHEST,
    SHARP,
    Anatomy,
    AnatomyGenerator,
    Latents,
    moved,
    values_of,
    wide,
)
from imaging.generate.generator import Conditions, Pictures, Shape
from imaging.generate.pca import basis
from retrieval.evidence import Word

Numbers = NDArray[Any]


class AnatomySettings(Word):
    """Everything beside the data that decides the result. Lengths are px at 64."""

    ground: int = 20
    rim: int = 4
    eye: int = 30
    vessels: float = 0.35
    """Share of a picture's strength that the drawn vessels take."""
    mixture: int = 3
    spread: float = 0.8
    """Share of the SD of ground, rim and strength that is drawn; chosen, as the next, within one half of patients."""
    eye_spread: float = 0.7
    blur: float = 6.0
    field: float = 31.0
    seed: int = 0


class Ready(NamedTuple):
    """Pictures turned so that the disc is right: values (N x S x S x 3), disc places (N x 2), field masks."""

    values: Numbers
    discs: NDArray[np.int64]
    masks: NDArray[np.bool_]
    radius: Numbers


def fit(
    pictures: Pictures, conditions: Conditions, labels: Sequence[str], settings: AnatomySettings
) -> AnatomyGenerator:
    """Learn from S x S x 3 pictures (S 64, the field filling the frame); one with two labels serves both.

    Raises:
        ValueError: pictures are not 64 px or a label has fewer than 30.
    """
    if pictures.shape[1:] != (64, 64, 3):
        raise ValueError("pictures are 64 x 64 x 3")
    if min(conditions.sum(axis=0)) < 30:
        raise ValueError("at least 30 pictures of each label are needed")
    ready = _ready(pictures, settings)
    ground_mean, ground, ground_codes, rest = _ground(ready, settings)
    strength = np.log(_strength(ready, rest))
    parts, rim_codes, eye_codes = _detail(ready, rest, np.exp(strength), settings)
    parts |= {"ground_mean": ground_mean, "ground": ground}
    rows = np.concatenate([ground_codes, rim_codes, strength[:, None]], axis=1)
    latents = [
        _latents(rows[conditions[:, at] > 0], eye_codes[conditions[:, at] > 0], settings)
        for at in range(len(labels))
    ]
    shape = Shape(labels=tuple(labels), side=64, channels=3)
    return AnatomyGenerator(shape, Anatomy(**parts), latents)


def discs(pictures: Pictures) -> NDArray[np.int64]:
    """Row and column of the spot brighter than its surroundings at the size of a disc; in hazy eyes any place."""
    from scipy.ndimage import gaussian_filter

    y, x = _centred(pictures.shape[1])
    barred = (np.hypot(y, x) > 26) | (np.abs(y) > 14)
    found = []
    for one in pictures[..., :2].astype(np.float32).sum(axis=3):
        spot = gaussian_filter(one, 1.7) - gaussian_filter(one, 8)
        spot[barred] = -np.inf
        found.append(np.unravel_index(int(spot.argmax()), spot.shape))
    return np.array(found, dtype=np.int64)


def _centred(side: int) -> tuple[Numbers, Numbers]:
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    return y, x


def _ready(pictures: Pictures, settings: AnatomySettings) -> Ready:
    side = pictures.shape[1]
    places = discs(pictures)
    left = places[:, 1] < side / 2
    turned = np.where(left[:, None, None, None], pictures[:, :, ::-1], pictures)
    places[:, 1] = np.where(left, side - 1 - places[:, 1], places[:, 1])
    y, x = _centred(side)
    radius = np.hypot(y, x)
    masks = np.repeat(radius[None] <= settings.field, len(pictures), axis=0)
    rows = ((turned.max(axis=3) > 12) & masks).any(axis=2)
    first, last = rows.argmax(axis=1), side - rows[:, ::-1].argmax(axis=1)
    at = np.arange(side)[None, :, None]
    masks &= (at >= first[:, None, None]) & (at < last[:, None, None])
    return Ready(values_of(turned), places, masks, radius)


def _blurred(values: Numbers, masks: Numbers, sigma: float) -> Numbers:
    """Gaussian mean of what the mask holds."""
    from scipy.ndimage import gaussian_filter

    held = gaussian_filter(masks.astype(np.float32), (0, sigma, sigma))[..., None]
    return np.asarray(
        gaussian_filter(values * masks[..., None], (0, sigma, sigma, 0)) / np.maximum(held, 1e-3)
    )


def _ground(ready: Ready, settings: AnatomySettings) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Mean, components and codes of the smooth ground without disc and rim; and what stands on it."""
    y, x = np.mgrid[: ready.values.shape[1], : ready.values.shape[2]]
    away = np.hypot(y[None] - ready.discs[:, 0, None, None], x[None] - ready.discs[:, 1, None, None])
    inside = ready.masks & (away > 8)
    smooth = _blurred(ready.values, inside, settings.blur)
    step = ready.values.shape[1] // COARSE
    coarse = (
        smooth.reshape(len(smooth), COARSE, step, COARSE, step, 3).mean(axis=(2, 4)).reshape(len(smooth), -1)
    )
    mean, components, codes = _principal(coarse, settings.ground)
    drawn = wide((mean + codes @ components).reshape(-1, COARSE, COARSE, 3), ready.values.shape[1])
    return mean, components, codes, (ready.values - drawn) * ready.masks[..., None]


def _principal(rows: Numbers, components: int) -> tuple[Numbers, Numbers, Numbers]:
    """Mean, components (unit length) and codes (in the rows' own unit)."""
    rows = np.asarray(rows, dtype=np.float32)
    found = basis(rows, np.zeros((len(rows), 0), dtype=np.float32), components)
    return found.means[0], found.components, (rows - found.means[0]) @ found.components.T


def _strength(ready: Ready, rest: Numbers) -> Numbers:
    """SD of the sharp part away from disc and rim, mean of the channels; N values."""
    sharp = ready.values - _blurred(ready.values, ready.masks, SHARP)
    y, x = np.mgrid[: rest.shape[1], : rest.shape[2]]
    away = np.hypot(y[None] - ready.discs[:, 0, None, None], x[None] - ready.discs[:, 1, None, None])
    kept = ready.masks & (away > 11) & (ready.radius < 26)
    found = [np.sqrt((one[mask] ** 2).mean(axis=0)).mean() for one, mask in zip(sharp, kept, strict=True)]
    return np.maximum(np.array(found, dtype=np.float32), 1e-3)


def _detail(
    ready: Ready, rest: Numbers, strength: Numbers, settings: AnatomySettings
) -> tuple[dict[str, Numbers], Numbers, Numbers]:
    """The shared numbers of rim, disc and vessels; codes of the rim and of what surrounds the disc."""
    outer = ((ready.radius - 29) / 2).clip(0, 1)[..., None]
    rim_mean, rim, rim_codes = _principal((rest * outer).reshape(len(rest), -1), settings.rim)
    usual = np.median(ready.discs, axis=0).round()
    off = (ready.discs - usual).astype(np.int64)
    near = (np.abs(off) <= FARTHEST).all(axis=1)
    off = np.where(near[:, None], off, 0)
    inner = rest * (1 - outer) / strength[:, None, None, None]
    centred = np.stack([moved(one, -by) for one, by in zip(inner, off, strict=True)])
    eye_mean, eye, eye_codes = _principal(centred.reshape(len(centred), -1), settings.eye)
    spread = np.maximum(off[near].std(axis=0), 0.5)
    parts = {
        "rim_mean": rim_mean, "rim": rim, "eye_mean": eye_mean, "eye": eye,
        "alpha": _alpha(ready, settings), "vessel": settings.vessels * _colour(ready),
        "place": np.array([*usual, *spread]), "cuts": _cuts(ready.masks),
    }  # fmt: skip
    return {name: np.asarray(one, dtype=np.float32) for name, one in parts.items()}, rim_codes, eye_codes


def _colour(ready: Ready) -> Numbers:
    """How much the darkest sharp pixels of green depart in each channel, as shares of green."""
    sharp = ready.values - _blurred(ready.values, ready.masks, SHARP)
    kept = ready.masks & (ready.radius < 26)
    rows = sharp[kept]
    dark = rows[rows[:, 1] <= np.percentile(rows[:, 1], 3)].mean(axis=0)
    return np.asarray(dark / dark[1])


def _alpha(ready: Ready, settings: AnatomySettings) -> Numbers:
    """How far the field reaches: 1 inside; at the rim the usual brightness as a share of that further in."""
    side = ready.values.shape[1]
    whole = np.asarray(ready.masks.any(axis=2)).sum(axis=1) >= side - 2
    levels = np.exp(ready.values[whole]) - 4
    smooth = np.exp(_blurred(ready.values[whole], ready.masks[whole], settings.blur)) - 4
    share = np.median((levels / np.maximum(smooth, 8)).mean(axis=3), axis=0)
    turned = [np.rot90(one, turn) for one in (share, share.T) for turn in range(4)]
    return np.asarray(np.where(ready.radius < 29, 1, np.mean(turned, axis=0).clip(0, 1)))


def _cuts(masks: NDArray[np.bool_]) -> Numbers:
    """First row and row after the last of the fields, and how many pictures share them; those of one alone are left."""
    rows = np.asarray(masks.any(axis=2))
    ends = np.stack([rows.argmax(axis=1), rows.shape[1] - rows[:, ::-1].argmax(axis=1)], axis=1)
    found, counts = np.unique(ends, axis=0, return_counts=True)
    usual = counts > 1
    widened = np.where(found == found[counts.argmax()], [0, rows.shape[1]], found)
    return np.concatenate([widened[usual], counts[usual, None]], axis=1)


def _latents(rows: Numbers, eye_codes: Numbers, settings: AnatomySettings) -> Latents:
    """One label's mixture over ground, rim and strength, and its normal values around the disc."""
    from sklearn.mixture import GaussianMixture

    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    mixture = GaussianMixture(settings.mixture, reg_covar=0.05, random_state=settings.seed, n_init=2)
    mixture.fit((rows - mean) / spread)
    factors = settings.spread * np.linalg.cholesky(mixture.covariances_) * spread[None, :, None]
    arrays = (
        mixture.weights_,
        mean + spread * mixture.means_,
        factors,
        eye_codes.mean(axis=0),
        settings.eye_spread * eye_codes.std(axis=0),
    )
    return Latents(*(np.asarray(one, dtype=np.float32) for one in arrays))


def main() -> None:
    """Learn from a user's own photographs and save; what comes out stays local."""
    parser = argparse.ArgumentParser(prog="python -m imaging.training.anatomy", description=main.__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with index.csv: file, label, patient"
    )
    parser.add_argument("--out", type=Path, required=True, help="the generator's file (.safetensors)")
    options = parser.parse_args()
    from imaging.datasets.eye4 import eye4

    held = eye4(options.data, 64)
    rows = np.eye(len(held.classes), dtype=np.float32)[held.labels]
    fit(held.pictures, rows, held.classes, AnatomySettings()).save(options.out)


if __name__ == "__main__":
    main()
