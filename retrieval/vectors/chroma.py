"""Chroma as the vector index, with our own vectors: the same class embedded in a folder or over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from retrieval.vectors.index import Filter, Neighbour, place_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 5000
"""Chroma takes at most 5,461 at once."""
_GRAPH = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}


class ChromaIndex:
    """One collection. It counts as complete only while its digest stands, which is written after the last entry."""

    def __init__(self, client: Any, name: str, own: bool = True) -> None:
        self._client, self._name, self._own = client, name, own
        self._collection: Any = None
        self._size: int | None = None

    @property
    def size(self) -> int:
        if self._size is None:  # Chroma counts its rows each time, at 100,000 as long as it searches
            self._size = int(self._collection.count())
        return self._size

    def complete(self, digest: str) -> bool:
        """Open the collection and say whether it holds all of the content with this digest."""
        from chromadb.errors import NotFoundError

        try:
            self._collection = self._client.get_collection(self._name, embedding_function=None)
        except NotFoundError:
            return False
        return (self._collection.metadata or {}).get("digest") == digest

    def begin(self) -> None:
        """Open the collection, or make it, and mark it unfinished."""
        unfinished = {"digest": "unfinished"}
        self._collection = self._client.get_or_create_collection(
            self._name,
            embedding_function=None,
            configuration={"hnsw": dict(_GRAPH)},
            metadata=unfinished,
        )
        self._collection.modify(metadata=unfinished)

    def add(
        self, ids: Sequence[str], vectors: NDArray[np.float32], about: Sequence[Mapping[str, str | int]]
    ) -> None:
        """Hold these entries; one that is held already is written again."""
        self._size = None
        for first in range(0, len(ids), BATCH):
            part = slice(first, first + BATCH)
            self._collection.upsert(
                ids=list(ids[part]),
                embeddings=vectors[part],
                metadatas=[dict(row) for row in about[part]],
            )

    def remove(self, ids: Sequence[str]) -> None:
        """Hold these entries no more."""
        self._size = None
        for first in range(0, len(ids), BATCH):
            self._collection.delete(ids=list(ids[first : first + BATCH]))

    def finish(self, digest: str) -> None:
        """Mark the collection complete."""
        self._collection.modify(metadata={"digest": digest})

    def query(self, vectors: NDArray[np.float32], n: int, allowed: Filter) -> list[Neighbour]:
        if not self.size:
            return []
        rows = self._collection.query(
            query_embeddings=vectors,
            n_results=max(1, min(n, self.size)),
            where=allowed.where(),
            include=["distances"],
        )
        best: dict[str, float] = {}
        for ids, distances in zip(rows["ids"], rows["distances"], strict=True):
            for name, distance in zip(ids, distances, strict=True):
                place = place_of(name)
                best[place] = max(best.get(place, -1.0), round(1.0 - float(distance), 6))
        return [Neighbour(*pair) for pair in sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))]

    def ids(self) -> frozenset[str]:
        found: list[str] = []
        while page := self._collection.get(include=[], limit=PAGE, offset=len(found))["ids"]:
            found += page
        return frozenset(found)

    def close(self) -> None:
        if self._own:
            self._client.close()


PAGE = 20_000


def embedded(folder: Path) -> Any:
    """A Chroma client over the files of ``folder``, telemetry off."""
    import chromadb
    from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True)
    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


@cache
def served(url: str) -> Any:
    """A Chroma client of the server at ``url`` ("http://127.0.0.1:8000"), telemetry off; one for the whole process,
    because closing it would leave its connections open (Chroma 1.5.9).

    Raises:
        ValueError: the address has no host, or neither http nor https.
    """
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not the address of a Chroma server: {url}")
    return chromadb.HttpClient(
        host=parts.hostname,
        port=parts.port or (443 if parts.scheme == "https" else 8000),
        ssl=parts.scheme == "https",
        settings=Settings(anonymized_telemetry=False),
    )
