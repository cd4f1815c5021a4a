"""The fundus in parts, learnt from phantoms: discs where they were, vessels from the disc, the same bytes, files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imaging.generate.anatomy import AnatomyGenerator, levels_of, moved, values_of
from imaging.generate.generator import Pictures
from imaging.generate.phantom import phantom
from imaging.training.anatomy import AnatomySettings, discs, fit

SMALL = AnatomySettings(ground=4, rim=2, eye=6, mixture=1)


@pytest.fixture(scope="module")
def eyes() -> tuple[Pictures, np.ndarray]:
    """32 phantoms at 64 px whose field fills the frame, and the column of each one's disc."""
    from PIL import Image

    pictures, columns = [], []
    for seed in range(32):
        eye = phantom(64, seed)
        inner = Image.fromarray(eye.pixels[1:63, 1:63]).resize((64, 64), Image.Resampling.BOX)
        pictures.append(np.asarray(inner))
        columns.append((np.nonzero(eye.disc)[1].mean() - 1) * 64 / 62)
    return np.stack(pictures), np.array(columns)


@pytest.fixture(scope="module")
def made(eyes: tuple[Pictures, np.ndarray]) -> AnatomyGenerator:
    return fit(eyes[0], np.ones((32, 1), np.float32), ("normal",), SMALL)


def test_discs_are_found_where_they_were_drawn(eyes: tuple[Pictures, np.ndarray]) -> None:
    found = discs(eyes[0])[:, 1]
    assert (np.abs(found - eyes[1]) <= 3).mean() > 0.85


def test_made_eyes_look_like_the_ones_learnt_from(
    made: AnatomyGenerator, eyes: tuple[Pictures, np.ndarray]
) -> None:
    drawn = made.sample(8, "normal", 3)
    assert np.abs(drawn.mean(axis=(0, 1, 2)) - eyes[0].mean(axis=(0, 1, 2))).max() < 15
    assert drawn[:, :3, :3].max() < 30
    columns = discs(drawn)[:, 1]
    assert 0 < (columns < 32).sum() < 8


def test_a_seed_gives_the_same_bytes_and_no_two_trees_are_the_same(made: AnatomyGenerator) -> None:
    first = made.sample(3, "normal", 5)
    assert first.tobytes() == made.sample(3, "normal", 5).tobytes()
    assert first[:2].tobytes() != made.sample(3, "normal", 6)[:2].tobytes()


def test_the_way_between_ends_at_the_seeds(made: AnatomyGenerator) -> None:
    steps = made.between(1, 2, 5, "normal")
    for at, seed in ((0, 1), (-1, 2)):
        assert np.abs(steps[at].astype(int) - made.sample(1, "normal", seed)[0]).mean() < 1


def test_a_file_gives_back_the_generator(made: AnatomyGenerator, tmp_path: Path) -> None:
    made.save(tmp_path / "a.safetensors")
    again = AnatomyGenerator.load(tmp_path / "a.safetensors")
    assert np.abs(again.sample(2, "normal", 1).astype(int) - made.sample(2, "normal", 1)).mean() < 1


def test_vessels_are_drawn_as_strong_as_asked(eyes: tuple[Pictures, np.ndarray]) -> None:
    ones = np.ones((32, 1), np.float32)
    weak, strong = (
        fit(eyes[0], ones, ("normal",), SMALL.model_copy(update={"vessels": share})) for share in (0, 1)
    )
    bare, drawn = weak.sample(2, "normal", 2).astype(float), strong.sample(2, "normal", 2).astype(float)
    assert drawn[..., 1].mean() < bare[..., 1].mean()
    assert (drawn <= bare + 1).mean() > 0.99


def test_what_cannot_be_learnt_from_is_refused(eyes: tuple[Pictures, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="64 x 64"):
        fit(eyes[0][:, :32], np.ones((32, 1), np.float32), ("normal",), SMALL)
    with pytest.raises(ValueError, match="30 pictures"):
        fit(eyes[0][:20], np.ones((20, 1), np.float32), ("normal",), SMALL)


def test_values_and_levels_are_inverse_and_moves_bring_in_zeros() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=3)
    assert levels_of(values_of(grey)) == pytest.approx(grey.astype(float), abs=0.01)
    one = np.ones((6, 6, 3), np.float32)
    there = moved(one, np.array([2, -1]))
    assert there[:2].max() == there[:, 5:].max() == 0
    assert there[2:, :5].min() == 1
