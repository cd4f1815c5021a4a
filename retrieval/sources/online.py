"""Asking PubMed at question time, where the settings allow it: names of our vocabulary go out, never the question.

A question may hold a patient: who it is, when it was, how old, which values. So the query is built from nothing but
the canonical names of drugs, genes, conditions and measures that our own files list, and what was sent is told.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from retrieval.expand import vocabulary
from retrieval.passages import Document
from retrieval.sources.eutils import Eutils

MOST = 4
"""Names in one query: each more is one more that a paper must speak about."""
_ORDER = ("drugs", "genes", "classes", "conditions", "measures")
_PLAIN = re.compile(r"[^\w' /+*.-]+")


_asked: list[Eutils] = []


def configure(pubmed: Eutils | None) -> None:
    """Whom this process may ask at question time; None: nobody. The entry points call it where a setting allows it."""
    _asked[:] = [pubmed] if pubmed is not None else []


def allowed() -> Eutils | None:
    """Whom this process may ask; None is the default."""
    return _asked[0] if _asked else None


class Asked(NamedTuple):
    """What PubMed answered: the queries that were sent, the last of which found the papers, and the papers."""

    sent: tuple[str, ...]
    papers: tuple[Document, ...]


def terms(question: str) -> str:
    """The query for a question: names that our vocabulary lists, drugs first; empty where it names none."""
    return _query(names(question))


def names(question: str) -> tuple[str, ...]:
    """The canonical names of what a question speaks about, drugs and genes first, at most :data:`MOST`."""
    mentions = sorted(vocabulary().mentions(question), key=lambda mention: _ORDER.index(mention.section))
    return tuple(dict.fromkeys(mention.concept for mention in mentions))[:MOST]


def _query(words: tuple[str, ...]) -> str:
    plain = (" ".join(_PLAIN.sub(" ", word.casefold()).split()) for word in words)
    return " AND ".join(f"({word})" for word in plain if word)


def ask(pubmed: Eutils, question: str, k: int = 5) -> Asked:
    """The ``k`` papers with an abstract that PubMed finds most relevant; with one name less where there are none.

    Raises:
        Unreachable, PubmedError: PubMed does not answer, or refuses.
    """
    words = names(question)
    sent: list[str] = []
    for most in range(len(words), 0, -1):
        sent.append(f"{_query(words[:most])} AND hasabstract")
        found = pubmed.search(sent[-1], maximum=k)
        if found.pmids:
            return Asked(tuple(sent), pubmed.fetch(found.pmids).documents)
    return Asked(tuple(sent), ())
