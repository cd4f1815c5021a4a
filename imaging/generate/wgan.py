"""Conditional WGAN-GP as a generator: PCA-Gaussian draws, corrected by a network that a critic has taught.

Reference: Gulrajani I et al., "Improved training of Wasserstein GANs", NeurIPS 2017 (arXiv 1704.00028).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from imaging.generate.generator import Pictures, Shape, as_pictures, checked, condition, draws, read, write

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
        import torch

        index = checked(self._shape, n, label)
        rng = draws(seed, index)
        parts = []
        with torch.inference_mode():
            for start in range(0, n, BATCH):
                count = min(BATCH, n - start)
                asked = torch.from_numpy(condition(self._shape, index, count))
                parts.append(self._painter(*noise(rng, self._painter, asked)).numpy())
        return as_pictures(np.concatenate(parts))

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

    from imaging.generate.nets import GRAIN

    count, half = len(conditions), painter.side // 2
    codes = rng.standard_normal((count, painter.linear.get_buffer("deviations").shape[0]), dtype=np.float32)
    grain = rng.standard_normal((count, GRAIN, half, half), dtype=np.float32)
    return torch.from_numpy(codes), conditions, torch.from_numpy(grain)
