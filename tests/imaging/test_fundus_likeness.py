"""The gate's second opinion, and how two opinions become one verdict."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from imaging import backbone, fundus_likeness, gate
from imaging.fundus_likeness import FAR, NEAR
from imaging.image import Decision
from imaging.training.fundus_likeness import disturbed


def test_eyes_are_near_and_everyday_pictures_far(small_retina: np.ndarray) -> None:
    assert fundus_likeness.distance(small_retina) < NEAR
    assert fundus_likeness.distance(np.ascontiguousarray(small_retina[::-1])) < NEAR
    for name in ("chelsea", "coffee", "rocket"):
        assert fundus_likeness.distance(getattr(data, name)()) > 1.25 * FAR


@pytest.mark.parametrize(
    ("hand", "far", "accepted", "asked"),
    [
        (0.0, 2.0, True, True), (-2.0, 2.0, True, True), (-2.0, 6.0, False, True), (-4.0, 2.0, False, True),
        (0.0, 9.0, False, True), (-4.0, 9.0, False, False), (0.0, None, True, True), (-2.0, None, False, True),
        (-4.0, None, False, False),
    ],
)  # fmt: skip
def test_two_opinions_make_one_verdict(hand: float, far: float | None, accepted: bool, asked: bool) -> None:
    assert (gate.joined(hand, far) >= gate.THRESHOLD) is accepted
    assert gate.asked_about(hand, far) is asked


def test_without_the_backbone_the_gate_still_answers(
    monkeypatch: pytest.MonkeyPatch, small_retina: np.ndarray
) -> None:
    monkeypatch.setattr(backbone, "PACKAGE", "no_such_package_anywhere")
    assert gate.fundus_gate(small_retina)[0].decision is Decision.ACCEPTED
    assert gate.fundus_gate(data.chelsea())[0].decision is Decision.REJECTED


def test_a_disturbed_copy_keeps_to_its_field(small_retina: np.ndarray) -> None:
    small = np.ascontiguousarray(small_retina[::4, ::4])
    inside = small.max(axis=2) > 20
    for seed in range(4):
        copy = disturbed(np.random.default_rng(seed), small, inside)
        assert copy.dtype == np.uint8
        assert 80 <= copy.shape[0] <= 160
        assert copy[:4, :4].max() < 30
