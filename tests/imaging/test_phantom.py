"""The drawn fundus: its truth fits what is drawn, and the house's own reader takes it for what it is meant to be."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.generate.phantom import DISC, FIELD, _dab, phantom

SIDES = (128, 256)


@pytest.mark.parametrize("side", SIDES)
def test_the_truth_fits_the_picture(side: int) -> None:
    for seed in range(4):
        eye = phantom(side, seed)
        green = eye.pixels[..., 1].astype(float)
        assert (eye.pixels[~eye.field] == 0).all()
        assert eye.field.mean() == pytest.approx(np.pi * FIELD**2, abs=0.01)
        assert eye.disc.sum() == pytest.approx(np.pi * (DISC * side) ** 2, rel=0.15)
        assert not (eye.vessels & ~eye.field).any()
        assert green[eye.vessels & ~eye.disc].mean() < green[eye.field & ~eye.vessels & ~eye.disc].mean() - 10
        assert green[eye.disc & ~eye.vessels].mean() > green[eye.field & ~eye.disc].mean() + 30
        assert 0.02 < eye.vessels.sum() / eye.field.sum() < 0.25


def test_no_vessel_crosses_the_fovea() -> None:
    for seed in range(6):
        eye = phantom(256, seed)
        y, x = np.mgrid[:256, :256]
        near = (y - eye.fovea[0]) ** 2 + (x - eye.fovea[1]) ** 2 < (0.04 * 256) ** 2
        assert not (eye.vessels & near).any()


def test_the_fovea_is_dark_and_lies_a_third_of_the_side_from_the_disc() -> None:
    for seed in range(4):
        eye = phantom(256, seed)
        disc = np.argwhere(eye.disc).mean(axis=0)
        assert abs(disc[1] - eye.fovea[1]) / 256 == pytest.approx(0.34, abs=0.02)
        green = eye.pixels[..., 1].astype(float)
        patch = green[eye.fovea[0] - 4 : eye.fovea[0] + 5, eye.fovea[1] - 4 : eye.fovea[1] + 5].mean()
        assert patch < 0.95 * np.median(green[eye.field & ~eye.vessels])


@pytest.mark.parametrize("width", [1.0, 3.3, 6.0, 9.5])
def test_vessels_have_the_width_that_the_truth_says(width: float) -> None:
    """Area over length of a straight vessel, at several turns and fractions of a px: within half a px."""
    for turn in (0.0, 0.4, np.pi / 4, 1.3):
        drawn = np.zeros((120, 120), dtype=np.float32)
        for step in np.arange(0, 80, 0.5):
            _dab(drawn, 20.3 + step * np.sin(turn), 20.7 + step * np.cos(turn), width)
        caps = np.pi * (width / 2) ** 2
        assert ((drawn > 0).sum() - caps) / 79.5 == pytest.approx(width, abs=0.5)
        assert drawn.max() == pytest.approx(width)


def test_a_seed_gives_the_same_bytes_and_another_another_eye() -> None:
    assert phantom(128, 5).pixels.tobytes() == phantom(128, 5).pixels.tobytes()
    assert (phantom(128, 5).vessels != phantom(128, 6).vessels).any()


def test_left_and_right_eyes_occur() -> None:
    sides = {bool(np.argwhere(phantom(64, seed).disc)[:, 1].mean() > 32) for seed in range(12)}
    assert sides == {True, False}


def test_lesions_come_with_their_masks() -> None:
    eye = phantom(128, 2, ["exudate", "haemorrhage"])
    plain = phantom(128, 2)
    assert set(eye.lesions) == {"exudate", "haemorrhage"}
    assert (eye.vessels == plain.vessels).all()
    for mask in eye.lesions.values():
        assert mask.any()
        assert (eye.pixels[mask] != plain.pixels[mask]).any()


def test_too_small_a_side_is_refused() -> None:
    with pytest.raises(ValueError, match="64"):
        phantom(63, 1)
