"""What an eye or a chest is expected to look like behind a hidden place, from many healthy ones: masked PCA.

The coordinates along the principal axes are solved on the visible pixels alone, so that a lesion cannot pull its own
reconstruction towards itself, as it does in an autoencoder or a plain projection (imaging spec 3.7).
"""

from __future__ import annotations

import io
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from imaging.image import ModelMissing

Numbers = NDArray[np.float32]
Mask = NDArray[np.bool_]

SIDE = 128
AXES = 20
"""More axes follow fine detail of the training eyes and were worse on held-out ones (100 tried, and 5 to 50)."""

STIFF = 20.0
"""How much more than by their own variance the coordinates are held near zero: neighbouring pixels err together."""

UNREADABLE = "the local healthy set cannot be read: train it again"


class HealthySet(NamedTuple):
    """Mean and K principal axes of healthy pictures of :data:`SIDE` px."""

    mean: Numbers
    """SIDE * SIDE * 3."""
    axes: Numbers
    """K x (SIDE * SIDE * 3)."""
    variances: Numbers
    """K: along the axes."""
    noise: float
    """Variance of what the axes leave, a pixel."""
    made_of: int
    """Healthy pictures that it was made from."""
    errors: tuple[float, float]
    """Mean absolute error behind discs hidden in held-out healthy pictures: filled in, and with this set."""

    @property
    def better(self) -> bool:
        """Whether it came nearer to the truth than filling in from the surroundings, on held-out healthy pictures."""
        return self.errors[1] < self.errors[0]

    def expected(self, picture: Numbers, known: Mask) -> Numbers:
        """SIDE x SIDE x 3: the healthy picture that agrees best with the known pixels."""
        seen = np.repeat(known.ravel(), 3)
        axes, apart = self.axes[:, seen], (picture.reshape(-1) - self.mean)[seen]
        held = axes @ axes.T + np.diag(STIFF * self.noise / self.variances)
        where = np.linalg.solve(held.astype(np.float64), (axes @ apart).astype(np.float64))
        return np.asarray(self.mean + where.astype(np.float32) @ self.axes).reshape(SIDE, SIDE, 3)

    def packed(self) -> bytes:
        """As a compressed npz, mean and axes in half precision."""
        out = io.BytesIO()
        small = {"variances": self.variances, "facts": np.array([self.noise, self.made_of, *self.errors])}
        halves = {"mean": self.mean.astype(np.float16), "axes": self.axes.astype(np.float16)}
        np.savez_compressed(out, allow_pickle=False, **small, **halves)
        return out.getvalue()


def unpacked(packed: bytes) -> HealthySet:
    """The set of :meth:`HealthySet.packed`.

    Raises:
        ModelMissing: the bytes are no such set.
    """
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as held:
            noise, count, filled, expected = (float(one) for one in held["facts"])
            mean, axes, variances = (held[name].astype(np.float32) for name in ("mean", "axes", "variances"))
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise ModelMissing(UNREADABLE) from error
    if mean.shape != (SIDE * SIDE * 3,) or axes.shape != (*variances.shape, mean.size):
        raise ModelMissing(UNREADABLE)
    return HealthySet(mean, axes, variances, noise, int(count), (filled, expected))


def fit(pictures: NDArray[np.uint8], axes: int = AXES) -> HealthySet:
    """From N x SIDE x SIDE x 3 healthy pictures; its errors are not known yet (both 0).

    Raises:
        ValueError: fewer pictures than twice the axes.
    """
    if len(pictures) < 2 * axes:
        raise ValueError(f"{len(pictures)} pictures are too few for {axes} axes")
    rows = pictures.reshape(len(pictures), -1).astype(np.float32)
    mean = rows.mean(axis=0)
    rows -= mean
    values, vectors = np.linalg.eigh((rows @ rows.T).astype(np.float64))
    values, vectors = values[::-1].clip(0), vectors[:, ::-1]
    main = (rows.T @ vectors[:, :axes].astype(np.float32)).T / np.sqrt(values[:axes, None] + 1e-6)
    noise = float(values[axes:].sum() / len(rows) / rows.shape[1])
    return HealthySet(
        mean,
        main.astype(np.float32),
        (values[:axes] / len(rows)).astype(np.float32),
        noise,
        len(rows),
        (0.0, 0.0),
    )
