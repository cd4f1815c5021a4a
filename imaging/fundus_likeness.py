"""How like the fundus photographs of the training sets a picture is, by the fixed backbone: the gate's second opinion.

It sees what the gate's own numbers cannot (whole scenes: a cat, a flower, an ultrasound picture lie far away), and is
blind to what they see (an orange cat in a circle lies near). So neither decides alone; :mod:`imaging.gate` joins them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging import one_class
from imaging.backbone import Tap, features
from imaging.fov import crop, field_of_view, shrink

MODEL = Path(__file__).parent / "zoo" / "fundus_likeness.npz"

SIDE = 128
SEEN = 384
"""Larger pictures are first averaged down to this many px a side."""

TAPS: tuple[Tap, ...] = ("b4", "b10")

NEAR = 4.13
"""Twice the largest distance among the training pictures: as near as one of them."""

FAR = 8.27
"""Four times the largest distance among the training pictures: beyond it a picture is of another kind."""


def distance(pixels: NDArray[np.uint8]) -> float:
    """Distance of an H x W x 3 picture from the fundus photographs learned; not a probability.

    Raises:
        ModelMissing: the backbone's weights are not held.
    """
    return float(_model().distance(features(prepared(pixels)[None], TAPS))[0])


def prepared(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The bounding box of the field of view, brought to :data:`SIDE` x SIDE x 3."""
    from PIL import Image

    small = np.ascontiguousarray(shrink(np.ascontiguousarray(pixels), SEEN))
    field, mask = field_of_view(small)
    inside = np.ascontiguousarray(crop(small, mask, field)[0])
    how = Image.Resampling.BOX if max(inside.shape) > SIDE else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(inside).resize((SIDE, SIDE), how))


@cache
def _model() -> one_class.OneClass:
    return one_class.load(MODEL)
