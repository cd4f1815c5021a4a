"""Temperature, calibration error, conformal sets, operating points: against what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging import calibrate


def cases(n: int, seed: int, spread: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    """Logits whose softmax is the truth: labels are drawn from it."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, spread, (n, 3))
    chances = calibrate.probabilities(logits)
    labels = (rng.random(n)[:, None] > chances.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    return logits, labels


def test_share_carries_wilsons_interval() -> None:
    eight = calibrate.share(8, 10)
    assert (eight.value, eight.n) == (0.8, 10)
    assert eight.low == pytest.approx(0.4902, abs=1e-3)
    assert eight.high == pytest.approx(0.9433, abs=1e-3)
    assert calibrate.share(5, 5).high == 1.0
    assert "n 10" in eight.rendered
    with pytest.raises(ValueError, match="at least one case"):
        calibrate.share(0, 0)


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_temperature_finds_how_far_the_logits_were_stretched(factor: float) -> None:
    logits, labels = cases(4000, 1)
    assert calibrate.fit_temperature(factor * logits, labels) == pytest.approx(factor, rel=0.1)


def test_temperature_mends_overconfidence_and_changes_no_answer() -> None:
    logits, labels = cases(4000, 2)
    loud = 4 * logits
    temperature = calibrate.fit_temperature(loud, labels)
    before, after = calibrate.probabilities(loud), calibrate.probabilities(loud, temperature)
    assert calibrate.calibration_error(before, labels) > 0.15
    assert calibrate.calibration_error(after, labels) < 0.03
    assert (before.argmax(axis=1) == after.argmax(axis=1)).all()


def test_calibration_error_by_hand() -> None:
    """Four cases at 0.9, of which two are right: |0.9 - 0.5|; a fifth at 0.6 that is right: |0.6 - 1|."""
    chances = np.array([[0.9, 0.1]] * 4 + [[0.4, 0.6]])
    labels = np.array([0, 0, 1, 1, 1])
    assert calibrate.calibration_error(chances, labels) == pytest.approx(0.8 * 0.4 + 0.2 * 0.4)


def test_reliability_by_hand() -> None:
    """Four cases at 0.9, of which two are right; a fifth at 0.6 that is right."""
    chances = np.array([[0.9, 0.1]] * 4 + [[0.4, 0.6]])
    low, high = calibrate.reliability(chances, [0, 0, 1, 1, 1])
    assert (low.low, low.high, low.mean, low.observed.value, low.observed.n) == (0.6, 0.7, 0.6, 1.0, 1)
    assert (high.mean, high.observed.value, high.observed.n) == (pytest.approx(0.9), 0.5, 4)
    assert high.observed.low == pytest.approx(0.15, abs=0.005)
    assert high.calibrated is False


def test_reliability_of_one_sign_counts_low_confidence_too() -> None:
    bins = calibrate.reliability([0.05, 0.05, 1.0], [0, 1, 1])
    assert [(one.low, one.observed.value, one.observed.n) for one in bins] == [(0.0, 0.5, 2), (0.9, 1.0, 1)]
    with pytest.raises(ValueError, match="0 or 1"):
        calibrate.reliability([0.5], [2])


@pytest.mark.parametrize("factor", [1.0, 4.0])
def test_the_plot_shows_what_the_error_counts(factor: float) -> None:
    logits, labels = cases(6000, 8)
    chances = calibrate.probabilities(factor * logits)
    bins = calibrate.reliability(chances, labels)
    gap = sum(abs(one.mean - one.observed.value) * one.observed.n for one in bins) / 6000
    assert gap == pytest.approx(calibrate.calibration_error(chances, labels))
    assert all(one.calibrated for one in bins if one.observed.n > 500) == (factor == 1.0)


def test_widened_limits_hold_every_class_under_every_shift() -> None:
    logits, labels = cases(4000, 9)
    moves = [np.array([0.0, 0.0, 0.0]), np.array([1.5, 0.0, 0.0]), np.array([0.0, -1.0, 1.0])]
    shifted = [calibrate.probabilities(logits + move) for move in moves]
    each = [calibrate.conformal_limits(one[:2000], labels[:2000]) for one in shifted]
    wide = calibrate.widened(each[0], each[1:])
    assert (wide >= np.array(each)).all()
    narrow_worst, wide_worst = (
        min(part.value for one in shifted
            for part in calibrate.coverage(calibrate.prediction_sets(one[2000:], limits), labels[2000:]) if part)
        for limits in (each[0], wide)
    )  # fmt: skip
    assert narrow_worst < 0.8
    assert wide_worst > 0.87


def test_conformal_limit_is_the_rank_of_the_paper() -> None:
    """Nine cases, alpha 0.2: rank ceil(10 x 0.8) = 8 of the sorted 1 - p."""
    right = np.linspace(0.1, 0.9, 9)
    chances = np.stack([right, 1 - right], axis=1)
    limits = calibrate.conformal_limits(chances, np.zeros(9, dtype=int), alpha=0.2)
    assert limits[0] == pytest.approx(np.sort(1 - right)[7])
    assert limits[1] == 1.0  # no case of its own: in every set
    assert calibrate.prediction_sets(chances, limits)[:, 1].all()


def test_coverage_holds_class_by_class_on_new_cases() -> None:
    logits, labels = cases(6000, 3)
    chances = calibrate.probabilities(logits)
    limits = calibrate.conformal_limits(chances[:3000], labels[:3000], alpha=0.1)
    for part in calibrate.coverage(calibrate.prediction_sets(chances[3000:], limits), labels[3000:]):
        assert part is not None
        assert part.value == pytest.approx(0.9, abs=0.03)


def test_coverage_of_an_absent_class_is_no_number() -> None:
    assert calibrate.coverage(np.ones((2, 2), dtype=bool), [0, 0])[1] is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.02, 0.4), st.floats(0.02, 0.4))
def test_sets_grow_as_alpha_falls(seed: int, one: float, two: float) -> None:
    logits, labels = cases(60, seed)
    chances = calibrate.probabilities(logits)
    small, large = sorted((one, two))
    wide = calibrate.prediction_sets(chances, calibrate.conformal_limits(chances, labels, small))
    narrow = calibrate.prediction_sets(chances, calibrate.conformal_limits(chances, labels, large))
    assert (wide | ~narrow).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.5, 1.0), st.integers(1, 60))
def test_the_threshold_keeps_the_sensitivity_asked_for(seed: int, aim: float, n: int) -> None:
    scores = np.random.default_rng(seed).normal(size=n).round(1)
    threshold = calibrate.threshold_for(aim, scores, np.ones(n, dtype=bool))
    assert (scores >= threshold).mean() >= aim - 1e-9


def test_operating_point_counts_both_sides() -> None:
    scores, there = np.array([2.0, 1.0, -1.0, 0.5, -2.0]), np.array([True, True, True, False, False])
    point = calibrate.operating_point("haze", 0.5, "by hand", scores, there, "five cases")
    assert (point.sensitivity.value, point.sensitivity.n) == (pytest.approx(2 / 3), 3)
    assert (point.specificity.value, point.specificity.n) == (0.5, 2)
    with pytest.raises(ValueError, match="with and without"):
        calibrate.operating_point("haze", 0.5, "by hand", scores, np.ones(5, dtype=bool), "five cases")


def test_area_counts_pairs_with_ties_as_half() -> None:
    rng = np.random.default_rng(5)
    scores, there = rng.integers(0, 6, 50).astype(float), rng.random(50) < 0.4
    pairs = np.sign(scores[there][:, None] - scores[~there][None]) / 2 + 0.5
    assert calibrate.area(scores, there) == pytest.approx(pairs.mean())


def test_log_odds_are_those_of_the_softmax() -> None:
    logits, _ = cases(20, 6)
    chances = calibrate.probabilities(logits, 1.7)
    expected = np.log(chances[:, 2] / (1 - chances[:, 2]))
    assert calibrate.log_odds(logits, 2, 1.7) == pytest.approx(expected)


def test_balanced_accuracy_ignores_how_common_a_class_is() -> None:
    assert calibrate.balanced_accuracy([0] * 10, [0] * 9 + [1]) == 0.5


@pytest.mark.parametrize(
    ("rows", "labels", "why"),
    [
        ([[0.1, 0.9]], [2], "no column"),
        ([[0.1, np.nan]], [0], "not finite"),
        ([[0.1, 0.9]], [0, 1], "one row"),
        (np.zeros((0, 2)), [], "at least one"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows: object, labels: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        calibrate.fit_temperature(rows, labels)  # type: ignore[arg-type]
