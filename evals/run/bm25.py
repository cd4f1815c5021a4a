"""BM25 alone as a subject: the last sentence of the paper that shares most words with the question."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from evals.run.papers import data, papers
from evals.run.trace import Cited, Claimed, Shown
from retrieval.passages import Document, sentences


@cache
def _index() -> tuple[Any, Any, Sequence[Document]]:
    """The index of the papers, its stemmer and the papers; bm25s as its documentation uses it."""
    import bm25s
    import Stemmer

    held = papers()
    stemmer = Stemmer.Stemmer("english")
    texts = [f"{document.source.title} {document.text}" for document in held]
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False
    )
    return index, stemmer, held


def bm25(words: str) -> Shown:
    """The conclusion of the best paper, cited; nothing where the development data is not there."""
    if not data().is_dir():
        return Shown(text="")
    import bm25s

    index, stemmer, held = _index()
    asked = bm25s.tokenize([words], stopwords="en", stemmer=stemmer, show_progress=False)
    (best,), _ = index.retrieve(asked, k=1, show_progress=False)
    document = held[int(best[0])]
    *_, last = sentences(document.text)
    text = document.text[slice(*last)].strip()
    source = document.source
    cited = Cited(source=source.id, quote=text, pmid=source.pmid or "", title=source.title, held=True)
    return Shown(text=text, claims=(Claimed(text=text, cited=(cited,)),))
