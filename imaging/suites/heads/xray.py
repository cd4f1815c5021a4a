"""Bars 10 and 14: pneumonia in children's chest X-rays by the shipped head, as they are and under shifts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import calibrate, classify
from imaging.classify import Head
from imaging.datasets.splits import balanced
from imaging.datasets.tables import Labelled, not_among, read_npz
from imaging.suites.heads import protocol
from imaging.suites.heads.protocol import Features, Labels, Numbers, Pictures
from imaging.suites.row import Given, Row
from imaging.training.head import Recipe, features, shifted, shifts, unseen

NAMES = ("normal", "pneumonia")
AUC, MEAN, WORST = 0.985, 0.90, 0.80
WITHIN, ERROR = 0.03, 0.02
HALVES = 50
PEER = "ResNet-18 (28 px) .944 on the official test part, which is not here"

Judge = Callable[[Pictures], Numbers]


class Sets(NamedTuple):
    """The training part, the validation part without what stands in training, and the shipped head with its rows."""

    train: Labelled
    val: Labelled
    head: Head
    rows: Mapping[str, Features]
    """Of the validation part: "as it is", and under each shift."""

    def odds(self, name: str) -> Numbers:
        return calibrate.log_odds(self.head.logits(self.rows[name])[0], 1, self.head.facts.temperature)

    def chances(self, name: str) -> Numbers:
        return calibrate.probabilities(self.head.logits(self.rows[name])[0], self.head.facts.temperature)


def rows(given: Given) -> Iterator[Row]:
    """AUC, balanced accuracy over the ten shifts, coverage of the sets, calibration error."""
    sets = held(given)
    peer = raw_pixels(sets.train)
    yield _ranking(sets, peer)
    yield from _over_shifts(sets, peer)
    yield from _coverage(sets)
    yield _error(sets)


def held(given: Given) -> Sets:
    """The sets of this part; :mod:`imaging.suites.heads.sources` stands on them as well."""
    file = protocol.needed(given, "pneumoniamnist", "pneumoniamnist_train_val.npz")
    train, val = (read_npz(file, [name], NAMES) for name in ("train", "val"))
    val = protocol.every(val.where(not_among(val.pictures, train.pictures)), given)
    head = classify.shipped("pneumonia")
    changed = {"as it is": None, **shifts(28), **unseen(28)}
    found = {}
    for name, how in changed.items():
        pictures = val.pictures if how is None else shifted(val.pictures, how)
        found[name] = _rows(given, head, name, pictures)
    return Sets(train, val, head, found)


def _rows(given: Given, head: Head, name: str, pictures: Pictures) -> Features:
    recipe = Recipe(extractor=head.facts.extractor)
    held = protocol.kept(
        given, f"xray-{name}@{recipe.extractor.id}", lambda: {"plain": features(pictures, recipe)}
    )
    return held["plain"]


def raw_pixels(train: Labelled) -> tuple[Judge, float]:
    """A linear head on the pixels themselves, with the threshold chosen as for ours: out of fold."""
    pixels, found = train.pictures[..., 0].reshape(len(train.pictures), -1), np.zeros((len(train.labels), 2))
    for fit, test in balanced(train.groups.tolist(), train.labels.tolist(), 5, 0):
        found[test] = classify.fit(pixels[fit], train.labels[fit], 2, 0.003, protocol.STEPS).logits(
            pixels[test]
        )
    threshold = calibrate.threshold_for(0.95, calibrate.log_odds(found, 1), train.labels == 1)
    head = classify.fit(pixels, train.labels, 2, 0.003, protocol.STEPS)

    def judge(pictures: Pictures) -> Numbers:
        return calibrate.log_odds(head.logits(pictures[..., 0].reshape(len(pictures), -1)), 1)

    return judge, threshold


def _ranking(sets: Sets, peer: tuple[Judge, float]) -> Row:
    val, there = sets.val, sets.val.labels == 1
    reached, grey = sets.odds("as it is"), val.pictures.mean(axis=(1, 2, 3))
    beside = (
        f"raw pixels {calibrate.area(peer[0](val.pictures), there):.3f}; mean intensity "
        f"{calibrate.area(grey, there):.3f}; {PEER}"
    )
    return Row(
        bar=10, measure="pneumonia, validation part: AUC", target=f">= {AUC}",
        ours=protocol.auc(reached, there, val.groups.tolist()), met=calibrate.area(reached, there) >= AUC,
        prototype=".988", beside=beside, note="raw pixels rank this part as well: it proves little",
    )  # fmt: skip


def _over_shifts(sets: Sets, peer: tuple[Judge, float]) -> Iterator[Row]:
    """Mean and worst balanced accuracy, at the operating point and at even odds (the prototype's 0.5)."""
    judge, own = peer
    pixels = {name: judge(shifted(sets.val.pictures, how)) for name, how in shifts(28).items()}
    places = {"the operating point": sets.head.facts.points[0].threshold, "even odds": 0.0}
    for place, threshold in places.items():
        ours = {name: sets.odds(name) >= threshold for name in pixels}
        theirs = {name: odds >= (own if threshold else 0.0) for name, odds in pixels.items()}
        for word, measure, target, prototype in (
            ("mean", np.mean, MEAN, ".849"),
            ("worst", np.min, WORST, ".647"),
        ):
            value, low, high = _spread(ours, sets.val.labels, measure)
            peers = float(
                measure([calibrate.balanced_accuracy(one, sets.val.labels) for one in theirs.values()])
            )
            bar = 10 if threshold else None
            yield Row(
                bar=bar, measure=f"pneumonia, balanced accuracy over ten shifts at {place}, {word}",
                target=f">= {target}" if bar else "", met=value >= target if bar else None,
                ours=protocol.with_interval(value, low, high, len(sets.val.labels)), prototype=prototype,
                beside=f"raw pixels {peers:.3f}",
            )  # fmt: skip


def _spread(
    called: Mapping[str, NDArray[np.bool_]], labels: Labels, measure: Callable[[Sequence[float]], float]
) -> tuple[float, float, float]:
    rng, n = np.random.default_rng(0), len(labels)
    draws = [np.arange(n), *(rng.integers(0, n, n) for _ in range(300))]
    values = [
        float(measure([calibrate.balanced_accuracy(one[rows], labels[rows]) for one in called.values()]))
        for rows in draws
    ]
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return values[0], float(low), float(high)


def _coverage(sets: Sets) -> Iterator[Row]:
    facts, chances, labels = sets.head.facts, sets.chances("as it is"), sets.val.labels
    found = calibrate.prediction_sets(chances, facts.limits)
    parts = calibrate.coverage(found, labels)
    words = "; ".join(f"{name} {one.rendered}" for name, one in zip(NAMES, parts, strict=True) if one)
    yield Row(
        bar=14, measure="pneumonia, class-wise coverage at 90 %, limits from training cases out of fold",
        target="within 3 points", ours=words, met=_near([one.value for one in parts if one]),
        prototype=".910; .897", beside=f"a single class in {100 * float((found.sum(axis=1) == 1).mean()):.1f} %",
        note="same source; see the rows of other sources",
    )  # fmt: skip
    mean, spread = _halves(chances, labels)
    words = "; ".join(f"{name} {mean[one]:.3f} (SD {spread[one]:.3f})" for one, name in enumerate(NAMES))
    yield Row(
        bar=14, measure=f"pneumonia, class-wise coverage at 90 %, {HALVES} random halves of the validation part",
        target="within 3 points", ours=f"{words}, n {len(labels)}", met=_near(mean.tolist()), prototype=".910; .897",
    )  # fmt: skip


def _near(values: Sequence[float]) -> bool:
    return all(abs(one - 0.9) <= WITHIN for one in values)


def _halves(chances: Numbers, labels: Labels) -> tuple[Numbers, Numbers]:
    rng, shares = np.random.default_rng(0), []
    for _ in range(HALVES):
        order = rng.permutation(len(labels))
        one, two = order[: len(order) // 2], order[len(order) // 2 :]
        limits = calibrate.conformal_limits(chances[one], labels[one], 0.1)
        covered = calibrate.coverage(calibrate.prediction_sets(chances[two], limits), labels[two])
        shares.append([part.value if part else np.nan for part in covered])
    return np.mean(shares, axis=0), np.std(shares, axis=0)


def _error(sets: Sets) -> Row:
    chances, labels = sets.chances("as it is"), sets.val.labels
    before = calibrate.probabilities(sets.head.logits(sets.rows["as it is"])[0])
    value = calibrate.calibration_error(chances, labels)
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, len(labels), len(labels)) for _ in range(protocol.DRAWS)]
    low, high = np.percentile(
        [calibrate.calibration_error(chances[one], labels[one]) for one in drawn], [2.5, 97.5]
    )
    return Row(
        bar=14, measure="pneumonia, expected calibration error (10 bins)", target=f"<= {ERROR}",
        ours=protocol.with_interval(value, float(low), float(high), len(labels)), met=value <= ERROR,
        prototype=".014", beside=f"before temperature {calibrate.calibration_error(before, labels):.3f}",
    )  # fmt: skip
