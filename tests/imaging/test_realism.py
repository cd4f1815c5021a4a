"""Distances and coverage against what must come out: nothing between two halves, much for noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging import backbone
from imaging.realism.coverage import coverage
from imaging.realism.distance import NAME, kid, two_sample
from imaging.realism.features import DEAD, described, enlarged, pixels, scale
from imaging.realism.figure import Figure, Rows, area, bootstrap, distances, paired, share


def cloud(count: int, seed: int, shift: float = 0.0, spread: float = 1.0, width: int = 12) -> Rows:
    return np.random.default_rng(seed).normal(shift, spread, (count, width)).astype(np.float32)


def test_two_halves_of_one_set_are_not_apart() -> None:
    found = kid(cloud(300, 1), cloud(300, 2))
    assert found.low < 0 < found.high
    assert abs(found.value) < 20
    assert 0.4 < two_sample(cloud(300, 1), cloud(300, 2)).value < 0.6


def test_distance_grows_with_the_shift() -> None:
    values = [kid(cloud(200, 1), cloud(200, 2, shift)).value for shift in (0.0, 0.5, 1.0, 3.0)]
    assert values == sorted(values)
    assert values[-1] > 1000
    assert two_sample(cloud(200, 1), cloud(200, 2, 3.0)).value > 0.99


def test_kid_is_the_unbiased_estimate_of_the_paper() -> None:
    """Against the definition written out: three subsets of everything are one and the same sum."""
    from imaging.realism.distance import _squared_discrepancy

    real, made = cloud(5, 1, width=3), cloud(5, 2, 0.5, width=3)

    def kernel(one: Rows, two: Rows) -> float:
        return (float(one.astype(float) @ two.astype(float)) / 3 + 1) ** 3

    inside = sum(kernel(s[i], s[j]) for s in (real, made) for i in range(5) for j in range(5) if i != j) / 20
    across = sum(kernel(a, b) for a in real for b in made) / 25
    assert _squared_discrepancy(real, made) == pytest.approx(inside - 2 * across, rel=1e-9)


def test_density_and_coverage_of_the_same_source() -> None:
    found = coverage(cloud(300, 1), cloud(300, 2))
    assert found.density.value == pytest.approx(1, abs=0.15)
    assert found.coverage.value > 0.9
    assert found.coverage.low <= found.coverage.value <= found.coverage.high


def test_noise_has_neither_and_a_collapsed_generator_has_density_only() -> None:
    far = coverage(cloud(200, 1), cloud(200, 2, 8.0))
    assert far.density.value == far.coverage.value == 0
    point = coverage(cloud(200, 1, width=2), cloud(200, 2, spread=0.02, width=2))
    assert point.density.value > 1
    assert point.coverage.value < 0.2


def test_too_few_are_refused() -> None:
    with pytest.raises(ValueError, match="30"):
        kid(cloud(29, 1), cloud(100, 2))
    with pytest.raises(ValueError, match="5"):
        coverage(cloud(5, 1), cloud(50, 2))


def test_near_dead_channels_are_dropped_and_values_clipped() -> None:
    rows = cloud(100, 1)
    rows[:, 3] *= 0.5 * DEAD
    fitted = scale(rows)
    assert fitted.kept.sum() == 11
    assert not fitted.kept[3]
    assert np.abs(fitted(rows * 1000)).max() == 8


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), low=st.integers(3, 30), high=st.integers(3, 30))
def test_area_is_the_share_of_right_pairs(seed: int, low: int, high: int) -> None:
    rng = np.random.default_rng(seed)
    one, two = rng.integers(0, 8, low).astype(float), rng.integers(2, 10, high).astype(float)
    right = ((two[None] > one[:, None]) + 0.5 * (two[None] == one[:, None])).mean()
    assert area(one, two) == pytest.approx(right)


def test_distances_are_euclidean() -> None:
    one, two = cloud(7, 1), cloud(5, 2)
    assert distances(one, two) == pytest.approx(np.linalg.norm(one[:, None] - two[None], axis=2), abs=1e-5)


def test_intervals_hold_what_they_promise() -> None:
    """95 % bootstrap intervals of a mean of 40 cover it in 88 to 99 of 100 repetitions."""
    hits = 0
    for repeat in range(100):
        values = np.random.default_rng(repeat).normal(2, 1, 40)
        found = bootstrap([values], lambda rows: float(rows.mean()), draws=200)
        hits += found.low <= 2 <= found.high
    assert 88 <= hits <= 99


def test_shares_and_pairs() -> None:
    assert share(0, 50).low == pytest.approx(0, abs=1e-12)
    assert share(0, 50).high == pytest.approx(0.0714, abs=0.001)
    found = paired([1.0, 2.0, 3.0])
    assert (found.value, found.n) == (2.0, 3)
    assert found.high - found.value == pytest.approx(4.303 / np.sqrt(3), abs=0.01)
    for wrong in (lambda: paired([1.0, 2.0]), lambda: share(0, 0)):
        with pytest.raises(ValueError, match="at least"):
            wrong()
    assert str(Figure(value=0.5, low=0.4, high=0.6, n=9, interval="x")) == "0.500 [0.400, 0.600]"


def test_the_name_says_space_and_version() -> None:
    assert NAME == "KID-lite0-b4b10head@64/v1"


def test_pictures_come_to_one_size_and_three_channels() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    assert enlarged(grey).shape == (3, 64, 64, 3)
    assert pixels(grey).shape == (3, 784)
    assert pixels(np.repeat(enlarged(grey), 1, axis=0)).shape == (3, 28 * 28 * 3)


@pytest.mark.skipif(not backbone.held(), reason="the backbone's weights are not installed")
def test_noise_is_far_from_smooth_pictures_in_our_space() -> None:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:64, :64]
    smooth = [
        128 + 100 * np.sin((x * np.cos(t) + y * np.sin(t)) / w)
        for t, w in rng.uniform((0, 5), (3, 15), (80, 2))
    ]
    plain = np.array(smooth).astype(np.uint8)
    rows = described(plain)
    fitted = scale(rows[:40])
    noise = fitted(described(rng.integers(0, 256, (40, 64, 64), dtype=np.uint8)))
    assert rows.shape == (80, 1432)
    assert kid(fitted(rows[:40]), noise).value > 50 * abs(kid(fitted(rows[:40]), fitted(rows[40:])).value)
