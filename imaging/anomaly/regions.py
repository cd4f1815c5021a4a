"""Places of a map that stand out together: boxes on the original, largest value first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.anomaly.views import View
from imaging.fov import Mask
from imaging.image import Region, Spacing

Numbers = NDArray[np.float32]

AROUND = 98.0
"""A region reaches as far as the map stays above this percentile of healthy places."""

MOST = 8
"""Regions that are named at most."""


def regions(
    looked: View, values: Numbers, percentiles: Numbers, outstanding: Mask, shape: tuple[int, int],
    spacing: Spacing | None = None,
) -> tuple[Region, ...]:  # fmt: skip
    """Connected places above the percentile :data:`AROUND` with a place that is ``outstanding``.

    All but ``shape`` (rows and columns of the original) are S x S, over the view. Area in mm² only with a
    spacing at the patient.
    """
    from scipy.ndimage import find_objects, label, maximum

    parts, count = label((percentiles >= AROUND) & looked.inner, np.ones((3, 3)))
    if not count:
        return ()
    peaks, boxes = np.asarray(maximum(values, parts, range(1, count + 1))), find_objects(parts)
    named = set(np.unique(parts[outstanding]).tolist())
    kept = [int(one) for one in np.argsort(-peaks) if int(one) + 1 in named][:MOST]
    found = []
    for one in kept:
        rows, columns = boxes[one]
        mine = parts[rows, columns] == one + 1
        area = max(1, round(float(mine.sum()) * looked.scale**2))
        found.append(Region(
            box=looked.box(rows, columns, shape), area_px=area, area_mm2=_mm2(area, spacing),
            percentile=min(100.0, round(float(percentiles[rows, columns][mine].max()), 2)),
        ))  # fmt: skip
    return tuple(found)


def _mm2(area: int, spacing: Spacing | None) -> float | None:
    if spacing is None or spacing.at != "patient":
        return None
    return area * spacing.rows_mm * spacing.columns_mm
