"""How well maps find drawn lesions: pixel AUROC, overlap by region (PRO), AUROC of pictures, with intervals.

Values are put into bins of equal numbers of pixels once, so that a bootstrap of pictures costs sums and no sorting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import calibrate

Numbers = NDArray[np.float64]
Map = NDArray[np.float32]
Mask = NDArray[np.bool_]

BINS = 2000
LIMIT = 0.3
"""Share of healthy pixels up to which the overlap is averaged."""

DRAWS = 300


class Found(NamedTuple):
    """Counts by bin of the pictures' values, lowest bin first."""

    outside: Numbers
    """N x BINS: pixels without a lesion."""
    inside: Numbers
    """N x BINS."""
    regions: tuple[Numbers, ...]
    """For each picture R x BINS: pixels of each connected lesion."""


def counted(maps: Sequence[Map], lesions: Sequence[Mask], inner: Sequence[Mask]) -> Found:
    """Count the values of each picture inside ``inner``, in and outside the lesions."""
    from scipy.ndimage import label

    pooled = np.concatenate([one[field] for one, field in zip(maps, inner, strict=True)])
    edges = np.unique(np.quantile(pooled, np.linspace(0, 1, BINS + 1)[1:-1]))
    outside, inside, regions = [], [], []
    for one, lesion, field in zip(maps, lesions, inner, strict=True):
        bins = np.searchsorted(edges, one, side="right")
        outside.append(np.bincount(bins[field & ~lesion], minlength=BINS))
        inside.append(np.bincount(bins[field & lesion], minlength=BINS))
        parts, count = label(lesion & field, np.ones((3, 3)))
        each = [np.bincount(bins[parts == number], minlength=BINS) for number in range(1, count + 1)]
        regions.append(np.array(each, dtype=np.float64).reshape(count, BINS))
    return Found(np.array(outside, dtype=np.float64), np.array(inside, dtype=np.float64), tuple(regions))


def pixel_area(found: Found, rows: NDArray[np.intp]) -> float:
    """AUROC of pixels, ties counted half."""
    low, high = found.outside[rows].sum(axis=0), found.inside[rows].sum(axis=0)
    below = np.cumsum(low) - low / 2
    return float((high * below).sum() / (low.sum() * high.sum()))


def overlap(found: Found, rows: NDArray[np.intp]) -> float:
    """PRO: mean share of each lesion above a threshold, averaged over false positive rates up to :data:`LIMIT`.

    Bergmann et al., Int J Comput Vis 2021;129:1038-1059.
    """
    low = found.outside[rows].sum(axis=0)
    false = np.cumsum(low[::-1]) / low.sum()
    each = np.concatenate([found.regions[row] for row in rows])
    covered = (np.cumsum(each[:, ::-1], axis=1) / each.sum(axis=1, keepdims=True)).mean(axis=0)
    grid = np.linspace(0, LIMIT, 301)
    return float(np.trapezoid(np.interp(grid, np.r_[0, false], np.r_[0, covered]), grid) / LIMIT)


def picture_area(clean: Numbers, ill: Numbers, rows: NDArray[np.intp]) -> float:
    """AUROC of pictures: each once without and once with lesions."""
    there = np.arange(2 * len(rows)) >= len(rows)
    return calibrate.area(np.concatenate([clean[rows], ill[rows]]), there)


class Reached(NamedTuple):
    """A figure and its words with n and interval."""

    value: float
    words: str


def interval(measure: object, count: int) -> Reached:
    """A measure of rows of ``count`` pictures, with its 95 % interval by bootstrap of pictures."""
    if not callable(measure):
        raise TypeError("the measure takes rows")
    rng, all_ = np.random.default_rng(0), np.arange(count)
    drawn = [float(measure(rng.integers(0, count, count))) for _ in range(DRAWS)]
    value, (low, high) = float(measure(all_)), np.percentile(drawn, [2.5, 97.5])
    return Reached(value, f"{value:.3f} [{low:.3f}, {high:.3f}] (n {count})")
