"""Measures of a vessel mask by its skeleton. No normal range is known for any of them.

They depend on camera, size and model, so they compare only pictures of one camera at one size (imaging spec 3.6).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from imaging.fov import Mask
from imaging.image import Measurement
from imaging.vessels import NET, NET_THRESHOLD, SATO

SHORTEST_SEGMENT = 20
"""Px along the skeleton; shorter pieces bend by their pixels alone."""

SMOOTHING = 3.0
"""SD in px along the path: a chain of pixels overstates a curve's length by up to 8 %."""

METHODS = {
    SATO: "Sato ridge filter, threshold 1.7, skeleton at 576 px a field",
    NET: f"trained vessel net, threshold {NET_THRESHOLD}, skeleton at 576 px a field",
}

OBSERVERS = {
    "skeleton density": "two human observers of 20 eyes differ by 0.0029 on average, r 0.85",
    "fractal dimension": "two human observers of 20 eyes differ by 0.027 on average, r 0.79",
    "tortuosity": "two human observers of 20 eyes differ by 0.018 on average, r 0.46: too weak for decisions",
    "area density": "two human observers of 20 eyes differ by 0.017 on average, r 0.08: worth nothing",
    "vessel width": "two human observers of 20 eyes differ by 0.45 px on average, r 0.00: worth nothing",
}
"""Two people's drawings of the same 20 photographs of CHASE_DB1 (`python -m imaging.suites.pictures vessels`)."""

Path = NDArray[np.float64]


ASKED_FOR = ("area density", "vessel width")
"""Left out unless asked for: two people do not agree about them at all."""


def measure(mask: Mask, field: Mask, model: str = SATO, every: bool = False) -> tuple[Measurement, ...]:
    """Skeleton density, fractal dimension and tortuosity of a vessel mask; what cannot be formed is left out.

    ``model`` is the card id of what found the vessels; ``every`` adds area density and mean width.
    """
    thin = skeleton(mask)
    values = [
        ("skeleton density", "px/px", skeleton_density(thin, field)),
        ("fractal dimension", "(no unit)", fractal_dimension(thin)),
        ("tortuosity", "(arc/chord)", tortuosity(thin)),
    ]
    if every:
        values += [
            ("area density", "px/px", area_density(mask, field)),
            ("vessel width", "px", width(mask, thin)),
        ]
    return tuple(
        Measurement(name=name, value=round(value, 4), unit=unit, error=OBSERVERS[name], method=METHODS[model])
        for name, unit, value in values
        if value is not None
    )


def skeleton(mask: Mask) -> Mask:
    """Lines one pixel wide along the middle of the vessels."""
    from skimage.morphology import skeletonize

    return np.asarray(skeletonize(mask))


def skeleton_density(thin: Mask, field: Mask) -> float | None:
    """Skeleton pixels for each pixel of the field; None without a field."""
    area = int(field.sum())
    return float((thin & field).sum() / area) if area else None


def area_density(mask: Mask, field: Mask) -> float | None:
    """Vessel pixels for each pixel of the field; None without a field."""
    area = int(field.sum())
    return float((mask & field).sum() / area) if area else None


def width(mask: Mask, thin: Mask) -> float | None:
    """Mean width in px: pixels nearest to the unbranched segments over the segments' length; None without a segment.

    Twice the distance transform on the skeleton less one, the usual short way, reads 0.9 px too little on drawn bars
    (2 to 9 px, 13 directions), and up to 2 px too little on oblique ones.
    """
    from scipy.ndimage import distance_transform_edt

    nearest = distance_transform_edt(~thin, return_distances=False, return_indices=True)
    owned = np.zeros(mask.shape, dtype=np.int64)
    np.add.at(owned, (nearest[0][mask], nearest[1][mask]), 1)
    area = length = 0.0
    for path in segments(thin):
        inner = path[1:-1].astype(int)  # an end point also owns what lies beyond the end
        area += float(owned[inner[:, 0], inner[:, 1]].sum())
        length += _arc(_smoothed(path)) * len(inner) / (len(path) - 1)
    return area / length if length else None


def _arc(path: Path) -> float:
    return float(np.hypot(*np.diff(path, axis=0).T).sum())


def fractal_dimension(mask: Mask) -> float | None:
    """Box-counting dimension with boxes of 2 px to an eighth of the side; None for an empty or small mask."""
    side = max(mask.shape)
    sizes = [2**power for power in range(1, 12) if 2**power <= side / 8]
    if len(sizes) < 3 or not mask.any():
        return None
    counts = [_boxes(mask, size) for size in sizes]
    return float(-np.polyfit(np.log(sizes), np.log(counts), 1)[0])


def _boxes(mask: Mask, size: int) -> int:
    height, width = (-(-side // size) * size for side in mask.shape)
    padded = np.zeros((height, width), dtype=bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    return int(padded.reshape(height // size, size, width // size, size).any(axis=(1, 3)).sum())


def tortuosity(thin: Mask) -> float | None:
    """Arc over chord of the skeleton's segments, weighted by length; None without a segment of 20 px."""
    arcs, ratios = [], []
    for path in segments(thin):
        smooth = _smoothed(path)
        arc = _arc(smooth)
        chord = float(np.hypot(*(smooth[-1] - smooth[0])))
        if chord < 1:
            continue
        arcs.append(arc)
        ratios.append(arc / chord)
    return float(np.average(ratios, weights=arcs)) if arcs else None


def segments(thin: Mask) -> Iterator[Path]:
    """The unbranched pieces of a skeleton as ordered rows and columns; closed rings and short pieces are left out."""
    from scipy.ndimage import convolve, find_objects, label

    around = np.ones((3, 3), dtype=int)
    neighbours = convolve(thin.astype(int), around, mode="constant") - 1
    unbranched = thin & (neighbours <= 2)
    parts, _ = label(unbranched, around)
    for index, box in enumerate(find_objects(parts), start=1):
        points = np.argwhere(parts[box] == index) + np.array([box[0].start, box[1].start])
        if len(points) >= SHORTEST_SEGMENT and (path := _ordered(points)) is not None:
            yield path


def _ordered(points: NDArray[np.int64]) -> Path | None:
    """The points of a line from one end to the other; None for a ring."""
    left = {(int(row), int(column)) for row, column in points}
    at = next((point for point in sorted(left) if len(_near(point, left)) == 1), None)
    path = []
    while at is not None:
        path.append(at)
        left.discard(at)
        at = min(_near(at, left), key=lambda point: _distance(point, path[-1]), default=None)
    return np.array(path, dtype=np.float64) if len(path) >= SHORTEST_SEGMENT else None


def _near(point: tuple[int, int], others: set[tuple[int, int]]) -> list[tuple[int, int]]:
    row, column = point
    steps = ((row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1))
    return [step for step in steps if step in others and step != point]


def _distance(one: tuple[int, int], two: tuple[int, int]) -> int:
    return abs(one[0] - two[0]) + abs(one[1] - two[1])


def _smoothed(path: Path) -> Path:
    """The path without its pixel steps; the ends are carried on straight, so that they stay where they are."""
    from scipy.ndimage import gaussian_filter1d

    reach = min(len(path) - 1, int(4 * SMOOTHING))
    before, after = 2 * path[0] - path[reach:0:-1], 2 * path[-1] - path[-2 : -reach - 2 : -1]
    longer = np.concatenate([before, path, after])
    return np.asarray(gaussian_filter1d(longer, SMOOTHING, axis=0)[reach : reach + len(path)])
