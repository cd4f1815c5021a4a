"""Conditional WGAN-GP as a generator: PCA-Gaussian draws, corrected by a network that a critic has taught.

Reference: Gulrajani I et al., "Improved training of Wasserstein GANs", NeurIPS 2017 (arXiv 1704.00028).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from imaging.generate.generator import (
    Pictures,
    Shape,
    Values,
    as_pictures,
    checked,
    condition,
    draws,
    read,
    way,
    write,
)

if TYPE_CHECKING:
    from torch import Tensor

    from imaging.generate.nets import Painter

KIND = "wgan"
BATCH = 64


class WganGenerator:
    """A trained painter; see :mod:`imaging.training.wgan` for how it is made."""

    def __init__(self, shape: Shape, painter: Painter) -> None:
        self._shape, self._painter = shape, painter.eval()

    @property
    def labels(self) -> tuple[str, ...]:
        return self._shape.labels

    @property
    def side(self) -> int:
        return self._shape.side

    def sample(self, n: int, label: str, seed: int) -> Pictures:
        """See :meth:`imaging.generate.generator.Generator.sample`."""
        index = checked(self._shape, n, label)
        rng = draws(seed, index)
        counts = (min(BATCH, n - start) for start in range(0, n, BATCH))
        return np.concatenate([
            self._painted(*normals(rng, self._painter, count), index) for count in counts
        ])  # fmt: skip

    def between(self, first: int, second: int, steps: int, label: str) -> Pictures:
        """See :meth:`imaging.generate.generator.Latent.between`."""
        index = checked(self._shape, steps, label)
        one, two = (normals(draws(seed, index), self._painter, 1) for seed in (first, second))
        codes, grain = (way(*ends, steps) for ends in zip(one, two, strict=True))
        return np.concatenate([
            self._painted(codes[start : start + BATCH], grain[start : start + BATCH], index)
            for start in range(0, steps, BATCH)
        ])  # fmt: skip

    def _painted(self, codes: Values, grain: Values, index: int) -> Pictures:
        import torch

        asked = torch.from_numpy(condition(self._shape, index, len(codes)))
        with torch.inference_mode():
            made = self._painter(torch.from_numpy(codes), asked, torch.from_numpy(grain))
        return as_pictures(made.numpy())

    def save(self, path: Path) -> None:
        """Write the painter's numbers in half precision."""
        from imaging.generate.packing import packed

        painter = self._painter
        sizes = [
            painter.linear.get_buffer("components").shape[0],
            painter.linear_side,
            painter.retoucher.join.out_channels,
        ]
        write(path, KIND, self._shape, {"sizes": np.array(sizes, dtype=np.int32), **packed(painter)})

    @classmethod
    def load(cls, path: Path) -> WganGenerator:
        """Read what :meth:`save` wrote.

        Raises:
            ModelMissing: the file is absent or of another kind.
        """
        from imaging.generate.nets import Painter
        from imaging.generate.packing import unpack

        shape, arrays = read(path, KIND)
        components, linear_side, width = (int(size) for size in arrays.pop("sizes"))
        painter = Painter(len(shape.labels), components, shape.channels, shape.side, linear_side, width)
        unpack(painter, arrays)
        return cls(shape, painter)


def noise(rng: np.random.Generator, painter: Painter, conditions: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What a painter is called with: standard normal codes, the conditions, standard normal grain."""
    import torch

    codes, grain = normals(rng, painter, len(conditions))
    return torch.from_numpy(codes), conditions, torch.from_numpy(grain)


def normals(rng: np.random.Generator, painter: Painter, count: int) -> tuple[Values, Values]:
    """Standard normal codes (count x K) and grain (count x 4 x S/2 x S/2)."""
    from imaging.generate.nets import GRAIN

    half = painter.side // 2
    codes = rng.standard_normal((count, painter.linear.get_buffer("deviations").shape[0]), dtype=np.float32)
    return codes, rng.standard_normal((count, GRAIN, half, half), dtype=np.float32)
