"""Reads one file of a user's own, by the ending of its name. Runs in the confined child, see ``confined.py``.

Nothing of pydantic is loaded here: the child starts anew for each file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from retrieval.sources.blocks import Reading, Unreadable

ENDINGS = (".pdf", ".html", ".htm", ".md", ".txt", ".docx")
VERSION = 2
"""Grows when a reader makes another text out of the same file; files are then read again."""


def read(path: Path) -> Reading:
    """What the file says.

    Raises:
        Unreadable: the file is empty, damaged, encrypted, a scan, or of a kind that is not read.
    """
    if not path.stat().st_size:
        raise Unreadable("the file is empty")
    return _reader(path.suffix.lower())(path)


def _reader(ending: str) -> Callable[[Path], Reading]:
    if ending == ".pdf":
        from retrieval.sources import local_pdf

        return local_pdf.read
    if ending in (".html", ".htm"):
        from retrieval.sources import local_html

        return local_html.read
    if ending in (".md", ".txt"):
        from retrieval.sources import local_markdown

        return local_markdown.read
    if ending == ".docx":
        from retrieval.sources import local_docx

        return local_docx.read
    raise Unreadable(f"not read: only {', '.join(ENDINGS)}")
