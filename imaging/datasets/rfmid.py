"""RFMiD at 64 x 64: diseased eyes with any of four labels, cropped and contrast-normalised; no healthy ones.

Reference: Pachade S et al., "Retinal Fundus Multi-Disease Image Dataset (RFMiD)", Data 2021;6(2):14.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.image import UnreadableImage

LABELS = ("DR", "MH", "ODC", "TSLN")
"""Diabetic retinopathy, media haze, optic disc cupping, tessellation; an eye may carry several."""


class Part(NamedTuple):
    """Pictures (N x 64 x 64 x 3 bytes, RGB) and their labels (N x 4, 0 or 1)."""

    pictures: NDArray[np.uint8]
    labels: NDArray[np.float32]


class Split(NamedTuple):
    train: Part
    val: Part


def read(path: Path) -> Split:
    """Open the archive; the parts are those of the publishers.

    Raises:
        UnreadableImage: the file is not this archive, or its labels are not the four known ones.
    """
    try:
        with np.load(path, allow_pickle=False) as held:
            names = tuple(str(name) for name in held["label_names"])
            train, val = (
                Part(held[f"{name}_images"], held[f"{name}_labels"].astype(np.float32))
                for name in ("train", "val")
            )
    except (KeyError, ValueError, OSError) as error:
        raise UnreadableImage(f"{path.name} is not the RFMiD archive at 64 px") from error
    if names != LABELS:
        raise UnreadableImage(f"{path.name} has other labels than {', '.join(LABELS)}")
    return Split(train, val)
