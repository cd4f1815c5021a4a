"""One content of the library and all that is computed from it without the embedding."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property

from retrieval.expand import Vocabulary
from retrieval.passages import Document, normalised, passages
from retrieval.vectors.index import Entry
from retrieval.words import WordIndex


class Shelf:
    """Documents, their passages in order, and what each passage speaks about; never changed after the making."""

    def __init__(self, documents: Iterable[Document], words: Vocabulary) -> None:
        self.documents = {document.source.id: document for document in documents}
        self.passages = tuple(piece for document in self.documents.values() for piece in passages(document))
        self.place = {passage.id: at for at, passage in enumerate(self.passages)}
        self.about = tuple(_about(self.documents[passage.source_id]) for passage in self.passages)
        self._given = words

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Our vocabulary and the names that the documents give themselves."""
        return self._given.with_names(name for held in self.documents.values() for name in held.names)

    @cached_property
    def words(self) -> WordIndex:
        """The word index over the passages, in their order."""
        return WordIndex([passage.words for passage in self.passages])

    @cached_property
    def concepts(self) -> tuple[frozenset[str], ...]:
        """What each passage names."""
        return tuple(self.vocabulary.concepts(passage.words) for passage in self.passages)

    @cached_property
    def all_concepts(self) -> frozenset[str]:
        """What any passage names."""
        return frozenset().union(*self.concepts)

    @cached_property
    def normalised(self) -> dict[str, str]:
        """The held texts as quotes are compared."""
        return {name: normalised(document.text) for name, document in self.documents.items()}

    @cached_property
    def version(self) -> str:
        """A short digest of all that is held."""
        whole = hashlib.sha256()
        for name, document in self.documents.items():
            whole.update(f"{name}\0{document.text}\0".encode())
        return whole.hexdigest()[:12]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What the vector index holds: a vector for each facet of each passage."""
        return tuple(
            Entry(f"{passage.id}|{n}", facet, about)
            for passage, about in zip(self.passages, self.about, strict=True)
            for n, facet in enumerate(passage.facets)
        )


def _about(document: Document) -> dict[str, str | int]:
    return {
        "kind": document.kind.value,
        "topic": document.topic,
        "depth": document.source.depth.value,
        "year": document.source.year or 0,
    }
