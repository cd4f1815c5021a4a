"""Fundus photographs labelled normal, cataract or glaucoma, two eyes to a patient (the ODIR-style set).

Its terms are unclear: for measuring, and for heads that stay on the machine of whoever holds it. The four-class
collection that it comes from holds augmented copies and a class of another camera, told by the frame alone.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from imaging.classify.places import field_only
from imaging.datasets.tables import Labelled, numbered, opened, read_table

CLASSES = ("normal", "cataract", "glaucoma")


def eye4(folder: Path, side: int = 256) -> Labelled:
    """The photographs of ``folder`` (``index.csv``: file, label, patient), field only; groups are patients."""
    rows = read_table(folder / "index.csv", folder, group="patient")
    labels, classes = numbered([row.label for row in rows], CLASSES)
    groups, _ = numbered([row.group for row in rows])
    pictures = np.stack([field_only(opened(row.path), side) for row in rows])
    return Labelled(pictures, labels, classes, groups)
