"""How far a picture stands from healthy ones: the score, the map over the original, regions, and who speaks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imaging import anomaly, cards, local_models
from imaging.anomaly import disc, held, regions
from imaging.anomaly.bank import RANKS, Bank, unpacked
from imaging.anomaly.views import View, seen, view
from imaging.generate.lesions import inject
from imaging.image import ModelMissing, Spacing
from imaging.training.bank import FEW_EYES, fit, looked_at

Pixels = np.ndarray
TOLD = {"healthy": "ten copies of one eye", "card": "model:test"}


def _copies(eye: Pixels, count: int) -> list[tuple[Pixels, str]]:
    """The eye as it is, mirrored, upside down, lighter and darker: healthy pictures of a made population."""
    rng, made = np.random.default_rng(0), []
    for index in range(count):
        one = eye[:, ::-1] if index % 2 else eye
        one = one[::-1] if index % 4 > 1 else one
        made.append(((one * rng.uniform(0.8, 1.05, 3)).clip(0, 255).astype(np.uint8), f"{index // 2}"))
    return made


@pytest.fixture(scope="module")
def eye(small_retina: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(small_retina).resize((300, 300), Image.Resampling.BOX))


@pytest.fixture(scope="module")
def made(eye: Pixels) -> Bank:
    everyone = _copies(eye, 18)
    learnt, held_out = (looked_at(iter(part), "fundus") for part in (everyone[:10], everyone[10:]))
    return fit(learnt, "fundus", FEW_EYES, TOLD, held_out)


@pytest.fixture
def with_bank(made: Bank, monkeypatch: pytest.MonkeyPatch) -> Bank:
    monkeypatch.setattr("imaging.anomaly.judge.bank_for", lambda kind: made)
    return made


def test_a_healthy_copy_is_near_and_a_blurred_one_far(eye: Pixels, with_bank: Bank) -> None:
    near, heat = anomaly.unlike(eye, "fundus")
    assert not near.above
    assert near.healthy == "ten copies of one eye"
    assert heat.shape == eye.shape[:2]
    assert heat.dtype == np.float32
    assert 0 <= heat.min() <= heat.max() <= 100
    small = Image.fromarray(eye).resize((20, 20), Image.Resampling.BOX)
    far, _ = anomaly.unlike(np.asarray(small.resize((300, 300), Image.Resampling.BICUBIC)), "fundus")
    assert far.above
    assert far.percentile == 100
    assert far.distance > near.distance


def test_a_drawn_lesion_is_the_first_region_and_lies_where_it_was_drawn(eye: Pixels, with_bank: Bank) -> None:
    field = view(eye, "fundus").field
    assert field.any()
    ill = inject(eye, np.asarray(eye.max(axis=2) > 20), "exudate", 4, contrast=1.3, size=1.5)
    found, heat = anomaly.unlike(ill.pixels, "fundus", Spacing(rows_mm=0.05, columns_mm=0.04))
    assert found.regions
    top, left, bottom, right = found.regions[0].box
    assert ill.mask[top:bottom, left:right].any()
    assert found.regions[0].percentile > 99
    assert found.regions[0].area_mm2 == pytest.approx(found.regions[0].area_px * 0.002)
    assert np.median(heat[ill.mask]) > 98
    plain = anomaly.unlike(eye, "fundus")[1]
    assert np.median(heat[ill.mask]) > np.median(plain[ill.mask])


@pytest.mark.parametrize("kind", ["exudate", "haemorrhage"])
def test_a_stronger_lesion_never_lowers_the_map_and_a_larger_one_lights_more_of_it(
    eye: Pixels, made: Bank, kind: str
) -> None:
    looked = view(eye, "fundus")
    steps = {
        "contrast": [(0.0, 1.0), (0.5, 1.0), (0.75, 1.0), (1.0, 1.0)],
        "size": [(1.0, 0.75), (1.0, 1.25), (1.0, 2.0)],
    }
    for name, each in steps.items():
        drawn = [inject(looked.pixels, looked.field, kind, 5, *one) for one in each]  # type: ignore[arg-type]
        ill = [looked._replace(pixels=one.pixels) for one in drawn]
        place = drawn[-1].mask & looked.inner
        maps = [made.heat(one, grid)[place] for one, grid in zip(ill, seen(ill, "fundus").grids, strict=True)]
        values = [float(one.max() if name == "contrast" else one.sum()) for one in maps]
        assert all(later >= 0.98 * earlier for earlier, later in pairwise(values)), values
        assert values[-1] > 1.2 * values[0]


def test_outside_the_field_the_map_is_zero_at_any_size(eye: Pixels, with_bank: Bank) -> None:
    wide = np.zeros((300, 420, 3), dtype=np.uint8)
    wide[:, 60:360] = eye
    found, heat = anomaly.unlike(wide, "fundus")
    assert heat.shape == (300, 420)
    assert heat[:, :55].max() == 0
    assert heat[:, 365:].max() == 0
    assert found.distance == pytest.approx(anomaly.unlike(eye, "fundus")[0].distance, abs=0.15)


def test_a_mirrored_eye_gets_the_mirrored_map(eye: Pixels, with_bank: Bank) -> None:
    one, heat = anomaly.unlike(eye, "fundus")
    other, mirrored = anomaly.unlike(np.ascontiguousarray(eye[:, ::-1]), "fundus")
    assert not one.above
    assert not other.above
    assert np.corrcoef(heat.ravel(), mirrored[:, ::-1].ravel())[0, 1] > 0.7


def test_packed_is_unpacked(eye: Pixels, made: Bank) -> None:
    again = unpacked(made.packed())
    looked = view(eye, "fundus")
    found = seen([looked], "fundus")
    assert again.facts == made.facts
    assert again.distances(found.rows)[0] == pytest.approx(made.distances(found.rows)[0], abs=0.05)
    assert np.allclose(again.heat(looked, found.grids[0]), made.heat(looked, found.grids[0]), atol=0.1)


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=2).map(sorted))
@settings(max_examples=30, deadline=None)
def test_the_rank_rises_with_the_distance(made: Bank, pair: list[float]) -> None:
    assert 0 <= made.percentile(pair[0]) <= made.percentile(pair[1]) <= 100
    low, high = made.place_percentiles(np.array(pair, dtype=np.float32))
    assert low <= high


def test_the_operating_point_is_where_it_says(made: Bank) -> None:
    assert made.percentile(made.facts.threshold) >= 95 - 100 / 8
    assert made.facts.specificity.n == 8
    assert len(made.ranks) == len(RANKS)


def test_a_damaged_shipped_bank_names_the_command_that_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(local_models.VARIABLE, str(tmp_path))
    monkeypatch.setattr(cards, "is_held", lambda source_id: False)
    with pytest.raises(ModelMissing, match="consilium image models verify"):
        anomaly.bank_for("fundus")


def test_the_command_that_makes_a_bank_is_one_that_exists() -> None:
    from imaging.commands.recipes import RECIPES

    words = anomaly.brings("fundus").split()
    assert words[:3] == ["consilium", "image", "train"]
    assert RECIPES[words[3]].module == "bank_command"


def test_bytes_that_are_no_bank_are_a_missing_model() -> None:
    with pytest.raises(ModelMissing, match="cannot be read: consilium image train reference --kind fundus"):
        held._unpacked(b"no bank", "fundus")


def test_a_region_at_the_edge_stays_within_the_picture_and_small_ones_are_left_out() -> None:
    everywhere = np.ones((32, 32), dtype=bool)
    looked = View(np.zeros((32, 32, 3), np.uint8), everywhere, everywhere, (-40.0, 0.0), 10.0)
    ranks = np.zeros((32, 32), dtype=np.float32)
    ranks[3:8, 28:] = 99
    ranks[20:22, 3:5] = 99
    outstanding = np.zeros((32, 32), dtype=bool)
    outstanding[5, 30] = True
    (only,) = regions.regions(
        looked, ranks, ranks, outstanding, (240, 320), Spacing(rows_mm=1, columns_mm=1, at="detector")
    )
    assert only.box == (0, 280, 40, 320)
    assert only.area_px == 2000
    assert only.area_mm2 is None


def test_the_disc_is_found_and_its_profile_grows_with_the_cup(eye: Pixels) -> None:
    picture = view(eye, "fundus").pixels
    row, column = disc.disc_place(picture)
    assert abs(row - 120) < 25
    assert column < 80  # skimage's retina has its disc on the left
    y, x = np.ogrid[:256, :256]
    cupped = picture.copy()
    cupped[np.hypot(y - row, x - column) < 9] = (250, 240, 200)
    assert disc.disc_profile(cupped)[4] > disc.disc_profile(picture)[4]
    assert disc.near_disc(picture)[row, column]


@pytest.mark.parametrize("kind", ["fundus", "chest_xray"])
def test_the_shipped_banks_say_whose_pictures_they_hold(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(local_models.VARIABLE, str(tmp_path))
    bank = anomaly.bank_for(kind)  # type: ignore[arg-type]
    card = cards.cards()[bank.facts.card]
    assert f"{bank.facts.threshold:.3f}".rstrip("0") in card.operating_point
    assert all(
        any(one.split(" (95")[0].split(": ")[1] in told for told in card.measured)
        for one in bank.facts.caught
    )
    assert bank.facts.healthy


def test_pneumonia_stands_farther_than_normal_x_rays(shared: Path) -> None:
    """A look at 60; all of them: ``consilium image evaluate anomaly``."""
    from imaging.calibrate import area

    with np.load(shared / "pneumoniamnist/pneumoniamnist_train_val.npz") as arrays:
        labels = arrays["val_labels"][:, 0]
        chosen = np.concatenate([np.flatnonzero(labels == one)[:30] for one in (0, 1)])
        pictures = [np.repeat(arrays["val_images"][one][..., None], 3, axis=2) for one in chosen]
    distances = [anomaly.unlike(one, "chest_xray")[0].distance for one in pictures]
    assert area(distances, np.arange(60) >= 30) > 0.85
