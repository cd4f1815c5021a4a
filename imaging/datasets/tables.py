"""Labelled pictures from a folder and a CSV, or an npz in MedMNIST's form, with the groups that may not be split."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LARGEST = 40_000_000
"""Pixels of one picture; the loader's limit."""

Pictures = NDArray[np.uint8]
Groups = NDArray[np.int64]


class BadTable(ValueError):
    """A table cannot be used; the message names the line or column and the mend, never a value of a patient."""


class Row(NamedTuple):
    """One picture of a table: where it is, its class, and what it must not be parted from."""

    path: Path
    label: str
    group: str


Rows = tuple[Row, ...]


class Labelled(NamedTuple):
    """Pictures with labels, ready for a head. ``pictures`` is N x S x S x 3 bytes."""

    pictures: Pictures
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    groups: Groups
    """One number for each person, lesion or set of near-duplicates."""

    def where(self, kept: NDArray[np.bool_]) -> Labelled:
        return Labelled(self.pictures[kept], self.labels[kept], self.classes, self.groups[kept])


def read_table(
    table: Path, folder: Path, *, group: str | None, label: str = "label", file: str = "file"
) -> tuple[Row, ...]:
    """The rows of a CSV with a header (UTF-8, a byte order mark is skipped), pictures by path relative to ``folder``.

    ``group`` None puts each picture into a group of its own.

    Raises:
        BadTable: a column is missing, a cell is empty, a picture is named twice, lies outside the folder or is absent.
    """
    with table.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        wanted = [file, label, *([group] if group else [])]
        missing = [name for name in wanted if name not in (reader.fieldnames or ())]
        if missing:
            raise BadTable(
                f"the table has no column {', '.join(missing)}; it has {', '.join(reader.fieldnames or ())}"
            )
        rows, seen = [], set[Path]()
        for line, cells in enumerate(reader, start=2):
            if not all(cells[name] for name in wanted):
                raise BadTable(f"line {line}: one of {', '.join(wanted)} is empty")
            path = _inside(folder, cells[file], line)
            if path in seen:
                raise BadTable(f"line {line}: the same picture stands in an earlier line")
            seen.add(path)
            rows.append(Row(path, cells[label], cells[group] if group else str(line)))
    if not rows:
        raise BadTable("the table has no rows")
    return tuple(rows)


def empty_cells(table: Path, column: str) -> int:
    """How many rows of a CSV have nothing in a column; all of them where there is no such column."""
    with table.open(encoding="utf-8-sig", newline="") as opened:
        return sum(not (row.get(column) or "").strip() for row in csv.DictReader(opened))


def _inside(folder: Path, name: str, line: int) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadTable(f"line {line}: the picture lies outside the folder")
    if not path.is_file():
        raise BadTable(f"line {line}: there is no such picture in the folder")
    return path


def opened(path: Path) -> Pictures:
    """The H x W x 3 pixels of the user's own picture, alpha over black, turned upright."""
    from PIL import Image, ImageOps

    with Image.open(path, formats=("PNG", "JPEG", "TIFF")) as picture:
        if picture.width * picture.height > LARGEST:
            raise BadTable(f"{path.name} has more than {LARGEST // 1_000_000} million pixels")
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    over = Image.new("RGBA", upright.size, (0, 0, 0, 255))
    over.alpha_composite(upright)
    return np.asarray(over.convert("RGB"))


def numbered(names: Sequence[str], order: Sequence[str] = ()) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Names as numbers, and the names in order: ``order`` first, the others by alphabet."""
    others = sorted(set(names) - set(order))
    known = (*(name for name in order if name in set(names)), *others)
    place = {name: index for index, name in enumerate(known)}
    return np.array([place[name] for name in names], dtype=np.int64), known


def read_npz(path: Path, parts: Sequence[str], names: Sequence[str], order: Sequence[str] = ()) -> Labelled:
    """Parts ("train", "val", "test") of a MedMNIST file as one; equal pictures share a group.

    ``names`` are those of the label numbers; several numbers of one name are one class. ``order`` gives the classes in
    another order. The file holds ``<part>_images`` (N x S x S or N x S x S x 3 bytes), ``<part>_labels`` (N x 1) and no
    patients.

    Raises:
        BadTable: an array is missing or of another shape, or a label has no name.
    """
    pictures, labels = [], []
    with np.load(path, allow_pickle=False) as arrays:
        for part in parts:
            if f"{part}_images" not in arrays or f"{part}_labels" not in arrays:
                raise BadTable(f"the file has no {part}_images and {part}_labels")
            pictures.append(_coloured(arrays[f"{part}_images"]))
            labels.append(arrays[f"{part}_labels"].reshape(len(pictures[-1]), -1))
    if any(one.shape[1] != 1 for one in labels):
        raise BadTable("a picture has more than one label: give one column at a time")
    truth = np.concatenate(labels)[:, 0].astype(np.int64)
    if truth.min() < 0 or truth.max() >= len(names):
        raise BadTable(f"a label is not among the {len(names)} classes named")
    joined, classes = np.concatenate(pictures), tuple(dict.fromkeys(order or names))
    place = np.array([classes.index(name) for name in names])
    return Labelled(joined, place[truth], classes, equal_pictures(joined))


def _coloured(pictures: Pictures) -> Pictures:
    if pictures.dtype != np.uint8 or pictures.ndim not in (3, 4):
        raise BadTable("pictures are N x S x S or N x S x S x 3 bytes")
    return np.repeat(pictures[..., None], 3, axis=3) if pictures.ndim == 3 else pictures


def equal_pictures(pictures: Pictures) -> Groups:
    """A number for each picture, the same for pictures that are equal to the byte."""
    first: dict[bytes, int] = {}
    keys = [hashlib.sha256(one.tobytes()).digest() for one in pictures]
    return np.array([first.setdefault(key, len(first)) for key in keys], dtype=np.int64)


def not_among(pictures: Pictures, others: Pictures) -> NDArray[np.bool_]:
    """Which pictures do not stand among the others: a measuring set must not hold what was trained on."""
    known = {hashlib.sha256(one.tobytes()).digest() for one in others}
    return np.array([hashlib.sha256(one.tobytes()).digest() not in known for one in pictures], dtype=bool)
