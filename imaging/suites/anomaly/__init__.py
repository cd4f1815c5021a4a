"""Bars 7 and 8 of the imaging spec: how well healthy pictures alone tell unlike ones, as a whole and place by place."""

from __future__ import annotations

from collections.abc import Iterator

from imaging.suites.anomaly.contrast import rows as contrast_rows
from imaging.suites.anomaly.lesions import rows as lesion_rows
from imaging.suites.anomaly.photographs import rows as photograph_rows
from imaging.suites.anomaly.whole import rows as whole_rows
from imaging.suites.row import Given, Row


def rows(given: Given) -> Iterator[Row]:
    """Scores of whole pictures, clear photographs of two sets, maps of drawn lesions; the contrast-detail curve."""
    yield from whole_rows(given)
    yield from photograph_rows(given)
    yield from lesion_rows(given)
    yield from contrast_rows(given)
