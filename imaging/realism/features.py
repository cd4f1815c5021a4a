"""The space in which pictures are compared: EfficientNet-Lite0 at 64 px, standardised on real pictures."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.backbone import Tap, extractor_id, features
from imaging.generate.generator import Pictures
from imaging.realism.figure import Rows

SIDE = 64
TAPS: tuple[Tap, ...] = ("b4", "b10", "head")
EXTRACTOR = extractor_id(TAPS, SIDE)
DEAD = 0.05
"""Channels whose SD is below this share of the median SD are dropped: near-dead ones blow distances up to 1e24."""
FARTHEST = 8.0


def described(pictures: Pictures, keep: Path | None = None) -> Rows:
    """Raw features of pictures (N x S x S or N x S x S x 3), brought to 64 px: N x 1432.

    Kept in the folder ``keep``, where one is given, under the hash of the pictures.

    Raises:
        ModelMissing: the backbone's weights are not installed.
    """
    if keep is None:
        return features(enlarged(pictures), TAPS)
    key = hashlib.sha256(f"{EXTRACTOR} {pictures.shape}".encode() + pictures.tobytes()).hexdigest()
    path = keep / f"features-{key[:24]}.npy"
    if not path.exists():
        keep.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        with unfinished.open("wb") as opened:
            np.save(opened, features(enlarged(pictures), TAPS))
        unfinished.replace(path)
    return np.asarray(np.load(path, allow_pickle=False))


def enlarged(pictures: Pictures, side: int = SIDE) -> Pictures:
    """Pictures as N x side x side x 3, bicubic; grey is repeated."""
    from PIL import Image

    rgb = np.repeat(pictures[..., None], 3, axis=3) if pictures.ndim == 3 else pictures
    if rgb.shape[1] == side:
        return np.ascontiguousarray(rgb)
    resized = (Image.fromarray(one).resize((side, side), Image.Resampling.BICUBIC) for one in rgb)
    return np.stack([np.asarray(one) for one in resized])


def pixels(pictures: Pictures, side: int = 28) -> Rows:
    """Plain pixels at a small side as rows in 0 to 1: the space in which a copy is a copy."""
    from PIL import Image

    if pictures.shape[1] != side:
        small = (Image.fromarray(one).resize((side, side), Image.Resampling.BOX) for one in pictures)
        pictures = np.stack([np.asarray(one) for one in small])
    return pictures.reshape(len(pictures), -1).astype(np.float32) / np.float32(255)


@dataclass(frozen=True)
class Scale:
    """Mean, SD and the kept channels of real pictures."""

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    kept: NDArray[np.bool_]

    def __call__(self, rows: Rows) -> Rows:
        """Standardised rows, clipped to -8 to 8."""
        left = (rows[:, self.kept] - self.mean) / self.deviation
        return left.clip(-FARTHEST, FARTHEST)


def scale(real: Rows) -> Scale:
    """The scale of real features; near-dead channels are dropped."""
    deviation = real.std(axis=0)
    kept = deviation > DEAD * np.median(deviation)
    return Scale(real.mean(axis=0)[kept], deviation[kept], kept)
