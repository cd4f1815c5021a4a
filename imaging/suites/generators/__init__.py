"""Bars 15, 16 and 17 of imaging spec 7.1: PCA-Gaussian, cVAE and WGAN-GP side by side, with their floors.

X-rays: generators of the zoo against the 516 validation pictures of PneumoniaMNIST, which none of them saw. Fundus,
fitted here in seconds: the fundus in parts on one half of the patients of ODIR-style normals, held against the other
half, and PCA-Gaussian of RFMiD. Nothing of the sets is written but features, into ``given.work``.
"""

from __future__ import annotations

from collections.abc import Iterator

from imaging.suites.generators import few, fundus, xray
from imaging.suites.row import Given, Row


def rows(given: Given) -> Iterator[Row]:
    """Usefulness, privacy, coverage and distance of every generator, with real pictures, copies and noise beside.

    Raises:
        FileNotFoundError: a development set is not in ``given.data``; the message names it.
    """
    yield from xray.rows(given)
    yield from few.rows(given)
    yield from fundus.rows(given)
