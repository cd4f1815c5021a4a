"""Bars 10 to 14 of imaging spec 7.1: heads, trivial baselines and raw pixels side by side; then other sources.

What a suite chooses (features, strength) it chooses inside the training part of each fold. Features are kept in
``given.work``. Every head here is fitted in seconds once its features are there, so nothing waits for ``given.train``.
"""

from __future__ import annotations

from collections.abc import Iterator

from imaging.suites.heads import breast, eyes, rfmid, sources, xray
from imaging.suites.row import Given, Row

PARTS = (xray, breast, eyes, rfmid, sources)


def rows(given: Given) -> Iterator[Row]:
    """All parts in order; each names in FileNotFoundError what it lacks in ``given.data``."""
    (given.work / "heads").mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        yield from part.rows(given)
