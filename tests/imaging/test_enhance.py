"""Even light: the slope goes, the vessels stay, and nothing that measures takes the result."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from imaging.enhance import STAMP, Enhanced, even_light
from imaging.image import MedicalImage

Pixels = np.ndarray


def lit_from_the_left(retina: Pixels) -> Pixels:
    fall = np.linspace(1.0, 0.35, retina.shape[1])[None, :, None]
    return (retina * fall).astype(np.uint8)


def slope(pixels: Pixels) -> float:
    """Green of the left third of the field over that of the right third."""
    third = pixels.shape[1] // 3
    middle = pixels[pixels.shape[0] // 3 : -pixels.shape[0] // 3, :, 1].astype(float)
    return float(middle[:, third // 2 : third].mean() / middle[:, -third : -third // 2].mean())


@pytest.fixture(scope="module")
def enhanced(small_retina: Pixels) -> Enhanced:
    return even_light(lit_from_the_left(small_retina))


def test_the_slope_of_light_is_gone(small_retina: Pixels, enhanced: Enhanced) -> None:
    before, after = slope(lit_from_the_left(small_retina)), slope(enhanced.pixels)
    assert abs(np.log(after)) < 0.4 * abs(np.log(before))


def test_fine_structure_is_not_lost(small_retina: Pixels, enhanced: Enhanced) -> None:
    from scipy.ndimage import gaussian_filter

    def fine(pixels: Pixels) -> Pixels:
        green = pixels[200:440, 200:440, 1].astype(float)
        return gaussian_filter(green, 1) - gaussian_filter(green, 5)

    dark = lit_from_the_left(small_retina)
    assert fine(enhanced.pixels).std() > fine(dark).std()
    assert np.corrcoef(fine(enhanced.pixels).ravel(), fine(dark).ravel())[0, 1] > 0.85


def test_outside_the_field_is_black_and_the_size_is_kept(small_retina: Pixels, enhanced: Enhanced) -> None:
    assert enhanced.pixels.shape == small_retina.shape
    assert not enhanced.pixels[:8, :8].any()


def test_it_is_stamped_and_cannot_be_written_to_or_measured(enhanced: Enhanced) -> None:
    assert enhanced.stamp == STAMP
    assert not isinstance(enhanced, MedicalImage)
    with pytest.raises(ValueError, match="read-only"):
        enhanced.pixels[0, 0] = 1
    with pytest.raises(ValidationError):
        MedicalImage.model_validate(enhanced.model_dump())


def test_a_black_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no lit field of view"):
        even_light(np.zeros((64, 64, 3), dtype=np.uint8))
