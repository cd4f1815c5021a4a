"""What temperature, sets and thresholds are worth on pictures of another source than they were set on.

Conformal sets promise their coverage for pictures of the same source only. Here the promise is asked elsewhere: of
simulated scanners, of other cameras and countries, before and after widening by the shift table (imaging spec 3.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from imaging import calibrate
from imaging.classify import Facts, Linear
from imaging.datasets.rfmid import as_rfmid, read
from imaging.datasets.tables import Labelled, opened
from imaging.suites.heads import pixels, protocol, xray
from imaging.suites.heads.eyes import eyes
from imaging.suites.heads.protocol import Numbers, Pair, Pictures
from imaging.suites.intervals import share
from imaging.suites.row import Given, Row
from imaging.training import head as recipes
from imaging.training.head import Measured, Purpose, Recipe, shifts, unseen
from imaging.training.head.tasks import EYE

WIDEN = 100
"""Cases that tell how far the sets of the eye heads here are widened, half of each class."""
NOMINAL = "90 % nominal"
RFMID = Recipe(
    extractor=EYE.extractor.model_copy(update={"side": 192, "through": 64}),
    beside=(EYE.extractor.model_copy(update={"side": 128, "through": 64}),),
    strength=0.003, copies=0, flips=True, steps=40, widen=WIDEN,
)  # fmt: skip
"""Both sizes, as row 13 chooses mostly."""


def rows(given: Given) -> Iterator[Row]:
    """Pneumonia under each shift; the DR head on IDRiD; eye heads on DRIVE and CHASE_DB1; the vessel net on DRIVE."""
    yield from _pneumonia(given)
    yield from _retinopathy(given)
    yield from _normal_eyes(given)
    yield from pixels.rows(given)


class Elsewhere(NamedTuple):
    """A head for asking about other sources: fitted to all cases, calibrated out of fold, its sets widened."""

    head: Linear
    facts: Facts

    def chances(self, squares: Pictures, recipe: Recipe) -> Numbers:
        return calibrate.probabilities(recipes.judged(self.head, squares, recipe), self.facts.temperature)


def _pneumonia(given: Given) -> Iterator[Row]:
    sets = xray.held(given)
    facts, labels = sets.head.facts, sets.val.labels
    for name in ("as it is", *shifts(28), *unseen(28)):
        chances = sets.chances(name)
        kind = "not in the table" if name in unseen(28) else "in the shift table"
        yield Row(
            measure=f"other source: pneumonia, {name}" + ("" if name == "as it is" else f" ({kind})")
            + ": sets hold normal; pneumonia; one class",
            target=NOMINAL, ours=_hold(chances, facts.limits, labels),
            beside=f"widened by the table: {_hold(chances, facts.wide, labels)}" if facts.wide else "not widened",
            note=f"calibration error {calibrate.calibration_error(chances, labels):.3f}, n {len(labels)}",
        )  # fmt: skip


def _hold(chances: Numbers, limits: Sequence[float], labels: protocol.Labels) -> str:
    """Class-wise coverage with Wilson intervals, and the share of sets that are one class."""
    sets = calibrate.prediction_sets(chances, limits)
    parts = [one for one in calibrate.coverage(sets, labels) if one is not None]
    words = [f"{100 * one.value:.1f} % [{100 * one.low:.1f}, {100 * one.high:.1f}]" for one in parts]
    return "; ".join([*words, f"{100 * float((sets.sum(axis=1) == 1).mean()):.1f} %"])


def _elsewhere(given: Given, name: str, cases: Labelled, pair: Pair, recipe: Recipe) -> Elsewhere:
    """The head of the recipe, from features that are held; the limits under shifts are kept in ``work``."""
    fitted = recipes.fit_all(pair, cases, recipe)
    apart = Measured(recipes.out_of_fold(fitted, *pair), cases.labels, cases.groups)
    facts = recipes.calibrated(Purpose(name), cases.classes, recipe, apart, apart)
    found = protocol.kept(
        given, f"shifted limits of {name}",
        lambda: recipes.shifted_limits(facts, fitted, recipes.sized(cases.pictures, recipe), cases.labels, recipe),
    )  # fmt: skip
    wide = calibrate.widened(facts.limits, found.values())
    return Elsewhere(fitted.members[0], facts.model_copy(update={"wide": tuple(float(one) for one in wide)}))


def _retinopathy(given: Given) -> Iterator[Row]:
    """DR of diseased eyes (RFMiD, 64 px) on its own validation part and on IDRiD's photographs prepared alike."""
    split = read(protocol.needed(given, "rfmid64", "rfmid64_train_val.npz"))
    train, val = (_as_cases(one.pictures[:: given.every], one.labels[:: given.every, 0]) for one in split)
    pair, asked = (
        protocol.joined([protocol.pair_of(given, name, one.pictures, each) for each in RFMID.extractors])
        for name, one in (("rfmid-train", train), ("rfmid-val", val))
    )
    head = _elsewhere(given, "DR of RFMiD", train, pair, RFMID)
    files = sorted(protocol.needed(given, "idrid_seg54").glob("IDRiD_*.jpg"))[:: given.every]
    others = np.stack([as_rfmid(opened(file)) for file in files])
    same = calibrate.probabilities(protocol.logits(head.head, asked), head.facts.temperature)
    yield Row(
        measure="same source: DR of RFMiD on its validation part: sets hold no DR; DR; one class", target=NOMINAL,
        ours=_hold(same, head.facts.limits, val.labels),
        beside=f"widened by the table: {_hold(same, head.facts.wide, val.labels)}",
        note=f"{protocol.in_words(calibrate.reliability(same[:, 1], val.labels, 5))}; n {len(val.labels)}",
    )  # fmt: skip
    chances = head.chances(others, RFMID)
    yield _one_class(
        "other source: DR of RFMiD on IDRiD (all with DR): sets hold DR", head, chances, 1, [str(one) for one in files],
        "prepared as RFMiD; a green contour round every disc is drawn in",
    )  # fmt: skip


def _as_cases(pictures: Pictures, present: protocol.Features) -> Labelled:
    return Labelled(pictures, present.astype(np.int64), ("no DR", "DR"), np.arange(len(present)))


def _normal_eyes(given: Given) -> Iterator[Row]:
    """Heads of the ODIR-style set on two sets of photographs whose people presumably have neither sign."""
    from imaging.classify import square
    from imaging.training import vessels

    cases, pair = eyes(given)
    for column, sign in ((1, "cataract"), (2, "glaucoma")):
        rows = np.flatnonzero((cases.labels == 0) | (cases.labels == column))
        two = Labelled(
            cases.pictures[rows],
            (cases.labels[rows] == column).astype(np.int64),
            ("normal", sign),
            cases.groups[rows],
        )
        recipe = EYE._replace(widen=WIDEN)
        head = _elsewhere(given, f"{sign} of the ODIR-style set", two, protocol.part(pair, rows), recipe)
        for name, words, note in (
            ("drive", "DRIVE", "presumably none has it; 3 of the 20 adults show other disease"),
            ("chase", "CHASE_DB1", "presumably none has it; children"),
        ):
            protocol.needed(given, "drive" if name == "drive" else "chasedb1")
            photographs = vessels.cached(given.data, name)[:: given.every]
            squares = np.stack([square(one.pixels, EYE.extractor, EYE.cut) for one in photographs])
            yield _one_class(
                f"other source: {sign} of the ODIR-style set on {words}: sets hold normal", head,
                head.chances(squares, EYE), 0, [one.person for one in photographs],
                note,
            )  # fmt: skip


def _one_class(
    measure: str, head: Elsewhere, chances: Numbers, column: int, groups: Sequence[str], note: str
) -> Row:
    """How often sets hold the one class that all pictures are of; how often it is called; what it was given."""
    facts = head.facts
    held = [calibrate.prediction_sets(chances, limits) for limits in (facts.limits, facts.wide)]
    narrow, wide = (share(one[:, column].tolist(), groups) for one in held)
    alone = [100 * float((one.sum(axis=1) == 1).mean()) for one in held]
    odds = np.log(chances[:, 1] + 1e-12) - np.log(1 - chances[:, 1] + 1e-12)
    called = float((odds >= facts.points[0].threshold).mean())
    right = float((chances.argmax(axis=1) == column).mean())
    return Row(
        measure=measure, target=NOMINAL, ours=narrow,
        beside=f"widened by the table: {wide}; one class {alone[0]:.0f} %, widened {alone[1]:.0f} %",
        note=f"mean chance given to it {float(chances[:, column].mean()):.2f}, likeliest in {100 * right:.0f} %; "
        f"{facts.points[0].sign} called in {100 * called:.0f} %; {note}",
    )  # fmt: skip
