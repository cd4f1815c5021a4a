"""Breast ultrasound (BUSI): benign against malignant, with near-duplicates kept together.

Al-Dhabyani et al., Data in Brief 2020;28:104863. Its terms are unclear: for measuring, and for heads that stay on the
machine of whoever holds it. The published folder repeats pictures (Pawlowska et al., PMC10293973): without a column of
groups every figure is too high.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from imaging.classify import Cut, Extractor, square
from imaging.datasets.tables import Labelled, numbered, opened, read_table

CLASSES = ("benign", "malignant")


def busi(folder: Path, extractor: Extractor, cut: Cut = "centre") -> Labelled:
    """The benign and malignant pictures of ``folder`` (with ``groups.csv``: file, label, group), as squares.

    Pictures without a lesion are left out: the question is asked about a lesion that somebody has found.
    """
    rows = read_table(folder / "groups.csv", folder, group="group")
    kept = [row for row in rows if row.label in CLASSES]
    labels, classes = numbered([row.label for row in kept], CLASSES)
    groups, _ = numbered([row.group for row in kept])
    pictures = np.stack([square(opened(row.path), extractor, cut) for row in kept])
    return Labelled(pictures, labels, classes, groups)
