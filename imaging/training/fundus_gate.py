"""The recipe of the fundus gate and of its distance: eyes of CHASE_DB1, IDRiD and scikit-image, clear, hazy, badly lit.

``python -m imaging.training.fundus_gate --chase DIR --idrid DIR --xray FILE.npz`` writes ``fundus_gate.npz`` and
``fundus_likeness.npz`` of ``imaging/zoo`` and prints the largest distance among its own eyes; three CPU-minutes. Only
data under CC BY or CC0 goes in, so that the numbers may ship; the X-rays serve as pictures that are no eyes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging import fundus_likeness, gate, one_class
from imaging.appearance import normal_size
from imaging.training.haze import harsh, hazy
from imaging.training.round_scenes import drawn, everyday
from imaging.training.scenes import as_jpeg, blurred, magnified

COPIES = 6
"""Copies of each eye as another camera would give it, and as many hazy and badly lit ones."""

DRAWN, PARTS = 150, 20
"""Drawn pictures of each kind, and parts of each everyday picture."""

SHARES = (0.5, 0.3, 0.2)
"""What eyes, drawn pictures and everyday pictures weigh in the fit."""

PENALTY = 0.1
Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Rows = NDArray[np.float32]
Rng = np.random.Generator


def photographs(chase: Path, idrid: Path) -> list[Path]:
    """CHASE_DB1, IDRiD and scikit-image's retina, in that order."""
    import skimage

    retina = Path(skimage.__file__).parent / "data" / "retina.jpg"
    return [*sorted(chase.glob("*.jpg")), *sorted(idrid.glob("IDRiD_*.jpg")), retina]


def opened(path: Path) -> tuple[Pixels, Mask]:
    """A photograph and its field at normal size."""
    with Image.open(path) as file:
        file.draft("RGB", (512, 512))
        picture = file.convert("RGB")
    picture.thumbnail((512, 512), Image.Resampling.BOX)
    _, pixels, mask = normal_size(np.asarray(picture))
    return pixels, mask


def eyes(paths: Sequence[Path], copies: int) -> Rows:
    """N x 2 x W features of each photograph and of its copies: disturbed, hazy and badly lit ones."""
    return np.stack([fundus_likeness.seen(*eye) for eye in _each(paths, copies)])


def _each(paths: Sequence[Path], copies: int) -> Iterator[tuple[Pixels, Mask]]:
    for index, path in enumerate(paths):
        rng, (pixels, mask) = np.random.default_rng([21, index]), opened(path)
        yield pixels, mask
        for _ in range(copies):
            yield disturbed(rng, pixels, mask)
            yield hazy(rng, pixels, mask)
        rng = np.random.default_rng([41, index])
        yield from (normal_size(harsh(rng, pixels, mask))[1:] for _ in range(copies))


def others(pictures: Iterable[Pixels]) -> Rows:
    """N x 2 x W features of pictures that are no eyes."""
    return np.stack([fundus_likeness.seen(*normal_size(one)[1:]) for one in pictures])


def disturbed(rng: Rng, pixels: Pixels, mask: Mask) -> tuple[Pixels, Mask]:
    """A copy as another camera or another light would give it."""
    if rng.random() < 0.5:
        pixels, mask = pixels[:, ::-1], mask[:, ::-1]
    if rng.random() < 0.5:
        pixels, mask = pixels.transpose(1, 0, 2), mask.T
    if rng.random() < 0.5:
        pixels, mask = magnified(rng, pixels, mask)
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
    return np.where(mask[..., None], copy, 0).astype(np.uint8), np.ascontiguousarray(mask)


def _other_light(rng: Rng, eye: Numbers, mask: Mask) -> Numbers:
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
    return _lit_from_one_side(rng, eye) if rng.random() < 0.3 else eye


def _lit_from_one_side(rng: Rng, eye: Numbers) -> Numbers:
    height, width = eye.shape[:2]
    y, x = np.mgrid[:height, :width]
    turn = rng.uniform(0, 2 * np.pi)
    slope = (y / height - 0.5) * np.sin(turn) + (x / width - 0.5) * np.cos(turn)
    return np.asarray(eye * (1 + rng.uniform(0, 0.8) * slope)[..., None])


def _coarser(rng: Rng, pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    share = rng.uniform(0.5, 1)
    small = Image.fromarray(pixels).resize((int(width * share), int(height * share)), Image.Resampling.BOX)
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))


def fit(groups: Sequence[tuple[Rows, float, float]], penalty: float = PENALTY) -> dict[str, Numbers]:
    """Centre, scale, weights and, last, offset of a ridge regression of features on targets.

    Args:
        groups: features (N x ...), their target (+1 for eyes, -1 for others), and what the group weighs in all.
        penalty: that of the weights of standardised numbers; the offset has none.
    """
    table = np.concatenate([rows.reshape(len(rows), -1) for rows, _, _ in groups]).astype(np.float64)
    target = np.concatenate([np.full(len(rows), sign) for rows, sign, _ in groups])
    share = np.concatenate([np.full(len(rows), weight / len(rows)) for rows, _, weight in groups])
    centre, scale = table.mean(axis=0), table.std(axis=0) + 1e-6
    steps = np.clip((table - centre) / scale, -gate.FARTHEST, gate.FARTHEST)
    steps = np.concatenate([steps, np.ones((len(steps), 1))], axis=1)
    weighed = (steps * share[:, None]).T
    pull = penalty * np.diag(np.r_[np.ones(steps.shape[1] - 1), 0.0])
    return {
        "centre": centre,
        "scale": scale,
        "weights": np.linalg.solve(weighed @ steps + pull, weighed @ target),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Make both files again and print what the limits stand on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chase", type=Path, required=True, help="folder with CHASE_DB1 photographs")
    parser.add_argument("--idrid", type=Path, required=True, help="folder with IDRiD photographs")
    parser.add_argument("--xray", type=Path, required=True, help="npz in MedMNIST form with train_images")
    parser.add_argument("--out", type=Path, default=gate.MODEL.parent)
    options = parser.parse_args(arguments)
    with np.load(options.xray, allow_pickle=False) as arrays:
        made = others(drawn(arrays["train_images"], DRAWN))
    found = others(everyday(PARTS))
    positive = eyes(photographs(options.chase, options.idrid), COPIES)
    groups = zip((positive, made, found), (1.0, -1.0, -1.0), SHARES, strict=True)
    model = {name: values.astype(np.float32) for name, values in fit(list(groups)).items()}
    np.savez_compressed(options.out / gate.MODEL.name, allow_pickle=False, **model)
    plain = one_class.fit(positive[:, 0])
    plain.save(options.out / fundus_likeness.MODEL.name)
    farthest = plain.distance(positive[:, 0]).max()
    counts = f"{len(positive)} eyes, {len(made)} drawn, {len(found)} everyday"
    parser.exit(message=f"{counts}; largest distance among the eyes {farthest:.3f}\n")


if __name__ == "__main__":
    main()
