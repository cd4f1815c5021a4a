"""Text into passages: offsets always point into the held text, so that a quote can be proved.

A card is one passage. Longer text is cut at sentence ends into pieces of up to five sentences and at most
220 words, each beginning with the last sentence of the piece before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from retrieval.cards import Card
from retrieval.evidence import Depth, Source, Text, Word

MAX_WORDS = 220
MAX_SENTENCES = 5
UNIT_WORDS = 600
"""A document of up to so many words is found by all of them, whichever passage is shown."""
SHORT_EFFECT = 220
"""An effect of up to so many characters is said in one breath with the claim; a longer one is only quoted."""


class StudyKind(StrEnum):
    """What sort of document a source is, as a reader filters by it."""

    GUIDELINE = "guideline"
    REVIEW = "review"
    TRIAL = "trial"
    OBSERVATIONAL = "observational"
    PAGE = "page"
    OTHER = "other"


class Span(NamedTuple):
    """Characters ``start`` to ``end`` (exclusive) of a held text."""

    start: int
    end: int


class Section(Word):
    """A stretch of a held text under a heading: ``text[start:end]``. ``page`` counts from 1 as the file does."""

    name: str
    start: int
    end: int
    page: int | None = None


class NoticeKind(StrEnum):
    """What a later publication did to a source."""

    RETRACTED = "retracted"
    CONCERN = "expression of concern"
    CORRECTED = "corrected"
    SUPERSEDED = "superseded"


class Notice(Word):
    """That the source with ``pmid`` was retracted, corrected or superseded, and by what; ``by`` is a PMID or words."""

    pmid: str
    kind: NoticeKind
    by: str = ""


class Document(Word):
    """A held text with what is known about it. ``core`` is the span that carries ``statement``."""

    source: Source
    text: Text
    kind: StudyKind
    topic: str = ""
    sections: tuple[Section, ...] = ()
    """In the order of the text; a passage never crosses from one into the next. None: the text is one section."""
    journal: str = ""
    pmcid: str = ""
    mesh: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    """What this record says about itself or, as a retraction or correction, about others."""
    asked: tuple[str, ...] = ()
    """Questions that the document answers, as a clinician and as a patient ask them."""
    names: tuple[str, ...] = ()
    beside: str = ""
    """Words to be found by that stand outside the held text: comparison, outcome."""
    core: tuple[int, int] | None = None
    statement: str = ""
    certainty: str = "not graded"
    conflicts_with: tuple[str, ...] = ()
    """Source ids of documents that found otherwise."""
    dated: str = ""
    """The ISO date on which the text was written or checked."""


class Passage(Word):
    """A piece of a document: ``text == document.text[start:end]``."""

    id: str
    source_id: str
    start: int
    end: int
    text: str
    facets: tuple[str, ...]
    """What is embedded, each on its own: the questions answered, and title with text."""
    words: str
    """The words of the passage itself, with title and heading."""


_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:vs|e\.g|i\.e|et al|cf|approx|no|fig|dr|st|resp)|\b[A-Z])\.$", re.IGNORECASE
)


def sentences(text: str) -> Iterator[Span]:
    """The sentences of a text in order, without the white space around them."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text[start : end.start()]) and "\n" not in end.group():
            continue
        yield from _trimmed(text, start, end.start())
        start = end.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        offset = start + piece.index(stripped)
        yield Span(offset, offset + len(stripped))


def pieces(text: str) -> Iterator[Span]:
    """The passages of a longer text: up to 5 sentences and 220 words each, one sentence of overlap."""
    held: list[Span] = []
    for sentence in (part for whole in sentences(text) for part in _bounded(text, whole)):
        if held and (len(held) == MAX_SENTENCES or _words(text, held[0].start, sentence.end) > MAX_WORDS):
            yield Span(held[0].start, held[-1].end)
            last = held[-1]
            held = [last] if _words(text, last.start, sentence.end) <= MAX_WORDS else []
        held.append(sentence)
    if held:
        yield Span(held[0].start, held[-1].end)


def _bounded(text: str, span: Span) -> Iterator[Span]:
    """A sentence longer than a passage may be is cut between words."""
    words = list(re.finditer(r"\S+", text[span.start : span.end]))
    for first in range(0, len(words), MAX_WORDS):
        chunk = words[first : first + MAX_WORDS]
        yield Span(span.start + chunk[0].start(), span.start + chunk[-1].end())


def _words(text: str, start: int, end: int) -> int:
    return len(text[start:end].split())


def passages(document: Document) -> tuple[Passage, ...]:
    """The passages of a document; a document with a ``core`` (a card) is one passage."""
    return tuple(
        _passage(document, span, heading, first=not at)
        for at, (span, heading) in enumerate(_headed(document))
    )


def spans(document: Document) -> list[Span]:
    """Where the passages stand: a section that is not too long is one, a longer one is cut at its sentences."""
    return [span for span, _ in _headed(document)]


def _headed(document: Document) -> Iterator[tuple[Span, str]]:
    """The passages with the heading over each; one way through the sections, which may be many thousands."""
    if document.core:
        yield Span(0, len(document.text)), ""
        return
    parts = [(Span(part.start, part.end), part.name) for part in document.sections]
    for part, heading in parts or [(Span(0, len(document.text)), "")]:
        for piece in _within(document.text, part, bool(document.sections)):
            yield piece, heading


def _within(text: str, part: Span, section: bool) -> list[Span]:
    whole = list(_trimmed(text, *part))
    if not whole or (section and _words(text, *part) <= MAX_WORDS):
        return whole
    return [Span(part.start + a, part.start + b) for a, b in pieces(text[part.start : part.end])]


def passage(document: Document, span: Span, first: bool = True) -> Passage:
    """The passage at a span; ``first`` if no other stands before it in its document."""
    return _passage(document, span, section_of(document, span.start), first)


def _passage(document: Document, span: Span, heading: str, first: bool) -> Passage:
    """The passage at a span, with what is embedded and what the word index reads: its title and heading as well. The
    questions that the document answers go with its first passage only: equal vectors spoil a graph of neighbours."""
    text = document.text[span.start : span.end]
    said = document.text[slice(*document.core)] if document.core else text
    titled = (
        f"{document.source.title.rstrip('.')}. {heading}: {said}"
        if heading
        else (f"{document.source.title.rstrip('.')}. {said}")
    )
    return Passage(
        id=f"{document.source.id}#{span.start}-{span.end}",
        source_id=document.source.id,
        start=span.start,
        end=span.end,
        text=text,
        facets=(*(document.asked if first else ()), titled),
        words=_words_of(document, heading, text),
    )


def units(document: Document) -> Iterator[tuple[str, tuple[Passage, ...]]]:
    """What the word index reads, each with the passages for which it speaks: the whole of a short document, because a
    question names what stands in its title, its methods and its results; of a longer one each passage by itself."""
    parts = passages(document)
    if is_short(document):
        headings = "\n".join(part.name for part in document.sections)
        yield _words_of(document, headings, document.text), parts
        return
    for part in parts:
        yield part.words, (part,)


def is_short(document: Document) -> bool:
    """True for a document that is read as one, such as an abstract."""
    return len(document.text.split()) <= UNIT_WORDS


def _words_of(document: Document, heading: str, text: str) -> str:
    parts = (*document.asked, document.source.title, heading, *document.names, document.beside, text)
    return " \n".join(part for part in parts if part)


def section_of(document: Document, at: int) -> str:
    """The heading over the character ``at``, "" where there is none."""
    return next((part.name for part in document.sections if part.start <= at < part.end), "")


def from_card(card: Card) -> Document:
    """The card as a document: its claim is the statement, with the effect where that is short and adds a figure."""
    spoken = bool(card.effect) and len(card.effect) <= SHORT_EFFECT
    quoted = f"{card.claim}\nEffect: {card.effect}" if spoken else card.claim
    start = card.text.index(quoted)
    return Document(
        source=card.as_source(),
        text=card.text,
        kind=kind_of(card),
        topic=card.topic,
        asked=(card.question.clinician, card.question.patient),
        names=card.names,
        beside=f"{card.comparison}. {card.outcome}",
        core=(start, start + len(quoted)),
        statement=_spoken(card.claim, card.effect) if spoken else card.claim,
        certainty=card.certainty,
        conflicts_with=tuple(f"card:{other}" for other in card.conflicts_with),
        dated=card.checked.isoformat(),
    )


_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def _spoken(claim: str, effect: str) -> str:
    """The claim with the effect in brackets, or alone where it says every figure of the effect itself."""
    figures = set(_FIGURE.findall(effect))
    if figures and figures <= set(_FIGURE.findall(claim)):
        return claim
    body, stop = (claim[:-1], claim[-1]) if claim[-1] in ".!?" else (claim, ".")
    return f"{body} ({effect.rstrip('.')}){stop}"


_KINDS = (
    (StudyKind.GUIDELINE, r"guideline|recommendation|consensus"),
    (StudyKind.REVIEW, r"meta-?analys|systematic|review|pooled"),
    (StudyKind.TRIAL, r"random|trial|cross-?over|placebo"),
    (
        StudyKind.OBSERVATIONAL,
        r"cohort|case|observational|cross-sectional|registry|retrospective|prospective|survey",
    ),
    (StudyKind.PAGE, r"page|leaflet|information|fact sheet"),
)


def kind_of(card: Card) -> StudyKind:
    """The kind by the card's depth and design, first match in the order of :data:`_KINDS`."""
    if card.source.depth is Depth.GUIDELINE:
        return StudyKind.GUIDELINE
    design = card.design.casefold()
    return next((kind for kind, words in _KINDS if re.search(words, design)), StudyKind.OTHER)


_DASHES = re.compile("[\u2010-\u2015\u2212]")
_SINGLE = re.compile("[\u2018\u2019\u201a\u201b]")
_DOUBLE = re.compile("[\u201c-\u201f\u00ab\u00bb]")


def normalised(text: str) -> str:
    """Text as quotes are compared: NFKC, one dash, one quotation mark, single blanks; case is kept."""
    text = unicodedata.normalize("NFKC", text)
    text = _DASHES.sub("-", _DOUBLE.sub('"', _SINGLE.sub("'", text)))
    return " ".join(text.split())


def shown(text: str) -> str:
    """Text for the screen: without control, zero-width, bidirectional and private characters.

    Retrieved text is data; what is invisible must not steer how it is read. Quotes use the held text.
    """
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
