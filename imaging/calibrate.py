"""What a classifier's number is worth: temperature, calibration error, conformal sets, operating points, intervals.

Everything here is arithmetic on logits and labels; nothing knows a picture. Each figure holds only for pictures from
the same source as those that it was computed on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from retrieval.evidence import Text, Word

Numbers = NDArray[np.float64]
Classes = NDArray[np.int64]
Sets = NDArray[np.bool_]

BINS = 10
COLDEST, HOTTEST = 0.05, 20.0
"""The range in which a temperature is looked for."""


class Share(Word):
    """A share of n cases with its 95 % Wilson interval."""

    value: Annotated[float, Field(ge=0, le=1)]
    n: Annotated[int, Field(ge=1)]
    low: float
    high: float

    @property
    def rendered(self) -> str:
        return f"{100 * self.value:.1f} % (95 % interval {100 * self.low:.1f} to {100 * self.high:.1f}, n {self.n})"


class Bin(Word):
    """Cases of like confidence: how sure the head was on average, and how often it was right."""

    low: float
    high: float
    """Edges of the bin; a confidence on the lower edge belongs to it."""
    mean: Annotated[float, Field(ge=0, le=1)]
    observed: Share
    """Wilson interval; n is the number of cases in the bin."""

    @property
    def calibrated(self) -> bool:
        """Whether the mean confidence lies within the interval of what was observed."""
        return self.observed.low <= self.mean <= self.observed.high


class OperatingPoint(Word):
    """From where on a sign is called present, why there, and how often that was right, on a named set."""

    sign: Text
    threshold: float
    """In log-odds of the sign against all other classes, after temperature."""
    chosen: Text
    sensitivity: Share
    specificity: Share
    measured_on: Text


def share(hits: int, n: int) -> Share:
    """``hits`` of ``n`` with the 95 % interval of Wilson (J Am Stat Assoc 1927;22:209). Refuses ``n`` below 1."""
    if not 0 <= hits <= n or n < 1:
        raise ValueError("a share needs at least one case, and no more hits than cases")
    z, part = 1.959964, hits / n
    middle = (part + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(part * (1 - part) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Share(value=part, n=n, low=max(0.0, middle - half), high=min(1.0, middle + half))


def probabilities(logits: ArrayLike, temperature: float = 1.0) -> Numbers:
    """N x K softmax of logits over a temperature: for sets and calibration, never for the screen."""
    rows = np.asarray(logits, dtype=np.float64) / temperature
    rows = np.exp(rows - rows.max(axis=1, keepdims=True))
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def log_odds(logits: ArrayLike, column: int, temperature: float = 1.0) -> Numbers:
    """N log-odds of one class against all others together."""
    rows = np.asarray(logits, dtype=np.float64) / temperature
    others = np.delete(rows, column, axis=1)
    top = others.max(axis=1)
    return np.asarray(rows[:, column] - top - np.log(np.exp(others - top[:, None]).sum(axis=1)))


def fit_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """The temperature with the smallest log loss on cases that the head was not fitted to.

    Guo et al., ICML 2017 (arXiv 1706.04599). It never changes which class is the likeliest.
    """
    from scipy.optimize import minimize_scalar

    rows, truth = _checked(logits, labels)
    cases = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        right = probabilities(rows, math.exp(log_temperature))[cases, truth]
        return float(-np.log(np.maximum(right, 1e-300)).mean())

    done = minimize_scalar(loss, bounds=(math.log(COLDEST), math.log(HOTTEST)), method="bounded")
    return math.exp(float(done.x))


def calibration_error(chances: ArrayLike, labels: ArrayLike, bins: int = BINS) -> float:
    """Expected calibration error: |confidence - accuracy| of the likeliest class, averaged over equal-width bins."""
    rows, truth = _checked(chances, labels)
    sure, right = rows.max(axis=1), rows.argmax(axis=1) == truth
    where = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(float((sure - right)[where == one].sum())) for one in range(bins)]
    return sum(gaps) / len(truth)


def reliability(chances: ArrayLike, labels: ArrayLike, bins: int = BINS) -> tuple[Bin, ...]:
    """The calibration plot as numbers: bins of equal width that hold a case, by rising confidence.

    ``chances`` N x K (rows sum to 1): the confidence is that of the likeliest class, "observed" how often it was the
    label. ``chances`` N: the confidence in one sign, "observed" how often it was there (``labels`` 0 or 1).
    """
    rows = np.asarray(chances, dtype=np.float64)
    if rows.ndim == 1:
        sure, truth = (
            _checked(rows[:, None], np.zeros(len(rows)))[0][:, 0],
            np.asarray(labels, dtype=np.int64),
        )
        if truth.shape != sure.shape or not np.isin(truth, (0, 1)).all():
            raise ValueError("there is one label, 0 or 1, for each confidence")
        right = truth == 1
    else:
        rows, truth = _checked(rows, labels)
        sure, right = rows.max(axis=1), rows.argmax(axis=1) == truth
    where = np.minimum((sure * bins).astype(int), bins - 1)
    return tuple(
        Bin(low=one / bins, high=(one + 1) / bins, mean=min(1.0, float(sure[where == one].mean())),
            observed=share(int(right[where == one].sum()), int((where == one).sum())))
        for one in range(bins) if (where == one).any()
    )  # fmt: skip


def widened(limits: ArrayLike, shifted: Iterable[ArrayLike]) -> Numbers:
    """For each class the largest of its limits: those as they are, and those of each shifted copy of the same cases.

    Sets with these limits hold each class at the nominal rate under every one of the shifts (and more often than
    nominal without one). They promise nothing about a change of another sort (imaging spec 3.8).
    """
    return np.asarray(np.max([np.asarray(one, dtype=np.float64) for one in (limits, *shifted)], axis=0))


def conformal_limits(chances: ArrayLike, labels: ArrayLike, alpha: float = 0.1) -> Numbers:
    """For each class the largest ``1 - p`` that still belongs to a set: split conformal, class by class.

    The limit of a class is the ``ceil((n + 1)(1 - alpha))``-th smallest ``1 - p`` of its own n calibration cases (Vovk,
    ACML 2012; Angelopoulos and Bates, arXiv 2107.07511). With too few cases for that rank it is 1: the class is
    in every set.
    """
    if not 0 < alpha < 1:
        raise ValueError("alpha lies between 0 and 1")
    rows, truth = _checked(chances, labels)
    limits = np.ones(rows.shape[1])
    for one in range(rows.shape[1]):
        strange = np.sort(1 - rows[truth == one, one])
        rank = math.ceil((len(strange) + 1) * (1 - alpha))
        if rank <= len(strange):
            limits[one] = strange[rank - 1]
    return limits


def prediction_sets(chances: ArrayLike, limits: ArrayLike) -> Sets:
    """N x K: which classes cannot be left out. None, or more than one, means: no answer."""
    rows = np.asarray(chances, dtype=np.float64)
    return np.asarray(1 - rows <= np.asarray(limits, dtype=np.float64) + 1e-12)


def coverage(sets: Sets, labels: ArrayLike) -> tuple[Share | None, ...]:
    """For each class how often its cases' sets hold it; None where there is no case."""
    truth = np.asarray(labels, dtype=np.int64)
    mine = [sets[truth == one, one] for one in range(sets.shape[1])]
    return tuple(share(int(held.sum()), len(held)) if len(held) else None for held in mine)


def threshold_for(sensitivity: float, scores: ArrayLike, present: ArrayLike) -> float:
    """The highest threshold that still calls at least this share of the cases in which the sign is present."""
    values = np.sort(np.asarray(scores, dtype=np.float64)[np.asarray(present, dtype=bool)])
    if not len(values):
        raise ValueError("an operating point needs cases in which the sign is present")
    return float(values[math.floor((1 - sensitivity) * len(values) + 1e-9)])


def operating_point(
    sign: str, threshold: float, chosen: str, scores: ArrayLike, present: ArrayLike, measured_on: str
) -> OperatingPoint:
    """Sensitivity and specificity of ``scores >= threshold``. Refuses a set without cases of both sorts."""
    values, there = np.asarray(scores, dtype=np.float64), np.asarray(present, dtype=bool)
    if there.all() or not there.any():
        raise ValueError("sensitivity and specificity need cases with and without the sign")
    called = values >= threshold
    return OperatingPoint(
        sign=sign,
        threshold=threshold,
        chosen=chosen,
        sensitivity=share(int(called[there].sum()), int(there.sum())),
        specificity=share(int((~called)[~there].sum()), int((~there).sum())),
        measured_on=measured_on,
    )


def area(scores: ArrayLike, present: ArrayLike) -> float:
    """AUC: how often a case with the sign stands above one without; ties count half."""
    from scipy.stats import rankdata

    values, there = np.asarray(scores, dtype=np.float64), np.asarray(present, dtype=bool)
    positive, negative = int(there.sum()), int((~there).sum())
    if not positive or not negative:
        raise ValueError("an AUC needs cases with and without the sign")
    ranks = rankdata(values)
    return float((ranks[there].sum() - positive * (positive + 1) / 2) / positive / negative)


def balanced_accuracy(predicted: ArrayLike, labels: ArrayLike) -> float:
    """Mean over the classes of the share of their cases that were named rightly."""
    named, truth = np.asarray(predicted), np.asarray(labels)
    return float(np.mean([np.mean(named[truth == one] == one) for one in np.unique(truth)]))


def _checked(rows: ArrayLike, labels: ArrayLike) -> tuple[Numbers, Classes]:
    values, truth = np.asarray(rows, dtype=np.float64), np.asarray(labels, dtype=np.int64)
    if values.ndim != 2 or len(values) != len(truth) or not len(truth):
        raise ValueError("there is one row of K numbers for each label, and at least one")
    if not np.isfinite(values).all():
        raise ValueError("a number is not finite")
    if truth.min() < 0 or truth.max() >= values.shape[1]:
        raise ValueError("a label names a class that has no column")
    return values, truth
