"""Pictures that the tests make, and scikit-image's bundled retina."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="session")
def retina() -> Pixels:
    """scikit-image's fundus photograph, 1411 x 1411, no network."""
    from skimage import data

    return np.asarray(data.retina())


@pytest.fixture(scope="session")
def small_retina(retina: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(retina).resize((640, 640), Image.Resampling.BOX))


@pytest.fixture(scope="session")
def saved() -> Callable[..., bytes]:
    """Bytes of a picture in a format."""

    def save(pixels: Pixels, kind: str = "PNG", **options: object) -> bytes:
        packed = io.BytesIO()
        Image.fromarray(pixels).save(packed, kind, **options)
        return packed.getvalue()

    return save
