"""The flat columns of a shelf in the making: one row for each document, each passage and each entry."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from retrieval.passages import Document, Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

OF_DOCUMENTS = ("rows", "year", "dated", "kind", "depth", "topic")
COLUMNS = (*OF_DOCUMENTS, "owner", "unit", "start", "end", "facets", "keys")


class Held(NamedTuple):
    """A document and the row of the stock under which it is held; -1 without a stock."""

    row: int
    document: Document


class Columns:
    """The columns in the making."""

    def __init__(self) -> None:
        self._held: dict[str, array[int]] = {name: array("q") for name in COLUMNS if name != "keys"}
        self._keys = bytearray()
        self._units = 0

    def document(self, held: Held, label: Callable[[str], int]) -> None:
        about = about_of(held.document)
        dated = "".join(filter(str.isdigit, held.document.dated))[:8]
        row = {"rows": held.row, "year": int(about["year"]), "dated": int(dated or 0)}
        row |= {name: label(str(about[name])) for name in ("kind", "depth", "topic")}
        for name in OF_DOCUMENTS:
            self._held[name].append(row[name])

    def unit(self, owner: int, pieces: Iterable[Passage]) -> None:
        for piece in pieces:
            row = {"owner": owner, "unit": self._units, "start": piece.start, "end": piece.end}
            for name, value in (row | {"facets": len(piece.facets)}).items():
                self._held[name].append(value)
            for text in piece.facets:
                self._keys += hashlib.sha256(text.encode()).digest()
        self._units += 1

    def made(self) -> dict[str, NDArray[Any]]:
        import numpy as np

        columns: dict[str, NDArray[Any]] = {
            name: np.array(held, dtype=np.int64 if name == "rows" else np.int32)
            for name, held in self._held.items()
        }
        columns["keys"] = np.frombuffer(bytes(self._keys), dtype=np.uint8).reshape(-1, 32)
        return columns


def about_of(document: Document) -> dict[str, str | int]:
    """What a document can be filtered by."""
    return {
        "kind": document.kind.value,
        "topic": document.topic,
        "depth": document.source.depth.value,
        "year": document.source.year or 0,
    }
