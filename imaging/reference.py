"""The healthy reference: the same picture with its unlike places replaced by what healthy tissue there may look like.

It explains the map and is never scored: a reconstruction ranks hazy eyes as healthier (imaging spec 3.7). Outside the
places handed in, the picture is unchanged to the byte.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from imaging import local_models
from imaging.fov import Mask, field_of_view
from imaging.healthy_set import SIDE as SET_SIDE
from imaging.healthy_set import HealthySet, unpacked
from imaging.spectral_fill import fill, smooth_fill
from retrieval.evidence import Text, Word

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float32]
Kind = Literal["fundus", "chest_xray"]

SIDE = 256
"""Px of the picture's longer side at which a place is filled."""

BLEND = 1.5
"""Sigma, in px of :data:`SIDE`, over which the fine detail beside a place runs out into it."""

FILLED = "filled in from its surroundings"
GENERATED = "generated from {count} healthy {what}, not this patient's own"
WHAT: dict[Kind, str] = {"fundus": "eyes", "chest_xray": "chests"}
SETS: dict[Kind, str] = {"fundus": "local-fundus-healthy-set", "chest_xray": "local-chest-xray-healthy-set"}
"""Ids of the cards of healthy sets that were trained on this machine; none ships (imaging spec 3.7)."""


class Reference(Word):
    """A picture beside the picture. ``pixels`` is H x W x 3 bytes, of the size of what was handed in."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    pixels: Annotated[Any, Field(repr=False)]
    how: Text
    """For the screen, below the picture."""
    replaced: Annotated[float, Field(ge=0, le=1)]
    """Share of the field that is not the patient's own picture."""


def healthy(pixels: Pixels, kind: Kind, lesions: Mask) -> Reference:
    """The H x W x 3 picture with ``lesions`` (H x W) replaced; the rest is the picture itself.

    Raises:
        ValueError: shapes do not fit, or nothing of the field is left beside the lesions.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or lesions.shape != pixels.shape[:2]:
        raise ValueError("pixels are H x W x 3 and the lesions H x W")
    field = field_of_view(pixels)[1] if kind == "fundus" else np.ones(lesions.shape, dtype=bool)
    places = lesions & field
    share = float(places.sum() / max(1, field.sum()))
    if not places.any():
        return Reference(pixels=pixels.copy(), how="nothing was replaced", replaced=0.0)
    known = healthy_set(kind)
    how = FILLED if known is None else GENERATED.format(count=known.made_of, what=WHAT[kind])
    return Reference(pixels=_filled(pixels, places, field, known), how=how, replaced=min(1.0, share))


def healthy_set(kind: Kind) -> HealthySet | None:
    """The healthy set that was trained on this machine, if it is better than filling in; read once for each file."""
    for path, card in local_models.card_files().items():
        if card.id == SETS[kind]:
            found = _unpacked(local_models.numbers(path, card))
            return found if found.better else None
    return None


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> HealthySet:
    return unpacked(packed)


def replaced(picture: Numbers, hole: Mask, field: Mask, known: HealthySet | None = None) -> Numbers:
    """A copy of an S x T x 3 picture, square for a healthy set, with the hole filled.

    With a set, what is expected of healthy tissue there, and the rest of the detail filled in on top of it.
    """
    if known is None:
        return fill(picture, hole, field)
    seen = field & ~hole
    size = (SET_SIDE, SET_SIDE)
    small = np.stack([_shrunk(np.where(seen, picture[..., one], 0), size) for one in range(3)], axis=-1)
    share = _shrunk(seen.astype(np.float32), size)
    mean = np.asarray(small / np.maximum(share, 1e-3)[..., None], dtype=np.float32)
    expected = known.expected(mean, share > 0.5)
    large = np.stack([_resized(expected[..., one], picture.shape[:2]) for one in range(3)], axis=-1)
    return np.where(hole[..., None], large + fill(picture - large, hole, field), picture).astype(np.float32)


def _filled(pixels: Pixels, places: Mask, field: Mask, healthy: HealthySet | None) -> Pixels:
    """Coarsely by the law of spectra, then the fine detail of the edge runs out into the place."""
    known = field & ~places
    if not known.any():
        raise ValueError("nothing of the field is left beside the lesions")
    size = _working(known.shape)
    small, seen = _averaged(pixels, known, size)
    whole = _shrunk(field.astype(np.float32), size) > 0.5
    made = _squared(small, whole & (seen < 0.5), whole | (seen >= 0.5), healthy)
    large = np.stack([_resized(made[..., one], known.shape) for one in range(3)], axis=-1)
    unit = max(known.shape) / max(size)
    rest = smooth_fill(pixels.astype(np.float32) - large, known, max(0.5, BLEND * unit))
    near = _near(known, 3 * BLEND * unit)
    blended = large + np.where(near[..., None], rest, 0)
    return np.where(places[..., None], np.rint(blended).clip(0, 255), pixels).astype(np.uint8)


def _squared(small: Numbers, hole: Mask, field: Mask, healthy: HealthySet | None) -> Numbers:
    """:func:`replaced` within the field's box, padded to the square that a healthy set knows."""
    if healthy is None:
        return replaced(small, hole, field)
    rows, columns = np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))
    high, wide = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    longer = max(high, wide)
    top, left = (longer - high) // 2, (longer - wide) // 2
    inside = (slice(rows[0], rows[0] + high), slice(columns[0], columns[0] + wide))
    around = ((top, longer - high - top), (left, longer - wide - left))
    square = np.pad(np.where(field[..., None], small, 0)[inside], (*around, (0, 0)))
    made = replaced(square, np.pad(hole[inside], around), np.pad(field[inside], around), healthy)
    found = small.copy()
    found[inside] = np.where(
        hole[inside][..., None], made[top : top + high, left : left + wide], small[inside]
    )
    return found


def _near(known: Mask, reach: float) -> Mask:
    from scipy.ndimage import distance_transform_edt

    return np.asarray(distance_transform_edt(~known) <= reach)


def _working(shape: tuple[int, ...]) -> tuple[int, int]:
    scale = min(1.0, SIDE / max(shape))
    return max(8, round(shape[0] * scale)), max(8, round(shape[1] * scale))


def _averaged(pixels: Pixels, known: Mask, size: tuple[int, int]) -> tuple[Numbers, Numbers]:
    """The picture at ``size`` from its known pixels alone, and the share of each pixel that was known."""
    seen = _shrunk(known.astype(np.float32), size)
    planes = [_shrunk(np.where(known, pixels[..., one], 0).astype(np.float32), size) for one in range(3)]
    return np.asarray(np.stack(planes, axis=-1) / np.maximum(seen, 1e-3)[..., None]), seen


def _shrunk(plane: Numbers, size: tuple[int, int]) -> Numbers:
    from PIL import Image

    return np.asarray(Image.fromarray(plane).resize(size[::-1], Image.Resampling.BOX))


def _resized(plane: Numbers, shape: tuple[int, ...]) -> Numbers:
    from PIL import Image

    return np.asarray(Image.fromarray(plane).resize((shape[1], shape[0]), Image.Resampling.BICUBIC))
