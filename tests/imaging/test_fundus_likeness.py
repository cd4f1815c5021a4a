"""What the gate sees of a picture: two views, a distance, and training copies that stay what they were."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from imaging import backbone, cards, fundus_likeness, gate
from imaging.appearance import normal_size
from imaging.image import ModelMissing
from imaging.training import fundus_gate as recipe
from imaging.training import round_scenes
from imaging.training.haze import harsh, hazy
from imaging.training.scenes import disc

X_RAYS = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)


def _seen(pixels: np.ndarray) -> np.ndarray:
    return fundus_likeness.seen(*normal_size(pixels)[1:])


def _distance(pixels: np.ndarray) -> float:
    return fundus_likeness.distance(_seen(pixels)[0])


def test_eyes_are_near_and_everyday_pictures_far(small_retina: np.ndarray) -> None:
    assert _distance(small_retina) < gate.FAR / 2
    assert _distance(np.ascontiguousarray(small_retina[::-1])) < gate.FAR / 2
    for name in ("coffee", "rocket"):
        assert _distance(getattr(data, name)()) > gate.FAR


def test_a_veil_and_a_tint_leave_the_even_view_nearly_as_it_was(small_retina: np.ndarray) -> None:
    _, small, mask = normal_size(small_retina)
    veiled = (0.4 * small + 0.6 * np.array([190, 170, 150])).astype(np.uint8)
    plain, even = (
        np.abs(np.subtract(*pair)).mean() for pair in zip(*_views((small, veiled), mask), strict=True)
    )
    assert plain > 25
    assert even < 8


def _views(pictures: tuple[np.ndarray, ...], mask: np.ndarray) -> list[np.ndarray]:
    return [fundus_likeness.views(one, mask).astype(float) for one in pictures]


def test_noise_on_a_flat_disc_is_not_blown_up_to_structure() -> None:
    mask, noise = disc(192, 0.48), np.random.default_rng(0).normal(0, 1, (192, 192, 1))
    spread = []
    for strength in (0, 1, 12):
        flat = np.where(mask[..., None], np.array([200, 110, 50]) + strength * noise, 0).astype(np.uint8)
        spread.append(float(fundus_likeness.views(flat, mask)[1, 40:88, 40:88].std()))
    assert spread[0] < 1
    assert spread[1] < fundus_likeness.LEVELS / 2 < spread[2]


def test_without_the_backbone_there_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, small_retina: np.ndarray
) -> None:
    backbone._loaded.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(backbone, "PACKAGE", "no_such_package_anywhere")
        with pytest.raises(ModelMissing, match="pip install"):
            gate.fundus_gate(small_retina)
    assert gate.fundus_gate(small_retina)[0].decision.value == "accepted"


def test_copies_of_an_eye_keep_to_their_field_and_are_the_same_for_one_seed(small_retina: np.ndarray) -> None:
    _, small, mask = normal_size(small_retina)
    for make in (recipe.disturbed, hazy):
        for seed in range(4):
            copy, inside = make(np.random.default_rng(seed), small, mask)
            assert copy.dtype == np.uint8
            assert copy.shape[:2] == inside.shape
            assert not copy[~inside].any()
            assert np.array_equal(copy, make(np.random.default_rng(seed), small, mask)[0])


def test_haze_takes_contrast_away(small_retina: np.ndarray) -> None:
    _, small, mask = normal_size(small_retina)
    spread = [
        np.std(copy[inside][:, 1])
        for copy, inside in (hazy(np.random.default_rng(seed), small, mask) for seed in range(12))
    ]
    assert np.median(spread) < small[mask][:, 1].std()


def test_a_badly_lit_copy_is_the_same_for_one_seed_and_keeps_its_black_surroundings(
    small_retina: np.ndarray,
) -> None:
    _, small, mask = normal_size(small_retina)
    copies = [harsh(np.random.default_rng(seed), small, mask) for seed in range(8)]
    assert len({copy.shape for copy in copies}) > 1
    assert all(copy[:3, :3].max() < 40 for copy in copies)
    assert np.array_equal(copies[3], harsh(np.random.default_rng(3), small, mask))


def test_pictures_that_are_no_eyes_are_the_same_every_time() -> None:
    for make in (lambda: round_scenes.drawn(X_RAYS, 1), lambda: round_scenes.everyday(1)):
        one, two = list(make()), list(make())
        assert len(one) in (3, len(round_scenes.EVERYDAY))
        assert all(np.array_equal(*pair) for pair in zip(one, two, strict=True))
        assert all(picture.max() > 0 for picture in one)


def test_the_recipe_writes_both_files_on_small_sets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_retina: np.ndarray
) -> None:
    for name in ("a.jpg", "IDRiD_01.jpg"):
        Image.fromarray(small_retina[::2, ::2]).save(tmp_path / name)
    np.savez(tmp_path / "x.npz", train_images=X_RAYS)
    monkeypatch.setattr(recipe, "COPIES", 1)
    monkeypatch.setattr(recipe, "DRAWN", 1)
    monkeypatch.setattr(recipe, "PARTS", 1)
    monkeypatch.setattr(round_scenes, "EVERYDAY", ("camera.png",))
    monkeypatch.setattr(recipe.one_class, "fit", partial(recipe.one_class.fit, axes=4))
    folder = str(tmp_path)
    with pytest.raises(SystemExit) as ended:
        recipe.main(
            ["--chase", folder, "--idrid", folder, "--xray", str(tmp_path / "x.npz"), "--out", folder]
        )
    assert ended.value.code in (0, None)
    with np.load(tmp_path / "fundus_gate.npz", allow_pickle=False) as arrays:
        assert arrays["weights"].shape == (2 * fundus_likeness.WIDTH + 1,)
    assert (tmp_path / "fundus_likeness.npz").is_file()


def test_the_distance_has_a_card_that_names_its_limit() -> None:
    assert f"{gate.FAR}" in cards.cards()["model:fundus-likeness"].operating_point
