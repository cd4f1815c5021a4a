"""What a head reached, in lines for its card: each with n and a 95 % interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import calibrate
from imaging.classify import Facts
from imaging.datasets.shortcuts import area_interval


class Measured(NamedTuple):
    """The logits that figures stand on, with their labels and groups, and what the cases are in words."""

    logits: NDArray[np.float64]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    on: str = "its own training cases, out of fold (sensitivity by construction: they set the limit)"


def figures(facts: Facts, measured: Measured) -> tuple[str, ...]:
    """AUC of each sign with an interval by group, operating points, calibration error, class-wise coverage."""
    chances = calibrate.probabilities(measured.logits, facts.temperature)
    error = calibrate.calibration_error(chances, measured.labels)
    return (
        f"Measured on {measured.on}:",
        *_signs(facts, measured),
        f"Expected calibration error {error:.3f} (n {len(chances)}).",
        *sets_hold(facts, chances, measured.labels),
    )


def _signs(facts: Facts, measured: Measured) -> Iterator[str]:
    for column, point in enumerate(facts.points, start=1):
        odds = calibrate.log_odds(measured.logits, column, facts.temperature)
        there = measured.labels == column
        low, high = area_interval(odds, there, measured.groups.tolist())
        area = calibrate.area(odds, there)
        yield f"AUC of {point.sign} {area:.3f} ({low:.3f} to {high:.3f}, n {len(there)})."
        yield (
            f"At the operating point of {point.sign}: sensitivity {point.sensitivity.rendered}, specificity "
            f"{point.specificity.rendered}."
        )


def sets_hold(facts: Facts, chances: NDArray[np.float64], labels: NDArray[np.int64]) -> Iterator[str]:
    """How often the nominal sets, and the widened ones where there are any, hold each class and name just one."""
    nominal = f"{100 * (1 - facts.alpha):.0f} %"
    kinds = {f"Sets of nominal {nominal}": facts.limits}
    if facts.wide:
        kinds[f"Sets of nominal {nominal}, widened by the shift table,"] = facts.wide
    for words, limits in kinds.items():
        sets = calibrate.prediction_sets(chances, limits)
        for name, part in zip(facts.classes, calibrate.coverage(sets, labels), strict=True):
            yield f"{words} hold {name} in {part.rendered if part else 'no case'}."
        alone = calibrate.share(int((sets.sum(axis=1) == 1).sum()), len(labels))
        yield f"{words} are a single class in {alone.rendered}."
