"""Words broken at the end of a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_STANDING = frozenset(
    "alpha beta gamma delta anti non self low high long short first second third double single well all cross co x "
    "two three four half post pre".split()
)
"""First parts that mostly keep their hyphen."""


class Words:
    """The words of a document, to tell a word broken at a line end from one that is written with a hyphen."""

    def __init__(self, lines: Iterable[str]) -> None:
        lines = list(lines)
        self._plain: set[str] = set()
        self._hyphened: set[str] = set()
        for line in lines:
            found = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.casefold())
            self._hyphened.update(word for word in found if "-" in word)
            self._plain.update(word for word in found if "-" not in word)
        self._kept = self._keeps(lines)

    def _keeps(self, lines: Sequence[str]) -> bool:
        """Whether the hyphens at the ends of lines are more often the words' own: most word processors break none."""
        balance = 0
        for line, below in pairwise(lines):
            parts = _parts(line, below)
            if parts:
                balance += ("-".join(parts) in self._hyphened) - ("".join(parts) in self._plain)
        return balance > 0

    def joined(self, lines: Sequence[str]) -> str:
        """Lines of a paragraph as one. "treat-/ment" becomes "treatment"; the hyphen stays where the document writes
        the word with one elsewhere or does so with most, after a first part that mostly keeps it (beta-, non-), and
        before a capital or a figure (SARS-/CoV, IL-/6)."""
        text = lines[0]
        for line in lines[1:]:
            text = self._on(text, line)
        return text

    def _on(self, text: str, line: str) -> str:
        if text.endswith("\u00ad"):
            return text[:-1] + line
        if not re.search(r"\w-$", text) or not line[:1].isalnum():
            return f"{text} {line}"
        parts = _parts(text, line)
        if not parts:
            return text + line
        start, end = parts
        if "".join(parts) in self._plain:
            return text[:-1] + line
        own = self._kept or start in _STANDING or f"{start}-{end}" in self._hyphened
        return text + line if own else text[:-1] + line


def _parts(line: str, below: str) -> tuple[str, str] | None:
    """The two parts of a word that a hyphen parts at the end of a line, before a small letter."""
    first = re.search(r"([^\W\d_]+)-$", line)
    then = re.match(r"[^\W\d_]+", below)
    if not first or not then or not below[0].islower():
        return None
    return first.group(1).casefold(), then.group().casefold()
