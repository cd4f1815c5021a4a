"""Bar 12: cataract and glaucoma against normal eyes (the ODIR-style set), by patient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from imaging import calibrate
from imaging.datasets.eye4 import eye4
from imaging.datasets.tables import Labelled, opened, read_table
from imaging.suites.heads import protocol
from imaging.suites.heads.protocol import Pair
from imaging.suites.row import Given, Row
from imaging.training.head.tasks import EYE

STRENGTHS = (0.001, 0.003, 0.01)
THREE = 0.75
TWO = ((1, 0.98, ".975 [.96, .99]"), (2, 0.86, ".837 [.79, .87]"))
"""Column of the sign, bar, prototype."""


def rows(given: Given) -> Iterator[Row]:
    """Normal against each sign, then the three classes; 5 folds by patient, strength chosen inside each."""
    cases, pair = eyes(given)
    pictures = _whole(given)
    for column, bar, prototype in TWO:
        yield _two(cases, pair, pictures, column, bar, prototype)
    odds, chosen = protocol.nested({"field and disc": pair}, cases.labels, 3, cases.groups, STRENGTHS)
    named = odds.argmax(axis=1)
    yield Row(
        bar=12, measure="normal, cataract, glaucoma, 5 folds by patient: balanced accuracy", target=f">= {THREE}",
        ours=protocol.balanced_accuracy(named, cases.labels, cases.groups),
        met=calibrate.balanced_accuracy(named, cases.labels) >= THREE, prototype=".702", beside="chance .333",
        note=protocol.said(chosen),
    )  # fmt: skip


def eyes(given: Given) -> tuple[Labelled, Pair]:
    """The set, field only, with the features of the field and of the place of the disc."""
    cases = protocol.every(eye4(protocol.needed(given, "eye4_256")), given)
    pairs = [protocol.pair_of(given, "eyes", cases.pictures, one) for one in EYE.extractors]
    return cases, protocol.joined(pairs)


def _whole(given: Given) -> list[protocol.Pictures]:
    """The pictures as they came, for the trivial traits."""
    folder = protocol.needed(given, "eye4_256")
    table = read_table(folder / "index.csv", folder, group="patient")
    return [opened(row.path) for row in table[:: given.every]]


def _two(
    cases: Labelled, pair: Pair, pictures: list[protocol.Pictures], column: int, bar: float, prototype: str
) -> Row:
    chosen_rows = np.flatnonzero((cases.labels == 0) | (cases.labels == column))
    labels, groups = (cases.labels[chosen_rows] == column).astype(np.int64), cases.groups[chosen_rows]
    two = {"field and disc": protocol.part(pair, chosen_rows)}
    odds, chosen = protocol.nested(two, labels, 2, groups, STRENGTHS)
    scores = calibrate.log_odds(odds, 1)
    return Row(
        bar=12, measure=f"normal or {cases.classes[column]}, 5 folds by patient: AUC", target=f">= {bar}",
        ours=protocol.auc(scores, labels == 1, groups.tolist()), met=calibrate.area(scores, labels == 1) >= bar,
        prototype=prototype, beside=protocol.trivial([pictures[one] for one in chosen_rows], labels, groups),
        note=protocol.said(chosen),
    )  # fmt: skip
