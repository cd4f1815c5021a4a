"""Ways of ranking documents for questions, trivial ones beside ours: scores of units (whole texts, sections, pieces)
joined by documents, each document standing where its best unit does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from retrieval.embed import Encoder
from retrieval.passages import Document, Section, Span, pieces
from retrieval.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

DEPTH = 100
"""Candidates that each list gives, as in the product."""
Cut = Callable[[Document], Iterator[Span]]


def whole(document: Document) -> Iterator[Span]:
    """The document uncut (the model reads its first 256 word pieces)."""
    yield Span(0, len(document.text))


def by_section(document: Document) -> Iterator[Span]:
    """One unit a section."""
    for section in document.sections or ():
        yield Span(section.start, section.end)
    if not document.sections:
        yield from whole(document)


def by_sentences(document: Document) -> Iterator[Span]:
    """Five sentences with one of overlap, over sections."""
    return pieces(document.text)


def within_sections(document: Document) -> Iterator[Span]:
    """Five sentences with one of overlap, never over the end of a section."""
    for span in by_section(document):
        for piece in pieces(document.text[span.start : span.end]):
            yield Span(span.start + piece.start, span.start + piece.end)


CUTS: Mapping[str, Cut] = {
    "whole": whole,
    "section": by_section,
    "5 sentences": by_sentences,
    "5 sentences in a section": within_sections,
}


class Units(NamedTuple):
    """Texts with the place of the document that each belongs to; ``names`` are the documents' ids in order."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    owners: tuple[int, ...]


def units(documents: Sequence[Document], cut: Cut, titled: bool) -> Units:
    """The documents cut, each unit with the document's title before it or not, and with the headings it stands under
    (as ``retrieval.passages.passage`` writes them)."""
    texts, owners = [], []
    for at, document in enumerate(documents):
        title = f"{document.source.title.rstrip('.')}. " if titled else ""
        for span in cut(document):
            texts.append(title + _headed(document, span))
            owners.append(at)
    return Units(tuple(document.source.id for document in documents), tuple(texts), tuple(owners))


def _headed(document: Document, span: Span) -> str:
    parts = document.sections or (Section(name="", start=0, end=len(document.text)),)
    said = []
    for part in parts:
        text = document.text[max(part.start, span.start) : min(part.end, span.end)].strip()
        if part.start < span.end and span.start < part.end and text:
            said.append(f"{part.name}: {text}" if part.name else text)
    return "\n".join(said)


def plain_bm25(texts: Sequence[str], questions: Sequence[str]) -> Scores:
    """bm25s as its README uses it: English stop words, English stemmer. One row a question."""
    import bm25s
    import numpy as np
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    read = bm25s.tokenize(list(texts), stopwords="en", stemmer=stemmer, show_progress=False)
    index = bm25s.BM25()
    index.index(read, show_progress=False)
    asked = bm25s.tokenize(
        list(questions), stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False
    )
    rows = [index.get_scores(words) if words else np.zeros(len(texts), np.float32) for words in asked]
    return np.asarray(rows, dtype=np.float32)


def our_words(
    texts: Sequence[str], questions: Sequence[str], more: Sequence[str] | None = None, weight: float = 0.0
) -> Scores:
    """BM25 over our tokens; ``more`` are words beside each question, counted with ``weight``."""
    import bm25s
    import numpy as np

    index = bm25s.BM25()
    index.index([tokens(text) for text in texts], show_progress=False)

    def scores(question: str) -> Scores:
        known = [token for token in dict.fromkeys(tokens(question)) if token in index.vocab_dict]
        found: Scores = index.get_scores(known) if known else np.zeros(len(texts), dtype=np.float32)
        return found

    rows = [scores(question) for question in questions]
    if more and weight:
        rows = [row + weight * scores(extra) for row, extra in zip(rows, more, strict=True)]
    return np.asarray(rows, dtype=np.float32)


def nearness(texts: Sequence[str], questions: Sequence[str], encoder: Encoder) -> Scores:
    """Cosines of the embeddings, exactly."""
    import numpy as np

    held, asked = encoder.encode(list(texts)), encoder.encode(list(questions))
    return np.asarray(asked @ held.T, dtype=np.float32)


def best_unit(scores: Scores, owners: Sequence[int], documents: int) -> Scores:
    """From units to documents: the highest score of a document's units."""
    import numpy as np

    joined = np.full((documents, len(scores)), -np.inf, dtype=np.float32)
    np.maximum.at(joined, np.asarray(owners), scores.T)
    return joined.T


def min_max(dense: Scores, words: Scores, weight: float) -> Scores:
    """``weight`` of the dense score, the rest of the words', each stretched to 0-1 over its first hundred; a document
    that a list does not hold counts 0 there."""
    return weight * _stretched(dense) + (1 - weight) * _stretched(words)


def shares(dense: Scores, words: Scores, weight: float) -> Scores:
    """As the product fuses: ``weight`` of the dense, the rest of the word score, each as a share of the best of the
    question, over the candidates of both lists; a candidate that the dense list lacks counts there as its last."""
    import numpy as np

    near, near_scores = _top(dense)
    said, said_scores = _top(words)
    candidates = np.zeros(dense.shape, dtype=bool)
    np.put_along_axis(candidates, near, near_scores > 0, axis=1)
    in_dense = candidates.copy()
    np.put_along_axis(
        candidates, said, np.take_along_axis(candidates, said, axis=1) | (said_scores > 0), axis=1
    )
    last = np.maximum(near_scores[:, -1:], 0)
    held = np.where(in_dense, dense, last)
    fused = weight * _of_best(held) + (1 - weight) * _of_best(words)
    return np.where(candidates, fused, 0).astype(np.float32)


def _of_best(scores: Scores) -> Scores:
    import numpy as np

    best = scores.max(axis=1, keepdims=True)
    return np.asarray(np.maximum(scores, 0) / np.where(best > 0, best, 1), dtype=np.float32)


def reciprocal(dense: Scores, words: Scores, k: int = 60) -> Scores:
    """The sum over both lists' first hundred of 1 / (k + rank) (Cormack, Clarke and Buettcher, SIGIR 2009)."""
    return _reciprocal(dense, k) + _reciprocal(words, k)


def order(scores: Scores, names: Sequence[str], best: int = DEPTH) -> list[list[str]]:
    """The documents of each question, best first, ties by place; those without any score are left out."""
    import numpy as np

    ranked = np.argsort(-scores, axis=1, kind="stable")[:, :best]
    return [
        [names[at] for at in row if np.isfinite(line[at]) and line[at] > 0]
        for row, line in zip(ranked, scores, strict=True)
    ]


def _top(scores: Scores) -> tuple[NDArray[np.int64], Scores]:
    import numpy as np

    places = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
    return places, np.take_along_axis(scores, places, axis=1)


def _stretched(scores: Scores) -> Scores:
    import numpy as np

    places, held = _top(scores)
    found = held > 0
    low = np.where(found, held, np.inf).min(axis=1, keepdims=True)
    high = held.max(axis=1, keepdims=True)
    width = np.maximum(np.where(np.isfinite(low), high - low, 1), 1e-9)
    stretched = np.zeros_like(scores)
    np.put_along_axis(stretched, places, np.where(found, (held - low) / width, 0), axis=1)
    return stretched


def _reciprocal(scores: Scores, k: int) -> Scores:
    import numpy as np

    places, held = _top(scores)
    ranks = np.arange(1, places.shape[1] + 1, dtype=np.float32)
    share = np.where(held > 0, 1 / (k + ranks), 0).astype(np.float32)
    found = np.zeros_like(scores)
    np.put_along_axis(found, places, share, axis=1)
    return found
