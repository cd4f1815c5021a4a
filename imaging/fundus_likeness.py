"""What the fixed backbone sees of a picture's field, in two views, and how far that lies from fundus photographs.

The plain view holds colour and broad light. In the even view green stands against its own neighbourhood: a veil over
the eye or a tint over a cat leaves it as it is, and the vessels, or the cat, stay. The distance is the gate's guard
against what nobody thought of; on its own it takes any orange disc for an eye, so :mod:`imaging.gate` judges first.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging import cards, one_class
from imaging.backbone import CHANNELS, Tap, features

MODEL = Path(__file__).parent / "zoo" / "fundus_likeness.npz"
CARD = "model:fundus-likeness"

SIDE = 128
TAPS: tuple[Tap, ...] = ("b4", "b10")
WIDTH = sum(CHANNELS[tap] for tap in TAPS)
"""Numbers of one view."""

NEAR = 8.0
"""Sigma of the neighbourhood in the even view, in px of :data:`SIDE`."""

LEVELS = 45
"""Grey levels for one SD of the neighbourhood."""

LEAST_SD = 1.5
"""Grey levels added to that SD, so that noise on a flat disc is not blown up to structure."""

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Rows = NDArray[np.float32]


def seen(small: Pixels, mask: Mask) -> Rows:
    """The 2 x :data:`WIDTH` features of a picture of normal size, plain view first.

    Raises:
        ModelMissing: the backbone's weights are not held.
    """
    return features(views(small, mask), TAPS)


def views(small: Pixels, mask: Mask) -> Pixels:
    """The plain and the even view, 2 x S x S x 3, of a picture of :func:`imaging.appearance.normal_size`."""
    from PIL import Image

    inside = Image.fromarray(np.where(mask[..., None], small, 0).astype(np.uint8))
    how = Image.Resampling.BOX if max(inside.size) > SIDE else Image.Resampling.BICUBIC
    plain = np.asarray(inside.resize((SIDE, SIDE), how))
    field = np.asarray(Image.fromarray(mask).resize((SIDE, SIDE), Image.Resampling.NEAREST))
    return np.stack([plain, _even(plain[..., 1].astype(np.float32), field)])


def _even(green: NDArray[np.float32], field: Mask) -> Pixels:
    """Green against the mean and SD of its neighbourhood inside the field; mid-grey outside."""
    weight = field.astype(np.float32)
    away = (green - _around(green, weight)) * weight
    sd = np.sqrt(np.maximum(_around(away * away, weight), 0))
    levels = np.where(field, 127 + LEVELS * away / (sd + LEAST_SD), 127).clip(0, 255)
    return np.repeat(levels.astype(np.uint8)[..., None], 3, axis=2)


def _around(plane: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of the neighbourhood, of what lies in the field alone."""
    from scipy.ndimage import gaussian_filter

    inside = gaussian_filter(plane * weight, NEAR) / (gaussian_filter(weight, NEAR) + 1e-3)
    return np.asarray(inside, dtype=np.float32)


def distance(row: Rows) -> float:
    """Distance of a plain view's features from the training eyes and their hazy copies; not a probability."""
    return float(_model().distance(row[None])[0])


@cache
def _model() -> one_class.OneClass:
    return one_class.load(cards.file_of(CARD))
