"""Pictures in folders: with drawn masks beside them, or in one folder for each class.

A user's own data: opened with Pillow in this process, PNG, JPEG, TIFF and GIF only. Foreign uploads go through
:mod:`imaging.load` instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FORMATS = ("PNG", "JPEG", "TIFF", "GIF")
ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif")
MASK_FOLDERS = ("masks", "mask", "labels", "1st_manual", "annotations")
IMAGE_FOLDERS = ("images", "image", "img")

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


class Pair(NamedTuple):
    """A picture and the files of its mask; where there are several, the mask is their union (BUSI)."""

    image: Path
    masks: tuple[Path, ...]


class NoPairs(ValueError):
    """The folder holds no picture with a mask, or a mask that fits no picture; the message says which rule was used."""


def pictures(folder: Path) -> list[Path]:
    """The picture files directly in a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())


def pairs(folder: Path) -> list[Pair]:
    """Pictures and masks in a folder of one of two forms; refuses (:class:`NoPairs`) a folder of neither.

    ``X.png`` with ``X_mask.png`` and perhaps ``X_mask_1.png`` beside it, also in subfolders (BUSI); or one folder of
    pictures and one of masks, matched by the digits that a name begins with, else by its stem (DRIVE, FIVES).
    """
    found = list(_beside(folder)) or list(_in_two_folders(folder))
    if not found:
        raise NoPairs(
            f"no picture with a mask in {folder.name}: expected X.png with X_mask.png, or images/ and masks/"
        )
    return found


def _beside(folder: Path) -> Iterator[Pair]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in ENDINGS or "_mask" in path.stem:
            continue
        masks = [one for one in pictures(path.parent) if _is_mask_of(one.stem, path.stem)]
        if masks:
            yield Pair(path, tuple(masks))


def _is_mask_of(mask: str, picture: str) -> bool:
    rest = mask.removeprefix(f"{picture}_mask")
    return rest != mask and (rest == "" or rest.removeprefix("_").isdigit())


def _in_two_folders(folder: Path) -> Iterator[Pair]:
    images = next((folder / name for name in IMAGE_FOLDERS if (folder / name).is_dir()), None)
    drawn = next((folder / name for name in MASK_FOLDERS if (folder / name).is_dir()), None)
    if images is None or drawn is None:
        return
    by_key: dict[str, list[Path]] = {}
    for mask in pictures(drawn):
        by_key.setdefault(_key(mask.stem), []).append(mask)
    for path in pictures(images):
        if masks := by_key.get(_key(path.stem)):
            yield Pair(path, tuple(masks))


def _key(stem: str) -> str:
    """The digits that a name begins with (``21_training``, ``21_manual1``), else the name without ``_mask``."""
    digits = stem[: len(stem) - len(stem.lstrip("0123456789"))]
    return digits or stem.removesuffix("_mask").removesuffix("_manual1").removesuffix("_1stHO")


def labelled(folder: Path) -> list[tuple[Path, str]]:
    """Pictures of a folder with one subfolder for each class, and the class; masks (``_mask``) are left out."""
    classes = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    return [
        (path, one.name) for one in classes for path in pictures(one)
        if "_mask" not in path.stem
    ]  # fmt: skip


def rgb(path: Path) -> Pixels:
    """H x W x 3 bytes; grey is repeated, alpha lies over black."""
    from PIL import Image

    with Image.open(path, formats=FORMATS) as picture:
        over = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        over.alpha_composite(picture.convert("RGBA"))
    return np.asarray(over.convert("RGB"))


def mask(paths: Sequence[Path]) -> Mask:
    """The union of masks, H x W; palette images count by their colour, not by their index (DRIVE's are GIF)."""
    from PIL import Image

    total: Mask | None = None
    for path in paths:
        with Image.open(path, formats=FORMATS) as picture:
            one = np.asarray(picture.convert("L")) > 127
        if total is not None and total.shape != one.shape:
            raise NoPairs(f"the masks of one picture have two sizes: {path.name}")
        total = one if total is None else total | one
    if total is None:
        raise NoPairs("a picture without a mask")
    return total
