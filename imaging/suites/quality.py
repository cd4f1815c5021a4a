"""Bar 6: is a spoilt photograph told from a sound one, is the right defect named, and how many sound ones are refused?

Measured on ODIR-style normals with odd patient numbers and DRIVE; the limits were chosen on even numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from imaging.quality import DEFECTS, judge_all, seen_at
from imaging.suites import pictures as sets
from imaging.suites.intervals import area_with_interval, share
from imaging.suites.row import Given, Row

SOUND = "normal odd"
LEAST, MOST_REFUSED = 0.97, 0.05
PROTOTYPE = {"blur": ".988", "dark": ".985", "over": ".825", "haze": ".992"}
FIVE_NUMBERS = {"blur": ".95", "dark": ".92", "over": ".70", "haze": ".98"}
HIGHEST = {"DRIVE": "", SOUND: "<= 5 %", "normal even": "", "glaucoma": "", "cataract": ""}


class Judged(NamedTuple):
    """One photograph or spoilt copy: the margins of all defects, below 1 where the defect is there."""

    name: str
    patient: str
    margins: dict[str, float]

    @property
    def refused(self) -> bool:
        return min(self.margins.values()) < 1


def rows(given: Given) -> Iterator[Row]:
    """AUC of each defect's head, whether that defect is named, and the refusals of each set."""
    judged = list(_judged(given.data, given.every))
    by_name = {
        name: [one for one in judged if one.name == name]
        for name in dict.fromkeys(one.name for one in judged)
    }
    for defect in DEFECTS:
        yield _area(defect, by_name[defect], by_name[SOUND])
    yield from (_named(defect, by_name[defect]) for defect in DEFECTS)
    yield from (_refused(name, by_name[name]) for name in HIGHEST if name in by_name)


def _judged(data: Path, every: int) -> Iterator[Judged]:
    rng = np.random.default_rng(0)
    for name, path in list(sets.eyes(data))[::every]:
        pixels, patient = sets.opened(path), sets.patient(path)
        yield Judged(name, patient, judge_all(seen_at(pixels)))
        if name == SOUND:
            for defect in DEFECTS:
                yield Judged(defect, patient, judge_all(seen_at(sets.spoil(rng, pixels, defect))))


def _area(defect: str, bad: Sequence[Judged], good: Sequence[Judged]) -> Row:
    value, low, high = area_with_interval(
        [one.margins[defect] for one in bad], [one.margins[defect] for one in good],
        [one.patient for one in bad], [one.patient for one in good],
    )  # fmt: skip
    return Row(
        bar=6, measure=f"quality, AUC of {defect} against sound normals", target=">= .97",
        ours=f"{value:.3f} [{low:.3f}, {high:.3f}] (n {len(bad)} + {len(good)})", met=value >= LEAST,
        prototype=PROTOTYPE[defect], beside=f"five hand-made numbers {FIVE_NUMBERS[defect]}",
    )  # fmt: skip


def _named(defect: str, bad: Sequence[Judged]) -> Row:
    named = share([one.margins[defect] < 1 for one in bad], [one.patient for one in bad])
    refused = share([one.refused for one in bad], [one.patient for one in bad])
    return Row(
        measure=f"quality names {defect} where it was put", ours=f"{named}; refused for anything {refused}"
    )


def _refused(name: str, found: Sequence[Judged]) -> Row:
    refused, target = [one.refused for one in found], HIGHEST[name]
    return Row(
        bar=6 if target else None, measure=f"quality refuses {name}", target=target,
        ours=share(refused, [one.patient for one in found]),
        met=float(np.mean(refused)) <= MOST_REFUSED if target else None,
        prototype={SOUND: "22 %", "DRIVE": "0 %", "cataract": "95 %"}.get(name, ""),
    )  # fmt: skip
