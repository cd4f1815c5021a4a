"""Bar 13: four labels of diseased eyes at 64 px (RFMiD), the publishers' training part -> validation part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from imaging import calibrate, classify
from imaging.datasets.rfmid import LABELS, Part, Split, read
from imaging.suites.heads import protocol
from imaging.suites.heads.protocol import Pair
from imaging.suites.row import Given, Row
from imaging.training.head.tasks import LOW

STRENGTHS = (0.001, 0.003, 0.01)
SIDES = (128, 192)
BARS: Mapping[str, tuple[float, str]] = {
    "DR": (0.87, ".846"), "MH": (0.93, ".915"), "ODC": (0.74, ".690"), "TSLN": (0.86, ".842"),
}  # fmt: skip


def rows(given: Given) -> Iterator[Row]:
    """One row a label; features and strength are chosen in folds of the training part."""
    split = read(protocol.needed(given, "rfmid64", "rfmid64_train_val.npz"))
    split = Split(*(Part(one.pictures[:: given.every], one.labels[:: given.every]) for one in split))
    train, val = (candidates(given, name, one) for name, one in (("train", split.train), ("val", split.val)))
    for column, label in enumerate(LABELS):
        yield _row(split, train, val, column, label)


def candidates(given: Given, name: str, one: Part) -> dict[str, Pair]:
    """Features at two sizes, and both together."""
    extractors = [classify.Extractor(taps=LOW, spread=LOW, side=side) for side in SIDES]
    pairs = [protocol.pair_of(given, f"rfmid-{name}", one.pictures, each) for each in extractors]
    found = {f"{side} px": pair for side, pair in zip(SIDES, pairs, strict=True)}
    return {**found, "both sizes": protocol.joined(pairs)}


def _row(split: Split, train: Mapping[str, Pair], val: Mapping[str, Pair], column: int, label: str) -> Row:
    learnt, asked = (one.labels[:, column].astype(np.int64) for one in split)
    choice = protocol.best(train, learnt, 2, range(len(learnt)), 0, STRENGTHS)
    head = protocol.fitted(train[choice.features], learnt, 2, choice.strength)
    scores = calibrate.log_odds(protocol.logits(head, val[choice.features]), 1)
    means = [one.pictures.mean(axis=(1, 2)) for one in split]
    colour = calibrate.log_odds(classify.fit(means[0], learnt, 2, 1.0).logits(means[1]), 1)
    bar, prototype = BARS[label]
    return Row(
        bar=13, measure=f"RFMiD at 64 px, {label}, training -> validation part: AUC", target=f">= {bar}",
        ours=protocol.auc(scores, asked == 1, range(len(asked))), met=calibrate.area(scores, asked == 1) >= bar,
        prototype=prototype, beside=f"channel means {calibrate.area(colour, asked == 1):.3f}",
        note=f"chosen in folds of the training part: {choice.features}, strength {choice.strength}",
    )  # fmt: skip
