"""A fundus in parts: a learnt ground, rim and disc, and a vessel tree that is drawn, so that nobody's tree is shown.

A Gaussian over whole pictures smears what stands elsewhere in every eye. Here the smooth ground, the rim of the field
and what surrounds the optic disc (each eye turned so that the disc is right, and moved so that the discs meet) have
principal components of their own, and vessels are walks from the disc (:mod:`imaging.generate.phantom`), as strong
as in the pictures learnt from. After active appearance models: Cootes TF et al., IEEE PAMI 2001;23:681-685.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.generate.generator import Pictures, Shape, checked, draws, read, way, write
from imaging.generate.phantom import tree

KIND = "anatomy"
DARKEST = 4.0
"""Added to grey levels before the logarithm."""

COARSE, TREE, BATCH = 16, 256, 64
SHARP = 1.5
"""Px at 64: strength is the SD of what a blur by this much takes away."""

FARTHEST = 10
"""Px at 64 by which a disc may stand from the usual place."""

TO_FOVEA = 0.36
Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Anatomy:
    """What all labels share. Components are rows over S x S x 3 values; S is 64."""

    ground_mean: Numbers
    ground: Numbers
    """Kg x (16 * 16 * 3): the picture without detail."""
    rim_mean: Numbers
    rim: Numbers
    eye_mean: Numbers
    eye: Numbers
    """Around a disc at its usual place, in units of the picture's strength."""
    alpha: Numbers
    """S x S: 1 in the field, 0 outside."""
    vessel: Numbers
    """How much a vessel changes each of the three channels, in units of strength."""
    place: Numbers
    """Usual row and column of the disc, and the SD of both."""
    cuts: Numbers
    """C x 3: first row and row after the last of fields cut by the frame, and the share of such pictures."""


@dataclass(frozen=True)
class Latents:
    """One label: a mixture of M normal distributions over ground, rim and strength; normal values around the disc."""

    weights: Numbers
    means: Numbers
    factors: Numbers
    eye_means: Numbers
    eye_deviations: Numbers


@dataclass(frozen=True)
class Draw:
    """The random numbers of some pictures (N rows each), all but the trees' seeds standard normal or uniform."""

    codes: Numbers
    eye: Numbers
    place: Numbers
    chance: Numbers
    """N x 3 uniform: which part of the mixture, which cut, which way round."""


class AnatomyGenerator:
    """Draws fundus pictures of a label; see :mod:`imaging.training.anatomy` for how it is learnt."""

    def __init__(self, shape: Shape, parts: Anatomy, latents: Sequence[Latents]) -> None:
        self._shape, self._parts, self._latents = shape, parts, tuple(latents)

    @property
    def labels(self) -> tuple[str, ...]:
        return self._shape.labels

    @property
    def side(self) -> int:
        return self._shape.side

    def sample(self, n: int, label: str, seed: int) -> Pictures:
        """See :meth:`imaging.generate.generator.Generator.sample`."""
        index = checked(self._shape, n, label)
        drawn = self._draw(n, index, seed)
        discs = self._discs(drawn)
        trees = [self._tree([seed, index, at], disc) for at, disc in enumerate(discs)]
        return np.concatenate([
            self._composed(
                Draw(*(getattr(drawn, one.name)[at : at + BATCH] for one in fields(Draw))),
                discs[at : at + BATCH], np.stack(trees[at : at + BATCH]), index,
            )
            for at in range(0, n, BATCH)
        ])  # fmt: skip

    def between(self, first: int, second: int, steps: int, label: str) -> Pictures:
        """See :meth:`imaging.generate.generator.Latent.between`; one vessel tree fades as the other comes."""
        index = checked(self._shape, steps, label)
        one, two = self._draw(1, index, first), self._draw(1, index, second)
        share = np.linspace(0, 1, steps, dtype=np.float32)
        chance = np.where(share[:, None] < 0.5, one.chance, two.chance)
        chance[:, 2] = one.chance[:, 2]
        if (one.chance[0, 2] < 0.5) != (two.chance[0, 2] < 0.5):
            chance[-1, 2] = two.chance[0, 2]
        codes, eye, place = (
            way(getattr(one, name), getattr(two, name), steps) for name in ("codes", "eye", "place")
        )
        drawn = Draw(codes, eye, place, chance)
        ends = [
            self._tree([seed, index, 0], self._discs(end)[0]) for seed, end in ((first, one), (second, two))
        ]
        faded = share[:, None, None]
        return self._composed(drawn, self._discs(drawn), (1 - faded) * ends[0] + faded * ends[1], index)

    def _draw(self, n: int, index: int, seed: int) -> Draw:
        rng = draws(seed, index)
        latents = self._latents[index]
        sizes = (latents.means.shape[1], len(latents.eye_means), 2)
        codes, eye, place = (rng.standard_normal((n, size), dtype=np.float32) for size in sizes)
        return Draw(codes, eye, place, rng.random((n, 3), dtype=np.float32))

    def _discs(self, drawn: Draw) -> NDArray[np.int64]:
        """How far each disc stands from the usual place, in whole px."""
        off = np.rint(drawn.place * self._parts.place[2:])
        return np.asarray(off.clip(-FARTHEST, FARTHEST), dtype=np.int64)

    def _tree(self, seed: Sequence[int], off: NDArray[np.int64]) -> Numbers:
        """A drawn vessel tree, S x S, of strength 1."""
        from scipy.ndimage import gaussian_filter

        times = TREE // self.side
        disc = (self._parts.place[:2] + off) * times
        rng = np.random.default_rng(list(seed))
        fovea = (disc[0] + 0.03 * TREE * rng.standard_normal(), disc[1] - TO_FOVEA * TREE)
        widths = tree(rng, TREE, (float(disc[0]), float(disc[1])), (float(fovea[0]), float(fovea[1])), 1.0)
        soft = gaussian_filter((widths > 0).astype(np.float32), 0.5)
        small = soft.reshape(self.side, times, self.side, times).mean(axis=(1, 3))
        sharp = small - gaussian_filter(small, SHARP * self.side / 64)
        y, x = np.mgrid[: self.side, : self.side] - (self.side - 1) / 2
        inside = np.hypot(y, x) < 0.44 * self.side
        return np.asarray(small / max(1e-6, float(np.sqrt((sharp[inside] ** 2).mean()))), dtype=np.float32)

    def _composed(self, drawn: Draw, discs: NDArray[np.int64], trees: Numbers, index: int) -> Pictures:
        parts, latents = self._parts, self._latents[index]
        rows = _mixture(latents, drawn)
        first, second = len(parts.ground), len(parts.ground) + len(parts.rim)
        side = self.side
        ground = wide(
            (parts.ground_mean + rows[:, :first] @ parts.ground).reshape(-1, COARSE, COARSE, 3), side
        )
        rim = (parts.rim_mean + rows[:, first:second] @ parts.rim).reshape(-1, side, side, 3)
        codes = latents.eye_means + drawn.eye * latents.eye_deviations
        eye = (parts.eye_mean + codes @ parts.eye).reshape(-1, side, side, 3)
        around = np.stack([moved(one, off) for one, off in zip(np.asarray(eye), discs, strict=True)])
        strength = np.exp(rows[:, second])[:, None, None, None]
        values = ground + rim + strength * (around - trees[..., None] * parts.vessel)
        return self._shown(values, drawn.chance)

    def _shown(self, values: Numbers, chance: Numbers) -> Pictures:
        """Grey levels, the field cut out, every second eye a left one."""
        share = np.cumsum(self._parts.cuts[:, 2])
        chosen = np.searchsorted(share / share[-1], chance[:, 1]).clip(0, len(share) - 1)
        y = np.arange(self.side)[None, :]
        kept = (y >= self._parts.cuts[chosen, 0][:, None]) & (y < self._parts.cuts[chosen, 1][:, None])
        alpha = (self._parts.alpha * kept[:, :, None])[..., None]
        made = np.rint((alpha * levels_of(values)).clip(0, 255)).astype(np.uint8)
        return np.asarray(np.where((chance[:, 2] < 0.5)[:, None, None, None], made[:, :, ::-1], made))

    def save(self, path: Path) -> None:
        """Write the numbers, components in half precision."""
        arrays = {f"parts.{one.name}": getattr(self._parts, one.name) for one in fields(Anatomy)}
        for index, latents in enumerate(self._latents):
            arrays |= {f"{index}.{one.name}": getattr(latents, one.name) for one in fields(Latents)}
        small = {
            name: array.astype(np.float16 if array.size > 4096 else np.float32)
            for name, array in arrays.items()
        }
        write(path, KIND, self._shape, small)

    @classmethod
    def load(cls, path: Path) -> AnatomyGenerator:
        """Read what :meth:`save` wrote.

        Raises:
            ModelMissing: the file is absent or of another kind.
        """
        shape, arrays = read(path, KIND)
        whole = {name: array.astype(np.float32) for name, array in arrays.items()}
        parts = Anatomy(*(whole[f"parts.{one.name}"] for one in fields(Anatomy)))
        latents = [
            Latents(*(whole[f"{index}.{one.name}"] for one in fields(Latents)))
            for index in range(len(shape.labels))
        ]
        return cls(shape, parts, latents)


def _mixture(latents: Latents, drawn: Draw) -> Numbers:
    """Ground, rim and strength of each picture, from the part of the mixture that its chance falls on."""
    share = np.cumsum(latents.weights)
    part = np.searchsorted(share / share[-1], drawn.chance[:, 0]).clip(0, len(share) - 1)
    return np.asarray(latents.means[part] + np.einsum("nij,nj->ni", latents.factors[part], drawn.codes))


def values_of(pictures: Pictures) -> Numbers:
    """Grey levels as logarithms: light then adds, and dark eyes vary as bright ones do."""
    return np.asarray(np.log(pictures.astype(np.float32) + DARKEST), dtype=np.float32)


def levels_of(values: Numbers) -> Numbers:
    """The inverse of :func:`values_of`, not rounded."""
    return np.asarray(np.exp(values.clip(0, 7)) - DARKEST, dtype=np.float32)


def moved(values: Numbers, off: NDArray[np.int64]) -> Numbers:
    """S x S x 3 moved by whole rows and columns; zero comes in."""
    rows, columns = int(off[0]), int(off[1])
    found = np.zeros_like(values)
    high, across = values.shape[0] - abs(rows), values.shape[1] - abs(columns)
    kept = values[max(0, -rows) :][:high, max(0, -columns) :][:, :across]
    found[max(0, rows) :][:high, max(0, columns) :][:, :across] = kept
    return found


def wide(coarse: Numbers, side: int) -> Numbers:
    """N x 16 x 16 x 3 as N x side x side x 3 through cubic splines."""
    from scipy.ndimage import zoom

    times = side / coarse.shape[1]
    return np.stack([zoom(one, (times, times, 1), order=3, grid_mode=True, mode="nearest") for one in coarse])
