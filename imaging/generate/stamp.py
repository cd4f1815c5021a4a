"""The mark on every picture that leaves the program: "synthetic" in the pixels and in the PNG's text."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

WORD = "synthetic"
HIGH = 9
"""Height in px of the band with the word, below the picture."""


def png(pixels: NDArray[np.uint8], enlarge: int = 1) -> bytes:
    """A made picture (S x S or S x S x 3) as PNG, enlarged by whole pixels, with a band below that says "synthetic".

    Raises:
        ValueError: enlarge is below 1.
    """
    from PIL import Image, ImageDraw
    from PIL.PngImagePlugin import PngInfo

    if enlarge < 1:
        raise ValueError("enlarge is at least 1")
    rgb = np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels
    wide = np.repeat(np.repeat(rgb, enlarge, axis=0), enlarge, axis=1)
    sheet = Image.new("RGB", (max(56, wide.shape[1]), wide.shape[0] + HIGH + 2), (0, 0, 0))
    sheet.paste(Image.fromarray(wide), (0, 0))
    ImageDraw.Draw(sheet).text((1, wide.shape[0]), WORD, fill=(255, 255, 255))
    said = PngInfo()
    said.add_text("Comment", WORD)
    packed = io.BytesIO()
    sheet.save(packed, "PNG", pnginfo=said)
    return packed.getvalue()


def grid(pictures: NDArray[np.uint8], columns: int, enlarge: int = 1) -> bytes:
    """Several made pictures in rows, as one stamped PNG.

    Raises:
        ValueError: no pictures, or columns below 1.
    """
    if not len(pictures) or columns < 1:
        raise ValueError("at least one picture and one column are needed")
    empty = np.zeros((-len(pictures) % columns, *pictures.shape[1:]), dtype=np.uint8)
    full = np.concatenate([pictures, empty])
    rows = [
        np.concatenate(list(full[start : start + columns]), axis=1) for start in range(0, len(full), columns)
    ]
    return png(np.concatenate(rows), enlarge)
