"""The product's own library on the sets: not a copy of its search, the search."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from retrieval.embed import Encoder
from retrieval.passages import Document
from retrieval.search import Hit, Library

READ_AGAIN = 30
"""Passages that a re-ranker would see."""
PATIENCE_S = 3 * 3600.0


class Ranked(NamedTuple):
    """The documents of a question, best first: as the product ranks, and its first 30 passages by its relevance."""

    fused: list[str]
    judged: list[str]


@contextmanager
def library_of(documents: Iterable[Document], folder: Path, encoder: Encoder) -> Iterator[Library]:
    """A library that holds exactly these documents, with its vectors joined.

    Raises:
        RuntimeError: the vectors could not be had; the message is the library's.
    """
    library = Library(documents, folder, encoder)
    try:
        if not library.wait(PATIENCE_S):
            raise RuntimeError(library.trouble or f"no vectors after {PATIENCE_S:.0f} s")
        yield library
    finally:
        library.close()


def rankings(library: Library, questions: Sequence[str]) -> list[Ranked]:
    """All candidates of each question by document."""
    return [ranked(library.ranked(question)) for question in questions]


def ranked(hits: Sequence[Hit]) -> Ranked:
    """Documents in the order of their best passage."""
    again = sorted(hits[:READ_AGAIN], key=lambda hit: -hit.score)
    return Ranked(_documents(hits), _documents([*again, *hits[READ_AGAIN:]]))


def _documents(hits: Sequence[Hit]) -> list[str]:
    return list(dict.fromkeys(hit.document.source.id for hit in hits))


def folder_for(work: Path, name: str) -> Path:
    """A folder for the library of a set, the same at every run, so that a standing index is used again."""
    plain = "".join(sign if sign.isalnum() else "-" for sign in name)
    os.makedirs(work / plain, exist_ok=True)
    return work / plain
