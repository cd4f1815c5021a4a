"""How fast the passages go in, what it takes in memory, and what stands on disk then."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.bench.literature_scale import product
from evals.bench.literature_scale.double import Double
from evals.bench.literature_scale.floors import GRAPHS, Words, fill, serving, size_mib
from evals.bench.literature_scale.measured import Watch, peak_mib, resident_mib, sizes
from evals.bench.literature_scale.product import Timed
from retrieval.passages import Document, Passage, passages
from retrieval.shelf_columns import about_of
from retrieval.stock import Stock
from retrieval.vectors.chroma import embedded
from retrieval.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def put(folder: Path, wanted: int) -> dict[str, Any]:
    """Made documents into the stock; the making is not counted."""
    stock, watch, documents, held = Stock(folder / "literature"), Watch(), product.brought(wanted), 0
    while some := list(islice(documents, product.PUT)):
        with watch.on("put"):
            stock.put(some, product.MADE)
        held += len(some)
    stock.close()
    seconds = watch.seconds["put"]
    return {
        "documents": held,
        "seconds": seconds,
        "documents a second": held / seconds,
        "peak MiB": peak_mib(),
    }


def build(folder: Path) -> dict[str, Any]:
    """The library's own index, from the stock to the first search by words and vectors."""
    encoder, watch = Timed(), Watch()
    with watch.on("build"):
        held = product.opened(folder / "literature", encoder)
    said = held.status()
    held.close()
    seconds = watch.seconds["build"] - encoder.spent
    return {
        "passages": said.passages,
        "seconds": seconds,
        "seconds of the double": encoder.spent,
        "passages a second": said.passages / seconds,
        "peak MiB": peak_mib(),
        "MiB on disk": parts(folder / "literature"),
    }


def build_on_server(folder: Path) -> dict[str, Any]:
    """The same over a stock copied beside, whose vectors are known, into a Chroma server on loopback."""
    aside, held_by_server = folder / "literature-served", folder / "chroma-server"
    aside.mkdir()
    shutil.copy(folder / "literature" / "stock.sqlite3", aside)
    held_by_server.mkdir()
    with serving(held_by_server) as (url, pid):
        encoder, watch = Timed(), Watch()
        with watch.on("build"):
            held = product.opened(aside, encoder, url)
        said = held.status()
        held.close()
        return {
            "passages": said.passages,
            "seconds": watch.seconds["build"],
            "passages a second": said.passages / watch.seconds["build"],
            "peak MiB": peak_mib(),
            "server's peak MiB": peak_mib(pid),
            "MiB on disk": sizes(folder)["chroma-server"],
        }


def parts(folder: Path) -> dict[str, float]:
    """MiB on disk: the stock, and the shelf and the vectors of the generation in use."""
    found = {
        name: size for name, size in sizes(folder).items() if size >= 0.01 and not name.startswith("index-")
    }
    for generation in folder.glob("index-*"):
        for name, size in sizes(generation).items():
            found[name] = found.get(name, 0.0) + size
    return found


class Alone:
    """The same passages for what stands alone, without the cards."""

    def __init__(self, wanted: int) -> None:
        self.pieces: list[Passage] = []
        self.about: list[dict[str, Any]] = []
        for made in product.brought(wanted):
            self._hold(made)

    def _hold(self, made: Document) -> None:
        about = about_of(made)
        for piece in passages(made):
            self.pieces.append(piece)
            self.about.append(dict(about))

    @property
    def ids(self) -> list[str]:
        return [piece.id for piece in self.pieces]

    def tokens(self) -> Iterator[Sequence[str]]:
        """What bm25s gets: the product's tokens."""
        return (tokens(piece.words) for piece in self.pieces)

    def vectors(self) -> NDArray[np.float32]:
        """What Chroma gets: the double's vectors of the same texts."""
        return Double().encode([piece.facets[-1] for piece in self.pieces])


def words_alone(wanted: int) -> dict[str, Any]:
    """bm25s over tokens that are there already."""
    alone, watch = Alone(wanted), Watch()
    with watch.on("tokens"):
        held = list(alone.tokens())
    before = resident_mib()
    with watch.on("index"):
        Words(held)
    return {**watch.seconds, "MiB more than before": resident_mib() - before, "peak MiB": peak_mib()}


def chroma_alone(folder: Path, wanted: int, graph: str) -> dict[str, Any]:
    """Chroma with vectors that are there already."""
    alone = Alone(wanted)
    vectors, client = alone.vectors(), embedded(folder / plain(graph))
    before = resident_mib()
    _, rate = fill(client, graph, alone.ids, vectors, alone.about)
    client.close()
    return {
        "passages a second": rate,
        "seconds": len(alone.pieces) / rate,
        "MiB more than before": peak_mib() - before,
        "bare vectors MiB": size_mib(vectors),
        "MiB on disk": sizes(folder)[plain(graph)],
    }


def plain(graph: str) -> str:
    """The folder of a graph; one of :data:`GRAPHS`."""
    return f"alone-{list(GRAPHS).index(graph)}"
