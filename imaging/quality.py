"""Can this fundus photograph be read? One linear head a defect, each with an operating point chosen on normal eyes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import cards
from imaging.appearance import inner_field, normal_size, structure
from imaging.fov import Mask
from imaging.image import Decision, Verdict

MODEL = Path(__file__).parent / "zoo" / "fundus_quality.npz"
CARD = "model:fundus-quality"

HAZE = "haze may itself be disease (media opacity, cataract) and needs an eye examination"
DEFECTS = {
    "blur": "out of focus",
    "dark": "too dark",
    "over": "very bright areas (overexposed, or bright lesions: look at it yourself)",
    "haze": f"hazy, with hardly any structure: {HAZE}",
}
"""The defects that have a head, in the order in which they are named, and their words."""

LIMITS = {"blur": 3.89, "dark": 3.46, "over": 3.67, "haze": 3.89}
"""Highest score of each head that is let through, chosen on ODIR-style normals with even patient numbers (card)."""

FARTHEST = 5.0
"""A single number may be at most this many SD from the mean: one odd value must not decide alone."""

WHITE, BLACK = 250, 25
Numbers = NDArray[np.float64]


class Look(NamedTuple):
    """Measures of a photograph at normal size."""

    structure: float
    """SD of fine green detail over the mean brightness."""
    focus: float
    """Finest octave of green against the octave of the vessels."""
    brightness: float
    """Median of the brightest channel in the field, 0 to 255."""
    blown: float
    """Share of the field in which two channels are at their end: nothing can be seen there."""


def quality(pixels: NDArray[np.uint8]) -> Verdict:
    """Whether an H x W x 3 fundus photograph can be read; a refusal names the defect and never rules out disease.

    The score is that of the worst defect: 1 on its operating point, one less for each unit of log odds beyond it. It
    is not a probability.

    Raises:
        ModelMissing: the heads' file is not held, or is not the one of its card.
    """
    return judge(judge_all(seen_at(pixels)))


def judge(margins: dict[str, float]) -> Verdict:
    """The verdict over the defects' margins; ``reason`` names each defect."""
    defects = [words for name, words in DEFECTS.items() if margins[name] < 1]
    return Verdict(
        check="fundus photograph quality",
        decision=Decision.REJECTED if defects else Decision.ACCEPTED,
        score=round(min(margins.values()), 2),
        threshold=1.0,
        higher_is="better",
        reason="; ".join(defects) or "focus, exposure and fine structure are sufficient",
    )


def judge_all(numbers: Numbers) -> dict[str, float]:
    """For each defect 1 plus the distance of its score from its limit: below 1 the defect is there."""
    model = _model()
    steps = np.clip((numbers - model["centre"]) / model["scale"], -FARTHEST, FARTHEST)
    scores = model["weights"][:, :-1] @ steps + model["weights"][:, -1]
    return {name: 1 + LIMITS[name] - float(score) for name, score in zip(DEFECTS, scores, strict=True)}


def seen_at(pixels: NDArray[np.uint8]) -> Numbers:
    """The 18 numbers of an H x W x 3 photograph that the heads stand on: exposure, colour, structure, focus."""
    _, small, mask = normal_size(pixels)
    inside, seen = small[inner_field(mask)].astype(np.float64), look(small, mask)
    low_middle_high = np.percentile(inside, [5, 50, 95], axis=0).ravel() / 255
    return np.array([
        *low_middle_high, *(inside >= WHITE).mean(axis=0), seen.blown, float((inside.max(axis=1) <= BLACK).mean()),
        np.log(seen.structure + 1e-3), np.log(seen.focus + 1e-3), seen.brightness / 255,
        float((inside.max(axis=1) - inside.min(axis=1)).mean()) / 255,
    ])  # fmt: skip


def look(small: NDArray[np.uint8], mask: Mask) -> Look:
    """Structure, focus and exposure of a picture of normal size."""
    from scipy.ndimage import gaussian_filter

    inner = inner_field(mask)
    green = small[..., 1].astype(np.float32)
    fine = gaussian_filter(green, 0.5) - gaussian_filter(green, 1.0)
    broad = gaussian_filter(green, 2.0) - gaussian_filter(green, 4.0)
    two_at_end = (small[inner] >= WHITE).sum(axis=1) >= 2
    return Look(
        structure=structure(small, mask),
        focus=float(fine[inner].std() / (broad[inner].std() + 1e-3)),
        brightness=float(np.median(small.max(axis=2)[inner])),
        blown=float(two_at_end.mean()),
    )


@cache
def _model() -> dict[str, Numbers]:
    with np.load(cards.file_of(CARD), allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float64) for name in arrays.files}
