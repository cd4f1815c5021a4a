"""Pictures for the screen, made from arrays alone, so that nothing of the file comes along."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.fov import Mask
from imaging.image import Picture
from imaging.vessels import Vessels

VESSEL = (64, 255, 214)
"""Bright blue-green: the one hue that no retina has, and told from red by colour-blind eyes."""


def png(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG of the pixels: header, data, end, and no other chunk."""
    from PIL import Image

    packed = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(packed, "PNG", compress_level=6)
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


def eye_and_vessels(vessels: Vessels) -> tuple[Picture, Picture]:
    """The photograph within its field, and the same picture with the vessels drawn in: equal size, for a slider."""
    eye = np.where(vessels.whole[..., None], vessels.eye, 0).astype(np.uint8)
    share = 100 * float(vessels.mask.sum() / max(1, vessels.field.sum()))
    return (
        Picture(
            role="original",
            title="Photograph within its field of view",
            png=png(eye),
            alt=f"The fundus photograph, {eye.shape[1]} by {eye.shape[0]} px; all outside the field of view is black.",
        ),
        Picture(
            role="vessels",
            title="Vessels found",
            png=png(_overlay(eye, vessels.mask)),
            alt=f"The same photograph, dimmed; the vessels found, {share:.1f} % of the field, are drawn in blue-green.",
        ),
    )


def _overlay(eye: NDArray[np.uint8], mask: Mask) -> NDArray[np.uint8]:
    """The photograph at three quarters and paler, so that the vessels stand out, and their soft outline over it."""
    from scipy.ndimage import gaussian_filter

    dimmed = 0.5 * eye + 0.25 * eye.mean(axis=2, keepdims=True)
    cover: Any = np.clip(1.15 * gaussian_filter(mask.astype(np.float32), 0.6), 0, 0.95)[..., None]
    return np.asarray((dimmed * (1 - cover) + np.array(VESSEL) * cover).clip(0, 255).astype(np.uint8))
