"""What the parts of the suite share: features kept between runs, folds within folds, figures in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import calibrate, classify
from imaging.classify import Extractor, Linear
from imaging.datasets import shortcuts
from imaging.datasets.splits import balanced
from imaging.datasets.tables import Labelled
from imaging.suites.row import Given
from imaging.training.head import Recipe, rows_of

Numbers = NDArray[np.float64]
Labels = NDArray[np.int64]
Pictures = NDArray[np.uint8]
Features = NDArray[np.float32]
Pair = tuple[Features, Features]
"""Rows of the pictures as they are, and mirrored."""

STEPS, INNER, DRAWS = 40, 3, 1000


class Choice(NamedTuple):
    """What was chosen inside one fold."""

    features: str
    strength: float


def needed(given: Given, *parts: str) -> Path:
    """A file or folder of the development sets. Raises FileNotFoundError with its name where it is not there."""
    path = given.data.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"{'/'.join(parts)} is not in the development data")
    return path


def every(cases: Labelled, given: Given) -> Labelled:
    """Each K-th case."""
    return cases.where(np.arange(len(cases.labels)) % given.every == 0)


def kept(
    given: Given, name: str, make: Callable[[], Mapping[str, NDArray[np.generic]]]
) -> dict[str, Features]:
    """Arrays that take long to make, kept in ``work/heads`` under a name that says what they are."""
    thinned = f"-every{given.every}" if given.every > 1 else ""
    path = given.work / "heads" / f"{name.replace('/', '-')}{thinned}.npz"
    if not path.is_file():
        arrays = dict(make())
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **arrays)  # type: ignore[arg-type]
    with np.load(path, allow_pickle=False) as held:
        return {key: held[key] for key in held.files}


def pair_of(given: Given, name: str, squares: Pictures, extractor: Extractor) -> Pair:
    """The extractor's rows of squares, plain and mirrored."""

    def make() -> Mapping[str, NDArray[np.generic]]:
        recipe = Recipe(extractor=extractor)
        turned = np.ascontiguousarray(squares[:, :, ::-1])
        return {"plain": rows_of(squares, recipe), "mirrored": rows_of(turned, recipe)}

    held = kept(given, f"{name}@{extractor.id}", make)
    return held["plain"], held["mirrored"]


def joined(pairs: Sequence[Pair]) -> Pair:
    plain, mirrored = zip(*pairs, strict=True)
    return np.concatenate(plain, axis=1), np.concatenate(mirrored, axis=1)


def fitted(pair: Pair, labels: Labels, kinds: int, strength: float) -> Linear:
    return classify.fit(np.concatenate(pair), np.tile(labels, 2), kinds, strength, STEPS)


def logits(head: Linear, pair: Pair) -> Numbers:
    """Mean over the picture and its mirror image."""
    return (head.logits(pair[0]) + head.logits(pair[1])) / 2


def part(pair: Pair, rows: NDArray[np.intp]) -> Pair:
    return pair[0][rows], pair[1][rows]


def out_of_fold(
    pair: Pair, labels: Labels, kinds: int, groups: Sequence[int], strength: float, folds: int, seed: int
) -> Numbers:
    found = np.zeros((len(labels), kinds))
    for train, test in balanced(list(groups), labels.tolist(), folds, seed):
        found[test] = logits(fitted(part(pair, train), labels[train], kinds, strength), part(pair, test))
    return found


def best(
    candidates: Mapping[str, Pair], labels: Labels, kinds: int, groups: Sequence[int], seed: int,
    strengths: Sequence[float],
) -> Choice:  # fmt: skip
    """Features and strength with the highest mean AUC of the classes in 3 folds by group of these cases alone."""
    reached = {}
    for name, pair in candidates.items():
        for strength in strengths:
            odds = out_of_fold(pair, labels, kinds, groups, strength, INNER, seed)
            columns = range(1 if kinds == 2 else 0, kinds)
            areas = [calibrate.area(calibrate.log_odds(odds, one), labels == one) for one in columns]
            reached[Choice(name, strength)] = float(np.mean(areas))
    return max(reached, key=lambda one: reached[one])


def nested(
    candidates: Mapping[str, Pair], labels: Labels, kinds: int, groups: NDArray[np.int64],
    strengths: Sequence[float], seed: int = 0,
) -> tuple[Numbers, list[Choice]]:  # fmt: skip
    """Logits in 5 folds by group, each fold's features and strength chosen within its own training part."""
    found, chosen = np.zeros((len(labels), kinds)), []
    for train, test in balanced(groups.tolist(), labels.tolist(), 5, seed):
        inside = {name: part(pair, train) for name, pair in candidates.items()}
        choice = best(inside, labels[train], kinds, groups[train].tolist(), seed + 1, strengths)
        head = fitted(inside[choice.features], labels[train], kinds, choice.strength)
        found[test] = logits(head, part(candidates[choice.features], test))
        chosen.append(choice)
    return found, chosen


def auc(scores: Numbers, there: NDArray[np.bool_], groups: Sequence[int]) -> str:
    """AUC with n and interval by group, in words."""
    low, high = shortcuts.area_interval(scores, there, groups, DRAWS)
    return with_interval(calibrate.area(scores, there), low, high, len(there))


def with_interval(value: float, low: float, high: float, n: int) -> str:
    return f"{value:.3f} [{low:.3f}, {high:.3f}] (n {n})"


def balanced_accuracy(named: Labels, labels: Labels, groups: NDArray[np.int64]) -> str:
    """Balanced accuracy with n and interval by group, in words."""
    drawn = islice(shortcuts.resampled(groups.tolist()), DRAWS)
    values = [calibrate.balanced_accuracy(named[rows], labels[rows]) for rows in drawn]
    low, high = (float(one) for one in np.percentile(values, [2.5, 97.5]))
    return with_interval(calibrate.balanced_accuracy(named, labels), low, high, len(labels))


def trivial(pictures: Sequence[Pictures], labels: Labels, groups: NDArray[np.int64]) -> str:
    """What frame shape, brightness and sharpness alone and all trivial traits together reach, for two classes."""
    found = {one.trait: one for one in shortcuts.probe(pictures, labels, ("no", "yes"), groups.tolist())}
    wanted = ("all together", "frame shape", "mean intensity", "sharpness")
    return "trivial traits: " + ", ".join(f"{name} {found[name].auc:.3f}" for name in wanted)


def said(chosen: Sequence[Choice]) -> str:
    """What the folds chose, in words."""
    counts = {one: chosen.count(one) for one in dict.fromkeys(chosen)}
    words = (
        f"{one.features} at strength {one.strength} ({count} of {len(chosen)} folds)"
        for one, count in counts.items()
    )
    return "chosen inside the folds: " + "; ".join(words)


def in_words(bins: Sequence[calibrate.Bin]) -> str:
    """A calibration plot in words: mean confidence -> what was observed."""
    return "said -> seen: " + ", ".join(f"{one.mean:.2f} -> {one.observed.value:.2f}" for one in bins)
