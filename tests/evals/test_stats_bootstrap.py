"""The cluster bootstrap: copies count once, the same seed gives the same interval, and 95 % means 95 %."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from evals.stats import bootstrap, calibration


def test_copies_of_a_case_add_no_certainty() -> None:
    values = [1.0, 0.0] * 20
    once = bootstrap.mean(values, range(40))
    five = bootstrap.mean(values * 5, list(range(40)) * 5)
    assert five == pytest.approx(once)
    naive = bootstrap.mean(values * 5, range(200))
    assert naive.high - naive.low < 0.6 * (five.high - five.low)


def test_the_same_seed_gives_the_same_interval_whatever_the_names_of_clusters() -> None:
    values = list(np.random.default_rng(3).random(50))
    assert bootstrap.mean(values, range(50)) == bootstrap.mean(values, [f"c{n}" for n in range(50)])


def test_it_agrees_with_scipy() -> None:
    from scipy.stats import bootstrap as theirs

    values = np.random.default_rng(4).normal(size=200)
    ours = bootstrap.mean(list(values), range(200), draws=10_000)
    other = theirs((values,), np.mean, n_resamples=10_000, method="percentile", rng=np.random.default_rng(1))
    assert ours.low == pytest.approx(other.confidence_interval.low, abs=0.01)
    assert ours.high == pytest.approx(other.confidence_interval.high, abs=0.01)


def test_a_paired_difference_is_of_the_same_cases() -> None:
    ours = bootstrap.difference([0.0] * 60, [1.0] * 30 + [0.0] * 30, range(60))
    assert ours.value == 0.5
    assert 0.3 < ours.low < 0.5 < ours.high < 0.7
    with pytest.raises(ValueError, match=r"shorter|argument"):
        bootstrap.difference([0.0], [1.0, 0.0], range(1))


def test_nothing_gives_nothing() -> None:
    assert all(isnan(one) for one in bootstrap.mean([], []))
    assert all(isnan(one) for one in bootstrap.of_cases(lambda picked: 1.0, []))


def test_any_figure_of_cases_can_be_drawn() -> None:
    stream = np.random.default_rng(5)
    happened = stream.random(120) < 0.5
    score = np.where(happened, 0.6, 0.4) + stream.normal(0, 0.2, 120)
    found = bootstrap.of_cases(
        lambda at: calibration.auc(list(score[at]), list(happened[at])), range(120), draws=200
    )
    assert 0.5 < found.low < found.value < found.high <= 1


def covered(suites: int, seed: int, draws: int) -> float:
    """The share of made suites whose interval holds the truth: 100 clusters of 5 runs, correlation 0.8 within."""
    stream, hits = np.random.default_rng(seed), 0
    for _ in range(suites):
        own = stream.beta(0.7 * 0.25, 0.3 * 0.25, size=100)
        values = (stream.random((100, 5)) < own[:, None]).astype(float)
        found = bootstrap.mean(values.ravel(), np.repeat(np.arange(100), 5), draws)
        hits += found.low <= 0.7 <= found.high
    return hits / suites


def test_intervals_cover_in_a_few_made_suites() -> None:
    assert 0.90 <= covered(200, 11, 1_000) <= 0.99


@pytest.mark.slow
def test_intervals_cover_what_they_say_in_a_thousand_made_suites() -> None:
    assert 0.93 <= covered(1_000, 12, bootstrap.DRAWS) <= 0.97
