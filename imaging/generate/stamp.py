"""The mark on every picture that leaves the program: "synthetic" in the pixels and in the PNG's text."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

WORD = "synthetic"
HIGH = 9
"""Height in px of the letters below the picture."""

NARROWEST = 56
"""A sheet is at least so wide in px that the word fits."""


def grid(pictures: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """Pictures (N x S x S or N x S x S x 3) as one, row by row, places that stay empty black; not yet stamped.

    Raises:
        ValueError: no pictures, or columns below 1.
    """
    if not len(pictures) or columns < 1:
        raise ValueError("at least one picture and one column are needed")
    empty = np.zeros((-len(pictures) % columns, *pictures.shape[1:]), dtype=np.uint8)
    full = np.concatenate([pictures, empty])
    return np.concatenate([
        np.concatenate(list(full[start : start + columns]), axis=1) for start in range(0, len(full), columns)
    ])  # fmt: skip


def stamped(pixels: NDArray[np.uint8], enlarge: int = 1) -> NDArray[np.uint8]:
    """A made picture as H x W x 3, enlarged by whole pixels, with a band below that says "synthetic".

    Raises:
        ValueError: enlarge is below 1.
    """
    from PIL import Image, ImageDraw

    if enlarge < 1:
        raise ValueError("enlarge is at least 1")
    rgb = np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels
    wide = np.repeat(np.repeat(rgb, enlarge, axis=0), enlarge, axis=1)
    sheet = Image.new("RGB", (max(NARROWEST, wide.shape[1]), wide.shape[0] + HIGH + 2), (0, 0, 0))
    sheet.paste(Image.fromarray(np.ascontiguousarray(wide)), (0, 0))
    ImageDraw.Draw(sheet).text((1, wide.shape[0]), WORD, fill=(255, 255, 255))
    return np.asarray(sheet)


def png(pixels: NDArray[np.uint8], enlarge: int = 1) -> bytes:
    """A made picture as a stamped PNG; its only text is the comment "synthetic".

    Raises:
        ValueError: enlarge is below 1.
    """
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    said = PngInfo()
    said.add_text("Comment", WORD)
    packed = io.BytesIO()
    Image.fromarray(stamped(pixels, enlarge)).save(packed, "PNG", pnginfo=said)
    return packed.getvalue()
