"""Can this fundus photograph be read? Four plain measures, each with an operating point chosen on normal eyes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.appearance import inner_field, normal_size, structure
from imaging.fov import Mask
from imaging.image import Decision, Verdict

HAZE = "haze may itself be disease (media opacity, cataract) and needs an eye examination"


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


class Limit(NamedTuple):
    """One operating point: the measure may not be on the wrong side of ``at``."""

    measure: str
    at: float
    lowest: bool
    defect: str


LIMITS = (
    Limit("structure", 0.0209, True, f"hardly any structure: {HAZE}, or the picture is out of focus"),
    Limit("focus", 0.366, True, "out of focus"),
    Limit("brightness", 48.7, True, "too dark"),
    Limit("blown", 0.0308, False, "overexposed"),
)
"""In the order in which a defect is named. Each stands at the 0.5th or 99.5th percentile of normal eyes (card)."""


def quality(pixels: NDArray[np.uint8]) -> Verdict:
    """Whether an H x W x 3 fundus photograph can be read; a refusal names the defect and never rules out disease.

    The score is the worst measure relative to its limit: at 1 a measure stands on its operating point.
    """
    _, small, mask = normal_size(pixels)
    return judge(look(small, mask))


def look(small: NDArray[np.uint8], mask: Mask) -> Look:
    """The four measures of a picture of normal size."""
    from scipy.ndimage import gaussian_filter

    inner = inner_field(mask)
    green = small[..., 1].astype(np.float32)
    fine = gaussian_filter(green, 0.5) - gaussian_filter(green, 1.0)
    broad = gaussian_filter(green, 2.0) - gaussian_filter(green, 4.0)
    two_at_end = (small[inner] >= 250).sum(axis=1) >= 2
    return Look(
        structure=structure(small, mask),
        focus=float(fine[inner].std() / (broad[inner].std() + 1e-3)),
        brightness=float(np.median(small.max(axis=2)[inner])),
        blown=float(two_at_end.mean()),
    )


def judge(seen: Look) -> Verdict:
    """The verdict over four measures; ``reason`` names each defect."""
    shares = [(_share(limit, getattr(seen, limit.measure)), limit) for limit in LIMITS]
    defects = [limit.defect for share, limit in shares if share < 1]
    return Verdict(
        check="fundus photograph quality",
        decision=Decision.REJECTED if defects else Decision.ACCEPTED,
        score=round(min(share for share, _ in shares), 2),
        threshold=1.0,
        higher_is="better",
        reason="; ".join(defects) or "focus, exposure and fine structure are sufficient",
    )


def _share(limit: Limit, value: float) -> float:
    """Distance from a limit as a ratio, above 1 on the good side; at most 10."""
    ratio = value / max(limit.at, 1e-9) if limit.lowest else limit.at / max(value, 1e-9)
    return float(min(10.0, ratio))
