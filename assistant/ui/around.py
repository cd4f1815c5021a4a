"""A quote in its neighbourhood: what the held text says around it, what the source is, and what is held against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Protocol

from assistant.ui.plain import lines, link, plain, shortened
from retrieval.evidence import Depth, Evidence, Source
from retrieval.neighbourhood import Neighbourhood, Part, neighbourhood, place
from retrieval.passages import Document, StudyKind, shown

KEPT_HERE = ("card:", "pubmed:", "pmc:", "medquad:", "local:")
"""How the ids of the library's sources begin; other sources (rules, models, charts) have no text around a quote."""
STUDIES = {
    StudyKind.GUIDELINE: "guideline",
    StudyKind.REVIEW: "review or meta-analysis",
    StudyKind.TRIAL: "trial",
    StudyKind.OBSERVATIONAL: "observational study",
    StudyKind.PAGE: "information page",
    StudyKind.OTHER: "",
}
GONE = "This source is no longer held, so what stood around the quote cannot be shown."
CHANGED = "The held text has changed since, and this quote does not stand in it any more."


class Shelves(Protocol):
    """Whoever holds the documents: :class:`retrieval.search.Library`."""

    def document(self, source_id: str) -> Document | None: ...


def around(entry: Evidence, shelves: Shelves) -> str:
    """The quote with the sentences before and after it, and the whole to unfold; "" for what is no literature."""
    if not entry.source.id.startswith(KEPT_HERE):
        return ""
    document = shelves.document(entry.source.id)
    if document is None:
        return _said(GONE)
    at = place(document, entry.quote, entry.locator)
    if at is None:
        return _said(CHANGED)
    near = neighbourhood(document, *at)
    whose = " on our card, in our words" if document.source.id.startswith("card:") else ""
    return (
        f'<div class="around"><h4>In its neighbourhood{whose}{_where(near.heading, near.page)}</h4>'
        f"<p>{_dots(near, document)}</p>{_whole(near, document)}</div>"
    )


def _said(words: str) -> str:
    return f'<p class="around gone">{words}</p>'


def _where(heading: str, page: int | None) -> str:
    parts = [shortened(heading, 120), f"page {page}" if page else ""]
    words = ", ".join(plain(shown(part)) for part in parts if part)
    return f': <span class="src">{words}</span>' if words else ""


def _dots(near: Neighbourhood, document: Document) -> str:
    """Before, quote and after; three dots where the text goes on."""
    before = "… " if document.text[: near.start].strip() else ""
    after = " …" if document.text[near.end :].strip() else ""
    return f"{before}{_marked(near.before, near.quote, near.after)}{after}"


def _marked(before: str, quote: str, after: str) -> str:
    return f"{_inert(before)}<mark>{_inert(quote)}</mark>{_inert(after)}"


def _inert(words: str) -> str:
    """Held text for the screen, its line breaks and the blanks at its ends kept."""
    inside = words.strip()
    if not inside:
        return _blank(words)
    start = words.index(inside)
    return f"{_blank(words[:start])}{lines(shown(inside))}{_blank(words[start + len(inside) :])}"


def _blank(space: str) -> str:
    return "<br>" if "\n" in space else " " if space else ""


def _whole(near: Neighbourhood, document: Document) -> str:
    """Everything that may be shown, folded; nothing where the neighbourhood is all of it already."""
    if (near.start, near.end) == (near.whole[0].start, near.whole[-1].end):
        return ""
    parts = "".join(_part(part, near, document.text) for part in _unrepeated(near, document.text))
    more = '<p class="src">The held text goes on.</p>' if near.is_cut else ""
    return f'<details class="whole"><summary>{_named(near, document)}</summary>{parts}{more}</details>'


def _unrepeated(near: Neighbourhood, text: str) -> Iterator[Part]:
    """The parts; what stands between two sections without the next heading at its end, which is shown as one."""
    for part, following in zip_longest(near.whole, near.whole[1:]):
        heading = following.heading if following else ""
        between = text[part.start : part.end].rstrip()
        is_quoted = near.quoted.start < part.end and near.quoted.end > part.start
        if part.heading or is_quoted or not heading or not between.endswith(heading):
            yield part
        elif rest := between.removesuffix(heading).rstrip():
            yield part._replace(end=part.start + len(rest))


def _named(near: Neighbourhood, document: Document) -> str:
    if near.is_cut:
        return "More of this section"
    if document.source.id.startswith("card:"):
        return "The whole card, in our words"
    return "The whole abstract" if document.source.depth is Depth.ABSTRACT else "The whole text"


def _part(part: Part, near: Neighbourhood, text: str) -> str:
    start = min(max(near.quoted.start, part.start), part.end)
    end = min(max(near.quoted.end, start), part.end)
    inside = [text[part.start : start], text[start:end], text[end : part.end]]
    words = _marked(*inside) if inside[1] else _inert(text[part.start : part.end])
    heading = f"<h5>{plain(shown(shortened(part.heading, 120)))}</h5>" if part.heading else ""
    return f"{heading}<p>{words}</p>"


def facts(source: Source, shelves: Shelves, claims: Mapping[str, int]) -> str:
    """What the source is: study, journal, year and age; and what found otherwise, linked where the answer has it.
    ``claims`` are the numbers of the answer's claims by the ids of their sources."""
    document = shelves.document(source.id) if source.id.startswith(KEPT_HERE) else None
    if document is None:
        return ""
    told = [("Study", STUDIES[document.kind]), ("Published", published(document))]
    rows = [f"<dt>{name}</dt><dd>{plain(shown(value))}</dd>" for name, value in told if value]
    against = [_against(other, shelves, claims) for other in document.conflicts_with]
    rows += [f"<dt>Against it</dt><dd>{words}</dd>" for words in against if words]
    return "".join(rows)


def published(document: Document) -> str:
    """Journal, year and age in whole years: "BMJ, 2009, 17 years ago"."""
    year = document.source.year
    age = datetime.now(UTC).year - year if year else 0
    ago = f"{age} year{'s' if age != 1 else ''} ago" if age > 0 else ""
    return ", ".join(part for part in (document.journal, str(year or ""), ago) if part)


def _against(other: str, shelves: Shelves, claims: Mapping[str, int]) -> str:
    if other in claims:
        return f'<a href="#claim-{claims[other]}">claim {claims[other]} of this answer</a>'
    document = shelves.document(other)
    if document is None or "retracted" in document.source.marks:
        return ""
    return f"{plain(shown(document.source.title))} {link(document.source)}"
