"""Measures against shapes whose values are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.vessel_measures import (
    OBSERVERS,
    area_density,
    fractal_dimension,
    measure,
    segments,
    skeleton,
    skeleton_density,
    tortuosity,
    width,
)
from imaging.vessels import NET, SATO


def sine(amplitude: float, period: float = 120, side: int = 512) -> tuple[np.ndarray, float]:
    """A sine drawn one pixel wide, and its true arc over chord."""
    x = np.linspace(20, side - 20, 20_000)
    y = side / 2 + amplitude * np.sin(2 * np.pi * (x - 20) / period)
    mask = np.zeros((side, side), bool)
    mask[np.round(y).astype(int), np.round(x).astype(int)] = True
    arc = np.hypot(np.diff(x), np.diff(y)).sum()
    return mask, float(arc / np.hypot(x[-1] - x[0], y[-1] - y[0]))


def vessel(wide: float, angle: float, side: int = 260) -> np.ndarray:
    """A straight vessel of a width, off the pixel grid, ending inside the picture."""
    y, x = np.mgrid[:side, :side] - side / 2
    across = np.abs(y * np.cos(angle) + x * np.sin(angle) - 0.23)
    return (across <= wide / 2) & (np.hypot(y, x) < 0.42 * side)


def test_the_dimension_of_a_line_is_one_and_of_a_square_two() -> None:
    line = np.zeros((512, 512), bool)
    line[256, :] = True
    assert fractal_dimension(line) == pytest.approx(1.0, abs=0.03)
    assert fractal_dimension(np.ones((512, 512), bool)) == pytest.approx(2.0, abs=0.01)
    assert fractal_dimension(np.zeros((512, 512), bool)) is None


def test_the_dimension_of_a_known_fractal_is_right() -> None:
    """Sierpinski's carpet: log 8 / log 3; its boxes of powers of 3 do not fit ours, so within a twentieth."""
    carpet = np.ones((1, 1), bool)
    for _ in range(6):
        carpet = np.kron(np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], bool), carpet)
    assert fractal_dimension(carpet) == pytest.approx(np.log(8) / np.log(3), abs=0.05)


@pytest.mark.parametrize("amplitude", [0, 5, 10, 15])
def test_the_tortuosity_of_a_sine_is_right_within_one_percent(amplitude: float) -> None:
    mask, true = sine(amplitude)
    assert tortuosity(skeleton(mask)) == pytest.approx(true, rel=0.01)


def test_a_diagonal_line_is_straight() -> None:
    assert tortuosity(np.eye(200, dtype=bool)) == pytest.approx(1.0, abs=0.002)


@pytest.mark.parametrize("wide", [2, 3, 4.5, 6, 9])
def test_the_width_of_a_drawn_vessel_is_right_within_half_a_pixel(wide: float) -> None:
    for angle in np.linspace(0.1, np.pi / 2 - 0.1, 7):
        mask = vessel(wide, float(angle))
        assert width(mask, skeleton(mask)) == pytest.approx(wide, abs=0.5)


def test_the_width_of_two_vessels_is_their_mean_by_length() -> None:
    mask = np.zeros((200, 260), bool)
    mask[40:43, 20:240] = mask[120:127, 20:240] = True
    assert width(mask, skeleton(mask)) == pytest.approx(5.0, abs=0.3)
    assert width(np.zeros((50, 50), bool), np.zeros((50, 50), bool)) is None


def test_densities_of_a_comb_are_exact() -> None:
    comb, field = np.zeros((100, 100), bool), np.ones((100, 100), bool)
    comb[:, ::10] = True
    assert skeleton_density(comb, field) == pytest.approx(0.1)
    assert area_density(comb, field) == pytest.approx(0.1)
    field[:, 50:] = False
    assert area_density(comb, field) == pytest.approx(0.1)
    assert skeleton_density(comb, ~np.ones((100, 100), bool)) is None
    assert area_density(comb, np.zeros((100, 100), bool)) is None


def test_rings_and_short_pieces_have_no_tortuosity() -> None:
    y, x = np.ogrid[:100, :100]
    ring = skeleton(np.abs(np.hypot(y - 50, x - 50) - 30) < 1.5)
    assert tortuosity(ring) is None
    assert list(segments(np.eye(10, dtype=bool))) == []


def test_segments_stand_where_they_are_in_the_picture() -> None:
    line = np.zeros((120, 130), bool)
    line[70, 60:100] = True
    (path,) = segments(line)
    assert path[0].tolist() == [70, 60]
    assert path[-1].tolist() == [70, 99]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from([0, 1, 2, 3]))
def test_moving_and_turning_a_vessel_changes_neither_width_nor_tortuosity(
    down: int, right: int, turns: int
) -> None:
    x = np.arange(130)
    drawn = np.zeros((180, 180), bool)
    for offset in range(3):
        drawn[np.round(60 + 12 * np.sin(x / 18)).astype(int) + offset, x + 20] = True
    moved = np.rot90(np.roll(drawn, (down, right), (0, 1)), turns)
    assert tortuosity(skeleton(moved)) == pytest.approx(tortuosity(skeleton(drawn)), abs=0.02)
    assert width(moved, skeleton(moved)) == pytest.approx(width(drawn, skeleton(drawn)), abs=0.15)


def test_an_empty_mask_is_measured_as_far_as_it_goes() -> None:
    nothing = np.zeros((600, 576), bool)
    assert [one.name for one in measure(nothing, ~nothing)] == ["skeleton density"]
    assert [one.name for one in measure(nothing, ~nothing, every=True)] == [
        "skeleton density",
        "area density",
    ]


def test_what_people_do_not_agree_about_is_hidden_unless_asked() -> None:
    mask = sine(10)[0]
    plain = [one.name for one in measure(mask, np.ones_like(mask))]
    every = measure(mask, np.ones_like(mask), model=NET, every=True)
    assert plain == ["skeleton density", "fractal dimension", "tortuosity"]
    assert [one.name for one in every] == [*plain, "area density", "vessel width"]
    assert all("worth nothing" in one.error for one in every[3:])
    assert set(OBSERVERS) == {one.name for one in every}


def test_each_measure_names_the_model_that_drew_the_vessels() -> None:
    mask = sine(10)[0]
    by = {model: measure(mask, np.ones_like(mask), model=model)[0].method for model in (NET, SATO)}
    assert "trained" in by[NET]
    assert "Sato" in by[SATO]
    with pytest.raises(KeyError):
        measure(mask, np.ones_like(mask), model="model:none")
