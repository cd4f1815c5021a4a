"""The contrast-detail curve: from which contrast and size on the map of the bank in use sees a drawn lesion."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from imaging.anomaly import bank_for
from imaging.anomaly.bank import Bank
from imaging.anomaly.views import View, seen, view
from imaging.datasets.folders import pictures
from imaging.datasets.tables import opened
from imaging.generate.lesions import Kind, inject
from imaging.image import ModelMissing
from imaging.suites.anomaly.lesions import KINDS
from imaging.suites.row import Given, Row

CONTRASTS = (0.0, 0.25, 0.5, 0.75, 1.0)
SIZES = (0.5, 1.0, 2.0)
EYES = 6
TOLERANCE = 0.02
"""Share of the highest value by which a step may fall: rounding to bytes and neighbouring lesions."""


def rows(given: Given) -> Iterator[Row]:
    """One row for each kind: median over eyes of the map's highest value under the lesions."""
    try:
        bank = bank_for("fundus")
    except ModelMissing as gone:
        yield Row(measure="contrast-detail curve", ours=str(gone))
        return
    paths = pictures(given.data / "drive/training/images")[:EYES]
    eyes = [view(opened(path), "fundus") for path in paths]
    for kind in KINDS:
        curves = np.array([[curve(bank, one, kind, size) for size in SIZES] for one in eyes])
        middle = np.median(curves, axis=0)
        told = "; ".join(
            f"size {size:g}: {' '.join(f'{value:.1f}' for value in line)}"
            for size, line in zip(SIZES, middle, strict=True)
        )
        rising = np.diff(curves, axis=2) >= -TOLERANCE * curves.max(axis=2, keepdims=True)
        wider = np.diff(curves[..., 1:], axis=1) >= -TOLERANCE * curves[..., 1:].max(axis=1, keepdims=True)
        yield Row(
            measure=f"contrast-detail, {kind}: map in SD at contrast {', '.join(f'{one:g}' for one in CONTRASTS)}",
            ours=f"{told} (n {len(eyes)} eyes of DRIVE; no interval: medians)",
            note=f"never lower with contrast in {rising.mean():.1%} and with size in {wider.mean():.1%} of steps",
        )  # fmt: skip


def curve(bank: Bank, one: View, kind: Kind, size: float, seed: int = 0) -> list[float]:
    """The map's highest value under the lesions drawn at each of :data:`CONTRASTS`; at 0 where they would be."""
    place = inject(one.pixels, one.field, kind, seed, contrast=1.0, size=size).mask & one.inner
    drawn = (inject(one.pixels, one.field, kind, seed, contrast=each, size=size) for each in CONTRASTS)
    ill = [one._replace(pixels=each.pixels) for each in drawn]
    return [
        float(bank.heat(each, grid)[place].max())
        for each, grid in zip(ill, seen(ill, "fundus").grids, strict=True)
    ]
