"""Detectors that learn from healthy pictures alone, and the measures of their maps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.anomaly.detectors import DETECTORS, Knn, Mahalanobis, Padim, PatchCore, space
from imaging.calibrate import area
from imaging.suites.anomaly import measures

rng = np.random.default_rng(0)
MIXING = rng.normal(size=(12, 12))
HEALTHY = (rng.normal(size=(200, 12)) @ MIXING).astype(np.float32)
FRESH = (rng.normal(size=(60, 12)) @ MIXING).astype(np.float32)
GRIDS = rng.normal(size=(40, 6, 6, 4)).astype(np.float32)
MASK = np.zeros((32, 32), dtype=bool)
MASK[10:16, 12:18] = True
FIELD = np.ones((32, 32), dtype=bool)


def test_they_carry_the_names_of_anomalib() -> None:
    assert set(DETECTORS) == {"knn", "mahalanobis", "padim", "patchcore"}


@pytest.mark.parametrize(
    "fitted", [Knn.fit(HEALTHY, 8), Knn.fit(HEALTHY, 8, whiten=True), Mahalanobis.fit(HEALTHY, 8)]
)
def test_what_is_farther_from_the_healthy_scores_higher(fitted: Knn | Mahalanobis) -> None:
    steps = [fitted.score(FRESH * factor).mean() for factor in (1.0, 2.0, 4.0)]
    assert steps[0] < steps[1] < steps[2]
    assert area(np.concatenate([fitted.score(FRESH), fitted.score(FRESH * 3)]), np.arange(120) >= 60) > 0.9


def test_the_distance_to_the_neighbours_is_that_of_the_definition() -> None:
    fitted = Knn.fit(HEALTHY, 12)
    rows = fitted.space.rows(FRESH[:3]).astype(np.float64)
    apart = ((rows[:, None] - fitted.healthy[None].astype(np.float64)) ** 2).sum(axis=2)
    assert np.allclose(fitted.score(FRESH[:3]), np.sort(apart, axis=1)[:, :5].mean(axis=1) / 12, rtol=1e-3)


def test_whitening_makes_the_axes_count_alike() -> None:
    plain, white = (np.cov(space(HEALTHY, 12, whiten).rows(HEALTHY).T) for whiten in (False, True))
    assert np.linalg.cond(white) < np.linalg.cond(plain) / 3
    assert np.trace(white) / 12 == pytest.approx(1, abs=0.3)  # shrinkage keeps rare directions a little short


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        Knn.fit(HEALTHY[:9])


@pytest.mark.parametrize("name", ["padim", "patchcore"])
def test_the_map_points_to_the_place(name: str) -> None:
    fitted = Padim.fit(GRIDS) if name == "padim" else PatchCore.fit(GRIDS.reshape(-1, 4), keep=800)
    odd = GRIDS[:1].copy()
    odd[0, 4, 2] += 6
    found = fitted.map(odd)[0]
    assert np.unravel_index(found.argmax(), found.shape) == (4, 2)
    assert fitted.score(odd)[0] > fitted.score(GRIDS[:1])[0]


def test_a_place_knows_only_its_own_healthy_pictures_in_padim() -> None:
    grids = GRIDS.copy()
    grids[:, 0, 0] += 8  # always bright there
    fitted = Padim.fit(grids)
    assert fitted.map(grids[:1])[0, 0, 0] < 3
    elsewhere = grids[:1].copy()
    elsewhere[0, 3, 3] += 8
    assert fitted.map(elsewhere)[0, 3, 3] > 3


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_pixel_area_from_bins_is_that_of_ranks(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(32, 32)).astype(np.float32) + MASK
    found = measures.counted([values], [MASK], [FIELD])
    exact = area(values.ravel(), MASK.ravel())
    assert measures.pixel_area(found, np.array([0])) == pytest.approx(exact, abs=2e-3)


def test_overlap_is_one_for_a_perfect_map_and_near_chance_for_noise() -> None:
    perfect = measures.counted(
        [MASK.astype(np.float32) + 0.1 * rng.random((32, 32)).astype(np.float32)], [MASK], [FIELD]
    )
    assert measures.overlap(perfect, np.array([0])) == pytest.approx(1, abs=0.01)
    noise = [rng.random((32, 32)).astype(np.float32) for _ in range(40)]
    chance = measures.counted(noise, [MASK] * 40, [FIELD] * 40)
    assert measures.overlap(chance, np.arange(40)) == pytest.approx(0.15, abs=0.04)


def test_every_lesion_counts_alike_in_the_overlap() -> None:
    two = MASK.copy()
    two[25:27, 25:27] = True
    large_only = measures.counted([(MASK + 0.01 * rng.random((32, 32))).astype(np.float32)], [two], [FIELD])
    assert measures.overlap(large_only, np.array([0])) == pytest.approx(0.57, abs=0.1)
