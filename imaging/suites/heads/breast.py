"""Bar 11: benign or malignant in breast ultrasound (BUSI), by group of near-duplicates."""

from __future__ import annotations

from collections.abc import Iterator

from imaging import calibrate
from imaging.datasets.busi import busi
from imaging.suites.heads import protocol
from imaging.suites.heads.protocol import Pair
from imaging.suites.row import Given, Row
from imaging.training.head.tasks import BREAST

STRENGTHS = (0.003, 0.01, 0.03)
BAR = 0.88
SEEN = (
    "how a mass is sought was drawn up without labels; how near it is looked at was chosen among four widths in "
    "folds of these cases"
)


def rows(given: Given) -> Iterator[Row]:
    """One row: 5 folds by group, features and strength chosen inside each; the wrong way (random folds) beside it."""
    cases = protocol.every(busi(protocol.needed(given, "busi_256"), BREAST.extractor, BREAST.cut), given)
    candidates = _candidates(protocol.pair_of(given, "busi", cases.pictures, BREAST.extractor))
    odds, chosen = protocol.nested(candidates, cases.labels, 2, cases.groups, STRENGTHS)
    scores, there = calibrate.log_odds(odds, 1), cases.labels == 1
    usual = max(chosen, key=chosen.count)
    wrong = protocol.out_of_fold(
        candidates[usual.features], cases.labels, 2, range(len(there)), usual.strength, 5, 0
    )
    by_picture = calibrate.area(calibrate.log_odds(wrong, 1), there)
    plain = protocol.trivial(list(cases.pictures), cases.labels, cases.groups)
    yield Row(
        bar=11, measure="BUSI, benign or malignant, 5 folds by group: AUC", target=f">= {BAR}",
        ours=protocol.auc(scores, there, cases.groups.tolist()), met=calibrate.area(scores, there) >= BAR,
        prototype=".860 [.81, .90]", beside=f"random folds {by_picture:.3f} (the wrong way); {plain}",
        note=f"{protocol.said(chosen)}; {SEEN}",
    )  # fmt: skip


def _candidates(both: Pair) -> dict[str, Pair]:
    """The columns of the whole frame, those near the darkest mass, and both."""
    half = both[0].shape[1] // 2
    sides = {"whole frame": slice(None, half), "near the darkest mass": slice(half, None)}
    found = {name: (both[0][:, side], both[1][:, side]) for name, side in sides.items()}
    return {**found, "both": both}
