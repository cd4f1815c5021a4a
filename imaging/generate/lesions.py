"""Drawn lesions on any fundus photograph, with their exact masks: disease simulated where pictures of it are rare.

Sizes are shares of the field's diameter, taken from clinical sizes in disc diameters (a disc is about 1.5 mm and, in a
45 degree photograph, about an eighth of the field). What a lesion looks like is stated with each kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.evidence import Text, Word

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Opacity = NDArray[np.float64]
Rng = np.random.Generator

Kind = Literal[
    "exudate",
    "haemorrhage",
    "microaneurysm",
    "cotton-wool spot",
    "drusen",
    "flame haemorrhage",
    "sector occlusion",
]


class Look(Word):
    """How a kind of lesion is drawn: colour it tends to, or darkening; size and number at contrast and size 1."""

    towards: tuple[int, int, int] | None
    """RGB that the fundus is mixed towards; None: darkened to ``dim`` of the local mean."""
    dim: float = 1.0
    alpha: float
    radius: tuple[float, float]
    """Smallest and largest radius as a share of the field's diameter."""
    number: tuple[int, int]
    soft: float
    """Blur of the edge as a share of the field's diameter."""
    seen: Text
    """What it looks like, and the source of that."""


ETDRS = "Wilkinson CP et al., Ophthalmology 2003;110:1677-1682 (international severity scale), and ETDRS report 10"

LOOKS: Mapping[Kind, Look] = {
    "exudate": Look(
        towards=(235, 215, 120), alpha=0.75, radius=(0.008, 0.024), number=(2, 5), soft=0.004,
        seen=f"hard exudates: yellow, sharp, often in clusters; {ETDRS}"),
    "haemorrhage": Look(
        towards=None, dim=0.45, alpha=0.75, radius=(0.008, 0.024), number=(2, 5), soft=0.004,
        seen=f"blot haemorrhages: dark red, round to irregular; {ETDRS}"),
    "microaneurysm": Look(
        towards=None, dim=0.5, alpha=0.8, radius=(0.003, 0.005), number=(4, 12), soft=0.001,
        seen=f"microaneurysms: red dots below 125 micrometres with sharp edges; {ETDRS}"),
    "cotton-wool spot": Look(
        towards=(235, 225, 200), alpha=0.6, radius=(0.012, 0.03), number=(1, 4), soft=0.012,
        seen=f"soft exudates: white, feathery edges, in the nerve fibre layer; {ETDRS}"),
    "drusen": Look(
        towards=(230, 205, 130), alpha=0.5, radius=(0.004, 0.012), number=(8, 24), soft=0.004,
        seen="drusen: pale yellow round deposits of 63 to over 125 micrometres near the macula; "
        "Ferris FL et al., Ophthalmology 2013;120:844-851"),
    "flame haemorrhage": Look(
        towards=None, dim=0.5, alpha=0.75, radius=(0.015, 0.04), number=(1, 4), soft=0.004,
        seen="flame haemorrhages: red, drawn out along nerve fibres, that is towards the disc; "
        "Wong TY, Mitchell P, N Engl J Med 2004;351:2310-2317"),
    "sector occlusion": Look(
        towards=None, dim=0.6, alpha=0.8, radius=(0.006, 0.03), number=(25, 45), soft=0.004,
        seen="branch vein occlusion: flame and blot haemorrhages in one sector that points to a crossing of vessels; "
        "Wong TY, Scott IU, N Engl J Med 2010;363:2135-2144"),
}  # fmt: skip


MOST = 60
"""Lesions of one kind in one picture."""


class Injected(NamedTuple):
    """A picture with lesions and their exact mask: the drawn shapes, and where opacity is at least half its peak."""

    pixels: Pixels
    mask: Mask
    centres: tuple[tuple[int, int], ...]
    """Row and column of each lesion in px."""


def inject(
    pixels: Pixels, field: Mask, kind: Kind, seed: int, contrast: float = 1.0, size: float = 1.0,
    disc: tuple[int, int] | None = None, count: int | None = None,
) -> Injected:  # fmt: skip
    """Draw lesions of one kind on a fundus photograph (H x W x 3), all within the field (H x W).

    ``contrast`` 0 to 1.3 scales the opacity (0 leaves the picture unchanged), ``size`` 0.25 to 4 the radius. ``disc``
    (row, column) is where flames and sectors point to; without it, the middle of the field. ``count`` 1 to 60 is how
    many lesions; without it, drawn from the kind's own range. With one seed, places do not depend on contrast.

    Raises:
        ValueError: shapes do not fit, a parameter is out of its range, or the field is narrower than 32 px.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or field.shape != pixels.shape[:2]:
        raise ValueError("pixels are H x W x 3 and the field H x W")
    if not 0 <= contrast <= 1.3 or not 0.25 <= size <= 4:
        raise ValueError("contrast is 0 to 1.3, size 0.25 to 4")
    if count is not None and not 1 <= count <= MOST:
        raise ValueError(f"count is 1 to {MOST}")
    across = diameter(field)
    if across < 32:
        raise ValueError("the field is at least 32 px wide")
    rng = np.random.default_rng([seed, sorted(LOOKS).index(kind)])
    shape, centres = _drawn(rng, field, kind, size * across, disc or _middle(field), count)
    look = LOOKS[kind]
    cover = _softened(shape, look.soft * across) * field
    mask = (shape | (cover >= 0.5)) & field
    return Injected(_mixed(pixels, cover * min(1.0, look.alpha * contrast), look, across), mask, centres)


def diameter(field: Mask) -> float:
    """Diameter in px of the disc of the field's area."""
    return float(2 * np.sqrt(field.sum() / np.pi))


def _middle(field: Mask) -> tuple[int, int]:
    rows, columns = np.nonzero(field)
    return int(rows.mean()), int(columns.mean())


def _softened(shape: Mask, sigma: float) -> Opacity:
    from scipy.ndimage import gaussian_filter

    soft = gaussian_filter(shape.astype(np.float64), max(0.3, sigma))
    return np.asarray(soft / max(1e-9, soft.max()))


def _mixed(pixels: Pixels, opacity: Opacity, look: Look, across: float) -> Pixels:
    from scipy.ndimage import gaussian_filter

    eye = pixels.astype(np.float64)
    if look.towards is None:
        local = gaussian_filter(eye, (0.03 * across, 0.03 * across, 0))
        goal = np.minimum(eye, look.dim * local * np.array([1.0, 0.75, 0.85]))
    else:
        goal = np.maximum(eye, np.array(look.towards, dtype=np.float64))
    mixed = eye + opacity[..., None] * (goal - eye)
    return np.asarray(np.rint(mixed).clip(0, 255), dtype=np.uint8)


def _drawn(
    rng: Rng, field: Mask, kind: Kind, scale: float, disc: tuple[int, int], wanted: int | None
) -> tuple[Mask, tuple[tuple[int, int], ...]]:
    look = LOOKS[kind]
    count = int(rng.integers(look.number[0], look.number[1] + 1))
    places = _places(rng, field, wanted or count, kind, disc)
    draw: Callable[..., Mask] = {"flame haemorrhage": _flame, "sector occlusion": _spill}.get(kind, _blob)
    shape = np.zeros_like(field)
    for place in places:
        radius = scale * float(rng.uniform(*look.radius))
        shape |= draw(rng, field.shape, place, radius, disc)
    return shape & field, tuple(places)


def _places(rng: Rng, field: Mask, count: int, kind: Kind, disc: tuple[int, int]) -> list[tuple[int, int]]:
    """Where lesions sit: well inside the field; a sector's all within one wedge that starts at the disc."""
    from scipy.ndimage import distance_transform_edt

    inside = distance_transform_edt(np.pad(field, 1))[1:-1, 1:-1] > 0.06 * diameter(field)
    if kind == "sector occlusion":
        inside &= _wedge(rng, field, disc)
    if kind == "drusen":
        inside &= _near(field, _middle(field), 0.28 * diameter(field))
    candidates = np.argwhere(inside)
    if not len(candidates):
        return []
    return [(int(row), int(column)) for row, column in candidates[rng.integers(0, len(candidates), count)]]


def _near(field: Mask, centre: tuple[int, int], radius: float) -> Mask:
    y, x = np.ogrid[: field.shape[0], : field.shape[1]]
    return np.asarray((y - centre[0]) ** 2 + (x - centre[1]) ** 2 <= radius**2)


def _wedge(rng: Rng, field: Mask, disc: tuple[int, int]) -> Mask:
    """A sector of 50 to 80 degrees from the disc that holds the middle of one half of the field."""
    middle = _middle(field)
    up = float(rng.choice([-1, 1])) * 0.25 * diameter(field)
    heading = np.arctan2(middle[0] + up - disc[0], middle[1] - disc[1] + 1e-6)
    half = np.deg2rad(rng.uniform(25, 40))
    y, x = np.mgrid[: field.shape[0], : field.shape[1]]
    turn = np.arctan2(y - disc[0], x - disc[1]) - heading
    return np.asarray(np.abs((turn + np.pi) % (2 * np.pi) - np.pi) < half)


def _blob(
    rng: Rng, shape: tuple[int, int], place: tuple[int, int], radius: float, disc: tuple[int, int]
) -> Mask:
    """Union of five discs around a place."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    found = np.zeros(shape, dtype=bool)
    for _ in range(5):
        dy, dx = rng.uniform(-0.6, 0.6, 2) * radius
        part = max(0.7, radius * float(rng.uniform(0.6, 1.0)))
        found |= (y - place[0] - dy) ** 2 + (x - place[1] - dx) ** 2 <= part**2
    return found


def _flame(
    rng: Rng, shape: tuple[int, int], place: tuple[int, int], radius: float, disc: tuple[int, int]
) -> Mask:
    """A thin ellipse with frayed ends that points to the disc."""
    heading = np.arctan2(place[0] - disc[0], place[1] - disc[1]) + rng.normal(0, 0.15)
    y, x = np.mgrid[: shape[0], : shape[1]]
    along = (x - place[1]) * np.cos(heading) + (y - place[0]) * np.sin(heading)
    aside = -(x - place[1]) * np.sin(heading) + (y - place[0]) * np.cos(heading)
    fray = 1 + 0.25 * np.sin(aside * 6.0 / max(1.0, radius) * np.pi + rng.uniform(0, 2 * np.pi))
    return np.asarray((along / (radius * fray)) ** 2 + (aside / max(0.7, 0.3 * radius)) ** 2 <= 1)


def _spill(
    rng: Rng, shape: tuple[int, int], place: tuple[int, int], radius: float, disc: tuple[int, int]
) -> Mask:
    """One haemorrhage of an occlusion: a flame or a blot."""
    return (_flame if rng.random() < 0.7 else _blob)(rng, shape, place, radius, disc)
