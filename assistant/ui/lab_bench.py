"""One browser tab's place in the generation lab: its photograph, and when the next picture may be drawn."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.ui.pace import Pace

MOST = 16
"""Pictures of one request."""
MOST_SEED = 2**31 - 1
NOT_AN_EYE = (
    "Lesions are drawn on fundus photographs only, and this picture was not accepted as one: {why}. Choose another "
    "photograph, or the drawn fundus."
)


class Refused(ValueError):
    """A request that is not done; the message says why and what to do instead."""


@dataclass(frozen=True)
class Bench:
    """What belongs to one browser tab. The photograph lives only here, in memory."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    photo: NDArray[np.uint8] | None = field(default=None, repr=False)
    """H x W x 3, black outside the camera's field."""


class Door:
    """Lets one request of a bench in at a time, and no more than :class:`Pace` allows."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._inside: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def enter(self, bench: Bench) -> Iterator[None]:
        """While it is open, no other request of this bench is let in.

        Raises:
            Refused: one is inside, or there were too many in this minute.
        """
        with self._lock:
            if bench.id in self._inside:
                raise Refused(
                    "The request before this one is still being drawn. Wait for it, then press again."
                )
            if wait := self._pace.wait(bench.id):
                raise Refused(f"That was {Pace.PER_MINUTE} requests in a minute. Wait {wait:.0f} seconds.")
            self._inside.add(bench.id)
        try:
            yield
        finally:
            with self._lock:
                self._inside.discard(bench.id)


def whole(value: Any, low: int, high: int, what: str) -> int:
    """The whole number that was given.

    Raises:
        Refused: it is none, or outside ``low`` to ``high``.
    """
    if number(value, low, high, what) != int(value):
        raise Refused(f"{what}: give a whole number from {low} to {high}.")
    return int(value)


def number(value: Any, low: float, high: float, what: str) -> float:
    """The number that was given.

    Raises:
        Refused: it is none, or outside ``low`` to ``high``.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Refused(f"{what}: give a number from {low:.12g} to {high:.12g}.")
    return float(value)


def photograph(data: bytes) -> NDArray[np.uint8]:
    """A fundus photograph ready to be drawn on: H x W x 3, at most 1024 px a side, black outside its field.

    Raises:
        Refused: the file cannot be opened, or the gate does not accept it as a fundus photograph.
        ModelMissing: the weights of the gate are not held.
    """
    from imaging.fov import field_of_view
    from imaging.gate import fundus_gate
    from imaging.image import Decision, ImageError
    from imaging.load import load

    try:
        pixels = load(data).rgb
    except ImageError as wrong:
        raise Refused(
            f"The file was not opened: {wrong}. Save it as one PNG or JPEG and choose that."
        ) from wrong
    verdict, _ = fundus_gate(pixels)
    if verdict.decision is not Decision.ACCEPTED:
        raise Refused(NOT_AN_EYE.format(why=verdict.reason))
    shrunk = _shrunk(pixels)
    inside = field_of_view(shrunk)[1]
    return np.asarray(np.where(inside[..., None], shrunk, 0), dtype=np.uint8)


def _shrunk(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from PIL import Image

    from imaging.generate.lab import LARGEST_SIDE

    picture = Image.fromarray(np.ascontiguousarray(pixels))
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.BOX)
    return np.asarray(picture)
