"""Detectors that learn from healthy pictures alone; names and interface (fit, score, map) as in anomalib.

``Knn`` and ``Mahalanobis`` judge one row of features for each picture; ``Padim`` and ``PatchCore`` judge every place of
a grid of features and the picture by its most unlike places. None knows a disease, and no distance is a probability.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.one_class import shrunk_covariance

Numbers = NDArray[np.float32]
Wide = NDArray[np.float64]

NEIGHBOURS = 5
AT_ONCE = 4096
TOP = 12
"""Places of a grid whose mean distance stands for the picture: 200 px at 256 px, on a grid of 64."""


class Space(NamedTuple):
    """Where distances are measured: features standardised on healthy pictures, then brought to K axes."""

    centre: Numbers
    """C: mean of each feature."""
    scale: Numbers
    """C: SD of each feature."""
    axes: Numbers
    """C x K: principal axes, or whitened ones."""

    def rows(self, features: Numbers) -> Numbers:
        """N x C features as N x K coordinates."""
        return np.asarray(((features - self.centre) / self.scale) @ self.axes, dtype=np.float32)


def space(features: Numbers, axes: int, whiten: bool = False) -> Space:
    """The space of N x C features of healthy pictures; whitened by a shrunk covariance (Ledoit-Wolf) if asked."""
    rows = features.astype(np.float64)
    centre, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    rows = (rows - centre) / scale
    main = np.linalg.svd(rows, full_matrices=False)[2][: min(axes, len(rows) - 1)].T
    if whiten:
        main = main @ np.linalg.cholesky(np.linalg.inv(shrunk_covariance(rows @ main)))
    return Space(*(one.astype(np.float32) for one in (centre, scale, main)))


class Knn(NamedTuple):
    """Mean squared distance to the five nearest healthy pictures (Bergman et al. 2020, arXiv 2002.10445)."""

    space: Space
    healthy: Numbers
    """N x K: the pictures themselves."""

    @classmethod
    def fit(cls, features: Numbers, axes: int = 100, whiten: bool = False) -> Knn:
        """Keep the rows of N x C features; refuses fewer than twice the neighbours."""
        if len(features) < 2 * NEIGHBOURS:
            raise ValueError(f"{len(features)} pictures are too few for {NEIGHBOURS} neighbours")
        where = space(features, axes, whiten)
        return cls(where, where.rows(features))

    def score(self, features: Numbers) -> Wide:
        """N distances of N x C features: the mean of the five smallest squared distances, by the number of axes."""
        apart = squared(self.space.rows(features), self.healthy)
        nearest = np.partition(apart, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
        return np.asarray(nearest.mean(axis=1) / self.healthy.shape[1], dtype=np.float64)


class Mahalanobis(NamedTuple):
    """Distance from the middle of healthy pictures, in SD along each axis (Rippel et al. 2021, arXiv 2005.14140)."""

    space: Space
    healthy: Numbers
    """K: the middle of the pictures."""

    @classmethod
    def fit(cls, features: Numbers, axes: int = 100) -> Mahalanobis:
        where = space(features, axes, whiten=True)
        return cls(where, where.rows(features).mean(axis=0))

    def score(self, features: Numbers) -> Wide:
        """N mean squared distances of N x C features."""
        return np.asarray(((self.space.rows(features) - self.healthy) ** 2).mean(axis=1), dtype=np.float64)


class Padim(NamedTuple):
    """One Gaussian for each place of the grid (Defard et al. 2021, arXiv 2011.08785)."""

    mean: Numbers
    """h x w x C."""
    whitening: Numbers
    """h x w x C x C."""

    @classmethod
    def fit(cls, grids: Numbers) -> Padim:
        """From N x h x w x C grids of healthy pictures that lie alike."""
        count, height, width, channels = grids.shape
        places = grids.reshape(count, height * width, channels).transpose(1, 0, 2).astype(np.float64)
        covered = (shrunk_covariance(one) + 1e-4 * np.eye(channels) for one in places)
        whitening = np.stack([np.linalg.cholesky(np.linalg.inv(one)) for one in covered])
        shape = (height, width, channels)
        return cls(
            places.mean(axis=1).reshape(shape).astype(np.float32),
            whitening.reshape(*shape, channels).astype(np.float32),
        )

    def map(self, grids: Numbers) -> Numbers:
        """N x h x w distances of N x h x w x C grids."""
        along = np.einsum("nhwc,hwck->nhwk", grids - self.mean, self.whitening, optimize=True)
        return np.asarray(np.sqrt((along**2).mean(axis=3)), dtype=np.float32)

    def score(self, grids: Numbers) -> Wide:
        return highest(self.map(grids))


class PatchCore(NamedTuple):
    """Distance of each place to the nearest of a few thousand healthy patches (Roth et al. 2022, arXiv 2106.08265).

    The patches are drawn at random: at this size the greedy choice of the paper costs minutes and changed nothing.
    """

    centre: Numbers
    scale: Numbers
    bank: Numbers
    """P x C standardised patches."""

    @classmethod
    def fit(cls, patches: Numbers, keep: int = 4000, seed: int = 0) -> PatchCore:
        """From N x C patches of healthy pictures."""
        centre = patches.mean(axis=0, dtype=np.float64).astype(np.float32)
        scale = (patches.std(axis=0, dtype=np.float64) + 1e-6).astype(np.float32)
        kept = np.random.default_rng(seed).permutation(len(patches))[:keep]
        return cls(centre, scale, ((patches[kept] - centre) / scale).astype(np.float32))

    def map(self, grids: Numbers) -> Numbers:
        """N x h x w distances of N x h x w x C grids."""
        rows = ((grids - self.centre) / self.scale).reshape(-1, grids.shape[-1]).astype(np.float32)
        parts = [
            squared(rows[at : at + AT_ONCE], self.bank).min(axis=1) for at in range(0, len(rows), AT_ONCE)
        ]
        return np.asarray(np.sqrt(np.concatenate(parts) / grids.shape[-1]).reshape(grids.shape[:-1]))

    def score(self, grids: Numbers) -> Wide:
        return highest(self.map(grids))


DETECTORS = {"knn": Knn, "mahalanobis": Mahalanobis, "padim": Padim, "patchcore": PatchCore}
"""By the names of anomalib."""


def squared(one: Numbers, two: Numbers) -> Numbers:
    """All squared Euclidean distances, len(one) x len(two)."""
    found = one @ two.T
    found *= -2.0
    found += (one**2).sum(axis=1)[:, None]
    found += (two**2).sum(axis=1)[None]
    return np.asarray(np.maximum(found, 0, out=found))


def highest(maps: Numbers, count: int = TOP) -> Wide:
    """For each of N maps the mean of its highest places."""
    flat = maps.reshape(len(maps), -1)
    top = np.partition(flat, -min(count, flat.shape[1]), axis=1)[:, -count:]
    return np.asarray(top.mean(axis=1), dtype=np.float64)
