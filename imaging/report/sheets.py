"""Several pictures as one PNG: an enhanced copy beside its original, or made pictures in rows; each is marked."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from imaging.enhance import Enhanced
    from imaging.generate.lab import Made

GAP = 8
"""Px between two pictures."""
PAPER = 255

Pixels = NDArray[np.uint8]


def beside(original: Pixels | None, made: Enhanced) -> bytes:
    """The original on the left (brought to the same size by Lanczos), the enhanced copy on the right; PNG.

    The words stand above; a band below carries the mark by which a reading knows the sheet again. Without an original
    the copy alone.
    """
    from PIL import Image

    from imaging.marks import HIGH, stamped

    shown = [_titled(made.pixels, made.stamp)]
    if original is not None:
        size = (made.pixels.shape[1], made.pixels.shape[0])
        same = Image.fromarray(np.ascontiguousarray(original)).resize(size, Image.Resampling.LANCZOS)
        shown.insert(0, _titled(np.asarray(same), "original"))
    whole = _rows([shown])
    band = np.zeros((HIGH, whole.shape[1], 3), dtype=np.uint8)
    return _png(stamped(np.concatenate([whole, band]), made.stamp), made.stamp)


def title_height(pixels: Pixels) -> int:
    """Px of the words above a picture: a thirtieth of it, so that they can be read where it is shown whole."""
    return max(14, int(pixels.shape[0]) // 30)


def _titled(pixels: Pixels, words: str) -> Pixels:
    from PIL import Image, ImageDraw, ImageFont

    high = title_height(pixels)
    band = Image.new("RGB", (pixels.shape[1], high), (PAPER, PAPER, PAPER))
    font = ImageFont.load_default(size=0.75 * high)
    ImageDraw.Draw(band).text((high // 4, 0), words, fill=(15, 23, 42), font=font)
    return np.concatenate([np.asarray(band), pixels])


def sheet(made: Sequence[Made]) -> bytes:
    """Made pictures in rows, about as wide as high; each keeps its own mark, and the PNG's text says it once more.

    Refuses none: an empty sheet would look like a result.
    """
    from PIL import Image

    from imaging.generate.stamp import WORD

    if not made:
        raise ValueError("a sheet needs at least one picture")
    shown = [np.asarray(Image.open(io.BytesIO(one.png), formats=("PNG",)).convert("RGB")) for one in made]
    columns = math.ceil(math.sqrt(len(shown)))
    return _png(_rows([shown[start : start + columns] for start in range(0, len(shown), columns)]), WORD)


def _rows(rows: Sequence[Sequence[Pixels]]) -> Pixels:
    """Pictures of any sizes in rows and columns with a gap between them, the free places white."""
    wide = max(one.shape[1] for row in rows for one in row) + GAP
    high = max(one.shape[0] for row in rows for one in row) + GAP
    whole = np.full((high * len(rows) - GAP, wide * max(map(len, rows)) - GAP, 3), PAPER, dtype=np.uint8)
    for top, row in enumerate(rows):
        for left, one in enumerate(row):
            whole[top * high : top * high + one.shape[0], left * wide : left * wide + one.shape[1]] = one
    return whole


def _png(pixels: Pixels, words: str) -> bytes:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Comment", words)
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "PNG", pnginfo=text)
    return packed.getvalue()
