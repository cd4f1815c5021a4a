"""How far a picture lies from the pictures of one kind: the score of the gates, by features of the fixed backbone.

It learns from that kind alone, so that what nobody thought of is far away as well; a classifier between known kinds
would call it one of them (a router called 2 of 11 natural pictures a fundus photograph; imaging spec 3.4).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]

AXES = 100
"""Principal axes that are kept."""


class OneClass(NamedTuple):
    """Arrays of a fitted kind: C features, K axes."""

    centre: Rows
    """C: mean of each feature."""
    scale: Rows
    """C: SD of each feature."""
    axes: Rows
    """C x K: principal axes of the standardised features."""
    middle: Rows
    """K: mean along the axes."""
    whitening: Rows
    """K x K: brings the covariance along the axes (Ledoit-Wolf) to one."""

    def distance(self, features: NDArray[np.float32]) -> Rows:
        """N distances of N x C features: mean squared Mahalanobis distance along the axes plus mean squared rest."""
        rows = (features.astype(np.float64) - self.centre) / self.scale
        along = rows @ self.axes
        rest = ((rows - along @ self.axes.T) ** 2).mean(axis=1)
        return np.asarray((((along - self.middle) @ self.whitening) ** 2).mean(axis=1) + rest)

    def save(self, path: Path) -> None:
        """Write the arrays as float32 in a compressed npz."""
        arrays = {name: values.astype(np.float32) for name, values in self._asdict().items()}
        np.savez_compressed(path, allow_pickle=False, **arrays)


def fit(features: NDArray[np.float32], axes: int = AXES) -> OneClass:
    """Fit to N x C features of one kind.

    Raises:
        ValueError: fewer pictures than axes.
    """
    rows = features.astype(np.float64)
    if len(rows) < axes:
        raise ValueError(f"{len(rows)} pictures are too few for {axes} axes")
    centre, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    rows = (rows - centre) / scale
    main = np.linalg.svd(rows, full_matrices=False)[2][:axes].T
    along = rows @ main
    whitening = np.linalg.cholesky(np.linalg.inv(shrunk_covariance(along)))
    return OneClass(centre, scale, main, along.mean(axis=0), whitening)


def shrunk_covariance(rows: Rows) -> Rows:
    """K x K covariance of N x K rows, drawn towards a multiple of the identity.

    O. Ledoit, M. Wolf, J Multivar Anal 2004;88:365-411: the pull that loses least on average.
    """
    count, width = rows.shape
    rows = rows - rows.mean(axis=0)
    plain = rows.T @ rows / count
    target = np.trace(plain) / width * np.eye(width)
    apart = ((plain - target) ** 2).sum()
    noise = ((rows**2).T @ (rows**2) / count - plain**2).sum() / count
    pull = min(noise, apart) / apart if apart > 0 else 1.0
    return np.asarray((1 - pull) * plain + pull * target)


def load(path: Path) -> OneClass:
    """The arrays of :meth:`OneClass.save`."""
    with np.load(path, allow_pickle=False) as arrays:
        return OneClass(*(arrays[name].astype(np.float64) for name in OneClass._fields))
