"""Vessels and their measures against shapes whose values are known."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.drawing import chunks, eye_and_vessels
from imaging.fov import field_of_view
from imaging.vessel_measures import (
    fractal_dimension,
    measure,
    segments,
    skeleton,
    skeleton_density,
    tortuosity,
)
from imaging.vessels import find_vessels


def _sine(amplitude: float, period: float = 120, side: int = 512) -> tuple[np.ndarray, float]:
    """A sine drawn one pixel wide, and its true arc over chord."""
    x = np.linspace(20, side - 20, 20_000)
    y = side / 2 + amplitude * np.sin(2 * np.pi * (x - 20) / period)
    mask = np.zeros((side, side), bool)
    mask[np.round(y).astype(int), np.round(x).astype(int)] = True
    arc = np.hypot(np.diff(x), np.diff(y)).sum()
    return mask, float(arc / np.hypot(x[-1] - x[0], y[-1] - y[0]))


def test_the_dimension_of_a_line_is_one_and_of_a_square_two() -> None:
    line = np.zeros((512, 512), bool)
    line[256, :] = True
    assert fractal_dimension(line) == pytest.approx(1.0, abs=0.03)
    assert fractal_dimension(np.ones((512, 512), bool)) == pytest.approx(2.0, abs=0.01)
    assert fractal_dimension(np.zeros((512, 512), bool)) is None


@pytest.mark.parametrize("amplitude", [0, 5, 10, 15])
def test_the_tortuosity_of_a_sine_is_right_within_one_percent(amplitude: float) -> None:
    mask, true = _sine(amplitude)
    assert tortuosity(skeleton(mask)) == pytest.approx(true, rel=0.01)


def test_a_diagonal_line_is_straight() -> None:
    assert tortuosity(np.eye(200, dtype=bool)) == pytest.approx(1.0, abs=0.002)


def test_the_density_of_a_comb_is_exact() -> None:
    comb = np.zeros((100, 100), bool)
    comb[:, ::10] = True
    assert skeleton_density(comb, np.ones((100, 100), bool)) == pytest.approx(0.1)
    assert skeleton_density(comb, np.zeros((100, 100), bool)) is None


def test_rings_and_short_pieces_have_no_tortuosity() -> None:
    y, x = np.ogrid[:100, :100]
    ring = skeleton(np.abs(np.hypot(y - 50, x - 50) - 30) < 1.5)
    assert tortuosity(ring) is None
    assert list(segments(np.eye(10, dtype=bool))) == []


def test_an_empty_mask_is_measured_as_far_as_it_goes() -> None:
    nothing = np.zeros((600, 576), bool)
    assert [one.name for one in measure(nothing, ~nothing)] == ["skeleton density"]


def test_the_retina_has_vessels_where_its_green_is_dark(small_retina: np.ndarray) -> None:
    found = find_vessels(small_retina)
    assert max(found.mask.shape) == 576
    assert 0.05 < found.mask.sum() / found.field.sum() < 0.25
    green = found.eye[..., 1].astype(float)
    assert green[found.mask].mean() < green[found.field & ~found.mask].mean()
    assert not (found.mask & ~found.field).any()


def test_a_mirrored_eye_has_mirrored_vessels_and_a_darker_one_the_same(small_retina: np.ndarray) -> None:
    plain = find_vessels(small_retina).mask
    mirrored = find_vessels(np.ascontiguousarray(small_retina[:, ::-1])).mask[:, ::-1]
    dark = find_vessels((small_retina * 0.7).astype(np.uint8)).mask
    assert _dice(plain, mirrored) > 0.97
    assert _dice(plain, dark) > 0.9


def test_every_measure_says_how_far_people_agree(small_retina: np.ndarray) -> None:
    found = find_vessels(small_retina)
    measures = measure(found.mask, found.field)
    assert [one.name for one in measures] == ["skeleton density", "fractal dimension", "tortuosity"]
    assert all("observers" in one.error for one in measures)
    assert measures[0].rendered == f"skeleton density {measures[0].value:.4f} px/px"


def test_the_pictures_are_of_one_size_and_bare(small_retina: np.ndarray) -> None:
    found = find_vessels(small_retina)
    eye, overlay = eye_and_vessels(found)
    assert chunks(eye.png) == chunks(overlay.png) == ["IHDR", "IDAT", "IEND"]
    one, two = (np.asarray(Image.open(io.BytesIO(picture.png))) for picture in (eye, overlay))
    assert one.shape == two.shape
    assert one[~found.whole].max() == 0
    assert (
        two[found.mask].astype(int)[:, 1].mean()
        > two[found.field & ~found.mask].astype(int)[:, 1].mean() + 60
    )
    assert "px" in eye.alt
    assert "%" in overlay.alt


def test_vessels_of_drive_agree_with_the_human(shared: Path) -> None:
    """Two photographs; all: `python -m evals.bench.imaging vessels`. The threshold was chosen on CHASE_DB1."""
    paths = sorted((shared / "drive/training/images").glob("*.tif"))[:2]
    scores = []
    for path in paths:
        human = path.parents[1] / "1st_manual" / f"{path.name[:2]}_manual1.gif"
        with Image.open(path) as photograph, Image.open(human) as drawn:
            pixels, mask = np.asarray(photograph), drawn.convert("L")
        found = find_vessels(pixels)
        top, left, bottom, right = field_of_view(pixels)[0].box
        size = (found.mask.shape[1], found.mask.shape[0])
        scores.append(_dice(found.mask, np.asarray(mask.crop((left, top, right, bottom)).resize(size)) > 127))
    assert np.mean(scores) > 0.6


def _dice(one: np.ndarray, two: np.ndarray) -> float:
    return float(2 * (one & two).sum() / (one.sum() + two.sum()))
