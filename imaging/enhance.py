"""Even light for a fundus photograph, for looking only: what comes out is stamped and is not a picture to measure on.

Enlarging (imaging spec 3.9) is in :mod:`imaging.super_resolution` and answers with the same :class:`Enhanced`.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from imaging.fov import field_of_view, fill_outside
from retrieval.evidence import Text, Word

STAMP = "enhanced: do not measure on it"
BROAD = 1 / 12
"""SD of the blur that is taken for the lighting, as a share of the field's longer side."""

DARKEST = 20
"""A field whose brightest byte is below this holds nothing to even out."""

CLIP = 0.02
"""Clip limit of the contrast equalisation."""

Pixels = NDArray[np.uint8]


class Enhanced(Word):
    """A picture made for looking. It is no ``MedicalImage``, so that nothing which measures takes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    pixels: Annotated[Any, Field(repr=False)]
    """H x W x 3 bytes, black outside the field, cannot be written to."""
    method: Text
    stamp: Text = STAMP


def even_light(pixels: Pixels) -> Enhanced:
    """An H x W x 3 fundus photograph with its lighting divided out and its local contrast evened.

    Lightness is divided by its own broad blur inside the field, brought back to the mean, then equalised with a clip
    limit (CLAHE: Pizer et al., Comput Vis Graph Image Process 1987;39:355). Colour is left as it is. Refuses a picture
    without a lit field of view of at least 32 px.
    """
    from scipy.ndimage import gaussian_filter
    from skimage.color import lab2rgb, rgb2lab
    from skimage.exposure import equalize_adapthist

    field, mask = field_of_view(pixels)
    top, left, bottom, right = field.box
    side = max(bottom - top, right - left)
    if side < 32 or not mask.any() or int(pixels[mask].max()) < DARKEST:
        raise ValueError("there is no lit field of view of at least 32 px")
    lab = rgb2lab(pixels)
    light = fill_outside(lab[..., 0].astype(np.float32), mask, sigma=side * BROAD)
    broad = gaussian_filter(light, side * BROAD)
    even = np.clip(light / np.maximum(broad, 1.0) * float(light[mask].mean()), 0, 100)
    lab[..., 0] = 100 * equalize_adapthist(even / 100, clip_limit=CLIP)
    seen = (255 * lab2rgb(lab)).round().clip(0, 255).astype(np.uint8)
    seen[~mask] = 0
    seen.setflags(write=False)
    return Enhanced(pixels=seen, method=f"lighting divided out (blur {BROAD:.3f} of the field), CLAHE {CLIP}")
