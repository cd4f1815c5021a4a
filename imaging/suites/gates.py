"""Bars 4 and 5: what the gates let in, what they ask about and what they turn away, on every set there is.

The margin is how much farther the nearest picture of another kind stands than the farthest that is accepted. It is
taken over pictures that could be accepted: without a field of view the fundus gate asks at best. Pictures cut from
sources that the gate learned from are told apart, and the margin leaves them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.gate import fundus_gate
from imaging.image import Decision, Verdict
from imaging.suites import pictures as sets
from imaging.suites.intervals import share
from imaging.suites.row import Given, Row
from imaging.training.round_scenes import EVERYDAY
from imaging.xray_gate import xray_gate

Pixels = NDArray[np.uint8]
Judge = Callable[[Pixels], tuple[Verdict, bool]]
ROUTER = "a closed-set router: 2 of 11 everyday pictures are eyes"
MARGIN = 0.25
TRAINED_ON = " (trained on)"


class Asked(NamedTuple):
    """One picture's verdict, the set it belongs to and whose it is."""

    name: str
    group: str
    verdict: Verdict
    could: bool
    """Whether it could be accepted at all."""


class Wanted(NamedTuple):
    """The bar of a set: at least this share is accepted, and the prototype's figure."""

    least: float
    words: str
    prototype: str


FUNDUS: Mapping[str, Wanted] = {
    "DRIVE": Wanted(1.0, "100 %", "100 %"),
    "normal even": Wanted(0.995, ">= 99.5 %", "99.9 %"),
    "normal odd": Wanted(0.995, ">= 99.5 %", "99.9 %"),
    "glaucoma": Wanted(0.99, ">= 99 %", "100 %"),
    "cataract": Wanted(0.95, ">= 95 %", "93.7 %"),
}
XRAY: Mapping[str, Wanted] = {"chest X-ray": Wanted(0.98, ">= 98 %", "98.9 %")}


def rows(given: Given) -> Iterator[Row]:
    """Bar 4, then bar 5: one row a set, and one for the margin of each gate."""
    yield from _of_gate("fundus gate", 4, FUNDUS, _asked(fundus, given), given.every)
    asked = [one._replace(name=one.name.removesuffix(TRAINED_ON)) for one in _asked(xray, given)]
    yield from _of_gate("X-ray gate", 5, XRAY, asked, given.every)


def fundus(pixels: Pixels) -> tuple[Verdict, bool]:
    verdict, field = fundus_gate(pixels)
    return verdict, field.surroundings != "none"


def xray(pixels: Pixels) -> tuple[Verdict, bool]:
    return xray_gate(pixels), True


def pictures(data: Path, every: int = 1) -> Iterator[tuple[str, str, Pixels]]:
    """Set, group and pixels of each picture: eyes, ultrasound, X-rays, everyday pictures, traps made of them."""
    for name, path in list(sets.eyes(data))[::every]:
        yield name, sets.patient(path), sets.opened(path)
    for group, path in list(sets.ultrasound(data))[::every]:
        yield "breast ultrasound", group, sets.opened(path)
    yield from (("chest X-ray", str(place), one) for place, one in enumerate(sets.x_rays(data)[::every]))
    everyday = dict(list(sets.natural().items())[::every])
    for source, one in everyday.items():
        yield "everyday" + _learned(source), source, one
    for name, source, one in sets.traps(everyday):
        yield name + _learned(source), source, one


def _learned(source: str) -> str:
    return TRAINED_ON if source in EVERYDAY else ""


def _asked(judge: Judge, given: Given) -> list[Asked]:
    return [Asked(name, group, *judge(pixels)) for name, group, pixels in pictures(given.data, given.every)]


def _of_gate(
    gate: str, bar: int, wanted: Mapping[str, Wanted], asked: Sequence[Asked], every: int
) -> Iterator[Row]:
    for name in dict.fromkeys(one.name for one in asked):
        found = [one for one in asked if one.name == name]
        yield _of_set(gate, bar, name, wanted.get(name), found)
    others = [one for one in asked if one.name not in wanted and one.could and TRAINED_ON not in one.name]
    if others:
        yield _margin(gate, bar, others, every)


def _of_set(gate: str, bar: int, name: str, wanted: Wanted | None, found: Sequence[Asked]) -> Row:
    accepted = [one.verdict.decision is Decision.ACCEPTED for one in found]
    words = share(accepted, [one.group for one in found])
    met = not any(accepted) if wanted is None else float(np.mean(accepted)) >= wanted.least
    note = "its even patient numbers chose the threshold" if wanted and name == "normal even" else ""
    return Row(
        bar=bar, measure=f"{gate} accepts {name}", target=wanted.words if wanted else "0", met=met,
        ours=f"{words}; {_rest(found)}", prototype=wanted.prototype if wanted else "0",
        beside=ROUTER if bar == 4 else "", note=note,
    )  # fmt: skip


def _rest(found: Sequence[Asked]) -> str:
    decided = [one.verdict.decision for one in found]
    parts = [
        f"{word} {decided.count(decision)}"
        for word, decision in (("unsure", Decision.UNSURE), ("rejected", Decision.REJECTED))
    ]
    ratios = _ratios(found)
    return f"{', '.join(parts)}; {min(ratios):.2f} to {max(ratios):.2f} of the threshold"


def _ratios(asked: Iterable[Asked]) -> list[float]:
    """Distances as multiples of the threshold: above 1 is not accepted."""
    return [one.verdict.score / one.verdict.threshold for one in asked]


def _margin(gate: str, bar: int, others: Sequence[Asked], every: int) -> Row:
    nearest = min(others, key=lambda one: one.verdict.score / one.verdict.threshold)
    margin = _ratios([nearest])[0] - 1
    return Row(
        bar=bar, measure=f"{gate}, margin to the nearest picture of another kind",
        target=">= 25 %" if bar == 4 else "", ours=f"{100 * margin:.0f} % ({nearest.name}; n {len(others)})",
        met=margin >= MARGIN if bar == 4 else None, prototype="9 %" if bar == 4 else "",
        note=f"every {every}th picture only" if every > 1 else "",
    )  # fmt: skip
