"""Shares and areas with 95 % intervals, drawn by patient where one patient gave several pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imaging import calibrate

DRAWS = 1000
Numbers = NDArray[np.float64]


def share(hits: Sequence[bool], groups: Sequence[str]) -> str:
    """A share in per cent with its interval, n, and the number of groups where it is another one.

    The interval is a bootstrap over groups. Where all pictures agree it is Wilson's, with the number of groups as n:
    nothing can be drawn apart then.
    """
    if not hits:
        return "n 0"
    names = sorted(set(groups))
    low, high = _ends(np.array(hits, dtype=float), groups, names)
    n = f"n {len(hits)}" if len(names) == len(hits) else f"n {len(hits)} of {len(names)}"
    return f"{100 * float(np.mean(hits)):.1f} % [{100 * low:.1f}, {100 * high:.1f}] ({n})"


def _ends(hits: Numbers, groups: Sequence[str], names: Sequence[str]) -> tuple[float, float]:
    if hits.min() == hits.max():
        wilson = calibrate.share(len(names) if hits[0] else 0, len(names))
        return wilson.low, wilson.high
    where = {name: place for place, name in enumerate(names)}
    index = np.array([where[name] for name in groups])
    right, all_of = np.bincount(index, hits), np.bincount(index).astype(float)
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(names), (DRAWS, len(names)))
    low, high = np.percentile(right[drawn].sum(axis=1) / all_of[drawn].sum(axis=1), [2.5, 97.5])
    return float(low), float(high)


def area(low: Sequence[float] | Numbers, high: Sequence[float] | Numbers) -> float:
    """AUC: how often a value of ``high`` stands above one of ``low``; a tie counts half."""
    from scipy.stats import rankdata

    ranks = rankdata(np.r_[low, high])
    above = ranks[len(low) :].sum() - len(high) * (len(high) + 1) / 2
    return float(above / len(low) / len(high))


def area_with_interval(
    low: Sequence[float], high: Sequence[float], low_groups: Sequence[str], high_groups: Sequence[str]
) -> tuple[float, float, float]:
    """AUC and its interval by a bootstrap over groups; a group takes its pictures on both sides along."""
    names = sorted({*low_groups, *high_groups})
    sides = [_by_group(low, low_groups), _by_group(high, high_groups)]
    rng, found = np.random.default_rng(0), list[float]()
    while len(found) < DRAWS // 2:
        chosen = [names[place] for place in rng.integers(0, len(names), len(names))]
        drawn = [[one for name in chosen for one in side.get(name, ())] for side in sides]
        if drawn[0] and drawn[1]:
            found.append(area(*drawn))
    ends = np.percentile(found, [2.5, 97.5])
    return area(low, high), float(ends[0]), float(ends[1])


def _by_group(values: Sequence[float], groups: Sequence[str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for value, group in zip(values, groups, strict=True):
        found.setdefault(group, []).append(value)
    return found
