"""One article of PubMed Central (JATS XML, an ``<article>``) as a document.

Seen in answers of efetch for db=pmc and held to here: ``front/article-meta`` with ``article-id`` of pub-id-type pmid,
pmcid (or pmc) and doi, ``pub-date``, ``permissions/license`` (the address of the licence in ``xlink:href`` or in
``ali:license_ref``), ``abstract``, ``related-article``; ``body`` with nested ``sec``. Where the publisher does not
allow it there is no body but a comment that says so. Related articles: a type that ends in "-forward" speaks about
this article ("retraction-forward": this one is retracted); another ("retracted-article") about the one it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from retrieval.evidence import Depth, Source
from retrieval.passages import Document, Notice, NoticeKind, Section, StudyKind
from retrieval.sources.blocks import Block, Unreadable, assembled, raised, row, tidy

NO_LICENCE = "no licence stated; rights as the publisher's"
NOT_GIVEN = "its publisher does not give the full text"
_HREF = "{http://www.w3.org/1999/xlink}href"
_ALI = "{http://www.niso.org/schemas/ali/1.0/}license_ref"
_LEFT_OUT = frozenset(
    "ref-list fn-group fn table-wrap-foot supplementary-material media graphic inline-graphic tex-math object-id "
    "alternatives-source permissions back contrib-group aff email".split()
)
_STACKED = frozenset("msup msub msubsup mfrac munder mover munderover msqrt mroot mtable".split())
"""Formulae that mean something else when they are written on one line: x with a raised 2 is not x2."""
_APART = frozenset(
    "sec list def-list table-wrap table-wrap-group fig fig-group boxed-text disp-quote statement app".split()
)
_EMPTY_BRACKETS = re.compile(r"\s*[\[(][\s,;–-]*[\])]")
_CREATIVE = re.compile(
    r"creativecommons\.org/(?:licenses/([a-z-]+)/([\d.]+)|(publicdomain)/zero)", re.IGNORECASE
)


def document(article: Any) -> Document:
    """The article with its abstract, its body and its tables; without references, notes and author details.

    Raises:
        Unreadable: its full text is not given, or there is no id or no text in it.
    """
    meta = article.find("front/article-meta")
    body = article.find("body")
    if meta is None or body is None:
        raise Unreadable(NOT_GIVEN)
    pmcid = pmcid_of(article)
    if not pmcid:
        raise Unreadable("it has no PMC id")
    title = _flat(meta.find("title-group/article-title")) or pmcid
    full = [block for block in _inside(body, 1) if block.text]
    if not full:
        raise Unreadable(NOT_GIVEN)
    reading = assembled([*_abstract(meta), *full])
    notices = tuple(_notices(article, meta))
    pmid = _id(meta, "pmid")
    return Document(
        source=Source(
            id=f"pmc:{pmcid}",
            title=title,
            version=_published(meta) or "undated",
            licence=licence(meta),
            depth=Depth.FULL_TEXT,
            url=f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/",
            pmid=pmid or None,
            doi=_id(meta, "doi") or None,
            year=int(_published(meta)[:4]) if _published(meta) else None,
            marks=("retracted",) if _is_retracted(meta, article, title) else (),
        ),
        text=reading.text,
        kind=kind(article, title),
        sections=tuple(Section(name=part.name, start=part.start, end=part.end) for part in reading.parts),
        journal=_flat(article.find("front/journal-meta//journal-title")),
        pmcid=pmcid,
        publication_types=tuple(filter(None, [article.get("article-type") or ""])),
        notices=notices,
        dated=_published(meta),
    )


def pmcid_of(article: Any) -> str:
    """ "PMC" and digits, or nothing."""
    meta = article.find("front/article-meta")
    for name in ("pmcid", "pmc", "pmc-uid"):
        held = _id(meta, name) if meta is not None else ""
        if held:
            return held if held.startswith("PMC") else f"PMC{held}"
    return ""


def _id(meta: Any, kind_of_id: str) -> str:
    return tidy(meta.findtext(f"article-id[@pub-id-type='{kind_of_id}']") or "")


def _published(meta: Any) -> str:
    """The earliest of the publication dates as ISO; a month or day that is not told counts as the first."""
    days = [_day(held) for held in meta.findall("pub-date")]
    return min(filter(None, days), default="")


def _day(held: Any) -> str:
    year, month, day = (tidy(held.findtext(name) or "") for name in ("year", "month", "day"))
    if not re.fullmatch(r"(18|19|20)\d\d", year):
        return ""
    numbers = (
        int(part) if part.isdigit() and 0 < int(part) <= most else 1
        for part, most in ((month, 12), (day, 31))
    )
    return "-".join((year, *(f"{number:02}" for number in numbers)))


def licence(meta: Any) -> str:
    """The licence in short where its address tells it ("CC BY-NC 4.0"), else as the article words it."""
    held = meta.find("permissions/license")
    if held is None:
        return NO_LICENCE
    inner = [node.get(_HREF) or "" for node in held.iter()] + [node.text or "" for node in held.iter(_ALI)]
    words = _flat(held)
    for address in (*inner, words):
        match = _CREATIVE.search(address)
        if match:
            return "CC0" if match.group(3) else f"CC {match.group(1).upper()} {match.group(2)}"
    return words[:300] or next(filter(None, inner), "") or held.get("license-type") or NO_LICENCE


# what it is, and how it stands

_KINDS = (
    (StudyKind.GUIDELINE, r"guideline|recommendation|consensus|position statement"),
    (
        StudyKind.OTHER,
        r"protocol|editorial|letter|comment|correction|retraction|corrigendum|erratum|reply|news",
    ),
    (StudyKind.REVIEW, r"meta-?analys|systematic|review"),
    (StudyKind.TRIAL, r"randomi[sz]ed|\btrial\b|cross-?over|placebo"),
    (
        StudyKind.OBSERVATIONAL,
        r"cohort|case|observational|cross-sectional|registry|retrospective|prospective|survey",
    ),
)


def kind(article: Any, title: str) -> StudyKind:
    """The kind by article type, heading of the journal and title; the first match in the order of the table."""
    subjects = " ".join(
        _flat(node) for node in article.findall("front/article-meta/article-categories//subject")
    )
    told = f"{article.get('article-type') or ''} {subjects} {title}".casefold().replace(
        "research-article", ""
    )
    return next((kind for kind, words in _KINDS if re.search(words, told)), StudyKind.OTHER)


_TOLD = (
    (NoticeKind.CORRECTED, r"partial.*retract|correct|errat|corrig|addend"),
    (NoticeKind.RETRACTED, r"retract|withdraw"),
    (NoticeKind.CONCERN, r"concern"),
    (NoticeKind.SUPERSEDED, r"updat|republish|replace"),
)


def _notices(article: Any, meta: Any) -> Iterator[Notice]:
    """What this article says about itself and about others, as far as a PMID names whom it is about."""
    own = _id(meta, "pmid")
    for related in article.findall("front//related-article"):
        told = (related.get("related-article-type") or "").casefold()
        found = next((kind for kind, words in _TOLD if re.search(words, told)), None)
        about, by = (
            (own, _named(related))
            if told.endswith("-forward")
            else (_pmid(related), own or pmcid_of(article))
        )
        if found and about:
            yield Notice(pmid=about, kind=found, by=by)


def _pmid(related: Any) -> str:
    """The PMID by which a related article is named, or nothing."""
    held = tidy(related.findtext("pub-id[@pub-id-type='pmid']") or "")
    if not held and related.get("ext-link-type") in ("pmid", "pubmed"):
        held = tidy(related.get(_HREF) or "")
    return held if held.isdigit() else ""


def _named(related: Any) -> str:
    """How a related article is named here: its PMID, else the address or id that the link gives."""
    return _pmid(related) or tidy(related.get(_HREF) or related.findtext("pub-id") or "")


def _is_retracted(meta: Any, article: Any, title: str) -> bool:
    """By a link to its retraction, or by its title; a notice of retraction ("Retraction: …") is not the paper."""
    if article.get("article-type") == "retraction":
        return False
    forward = {
        (node.get("related-article-type") or "").casefold()
        for node in article.findall("front//related-article")
    }
    named = re.match(r"\W*(retracted|withdrawn)( article| paper)?\W*[:\]]", title, re.IGNORECASE)
    return (
        "retraction-forward" in forward or article.get("article-type") == "retracted-article" or bool(named)
    )


# the text


def _abstract(meta: Any) -> Iterator[Block]:
    """The abstracts but for pictures and highlights in other words."""
    for held in meta.findall("abstract"):
        if held.get("abstract-type") in (
            None,
            "",
            "section",
            "summary",
            "executive-summary",
            "editor",
            "abstract",
        ):
            yield Block("Abstract", 1)
            yield from (block for block in _inside(held, 2) if block.text.casefold() != "abstract")


def _inside(parent: Any, level: int) -> Iterator[Block]:
    """The blocks under an abstract, a body or a section."""
    for child in parent:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag == "title":
            yield Block(_flat(child), max(level - 1, 1) if parent.tag == "sec" else 0)
        elif tag == "p":
            yield Block(_flat(child, _APART))
            for inner in child.iterchildren(*_APART):
                yield from _apart(inner, level)
        elif tag in _APART:
            yield from _apart(child, level)
        elif tag and tag not in _LEFT_OUT and tag not in ("label", "sec-meta"):
            yield Block(_flat(child))


def _apart(held: Any, level: int) -> Iterator[Block]:
    """The blocks of what stands apart from a paragraph, also where it stands inside one."""
    if held.tag in ("list", "def-list"):
        yield from (Block(_flat(item)) for item in held.iterchildren("list-item", "def-item"))
    elif held.tag in ("table-wrap", "fig"):
        yield from _captioned(held)
    else:
        yield from _inside(held, level + 1)


def _captioned(held: Any) -> Iterator[Block]:
    """Label and caption of a table or figure as one line, then the rows."""
    label, caption = _flat(held.find("label")), _flat(held.find("caption"))
    yield Block(f"{label} {caption}".strip())
    for line in held.iter("tr"):
        yield Block(row(_flat(cell) for cell in line if cell.tag in ("td", "th")))


def _flat(element: Any, without: frozenset[str] = frozenset()) -> str:
    """The words of an element on one line, raised figures raised, citation marks left out."""
    if element is None:
        return ""
    text = "".join(_pieces(element, without))
    if element.find(".//xref") is not None:  # what stood around citation marks
        text = re.sub(r"\s+([.,;:])(?!\d)", r"\1", _EMPTY_BRACKETS.sub("", text))
    return tidy(text)


def _pieces(element: Any, without: frozenset[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in without:
            yield _inline(child, without)
        yield child.tail or ""


def _inline(child: Any, without: frozenset[str]) -> str:
    tag = child.tag.rpartition("}")[2]
    if tag in _LEFT_OUT or (tag == "xref" and child.get("ref-type") in ("bibr", "fn", "table-fn")):
        return ""
    inner = "".join(_pieces(child, without))
    if tag == "sup":
        cited = any(node.get("ref-type") == "bibr" for node in child.iter("xref"))
        return "" if cited and not re.search(r"\w", inner) else raised(tidy(inner))
    if tag == "math" and any(str(node.tag).rpartition("}")[2] in _STACKED for node in child.iter()):
        return " [formula] "
    if tag in ("p", "title", "break", "list-item", "def-item", "term", "def", "label", "td", "th"):
        return f" {inner} "
    return inner
