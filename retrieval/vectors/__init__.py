"""Vector indexes: one protocol, Chroma embedded in a folder or served at an address."""

from retrieval.vectors.index import Filter, Neighbour, VectorIndex

__all__ = ["Filter", "Neighbour", "VectorIndex"]
