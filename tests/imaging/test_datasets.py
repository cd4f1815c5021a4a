"""Folders, splits by person, and near-duplicates."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imaging.datasets import duplicates, folders, splits


def _picture(seed: int, side: int = 64) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 6, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC))


def _write(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def _square(top: int) -> np.ndarray:
    mask = np.zeros((64, 64), np.uint8)
    mask[top : top + 8, 10:20] = 255
    return mask


def test_masks_beside_their_picture_are_united(tmp_path: Path) -> None:
    image = _write(tmp_path / "benign" / "a (1).png", _picture(1))
    _write(tmp_path / "benign" / "a (1)_mask.png", _square(0))
    _write(tmp_path / "benign" / "a (1)_mask_1.png", _square(20))
    _write(tmp_path / "benign" / "a (10).png", _picture(2))
    _write(tmp_path / "benign" / "a (10)_mask.png", _square(40))
    (tmp_path / "notes.txt").write_text("no picture")
    found = folders.pairs(tmp_path)
    assert [len(one.masks) for one in found] == [2, 1]
    assert found[0].image == image
    np.testing.assert_array_equal(folders.mask(found[0].masks), (_square(0) | _square(20)) > 0)


def test_two_folders_are_matched_by_number_or_name(tmp_path: Path) -> None:
    for name in ("21_training.tif", "22_training.tif", "eye.png", "lonely.png"):
        _write(tmp_path / "images" / name, _picture(3))
    for name in ("21_manual1.gif", "22_manual1.gif", "eye.png"):
        _write(tmp_path / "1st_manual" / name, _square(3))
    found = folders.pairs(tmp_path)
    assert [(one.image.stem, one.masks[0].stem) for one in found] == [
        ("21_training", "21_manual1"), ("22_training", "22_manual1"), ("eye", "eye"),
    ]  # fmt: skip


def test_a_palette_mask_counts_by_colour(tmp_path: Path) -> None:
    palette = Image.fromarray((_square(5) > 0).astype(np.uint8), mode=None).convert("P")
    palette.putpalette([0, 0, 0, 255, 255, 255] + [0] * 762)
    path = tmp_path / "m.gif"
    palette.save(path)
    np.testing.assert_array_equal(folders.mask([path]), _square(5) > 0)


def test_a_folder_without_masks_and_masks_of_two_sizes_are_refused(tmp_path: Path) -> None:
    _write(tmp_path / "a.png", _picture(1))
    with pytest.raises(folders.NoPairs, match="expected"):
        folders.pairs(tmp_path)
    two = [_write(tmp_path / "x.png", _square(0)), _write(tmp_path / "y.png", _square(0)[:32])]
    with pytest.raises(folders.NoPairs, match="two sizes"):
        folders.mask(two)
    with pytest.raises(folders.NoPairs):
        folders.mask([])


def test_classes_are_folders_and_masks_are_no_pictures(tmp_path: Path) -> None:
    _write(tmp_path / "sick" / "b.png", _picture(1))
    _write(tmp_path / "sick" / "b_mask.png", _square(1))
    _write(tmp_path / "healthy" / "a.jpg", _picture(2))
    (tmp_path / ".hidden").mkdir()
    assert [(path.name, label) for path, label in folders.labelled(tmp_path)] == [
        ("a.jpg", "healthy"), ("b.png", "sick"),
    ]  # fmt: skip


def test_alpha_lies_over_black(tmp_path: Path) -> None:
    clear = np.zeros((4, 4, 4), np.uint8)
    clear[..., :3] = 200
    assert folders.rgb(_write(tmp_path / "clear.png", clear)).max() == 0


people = st.lists(st.integers(0, 12), min_size=12, max_size=60).filter(lambda own: len(set(own)) >= 4)


@settings(max_examples=60, deadline=None)
@given(people, st.integers(2, 4), st.integers(0, 5))
def test_nobody_stands_on_two_sides_and_everybody_is_tested_once(
    groups: list[int], count: int, seed: int
) -> None:
    labels = [group % 2 for group in groups]
    for folds in (
        list(splits.by_index(groups, count)),
        list(splits.at_random(groups, count, seed)),
        list(splits.balanced(groups, labels, count, seed)),
    ):
        assert len(folds) == count
        assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(groups)))
        for fold in folds:
            assert not splits.leaks(groups, fold)
            assert len(fold.train) + len(fold.test) == len(groups)


def test_leaks_are_named() -> None:
    fold = splits.Fold(np.array([0, 1]), np.array([2, 3]))
    assert splits.leaks(["a", "b", "b", "c"], fold) == ["b"]


def test_folds_by_index_are_fixed_and_too_many_are_refused() -> None:
    folds = list(splits.by_index(["01", "01", "02", "02", "03"], 3))
    assert folds[1].test.tolist() == [2, 3]
    with pytest.raises(ValueError, match="4 folds of 3 groups"):
        list(splits.by_index(["a", "b", "c"], 4))


def test_balanced_folds_hold_each_class_evenly() -> None:
    labels = ["rare"] * 8 + ["common"] * 40
    for fold in splits.balanced(list(range(48)), labels, 4, seed=1):
        assert sum(labels[row] == "rare" for row in fold.test) == 2
        assert len(fold.test) == 12


def test_the_hash_follows_the_split_and_not_the_order() -> None:
    names = ["a", "b", "c", "d"]
    folds = list(splits.by_index(names, 2))
    turned = [splits.Fold(np.array([]), np.array([3 - row for row in fold.test])) for fold in folds]
    assert splits.split_hash(names, folds) == splits.split_hash(names[::-1], turned)
    assert splits.split_hash(names, folds) != splits.split_hash(names, folds[::-1])


def test_the_interval_is_wider_when_rows_belong_to_few_people() -> None:
    rng = np.random.default_rng(0)
    mean_of = rng.normal(size=10)
    values = np.repeat(mean_of, 20) + rng.normal(0, 0.1, 200)
    low, high = splits.interval(values.tolist(), np.repeat(np.arange(10), 20).tolist())
    narrow = splits.interval(values.tolist(), list(range(200)))
    assert low < values.mean() < high
    assert high - low > 2 * (narrow[1] - narrow[0])


def test_copies_are_found_and_strangers_are_not() -> None:
    one = _picture(1)
    packed = io.BytesIO()
    Image.fromarray(one).save(packed, "JPEG", quality=60)
    copies = [
        one, np.asarray(Image.open(packed)), np.asarray(Image.fromarray(one).resize((40, 40))),
        (one * 0.8 + 10).astype(np.uint8),
    ]  # fmt: skip
    strangers = [_picture(seed) for seed in range(2, 8)]
    pairs = duplicates.alike([duplicates.signature(each) for each in [*copies, *strangers]])
    assert pairs == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert duplicates.groups(10, pairs) == [0, 0, 0, 0, 4, 5, 6, 7, 8, 9]


def test_two_hazy_eyes_are_no_copies_and_a_lighter_jpeg_is() -> None:
    """On black, smooth fields agree coarsely whoever they belong to; what is fine tells."""
    y, x = np.mgrid[:200, :200] - 99.5
    field = np.hypot(y, x)[..., None] < 90
    eyes = [
        np.where(field, 130 + 40 * (_picture(seed, 200) / 255 - 0.5), 0).astype(np.uint8) for seed in (1, 2)
    ]
    packed = io.BytesIO()
    Image.fromarray((eyes[0] * 0.9).astype(np.uint8)).save(packed, "JPEG", quality=85)
    pictures = [*eyes, np.asarray(Image.open(packed))]
    assert (0, 1) in duplicates.alike([duplicates.signature(one) for one in pictures])
    assert duplicates.copies(pictures) == [(0, 2)]


def test_chains_make_one_group_and_blank_pictures_none() -> None:
    assert duplicates.groups(5, [(3, 4), (1, 3)]) == [0, 1, 2, 1, 1]
    blank = duplicates.signature(np.full((30, 30, 3), 90, np.uint8))
    assert duplicates.alike([blank, blank]) == []
