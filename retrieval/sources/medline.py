"""PubMed's XML into documents: one record at a time, however long the file.

The elements are those of pubmed_250101.dtd, which Biopython carries. Seen in real records: ``RetractionIn`` and
``UpdateIn`` stand in the older paper and point to the newer, ``RetractionOf`` and ``UpdateOf`` the other way; a
``MedlineDate`` is "2018 Winter" or "1998 Dec-1999 Jan"; cited papers carry ids of their own deep in the record;
formulas are MathML over many lines; a chapter of a book has its publication types without a list around them.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from retrieval.evidence import Depth, Source
from retrieval.passages import Document, Notice, NoticeKind, Section, StudyKind
from retrieval.sources.elements import all_of, said, text_of

ARTICLE, BOOK, DELETED = "PubmedArticle", "PubmedBookArticle", "DeleteCitation"
_ROOT = re.compile(rb"<([A-Za-z][\w:.-]*)")
_ROOTS = frozenset({"PubmedArticleSet", "PubmedBookArticleSet", ARTICLE, BOOK})
_HEAD = 8192
"""Bytes in which the first element must stand."""
NO_TITLE = "(no title in PubMed)"


class MedlineError(ValueError):
    """A file is not PubMed's XML or breaks off; the message names the file and the record."""


class NotMedline(MedlineError):
    """A file or an answer is something else from its first element on."""


class Deleted(NamedTuple):
    """PMIDs that an update file takes back."""

    pmids: tuple[str, ...]


def documents(stream: IO[bytes], name: str = "") -> Iterator[Document]:
    """The records of a stream of PubMed XML in order, without what it deletes; see :func:`records`."""
    return (record for record in records(stream, name) if isinstance(record, Document))


def records(stream: IO[bytes], name: str = "", skip: int = 0) -> Iterator[Document | Deleted]:
    """The records of a stream of PubMed XML in order, without the first ``skip``, and what it deletes.

    No entity but XML's own is resolved, nothing is loaded from elsewhere, and a record is forgotten once it was
    given. ``name`` is the name of the file in errors.

    Raises:
        MedlineError: it is not PubMed's XML, or it breaks off; what came before was given already.
    """
    from lxml import etree

    name = name or str(getattr(stream, "name", "the answer"))
    number = 0
    buffered = io.BufferedReader(cast(Any, stream), _HEAD)
    try:
        _check_root(buffered.peek(_HEAD), name)
        parser = etree.iterparse(
            buffered,
            tag=(ARTICLE, BOOK, DELETED),
            load_dtd=False,
            no_network=True,
            resolve_entities=False,
            remove_comments=True,
            remove_pis=True,
        )
        for _, element in parser:
            number += 1
            if number > skip:
                yield _record(element, f"{name}, record {number}")
            _forget(element)
    except etree.XMLSyntaxError as wrong:
        raise MedlineError(f"{name} breaks off after record {number}: {wrong.msg}.") from wrong
    except (gzip.BadGzipFile, EOFError, zlib.error) as wrong:
        raise MedlineError(f"{name} breaks off after record {number}: damaged gzip ({wrong}).") from wrong
    finally:
        buffered.detach()  # else it would close what is the caller's


def opened(path: Path) -> IO[bytes]:
    """A file of PubMed XML for reading, packed with gzip or not.

    Raises:
        MedlineError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        return cast(IO[bytes], gzip.open(path, "rb")) if packed else path.open("rb")
    except OSError as wrong:
        raise MedlineError(f"{path} cannot be read: {wrong.strerror}.") from wrong


def _check_root(head: bytes, name: str) -> None:
    """Refuse another kind of file before its tree grows in memory."""
    match = _ROOT.search(head)
    root = match.group(1).decode() if match else ""
    if root not in _ROOTS:
        said = re.search(rb"<ERROR>([^<]{1,300})", head)
        what = (
            f"PubMed says: {said.group(1).decode(errors='replace')}" if said else f"it begins with <{root}>"
        )
        raise NotMedline(f"{name} is not PubMed's XML: {what if root else 'no element was found'}.")


def _forget(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _record(element: Any, where: str) -> Document | Deleted:
    if element.tag == DELETED:
        return Deleted(tuple(text_of(pmid) for pmid in element.findall("PMID")))
    citation = element.find("BookDocument" if element.tag == BOOK else "MedlineCitation")
    pmid = said(citation, "PMID") if citation is not None else ""
    if citation is None or not re.fullmatch(r"\d{1,9}", pmid):
        raise MedlineError(f"{where}: has no PMID.")
    return _book(element, citation, pmid) if element.tag == BOOK else _article(element, citation, pmid)


def _article(element: Any, citation: Any, pmid: str) -> Document:
    article = citation.find("Article")
    article = citation if article is None else article
    parts, marks = _abstract(article.find("Abstract"), citation.findall("OtherAbstract"))
    types = all_of(article, "PublicationTypeList/PublicationType")
    mesh = _mesh(citation)
    vernacular = said(article, "VernacularTitle")
    return _document(
        pmid=pmid,
        title=said(article, "ArticleTitle") or vernacular or NO_TITLE,
        parts=parts,
        marks=marks,
        copyright=said(article, "Abstract/CopyrightInformation"),
        dated=_date(citation, "DateRevised", "DateCompleted")
        or _date(element, "PubmedData/History/PubMedPubDate[@PubStatus='pubmed']"),
        year=_year(article, "Journal/JournalIssue/PubDate", "ArticleDate"),
        doi=_doi(article, element.find("PubmedData/ArticleIdList")),
        pmcid=_id(element.find("PubmedData/ArticleIdList"), "pmc"),
        kind=kind_of(types, mesh),
        journal=said(article, "Journal/ISOAbbreviation")
        or said(citation, "MedlineJournalInfo/MedlineTA")
        or said(article, "Journal/Title"),
        mesh=mesh,
        publication_types=types,
        notices=notices(citation, pmid, types),
        beside=" ".join(filter(None, (vernacular, "; ".join(all_of(citation, "KeywordList/Keyword"))))),
    )


def _book(element: Any, citation: Any, pmid: str) -> Document:
    book = said(citation, "Book/BookTitle")
    types = all_of(citation, "PublicationType") + all_of(citation, "PublicationTypeList/PublicationType")
    parts, marks = _abstract(citation.find("Abstract"), [])
    return _document(
        pmid=pmid,
        title=said(citation, "ArticleTitle") or said(citation, "VernacularTitle") or book or NO_TITLE,
        parts=parts,
        marks=marks,
        copyright=said(citation, "Abstract/CopyrightInformation"),
        dated=_date(citation, "DateRevised", "ContributionDate"),
        year=_year(citation, "Book/PubDate", "ContributionDate", "Book/BeginningDate"),
        doi=_id(citation.find("ArticleIdList"), "doi")
        or _id(element.find("PubmedBookData/ArticleIdList"), "doi"),
        pmcid="",
        kind=kind_of(types, ()),
        journal=book,
        mesh=(),
        publication_types=types,
        notices=(),
        beside="; ".join(all_of(citation, "KeywordList/Keyword")),
    )


def _document(
    *,
    pmid: str,
    title: str,
    parts: list[tuple[str, str]],
    marks: tuple[str, ...],
    copyright: str,
    dated: str,
    year: int | None,
    doi: str,
    **more: Any,
) -> Document:
    licence = f"PubMed abstract; {copyright or 'rights as the publisher’s'}" if parts else "PubMed record"
    text, sections = _joined(parts or [("Title", title)])
    return Document(
        source=Source(
            id=f"pubmed:{pmid}",
            title=title,
            version=dated or "undated",
            licence=licence,
            depth=Depth.ABSTRACT if parts else Depth.RECORD,
            pmid=pmid,
            doi=doi or None,
            year=year,
            marks=marks,
        ),
        text=text,
        sections=sections,
        dated=dated,
        **more,
    )


def _joined(parts: list[tuple[str, str]]) -> tuple[str, tuple[Section, ...]]:
    """The parts under one another, and where each stands."""
    sections, at = [], 0
    for name, text in parts:
        sections.append(Section(name=name, start=at, end=at + len(text)))
        at += len(text) + 1
    return "\n".join(text for _, text in parts), tuple(sections)


# the abstract


def _abstract(own: Any, others: list[Any]) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """Name and text of each part, and marks. Another abstract counts only where there is none; English first."""
    parts = _parts(own, "Abstract") if own is not None else []
    if parts:
        return parts, ()
    for other in sorted(others, key=lambda other: other.get("Language", "eng") != "eng"):
        language = other.get("Language", "eng")
        plain = other.get("Type") == "plain-language-summary"
        name = "Plain language summary" if plain else "Abstract"
        parts = _parts(other, name if language == "eng" else f"{name} ({language})")
        if parts:
            return parts, () if language == "eng" else (f"abstract in another language ({language})",)
    return [], ()


def _parts(abstract: Any, unnamed: str) -> list[tuple[str, str]]:
    parts = ((_heading(part, unnamed), text_of(part)) for part in abstract.findall("AbstractText"))
    return [(name, text) for name, text in parts if text]


def _heading(part: Any, unnamed: str) -> str:
    label = " ".join(part.get("Label", "").split())
    category = part.get("NlmCategory", "")
    return label or (category if category and category != "UNASSIGNED" else unnamed)


# what sort of paper it is, and what became of it

_TYPES = {
    StudyKind.GUIDELINE: "Practice Guideline; Guideline; Consensus Statement; Consensus Development Conference; "
    "Consensus Development Conference, NIH",
    StudyKind.REVIEW: "Meta-Analysis; Network Meta-Analysis; Systematic Review; Review; Scoping Review",
    StudyKind.TRIAL: "Randomized Controlled Trial; Controlled Clinical Trial; Clinical Trial; "
    "Clinical Trial, Phase I; Clinical Trial, Phase II; Clinical Trial, Phase III; Clinical Trial, Phase IV; "
    "Pragmatic Clinical Trial; Equivalence Trial; Adaptive Clinical Trial",
    StudyKind.OBSERVATIONAL: "Observational Study; Case Reports",
}
_KINDS = {kind: frozenset(names.split("; ")) for kind, names in _TYPES.items()}
_COHORTS = frozenset(
    "Cohort Studies; Retrospective Studies; Prospective Studies; Longitudinal Studies; Follow-Up Studies; "
    "Case-Control Studies; Cross-Sectional Studies; Registries".split("; ")
)
"""MeSH headings that say how a study was done where no publication type does."""


def kind_of(types: tuple[str, ...], mesh: tuple[str, ...]) -> StudyKind:
    """The kind by PubMed's publication types, the strongest first, else by its headings for cohorts; a type that is
    not mapped (a protocol, a letter, a trial on animals) is OTHER and never a guess."""
    held = frozenset(types)
    for kind, names in _KINDS.items():
        if held & names:
            return kind
    protocol = "Clinical Trial Protocol" in held
    return StudyKind.OBSERVATIONAL if _COHORTS & frozenset(mesh) and not protocol else StudyKind.OTHER


def _mesh(citation: Any) -> tuple[str, ...]:
    """The headings, those of the main topic first."""
    major: list[str] = []
    minor: list[str] = []
    for heading in citation.findall("MeshHeadingList/MeshHeading"):
        name = said(heading, "DescriptorName")
        main = any(child.get("MajorTopicYN") == "Y" for child in heading)
        (major if main else minor).append(name)
    return tuple(name for name in dict.fromkeys(major + minor) if name)


_ABOUT_THIS = {
    "RetractionIn": NoticeKind.RETRACTED,
    "RetractedandRepublishedIn": NoticeKind.RETRACTED,
    "ExpressionOfConcernIn": NoticeKind.CONCERN,
    "ErratumIn": NoticeKind.CORRECTED,
    "CorrectedandRepublishedIn": NoticeKind.SUPERSEDED,
    "UpdateIn": NoticeKind.SUPERSEDED,
}
_ABOUT_OTHER = {
    "RetractionOf": NoticeKind.RETRACTED,
    "RetractedandRepublishedFrom": NoticeKind.RETRACTED,
    "ExpressionOfConcernFor": NoticeKind.CONCERN,
    "ErratumFor": NoticeKind.CORRECTED,
    "CorrectedandRepublishedFrom": NoticeKind.SUPERSEDED,
    "UpdateOf": NoticeKind.SUPERSEDED,
}
RETRACTED_TYPE = "Retracted Publication"


def notices(citation: Any, pmid: str, types: tuple[str, ...]) -> tuple[Notice, ...]:
    """What the record says was retracted, doubted, corrected or replaced: itself, or the paper that it is about."""
    found: dict[Notice, None] = {}
    for link in citation.findall("CommentsCorrectionsList/CommentsCorrections"):
        relation, other = link.get("RefType", ""), said(link, "PMID")
        known = other if re.fullmatch(r"\d{1,9}", other) else ""
        if relation in _ABOUT_THIS:
            by = known or said(link, "RefSource")
            found[Notice(pmid=pmid, kind=_ABOUT_THIS[relation], by=by)] = None
        elif relation in _ABOUT_OTHER and known:
            found[Notice(pmid=known, kind=_ABOUT_OTHER[relation], by=pmid)] = None
    itself = any(notice.pmid == pmid and notice.kind is NoticeKind.RETRACTED for notice in found)
    if RETRACTED_TYPE in types and not itself:
        found[Notice(pmid=pmid, kind=NoticeKind.RETRACTED, by=f"PubMed: {RETRACTED_TYPE}")] = None
    return tuple(found)


# dates and ids

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def _year(element: Any, *paths: str) -> int | None:
    """The first year said at the first of these places that says one."""
    for path in paths:
        for date in element.findall(path):
            year = _YEAR.search(said(date, "Year") or said(date, "MedlineDate"))
            if year:
                return int(year.group())
    return None


def _date(element: Any, *paths: str) -> str:
    """The ISO date at the first of these places that has a whole one, else an empty text."""
    for path in paths:
        date = element.find(path)
        if date is None:
            continue
        year, month, day = (said(date, part) for part in ("Year", "Month", "Day"))
        if month[:3].casefold() in _MONTHS:
            month = str(_MONTHS.index(month[:3].casefold()) + 1)
        if re.fullmatch(r"\d{4} [01]?\d [0-3]?\d", f"{year} {month} {day}"):
            return f"{year}-{month:0>2}-{day:0>2}"
    return ""


def _doi(article: Any, ids: Any) -> str:
    for place in article.findall("ELocationID"):
        if place.get("EIdType") == "doi" and place.get("ValidYN", "Y") == "Y" and text_of(place):
            return text_of(place)
    return _id(ids, "doi")


def _id(ids: Any, kind: str) -> str:
    """An id of the record itself: the list is the record's own, those of cited papers lie deeper."""
    own = () if ids is None else ids.findall("ArticleId")
    return next((text_of(one) for one in own if one.get("IdType") == kind), "")
