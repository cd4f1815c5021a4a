"""What the fundus bank in use says of clear photographs: with diabetic retinopathy (IDRiD) and without (DRIVE)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.anomaly import unlike
from imaging.calibrate import share
from imaging.image import ModelMissing
from imaging.suites.row import Given, Row

DECODED = 1100
"""JPEGs are decoded at about this many px a side: the detectors look at fewer."""

SETS = {
    "IDRiD, all with diabetic retinopathy": ("idrid_seg54", "IDRiD_*.jpg"),
    "DRIVE, most without": ("drive/training/images", "*.tif"),
}


def rows(given: Given) -> Iterator[Row]:
    """For each set the share above the operating point and the share with a named region."""
    for name, (folder, pattern) in SETS.items():
        paths = sorted((given.data / folder).glob(pattern))[:: given.every]
        try:
            found = [unlike(_opened(path), "fundus")[0] for path in paths]
        except ModelMissing as gone:
            yield Row(measure=f"fundus bank on {name}", ours=str(gone))
            return
        above, named = (
            share(sum(each), len(found)).rendered
            for each in ([one.above for one in found], [bool(one.regions) for one in found])
        )
        yield Row(measure=f"fundus bank on {name}: above the operating point", ours=above)
        yield Row(measure=f"fundus bank on {name}: a region named", ours=named)


def _opened(path: Path) -> NDArray[np.uint8]:
    from PIL import Image

    with Image.open(path, formats=("JPEG", "TIFF")) as picture:
        picture.draft("RGB", (DECODED, DECODED))
        return np.asarray(picture.convert("RGB"))
