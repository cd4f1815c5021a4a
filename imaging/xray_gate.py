"""The X-ray gate: does this picture look like the chest X-rays of children that the models here learned from?"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging import cards, one_class
from imaging.backbone import Tap, features
from imaging.image import Decision, Verdict

MODEL = Path(__file__).parent / "zoo" / "xray_gate.npz"
CARD = "model:xray-gate"

CHECK = "chest X-ray"

SEEN = 28
"""Side in px to which the middle square is brought: the pictures that the gate learned from are no larger."""

SIDE = 64
TAPS: tuple[Tap, ...] = ("b4", "b10")

THRESHOLD = 2.07
"""The 99th percentile of X-rays of the training part that were kept out of the fit (card)."""

UNSURE = 1.25
"""Up to this multiple of the threshold the user is asked. The nearest other picture measured lies at 1.38 of it."""


def xray_gate(pixels: NDArray[np.uint8]) -> Verdict:
    """Whether an H x W x 3 picture is a chest X-ray of the kind learned; the score is a distance.

    Raises:
        ModelMissing: the gate's numbers or the backbone's weights are not held, or not the known ones.
    """
    return judge(float(_model().distance(features(prepared(pixels)[None], TAPS))[0]))


def judge(distance: float) -> Verdict:
    """The verdict over a distance."""
    decision, reason = Decision.REJECTED, "does not look like a chest X-ray"
    if distance <= THRESHOLD:
        decision, reason = Decision.ACCEPTED, "looks like a frontal chest X-ray"
    elif distance <= UNSURE * THRESHOLD:
        decision, reason = Decision.UNSURE, "only some of the looks of a chest X-ray"
    return Verdict(
        check=CHECK, decision=decision, score=round(distance, 2), threshold=THRESHOLD,
        higher_is="worse", reason=reason,
    )  # fmt: skip


def prepared(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle square of H x W (x 3) bytes in grey, at :data:`SEEN` px and enlarged to :data:`SIDE` x SIDE x 3."""
    from PIL import Image

    grey = Image.fromarray(pixels).convert("L")
    side = min(grey.size)
    left, top = (grey.width - side) // 2, (grey.height - side) // 2
    square = grey.crop((left, top, left + side, top + side))
    small = square.resize((SEEN, SEEN), Image.Resampling.BOX)
    large = np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    return np.repeat(large[..., None], 3, axis=2)


@cache
def _model() -> one_class.OneClass:
    return one_class.load(cards.file_of(CARD))
