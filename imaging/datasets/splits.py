"""Splits by group (patient, child, near-duplicates): the same person never stands on two sides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]


class Fold(NamedTuple):
    """Rows to learn from and rows to measure on."""

    train: Indices
    test: Indices


def by_index(groups: Sequence[Hashable], folds: int) -> Iterator[Fold]:
    """Fold k tests the groups whose place in order of first appearance is k modulo ``folds``: fixed, no seed."""
    order = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    yield from _folds(np.array([order[group] % folds for group in groups]), folds, len(order))


def at_random(groups: Sequence[Hashable], folds: int, seed: int) -> Iterator[Fold]:
    """Groups dealt to folds at random, by seed."""
    order = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    dealt = np.random.default_rng(seed).permutation(len(order)) % folds
    yield from _folds(np.array([dealt[order[group]] for group in groups]), folds, len(order))


def balanced(groups: Sequence[Hashable], labels: Sequence[Hashable], folds: int, seed: int) -> Iterator[Fold]:
    """As :func:`at_random`, with each class spread evenly: a group counts to the commonest label of its rows."""
    rng = np.random.default_rng(seed)
    rows: dict[Hashable, list[Hashable]] = {}
    for group, label in zip(groups, labels, strict=True):
        rows.setdefault(group, []).append(label)
    classes: dict[Hashable, list[Hashable]] = {}
    for group, own in rows.items():
        classes.setdefault(max(sorted(set(own), key=str), key=own.count), []).append(group)
    fold_of: dict[Hashable, int] = {}
    for label in sorted(classes, key=str):
        members = classes[label]
        dealt = (rng.permutation(len(members)) + len(fold_of)) % folds
        fold_of |= dict(zip(members, (int(one) for one in dealt), strict=True))
    yield from _folds(np.array([fold_of[group] for group in groups]), folds, len(rows))


def _folds(fold_of: NDArray[np.int_], folds: int, groups: int) -> Iterator[Fold]:
    if not 2 <= folds <= groups:
        raise ValueError(f"{folds} folds of {groups} groups: between 2 folds and one for each group")
    for fold in range(folds):
        yield Fold(np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold))


def leaks(groups: Sequence[Hashable], fold: Fold) -> list[Hashable]:
    """Groups that stand on both sides of a split."""
    return sorted({groups[row] for row in fold.train} & {groups[row] for row in fold.test}, key=str)


def split_hash(names: Sequence[str], folds: Sequence[Fold]) -> str:
    """sha256 over which name is tested in which fold; independent of the order of rows."""
    tested = [sorted(names[row] for row in fold.test) for fold in folds]
    return hashlib.sha256(json.dumps(tested).encode()).hexdigest()


def interval(
    values: Sequence[float], groups: Sequence[Hashable], draws: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """95 % interval of the mean of ``values`` by bootstrap of whole groups (percentiles)."""
    members: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    sums = np.array([sum(values[row] for row in rows) for rows in members.values()])
    counts = np.array([len(rows) for rows in members.values()])
    drawn = np.random.default_rng(seed).integers(0, len(sums), (draws, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))
