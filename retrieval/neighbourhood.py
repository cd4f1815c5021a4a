"""Where a quote stands: the held text around it, with its heading and page, and the whole that it is part of.

Everything here is cut out of the held text and never put together anew, so that a reader sees what the source says
before and after the words that carry a statement.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from retrieval.passages import Document, Section, Span, sentences

AROUND = 3
"""Sentences shown on each side of a quote."""
LONGEST_SIDE = 1_500
"""Characters of a side: a table has no sentences that would end it."""
LONGEST_WHOLE = 6_000
_LOCATOR = re.compile(r"characters (\d+)-(\d+)")


class Part(NamedTuple):
    """A stretch of a held text, ``text[start:end]``, with the heading and page of its section."""

    heading: str
    page: int | None
    start: int
    end: int


class Neighbourhood(NamedTuple):
    """A quote with what stands before and after it: ``before + quote + after == text[start:end]``.

    ``start`` and ``end`` are offsets in the held text, ``quoted`` those of the quote.
    """

    before: str
    quote: str
    after: str
    start: int
    end: int
    quoted: Span
    heading: str
    page: int | None
    whole: tuple[Part, ...]
    """The document where it has at most :data:`LONGEST_WHOLE` characters, else its section, else as much of that
    section as there is room for."""
    is_cut: bool
    """True where the document goes on beyond ``whole``."""


def neighbourhood(document: Document, start: int, end: int, around: int = AROUND) -> Neighbourhood:
    """The surroundings of ``text[start:end]``: up to ``around`` whole sentences on each side, of the same section.

    A quote that begins or ends inside a sentence has the rest of that sentence beside it as well.

    Raises:
        ValueError: the quote does not lie in the held text.
    """
    text = document.text
    if not 0 <= start < end <= len(text):
        raise ValueError(f"characters {start}-{end} do not lie in {document.source.id}")
    quoted = Span(start, end)
    section = section_of(document, quoted)
    left, right = _sides(text, section, quoted, around)
    whole = _whole(document, section, quoted)
    return Neighbourhood(
        before=text[left:start],
        quote=text[start:end],
        after=text[end:right],
        start=left,
        end=right,
        quoted=quoted,
        heading=section.heading,
        page=section.page,
        whole=whole,
        is_cut=bool(text[: whole[0].start].strip() or text[whole[-1].end :].strip()),
    )


def place(document: Document, quote: str, locator: str = "") -> Span | None:
    """Where a quote stands: at "characters A-B" of its locator, else at its first place; None where the held text does
    not have it any more."""
    told = _LOCATOR.search(locator)
    if told and document.text[int(told[1]) : int(told[2])] == quote:
        return Span(int(told[1]), int(told[2]))
    at = document.text.find(quote) if quote else -1
    return Span(at, at + len(quote)) if at >= 0 else None


def section_of(document: Document, quoted: Span) -> Part:
    """The stretch that holds a quote: its section; the gap between sections; from its first section to its last where
    it reaches over several. A text without sections is one."""
    first = _at(document, quoted.start)
    last = _at(document, quoted.end - 1)
    if first == last:
        return first
    return Part(first.heading, first.page, first.start, last.end)


def _at(document: Document, at: int) -> Part:
    holding = [one for one in document.sections if one.start <= at < one.end]
    if holding:
        return _part(min(holding, key=lambda one: one.end - one.start))
    before = max((one.end for one in document.sections if one.end <= at), default=0)
    after = min((one.start for one in document.sections if one.start > at), default=len(document.text))
    return Part("", None, before, after)


def _part(section: Section) -> Part:
    return Part(section.name, section.page, section.start, section.end)


def _sides(text: str, section: Part, quoted: Span, around: int) -> Span:
    """From where to where is shown."""
    inside = text[section.start : section.end]
    spans = [Span(section.start + a, section.start + b) for a, b in sentences(inside)]
    touched = [n for n, span in enumerate(spans) if span.end > quoted.start and span.start < quoted.end]
    if not touched:
        return quoted
    first, last = spans[max(0, touched[0] - around)], spans[min(len(spans) - 1, touched[-1] + around)]
    return Span(
        _after_blank(text, min(first.start, quoted.start), quoted.start, LONGEST_SIDE),
        _before_blank(text, quoted.end, max(last.end, quoted.end), LONGEST_SIDE),
    )


def _after_blank(text: str, start: int, end: int, longest: int) -> int:
    """``start``, or where that is further than ``longest`` before ``end``: the next beginning of a word."""
    if end - start <= longest:
        return start
    blank = re.search(r"\s+(?=\S)", text[end - longest : end])
    return end - longest + (blank.end() if blank else 0)


def _before_blank(text: str, start: int, end: int, longest: int) -> int:
    """``end``, or where that is further than ``longest`` after ``start``: the last end of a word before that."""
    if end - start <= longest:
        return end
    room = text[start : start + longest]
    cut = len(room.rstrip()) if text[start + longest].isspace() else len(re.sub(r"\S+\Z", "", room).rstrip())
    return start + (cut or longest)


def _whole(document: Document, section: Part, quoted: Span) -> tuple[Part, ...]:
    if len(document.text) <= LONGEST_WHOLE:
        return _parts(document)
    if section.end - section.start <= LONGEST_WHOLE:
        return (section,)
    start, end = _window(document.text, section, quoted)
    return (section._replace(start=start, end=end),)


def _window(text: str, section: Part, quoted: Span) -> Span:
    """As much of a long section as may be shown, with the quote in its middle, cut between words."""
    room = LONGEST_WHOLE - (quoted.end - quoted.start)
    if room <= 0:
        return Span(quoted.start, quoted.start + LONGEST_WHOLE)
    start = max(section.start, min(quoted.start - room // 2, section.end - LONGEST_WHOLE))
    end = start + LONGEST_WHOLE
    return Span(
        _after_blank(text, section.start, quoted.start, quoted.start - start),
        _before_blank(text, quoted.end, section.end, end - quoted.end),
    )


def _parts(document: Document) -> tuple[Part, ...]:
    """The sections in order, and what stands between them: every character of the text once."""
    parts: list[Part] = []
    at = 0
    for one in document.sections:
        if one.start < at:  # it lies in the one before
            continue
        if document.text[at : one.start].strip():
            parts.append(Part("", None, at, one.start))
        parts.append(_part(one))
        at = one.end
    if document.text[at:].strip():
        parts.append(Part("", None, at, len(document.text)))
    return tuple(parts)
