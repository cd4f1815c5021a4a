"""What pages and commands show of the generators: stamped, the same for the same arguments, refused in words."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from imaging.generate import lab, stamp
from imaging.generate.lesions import LOOKS
from imaging.image import ModelMissing


def opened(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.text == {"Comment": "synthetic"}  # type: ignore[attr-defined]
        return np.asarray(picture)


@pytest.mark.parametrize("name", lab.names())
def test_samples_are_stamped_and_repeatable(name: str) -> None:
    label = lab.labels(name)[0]
    first, second = lab.sample(name, label, 2, 5)
    assert first.png == lab.sample(name, label, 2, 5)[0].png != second.png
    assert "synthetic" not in first.title
    assert label in first.title
    assert (opened(first.png)[-stamp.HIGH :] > 128).sum() > 50


@pytest.mark.parametrize("name", [name for name in lab.names() if name != lab.PHANTOM])
def test_a_way_begins_and_ends_at_the_pictures_of_its_seeds(name: str) -> None:
    label = lab.labels(name)[-1]
    way = lab.interpolate(name, label, 3, 4, 6)
    assert way[0].png == lab.sample(name, label, 1, 3)[0].png
    assert way[-1].png == lab.sample(name, label, 1, 4)[0].png
    steps = np.array([opened(one.png).astype(float) for one in way])
    jumps = np.abs(np.diff(steps, axis=0)).mean(axis=(1, 2, 3))
    assert jumps.min() > 0
    assert jumps.max() < np.abs(steps[-1] - steps[0]).mean()


def test_a_phantom_has_no_way_between_seeds_and_strangers_are_named() -> None:
    with pytest.raises(ValueError, match="nothing between"):
        lab.interpolate("phantom", "healthy", 1, 2, 3)
    with pytest.raises(ValueError, match="healthy, cotton"):
        lab.sample("phantom", "normal", 1, 1)
    with pytest.raises(ModelMissing, match="there are"):
        lab.sample("nobody", "normal", 1, 1)
    with pytest.raises(ValueError, match="kind is one of"):
        lab.inject(1, "melanoma", 1, 1.0, 1)  # type: ignore[arg-type]


def test_lesions_on_a_phantom_come_with_their_truth() -> None:
    found = lab.inject(3, "exudate", 7, 1.0, 2)
    assert found.count == 7
    mask, before, after = (opened(one.png) for one in (found.mask, found.before, found.picture))
    side = slice(0, 256)
    assert (mask[side, side, 0] == 255).sum() == found.area_px
    inside = mask[side, side, 0] == 255
    assert after[side, side, 1][inside].mean() > before[side, side, 1][inside].mean() + 5
    assert found.looks_like == LOOKS["exudate"].seen


def test_more_lesions_cover_more_and_contrast_none_changes_nothing() -> None:
    few, many = (lab.inject(3, "drusen", count, 1.0, 2) for count in (2, 30))
    assert few.area_px < many.area_px
    none = lab.inject(3, "drusen", 5, 0.0, 2)
    assert (opened(none.picture.png) == opened(none.before.png)).all()


def test_a_large_photograph_is_shrunk_before_it_is_drawn_on() -> None:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:1100, :1300]
    eye = np.where(np.hypot(y - 550, x - 650)[..., None] < 500, (170, 90, 50), (0, 0, 0))
    eye = np.where(eye > 0, eye + rng.integers(-5, 6, eye.shape), 0).astype(np.uint8)
    found = lab.inject(eye, "haemorrhage", 3, 1.0, 1)
    assert max(found.side_px) == lab.LARGEST_SIDE
    assert found.area_px > 0
    assert "photograph" in found.picture.title
    with pytest.raises(ValueError, match="H x W x 3 bytes"):
        lab.inject(eye[..., 0], "haemorrhage", 3, 1.0, 1)


def test_a_grid_is_a_plain_array_row_by_row() -> None:
    pictures = np.arange(5, dtype=np.uint8)[:, None, None] * np.ones((5, 4, 4), np.uint8)
    sheet = lab.grid(pictures, 3)
    assert sheet.shape == (8, 12)
    assert sheet[0, ::4].tolist() == [0, 1, 2]
    assert sheet[4, ::4].tolist() == [3, 4, 0]
    with pytest.raises(ValueError, match="at least one"):
        lab.grid(pictures[:0], 3)
