"""Shares, paired tests, sizes, calibration and weights against scipy, scikit-learn and known values."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.stats import agreement, calibration, paired, shares, weights

SHARE = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(deadline=None)
@given(SHARE)
def test_wilson_and_exact_agree_with_scipy(share: tuple[int, int]) -> None:
    from scipy.stats import binomtest

    for ours, method in ((shares.wilson(*share), "wilson"), (shares.exact(*share), "exact")):
        theirs = binomtest(*share).proportion_ci(0.95, method=method)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    upper = binomtest(*share, alternative="less").proportion_ci(0.95)
    lower = binomtest(*share, alternative="greater").proportion_ci(0.95)
    assert shares.exact(*share, "upper")[1:] == pytest.approx((0, upper.high), abs=1e-9)
    assert shares.exact(*share, "lower")[1:] == pytest.approx((lower.low, 1), abs=1e-9)


@pytest.mark.parametrize(
    ("n", "percent"), [(15, 18.1), (45, 6.4), (100, 3.0), (300, 1.0), (600, 0.5), (1000, 0.3)]
)
def test_what_zero_leaves_possible(n: int, percent: float) -> None:
    assert round(100 * shares.zero_bound(n), 1) == percent
    assert shares.zero_bound(n) == pytest.approx(shares.exact(0, n, "upper").high)


def test_nothing_is_not_zero() -> None:
    assert all(isnan(one) for one in (*shares.wilson(0, 0), *shares.exact(0, 0)))
    assert shares.zero_bound(0) == 1
    assert isnan(calibration.ece([], []))
    assert isnan(calibration.brier([], []))
    assert isnan(calibration.auc([0.5], [1]))
    assert isnan(calibration.area(()))


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"), [(1, 7, 0.0391), (0, 0, 1.0), (3, 3, 0.84375), (0, 5, 0.03125)]
)
def test_mcnemar_mid_p(only_a: int, only_b: int, p: float) -> None:
    """1 against 7 is Bentur's table in Fagerland 2013; 3 against 3 is 1 - C(6,3)/2^7; 0 against 5 is 2/32 - 1/32."""
    assert paired.mcnemar(only_a, only_b) == pytest.approx(p, abs=5e-5)
    assert paired.mcnemar(only_b, only_a) == pytest.approx(p, abs=5e-5)


def test_discordant_pairs() -> None:
    assert paired.discordant([1, 1, 0, 0], [1, 0, 1, 1]) == (1, 2)


def test_holm_by_hand() -> None:
    assert paired.holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})
    assert paired.holm({}) == {}


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=8))
def test_holm_never_lowers_and_keeps_the_order(p: dict[str, float]) -> None:
    out = paired.holm(p)
    assert list(out) == list(p)
    assert all(p[name] <= out[name] <= 1 for name in p)
    ranked = [out[name] for name in sorted(p, key=lambda name: p[name])]
    assert ranked == sorted(ranked)


def test_the_table_of_sample_sizes() -> None:
    table = {(step, share): n for step, share, n in paired.sizes()}
    wanted = {
        (0.02, 0.15): 2938, (0.02, 0.25): 4898, (0.03, 0.15): 1305, (0.03, 0.25): 2176,
        (0.05, 0.15): 469, (0.05, 0.25): 782, (0.10, 0.15): 116, (0.10, 0.25): 194,
    }  # fmt: skip
    assert all(abs(table[key] - n) <= 1 for key, n in wanted.items())


@settings(deadline=None)
@given(st.integers(50, 5000), st.floats(0.05, 0.6))
def test_the_detectable_difference_inverts_the_sample_size(n: int, share: float) -> None:
    least = paired.detectable(n, share)
    if isnan(least):
        assert paired.cases_needed(share, share) > n
    else:
        assert paired.cases_needed(least, share) <= n
        assert least < 0.01 or paired.cases_needed(0.99 * least, share) > n - 2


@pytest.mark.parametrize(("d", "q"), [(0, 0.2), (-0.1, 0.2), (0.3, 0.2)])
def test_no_size_for_an_impossible_difference(d: float, q: float) -> None:
    with pytest.raises(ValueError, match="discordant"):
        paired.cases_needed(d, q)


def test_sign_flips_see_a_difference_and_no_more() -> None:
    keys = list(range(40))
    assert paired.sign_flip([0.0] * 40, keys) == 1
    assert paired.sign_flip([1.0] * 40, keys) == pytest.approx(1 / 10_001)
    assert paired.sign_flip([1.0, -1.0] * 20, keys) > 0.9
    assert paired.sign_flip([1.0] * 40, ["one"] * 40) == 1
    assert paired.sign_flip([], []) == 1


LEVELS4 = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60)


@settings(deadline=None)
@given(LEVELS4)
def test_kappa_agrees_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    from sklearn.metrics import cohen_kappa_score

    gold, told = [g for g, _ in pairs], [s for _, s in pairs]
    ours = agreement.kappa(gold, told, range(len(gold)), draws=10).value
    if len({*gold, *told}) == 1:
        assert isnan(ours)
    else:
        theirs = cohen_kappa_score(gold, told, weights="quadratic", labels=[0, 1, 2, 3])
        assert ours == pytest.approx(theirs, abs=1e-9)


def test_kappa_identities() -> None:
    levels = [0, 1, 2, 3] * 10
    assert agreement.kappa(levels, levels, range(40)).value == 1
    assert agreement.kappa([0, 3] * 20, [3, 0] * 20, range(40)).value == -1
    assert agreement.macro_recall([0, 0, 0, 3], [0, 0, 0, 0], range(4)).value == 0.5


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.9]), st.booleans()), min_size=4, max_size=60))
def test_auc_and_brier_agree_with_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    from sklearn.metrics import brier_score_loss, roc_auc_score

    score, happened = [s for s, _ in pairs], [float(h) for _, h in pairs]
    assert calibration.brier(score, happened) == pytest.approx(brier_score_loss(happened, score, pos_label=1))
    if len(set(happened)) == 2:
        assert calibration.auc(score, happened) == pytest.approx(roc_auc_score(happened, score))


def test_calibration_of_the_sure_and_the_honest() -> None:
    right = [1.0, 0.0] * 50
    assert calibration.ece([0.5] * 100, right) == pytest.approx(0, abs=1e-9)
    assert calibration.ece([1.0] * 100, right) == pytest.approx(0.5)
    assert sum(one.n for one in calibration.bins([0.5] * 7, [1.0] * 7)) == 7


def test_abstaining_from_the_unsure_lowers_the_risk() -> None:
    curve = calibration.risk_coverage([0.9, 0.9, 0.5, 0.1], [0, 0, 0, 1])
    assert curve == ((0.5, 0.0), (0.75, 0.0), (1.0, 0.25))
    assert calibration.area(curve) == pytest.approx(0.0625)
    assert calibration.risk_coverage([0.5, 0.5], [1, 0]) == calibration.risk_coverage([0.5, 0.5], [0, 1])


def test_a_weighted_share_is_refused_for_few() -> None:
    assert weights.effective_size([]) == 0
    assert weights.effective_size([2.0] * 80) == pytest.approx(80)
    assert isnan(weights.weighted([1.0] * 49, [1.0] * 49, range(49)).value)
    heavy = weights.weighted([1.0] * 100 + [0.0] * 100, [3.0] * 100 + [1.0] * 100, range(200))
    assert heavy.value == pytest.approx(0.75)
    assert heavy.low < 0.75 < heavy.high
    assert np.isfinite(heavy).all()
