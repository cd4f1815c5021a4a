"""XML elements as plain text: markup goes, every character stays, and no number changes its value."""

from __future__ import annotations

import re
from typing import Any

_BLANK = re.compile(r"[ \t\r\n]+")
_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_EXPONENT = re.compile(r"[+\-−–]?\d+")


def said(element: Any, path: str) -> str:
    found = element.find(path)
    return "" if found is None else text_of(found)


def all_of(element: Any, path: str) -> tuple[str, ...]:
    return tuple(filter(None, map(text_of, element.findall(path))))


def text_of(element: Any) -> str:
    """The text of an element without its markup: every character but repeated blanks and line breaks."""
    pieces: list[str] = []
    _flatten(element, pieces)
    return _BLANK.sub(" ", "".join(pieces)).strip()


def _flatten(element: Any, pieces: list[str]) -> None:
    pieces.append(element.text or "")
    for child in element:
        if not isinstance(child.tag, str):  # an entity that is not resolved stays as it was written
            pieces.append(child.text or "")
        elif child.tag == "sup":
            pieces.append(_raised(child, pieces))
        elif child.tag.endswith("}math"):
            # leaves apart: a fraction of 1 and 2 must not be read as 12
            pieces.append(f" {' '.join(leaf.strip() for leaf in child.itertext() if leaf.strip())} ")
        else:
            _flatten(child, pieces)
        pieces.append(child.tail or "")


def _raised(element: Any, before: list[str]) -> str:
    """Raised text: as it is, but after a digit as an exponent, for 10⁹ must not be read as 109."""
    text = text_of(element)
    last = next((piece[-1] for piece in reversed(before) if piece), "")
    if not last.isdigit() or not _EXPONENT.match(text):
        return text
    return text.translate(_RAISED) if _EXPONENT.fullmatch(text) else f"^{text}"
