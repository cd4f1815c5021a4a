"""A PDF with a text layer as blocks: page by page, headings by the outline or by their shape, tables as rows.

Order is that of the content stream, which is column by column in what word processors write. Left out: running heads
and page numbers (``pdf_lines.py``) and the dotted lines of a table of contents. Words broken at a line end are joined.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import dropwhile, pairwise, takewhile
from pathlib import Path
from typing import Any

from retrieval.sources.blocks import (
    AGAIN,
    Block,
    Reading,
    Unreadable,
    assembled,
    dated,
    first_heading,
    sensible,
    titled,
)
from retrieval.sources.pdf_lines import Line, lines_of, without_running
from retrieval.sources.pdf_words import Words

MAX_PAGES = 3000
MAX_HEADING = 150
LARGER = 1.12
"""A heading's letters are at least so many times as large as those of the body."""
_ITEM = re.compile(r"[•●▪■◦○‣⁃\x7f*–-]\s+|\(?\d{1,2}[.)]\s|\(?[a-z]\)\s")
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+[^\W\d_]")
_CONTENTS = re.compile(r"(?:\.\s?){4,}\s*\w+$")


def read(path: Path) -> Reading:
    """The file's text; the title is that of its metadata, else its first heading; the date is that of its metadata.

    Raises:
        Unreadable: encrypted, cut short, damaged, more than 3,000 pages, or without a text layer (a scan).
    """
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import PyPdfError

    _whole(path)
    try:
        held = PdfReader(path)
        if held.is_encrypted and not held.decrypt(""):
            raise Unreadable("encrypted: save it without a password")
        _counted(held)
        with apply_configuration(
            zlib_maximum_recovery_input_length=0
        ):  # half a page must not pass for a page
            pages = [lines_of(page) for page in held.pages]
        about = held.metadata or {}
        told = {name: str(about.get(name) or "") for name in ("/Title", "/ModDate", "/CreationDate")}
        outline = _outline(held)
    except PyPdfError as wrong:
        raise Unreadable(f"damaged: its reader gave up ({type(wrong).__name__}); {AGAIN}") from wrong
    _legible(pages)
    pages = without_running(pages)
    blocks = list(_blocks(pages, outline))
    title = sensible(told["/Title"]) or _largest(pages) or first_heading([b for b in blocks if b.page == 1])
    return assembled(blocks, title, dated(told["/ModDate"], told["/CreationDate"]), len(pages))


def _whole(path: Path) -> None:
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(1024):
            raise Unreadable("not a PDF")
        file.seek(max(path.stat().st_size - 4096, 0))
        if b"%%EOF" not in file.read():
            raise Unreadable(f"damaged: it was cut short; {AGAIN}")


def _counted(held: Any) -> None:
    """Refuses too long a file before its pages are looked at, and one in which pages are missing."""
    told = held.root_object["/Pages"].get_object().get("/Count", 0)
    if told > MAX_PAGES or len(held.pages) > MAX_PAGES:
        raise Unreadable(f"{max(told, MAX_PAGES + 1):,} pages, more than {MAX_PAGES:,}: split the file")
    if not held.pages:
        raise Unreadable(f"damaged: it has no pages; {AGAIN}")
    if told != len(held.pages):
        raise Unreadable(f"damaged: {len(held.pages)} of its {told} pages are there; {AGAIN}")


def _legible(pages: Sequence[Sequence[Line]]) -> None:
    text = "".join(line.text for page in pages for line in page)
    letters = sum(map(str.isalpha, text))
    if not letters or (len(pages) > 2 and letters < 25 * len(pages)):
        raise Unreadable("no text layer: run OCR first")
    if sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" for c in text) > letters / 3:
        raise Unreadable("its fonts do not say which letters they show: run OCR first")


def _largest(pages: Sequence[Sequence[Line]]) -> str:
    """What the first page shows in the largest letters of the document, or nothing where that is no title."""
    top = max(line.size for page in pages for line in page)
    first = dropwhile(lambda line: line.size != top, pages[0])
    held = list(takewhile(lambda line: line.size == top and not _NUMBERED.match(line.text), first))
    small = top < _body(pages) * LARGER
    return "" if small or len(held) > 3 else titled(" ".join(line.text for line in held))


def _body(pages: Sequence[Sequence[Line]]) -> float:
    """The size of most letters."""
    sizes = Counter[float]()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size])


def _outline(held: Any) -> dict[tuple[int, str], int]:
    """The bookmarks: page and words of a heading, and its level."""
    found: dict[tuple[int, str], int] = {}
    waiting = [(entry, 1) for entry in held.outline]
    while waiting:
        entry, level = waiting.pop()
        if isinstance(entry, list):
            waiting += [(inner, level + 1) for inner in entry]
            continue
        number = held.get_destination_page_number(entry)
        if number is not None and number >= 0:
            found.setdefault((number + 1, _key(str(entry.title or ""))), level)
    return found


def _key(text: str) -> str:
    return "".join(re.findall(r"\w", text.casefold()))


def _blocks(pages: Sequence[Sequence[Line]], outline: dict[tuple[int, str], int]) -> Iterator[Block]:
    words = Words(line.text for page in pages for line in page)
    body = _body(pages)
    ranks = sorted({line.size for page in pages for line in page if line.size >= body * LARGER}, reverse=True)
    deepest = max(outline.values(), default=0)
    for number, page in enumerate(pages, 1):
        last = ""
        for held in _paragraphs([line for line in page if not _CONTENTS.search(line.text)]):
            text = words.joined([line.text for line in held])
            level = outline.get((number, _key(text))) or _shaped(held, text, last, body, ranks)
            if level and (number, _key(text)) not in outline:
                level += deepest
            yield Block(_ITEM.sub("", text, count=1) if text[:1] in "•●▪■◦○‣⁃\x7f" else text, level, number)
            last = "" if level or held[-1].cells > 1 else text


def _paragraphs(page: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that belong together: the same letters, no wider gap than between the lines of this page."""
    gaps = Counter(round(a.y - b.y) for a, b in pairwise(page) if 0 < a.y - b.y < 3 * a.size)
    pitch = gaps.most_common(1)[0][0] if gaps else 0
    held: list[Line] = []
    for line in page:
        if held and _apart(held[-1], line, pitch):
            yield held
            held = []
        held.append(line)
    if held:
        yield held


def _apart(above: Line, line: Line, pitch: float) -> bool:
    if above.cells > 1 or line.cells > 1 or _ITEM.match(line.text):
        return True
    if abs(above.size - line.size) > 0.6 or above.bold != line.bold:
        return True
    drop = above.y - line.y
    if drop < 0 or drop > 4 * line.size:  # the next column: the sentence goes on, or it has ended
        return not line.text[:1].islower() or above.text[-1:] in ".!?:"
    return drop > 1.35 * max(pitch, line.size)


def _shaped(held: Sequence[Line], text: str, last: str, body: float, ranks: Sequence[float]) -> int:
    """The level of a heading by its look: larger letters, or bold alone where nothing before it is left open."""
    first = held[0]
    if len(held) > 3 or first.cells > 1 or len(text) > MAX_HEADING or text[-1] in ".;,:?!":
        return 0
    if not re.search(r"[^\W\d_]{2}", text) or not (text[0].isupper() or text[0].isdigit()):
        return 0
    larger = first.size in ranks
    if not larger and (not first.bold or first.size < body * 0.95 or (last and last[-1] not in ".;:!?)")):
        return 0
    numbered = _NUMBERED.match(text)
    if numbered:
        return 1 + numbered.group(1).count(".")
    return 1 + ranks.index(first.size) if larger else 1 + len(ranks)
