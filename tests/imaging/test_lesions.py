"""Drawn lesions: exact masks, only where they are, stronger with contrast, larger with size, refused out of range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.generate.lesions import LOOKS, Injected, Kind, diameter, inject
from imaging.generate.phantom import phantom

EYE = phantom(160, 1)
KINDS = sorted(LOOKS)
DISC = tuple(int(value) for value in np.argwhere(EYE.disc).mean(axis=0))


def drawn(kind: Kind, seed: int = 3, contrast: float = 1.0, size: float = 1.0) -> Injected:
    return inject(EYE.pixels, EYE.field, kind, seed, contrast, size, (DISC[0], DISC[1]))


@pytest.mark.parametrize("kind", KINDS)
class TestEachKind:
    def test_it_changes_the_picture_within_the_mask_and_near_it_only(self, kind: Kind) -> None:
        from scipy.ndimage import binary_dilation

        found = drawn(kind)
        changed = (found.pixels != EYE.pixels).any(axis=2)
        assert found.mask.any()
        assert not (changed & ~EYE.field).any()
        # Soft edges reach some px beyond the mask: never further than four blurs.
        reach = 2 + int(4 * max(0.3, LOOKS[kind].soft * diameter(EYE.field)))
        assert not (changed & ~binary_dilation(found.mask, iterations=reach)).any()
        assert changed[found.mask].mean() > 0.75

    def test_it_is_brighter_or_darker_as_its_look_says(self, kind: Kind) -> None:
        found = drawn(kind)
        green = found.pixels[..., 1].astype(float) - EYE.pixels[..., 1]
        assert green[found.mask].mean() > 5 if LOOKS[kind].towards else green[found.mask].mean() < -5

    def test_contrast_strengthens_it_at_the_same_places(self, kind: Kind) -> None:
        weak, strong = drawn(kind, contrast=0.3), drawn(kind, contrast=1.0)
        assert (weak.mask == strong.mask).all()
        change = [np.abs(one.pixels.astype(int) - EYE.pixels).sum() for one in (weak, strong)]
        assert change[0] < change[1]

    def test_no_contrast_leaves_the_picture_as_it_is(self, kind: Kind) -> None:
        assert (drawn(kind, contrast=0).pixels == EYE.pixels).all()

    def test_size_makes_it_larger(self, kind: Kind) -> None:
        assert drawn(kind, size=0.7).mask.sum() < drawn(kind, size=2).mask.sum()

    def test_a_seed_gives_the_same_bytes(self, kind: Kind) -> None:
        assert drawn(kind).pixels.tobytes() == drawn(kind).pixels.tobytes()
        assert (drawn(kind, 4).mask != drawn(kind, 5).mask).any()

    def test_its_look_has_a_source(self, kind: Kind) -> None:
        assert ";" in LOOKS[kind].seen


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    kind=st.sampled_from(KINDS),
    contrast=st.floats(0, 1.3),
    size=st.floats(0.25, 4),
)
def test_nothing_is_drawn_outside_the_field(seed: int, kind: Kind, contrast: float, size: float) -> None:
    found = drawn(kind, seed, contrast, size)
    assert (found.pixels[~EYE.field] == EYE.pixels[~EYE.field]).all()
    assert not (found.mask & ~EYE.field).any()


def test_a_sector_stays_on_one_side_and_drusen_near_the_middle() -> None:
    for seed in range(6):
        rows, columns = np.nonzero(drawn("sector occlusion", seed).mask)
        turns = np.unwrap(np.sort(np.arctan2(rows - DISC[0], columns - DISC[1])))
        assert np.percentile(turns, 97) - np.percentile(turns, 3) < np.deg2rad(110)
        rows, columns = np.nonzero(drawn("drusen", seed).mask)
        assert np.hypot(rows - 80, columns - 80).max() < 0.36 * diameter(EYE.field)


def test_flames_point_to_the_disc() -> None:
    """The long axis of a single flame lies within 35 degrees of the way to the disc."""
    from imaging.generate.lesions import _flame

    rng = np.random.default_rng(0)
    for place in ((30, 60), (120, 50), (80, 90)):
        rows, columns = np.nonzero(_flame(rng, (160, 160), place, 12.0, (80, 130)))
        way = np.array([80 - place[0], 130 - place[1]], dtype=float)
        axis = np.linalg.svd(np.c_[rows - rows.mean(), columns - columns.mean()])[2][0]
        assert abs(axis @ way) / np.linalg.norm(way) > np.cos(np.deg2rad(35))


def test_what_does_not_fit_is_refused() -> None:
    for words, arguments in (
        ("H x W x 3", {"pixels": EYE.pixels[..., 0]}),
        ("contrast", {"contrast": 1.4}),
        ("contrast", {"size": 5.0}),
        ("32 px", {"field": np.zeros_like(EYE.field)}),
    ):
        with pytest.raises(ValueError, match=words):
            inject(**({"pixels": EYE.pixels, "field": EYE.field, "kind": "drusen", "seed": 1} | arguments))
