"""Density and coverage: do made pictures lie where real ones are, and do they reach all of them.

Reference: Naeem MF et al., "Reliable fidelity and diversity metrics for generative models", ICML 2020 (arXiv
2002.09797). Precision and recall (Kynkäänniemi 2019) stand beside; recall reads near 1 for a broken generator too.
"""

from __future__ import annotations

import numpy as np

from imaging.realism.figure import Figure, Numbers, Rows, bootstrap, distances
from retrieval.evidence import Word

NEIGHBOURS = 5


class Coverage(Word):
    """Density (real pictures give about 1, more is possible), coverage, precision and recall (0 to 1)."""

    density: Figure
    coverage: Figure
    precision: Figure
    recall: Figure


def coverage(real: Rows, made: Rows, neighbours: int = NEIGHBOURS) -> Coverage:
    """The four figures of made rows against real rows in a standardised space.

    Coverage grows with the number of made rows: compare only at equal numbers.

    Raises:
        ValueError: a side has no more rows than neighbours.
    """
    if min(len(real), len(made)) <= neighbours:
        raise ValueError(f"more than {neighbours} pictures on each side are needed")
    across = distances(real, made)
    inside = np.less_equal(across, _radius(real, neighbours)[:, None])
    reached = np.less_equal(across, _radius(made, neighbours)[None, :])
    return Coverage(
        density=bootstrap([inside.sum(axis=0) / neighbours], _mean),
        coverage=bootstrap([np.asarray(inside.any(axis=1))], _mean),
        precision=bootstrap([np.asarray(inside.any(axis=0))], _mean),
        recall=bootstrap([np.asarray(reached.any(axis=1))], _mean),
    )


def _mean(values: Numbers) -> float:
    return float(values.mean())


def _radius(rows: Rows, neighbours: int) -> Numbers:
    """Distance of each row to its k-th neighbour (itself not counted)."""
    apart = distances(rows, rows)
    np.fill_diagonal(apart, np.inf)
    return np.asarray(np.partition(apart, neighbours - 1, axis=1)[:, neighbours - 1])
