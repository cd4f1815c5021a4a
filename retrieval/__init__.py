"""The ground floor: the words of evidence, data packs, and the literature index.

Importing this package loads nothing heavy; the index and the embedding model load on first use.
"""
