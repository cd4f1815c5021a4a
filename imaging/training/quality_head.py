"""The recipe of the quality heads: photographs of CHASE_DB1, IDRiD and scikit-image against their own spoilt copies.

``python -m imaging.training.quality_head --chase DIR --idrid DIR`` writes ``imaging/zoo/fundus_quality.npz``; about one
CPU-minute. Only data under CC BY or CC0 goes in. One linear head a defect, each against the unspoilt copies.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.optimize import minimize

from imaging import quality
from imaging.fov import field_of_view
from imaging.training.scenes import as_jpeg

COPIES = 3
"""Unspoilt copies of each photograph, and spoilt ones for each defect."""

DECODED, SIDE = 400, 320
"""Px of the longer side: JPEG is decoded no larger than needed."""

PENALTY = 1.0
HAZE = (190.0, 170.0, 150.0)
Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float64]
Rng = np.random.Generator


def spoilt(rng: Rng, pixels: Pixels, defect: str) -> Pixels:
    """A copy with one defect, of the strengths of imaging spec 3.5: blur in px of a field of 256."""
    eye = pixels.astype(np.float64)
    if defect == "blur":
        sigma = rng.uniform(1.2, 4) * pixels.shape[0] / 256
        eye = gaussian_filter(eye, (sigma, sigma, 0))
    elif defect == "haze":
        share = rng.uniform(0.5, 0.85)
        eye = eye * (1 - share) + share * np.array(HAZE)
    else:
        eye = eye * (rng.uniform(0.1, 0.35) if defect == "dark" else rng.uniform(1.6, 2.6))
    return np.where((pixels.max(axis=2) > 25)[..., None], eye, 0).clip(0, 255).astype(np.uint8)


def as_elsewhere(rng: Rng, pixels: Pixels, mask: NDArray[np.bool_]) -> Pixels:
    """A copy as another camera would give it: contrast, gamma, colour and size differ, and it can still be read."""
    eye = pixels.astype(np.float64)
    mean = eye[mask].mean(axis=0)
    eye = mean + (eye - mean) * rng.uniform(0.75, 1.3)
    eye = 255 * (eye.clip(0, 255) / 255) ** rng.uniform(0.8, 1.25)
    grey = eye.mean(axis=2, keepdims=True)
    eye = (grey + (eye - grey) * rng.uniform(0.8, 1.15)) * rng.uniform(0.85, 1.15, 3)
    brightest, most = np.percentile(eye[mask].max(axis=1), 97), rng.uniform(170, 262)
    eye = eye * min(1.0, most / max(brightest, 1.0))
    copy = np.where(mask[..., None], eye, 0).clip(0, 255).astype(np.uint8)
    share = rng.uniform(0.6, 1)
    size = (int(copy.shape[1] * share), int(copy.shape[0] * share))
    return np.asarray(Image.fromarray(copy).resize(size, Image.Resampling.BOX))


def rows(photographs: Sequence[Path]) -> Iterator[tuple[str, Numbers]]:
    """Name ("good" or a defect) and numbers of each photograph and of its copies."""
    for index, path in enumerate(photographs):
        rng = np.random.default_rng([9, index])
        with Image.open(path) as opened:
            opened.draft("RGB", (DECODED, DECODED))
            picture = opened.convert("RGB")
        picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
        pixels = np.asarray(picture)
        mask = field_of_view(pixels)[1]
        yield "good", quality.seen_at(pixels)
        for _ in range(COPIES):
            yield "good", quality.seen_at(_packed(rng, as_elsewhere(rng, pixels, mask)))
            for defect in quality.DEFECTS:
                copy = spoilt(rng, as_elsewhere(rng, pixels, mask), defect)
                yield defect, quality.seen_at(_packed(rng, copy))


def _packed(rng: Rng, pixels: Pixels) -> Pixels:
    return as_jpeg(rng, pixels, 70, 95) if rng.random() < 0.5 else pixels


def fit(good: Numbers, bad: Numbers, penalty: float = PENALTY) -> Numbers:
    """Weights and, last, the offset of a logistic regression on standardised rows; both classes weigh the same."""
    table = np.concatenate([good, bad])
    sign = np.concatenate([-np.ones(len(good)), np.ones(len(bad))])
    share = np.where(sign > 0, len(sign) / 2 / len(bad), len(sign) / 2 / len(good))

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        margin = sign * (table @ weights[:-1] + weights[-1])
        slope = -penalty * share * sign / (1 + np.exp(np.clip(margin, -500, 500)))
        value = penalty * (share * np.logaddexp(0, -margin)).sum() + 0.5 * (weights[:-1] ** 2).sum()
        return float(value), np.concatenate([table.T @ slope + weights[:-1], [slope.sum()]])

    start = np.zeros(table.shape[1] + 1)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 3000}).x)


def fit_all(named: Sequence[tuple[str, Numbers]]) -> dict[str, Numbers]:
    """Centre, scale, and one row of weights with its offset for each defect."""
    names, table = np.array([name for name, _ in named]), np.stack([numbers for _, numbers in named])
    centre, scale = table.mean(axis=0), table.std(axis=0) + 1e-6
    steps = np.clip((table - centre) / scale, -quality.FARTHEST, quality.FARTHEST)
    weights = np.stack([fit(steps[names == "good"], steps[names == defect]) for defect in quality.DEFECTS])
    return {"centre": centre, "scale": scale, "weights": weights}


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the heads again and write their numbers."""
    import skimage

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chase", type=Path, required=True, help="folder with CHASE_DB1 photographs")
    parser.add_argument("--idrid", type=Path, required=True, help="folder with IDRiD photographs")
    parser.add_argument("--out", type=Path, default=quality.MODEL)
    options = parser.parse_args(arguments)
    retina = Path(skimage.__file__).parent / "data" / "retina.jpg"
    photographs = [*sorted(options.chase.glob("*.jpg")), *sorted(options.idrid.glob("IDRiD_*.jpg")), retina]
    model = fit_all(list(rows(photographs)))
    arrays = {name: values.astype(np.float32) for name, values in model.items()}
    np.savez_compressed(options.out, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
