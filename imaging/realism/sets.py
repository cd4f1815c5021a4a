"""The development sets as generators are judged on them: what they were made from, and what they never saw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.datasets import medmnist, rfmid
from imaging.generate.generator import Conditions, Generator, Pictures
from imaging.realism.judge import Real

XRAY = "pneumoniamnist/pneumoniamnist_train_val.npz"
RFMID = "rfmid64/rfmid64_train_val.npz"
EYES = "eye4_256/index.csv"


def needed(data: Path, name: str) -> Path:
    """A file of the development data.

    Raises:
        FileNotFoundError: it is not there; the message names it.
    """
    path = data / name
    if not path.is_file():
        raise FileNotFoundError(f"{name} is not in the data folder")
    return path


def xray(data: Path) -> tuple[Real, Conditions]:
    """PneumoniaMNIST: 4,190 for making, 500 non-members held back from its training part, 516 of its validation part.

    The conditions are those of the 516, which are at once the floor of the attacks (they are no members either).
    """
    from imaging.training.generators import xray as material

    path = needed(data, XRAY)
    made_from, val = material(path), medmnist.read(path).val
    real = Real(made_from.pictures, made_from.unseen, val.pictures, val.pictures)
    return real, medmnist.one_hot(val.labels, len(medmnist.LABELS))


def fundus(data: Path) -> tuple[Real, Conditions]:
    """RFMiD at 64 px: 949 for making; of its 295 for validation every second is a non-member, the others the floor."""
    split = rfmid.read(needed(data, RFMID))
    real = Real(split.train.pictures, split.val.pictures[::2], split.val.pictures, split.val.pictures[1::2])
    return real, split.val.labels


def eyes(data: Path, side: int = 64) -> Real:
    """ODIR-style normals, field only, in halves of patients: even numbers for making, odd ones never seen.

    The unseen half is the test; of its patients every second one's eyes are non-members, the others the floor.
    """
    pictures, patients = normals(data, side)
    odd = patients % 2 == 1
    second = (patients[odd] // 2) % 2 == 1
    test = pictures[odd]
    return Real(pictures[~odd], test[second], test, test[~second])


def normals(data: Path, side: int = 64) -> tuple[Pictures, NDArray[np.int64]]:
    """ODIR-style normal eyes as black squares with the field only, and the number of each one's patient."""
    from imaging.classify.places import field_only
    from imaging.datasets.tables import opened, read_table

    table = needed(data, EYES)
    rows = [row for row in read_table(table, table.parent, group="patient") if row.label == "normal"]
    pictures = np.stack([field_only(opened(row.path), side) for row in rows])
    return pictures, np.array([int(row.group) for row in rows], dtype=np.int64)


def mixed(generator: Generator, conditions: Conditions, labels: Sequence[str], seed: int) -> Pictures:
    """Made pictures with the labels of real ones (the first, where there are several)."""
    counts = np.bincount(conditions.argmax(axis=1), minlength=len(labels))
    return np.concatenate([
        generator.sample(int(count), label, seed) for label, count in zip(labels, counts, strict=True) if count
    ])  # fmt: skip
