"""What is cut out of a picture, and where a mass is looked for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from imaging import classify
from imaging.classify import Extractor
from imaging.classify.places import around_disc, darkest_mass

SIDE = 256


def tissue(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (gaussian_filter(rng.rayleigh(1.0, (SIDE, SIDE)), 1.5) * 90).astype(np.float32)


@pytest.mark.parametrize(("row", "column", "radius"), [(90, 120, 18), (110, 170, 30), (80, 80, 12)])
def test_a_dark_mass_is_found(row: int, column: int, radius: int) -> None:
    y, x = np.mgrid[:SIDE, :SIDE]
    grey = np.where(np.hypot(y - row, x - column) < radius, 15, tissue())
    found = darkest_mass(grey.astype(np.float32))
    assert np.hypot(found[0] - row, found[1] - column) < radius / 2


def test_callipers_and_letters_do_not_move_it() -> None:
    y, x = np.mgrid[:SIDE, :SIDE]
    grey = np.where(np.hypot(y - 100, x - 130) < 20, 15, tissue()).astype(np.float32)
    drawn = grey.copy()
    for row in range(80, 122, 6):
        drawn[row : row + 2, 129:131] = 255
    drawn[200:208, 20:60:4] = 255
    assert np.abs(np.subtract(darkest_mass(grey), darkest_mass(drawn))).max() <= 6


def test_black_beside_the_fan_is_no_mass() -> None:
    y, x = np.mgrid[:SIDE, :SIDE]
    grey = np.where(np.hypot(y - 100, x - 128) < 14, 20, tissue())
    grey[:, :60] = 0
    assert abs(darkest_mass(grey.astype(np.float32))[1] - 128) < 10


def test_a_mirror_image_gives_the_mirrored_place() -> None:
    y, x = np.mgrid[:SIDE, :SIDE]
    grey = np.where(np.hypot(y - 100, x - 90) < 20, 15, tissue()).astype(np.float32)
    row, column = darkest_mass(grey)
    again = darkest_mass(np.ascontiguousarray(grey[:, ::-1]))
    assert abs(again[0] - row) <= 4
    assert abs(SIDE - 1 - again[1] - column) <= 4


def test_numbers_near_the_mass_follow_it() -> None:
    """The columns near the mass change with what stands there; those of the whole frame barely do."""
    extractor = Extractor(taps=("b4",), side=SIDE, part="lesion")
    y, x = np.mgrid[:SIDE, :SIDE]
    mass = np.hypot(y - 100, x - 128) < 24
    plain = np.where(mass, 15, tissue())
    striped = np.where(mass & (x % 8 < 4), 60, plain)
    pictures = np.repeat(np.stack([plain, striped]).clip(0, 255).astype(np.uint8)[..., None], 3, axis=3)
    rows = classify.rows_of(pictures, extractor)
    assert rows.shape == (2, 80)
    whole, near = np.abs(rows[0] - rows[1])[:40].mean(), np.abs(rows[0] - rows[1])[40:].mean()
    assert near > 3 * whole


def test_cuts() -> None:
    picture = np.zeros((40, 120, 3), dtype=np.uint8)
    picture[:, 40:80] = 200
    extractor = Extractor(taps=("b2",), side=32, through=64)
    assert (classify.square(picture, extractor, "centre") == 200).all()
    frame = classify.square(picture, extractor, "frame")
    assert frame.shape == (64, 64, 3)
    assert (frame[:, 32] == 200).all()
    assert (frame[:, 2] == 0).all()
    assert classify.looked_at(frame, extractor).shape == (32, 32, 3)


def test_the_field_is_cut_out_of_its_surroundings() -> None:
    y, x = np.mgrid[:200, :300]
    eye = np.where(np.hypot(y - 100, x - 180)[..., None] < 80, (180, 90, 40), 0).astype(np.uint8)
    field = classify.square(eye, Extractor(taps=("b2",), side=64), "field")
    assert abs((field.max(axis=2) > 20).mean() - np.pi / 4) < 0.03


def test_the_place_of_the_disc_scales_with_the_field() -> None:
    picture = np.full((512, 512, 3), 90, dtype=np.uint8)
    y, x = np.mgrid[:512, :512]
    picture[np.hypot(y - 240, x - 380) < 28] = 230
    assert (around_disc(picture, 160) == 230).sum() == (picture == 230).sum()
    extractor = Extractor(taps=("b2",), side=80, part="disc")
    assert classify.looked_at(picture, extractor).max() > 200
