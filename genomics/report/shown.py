"""Foreign text on its way into a report: one line, no control or direction signs, and marked where it was cut."""

from __future__ import annotations

import unicodedata

LONGEST = 4000
"""Longest text shown, in characters."""
_SIGNS = {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"}


def shown(text: str, limit: int = LONGEST) -> str:
    """``text`` as one line of at most ``limit`` characters, without signs that are not seen."""
    seen = "".join(" " if unicodedata.category(sign) in _SIGNS else sign for sign in text[: 4 * limit])
    line = " ".join(seen.split())
    return line if len(line) <= limit and len(text) <= 4 * limit else line[: limit - 1] + "…"
