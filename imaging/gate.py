"""The gate: does this picture look like a fundus photograph? It comes before every model, and none overrides it.

Two distances in features of a fixed network, each against its own limit; the worse decides. One judges between eyes and
drawn pictures in the colours of an eye, clear and hazy eyes alike; the other keeps out what is like neither.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging import cards, fundus_likeness
from imaging.appearance import normal_size, structure
from imaging.image import Decision, FieldOfView, Verdict

MODEL = Path(__file__).parent / "zoo" / "fundus_gate.npz"
CARD = "model:fundus-gate"

LIMIT = 0.72
"""Highest :func:`unlikeness` let through: 1.1 times the largest of ODIR-style normals with even patient numbers."""

FAR = 5.34
"""Highest :func:`imaging.fundus_likeness.distance` let through: 1.25 times the largest among the training eyes."""

THRESHOLD = 1.0
UNSURE = 1.25
"""Up to this multiple of the threshold the user is asked."""

GUARD = 1.6
"""Up to this multiple the user is asked about a round field in the colours of an eye: bleeding takes eyes there."""

ROUND = 0.7
"""Roundness from which a field is that of a camera."""

FARTHEST = 6.0
"""A single number may be at most this many SD from the mean: one odd value must not decide alone."""

FIELD = 0.49
"""Radius of a field that is laid round a picture without one, as a share of its side."""

FLAT = 0.028
"""Fine structure below this is a hazy or blurred eye or an empty disc; which of the two, no score can say."""

Numbers = NDArray[np.float64]


def fundus_gate(pixels: NDArray[np.uint8]) -> tuple[Verdict, FieldOfView]:
    """Whether an H x W x 3 picture is a fundus photograph, with the reason in words, and its field of view.

    Without dark or white surroundings the middle of the picture is judged as if a camera's field lay round it, and the
    best verdict is ``unsure``: the disc is half of what a fundus camera shows.

    Raises:
        ModelMissing: the gate's numbers or the backbone's weights are not held, or not the known ones.
    """
    field, small, mask = normal_size(pixels)
    if field.surroundings == "none":
        small, mask = _in_a_field(small)
    value = standing(fundus_likeness.seen(small, mask))
    decision, reason = _decide(value, field, small, structure(small, mask))
    verdict = Verdict(
        check="fundus photograph", decision=decision, score=round(value, 2), threshold=THRESHOLD,
        higher_is="worse", reason=reason,
    )  # fmt: skip
    return verdict, field


def _in_a_field(small: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The middle square and a disc in it."""
    height, width = small.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    y, x = np.ogrid[:side, :side]
    disc = (y - side / 2) ** 2 + (x - side / 2) ** 2 <= (FIELD * side) ** 2
    return np.ascontiguousarray(small[top : top + side, left : left + side]), disc


def standing(views: NDArray[np.float32]) -> float:
    """The worse of two distances of a picture's 2 x W features, each over its limit: up to 1 it is accepted."""
    return max(unlikeness(views) / LIMIT, fundus_likeness.distance(views[0]) / FAR)


def unlikeness(views: NDArray[np.float32]) -> float:
    """0 as an average training eye, 2 as an average picture of another kind; no probability.

    One minus a linear score of both views' features, fitted to +1 for eyes and -1 for drawn pictures.
    """
    model = _model()
    steps = np.clip((views.ravel() - model["centre"]) / model["scale"], -FARTHEST, FARTHEST)
    return float(1 - model["weights"][:-1] @ steps - model["weights"][-1])


@cache
def _model() -> dict[str, Numbers]:
    with np.load(cards.file_of(CARD), allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float64) for name in arrays.files}


def _decide(value: float, field: FieldOfView, small: NDArray[np.uint8], fine: float) -> tuple[Decision, str]:
    if value <= THRESHOLD and field.surroundings == "none":
        return (
            Decision.UNSURE,
            "colour and structure of a fundus, but no edge of a camera's field is in the picture",
        )
    if value <= THRESHOLD:
        return Decision.ACCEPTED, "colour, light and structure of a fundus photograph"
    if value <= UNSURE * THRESHOLD and field.surroundings != "none":
        return Decision.UNSURE, "only some of the looks of a fundus photograph"
    like_an_eye = _fundus_coloured(small) and field.surroundings != "none" and field.roundness > ROUND
    if fine < FLAT and like_an_eye:
        return (
            Decision.UNSURE,
            "a round field of fundus colour with hardly any structure: a hazy eye or no eye",
        )
    if value <= GUARD * THRESHOLD and like_an_eye:
        return (
            Decision.UNSURE,
            "a round field of fundus colour with unusual structure: an eye with much bleeding or no eye",
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
    return bool(red > 1.1 * green and green > 0.9 * blue)
