"""Does something trivial tell the classes? Frame, brightness, sharpness, colour, size: to ask before training.

Where the classes come from different cameras, hospitals or exports, a head learns the camera. The probe fits the same
linear head as a real one to a handful of numbers that say nothing about disease, and reports what they reach.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imaging import calibrate
from imaging.classify import fit
from imaging.datasets.splits import balanced
from imaging.datasets.tables import numbered, opened, read_table
from retrieval.evidence import Text, Word

Pictures = NDArray[np.uint8]
Numbers = NDArray[np.float64]
Trait = Literal["frame shape", "corners", "mean intensity", "contrast", "sharpness", "size"]

TELLS = 0.75
"""A trait is reported where the lower end of its AUC's interval is above this."""

FOLDS = 5
DRAWS = 300


class Shortcut(Word):
    """How well one trivial trait tells one class from the others, out of fold, with a 95 % interval by group."""

    trait: Text
    label: Text
    auc: float
    low: float
    high: float
    n: int

    @property
    def tells(self) -> bool:
        return self.low > TELLS

    @property
    def rendered(self) -> str:
        words = "TELLS the class" if self.tells else "does not tell the class"
        return f"{self.trait} {words} {self.label}: AUC {self.auc:.3f} ({self.low:.3f} to {self.high:.3f}), n {self.n}"


def traits(picture: Pictures) -> dict[Trait, list[float]]:
    """The trivial numbers of an H x W x 3 picture as it came, before anything is cut or resized."""
    height, width = picture.shape[:2]
    grey = picture.astype(np.float32).mean(axis=2)
    lit = picture.max(axis=2) > 20
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    box = (np.ptp(rows) + 1, np.ptp(columns) + 1) if len(rows) else (0, 0)
    depth = max(1, min(height, width) // 16)
    ends = (slice(depth), slice(-depth, None))
    corners = [grey[y, x].mean() for y in ends for x in ends]
    steps = np.concatenate([np.diff(grey, axis=0).ravel(), np.diff(grey, axis=1).ravel()])
    inside = grey[lit] if lit.any() else grey.ravel()
    return {
        "frame shape": [float(lit.mean()), box[0] / height, box[1] / width, box[0] / max(1, box[1])],
        "corners": [float(value) for value in corners],
        "mean intensity": [float(value) for value in picture.reshape(-1, 3).mean(axis=0)],
        "contrast": [float(inside.std()), *(float(one) for one in np.percentile(inside, [2, 98]))],
        "sharpness": [float(np.log1p((steps**2).mean())), float(np.abs(steps).mean() / (grey.std() + 1))],
        "size": [float(np.log(height)), float(np.log(width)), height / width],
    }  # fmt: skip


def probe(
    pictures: Sequence[Pictures], labels: NDArray[np.int64], classes: Sequence[str], groups: Sequence[int]
) -> tuple[Shortcut, ...]:
    """Every trait against every class (with two classes: the second only), and all traits together.

    Out of fold in 5 folds by group, interval by bootstrap of groups. Refuses fewer groups than folds.
    """
    found = [traits(picture) for picture in pictures]
    blocks = {name: np.array([one[name] for one in found]) for name in found[0]}
    blocks |= {"all together": np.concatenate(list(blocks.values()), axis=1)}  # type: ignore[dict-item]
    reports = []
    for name, rows in blocks.items():
        odds = out_of_fold(rows, labels, len(classes), groups)
        for column in range(1 if len(classes) == 2 else 0, len(classes)):
            scores, there = calibrate.log_odds(odds, column), labels == column
            low, high = area_interval(scores, there, groups)
            auc = calibrate.area(scores, there)
            reports.append(
                Shortcut(trait=name, label=classes[column], auc=auc, low=low, high=high, n=len(labels))
            )
    return tuple(reports)


def out_of_fold(
    rows: NDArray[np.generic], labels: NDArray[np.int64], classes: int, groups: Sequence[int],
    strength: float = 1.0, seed: int = 0,
) -> Numbers:  # fmt: skip
    """N x classes logits, each case by the head that saw neither it nor any of its group."""
    logits = np.zeros((len(labels), classes))
    for train, test in balanced(list(groups), labels.tolist(), FOLDS, seed):
        logits[test] = fit(rows[train], labels[train], classes, strength).logits(rows[test])
    return logits


def area_interval(
    scores: Numbers, present: NDArray[np.bool_], groups: Sequence[int], draws: int = DRAWS, seed: int = 0
) -> tuple[float, float]:
    """95 % interval of an AUC by bootstrap of whole groups (percentiles)."""
    areas: list[float] = []
    for rows in resampled(groups, seed):
        if 0 < present[rows].sum() < len(rows):
            areas.append(calibrate.area(scores[rows], present[rows]))
        if len(areas) == draws:
            break
    return float(np.percentile(areas, 2.5)), float(np.percentile(areas, 97.5))


def resampled(groups: Sequence[int], seed: int | Sequence[int] = 0) -> Iterator[NDArray[np.intp]]:
    """Without end: the rows of as many groups as there are, drawn with replacement."""
    rng, which = np.random.default_rng(seed), np.unique(groups, return_inverse=True)[1]
    members = np.split(np.argsort(which, kind="stable"), np.cumsum(np.bincount(which))[:-1])
    while True:
        yield np.concatenate([members[one] for one in rng.integers(0, len(members), len(members))])


def main(given: Sequence[str] | None = None) -> int:
    """Probe a folder of pictures with a table; one line for each trait and class, the telling ones marked."""
    parser = argparse.ArgumentParser(prog="python -m imaging.datasets.shortcuts")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--labels", type=Path, required=True, help="CSV with the columns file, label and the groups"
    )
    parser.add_argument("--group", required=True, help="column of patients, lesions or near-duplicates")
    options = parser.parse_args(given)
    rows = read_table(options.labels, options.data, group=options.group)
    labels, classes = numbered([row.label for row in rows])
    groups, _ = numbered([row.group for row in rows])
    found = probe([opened(row.path) for row in rows], labels, classes, groups.tolist())
    sys.stdout.write("\n".join(one.rendered for one in found) + "\n")
    return int(any(one.tells for one in found))


if __name__ == "__main__":
    sys.exit(main())
