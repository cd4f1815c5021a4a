"""The recipe of the gate's second opinion: eyes of CHASE_DB1, IDRiD and scikit-image, and no other picture.

``python -m imaging.training.fundus_likeness --chase DIR --idrid DIR`` writes ``imaging/zoo/fundus_likeness.npz`` and
prints the largest distance among its own pictures; the gate's limits are twice and four times that. Half a CPU-minute.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from imaging import fundus_likeness, one_class
from imaging.backbone import features
from imaging.fov import field_of_view

COPIES = 12
"""Copies of each photograph: without them hazy and blurred eyes are told to be no eyes (imaging spec 3.4)."""

DECODED, SIDE = 384, 256
HAZE = (190.0, 170.0, 150.0)
Pixels = NDArray[np.uint8]


def pictures(photographs: Sequence[Path]) -> Iterator[Pixels]:
    """Each photograph and its copies, ready for the backbone."""
    for index, path in enumerate(photographs):
        with Image.open(path) as opened:
            opened.draft("RGB", (DECODED, DECODED))
            picture = opened.convert("RGB")
        picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
        pixels, rng = np.asarray(picture), np.random.default_rng([5, index])
        mask = field_of_view(pixels)[1]
        yield fundus_likeness.prepared(pixels)
        for _ in range(COPIES):
            yield fundus_likeness.prepared(disturbed(rng, pixels, mask))


def disturbed(rng: np.random.Generator, pixels: Pixels, mask: NDArray[np.bool_]) -> Pixels:
    """A copy: flipped, transposed, of another colour balance, hazy, blurred or smaller."""
    eye = pixels.astype(np.float32)
    if rng.random() < 0.5:
        eye, mask = eye[:, ::-1], mask[:, ::-1]
    if rng.random() < 0.5:
        eye, mask = eye.transpose(1, 0, 2), mask.T
    eye = eye * rng.uniform(0.75, 1.25, 3).astype(np.float32)
    if rng.random() < 0.4:
        share = rng.uniform(0.2, 0.75)
        eye = eye * (1 - share) + share * np.array(HAZE, dtype=np.float32) * rng.uniform(0.8, 1.05)
    if rng.random() < 0.4:
        sigma = rng.uniform(0.5, 2.5)
        eye = gaussian_filter(eye, (sigma, sigma, 0))
    copy = np.where(mask[..., None], eye, 0).clip(0, 255).astype(np.uint8)
    if rng.random() >= 0.5:
        return np.ascontiguousarray(copy)
    share = rng.uniform(0.5, 1)
    size = (int(copy.shape[1] * share), int(copy.shape[0] * share))
    return np.asarray(Image.fromarray(np.ascontiguousarray(copy)).resize(size, Image.Resampling.BOX))


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the numbers again, write them, print the largest distance among the pictures themselves."""
    import skimage

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chase", type=Path, required=True, help="folder with CHASE_DB1 photographs")
    parser.add_argument("--idrid", type=Path, required=True, help="folder with IDRiD photographs")
    parser.add_argument("--out", type=Path, default=fundus_likeness.MODEL)
    options = parser.parse_args(arguments)
    retina = Path(skimage.__file__).parent / "data" / "retina.jpg"
    photographs = [*sorted(options.chase.glob("*.jpg")), *sorted(options.idrid.glob("IDRiD_*.jpg")), retina]
    rows = features(np.stack(list(pictures(photographs))), fundus_likeness.TAPS)
    model = one_class.fit(rows)
    model.save(options.out)
    parser.exit(message=f"{len(rows)} pictures, largest distance {model.distance(rows).max():.3f}\n")


if __name__ == "__main__":
    main()
