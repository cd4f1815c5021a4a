"""What a search brings: passages that explain why they stand where they do, or the name of what is lacking."""

from __future__ import annotations

from collections.abc import Mapping

from retrieval.evidence import Source, Word
from retrieval.passages import Document, Passage
from retrieval.stock import Holding


class Explain(Word):
    """Why a hit stands where it does. Ranks count from 1; None where that list did not hold it."""

    used: str
    word_rank: int | None
    word_score: float
    dense_rank: int | None
    cosine: float | None
    fused: float
    boost: float
    relevance: float
    coverage: float
    lack: float
    unsaid: float = 0.0
    """How heavily it counts that the passage does not speak of the aspect that is asked about."""
    matched: tuple[str, ...]
    missing: tuple[str, ...]


class Hit(Word):
    """A passage with the document that it stands in. ``score`` is its relevance, 0 to 1."""

    passage: Passage
    document: Document
    score: float
    explain: Explain

    @property
    def retracted(self) -> bool:
        return "retracted" in self.document.source.marks


class SearchOutcome(Word):
    """What a search brought. Without hits, ``best`` says how near the nearest came to the ``floor``."""

    hits: tuple[Hit, ...]
    searched: Source
    used: str
    best: float
    floor: float
    unknown: tuple[str, ...] = ()
    """What the question names and no passage of the library does."""
    corrected: Mapping[str, str] = {}
    retracted: tuple[Source, ...] = ()
    """Sources that would have been found, but are retracted: named, never shown as support."""

    @property
    def covered(self) -> bool:
        return bool(self.hits)


class LibraryStatus(Word):
    """What a library holds and how it stands."""

    documents: int
    """Those that are searched now."""
    passages: int
    holdings: tuple[Holding, ...]
    state: str
    """"ready", "building" or "words only"; the command line adds "of an older format"."""
    done: int = 0
    whole: int = 0
    """Texts of the present build that are embedded, of how many."""
    behind: int = 0
    """Documents that are held but not searched yet."""
    retracted: int = 0
    """Held documents whose source was retracted."""
    index_bytes: int = 0
    stock_bytes: int = 0
    trouble: str = ""
