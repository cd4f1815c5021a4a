"""A page of HTML as blocks: text that a reader of the page sees, tables as rows; no scripts, styles, menus.

The tree is walked without recursion: nesting of any depth is only long.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from retrieval.sources.blocks import (
    Block,
    Reading,
    Unreadable,
    assembled,
    dated,
    first_heading,
    raised,
    row,
    sensible,
)

_UNSEEN = frozenset(
    "script style noscript template nav footer form button select option textarea input svg iframe object "
    "embed canvas audio video head math datalist dialog".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd details div dl dt fieldset figcaption figure header hr html li "
    "main ol p pre section summary table tbody tfoot thead tr td th caption ul h1 h2 h3 h4 h5 h6 title".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DATES = (
    "dcterms.modified", "dc.date.modified", "article:modified_time", "last-modified", "dcterms.date", "dc.date",
    "dcterms.issued", "article:published_time", "citation_publication_date", "date",
)  # fmt: skip


def read(path: Path) -> Reading:
    """The page's text; its title is the first heading, else ``<title>``; its date that of its ``<meta>``.

    Raises:
        Unreadable: there is no text in it, or it nests too deep or grows too big to be parsed.
    """
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        page = decoded(path.read_bytes()).replace("\0", "")
        tree = etree.fromstring(page.encode("utf-8", "replace"), parser)
    except etree.LxmlError as wrong:
        raise Unreadable("not to be read as HTML, or more of it than memory allows") from wrong
    if any(trouble.level == etree.ErrorLevels.FATAL for trouble in parser.error_log):
        raise Unreadable("its elements nest too deep")  # the parser stops there without an error: half a page
    if tree is None:
        raise Unreadable("no text in it")
    mains = tree.findall(".//main")
    blocks = _Walk().over(mains[0] if len(mains) == 1 else tree)
    named = tidy_title(tree)
    return assembled(blocks, first_heading(blocks) or named, dated(*_meta(tree)))


def tidy_title(tree: Any) -> str:
    """What ``<title>`` says, where it is a title."""
    return sensible("".join(tree.findtext(".//title") or ""))


def _meta(tree: Any) -> list[str]:
    told = {
        str(meta.get("name") or meta.get("property") or meta.get("http-equiv") or "").lower(): meta.get(
            "content"
        )
        for meta in tree.iter("meta")
    }
    return [told[name] for name in _DATES if told.get(name)]


class _Walk:
    """One walk over a tree; keeps the inline text until a block begins or ends."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.inline: list[str] = []
        self.cells: list[str] | None = None
        self.tables = 0
        self.level = 0

    def over(self, tree: Any) -> list[Block]:
        from lxml import etree

        steps = etree.iterwalk(tree, events=("start", "end"))
        for event, element in steps:
            tag = element.tag if isinstance(element.tag, str) else "script"
            if event == "start":
                if _unseen(tag, element):
                    steps.skip_subtree()
                    continue
                self._begin(tag, element)
            elif not _unseen(tag, element):
                self._end(tag)
            if event == "end":
                self.inline.append(element.tail or "")
        self._flush()
        return self.blocks

    def _begin(self, tag: str, element: Any) -> None:
        if tag == "table":
            if not self.tables:
                self._flush()
            self.tables += 1
        elif tag == "tr" and self.tables == 1:
            self._flush()
            self.cells = []
        elif tag in _BLOCKS and tag not in ("td", "th"):
            self._flush()
        if tag in ("sup", "sub", "td", "th"):
            self.inline.append(
                "\0"
            )  # a mark that no text holds: the place where the cell or the index begins
        if re.fullmatch("h[1-6]", tag):
            self.level = int(tag[1])
        self.inline.append(element.text or "")

    def _end(self, tag: str) -> None:
        if tag == "sup":
            self.inline.append(raised(self._since_mark()))
        elif tag == "sub":
            self.inline.append(self._since_mark())
        elif tag in ("td", "th"):
            text = self._since_mark()
            if self.cells is not None and self.tables == 1:
                self.cells.append(text)
            else:
                self.inline.append(f"{text} ")
        elif tag == "tr" and self.tables == 1 and self.cells is not None:
            cells, self.cells = self.cells, None
            self.inline = [row(cells)]
            self._flush()
        elif tag == "table":
            self.tables -= 1
        elif tag in _BLOCKS:
            self._flush()
        if re.fullmatch("h[1-6]", tag):
            self.level = 0

    def _since_mark(self) -> str:
        """Takes back what was written since the last mark."""
        held: list[str] = []
        while self.inline:
            piece = self.inline.pop()
            if piece == "\0":
                break
            held.append(piece)
        return "".join(reversed(held))

    def _flush(self) -> None:
        if self.cells is not None:  # inside a row a block is only a blank
            self.inline.append(" ")
            return
        text = "".join(self.inline).strip()
        self.inline = []
        if text:
            self.blocks.append(Block(text, self.level))


def _unseen(tag: str, element: Any) -> bool:
    if tag in _UNSEEN or element.get("hidden") is not None or element.get("role") == "navigation":
        return True
    return bool(_HIDDEN.search(element.get("style") or ""))


_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)


def decoded(content: bytes) -> str:
    """Bytes as text: by the byte order mark, by UTF-8 where they are that, by what a page declares, else Windows-1252.

    Raises:
        Unreadable: the bytes are no text.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(name, "replace").removeprefix("\ufeff")
    if content[:8000].count(0) > 0:
        raise Unreadable("not a text file")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        declared = _CHARSET.search(content[:2048])
        return _in(content, declared.group(1).decode("ascii") if declared else "cp1252")


def _in(content: bytes, name: str) -> str:
    try:
        return content.decode(name, "replace")
    except (LookupError, UnicodeError):  # an encoding that nobody knows
        return content.decode("cp1252", "replace")
