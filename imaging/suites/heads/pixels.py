"""Are the vessel net's answers probabilities? On the set that it learnt from and on another camera."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from imaging import calibrate, cards, segment
from imaging.suites.heads import protocol
from imaging.suites.heads.protocol import Features, Labels, Numbers
from imaging.suites.row import Given, Row
from imaging.training import vessels
from imaging.vessels import NET


def rows(given: Given) -> Iterator[Row]:
    """The shipped net's answers, taken for probabilities, on what it learnt from and on another camera."""
    if not cards.is_held(NET):
        yield Row(
            measure="other source: vessel net as probabilities", ours=f"{NET} is not held: see models verify"
        )
        return
    for name, words in (("chase", "CHASE_DB1 (learnt from)"), ("drive", "DRIVE (another camera, adults)")):
        yield _pixels(f"vessel net as probabilities on {words}: calibration error", *answered(given, name))


def answered(given: Given, name: str) -> tuple[list[Features], list[Labels], list[str]]:
    """For each photograph of "chase" or "drive" the shipped net's answers in the field, the truth, and the person."""
    protocol.needed(given, "drive" if name == "drive" else "chasedb1")
    net = segment.load(cards.file_of(NET))
    answers, drawn, people = [], [], []
    for eye in vessels.cached(given.data, name)[:: given.every]:
        one = eye.sample
        answers.append(net.strength(one.planes)[one.field].clip(0, 1))
        drawn.append(one.truth[one.field].astype(np.int64))
        people.append(eye.person)
    return answers, drawn, people


def _pixels(
    measure: str,
    answers: Sequence[Features],
    drawn: Sequence[Labels],
    people: Sequence[str],
) -> Row:
    """Calibration error of pixels, its interval by drawing people; the bins in words."""
    gaps, counts = _gaps(answers, drawn, people)
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(gaps), (protocol.DRAWS, len(gaps)))
    errors = np.abs(gaps[draws].sum(axis=1)).sum(axis=1) / counts[draws].sum(axis=1)
    low, high = (float(one) for one in np.percentile(errors, [2.5, 97.5]))
    value = float(np.abs(gaps.sum(axis=0)).sum() / counts.sum())
    bins = calibrate.reliability(np.concatenate(answers), np.concatenate(drawn))
    return Row(
        measure=measure, ours=f"{value:.3f} [{low:.3f}, {high:.3f}] (n {len(answers)} photographs of {len(gaps)})",
        note=f"pixels of the field; the interval is by person; {protocol.in_words(bins)}",
    )  # fmt: skip


def _gaps(
    answers: Sequence[Features], drawn: Sequence[Labels], people: Sequence[str]
) -> tuple[Numbers, Numbers]:
    """For each person the sums of answer less truth in ten bins, and the number of pixels."""
    order = list(dict.fromkeys(people))
    gaps, counts = np.zeros((len(order), calibrate.BINS)), np.zeros(len(order))
    for answer, truth, person in zip(answers, drawn, people, strict=True):
        where = np.minimum((answer * calibrate.BINS).astype(int), calibrate.BINS - 1)
        gaps[order.index(person)] += np.bincount(where, answer - truth, minlength=calibrate.BINS)
        counts[order.index(person)] += len(truth)
    return gaps, counts
