"""MedMNIST files (``.npz``): PneumoniaMNIST and its kin, with what repeats between the parts taken out.

Reference: Yang J et al., "MedMNIST v2", Sci Data 2023;10:41, doi:10.1038/s41597-022-01721-8.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.image import UnreadableImage

LABELS = ("normal", "pneumonia")
"""The labels of PneumoniaMNIST, by number."""


CLASSES: Mapping[str, tuple[str, ...]] = {
    "pneumoniamnist": LABELS,
    "breastmnist": ("malignant", "benign or normal"),
    "retinamnist": ("no diabetic retinopathy", *("diabetic retinopathy",) * 4),
    "octmnist": ("choroidal neovascularisation", "diabetic macular oedema", "drusen", "normal"),
    "pathmnist": (
        "adipose", "background", "debris", "lymphocytes", "mucus", "smooth muscle", "normal colon mucosa",
        "cancer-associated stroma", "colorectal adenocarcinoma epithelium",
    ),
    "organamnist": (
        "bladder", "left femur", "right femur", "heart", "left kidney", "right kidney", "liver", "left lung",
        "right lung", "pancreas", "spleen",
    ),
    "bloodmnist": (
        "basophil", "eosinophil", "erythroblast", "immature granulocyte", "lymphocyte", "monocyte", "neutrophil",
        "platelet",
    ),
    "dermamnist": (
        "actinic keratosis and intraepithelial carcinoma", "basal cell carcinoma", "benign keratosis-like lesion",
        "dermatofibroma", "melanoma", "melanocytic naevus", "vascular lesion",
    ),
}  # fmt: skip
"""What the label numbers of each file mean, by pack (without ``-224``). The grades of retinopathy count as one class:
a graded head would have to be judged by grade."""

FIRST: Mapping[str, str] = {"breastmnist": "benign or normal", "octmnist": "normal"}
"""The class without a sign, where it is not number 0."""


class Part(NamedTuple):
    """Pictures (N x S x S or N x S x S x 3 bytes) and their label numbers (N)."""

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]


class Split(NamedTuple):
    """Training and validation part, and how many pictures were taken out because they repeat another."""

    train: Part
    val: Part
    repeats: int
    """Rows of train that repeat an earlier row of train."""
    leaked: int
    """Rows of val that also stand in train."""


def read(path: Path) -> Split:
    """Open a MedMNIST file; a picture stands once, and none of val stands in train.

    Raises:
        UnreadableImage: the file is not a MedMNIST archive with a train and a val part.
    """
    try:
        with np.load(path, allow_pickle=False) as held:
            train, val = (
                Part(held[f"{name}_images"], held[f"{name}_labels"][:, 0]) for name in ("train", "val")
            )
    except (KeyError, ValueError, OSError, IndexError) as error:
        raise UnreadableImage(f"{path.name} is not a MedMNIST archive with a train and a val part") from error
    seen: set[bytes] = set()
    once = _first_time(train, seen)
    new = _first_time(val, seen)
    return Split(_kept(train, once), _kept(val, new), repeats=int((~once).sum()), leaked=int((~new).sum()))


def named(pack: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a pack's label numbers, and its classes in order, the one without a sign first.

    Raises:
        KeyError: the pack is none of MedMNIST's that are known here.
    """
    plain = pack.removesuffix("-224")
    names = CLASSES[plain]
    first = FIRST.get(plain, names[0])
    return names, tuple(dict.fromkeys((first, *names)))


def _first_time(part: Part, seen: set[bytes]) -> NDArray[np.bool_]:
    fresh = []
    for picture in part.pictures:
        key = picture.tobytes()
        fresh.append(key not in seen)
        seen.add(key)
    return np.array(fresh, dtype=bool)


def _kept(part: Part, rows: NDArray[np.bool_]) -> Part:
    return Part(np.ascontiguousarray(part.pictures[rows], dtype=np.uint8), part.labels[rows].astype(np.int64))


def one_hot(labels: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """N x count rows with a single 1, as generators take them."""
    return np.eye(count, dtype=np.float32)[labels]
