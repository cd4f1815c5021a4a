"""What every generator offers: ``sample(n, label, seed)``, the same bytes for a seed, and a file without code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, field_validator

from imaging.image import ModelMissing
from retrieval.evidence import Text, Word

Pictures = NDArray[np.uint8]
"""N x S x S (grey) or N x S x S x 3 (RGB) bytes."""

Values = NDArray[np.float32]
"""Pictures as N x C x S x S in -1 to 1, the form that generators are fitted on."""

Conditions = NDArray[np.float32]
"""N x labels, 1 where a picture carries the label; a picture may carry several."""

Arrays = Mapping[str, NDArray[Any]]
LARGEST_REQUEST = 10_000


class Generator(Protocol):
    """Anything that draws new pictures of a named kind."""

    @property
    def labels(self) -> tuple[str, ...]: ...

    @property
    def side(self) -> int: ...

    def sample(self, n: int, label: str, seed: int) -> Pictures:
        """``n`` pictures of one label, S x S px; the same bytes for the same n, label and seed on one machine.

        Raises:
            ValueError: the label is unknown, or n is not 1 to 10,000.
        """


class Shape(Word):
    """What a generator makes: the labels that it knows, its side in px, 1 (grey) or 3 (RGB) channels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[Text, ...]
    side: int
    channels: int

    @field_validator("channels")
    @classmethod
    def _grey_or_rgb(cls, value: int) -> int:
        if value not in (1, 3):
            raise ValueError("channels are 1 (grey) or 3 (RGB)")
        return value

    @property
    def pixels(self) -> int:
        return self.channels * self.side * self.side


class Latent(Generator, Protocol):
    """A generator with a space between its pictures."""

    def between(self, first: int, second: int, steps: int, label: str) -> Pictures:
        """``steps`` pictures on the way from the picture of one seed to that of another, both ends included.

        The ends are ``sample(1, label, seed)`` of the two seeds. The way keeps the spread of the latent values
        (:func:`way`), so that the middle is no mean picture.

        Raises:
            ValueError: the label is unknown, or steps is not 2 to 10,000.
        """


def checked(shape: Shape, n: int, label: str) -> int:
    """The index of the label.

    Raises:
        ValueError: the label is unknown, or n is not 1 to 10,000.
    """
    if not 1 <= n <= LARGEST_REQUEST:
        raise ValueError(f"n is 1 to {LARGEST_REQUEST}")
    if label not in shape.labels:
        raise ValueError(f"label is one of {', '.join(shape.labels)}")
    return shape.labels.index(label)


def draws(seed: int, label: int) -> np.random.Generator:
    """The random numbers of one request; labels do not share them."""
    return np.random.default_rng([seed, label])


def way(first: NDArray[np.float32], second: NDArray[np.float32], steps: int) -> NDArray[np.float32]:
    """From one standard normal array (1 x ...) to another along a quarter turn: steps x ...

    Each point of the way is standard normal again, which a straight line's middle is not (White T, "Sampling
    generative networks", arXiv 1609.04468). The ends are the arrays themselves.

    Raises:
        ValueError: steps is below 2.
    """
    if steps < 2:
        raise ValueError("steps is at least 2")
    turn = np.linspace(0, np.pi / 2, steps, dtype=np.float64).reshape(-1, *(1,) * (first.ndim - 1))
    found = (np.cos(turn) * first + np.sin(turn) * second).astype(np.float32)
    found[0], found[-1] = first[0], second[0]
    return np.asarray(found)


def condition(shape: Shape, label: int, n: int) -> Conditions:
    """Rows that ask for one label alone."""
    rows = np.zeros((n, len(shape.labels)), dtype=np.float32)
    rows[:, label] = 1.0
    return rows


def as_values(pictures: Pictures) -> Values:
    """Bytes as N x C x S x S in -1 to 1."""
    spread = pictures[..., None] if pictures.ndim == 3 else pictures
    return np.ascontiguousarray(spread.transpose(0, 3, 1, 2), dtype=np.float32) / np.float32(
        127.5
    ) - np.float32(1)


def as_pictures(values: Values) -> Pictures:
    """Values in -1 to 1 as bytes; what lies outside is clipped."""
    levels = np.rint((values.clip(-1, 1) + 1) * 127.5).astype(np.uint8).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(levels[..., 0] if levels.shape[3] == 1 else levels)


def write(path: Path, kind: str, shape: Shape, arrays: Arrays) -> None:
    """Save a generator as safetensors: arrays, its kind and its shape; nothing in it can run."""
    from safetensors.numpy import save_file

    solid = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    save_file(solid, path, metadata={"kind": kind, "shape": shape.model_dump_json()})


def read(path: Path, kind: str) -> tuple[Shape, dict[str, NDArray[Any]]]:
    """The shape and arrays of a file made by :func:`write`.

    Raises:
        ModelMissing: the file is absent, or holds something else.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise ModelMissing(f"no generator in {path.name}; make it with python -m imaging.training.{kind}")
    try:
        with safe_open(path, framework="numpy") as held:
            about = held.metadata() or {}
            arrays = {name: held.get_tensor(name) for name in held.keys()}  # noqa: SIM118 (not a mapping)
    except SafetensorError as error:
        raise ModelMissing(f"{path.name} is not a safetensors file") from error
    if about.get("kind") != kind:
        raise ModelMissing(f"{path.name} does not hold a generator of the kind {kind}")
    return Shape.model_validate(json.loads(about["shape"])), arrays
