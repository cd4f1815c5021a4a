"""Chroma as the vector index, with our own vectors: the same class embedded in a folder or over HTTP."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from retrieval.vectors.index import FORMAT, Entry, Filter, Neighbour, passage_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 5461
"""The most that Chroma takes at once."""
ASIDE = "building-"
_DAY_NS = 86_400 * 10**9
_GRAPH = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}


class ChromaIndex:
    """One collection. It counts as complete only once its digest is written, after the last entry."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name
        self._collection: Any = None

    @property
    def size(self) -> int:
        return int(self._collection.count())

    def complete(self, digest: str, size: int) -> bool:
        """Open the collection and say whether it holds all of the content with this digest."""
        from chromadb.errors import NotFoundError

        try:
            self._collection = self._client.get_collection(self._name, embedding_function=None)
        except NotFoundError:
            return False
        held = self._collection.metadata or {}
        return held.get("digest") == digest and held.get("format") == FORMAT and self.size == size

    def build(self, entries: Sequence[Entry], vectors: NDArray[np.float32], digest: str) -> None:
        """Fill a collection aside, mark it complete, and give it the name last."""
        self._sweep()
        aside = f"{ASIDE}{time.time_ns()}-{os.getpid()}"
        made = self._client.create_collection(
            aside,
            embedding_function=None,
            configuration={"hnsw": dict(_GRAPH)},
            metadata={"digest": "unfinished"},
        )
        for first in range(0, len(entries), BATCH):
            batch = entries[first : first + BATCH]
            made.add(
                ids=[entry.id for entry in batch],
                embeddings=vectors[first : first + BATCH],
                metadatas=[entry.about for entry in batch],
            )
        made.modify(metadata={"digest": digest, "format": FORMAT})
        self._name_it(made, digest, len(entries))

    def _name_it(self, made: Any, digest: str, size: int) -> None:
        from chromadb.errors import ChromaError

        try:
            made.modify(name=self._name)
            self._collection = made
        except ChromaError:
            if self.complete(digest, size):  # another process was first, with the same content
                self._client.delete_collection(made.name)
                return
            self._client.delete_collection(self._name)
            made.modify(name=self._name)
            self._collection = made

    def _sweep(self) -> None:
        """Remove unfinished builds of more than a day ago; a younger one may still be growing."""
        for other in self._client.list_collections():
            if other.name.startswith(ASIDE) and time.time_ns() - int(other.name.split("-")[1]) > _DAY_NS:
                self._client.delete_collection(other.name)

    def query(self, vectors: NDArray[np.float32], n: int, allowed: Filter) -> list[Neighbour]:
        rows = self._collection.query(
            query_embeddings=vectors,
            n_results=max(1, min(n, self.size)),
            where=allowed.where(),
            include=["distances"],
        )
        best: dict[str, float] = {}
        for ids, distances in zip(rows["ids"], rows["distances"], strict=True):
            for name, distance in zip(ids, distances, strict=True):
                passage = passage_of(name)
                best[passage] = max(best.get(passage, -1.0), round(1.0 - float(distance), 6))
        return [Neighbour(*pair) for pair in sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))]

    def passages(self) -> frozenset[str]:
        return frozenset(passage_of(name) for name in self._collection.get(include=[])["ids"])

    def close(self) -> None:
        self._client.close()


def embedded(folder: Path) -> Any:
    """A Chroma client over the files of ``folder``, telemetry off."""
    import chromadb
    from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True)
    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def served(url: str) -> Any:
    """A Chroma client of the server at ``url`` ("http://127.0.0.1:8000"), telemetry off.

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
