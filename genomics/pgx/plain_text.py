"""The HTML of a guideline annotation as plain text: every word kept, the layout as lines."""

from __future__ import annotations

from functools import lru_cache
from html.parser import HTMLParser

_LINES = frozenset("p div br h1 h2 h3 h4 h5 h6 ul ol table thead tbody tr blockquote section".split())
_CELLS = frozenset(("td", "th"))
_SILENT = frozenset(("script", "style"))
BULLET = "- "


@lru_cache(maxsize=4096)
def plain_text(html: str) -> str:
    """The words of ``html`` in their order, one line per block, list items begun with "- ", cells parted by " | ".

    Markup never survives: tags are dropped, entities become their characters, scripts and styles are left out.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line and line != BULLET.strip())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._first_cell = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "li":
            self.parts.append("\n" + BULLET)
        elif tag in _CELLS:
            self.parts.append("" if self._first_cell else " | ")
            self._first_cell = False
        elif tag in _LINES:
            self.parts.append("\n")
            self._first_cell = self._first_cell or tag == "tr"

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _LINES or tag == "li":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " "))
