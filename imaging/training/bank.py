"""The recipe of a bank of healthy pictures, for the score and the map of :mod:`imaging.anomaly`.

``fit`` takes the healthy pictures and learns from nobody else. Every percentile and threshold comes from pictures that
the numbers beside them were not made from: folds by group, or a set of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.anomaly import places
from imaging.anomaly.bank import RANKS, Bank, Facts, Part, heat, signs
from imaging.anomaly.detectors import Knn, Mahalanobis, PatchCore
from imaging.anomaly.disc import near_disc
from imaging.anomaly.places import Usual
from imaging.anomaly.views import EXTRACTOR, Aspect, Kind, View, seen, view
from imaging.calibrate import Share
from imaging.datasets.splits import Fold, by_index
from imaging.training.shares import by_group

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float32]
Detector = Knn | Mahalanobis


class Plan(NamedTuple):
    """One detector of a score: of what, how, with how many axes, and how much it weighs."""

    aspect: Aspect
    how: Literal["knn", "whitened knn", "mahalanobis"]
    axes: int
    weight: float

    def fit(self, rows: Numbers) -> Detector:
        if self.how == "mahalanobis":
            return Mahalanobis.fit(rows, self.axes)
        return Knn.fit(rows, self.axes, whiten=self.how == "whitened knn")


FEW_EYES = (Plan("eye", "mahalanobis", 20, 1.0), Plan("disc", "knn", 5, 0.25))
"""For the shipped bank: a score of some twenty clear eyes."""

MANY_EYES = (Plan("eye", "knn", 20, 1.0), Plan("disc", "knn", 5, 0.5))
"""For a bank of one's own; the distance from the shipped clear eyes is added to it."""

CHESTS = (Plan("chest", "whitened knn", 100, 1.0),)
FOLDS = 5
SPECIFICITY = 0.95
EACH = 250
"""Patches that a picture gives at most."""

KEPT: Mapping[Kind, int] = {"fundus": 4000, "chest_xray": 1500}
"""Patches of a bank."""

FOR_MAPS = 400
"""Pictures that the map learns from at most; all of them serve the score."""

BATCH = 16
PLACES_EACH = 4000
"""Places of a picture's map that enter the healthy distribution."""


class Healthy(NamedTuple):
    """Healthy pictures as seen by the detectors."""

    views: tuple[View, ...]
    rows: dict[Aspect, Numbers]
    """N x C each."""
    grids: NDArray[np.float16]
    """N x h x w x C, half precision: they are many."""
    groups: tuple[str, ...]

    def part(self, kept: Sequence[int] | NDArray[np.intp]) -> Healthy:
        chosen = [int(one) for one in kept]
        return Healthy(
            tuple(self.views[one] for one in chosen),
            {aspect: rows[chosen] for aspect, rows in self.rows.items()}, self.grids[chosen],
            tuple(self.groups[one] for one in chosen),
        )  # fmt: skip


def looked_at(pictures: Iterator[tuple[Pixels, str]], kind: Kind) -> Healthy:
    """Pictures with their groups, seen by the backbone."""
    views: list[View] = []
    rows: list[dict[Aspect, Numbers]] = []
    grids, groups = [], []
    while part := list(islice(pictures, BATCH)):
        found = [view(pixels, kind) for pixels, _ in part]
        each = seen(found, kind)
        views += found
        rows.append(each.rows)
        grids.append(each.grids.astype(np.float16))
        groups += [group for _, group in part]
    joined = {aspect: np.concatenate([one[aspect] for one in rows]) for aspect in rows[0]}
    return Healthy(tuple(views), joined, np.concatenate(grids), tuple(groups))


def fit(
    healthy: Healthy, kind: Kind, plans: Sequence[Plan], facts: Mapping[str, object],
    held_out: Healthy | None = None, added: Sequence[Part] = (),
) -> Bank:  # fmt: skip
    """A bank of healthy pictures, calibrated on ``held_out`` or, without it, in folds by group.

    ``facts`` holds ``healthy`` (whose they are, in words), ``card`` and perhaps ``caught``; ``added`` are parts of
    another bank, none of whose pictures is among these. The specificity is cross-fitted (:func:`crossed`); pictures
    that had no part in the threshold at all tell more.

    Raises:
        ValueError: there are fewer than two groups.
    """
    shown = healthy.part(np.random.default_rng(1).permutation(len(healthy.views))[:FOR_MAPS])
    patches, usual, raw = fit_map(shown, kind)
    folds = _folds(healthy)
    looked = shown if held_out is None else held_out
    each = iter(raw) if held_out is None else _each_signs(held_out, patches, kind)
    parts = [_part(plan, healthy, held_out, folds) for plan in plans]
    parts += [_again(one, held_out or healthy) for one in added]
    groups = (held_out or healthy).groups
    return _calibrated(kind, facts, parts, groups, patches, usual, zip(looked.views, each, strict=True))


def fit_map(healthy: Healthy, kind: Kind) -> tuple[PatchCore, Usual, NDArray[np.float16]]:
    """Healthy patches, what is usual at each place, and the N x S x H x W signs that it was taken from.

    The signs of a picture come from patches of the other folds: its own would find no distance in it.
    """
    raw = _out_of_fold(
        healthy, _folds(healthy), lambda train, test: _signs(test, _patches(train, kind), kind)
    )
    inner = np.stack([one.inner for one in healthy.views])
    discs = np.stack([near_disc(one.pixels) for one in healthy.views]) if kind == "fundus" else None
    usual = places.usual(raw, inner, kind, discs)
    return _patches(healthy, kind), usual, raw


Fitted = tuple[Part, NDArray[np.float64]]
"""A part, and its weighted steps on held-out healthy pictures."""


def _part(plan: Plan, healthy: Healthy, held_out: Healthy | None, folds: Sequence[Fold]) -> Fitted:
    rows = healthy.rows[plan.aspect]
    detector = plan.fit(rows)
    if held_out is not None:
        return _levelled(plan.aspect, detector, detector.score(held_out.rows[plan.aspect]), plan.weight)
    scores = np.zeros(len(rows))
    for fold in folds:
        scores[fold.test] = plan.fit(rows[fold.train]).score(rows[fold.test])
    return _levelled(plan.aspect, detector, scores, plan.weight)


def _again(part: Part, measured: Healthy) -> Fitted:
    """Another bank's part, its level taken on these pictures."""
    return _levelled(part.aspect, part.detector, part.detector.score(measured.rows[part.aspect]), part.weight)


def _levelled(aspect: Aspect, detector: Detector, scores: NDArray[np.float64], weight: float) -> Fitted:
    logs = np.log(scores + 1e-9)
    mean, spread = float(logs.mean()), float(logs.std() + 1e-6)
    return Part(aspect, detector, mean, spread, weight), weight * (logs - mean) / spread


def _calibrated(
    kind: Kind, facts: Mapping[str, object], fitted: Sequence[Fitted], groups: Sequence[str], patches: PatchCore,
    usual: Usual, found: Iterable[tuple[View, NDArray[np.floating]]],
) -> Bank:  # fmt: skip
    distances = np.sum([steps for _, steps in fitted], axis=0)
    threshold = _threshold(distances)
    peaks, inside = [], []
    for index, (one, each) in enumerate(found):
        single = each.astype(np.float32)
        peaks.append(float(heat(one, single, usual, kind, disc=True).max()))
        values = heat(one, single, usual, kind)[one.inner]
        inside.append(np.random.default_rng([4, index]).permutation(values)[:PLACES_EACH])
    told = Facts.model_validate({
        "kind": kind, "extractor": EXTRACTOR[kind], "threshold": threshold,
        "specificity": crossed(distances, groups),
        "region": float(np.quantile(peaks, SPECIFICITY)), **facts,
    })  # fmt: skip
    ranks, place_ranks = (
        np.percentile(one, RANKS).astype(np.float32) for one in (distances, np.concatenate(inside))
    )
    return Bank(told, tuple(part for part, _ in fitted), patches, usual, ranks, place_ranks)


def crossed(distances: NDArray[np.float64], groups: Sequence[str]) -> Share:
    """The share at or below a threshold of the other folds: below its own, 95 % stand by construction."""
    within = np.zeros(len(distances), dtype=bool)
    for fold in by_index(groups, min(FOLDS, len(set(groups)))):
        within[fold.test] = distances[fold.test] <= _threshold(distances[fold.train])
    return by_group(within.tolist(), groups)


def _threshold(distances: NDArray[np.float64]) -> float:
    return float(np.quantile(distances, SPECIFICITY, method="higher"))


def _folds(healthy: Healthy) -> list[Fold]:
    return list(by_index(healthy.groups, min(FOLDS, len(set(healthy.groups)))))


def _patches(healthy: Healthy, kind: Kind) -> PatchCore:
    return PatchCore.fit(np.concatenate(list(_drawn(healthy))), KEPT[kind])


def _drawn(healthy: Healthy) -> Iterator[Numbers]:
    """Some patches of each picture from inside its judged field."""
    for index, (one, grid) in enumerate(zip(healthy.views, healthy.grids, strict=True)):
        side = grid.shape[0]
        at = ((np.arange(side) + 0.5) * one.inner.shape[0] / side).astype(int)
        inside = grid[one.inner[np.ix_(at, at)]].astype(np.float32)
        yield inside[np.random.default_rng([3, index]).permutation(len(inside))[:EACH]]


def _each_signs(healthy: Healthy, patches: PatchCore, kind: Kind) -> Iterator[Numbers]:
    """S x H x W signs of each picture."""
    for one, grid in zip(healthy.views, healthy.grids, strict=True):
        yield signs(one, grid.astype(np.float32), patches, kind)


def _signs(healthy: Healthy, patches: PatchCore, kind: Kind) -> NDArray[np.float16]:
    """N x S x H x W, half precision: they are many."""
    return np.stack([one.astype(np.float16) for one in _each_signs(healthy, patches, kind)])


def _out_of_fold(
    healthy: Healthy, folds: Sequence[Fold], how: Callable[[Healthy, Healthy], NDArray[np.float16]]
) -> NDArray[np.float16]:
    """What the other folds say of each picture."""
    found: dict[int, NDArray[np.float16]] = {}
    for fold in folds:
        made = how(healthy.part(fold.train), healthy.part(fold.test))
        found |= dict(zip((int(one) for one in fold.test), made, strict=True))
    return np.stack([found[index] for index in range(len(healthy.views))])


if __name__ == "__main__":  # python -m imaging.training.bank
    from imaging.training.bank_command import main

    main()
