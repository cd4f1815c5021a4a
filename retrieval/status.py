"""How a source stands: retracted, draft, old, at odds with another; and the finding that carries these
marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.evidence import Evidence, Finding, Kind, Source
from retrieval.passages import Document, Passage, StudyKind, carrying
from retrieval.search import Hit, Library
from retrieval.words import spelled

OLD_AFTER_YEARS = 15
"""A convention of ours, so that age is seen; it is no judgement of the source."""


def marks(document: Document, held: Mapping[str, Document]) -> tuple[str, ...]:
    """The warnings that travel with a source. Age counts from the document's own date, so that it does not
    drift."""
    found = [mark for mark in document.source.marks if mark != "draft"]
    if "draft" in document.source.marks:
        found.append("draft")
    year = document.source.year
    if year and document.dated and int(document.dated[:4]) - year > OLD_AFTER_YEARS:
        found.append(f"older than {OLD_AFTER_YEARS} years ({year})")
    found += [f"conflicts with {_named(held[other])}" for other in document.conflicts_with if other in held]
    return tuple(dict.fromkeys(found))


def _named(document: Document) -> str:
    source = document.source
    where = f"PMID {source.pmid}" if source.pmid else source.doi or source.id
    return f"{source.title.rstrip('.')} ({where})"


def findings(hits: Sequence[Hit], library: Library) -> tuple[Finding, ...]:
    """A finding for each hit in order, each followed by the sources that it conflicts with, found or not."""
    held = {document.source.id: document for document in library.documents}
    by_id = {hit.document.source.id: hit for hit in hits}
    made: dict[str, Finding] = {}
    for hit in hits:
        made.setdefault(
            hit.passage.id, _finding(hit.document, hit.passage, hit.score, hit.explain.matched, held)
        )
        for other in hit.document.conflicts_with:
            if other in held and other not in by_id and other not in made:
                made[other] = _opposite(held[other], held)
    return tuple(made.values())


def _opposite(document: Document, held: Mapping[str, Document]) -> Finding:
    span = document.core or (0, len(document.text))
    return _made(document, span, None, held)


def _finding(
    document: Document, passage: Passage, score: float, matched: tuple[str, ...], held: Mapping[str, Document]
) -> Finding:
    wanted = frozenset(raw for token, raw in spelled(passage.text).items() if token in matched)
    return _made(document, carrying(document, passage, wanted), score, held)


def _made(
    document: Document, span: tuple[int, int], score: float | None, held: Mapping[str, Document]
) -> Finding:
    quote = document.text[slice(*span)]
    source: Source = document.source.model_copy(update={"marks": marks(document, held)})
    return Finding(
        statement=document.statement or quote,
        evidence=(Evidence(source=source, quote=quote, locator=f"characters {span[0]}-{span[1]}"),),
        kind=Kind.GUIDELINE if document.kind is StudyKind.GUIDELINE else Kind.LITERATURE,
        certainty=document.certainty,
        names=document.names,
        score=score,
    )
