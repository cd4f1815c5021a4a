"""Shares whose interval is drawn by patient, for the facts of a bank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imaging.calibrate import Share, share

DRAWS = 1000


def by_group(hits: Sequence[bool], groups: Sequence[str]) -> Share:
    """A share of pictures with a 95 % interval by a bootstrap over groups (1,000 draws, fixed seed).

    Where every picture agrees nothing can be drawn apart: Wilson's then, with the number of groups as n.

    Raises:
        ValueError: there is no picture, or not one group a picture.
    """
    if not len(hits) or len(hits) != len(groups):
        raise ValueError("a share needs pictures, and a group for each")
    right, names = np.asarray(hits, dtype=float), sorted(set(groups))
    if right.min() == right.max():
        alike = share(len(names) if right[0] else 0, len(names))
        return alike.model_copy(update={"n": len(right)})
    place = {name: index for index, name in enumerate(names)}
    index = np.array([place[one] for one in groups])
    sums, sizes = np.bincount(index, right), np.bincount(index)
    drawn = np.random.default_rng(0).integers(0, len(names), (DRAWS, len(names)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [2.5, 97.5])
    return Share(value=float(right.mean()), n=len(right), low=float(low), high=float(high))
