"""A seeded double of the embedding model: 384 dimensions, near where texts name the same things.

Embedding 100,000 passages takes the real model most of an hour, and nothing here depends on what its vectors mean. The
double keeps what costs time in a nearest-neighbour graph: the dimensions, clusters of texts on the same drug and
condition, and noise that all texts share.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from evals.bench.literature_scale.made import SEED, lexicon, names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIMENSIONS = 384
FOLD = 4096
"""Words without a name share so many directions, as a model's word pieces do."""
NAME_WEIGHT = 3.0
COMMON = 300
"""Words up to this rank weigh nothing: they are the mean of all texts."""
NOISE = 0.6
_WORD = re.compile(r"\w+")


class Double:
    """An encoder as the library takes one; the same text has the same vector in every process."""

    name = "double-of-the-encoder@1"

    def setup(self) -> None:
        """Nothing to load."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One float32 row of length 1 for each text."""
        import numpy as np

        rows = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = _vector(text)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows


def _vector(text: str) -> NDArray[np.float32]:
    """The directions of the text's words by their weight, each word once, and noise of the text's own."""
    import numpy as np

    weight = _weights()
    said = {word: weight.get(word, 1.0) for word in _WORD.findall(text.casefold())}
    told = {word: much for word, much in said.items() if much}
    own: NDArray[np.float32] = _directions()[zlib.crc32(text.encode()) % FOLD]
    if not told:
        return own
    rows = _directions()[[zlib.crc32(word.encode()) % FOLD for word in told]]
    sum_ = np.fromiter(told.values(), dtype=np.float32, count=len(told)) @ rows
    found: NDArray[np.float32] = sum_ / np.linalg.norm(sum_) + NOISE * own
    return found


@cache
def _directions() -> NDArray[np.float32]:
    """Directions of length about 1."""
    import numpy as np

    rows = np.random.default_rng(SEED).standard_normal((FOLD, DIMENSIONS), dtype=np.float32)
    rows /= np.float32(DIMENSIONS**0.5)
    return rows


@cache
def _weights() -> dict[str, float]:
    """Rare words weigh more than common ones, the words of names most."""
    weights = {word: 0.0 if rank < COMMON else 0.6 for rank, word in enumerate(lexicon())}
    named = (word for list_ in names() for name in list_ for word in _WORD.findall(name.casefold()))
    return weights | dict.fromkeys(named, NAME_WEIGHT)
