"""Nearest neighbours by comparing every one: for the few passages that a narrow filter leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.embed import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from retrieval.shelf import Shelf
    from retrieval.stock import Stock

MOST = 100


def exactly(
    shelf: Shelf, stock: Stock, encoder: Encoder, asks: NDArray[np.float32], admitted: NDArray[np.bool_]
) -> dict[int, float]:
    """The admitted passages nearest to any of the vectors, at most 100, best first, with the cosine of the nearest
    facet; from the vectors that the stock keeps."""
    import numpy as np

    owners, keys = shelf.entries_of(np.flatnonzero(admitted))
    held = stock.vectors([f"{encoder.name}:{key}" for key in dict.fromkeys(keys)])
    rows = [held.get(f"{encoder.name}:{key}") for key in keys]
    known = np.array([row is not None for row in rows], dtype=bool)
    if not known.any():
        return {}
    matrix = np.frombuffer(b"".join(row for row in rows if row is not None), dtype=np.float32)
    cosines = (matrix.reshape(int(known.sum()), -1) @ asks.T).max(axis=1)
    best: dict[int, float] = {}
    for at, cosine in zip(owners[known].tolist(), cosines.tolist(), strict=True):
        best[at] = max(best.get(at, -1.0), round(cosine, 6))
    order = sorted(best, key=lambda at: (-best[at], shelf.name(at)))[:MOST]
    return {at: best[at] for at in order}
