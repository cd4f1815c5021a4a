"""What a vector index holds and answers, whoever keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Neighbour(NamedTuple):
    """The place of a passage near to the question, with the cosine."""

    place: str
    cosine: float


@dataclass(frozen=True)
class Filter:
    """What the sources must be; None means anything. ``since`` is a year; a source without a year is then
    left out."""

    kinds: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    depths: tuple[str, ...] | None = None
    since: int | None = None

    def admits(self, about: dict[str, str | int]) -> bool:
        """True if an entry with these properties may be shown."""
        listed = (("kind", self.kinds), ("topic", self.topics), ("depth", self.depths))
        if any(allowed is not None and about.get(name) not in allowed for name, allowed in listed):
            return False
        return self.since is None or int(about.get("year", 0)) >= self.since

    def where(self) -> dict[str, Any] | None:
        """The same as a Chroma condition."""
        listed = (("kind", self.kinds), ("topic", self.topics), ("depth", self.depths))
        parts: list[dict[str, Any]] = [{name: {"$in": list(allowed)}} for name, allowed in listed if allowed]
        if self.since is not None:
            parts.append({"year": {"$gte": self.since}})
        return {"$and": parts} if len(parts) > 1 else (parts[0] if parts else None)


def place_of(entry_id: str) -> str:
    """The place of the passage that an entry speaks for."""
    return entry_id.rpartition("|")[0]


class VectorIndex(Protocol):
    """Nearest neighbours by cosine among our own vectors. Entries are named ``place|number``: several may speak for
    one passage."""

    @property
    def size(self) -> int:
        """How many entries are held."""

    def query(self, vectors: NDArray[np.float32], n: int, allowed: Filter) -> list[Neighbour]:
        """The passages nearest to any of the vectors, best first, each once; ``n`` entries for each vector."""

    def ids(self) -> frozenset[str]:
        """The ids of all entries held."""

    def close(self) -> None:
        """Let go of files and connections."""
