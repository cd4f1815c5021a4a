"""PCA-Gaussian: a normal distribution over principal components for each label. Linear, quick, and the one to beat.

Reference: Tipping ME, Bishop CM, "Probabilistic principal component analysis", J R Stat Soc B 1999;61:611-622.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.generate.generator import (
    Conditions,
    Pictures,
    Shape,
    Values,
    as_pictures,
    as_values,
    checked,
    draws,
    read,
    way,
    write,
)

KIND = "pca"
COMPONENTS = 100
FEWEST = 3
LARGE = 4096
"""Values of a picture above which a component is kept in bytes: a 255th of its largest value."""


@dataclass(frozen=True)
class Basis:
    """Means by label (bias first), components and their standard deviations: ``x = mean + (code * sd) @ components``.

    Arrays are (1 + labels) x P, K x P and K, for P values a picture.
    """

    means: NDArray[np.float32]
    components: NDArray[np.float32]
    deviations: NDArray[np.float32]

    def centre(self, conditions: Conditions) -> NDArray[np.float32]:
        """The mean picture of each row of conditions, N x P."""
        return np.asarray(_with_bias(conditions) @ self.means, dtype=np.float32)

    def codes(self, rows: NDArray[np.float32], conditions: Conditions) -> NDArray[np.float32]:
        """Standardised coordinates of pictures (N x P), N x K."""
        return np.asarray(
            (rows - self.centre(conditions)) @ self.components.T / self.deviations, dtype=np.float32
        )


def basis(rows: NDArray[np.float32], conditions: Conditions, components: int) -> Basis:
    """Principal components of pictures (N x P) around the mean of their labels.

    Labels shift the mean additively (least squares), so that pictures with several labels are served too.

    Raises:
        ValueError: fewer than three pictures.
    """
    if len(rows) < FEWEST:
        raise ValueError(f"at least {FEWEST} pictures are needed")
    design = _with_bias(conditions)
    means = np.linalg.lstsq(design, rows, rcond=None)[0]
    left = rows - design @ means
    spread, directions = _principal(left)
    keep = min(components, int((spread > 1e-4 * spread[0]).sum()))
    return Basis(
        means.astype(np.float32), directions[:keep].astype(np.float32), spread[:keep].astype(np.float32)
    )


def _with_bias(conditions: Conditions) -> NDArray[np.float32]:
    return np.concatenate([np.ones((len(conditions), 1), dtype=np.float32), conditions], axis=1)


def _principal(left: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Standard deviations and directions, largest first, through the smaller of the two Gram matrices."""
    left = left.astype(np.float64)
    count, width = left.shape
    if count < width:
        values, vectors = np.linalg.eigh(left @ left.T)
        values, vectors = values[::-1], vectors[:, ::-1]
        directions = (vectors / np.sqrt(values.clip(1e-12))).T @ left
    else:
        values, vectors = np.linalg.eigh(left.T @ left)
        values, directions = values[::-1], vectors[:, ::-1].T
    return np.sqrt(values.clip(0) / max(1, count - 1)), directions


class PcaGaussian:
    """The generator of spec 3.10: for each label a Gaussian over its own principal components."""

    def __init__(self, shape: Shape, parts: Sequence[Basis]) -> None:
        self._shape, self._parts = shape, tuple(parts)

    @property
    def labels(self) -> tuple[str, ...]:
        return self._shape.labels

    @property
    def side(self) -> int:
        return self._shape.side

    @classmethod
    def fit(
        cls, pictures: Pictures, conditions: Conditions, labels: Sequence[str], components: int = COMPONENTS
    ) -> PcaGaussian:
        """Fit one Gaussian to the pictures of each label; a picture with two labels serves both.

        Raises:
            ValueError: a label has fewer than three pictures.
        """
        values = as_values(pictures)
        rows = values.reshape(len(values), -1)
        none = np.zeros((len(rows), 0), dtype=np.float32)
        parts = [
            basis(rows[conditions[:, index] > 0], none[conditions[:, index] > 0], components)
            for index in range(len(labels))
        ]
        return cls(Shape(labels=tuple(labels), side=values.shape[2], channels=values.shape[1]), parts)

    def sample(self, n: int, label: str, seed: int) -> Pictures:
        """See :meth:`imaging.generate.generator.Generator.sample`."""
        index = checked(self._shape, n, label)
        return self._drawn(self._codes(n, index, seed), index)

    def between(self, first: int, second: int, steps: int, label: str) -> Pictures:
        """See :meth:`imaging.generate.generator.Latent.between`."""
        index = checked(self._shape, steps, label)
        one, two = (self._codes(1, index, seed) for seed in (first, second))
        return self._drawn(way(one, two, steps), index)

    def _codes(self, n: int, index: int, seed: int) -> NDArray[np.float32]:
        return draws(seed, index).standard_normal((n, len(self._parts[index].deviations)), dtype=np.float32)

    def _drawn(self, codes: NDArray[np.float32], index: int) -> Pictures:
        part = self._parts[index]
        return as_pictures(self._upright(part.means[0] + (codes * part.deviations) @ part.components))

    def _upright(self, rows: NDArray[np.float32]) -> Values:
        return rows.reshape(len(rows), self._shape.channels, self._shape.side, self._shape.side)

    def save(self, path: Path) -> None:
        """Write the numbers, components in half precision, of large pictures in bytes."""
        arrays: dict[str, NDArray[Any]] = {}
        for index, part in enumerate(self._parts):
            arrays[f"{index}.means"] = part.means
            if self._shape.pixels > LARGE:
                steps = np.abs(part.components).max(axis=1, keepdims=True) / 127
                arrays[f"{index}.steps"] = steps.astype(np.float32)
                arrays[f"{index}.components"] = np.rint(part.components / steps).astype(np.int8)
            else:
                arrays[f"{index}.components"] = part.components.astype(np.float16)
            arrays[f"{index}.deviations"] = part.deviations
        write(path, KIND, self._shape, arrays)

    @classmethod
    def load(cls, path: Path) -> PcaGaussian:
        """Read what :meth:`save` wrote.

        Raises:
            ModelMissing: the file is absent or of another kind.
        """
        shape, arrays = read(path, KIND)
        for index in range(len(shape.labels)):
            steps = arrays.pop(f"{index}.steps", np.ones((1, 1), dtype=np.float32))
            arrays[f"{index}.components"] = arrays[f"{index}.components"].astype(np.float32) * steps
        parts = [
            Basis(
                *(
                    arrays[f"{index}.{name}"].astype(np.float32)
                    for name in ("means", "components", "deviations")
                )
            )
            for index in range(len(shape.labels))
        ]
        return cls(shape, parts)
