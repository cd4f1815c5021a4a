"""Figures of a judgement as rows of the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from imaging.realism.judge import (
    COPIES,
    COVERAGE,
    DENSITY,
    DISTANCE,
    EXCESS,
    MEMBERSHIP,
    Line,
    Real,
)
from imaging.realism.privacy import ALLOWED_AREA, ALLOWED_NEARER
from imaging.suites.row import Given, Row

Kind = TypeVar("Kind", bound=np.generic)

FOLDER = "generators"
NO_POWER = "no power: the noisy copies pass too, so neither met nor missed"
FEWEST = 60
"""Pictures that a quick look keeps at least: the attacks and the distance need them."""


def keep(given: Given) -> Path:
    """Where features lie between runs."""
    return given.work / FOLDER


def thin(pictures: NDArray[Kind], every: int) -> NDArray[Kind]:
    """Each K-th picture or row of labels, but not so few that nothing can be measured."""
    return pictures[:: max(1, min(every, len(pictures) // FEWEST))]


def thinned(real: Real, every: int) -> Real:
    """For a quick look: fewer pictures to hold against; training pictures stay."""
    return Real(real.train, thin(real.unseen, every), thin(real.test, every), thin(real.others, every))


def one(found: Sequence[Line], measure: str, subject: str = "made") -> Line:
    """The line of a measure.

    Raises:
        StopIteration: it was not measured.
    """
    return next(line for line in found if line.measure.startswith(measure) and line.subject == subject)


def coverage_row(
    title: str, found: Sequence[Line], bar: int | None, limits: tuple[float, float, float | None],
    prototype: str, beside: str, note: str = "",
) -> Row:  # fmt: skip
    """Density, coverage and KID of one generator; ``limits`` are the least of the first two and the most of KID."""
    density, covered, distance = (one(found, name) for name in (DENSITY, COVERAGE, DISTANCE))
    least, reach, most = limits
    target = f"density >= {least:g}, coverage >= {reach:g}" + (f", KID < {most:g}" if most else "")
    met = density.value >= least and covered.value >= reach and (most is None or distance.value < most)
    return Row(
        bar=bar, measure=f"{title}: density; coverage; KID x1000", target=target if bar else "",
        ours=f"{density.figure}; {covered.figure}; {distance.figure}", met=met if bar else None,
        prototype=prototype, beside=beside, note=note,
    )  # fmt: skip


def privacy_rows(title: str, found: Sequence[Line], copies: Sequence[Line], note: str = "") -> Iterator[Row]:
    """Bar 17 in pixels and in features, noisy copies beside it; where they pass it too, it decides nothing."""
    for space in ("pixels", "features"):
        excess, member = (one(found, f"{name}, {space}") for name in (EXCESS, MEMBERSHIP))
        ratio, real = (
            one(found, f"nearest over second nearest distance, median, {space}", who)
            for who in ("made", "real")
        )
        stolen = [one(copies, f"{name}, {space}", "copies") for name in (EXCESS, MEMBERSHIP, COPIES)]
        passed, blind = _within(excess, member), _within(*stolen[:2])
        power = f"{NO_POWER}. " if blind else ""
        yield Row(
            bar=17, measure=f"{title}: nearer to training, excess; membership AUC, in {space}",
            target=f"<= {ALLOWED_NEARER}; <= {ALLOWED_AREA}", ours=f"{excess.figure}; {member.figure}",
            met=None if blind else passed,
            beside=f"copies: {'; '.join(line.figure for line in stolen[:2])}, near-copies {stolen[2].figure}",
            note=f"{power}nearest over second nearest: {ratio.figure}, real {real.figure}. {note}".strip(),
        )  # fmt: skip


def _within(excess: Line, member: Line) -> bool:
    return excess.value <= ALLOWED_NEARER and member.value <= ALLOWED_AREA


def brief(found: Sequence[Line], subject: str) -> str:
    """Density, coverage and KID of a floor."""
    return "; ".join(f"{one(found, name, subject).value:.3g}" for name in (DENSITY, COVERAGE, DISTANCE))
