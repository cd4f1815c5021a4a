"""What the library page shows. Every word of a source, a file or a user goes through :func:`plain`."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assistant import literature
from assistant.answer import NOTICE
from assistant.literature import Read, Shown
from assistant.service.pages import page
from assistant.ui import wording
from assistant.ui.around import STUDIES, around, published
from assistant.ui.plain import lines, link, plain, shortened
from retrieval.evidence import Source
from retrieval.passages import Document, shown, spans
from retrieval.search import library
from retrieval.status import OLD_AFTER_YEARS
from retrieval.stock import Holding, StockError
from tools.literature import LONGEST

if TYPE_CHECKING:
    from retrieval.hits import LibraryStatus, SearchOutcome
    from retrieval.search import Library

KINDS = {kind.value: words for kind, words in STUDIES.items() if words}
DEPTHS = ("abstract", "full text", "guideline")
FOUND = 10
"""Passages that a search shows."""
LISTED = 100
"""Local documents and retracted sources that are listed; the command line lists all."""
PATIENCE = 20.0
"""Seconds that a search waits for the vectors."""
FIRST_LINES = 400
"""Characters of a new guideline that are shown, so that its reader sees whether it was read well."""
LOCAL = "local:"
_STYLE = Path(__file__).with_name("library.css")


class Typed(NamedTuple):
    """What stands in the search form."""

    question: str = ""
    since: int | None = None
    kind: str = ""
    depth: str = ""


def page_of(above: str = "", typed: Typed | None = None) -> str:
    """The whole page, with what just happened above what is held."""
    shelf = library()
    try:
        body = f"{_search_form(typed or Typed())}{above}{_held(shelf)}{_own(shelf)}"
    except StockError as damaged:
        body = f'<p class="said no" role="alert">{plain(str(damaged))}</p>'
    way = '<p><a href="/">Start</a> · <a href="/clinician/">Clinician page</a></p>'
    head = "<h1>Library</h1><p>What this installation searches before it says a sentence.</p>"
    return page("Library · Consilium", f"{head}{body}{way}<p><small>{NOTICE}</small></p>", style=_style())


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")


# searching


def searched(typed: Typed) -> str:
    """The page with the passages that answer a question, or that nothing does."""
    if not typed.question or len(typed.question) > LONGEST:
        words = f"Ask a question of 1 to {LONGEST:,} characters."
        return page_of(f'<p class="said no" role="alert">{words}</p>', typed._replace(question=""))
    shelf = library()
    whole = shelf.ready or shelf.wait(PATIENCE)
    try:
        behind = literature.unsearched(shelf.status())  # before the search: what joins meanwhile is not in it
        outcome = shelf.search(
            typed.question,
            FOUND,
            kinds=[typed.kind] if typed.kind else None,
            since=typed.since,
            depth=[typed.depth] if typed.depth else None,
        )
        found = _results(outcome, shelf, _notes(behind, whole=whole))
    except StockError:  # the page itself tells it
        found = ""
    return page_of(found, typed)


def _notes(behind: int, *, whole: bool) -> str:
    """What was not searched, or not in full."""
    words = "" if whole else "<p>The index is still being built: this was searched by words only.</p>"
    if not behind:
        return words
    brought = literature.counted(behind, "document")
    are = "is" if behind == 1 else "are"
    return f'<p class="said">{brought} that you brought {are} not searched yet: ask again in a moment.</p>{words}'


def _results(outcome: SearchOutcome, shelf: Library, note: str) -> str:
    gone = "".join(_refused(source) for source in outcome.retracted)
    gone = f"<p>Retracted, so never shown as support:</p><ul>{gone}</ul>" if gone else ""
    if not outcome.hits:
        words = f'<p class="said" role="status">{plain(literature.nothing(outcome))}</p>'
        return f"<h2>Nothing found</h2>{words}{note}{gone}"
    hits = "".join(_hit(one, outcome.floor, shelf) for one in literature.told(outcome, shelf))
    count = f'<p role="status">{literature.counted(len(outcome.hits), "passage")}, the best first.</p>'
    return f'<h2>Found</h2>{count}{note}<ol class="hits">{hits}</ol>{gone}'


def _refused(source: Source) -> str:
    return f"<li>{plain(shown(source.title))} {link(source)}</li>"


def _hit(one: Shown, floor: float, shelf: Library) -> str:
    entry = one.finding.evidence[0]
    document = shelf.document(entry.source.id)
    when = published(document) if document else ""
    what = STUDIES[document.kind] if document else ""
    about = " · ".join(part for part in (plain(shown(when)), plain(what), link(entry.source)) if part)
    because = literature.why(one.hit, floor) if one.hit else "It found otherwise than the source before it."
    return (
        f"<li><b>{plain(shown(entry.source.title))}</b> {wording.depth(entry.source.depth)}"
        f"{wording.marks(entry.source.marks)}<blockquote>{plain(shown(entry.quote))}</blockquote>"
        f'<p class="src">{about}</p>{_watch(entry.source.marks)}'
        f"<details><summary>Why it stands here, and what stands around it</summary>"
        f'<p class="src">{plain(because)}</p>{around(entry, shelf)}'
        f'<p class="src">Licence: {plain(shown(entry.source.licence))}</p></details></li>'
    )


def _watch(marks: tuple[str, ...]) -> str:
    return "".join(f'<p class="src">{plain(shown(mark))}</p>' for mark in wording.watch(marks))


def _search_form(typed: Typed) -> str:
    kinds = "".join(_choice(value, words, typed.kind) for value, words in (("", "any"), *KINDS.items()))
    depths = "".join(_choice(value, value or "any", typed.depth) for value in ("", *DEPTHS))
    year = typed.since or ""
    return (
        '<form class="ask" method="post" action="/library/search" role="search">'
        '<label for="question">Search the library <small>one question in full words</small></label>'
        f'<textarea id="question" name="question" rows="2" required maxlength="{LONGEST}">'
        f'{plain(typed.question)}</textarea><div class="narrow"><label>Kind<select name="kind">{kinds}</select></label>'
        f'<label>Read how deep<select name="depth">{depths}</select></label><label>Not before the year'
        f'<input name="since" inputmode="numeric" pattern="[0-9]{{4}}" size="6" value="{year}"></label></div>'
        "<button>Search</button></form>"
    )


def _choice(value: str, words: str, chosen: str) -> str:
    return f'<option value="{plain(value)}"{" selected" if value == chosen else ""}>{plain(words)}</option>'


# what is held


def _held(shelf: Library) -> str:
    status = shelf.status()
    columns = ("Collection", "Documents", "Years", "Brought on", "Licence")
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    rows = "".join(_row(columns, holding) for holding in status.holdings)
    soon = "" if rows else "<p>The cards that ship are being taken in; they can be searched already.</p>"
    return (
        f"<h2>What is held</h2>{soon}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{plain(literature.index_line(status))}{_trouble(status)}</p>{_aged(shelf)}"
    )


def _row(columns: Sequence[str], holding: Holding) -> str:
    kept = holding.collection
    credit = f"<br><small>{plain(shown(kept.attribution))}</small>" if kept.attribution else ""
    home = kept.origin if "/" in kept.origin else ""  # files that came one by one have none
    origin = f"<br><small>{plain(shown(shortened(home, 120)))}</small>" if home else ""
    cells = (
        f"<span>{plain(shown(kept.title))}{origin}</span>",
        f"<span>{holding.documents:,}</span>",
        f"<span>{plain(literature.years(holding)) or 'not known'}</span>",
        f"<span>{plain(holding.brought)}</span>",
        f"<span>{plain(shown(kept.licence))}{credit}</span>",
    )
    numbers = ("", " class='n'", " class='n'", " class='n'", "")
    return "<tr>{}</tr>".format(
        "".join(
            f'<td{style}><span class="col">{name}</span>{cell}</td>'
            for name, cell, style in zip(columns, cells, numbers, strict=True)
        )
    )


def _trouble(status: LibraryStatus) -> str:
    return f' <span role="alert">{plain(shown(status.trouble))}</span>' if status.trouble else ""


def _aged(shelf: Library) -> str:
    old = literature.older(shelf)
    gone = literature.retracted(shelf)
    named = "".join(_refused(document.source) for document in gone[:LISTED])
    more = f"<li>and {len(gone) - LISTED:,} more</li>" if len(gone) > LISTED else ""
    listed = f"<ul>{named}{more}</ul>" if gone else ""
    return (
        f"<p>Older than {OLD_AFTER_YEARS} years: {old:,}. Retracted: {len(gone):,}"
        f"{', never shown as support:' if gone else '.'}</p>{listed}"
    )


# the user's own guidelines


def _own(shelf: Library) -> str:
    stock = shelf.stock
    local = [one for one in stock.holdings() if one.collection.name.startswith(LOCAL)] if stock else []
    listed = "".join(_document(document) for document in islice(_local(shelf, local), LISTED))
    left = sum(one.documents for one in local) - LISTED
    more = (
        f"<p>And {left:,} more; <code>consilium literature remove</code> lets go of any.</p>"
        if left > 0
        else ""
    )
    return (
        "<h2>Your own guidelines</h2><p>They stand above everything else, marked local.</p>"
        f'<ul class="plain">{listed or "<li>None yet.</li>"}</ul>{more}{_upload_form()}'
    )


def _local(shelf: Library, holdings: Sequence[Holding]) -> Iterator[Document]:
    if shelf.stock is None:
        return
    for holding in holdings:
        rows = [row.row for row in shelf.stock.rows(holding.collection.name)]
        yield from shelf.stock.documents(rows[:LISTED])


def _document(document: Document) -> str:
    source = document.source
    title = plain(shown(shortened(source.title, 160)))
    when = f"of {source.year}" if source.year else "year not known"
    return (
        f'<li>{title} <span class="src">({plain(_size(document))}; {when}; {plain(shown(source.version))}) '
        f'<form method="post" action="/library/remove"><input type="hidden" name="id" value="{html.escape(source.id)}">'
        f'<button class="less" aria-label="Remove {title}">Remove</button></form></span></li>'
    )


def _size(document: Document) -> str:
    counts = {
        "page": max((section.page or 0 for section in document.sections), default=0),
        "section": len(document.sections),
        "passage": len(spans(document)),
    }
    return ", ".join(literature.counted(n, name) for name, n in counts.items() if n)


def _upload_form() -> str:
    return (
        '<h3 id="bring">Bring in a guideline</h3><form class="add" method="post" action="/library/add" '
        'enctype="multipart/form-data"><label for="files">Files <small>PDF, HTML, Markdown, text or docx</small>'
        '</label><input id="files" type="file" name="files" multiple required accept=".pdf,.html,.htm,.md,.txt,.docx">'
        "<small>The text is read in a process of its own, without the network, and kept on this computer; the file "
        "itself is not kept. A scan without a text layer cannot be read.</small><button>Read and hold</button></form>"
    )


def added(read: Sequence[Read]) -> str:
    """The page with what was made of each uploaded file."""
    if not read:
        return refused("No file was chosen.")
    entries = "".join(_read(one) for one in read)
    return page_of(
        f'<h2>What was read</h2><ul class="plain" role="status">{entries}</ul><p>The file itself was not kept. Search '
        "finds the text in a moment, when it is indexed.</p>"
    )


def _read(one: Read) -> str:
    name = plain(shown(one.name))
    if one.document is None:
        return f'<li class="said no"><b>{name}</b>: not held. {plain(shown(one.why))}</li>'
    text = one.document.text
    return (
        f"<li><b>{plain(shown(one.document.source.title))}</b> {wording.marks(one.document.source.marks)}<br>"
        f'<span class="src">{name}: {plain(_size(one.document))}{plain(f"; {one.why}" if one.why else "")}</span>'
        f"<blockquote>{lines(shown(shortened(text, FIRST_LINES)))}</blockquote></li>"
    )


def refused(why: str) -> str:
    """The page with why nothing was read."""
    return page_of(f'<p class="said no" role="alert">{plain(why)}</p>')


def removed(source_id: str) -> str:
    """The page after a local document was let go; other documents are not this page's to remove."""
    shelf = library()
    try:
        document = shelf.stock.document(source_id) if shelf.stock and source_id.startswith(LOCAL) else None
        if document is None or shelf.stock is None:
            return refused("There is no such local document; nothing was removed.")
        shelf.stock.remove(source_id)
    except StockError as wrong:
        return refused(str(wrong))
    shelf.update()
    words = (
        f"Removed: {shortened(document.source.title, 160)}. It answers nothing any more, and later indexings overwrite "
        "its words on this computer. Bring the file in again if that was a mistake."
    )
    return page_of(f'<p class="said" role="status">{plain(shown(words))}</p>')
