"""Pictures that are turned, of too low a quality, or of something else than was meant.

The pictures are drawn again by :mod:`evals.cases.imagery`; only turned ones are made here, from its pixels.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

from evals.cases.case import Case, Drawn, File, Gold
from evals.cases.operators.operator import Change, Operator

UNREADABLE = {"picture_blurred": "fundus blurred", "picture_dark": "fundus dark"}
OTHER = {"picture_photo": "photo", "picture_noise": "noise"}
"""What takes the place of an eye; gold is that it cannot be read as one."""


def _eye(case: Case) -> str:
    drawn = _drawing(case)
    if drawn is None:
        return "no drawn picture goes along"
    return "" if drawn.kind in ("fundus", "fundus lesion") else "the picture is no readable eye"


def _drawing(case: Case) -> Drawn | None:
    return next((one.drawing for one in case.presented.files if one.drawing is not None), None)


def _with(case: Case, files: tuple[File, ...]) -> Case:
    return case.model_copy(update={"presented": case.presented.model_copy(update={"files": files})})


def _drawn_as(kind: str) -> Change:
    """The same seed drawn as another kind: nothing can be said of such a picture but that it cannot be read."""

    def change(case: Case, draw: np.random.Generator) -> Case | None:
        old = _drawing(case)
        if old is None:
            return None
        new = old.model_copy(update={"kind": kind, "lesion": "", "mask": ""})
        files = tuple(
            one.model_copy(update={"drawing": new}) if one.drawing == old else one
            for one in case.presented.files
        )
        pictures = tuple(new if one == old else one for one in case.latent.pictures)
        gold = Gold(picture={"readable": "no"}, calls=case.gold.calls, forbidden=case.gold.forbidden)
        latent = case.latent.model_copy(update={"pictures": pictures})
        return _with(case, files).model_copy(update={"latent": latent, "gold": gold})

    return change


def _turned(case: Case, draw: np.random.Generator) -> Case | None:
    """By a quarter or a half, as a camera that was held otherwise; the lesions stay what they are.

    At half the side, so that the case stays below the 256 KB that a case file may hold.
    """
    from evals.cases.imagery import pixels_of

    old = _drawing(case)
    if old is None:
        return None
    turned = np.rot90(_halved(pixels_of(old)), k=int(draw.integers(1, 4)))
    files = tuple(
        File(name=one.name, data=_png(turned)) if one.drawing == old else one for one in case.presented.files
    )
    return _with(case, files)


def _halved(pixels: np.ndarray) -> np.ndarray:
    """Each two by two pixels as their mean."""
    height, width, colours = pixels.shape
    blocks = pixels[: height // 2 * 2, : width // 2 * 2].reshape(height // 2, 2, width // 2, 2, colours)
    return np.asarray(blocks.mean(axis=(1, 3)).round().astype(np.uint8))


def _png(pixels: np.ndarray) -> bytes:
    """An 8-bit RGB picture; each row as differences from the pixel to the left (filter 1), which packs better."""
    height, width, _ = pixels.shape
    left = np.concatenate((np.zeros((height, 1, 3), np.uint8), pixels[:, :-1]), axis=1)
    rows = b"".join(b"\1" + row.tobytes() for row in np.ascontiguousarray(pixels - left))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


OPERATORS = (
    Operator("picture_turned", "image", "same", _eye, _turned),
    *(
        Operator(name, "image", "change", _eye, _drawn_as(kind))
        for name, kind in {**UNREADABLE, **OTHER}.items()
    ),
)
