"""How a source stands: local, retracted, corrected, old, at odds with another; and the finding that carries these
marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from retrieval.evidence import Evidence, Finding, Kind, Source
from retrieval.hits import Hit
from retrieval.passages import Document, Notice, NoticeKind, Span, StudyKind
from retrieval.quoting import answering

if TYPE_CHECKING:
    from retrieval.search import Library

    Holds = Callable[[str], Document | None]

OLD_AFTER_YEARS = 15
"""A convention of ours, so that age is seen; it is no judgement of the source."""
LOCAL = "local"
LOCAL_BOOST, GUIDELINE_BOOST, POOLED_BOOST, RECENT_BOOST = 0.5, 0.05, 0.03, 0.02
"""What is added to a fused score of 0 to 1, among passages that are relevant: the reader's own guideline comes first
whatever stands beside it; the others only decide between near equals."""
RECENT_YEARS = 10
_POOLED = frozenset({"Meta-Analysis", "Systematic Review", "Network Meta-Analysis"})
_NOTICES = frozenset(
    {"Retraction of Publication", "Retraction Notice", "Published Erratum", "Expression of Concern"}
)
_WORDED = {NoticeKind.CORRECTED: "corrected by {}", NoticeKind.SUPERSEDED: "superseded by {}"}


def boost(document: Document) -> float:
    """What speaks for a source beside its words. Recent counts from the document's own date, so that it does not
    drift."""
    year = document.source.year
    recent = bool(year and document.dated and int(document.dated[:4]) - year <= RECENT_YEARS)
    return (
        LOCAL_BOOST * (LOCAL in document.source.marks)
        + GUIDELINE_BOOST * (document.kind is StudyKind.GUIDELINE)
        + POOLED_BOOST * bool(_POOLED.intersection(document.publication_types))
        + RECENT_BOOST * recent
    )


def is_notice(document: Document) -> bool:
    """True for a record that only says something about another: a retraction, an erratum."""
    return bool(_NOTICES.intersection(document.publication_types))


def noticed(document: Document, notices: Sequence[Notice]) -> Document:
    """The document with a mark for each notice about its source."""
    own = {"retracted"} if "Retracted Publication" in document.publication_types else set()
    fresh = dict.fromkeys((*sorted(own), *map(_mark, notices)))
    marks = tuple(dict.fromkeys((*document.source.marks, *fresh)))
    if marks == document.source.marks:
        return document
    return document.model_copy(update={"source": document.source.model_copy(update={"marks": marks})})


def _mark(notice: Notice) -> str:
    by = f"PMID {notice.by}" if notice.by.isdigit() else notice.by
    worded = _WORDED.get(notice.kind)
    return worded.format(by or "a later notice") if worded else notice.kind.value


def marks(document: Document, holds: Holds) -> tuple[str, ...]:
    """The warnings that travel with a source. Age counts from the document's own date, so that it does not
    drift."""
    found = [mark for mark in document.source.marks if mark != "draft"]
    if "draft" in document.source.marks:
        found.append("draft")
    year = document.source.year
    if year and document.dated and int(document.dated[:4]) - year > OLD_AFTER_YEARS:
        found.append(f"older than {OLD_AFTER_YEARS} years ({year})")
    others = (holds(other) for other in document.conflicts_with)
    found += [
        f"conflicts with {_named(other)}"
        for other in others
        if other is not None and "retracted" not in other.source.marks
    ]
    return tuple(dict.fromkeys(found))


def _named(document: Document) -> str:
    source = document.source
    where = f"PMID {source.pmid}" if source.pmid else source.doi or source.id
    return f"{source.title.rstrip('.')} ({where})"


def findings(hits: Sequence[Hit], library: Library) -> tuple[Finding, ...]:
    """A finding for each hit in order, each followed by the sources that it conflicts with, found or not. A retracted
    one supports nothing, on neither side."""
    holds = library.document
    by_id = {hit.document.source.id for hit in hits}
    made: dict[str, Finding] = {}
    for hit in hits:
        made.setdefault(hit.passage.id, _finding(hit, holds))
        for name in hit.document.conflicts_with:
            other = holds(name)
            if other is not None and name not in by_id and "retracted" not in other.source.marks:
                made.setdefault(name, _made(other, Span(*(other.core or (0, len(other.text)))), None, holds))
    return tuple(made.values())


def _finding(hit: Hit, holds: Holds) -> Finding:
    span = answering(hit.document, hit.passage, hit.explain.matched)
    return _made(hit.document, span, hit.score, holds)


def _made(document: Document, span: Span, score: float | None, holds: Holds) -> Finding:
    quote = document.text[slice(*span)]
    source: Source = document.source.model_copy(update={"marks": marks(document, holds)})
    return Finding(
        statement=document.statement or quote,
        evidence=(Evidence(source=source, quote=quote, locator=_where(document, span)),),
        kind=Kind.GUIDELINE if document.kind is StudyKind.GUIDELINE else Kind.LITERATURE,
        certainty=document.certainty,
        names=document.names,
        score=score,
    )


def _where(document: Document, span: Span) -> str:
    """Heading and page where there are any, then the characters of the held text."""
    section = next((part for part in document.sections if part.start <= span[0] < part.end), None)
    named = [section.name] if section and section.name else []
    page = [f"page {section.page}"] if section and section.page else []
    return ", ".join((*named, *page, f"characters {span[0]}-{span[1]}"))
