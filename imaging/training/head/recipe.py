"""What a head is made from: the recipe, the squares and their copies, and the rows of the backbone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import classify
from imaging.backbone import Tap
from imaging.classify import Cut, Extractor, Kind
from imaging.training.head.disturbed import disturbed

TAPS: tuple[Tap, ...] = ("b2", "b4", "b10", "head")
SPREAD: tuple[Tap, ...] = ("b2", "b4", "b10")
AT_ONCE = 64
"""Pictures whose backbone maps are held at a time."""

Pictures = NDArray[np.uint8]
Rows = NDArray[np.float32]


class Recipe(NamedTuple):
    """What the recipe may be told; the defaults are those of the pneumonia head (imaging spec 3.8)."""

    extractor: Extractor = Extractor(taps=TAPS, spread=SPREAD, side=64, through=28)
    strength: float = 0.003
    copies: int = 5
    """Disturbed copies of each picture; 0 trains on the pictures as they are."""
    flips: bool = False
    """Whether copies are mirrored, a mirror image trains too, and both are judged: not where left and right differ."""
    seed: int = 0
    steps: int = 100
    beside: tuple[Extractor, ...] = ()
    """Further extractors of the same square."""
    cut: Cut = "centre"
    widen: int = 0
    """So many cases (at most) tell how far the sets must be widened for the shift table; 0 does not widen."""

    @property
    def extractors(self) -> tuple[Extractor, ...]:
        return (self.extractor, *self.beside)


class Purpose(NamedTuple):
    """What a head is for: its task in words, the id of its card, the ages and the kind of picture that it speaks of."""

    task: str
    card: str = "model:local"
    ages: tuple[int, int] | None = None
    kind: Kind = "other"


def sized(pictures: Pictures, recipe: Recipe) -> Pictures:
    """Squares at the size that copies are made at. A field or frame has been cut before, when the file was read."""
    return np.stack([classify.square(picture, recipe.extractor) for picture in pictures])


def copies_of(squares: Pictures, recipe: Recipe) -> Iterator[Pictures]:
    """The mirror images (with ``flips``), then each set of disturbed copies; the same seed gives the same copies."""
    if recipe.flips:
        yield np.ascontiguousarray(squares[:, :, ::-1])
    for copy in range(recipe.copies):
        rng = np.random.default_rng([recipe.seed, 5, copy])
        yield np.stack([disturbed(picture, rng, recipe.flips) for picture in squares])


def rows_of(squares: Pictures, recipe: Recipe) -> Rows:
    """The backbone's rows of squares, all extractors side by side."""
    parts = [squares[at : at + AT_ONCE] for at in range(0, len(squares), AT_ONCE)]
    return np.concatenate([classify.rows_of_squares(part, recipe.extractors) for part in parts])


def features(pictures: Pictures, recipe: Recipe) -> Rows:
    """The backbone's rows of pictures as they came from a reader."""
    return rows_of(sized(pictures, recipe), recipe)
