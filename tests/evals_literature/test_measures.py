"""The measures against values worked out by hand, and the intervals."""

from __future__ import annotations

from math import log2

import pytest

from evals.literature import intervals, measures


def test_first_is_one_only_for_a_right_document_at_the_top():
    assert measures.first(["a", "b"], {"a": 1}) == 1.0
    assert measures.first(["b", "a"], {"a": 1}) == 0.0
    assert measures.first([], {"a": 1}) == 0.0


def test_recall_counts_the_first_ten_and_all_that_is_right():
    ranking = [f"x{n}" for n in range(9)] + ["a", "b"]
    assert measures.recall_10(ranking, {"a": 1, "b": 1}) == 0.5


def test_average_precision_by_hand():
    # right at ranks 1 and 3 of two right ones: (1/1 + 2/3) / 2
    assert measures.average_precision_10(["a", "x", "b"], {"a": 1, "b": 1}) == pytest.approx((1 + 2 / 3) / 2)


def test_ndcg_by_hand_and_best_order_is_one():
    grades = {"a": 2, "b": 1}
    best = 3 + 1 / log2(3)
    assert measures.ndcg_10(["b", "a"], grades) == pytest.approx((1 + 3 / log2(3)) / best)
    assert measures.ndcg_10(["a", "b", "x"], grades) == pytest.approx(1.0)
    assert measures.ndcg_10(["x"], grades) == 0.0


def test_the_mean_lies_in_its_interval_and_the_interval_is_the_same_each_time():
    values = [0.0, 1.0] * 50
    found = intervals.mean(values)
    assert found.low < found.mean == 0.5 < found.high
    assert found.high - found.low == pytest.approx(0.196, abs=0.03)  # 2 x 1.96 x sqrt(.25 / 100)
    assert found == intervals.mean(values)


def test_a_paired_difference_is_narrower_than_the_two_apart():
    theirs = [0.0, 1.0] * 50
    ours = [value + 0.1 for value in theirs]
    found = intervals.difference(ours, theirs)
    assert found.mean == pytest.approx(0.1)
    assert found.high - found.low == pytest.approx(0.0, abs=1e-9)


def test_wilson_by_a_published_value_and_at_the_edge():
    # Newcombe, Stat Med 1998;17:857, table I: 81 of 263 gives .2553 to .3662
    found = intervals.share(81, 263)
    assert (found.low, found.high) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
    assert intervals.share(100, 100).low < 1.0


def test_nothing_measured_says_so():
    assert str(intervals.mean([])) == "not measured"
    assert str(intervals.share(0, 0)) == "not measured"
