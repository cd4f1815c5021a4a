"""Pictures for the screen, made from arrays alone, so that nothing of the file comes along."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.fov import Mask
from imaging.generate.stamp import WORD as SYNTHETIC
from imaging.image import Picture, Region
from imaging.marks import stamped

Pixels = NDArray[np.uint8]
Heat = NDArray[np.float32]
Box = tuple[int, int, int, int]

VESSEL = (64, 255, 214)
"""Bright blue-green: the one hue that no retina has, and told from red by colour-blind eyes."""

UNLIKE = (150, 90, 255)
"""Violet: stands out from the orange of an eye, from the grey of an X-ray, and from the vessels' blue-green."""

FROM, FULL = 95.0, 99.5
"""Percentiles of the map between which the violet grows from nothing to full."""

NO_PLACE = "No place is framed, and nothing is tinted."
HEALTHY_TOO = "The optic disc, the fovea and bright reflexes light up in healthy eyes too."
"""What a reader of an eye's map must know; a grey picture, an X-ray, goes without it."""

SMALLEST, LARGEST = 320, 1024
"""Longer side in px of what is shown: smaller pictures are enlarged by whole pixels, larger ones averaged down."""


class Shown(NamedTuple):
    """A picture as it is shown; all that lies over it has its size."""

    pixels: Pixels
    """H x W x 3, black outside the field."""
    field: Mask
    """H x W."""
    box: Box
    """Which part of the original it shows: top, left, bottom, right in px."""

    @property
    def scale(self) -> float:
        """Px shown for one px of the original."""
        return float(self.pixels.shape[1] / (self.box[3] - self.box[1]))


def whole(pixels: Pixels) -> Shown:
    """The whole of an H x W x 3 picture."""
    height, width = pixels.shape[:2]
    longer = max(height, width)
    seen = pixels
    if longer < SMALLEST:
        times = -(-SMALLEST // longer)
        seen = np.repeat(np.repeat(pixels, times, axis=0), times, axis=1)
    elif longer > LARGEST:
        seen = resized(pixels, (round(height * LARGEST / longer), round(width * LARGEST / longer)))
    return Shown(seen, np.ones(seen.shape[:2], dtype=bool), (0, 0, height, width))


def resized(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Bytes (H x W x 3) or float32 (H x W) at another height and width: averaged down or enlarged smoothly."""
    from PIL import Image

    if pixels.shape[:2] == size:
        return pixels
    how = Image.Resampling.BOX if size[0] < pixels.shape[0] else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).resize(size[::-1], how))


def over(shown: Shown, plane: Heat, height: int) -> Heat:
    """A plane (H x W) of the whole original, which is ``height`` px high, brought over what is shown of it.

    It may be smaller than the original; outside the field it becomes 0.
    """
    size, share = (shown.pixels.shape[0], shown.pixels.shape[1]), plane.shape[0] / height
    top, left, bottom, right = (round(edge * share) for edge in shown.box)
    inside = resized(plane[top : max(bottom, top + 1), left : max(right, left + 1)], size)
    return np.where(shown.field, inside, 0).astype(np.float32)


def original(shown: Shown, what: str) -> Picture:
    """The picture itself. ``what`` names it, such as "fundus photograph"."""
    height, width = shown.pixels.shape[:2]
    outside = "; all outside the field of view is black" if not shown.field.all() else ""
    return Picture(
        role="original",
        title=f"{what[:1].upper()}{what[1:]}",
        png=png(shown.pixels),
        alt=f"The {what} as it was opened, {width} by {height} px{outside}.",
    )


def with_vessels(shown: Shown, mask: Mask) -> Picture:
    """The same with the vessels drawn in."""
    share = 100 * float(mask.sum() / max(1, shown.field.sum()))
    return Picture(
        role="vessels",
        title="Vessels found",
        png=png(_laid_over(shown.pixels, mask.astype(np.float32), VESSEL, 0.6, 0.95)),
        alt=f"The same picture, dimmed; the vessels found, {share:.1f} % of the field, are drawn in blue-green.",
    )


def with_heat(shown: Shown, heat: Heat, regions: Sequence[Region]) -> Picture:
    """The same with the places that are unlike healthy pictures in violet (``heat`` in percentiles), numbered.

    Nothing outside the frames is tinted: the map is high on the disc and the fovea of healthy eyes as well.
    """
    cover = np.where(_framed(shown, regions), np.clip((heat - FROM) / (FULL - FROM), 0, 1), 0)
    drawn = _numbered(_laid_over(shown.pixels, cover.astype(np.float32), UNLIKE, 1.0, 0.55), shown, regions)
    named = "; ".join(
        f"{number}, {place(one.box, shown.box)}, highest {one.ranked}"
        for number, one in enumerate(regions, 1)
    )
    told = f"Framed are {named} (percentile among healthy pictures)." if regions else NO_PLACE
    told += f" {HEALTHY_TOO}" if np.ptp(shown.pixels, axis=2).any() else ""
    return Picture(
        role="unlike",
        title="Unlike healthy pictures",
        png=png(drawn),
        alt=f"The same picture, dimmed; framed places unlike healthy pictures are tinted violet. {told}",
    )


def healthy_beside(shown: Shown, reference: Pixels, how: str) -> tuple[Picture, Picture]:
    """The healthy reference (H x W x 3, as shown), stamped, and what the photograph has more or less of than it."""
    apart = shown.pixels.astype(np.int16) - reference
    grey = np.where(shown.field[..., None], (128 + apart).clip(0, 255), 0).astype(np.uint8)
    return (
        Picture(
            role="reference",
            title="Healthy reference",
            png=png(stamped(reference, SYNTHETIC), SYNTHETIC),
            alt=f"The same picture with the places unlike healthy ones replaced: {how}. Made, not photographed.",
        ),
        Picture(
            role="difference",
            title="Photograph less reference",
            png=png(stamped(grey, SYNTHETIC), SYNTHETIC),
            alt="Grey where the two are equal, lighter where the photograph is lighter, darker where it is darker.",
        ),
    )


def for_looking(pixels: Pixels, how: str, stamp: str) -> Picture:
    """A copy made for looking (H x W x 3, as shown), with its stamp in the pixels and in the PNG."""
    return Picture(
        role="enhanced",
        title="Enhanced for looking",
        png=png(stamped(pixels, stamp), stamp),
        alt=f"The same picture, changed: {how}. Nothing is measured on it.",
    )


def place(box: Box, frame: Box) -> str:
    """Where a box lies in a frame (top, left, bottom, right), in words: the picture's sides, never the patient's."""
    down = ((box[0] + box[2]) / 2 - frame[0]) / max(1, frame[2] - frame[0])
    across = ((box[1] + box[3]) / 2 - frame[1]) / max(1, frame[3] - frame[1])
    vertical = "upper" if down < 0.4 else "lower" if down > 0.6 else ""
    side = "left" if across < 0.4 else "right" if across > 0.6 else ""
    return f"{vertical} {side}".strip() or "middle"


def png(pixels: Pixels, said: str = "") -> bytes:
    """A PNG of the pixels: header, data, end, and no other chunk but a comment with what was ``said`` of it."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    if said:
        text.add_text("Comment", said)
    packed = io.BytesIO()
    # Level 1: a photograph's grain hardly packs, and level 6 takes four times as long for a seventh less.
    Image.fromarray(np.ascontiguousarray(pixels)).save(packed, "PNG", compress_level=1, pnginfo=text)
    return packed.getvalue()


def chunks(data: bytes) -> list[str]:
    """The chunk names of a PNG, in order, each once: a check that nothing else travels in it."""
    names, at = [], 8
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        names.append(data[at + 4 : at + 8].decode("ascii"))
        body = data[at + 4 : at + 8 + length]
        if zlib.crc32(body) != struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0]:
            raise ValueError("a chunk of the PNG is damaged")
        at += length + 12
    return list(dict.fromkeys(names))


def _laid_over(pixels: Pixels, cover: Heat, colour: tuple[int, int, int], soft: float, most: float) -> Pixels:
    """The picture at three quarters and paler, so that the colour stands out, and the softened cover (0-1) over it.

    ``most`` of the colour is the most that hides the picture.
    """
    from scipy.ndimage import gaussian_filter

    eye = pixels.astype(np.float32)
    dimmed = 0.5 * eye + 0.25 * eye.mean(axis=2, keepdims=True)
    covered = np.clip(1.15 * gaussian_filter(cover, soft), 0, 1)[..., None] * most
    return np.asarray(
        (dimmed * (1 - covered) + np.array(colour, dtype=np.float32) * covered).clip(0, 255).astype(np.uint8)
    )


def _numbered(pixels: Pixels, shown: Shown, regions: Sequence[Region]) -> Pixels:
    """Frames with numbers round the regions, whose boxes are in px of the original."""
    from PIL import Image, ImageDraw

    sheet = Image.fromarray(pixels)
    pen = ImageDraw.Draw(sheet)
    for number, one in enumerate(regions, 1):
        top, left, bottom, right = _on_screen(shown, one)
        pen.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), outline=(255, 255, 255))
        pen.text((left + 3, max(0, top - 13)), str(number), fill=(255, 255, 255))
    return np.asarray(sheet)


def _on_screen(shown: Shown, one: Region) -> Box:
    """A region's box in px of what is shown."""
    top, left, bottom, right = (
        round((edge - shown.box[index % 2]) * shown.scale) for index, edge in enumerate(one.box)
    )
    return top, left, bottom, right


def _framed(shown: Shown, regions: Sequence[Region]) -> Mask:
    """H x W: true inside the frames."""
    inside = np.zeros(shown.field.shape, dtype=bool)
    for one in regions:
        top, left, bottom, right = (max(0, edge) for edge in _on_screen(shown, one))
        inside[top:bottom, left:right] = True
    return inside
