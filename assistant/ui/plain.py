"""Foreign text made harmless: what a paper, a file name or a user wrote is shown, never obeyed.

Every string that is not ours passes :func:`plain` on its way to a page. Markup and Markdown signs become
character references, so no tag, picture, link or formula can arise from them, whatever the page does with it.
"""

from __future__ import annotations

import html
import re

from assistant.render import printable
from retrieval.evidence import Source, Table

_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "\\`*_{}[]()#+!|~$^=@<>&\"'"}
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")
WIDE = 3
"""A table with more columns needs room."""
_LINE_START = re.compile(r"^(\d*)([-.])(?=[\s-]|$)")


def plain(text: str) -> str:
    """``text`` as one line of inert HTML, also inert as Markdown; control and direction signs are gone."""
    line = " ".join(printable(text).split())
    inert = _ADDRESS.sub(lambda hit: f"{hit[1]}\x00{ord(hit[2])};", line).translate(_SIGNS)
    inert = _LINE_START.sub(lambda hit: f"{hit[1]}&#{ord(hit[2])};", inert)
    return inert.replace("\x00", "&#")


def lines(text: str) -> str:
    """Like :func:`plain`, but the line breaks of ``text`` stay, as ``<br>``."""
    return "<br>".join(plain(line) for line in text.splitlines() if line.strip())


def shortened(text: str, limit: int) -> str:
    """``text`` cut at a word so that it has at most ``limit`` characters; the cut is marked."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0] + "…"


def link(source: Source) -> str:
    """An anchor to the source, or "" without an address. Only https, made from ids that we hold."""
    name = f"PMID {source.pmid}" if source.pmid else f"doi {source.doi}" if source.doi else ""
    return link_to(source.link, name)


def link_to(address: str | None, name: str = "") -> str:
    """An anchor with these words, or with the address itself; "" where the address is not plain https."""
    if not address or not re.fullmatch(r"https://[^\s\"'<>`]+", address):
        return ""
    safe, words = html.escape(address, quote=True), plain(shortened(name or address[8:], 60))
    return f'<a href="{safe}" target="_blank" rel="noopener noreferrer">{words}</a>'


def table(grid: Table) -> str:
    """An HTML table with its title as caption. A wide one turns into one block per row where there is no room."""
    head = "".join(f'<th scope="col">{plain(name)}</th>' for name in grid.columns)
    rows = ("".join(map(_cell, grid.columns, row)) for row in grid.rows)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    width = "grid wide" if len(grid.columns) > WIDE else "grid"
    return (
        f'<div class="{width}"><table><caption>{plain(grid.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(column: str, value: str) -> str:
    """A cell with its column's name, which is shown only where the head of the table is not."""
    state = "" if value.strip() else ' class="blank"'
    return f'<td{state}><span class="column">{plain(column)}</span><span>{plain(value)}</span></td>'
