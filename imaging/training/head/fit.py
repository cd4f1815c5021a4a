"""The fits of one recipe: to all cases, to bootstrap samples, and to all but a fold; and what they say of cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import classify
from imaging.classify import Linear
from imaging.datasets.shortcuts import resampled
from imaging.datasets.splits import balanced
from imaging.datasets.tables import Labelled
from imaging.training.head.recipe import Pictures, Recipe, Rows, rows_of

FOLDS, MEMBERS = 5, 5
Plane = NDArray[np.float64]


class Fitted(NamedTuple):
    """The heads of one recipe: that of all cases with its bootstrap members, and those that saw no case of a fold."""

    members: tuple[Linear, ...]
    folds: tuple[tuple[Linear, NDArray[np.intp]], ...]
    """Each with the cases that it has not seen."""


def fit_all(rows: Sequence[Rows], cases: Labelled, recipe: Recipe) -> Fitted:
    """The head itself, those of the bootstrap samples, and one for each fold."""
    kinds = len(cases.classes)
    samples = [np.arange(len(cases.labels)), *bootstraps(cases, recipe.seed)]
    members = tuple(_fit(rows, cases.labels, sample, kinds, recipe) for sample in samples)
    folds = balanced(cases.groups.tolist(), cases.labels.tolist(), FOLDS, recipe.seed)
    return Fitted(
        members, tuple((_fit(rows, cases.labels, fold.train, kinds, recipe), fold.test) for fold in folds)
    )


def out_of_fold(fitted: Fitted, rows: Rows, mirrored: Rows | None = None) -> Plane:
    """N x classes logits, each case by the head that saw none of its group; averaged with the mirror image's."""
    logits = np.zeros((len(rows), fitted.members[0].offsets.shape[0]))
    for head, test in fitted.folds:
        logits[test] = head.logits(rows[test])
        if mirrored is not None:
            logits[test] = (logits[test] + head.logits(mirrored[test])) / 2
    return logits


def judged(head: Linear, squares: Pictures, recipe: Recipe) -> Plane:
    """N x classes logits of squares, averaged over the mirror image where the recipe flips."""
    plain = head.logits(rows_of(squares, recipe))
    if not recipe.flips:
        return plain
    return (plain + head.logits(rows_of(np.ascontiguousarray(squares[:, :, ::-1]), recipe))) / 2


def _fit(
    rows: Sequence[Rows], labels: NDArray[np.int64], chosen: NDArray[np.intp], kinds: int, recipe: Recipe
) -> Linear:
    every = np.concatenate([copy[chosen] for copy in rows])
    return classify.fit(every, np.tile(labels[chosen], len(rows)), kinds, recipe.strength, recipe.steps)


def bootstraps(cases: Labelled, seed: int, count: int = MEMBERS) -> Iterator[NDArray[np.intp]]:
    """Cases of groups drawn with replacement, for the heads whose spread is the interval; each holds every class."""
    drawn = (
        rows for rows in resampled(cases.groups.tolist(), [seed, 9])
        if len(np.unique(cases.labels[rows])) == len(cases.classes)
    )  # fmt: skip
    yield from islice(drawn, count)
