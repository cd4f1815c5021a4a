"""From a picture to the rows that a head stands on: what is cut out of it, how large, and which numbers are taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from imaging.backbone import Tap, extractor_id, feature_maps
from imaging.classify.places import DISC_SIDE, around_disc, darkest_mass, field_only
from retrieval.evidence import Word

Cut = Literal["centre", "frame", "field"]
"""The square that a picture is brought to first: its centre square; the whole frame, squeezed; a camera's field."""

Part = Literal["whole", "disc", "lesion"]
"""What of that square is looked at: all of it; the surroundings of the brightest spot; all of it and once more the
surroundings of the darkest mass (the same maps, averaged with weights that fall off from there)."""

NEAR = 30 / 256
"""SD of those weights, as a share of the side. Chosen among 20, 30, 45 and 70 of 256 px in folds of BUSI."""

AT_ONCE = 32 * 64**2
"""Pixels that go through the backbone in one batch."""

Pictures = NDArray[np.uint8]
Rows = NDArray[np.float32]


class Extractor(Word):
    """Which numbers of the backbone a head stands on."""

    taps: tuple[Tap, ...]
    """Whose channels are averaged over the picture."""
    spread: tuple[Tap, ...] = ()
    """Whose channels' SD over the picture enters as well: how unevenly a pattern lies."""
    side: Annotated[int, Field(ge=32)]
    """Pictures are brought to this many px a side."""
    through: int = 0
    """First brought to this many px, where a head was made from such pictures; 0 for no detour."""
    part: Part = "whole"

    @property
    def id(self) -> str:
        spread = f"+sd-{''.join(self.spread)}" if self.spread else ""
        return extractor_id(self.taps, self.side) + spread + ("" if self.part == "whole" else f"+{self.part}")


def square(pixels: Pictures, extractor: Extractor, cut: Cut = "centre") -> Pictures:
    """The square of an H x W or H x W x 3 picture that is looked at, S x S x 3 bytes, S being ``through`` or ``side``.

    "centre" as MedMNIST prepares its pictures: the longer side is cut evenly at both ends. All resizing is bicubic.
    """
    from PIL import Image

    size = extractor.through or extractor.side
    if cut == "field":
        return field_only(_coloured(pixels), size)
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = ((height - side) // 2, (width - side) // 2) if cut == "centre" else (0, 0)
    inside = pixels[top : top + side, left : left + side] if cut == "centre" else pixels
    picture = Image.fromarray(np.ascontiguousarray(inside))
    if picture.size != (size, size):
        picture = picture.resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(picture.convert("RGB"))


def looked_at(ready: Pictures, extractor: Extractor) -> Pictures:
    """The extractor's part of a square, at its size: S x S x 3 bytes."""
    from PIL import Image

    part = ready
    if extractor.part == "disc":
        part = around_disc(ready, DISC_SIDE * ready.shape[0] // 256)
    size = (extractor.side, extractor.side)
    if part.shape[:2] == size:
        return part
    return np.asarray(Image.fromarray(part).resize(size, Image.Resampling.BICUBIC))


def prepare(pixels: Pictures, extractor: Extractor, cut: Cut = "centre") -> Pictures:
    """The picture as the backbone sees it: :func:`looked_at` of :func:`square`."""
    return looked_at(square(pixels, extractor, cut), extractor)


def rows_of(ready: Pictures, extractor: Extractor, batch: int = 0) -> Rows:
    """N rows of pooled backbone maps: the means, then the SDs (with "lesion" those near the darkest mass as well).

    ``ready`` is N x S x S x 3 bytes. Without a ``batch`` it is chosen so that maps stay small: at 256 px, batches of 32
    cost more time in memory pages than in arithmetic.
    """
    batch = batch or max(1, AT_ONCE // (extractor.side**2))
    wanted = tuple(dict.fromkeys((*extractor.taps, *extractor.spread)))
    parts = []
    for start in range(0, len(ready), batch):
        part = ready[start : start + batch]
        maps = feature_maps(part, wanted, batch)
        means = [maps[tap].mean(axis=(2, 3)) for tap in extractor.taps]
        spreads = [maps[tap].std(axis=(2, 3)) for tap in extractor.spread]
        parts.append(np.concatenate([*means, *spreads, *_near_mass(part, maps, extractor)], axis=1))
    return np.concatenate(parts).astype(np.float32)


def _near_mass(ready: Pictures, maps: Mapping[Tap, Rows], extractor: Extractor) -> list[Rows]:
    """Weighted means and SDs of the maps round each picture's darkest mass; none for other parts."""
    if extractor.part != "lesion":
        return []
    places = np.array([darkest_mass(one.astype(np.float32).mean(axis=2)) for one in ready])
    weights = {tap: _weights(places / ready.shape[1], planes.shape[2]) for tap, planes in maps.items()}
    means = {tap: np.einsum("nchw,nhw->nc", planes, weights[tap]) for tap, planes in maps.items()}
    spreads = [
        np.sqrt(np.maximum(np.einsum("nchw,nhw->nc", maps[tap] ** 2, weights[tap]) - means[tap] ** 2, 0))
        for tap in extractor.spread
    ]
    return [*(means[tap] for tap in extractor.taps), *spreads]


def _weights(places: NDArray[np.float64], side: int) -> Rows:
    """N x side x side weights that sum to 1 and fall off from each place (row, column as shares of the side)."""
    steps = (np.arange(side) + 0.5) / side
    down, across = (np.exp(-(((steps - places[:, one, None]) / NEAR) ** 2) / 2) for one in (0, 1))
    found = down[:, :, None] * across[:, None, :]
    return np.asarray(found / found.sum(axis=(1, 2), keepdims=True), dtype=np.float32)


def rows_of_squares(squares: Pictures, extractors: Sequence[Extractor]) -> Rows:
    """N rows of all extractors side by side, of squares as :func:`square` makes them."""
    blocks = [rows_of(np.stack([looked_at(one, each) for one in squares]), each) for each in extractors]
    return np.concatenate(blocks, axis=1)


def grain(ready: Pictures) -> float:
    """Share of the picture's variation that lies between neighbouring pixels: falls with blur, rises with noise."""
    grey = ready.astype(np.float32).mean(axis=2)
    steps = np.concatenate([np.diff(grey, axis=0).ravel(), np.diff(grey, axis=1).ravel()])
    return float(np.sqrt((steps**2).mean()) / max(1.0, float(grey.std())))


def _coloured(pixels: Pictures) -> Pictures:
    return np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels
