"""One generator held against real pictures it never saw: privacy, coverage and distance, each with its floors.

Usefulness, which comes first, needs labels and stands in :mod:`imaging.realism.usefulness`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from imaging.generate.generator import Pictures
from imaging.realism.coverage import coverage
from imaging.realism.distance import NAME, kid, two_sample
from imaging.realism.features import Scale, described, pixels, scale
from imaging.realism.figure import Figure, Rows
from imaging.realism.privacy import Privacy, privacy
from retrieval.evidence import Text, Word

Group = Literal["usefulness", "privacy", "coverage", "distance"]
Subject = Literal["made", "real", "copies", "noise"]
"""Whose figure it is: the generator's, that of real pictures (the ceiling), of noisy training copies (the positive
control, which must be caught), or of uniform noise."""

MEMBERS = 500
COPY_NOISE = 4.0
"""SD of the grey-level noise on stolen pictures: they look the same and no byte is equal."""

DENSITY, COVERAGE, DISTANCE = "density", "coverage", f"{NAME} x1000"
MEMBERSHIP, EXCESS, COPIES = "membership AUC", "nearer to training, excess over real", "near-copies"


class Line(Word):
    """One figure of a judgement. :attr:`rendered` is the sentence of a card, :func:`line` reads it back."""

    subject: Subject
    group: Group
    measure: Text
    value: float
    low: float
    high: float
    n: int

    @property
    def figure(self) -> str:
        """The figure with its interval and n, ready to print."""
        places = 0 if max(abs(self.low), abs(self.high)) >= 10 else 3
        one, low, high = (f"{number:.{places}f}" for number in (self.value, self.low, self.high))
        return f"{one} [{low}, {high}] (n {self.n})"

    @property
    def rendered(self) -> str:
        return f"{self.group}, {self.subject}: {self.measure} = {self.figure}"


_SENTENCE = re.compile(
    r"^(usefulness|privacy|coverage|distance), (made|real|copies|noise): (.+) = "
    r"(-?[\d.]+) \[(-?[\d.]+), (-?[\d.]+)\] \(n (\d+)\)$"
)


def line(sentence: str) -> Line | None:
    """The figure that a card's sentence states; None where it is another sentence."""
    found = _SENTENCE.match(" ".join(sentence.split()))
    if found is None:
        return None
    group, subject, measure, value, low, high, n = found.groups()
    return Line.model_validate(
        dict(zip(Line.model_fields, (subject, group, measure, float(value), float(low), float(high), int(n)),
                 strict=True))
    )  # fmt: skip


def lines(sentences: Iterable[str]) -> tuple[Line, ...]:
    """The figures among a card's sentences, in their order."""
    return tuple(found for sentence in sentences if (found := line(sentence)))


class Real(NamedTuple):
    """Real pictures of one source: those a generator was made from, and those that it never saw."""

    train: Pictures
    unseen: Pictures
    """Non-members for the attacks."""
    test: Pictures
    """What made pictures are held against; not among the others (but see ``others``)."""
    others: Pictures
    """Real pictures that are neither members nor non-members: the floor of the attacks."""


class Seen(NamedTuple):
    """The features of real pictures, described once for all generators."""

    real: Real
    members: Rows
    unseen: Rows
    test: Rows
    others: Rows
    scale: Scale
    """Of the test pictures."""


def seen(real: Real, keep: Path | None = None) -> Seen:
    """Describe the real pictures; of the training ones at most 500, drawn by a fixed seed."""
    rows = np.random.default_rng(1).choice(len(real.train), min(len(real.train), MEMBERS), replace=False)
    test = described(real.test, keep)
    members, unseen, others = (described(one, keep) for one in (real.train[rows], real.unseen, real.others))
    return Seen(real, members, unseen, test, others, scale(test))


def judged(made: Pictures, rows: Rows, against: Seen, subject: Subject = "made") -> Iterator[Line]:
    """Privacy, coverage and distance of pictures with their raw features."""
    for found in attacks(made, rows, against):
        yield from attack_lines(found, subject)
    yield from looks(rows, against, subject)


def looks(rows: Rows, against: Seen, subject: Subject = "made") -> Iterator[Line]:
    """Coverage and distance of raw features against the test pictures."""
    ours, theirs = against.scale(rows), against.scale(against.test)
    found = coverage(theirs, ours)
    yield of("coverage", DENSITY, found.density, subject)
    yield of("coverage", COVERAGE, found.coverage, subject)
    yield of("coverage", "precision", found.precision, subject)
    yield of("coverage", "recall (reads high for broken generators too)", found.recall, subject)
    yield of("distance", DISTANCE, kid(theirs, ours), subject)
    yield of("distance", "two-sample AUC (linear)", two_sample(theirs, ours), subject)


def attacks(made: Pictures, rows: Rows, against: Seen) -> tuple[Privacy, Privacy]:
    """The attacks in pixels (all training pictures) and in features (at most 500)."""
    real = against.real
    plain = [pixels(one) for one in (made, real.train, real.unseen, real.others)]
    space = scale(against.unseen)
    deep = [space(one) for one in (rows, against.members, against.unseen, against.others)]
    return (
        privacy(plain[0], plain[1], plain[2], plain[3], "pixels"),
        privacy(deep[0], deep[1], deep[2], deep[3], "features"),
    )


def attack_lines(found: Privacy, subject: Subject = "made") -> Iterator[Line]:
    """The figures of one space."""
    for measure, figure in (
        (MEMBERSHIP, found.membership),
        ("nearer to training than to unseen", found.nearer_made),
        (EXCESS, found.excess),
        ("distance to training over distance to unseen, median", found.apart_made),
        ("nearest over second nearest distance, median", found.ratio_made),
        (COPIES, found.copies),
    ):
        yield of("privacy", f"{measure}, {found.space}", figure, subject)
    if subject == "made":
        for measure, figure in (
            ("nearer to training than to unseen", found.nearer_real),
            ("distance to training over distance to unseen, median", found.apart_real),
            ("nearest over second nearest distance, median", found.ratio_real),
        ):
            yield of("privacy", f"{measure}, {found.space}", figure, "real")


def stolen(train: Pictures, count: int) -> Pictures:
    """Training pictures with a little noise: what the attacks must catch, the positive control."""
    rng = np.random.default_rng(0)
    some = train[rng.choice(len(train), min(len(train), count), replace=False)]
    return np.asarray((some + rng.normal(0, COPY_NOISE, some.shape)).clip(0, 255), dtype=np.uint8)


def noise(like: Pictures) -> Pictures:
    """Uniform noise of the same shape: the worst that can be made."""
    return np.random.default_rng(0).integers(0, 256, like.shape, dtype=np.uint8)


def of(group: Group, measure: str, figure: Figure, subject: Subject = "made") -> Line:
    """A line from a figure."""
    return Line(
        subject=subject, group=group, measure=measure,
        value=figure.value, low=figure.low, high=figure.high, n=figure.n,
    )  # fmt: skip
