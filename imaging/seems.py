"""What a colour picture that no model here reads seems to be, in everyday words. A courtesy to the user, no finding.

Said only of a few kinds that the fixed network knows well, and only where it is sure. Of what a medical picture shows
it knows nothing: grey pictures are not asked about, since it takes half of all X-rays for animals.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging import backbone

SIDE = 224
SURE = 0.75
"""Share of the network's answer that a group must have. Measured: 1 of 26 scikit-image pictures is called a cat and
one more an animal (both are), coffee is called food; 0 of 79 fundus photographs are called anything."""

COLOURED = 20
"""Difference of the channels above which a pixel counts as coloured."""

GROUPS = (("a cat", 281, 286), ("a dog", 151, 269), ("food or drink", 924, 970), ("an animal", 0, 398))
"""Words, and first and last class (not included) of ImageNet's order that they stand for; narrow before broad."""


def seems(pixels: NDArray[np.uint8]) -> str:
    """ "a cat", "a dog", "food or drink", "an animal", or "" where nothing is said of an H x W x 3 picture."""
    if not backbone.held() or not is_coloured(pixels):
        return ""
    answer = backbone.imagenet_probabilities(_square(pixels)[None])[0]
    return next((words for words, first, end in GROUPS if float(answer[first:end].sum()) >= SURE), "")


def is_coloured(pixels: NDArray[np.uint8]) -> bool:
    """Whether at least a twentieth of an H x W x 3 picture has colour."""
    spread = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
    return bool(np.percentile(spread, 95) >= COLOURED)


def _square(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from PIL import Image

    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = Image.fromarray(np.ascontiguousarray(pixels[top : top + side, left : left + side]))
    return np.asarray(middle.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
