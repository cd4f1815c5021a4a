"""Vector indexes: one protocol, Chroma embedded in a folder or served at an address."""

from retrieval.vectors.index import Entry, Filter, Neighbour, VectorIndex, digest

__all__ = ["Entry", "Filter", "Neighbour", "VectorIndex", "digest"]
