"""How a linear head is made: fitted to pictures and disturbed copies, calibrated out of fold, widened by shifts.

Temperature, conformal limits and thresholds come from cases out of fold: no case is judged by a head that saw it or
any of its group. Reference: imaging spec 3.8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import calibrate, classify
from imaging.calibrate import OperatingPoint
from imaging.classify import Extractor, Facts, Head
from imaging.datasets.tables import Labelled, not_among
from imaging.training.head.disturbed import shifted, shifts
from imaging.training.head.figures import Measured, figures
from imaging.training.head.fit import Fitted, Plane, fit_all, judged, out_of_fold
from imaging.training.head.recipe import Pictures, Purpose, Recipe, copies_of, rows_of, sized

ALPHA, SENSITIVITY = 0.1, 0.95


class Trained(NamedTuple):
    """A head and what it reached: one line for each figure, with n and interval."""

    head: Head
    figures: tuple[str, ...]


def train(
    purpose: Purpose,
    cases: Labelled,
    recipe: Recipe,
    held_out: Labelled | None = None,
    measured_on: str = "the held-out part",
) -> Trained:
    """Fit, calibrate and measure a head. ``held_out`` must not share a picture with ``cases`` (refused).

    Pictures are at the size that the recipe disturbs them at: ``through`` px, or ``side`` where there is no detour.
    Figures are those of ``held_out``, or where there is none those of the training cases out of fold.
    """
    if held_out is not None and not not_among(held_out.pictures, cases.pictures).all():
        raise ValueError("held-out pictures stand among the training cases")
    squares = sized(cases.pictures, recipe)
    copies = [squares, *copies_of(squares, recipe)]
    rows = [rows_of(copy, recipe) for copy in copies]
    fitted = fit_all(rows, cases, recipe)
    apart = Measured(
        out_of_fold(fitted, rows[0], rows[1] if recipe.flips else None), cases.labels, cases.groups
    )
    measured = apart
    if held_out is not None:
        logits = judged(fitted.members[0], sized(held_out.pictures, recipe), recipe)
        measured = Measured(logits, held_out.labels, held_out.groups, measured_on)
    facts = calibrated(purpose, cases.classes, recipe, apart, measured)
    facts = facts.model_copy(
        update={
            "grain": _grains(copies, recipe.extractor),
            "wide": _wide(facts, fitted, squares, cases.labels, recipe),
        }
    )
    weights = np.stack([one.weights for one in fitted.members]).astype(np.float32)
    offsets = np.stack([one.offsets for one in fitted.members]).astype(np.float32)
    return Trained(Head(facts, weights, offsets), figures(facts, measured))


def calibrated(
    purpose: Purpose, classes: tuple[str, ...], recipe: Recipe, apart: Measured, measured: Measured
) -> Facts:
    """Temperature, limits and thresholds from cases out of fold; what a threshold is worth, from ``measured``."""
    temperature = calibrate.fit_temperature(apart.logits, apart.labels)
    limits = calibrate.conformal_limits(
        calibrate.probabilities(apart.logits, temperature), apart.labels, ALPHA
    )
    return Facts(
        task=purpose.task, classes=classes, extractor=recipe.extractor, beside=recipe.beside, cut=recipe.cut,
        mirrored=recipe.flips, kind=purpose.kind, temperature=temperature, alpha=ALPHA,
        limits=tuple(float(one) for one in limits), card=purpose.card, ages=purpose.ages,
        points=tuple(
            _point(name, column, temperature, apart, measured) for column, name in enumerate(classes) if column
        ),
    )  # fmt: skip


def _point(name: str, column: int, temperature: float, apart: Measured, measured: Measured) -> OperatingPoint:
    odds = calibrate.log_odds(apart.logits, column, temperature)
    return calibrate.operating_point(
        name,
        calibrate.threshold_for(SENSITIVITY, odds, apart.labels == column),
        f"{100 * SENSITIVITY:.0f} % sensitivity on training cases out of fold",
        calibrate.log_odds(measured.logits, column, temperature),
        measured.labels == column,
        measured.on,
    )


def _wide(
    facts: Facts, fitted: Fitted, squares: Pictures, labels: NDArray[np.int64], recipe: Recipe
) -> tuple[float, ...]:
    """The conformal limits widened by the shift table, from training cases out of fold; () where nobody asked."""
    if not recipe.widen:
        return ()
    found = shifted_limits(facts, fitted, squares, labels, recipe)
    return tuple(float(one) for one in calibrate.widened(facts.limits, found.values()))


def shifted_limits(
    facts: Facts, fitted: Fitted, squares: Pictures, labels: NDArray[np.int64], recipe: Recipe
) -> Mapping[str, Plane]:
    """For each shift the class-wise limits of at most ``widen`` cases, judged by heads that saw none of their groups.

    Where there are more cases than that, they are drawn by a fixed seed, the classes in equal parts as far as they go.
    """
    chosen = _in_equal_parts(labels, recipe.widen, recipe.seed)
    found: dict[str, Plane] = {}
    for name, how in shifts(squares.shape[1]).items():
        copies = shifted(squares[chosen], how)
        rows, logits = rows_of(copies, recipe), np.zeros((len(chosen), len(facts.classes)))
        turned = rows_of(np.ascontiguousarray(copies[:, :, ::-1]), recipe) if recipe.flips else rows
        for head, test in fitted.folds:
            mine = np.flatnonzero(np.isin(chosen, test))
            logits[mine] = (head.logits(rows[mine]) + head.logits(turned[mine])) / 2
        chances = calibrate.probabilities(logits, facts.temperature)
        found[name] = calibrate.conformal_limits(chances, labels[chosen], facts.alpha)
    return found


def _in_equal_parts(labels: NDArray[np.int64], count: int, seed: int) -> NDArray[np.intp]:
    rng = np.random.default_rng([seed, 21])
    order = [rng.permutation(np.flatnonzero(labels == one)) for one in np.unique(labels)]
    turn = sorted((place, one, case) for one, own in enumerate(order) for place, case in enumerate(own))
    return np.sort(np.array([case for _, _, case in turn[:count]], dtype=np.intp))


def _grains(copies: Sequence[Pictures], extractor: Extractor) -> tuple[float, float]:
    """The range of grain in 99 % of the pictures and their copies."""
    values = [classify.grain(classify.looked_at(one, extractor)) for copy in copies for one in copy]
    low, high = np.percentile(values, [0.5, 99.5])
    return float(low), float(high)
