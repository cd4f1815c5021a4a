"""What the detectors look at: the field of an eye in a square, the middle of a chest X-ray; and the features of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import backbone, xray_gate
from imaging.anomaly.disc import disc_profile
from imaging.backbone import Tap, extractor_id
from imaging.fov import Mask, crop, erode, field_of_view, shrink

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float32]
Kind = Literal["fundus", "chest_xray"]
Aspect = Literal["eye", "disc", "chest"]
"""What of a picture is compared as a whole: the field of an eye, its optic disc, a chest in quarters."""

SIDE: dict[Kind, int] = {"fundus": 256, "chest_xray": xray_gate.SEEN}
"""Side in px of the view, and of its map."""

RIM: dict[Kind, int] = {"fundus": 6, "chest_xray": 0}
"""Px next to the rim of the field that are not judged."""

WHOLE, PLACES = 48, 96
"""Sides in px to which a chest X-ray is enlarged to be judged as a whole (chosen on the training part) and by place."""

DECODED = 768
"""Larger photographs are first averaged down to this many px."""

TAPS: tuple[Tap, ...] = ("b2", "b4", "b10")
EYE_TAPS: tuple[Tap, ...] = ("b4", "b10")
EXTRACTOR: dict[Kind, str] = {
    "fundus": f"{extractor_id(EYE_TAPS, 256)}, {extractor_id(('b2', 'b4'), 256)}, disc-profile/v1",
    "chest_xray": f"{extractor_id(TAPS, WHOLE)}+quarters, {extractor_id(('b2', 'b4'), PLACES)}",
}


class View(NamedTuple):
    """A picture as the detectors see it, and where it lies in the original."""

    pixels: Pixels
    """S x S x 3; black outside the field."""
    field: Mask
    """S x S."""
    inner: Mask
    """The field without its rim: what is judged."""
    corner: tuple[float, float]
    """Row and column, in px of the original, of the view's upper left corner; may be negative."""
    scale: float
    """Px of the original to one px of the view."""

    def laid_back(self, plane: Numbers, shape: tuple[int, int]) -> Numbers:
        """An S x S plane over the original (``shape``: rows, columns); 0 where the view does not reach."""
        from PIL import Image

        side = max(1, round(self.scale * plane.shape[0]))
        large = np.asarray(Image.fromarray(plane).resize((side, side), Image.Resampling.BILINEAR))
        top, left = (round(edge) for edge in self.corner)
        found = np.zeros(shape, dtype=np.float32)
        rows, columns = (
            slice(max(0, edge), min(edge + side, end)) for edge, end in zip((top, left), shape, strict=True)
        )
        found[rows, columns] = large[
            rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
        return found

    def box(self, rows: slice, columns: slice, shape: tuple[int, int]) -> tuple[int, int, int, int]:
        """Top, left, bottom, right in px of the original of a part of the view, within ``shape``."""
        edges = [
            round(self.corner[axis] + self.scale * edge)
            for edge, axis in ((rows.start, 0), (columns.start, 1), (rows.stop, 0), (columns.stop, 1))
        ]
        top, left, bottom, right = (min(max(0, edge), shape[index % 2]) for index, edge in enumerate(edges))
        return top, left, bottom, right


def view(pixels: Pixels, kind: Kind) -> View:
    """The view of an H x W x 3 picture."""
    return _eye(pixels) if kind == "fundus" else _chest(pixels)


def _eye(pixels: Pixels) -> View:
    from PIL import Image

    small = np.ascontiguousarray(shrink(np.ascontiguousarray(pixels), DECODED))
    ratio = pixels.shape[0] / small.shape[0]
    field, mask = field_of_view(small)
    inside, mask = crop(small, mask, field)
    longer, side = max(mask.shape), SIDE["fundus"]
    top, left = (longer - mask.shape[0]) // 2, (longer - mask.shape[1]) // 2
    square = np.zeros((longer, longer, 3), dtype=np.uint8)
    square[top : top + mask.shape[0], left : left + mask.shape[1]] = np.where(mask[..., None], inside, 0)
    whole = np.zeros((longer, longer), dtype=bool)
    whole[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    seen = np.asarray(Image.fromarray(square).resize((side, side), Image.Resampling.BICUBIC))
    grey = Image.fromarray(whole.astype(np.uint8) * 255).resize((side, side), Image.Resampling.BILINEAR)
    found = np.asarray(grey) > 127
    corner = ((field.box[0] - top) * ratio, (field.box[1] - left) * ratio)
    return View(seen, found, erode(found, RIM["fundus"]), corner, ratio * longer / side)


def _chest(pixels: Pixels) -> View:
    """The middle square in grey at 28 px: the banks' pictures are no larger."""
    from PIL import Image

    side, grey = SIDE["chest_xray"], Image.fromarray(pixels).convert("L")
    middle = min(grey.size)
    left, top = (grey.width - middle) // 2, (grey.height - middle) // 2
    square = grey.crop((left, top, left + middle, top + middle)).resize((side, side), Image.Resampling.BOX)
    everywhere = np.ones((side, side), dtype=bool)
    seen = np.repeat(np.asarray(square)[..., None], 3, axis=2)
    return View(seen, everywhere, everywhere, (float(top), float(left)), middle / side)


class Seen(NamedTuple):
    """Features of N views."""

    rows: dict[Aspect, Numbers]
    """N x C for each aspect of the pictures as a whole."""
    grids: Numbers
    """N x h x w x C: of each place; taps b2 and b4, averaged over 3 x 3."""


def seen(views: Sequence[View], kind: Kind) -> Seen:
    """The features of views of one kind.

    Raises:
        ModelMissing: the backbone's weights are not held.
    """
    pictures = np.stack([one.pixels for one in views])
    if kind == "fundus":
        maps = backbone.feature_maps(pictures, TAPS, batch=8)
        eyes = np.concatenate([maps[tap].mean(axis=(2, 3)) for tap in EYE_TAPS], axis=1)
        discs = np.stack([disc_profile(one) for one in pictures])
        return Seen({"eye": eyes, "disc": discs}, _grids(maps))
    whole, large = (np.stack([_resized(one, side) for one in pictures]) for side in (WHOLE, PLACES))
    rows = _quarters(backbone.feature_maps(whole, TAPS))
    return Seen({"chest": rows}, _grids(backbone.feature_maps(large, ("b2", "b4"))))


def _quarters(maps: dict[Tap, Numbers]) -> Numbers:
    """Means of the four quarters of each channel, so that left and right, above and below are told apart."""
    parts = []
    for one in maps.values():
        half = one.shape[2] // 2
        rest = one.shape[2] - half
        parts += [
            one[:, :, rows, columns].mean(axis=(2, 3))
            for rows in (slice(0, rest), slice(half, None))
            for columns in (slice(0, rest), slice(half, None))
        ]
    return np.concatenate(parts, axis=1)


def _grids(maps: dict[Tap, Numbers]) -> Numbers:
    from scipy.ndimage import uniform_filter

    fine, coarse = (uniform_filter(maps[tap], (0, 0, 3, 3)) for tap in ("b2", "b4"))
    coarse = coarse.repeat(2, axis=2).repeat(2, axis=3)[:, :, : fine.shape[2], : fine.shape[3]]
    return np.ascontiguousarray(np.concatenate([fine, coarse], axis=1).transpose(0, 2, 3, 1))


def _resized(picture: Pixels, side: int) -> Pixels:
    from PIL import Image

    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC))
