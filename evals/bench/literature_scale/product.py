"""The product's library over made documents, opened as the assistant opens it; the double stands for the model."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from evals.bench.literature_scale.double import Double
from evals.bench.literature_scale.made import document
from retrieval.cards import starter
from retrieval.embed import Encoder, MiniLM
from retrieval.passages import Document, from_card, passages
from retrieval.search import Library
from retrieval.stock import Collection
from retrieval.vectors.index import Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MADE = Collection(
    name="made", title="Abstracts made by a seed", licence="made by a seed", origin="evals.bench"
)
PUT = 500
"""Documents in one transaction, as the loaders bring them."""
SLOW_S = 3600.0
LOOKED_AT = (0, 10, 100, 500)
EVERYTHING = Filter()


class Timed:
    """An encoder that counts the seconds within it and keeps what it was last asked. With ``model`` the real model
    reads the texts as well: its time is spent, its vectors are thrown away."""

    def __init__(self, model: Encoder | None = None) -> None:
        self._double, self._model = Double(), model
        self.name = self._double.name
        self.spent = 0.0
        self.asked: list[str] = []

    def setup(self) -> None:
        if self._model is not None:
            self._model.setup()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        started = time.perf_counter()
        self.asked = list(texts)
        if self._model is not None:
            self._model.encode(texts)
        rows = self._double.encode(texts)
        self.spent += time.perf_counter() - started
        return rows


def library(folder: Path, encoder: Encoder, server: str | None = None) -> Library:
    """The cards and whatever the stock of the folder holds."""
    return Library([from_card(card) for card in starter()], folder, encoder, server)


def opened(folder: Path, encoder: Encoder, server: str | None = None) -> Library:
    """The same, its vectors joined.

    Raises:
        RuntimeError: they did not join, or the vocabulary has changed since, and with it what the seed makes.
    """
    held = library(folder, encoder, server)
    if not held.wait(SLOW_S):
        raise RuntimeError(f"the vectors did not join: {held.trouble or held.status()}")
    for made in map(document, LOOKED_AT):
        if held.text(made.source.id) not in (None, made.text):
            raise RuntimeError("the vocabulary has changed since these abstracts were made: begin anew")
    return held


def brought(passages_wanted: int) -> Iterator[Document]:
    """Made documents until so many passages are reached."""
    held = 0
    for number in count():
        made = document(number)
        held += len(passages(made))
        yield made
        if held >= passages_wanted:
            return


def minilm(folder: Path) -> MiniLM:
    """The model that ships."""
    return MiniLM(folder / "weights-checked.json")


def clocked(held: Library, encoder: Timed, text: str, allowed: Filter = EVERYTHING) -> tuple[float, float]:
    """Seconds of a search for five passages, whole and without what its encoder took."""
    before, started = encoder.spent, time.perf_counter()
    held.search(text, 5, kinds=allowed.kinds, since=allowed.since)
    whole = time.perf_counter() - started
    return whole, whole - (encoder.spent - before)
