"""The gate: does this picture look like a fundus photograph? It comes before every model, and none overrides it.

Two opinions that fail in different places are joined: 45 hand-made numbers of colour, grain and ridges, and the
distance in features of a fixed network. Together they accept more hazy eyes, and no picture that only one of them
takes for an eye.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imaging import backbone, fundus_likeness
from imaging.appearance import describe, normal_size, structure
from imaging.fundus_likeness import FAR, NEAR
from imaging.image import Decision, FieldOfView, Verdict

MODEL = Path(__file__).parent / "zoo" / "fundus_gate.npz"

SURE = -1.0
"""Hand-made score from which no nearness is asked for. Chosen on the ODIR-style normals with even patient numbers."""

UNSURE = -3.0
"""Down to this a picture that lies near the training eyes is accepted, and nobody is turned away."""

THRESHOLD = 0.0
"""Of the joint score: how far inside the narrower of its two limits a picture stands."""

LIMIT = 5.0
"""A single number may be at most this many SD from the eyes' mean: one odd value must not decide alone."""

CROSS = 0.3
"""Weight of products of two numbers beside the numbers and their squares: fewer accidents among 990 products."""

FLAT = 0.028
"""Fine structure below this is a hazy or blurred eye or an empty disc; which of the two, no score can say."""

Numbers = NDArray[np.float64]


def fundus_gate(pixels: NDArray[np.uint8]) -> tuple[Verdict, FieldOfView]:
    """Whether an H x W x 3 picture is a fundus photograph, with the reason in words, and its field of view.

    Without dark or white surroundings the best verdict is ``unsure``: a disc is half of what a fundus camera shows.
    """
    field, small, mask = normal_size(pixels)
    hand = score(describe(small, mask))
    far = fundus_likeness.distance(pixels) if backbone.held() else None
    value = joined(hand, far)
    decision, reason = _decide(value, asked_about(hand, far), field, small, structure(small, mask))
    verdict = Verdict(
        check="fundus photograph", decision=decision, score=round(value, 2), threshold=THRESHOLD,
        higher_is="better", reason=reason,
    )  # fmt: skip
    return verdict, field


def joined(hand: float, far: float | None) -> float:
    """How far inside the limits a picture stands; from 0 on it is accepted.

    Either the hand-made score is sure and the distance not that of another kind of picture, or the score is not
    against it and the picture is as near as the training eyes. Without the backbone (``far`` None) the score decides.
    """
    if far is None:
        return hand - SURE
    return max(min(hand - SURE, FAR - far), min(hand - UNSURE, NEAR - far))


def asked_about(hand: float, far: float | None) -> bool:
    """Whether one of the opinions at least takes it for an eye, so that nobody is turned away."""
    return hand >= UNSURE or (far is not None and far <= FAR)


def score(numbers: Numbers) -> float:
    """Log odds that the trained gate gives to "an eye" against "a drawn picture": a score, not a probability."""
    model = _model()
    rows = terms(numbers[None], model["centre"], model["scale"])
    return float((rows @ model["weights"][:-1])[0] + model["weights"][-1])


def terms(numbers: Numbers, centre: Numbers, scale: Numbers) -> Numbers:
    """Rows of standardised numbers, their squares and their products."""
    steps = np.clip((numbers - centre) / scale, -LIMIT, LIMIT)
    one, two = np.triu_indices(steps.shape[1], 1)
    return np.concatenate([steps, steps**2, CROSS * steps[:, one] * steps[:, two]], axis=1)


@cache
def _model() -> dict[str, Numbers]:
    with np.load(MODEL, allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float64) for name in arrays.files}


def _decide(
    value: float, asked: bool, field: FieldOfView, small: NDArray[np.uint8], fine: float
) -> tuple[Decision, str]:
    if value >= THRESHOLD and field.surroundings == "none":
        return (
            Decision.UNSURE,
            "colour and structure of a fundus, but no edge of a camera's field is in the picture",
        )
    if value >= THRESHOLD:
        return Decision.ACCEPTED, "colour, vessels and field of a fundus photograph"
    if asked:
        return Decision.UNSURE, "only some of the looks of a fundus photograph"
    if fine < FLAT and _fundus_coloured(small) and field.surroundings != "none" and field.roundness > 0.7:
        return (
            Decision.UNSURE,
            "a round field of fundus colour with hardly any structure: a hazy eye or no eye",
        )
    return Decision.REJECTED, f"does not look like a fundus photograph: {looks(small, field)}"


def looks(small: NDArray[np.uint8], field: FieldOfView) -> str:
    """What the picture seems to be, from colour and frame alone."""
    if _colourless(small):
        return "a grey picture, as X-rays, ultrasound and scans are"
    if field.surroundings == "none":
        return "a colour picture without the dark surroundings of a fundus camera"
    return "a colour picture on plain surroundings with other structure than an eye's"


def _colourless(small: NDArray[np.uint8]) -> bool:
    spread = small.max(axis=2).astype(int) - small.min(axis=2)
    return bool(np.percentile(spread, 95) < 20)


def _fundus_coloured(small: NDArray[np.uint8]) -> bool:
    """Red above green above blue on average over what is not dark."""
    lit = small[small.max(axis=2) > 30].astype(float)
    if not len(lit):
        return False
    red, green, blue = lit.mean(axis=0)
    order: Literal[True, False] = bool(red > 1.1 * green and green > 0.9 * blue)
    return order
