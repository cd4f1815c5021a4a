"""Conditional VAE as a generator: latent values drawn by label, decoded, and given back what the decoder smooths away.

After training, a Gaussian by label is fitted to the latent values of the training pictures (Ghosh P et al., "From
variational to deterministic autoencoders", ICLR 2020, arXiv 1903.12436), and the decoder's likelihood gets a low-rank
covariance from its own residuals (after Dorta G et al., "Structured uncertainty prediction networks", CVPR 2018,
arXiv 1802.07079): without it a VAE draws means, which are blurred. Reference of the VAE: Kingma DP, Welling M, ICLR
2014 (arXiv 1312.6114).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from imaging.generate.generator import (
    Conditions,
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
from imaging.generate.pca import Basis, basis

if TYPE_CHECKING:
    from imaging.generate.nets import Autoencoder

KIND = "cvae"
BATCH = 64
SHRINKAGE = 0.02
"""Share of the mean variance that is mixed into each latent covariance."""


@dataclass(frozen=True)
class Prior:
    """Latent mean (labels x L) and Cholesky factor (labels x L x L) of each label."""

    means: NDArray[np.float32]
    factors: NDArray[np.float32]


@dataclass(frozen=True)
class Residual:
    """What the decoder leaves out: components (K x P') and their SD by label (labels x K), at ``side`` px."""

    components: NDArray[np.float32]
    deviations: NDArray[np.float32]
    side: int


def prior(latents: NDArray[np.float32], conditions: Conditions) -> Prior:
    """A Gaussian over the latent values (N x L) of each label's pictures, slightly shrunk to a round one."""
    width = latents.shape[1]
    means, factors = [], []
    for label in range(conditions.shape[1]):
        rows = latents[conditions[:, label] > 0].astype(np.float64)
        around = np.cov(rows, rowvar=False)
        around = (1 - SHRINKAGE) * around + SHRINKAGE * np.trace(around) / width * np.eye(width)
        means.append(rows.mean(axis=0))
        factors.append(np.linalg.cholesky(around))
    return Prior(np.array(means, dtype=np.float32), np.array(factors, dtype=np.float32))


def residual(left: Values, conditions: Conditions, components: int, side: int) -> Residual:
    """The covariance of residuals (N x C x S x S, already at ``side`` px) as principal components."""
    rows = left.reshape(len(left), -1)
    found: Basis = basis(rows, np.zeros((len(rows), 0), dtype=np.float32), components)
    codes = rows @ found.components.T
    spread = [codes[conditions[:, label] > 0].std(axis=0) for label in range(conditions.shape[1])]
    return Residual(found.components, np.array(spread, dtype=np.float32), side)


class CvaeGenerator:
    """A trained autoencoder with its prior and residual; see :mod:`imaging.training.cvae`."""

    def __init__(self, shape: Shape, net: Autoencoder, before: Prior, rest: Residual) -> None:
        self._shape, self._net, self._prior, self._rest = shape, net.eval(), before, rest

    @property
    def labels(self) -> tuple[str, ...]:
        return self._shape.labels

    @property
    def side(self) -> int:
        return self._shape.side

    def sample(self, n: int, label: str, seed: int) -> Pictures:
        """See :meth:`imaging.generate.generator.Generator.sample`."""
        index = checked(self._shape, n, label)
        return self._drawn(*self._normals(n, index, seed), index)

    def between(self, first: int, second: int, steps: int, label: str) -> Pictures:
        """See :meth:`imaging.generate.generator.Latent.between`."""
        index = checked(self._shape, steps, label)
        one, two = (self._normals(1, index, seed) for seed in (first, second))
        return self._drawn(way(one[0], two[0], steps), way(one[1], two[1], steps), index)

    def _normals(self, n: int, index: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Standard normal values of one request: n x L for the latent values, n x K for the residual."""
        rng = draws(seed, index)
        latents = rng.standard_normal((n, self._net.latent), dtype=np.float32)
        return latents, rng.standard_normal((n, self._rest.deviations.shape[1]), dtype=np.float32)

    def _drawn(self, latents: NDArray[np.float32], codes: NDArray[np.float32], index: int) -> Pictures:
        placed = self._prior.means[index] + latents @ self._prior.factors[index].T
        return as_pictures(self._decoded(placed, index) + self._left(codes * self._rest.deviations[index]))

    def _decoded(self, latents: NDArray[np.float32], label: int) -> Values:
        import torch

        parts = []
        with torch.inference_mode():
            for start in range(0, len(latents), BATCH):
                some = torch.from_numpy(
                    np.ascontiguousarray(latents[start : start + BATCH], dtype=np.float32)
                )
                asked = torch.from_numpy(condition(self._shape, label, len(some)))
                parts.append(self._net.decode(some, asked).numpy())
        return np.concatenate(parts)

    def _left(self, codes: NDArray[np.float32]) -> Values:
        """Residuals drawn from their covariance, at the picture's size."""
        side, channels = self._rest.side, self._shape.channels
        rows = (codes @ self._rest.components).reshape(len(codes), channels, side, side)
        if side == self._shape.side:
            return rows
        import torch
        from torch.nn import functional as F

        wide = (self._shape.side, self._shape.side)
        return F.interpolate(torch.from_numpy(rows), size=wide, mode="bilinear", align_corners=False).numpy()

    def save(self, path: Path) -> None:
        """Write decoder, prior and residual in half precision; the encoder, which has seen patients, stays behind."""
        from imaging.generate.packing import packed

        net = self._net
        sizes = [net.latent, net.linear.get_buffer("components").shape[0], net.linear_side,
                 net.retoucher.join.out_channels, self._rest.side]  # fmt: skip
        arrays = {name: value for name, value in packed(net).items() if not name.startswith("towards.")}
        arrays |= {
            "prior.means": self._prior.means.astype(np.float16),
            "prior.factors": self._prior.factors.astype(np.float16),
        }
        arrays |= {"rest.components": self._rest.components.astype(np.float16),
                   "rest.deviations": self._rest.deviations.astype(np.float16)}  # fmt: skip
        write(path, KIND, self._shape, {"sizes": np.array(sizes, dtype=np.int32), **arrays})

    @classmethod
    def load(cls, path: Path) -> CvaeGenerator:
        """Read what :meth:`save` wrote.

        Raises:
            ModelMissing: the file is absent or of another kind.
        """
        from imaging.generate.nets import Autoencoder
        from imaging.generate.packing import packed, unpack

        shape, arrays = read(path, KIND)
        latent, components, linear_side, width, rest_side = (int(size) for size in arrays.pop("sizes"))
        before = Prior(*(arrays.pop(f"prior.{name}").astype(np.float32) for name in ("means", "factors")))
        directions, spread = (
            arrays.pop(f"rest.{name}").astype(np.float32) for name in ("components", "deviations")
        )
        rest = Residual(directions, spread, rest_side)
        net = Autoencoder(
            len(shape.labels), latent, components, shape.channels, shape.side, linear_side, width
        )
        unused = {name: value for name, value in packed(net).items() if name.startswith("towards.")}
        unpack(net, {**unused, **arrays})
        return cls(shape, net, before, rest)
