"""The recipe of the fundus gate: eyes of CHASE_DB1, IDRiD and scikit-image against drawn pictures.

``python -m imaging.training.fundus_gate --chase DIR --idrid DIR`` writes ``imaging/zoo/fundus_gate.npz``; about five
CPU-minutes. Only data under CC BY or CC0 goes in, so that the numbers may ship.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.optimize import minimize

from imaging import gate
from imaging.appearance import SIDE, describe, normal_size
from imaging.training.scenes import as_jpeg, blurred, disc, not_an_eye

COPIES = 36
DRAWN = 6000
PENALTY = 0.01
Numbers = NDArray[np.float64]
Rng = np.random.Generator


def eyes(photographs: Sequence[Path], copies: int = COPIES) -> Numbers:
    """The appearance of each photograph and of its disturbed copies, one row each."""
    rows = []
    for index, path in enumerate(photographs):
        rng = np.random.default_rng([7, index])
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
        picture.thumbnail((512, 512), Image.Resampling.BOX)
        _, pixels, mask = normal_size(np.asarray(picture))
        rows.append(describe(pixels, mask))
        rows += [describe(*disturbed(rng, pixels, mask)) for _ in range(copies)]
    return np.array(rows)


def drawn(count: int = DRAWN) -> Numbers:
    """The appearance of ``count`` pictures that are no eyes."""
    rows = []
    for index in range(count):
        _, pixels, mask = normal_size(not_an_eye(np.random.default_rng([11, index])))
        rows.append(describe(pixels, mask))
    return np.array(rows)


def disturbed(
    rng: Rng, pixels: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A copy as another camera, another light or a hazy eye would give it."""
    if rng.random() < 0.5:
        pixels, mask = pixels[:, ::-1], mask[:, ::-1]
    if rng.random() < 0.5:
        pixels, mask = pixels.transpose(1, 0, 2), mask.T
    if rng.random() < 0.5:
        pixels, mask = _magnified(rng, pixels, mask)
    eye = _other_light(rng, pixels.astype(np.float64), mask)
    if rng.random() < 0.4:
        eye = blurred(eye, rng.uniform(0.4, 1.65))
    if rng.random() < 0.4:
        eye = eye + rng.normal(0, rng.uniform(0, 5), eye.shape)
    copy = eye.clip(0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        copy = _coarser(rng, copy)
    if rng.random() < 0.5:
        copy = as_jpeg(rng, copy, 50, 92)
    return np.where(mask[..., None], copy, 0).astype(np.uint8), mask


def _magnified(
    rng: Rng, pixels: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A smaller part of the field at full size, in a disc of its own."""
    height, width = mask.shape
    side = int(min(height, width) * rng.uniform(0.6, 1))
    top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
    part = np.ascontiguousarray(pixels[top : top + side, left : left + side])
    seen = np.ascontiguousarray(mask[top : top + side, left : left + side])
    near = np.asarray(Image.fromarray(part).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    inside = disc(SIDE, rng.uniform(0.47, 0.5)) & np.asarray(Image.fromarray(seen).resize((SIDE, SIDE)))
    return near, inside if inside.sum() > 5000 else np.ones((SIDE, SIDE), dtype=bool)


def _other_light(rng: Rng, eye: Numbers, mask: NDArray[np.bool_]) -> Numbers:
    """Contrast, gamma, saturation, colour and brightness, haze, and light from one side."""
    if rng.random() < 0.6:
        mean = eye[mask].mean(axis=0)
        eye = mean + (eye - mean) * rng.uniform(0.5, 1.5)
    eye = 255 * (eye.clip(0, 255) / 255) ** rng.uniform(0.7, 1.4)
    grey = eye.mean(axis=2, keepdims=True)
    eye = (grey + (eye - grey) * rng.uniform(0.7, 1.2)) * rng.uniform(0.7, 1.3, 3) * rng.uniform(0.6, 1.3)
    if rng.random() < 0.3:
        haze = rng.uniform(0.2, 0.7)
        veil = np.array([190.0, 170.0, 150.0]) * rng.uniform(0.7, 1.1) * rng.uniform(0.85, 1.15, 3)
        eye = eye * (1 - haze) + haze * veil
    if rng.random() < 0.3:
        y, x = np.mgrid[: mask.shape[0], : mask.shape[1]]
        turn = rng.uniform(0, 2 * np.pi)
        slope = (y / mask.shape[0] - 0.5) * np.sin(turn) + (x / mask.shape[1] - 0.5) * np.cos(turn)
        eye = eye * (1 + rng.uniform(0, 0.8) * slope)[..., None]
    return eye


def _coarser(rng: Rng, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    share = rng.uniform(0.5, 1)
    small = Image.fromarray(pixels).resize((int(width * share), int(height * share)), Image.Resampling.BOX)
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))


def fit(positive: Numbers, negative: Numbers, penalty: float = PENALTY) -> dict[str, Numbers]:
    """Centre, scale and weights: logistic regression on terms and products, classes weighted equally."""
    centre, scale = positive.mean(axis=0), positive.std(axis=0) + 1e-6
    rows = gate.terms(np.concatenate([positive, negative]), centre, scale)
    sign = np.concatenate([np.ones(len(positive)), -np.ones(len(negative))])
    share = np.where(sign > 0, len(sign) / 2 / len(positive), len(sign) / 2 / len(negative))

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        margin = sign * (rows @ weights[:-1] + weights[-1])
        slope = -penalty * share * sign / (1 + np.exp(np.clip(margin, -500, 500)))
        value = penalty * (share * np.logaddexp(0, -margin)).sum() + 0.5 * (weights[:-1] ** 2).sum()
        return float(value), np.concatenate([rows.T @ slope + weights[:-1], [slope.sum()]])

    start = np.zeros(rows.shape[1] + 1)
    done = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 3000})
    return {"centre": centre, "scale": scale, "weights": done.x}


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the gate again and write its numbers."""
    import skimage

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chase", type=Path, required=True, help="folder with CHASE_DB1 photographs")
    parser.add_argument("--idrid", type=Path, required=True, help="folder with IDRiD photographs")
    parser.add_argument("--out", type=Path, default=gate.MODEL)
    options = parser.parse_args(arguments)
    retina = Path(skimage.__file__).parent / "data" / "retina.jpg"
    photographs = [*sorted(options.chase.glob("*.jpg")), *sorted(options.idrid.glob("IDRiD_*.jpg")), retina]
    model = fit(eyes(photographs), drawn())
    centre, scale, weights = (model[name].astype(np.float32) for name in ("centre", "scale", "weights"))
    np.savez_compressed(options.out, centre=centre, scale=scale, weights=weights)


if __name__ == "__main__":
    main()
