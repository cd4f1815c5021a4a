"""Trial papers of the development data on a subject's shelf, so that a question on one of them can be answered from it.

The papers never come into the project or a run: they are read from shared data and indexed in the temporary folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from retrieval.passages import Document

SHELF = "shelf:papers"
"""The setting of a case (``Presented.trouble``) that asks for these papers on the shelf."""
NEEDS = "evidence_inference"
ARTICLES = 300
"""Papers on the shelf, the first by a hash of their id, whatever the cases: an index is made once."""


class Label(NamedTuple):
    """A question on a paper and the direction on which its annotators agreed: -1, 0 or 1."""

    prompt: str
    intervention: str
    comparator: str
    outcome: str
    article: str
    pmid: str
    direction: int


def data() -> Path:
    """Where the development data lies, whether it is there or not."""
    root = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("CONSILIUM_SHARED", root.parent / "shared")) / "data"


@cache
def papers() -> tuple[Document, ...]:
    """The papers of the shelf: those with an agreed label whose evidence stands in the abstract."""
    from evals.literature.quotes import LABELS
    from evals.literature.sets import articles, lines

    labelled = {
        row["pmcid"] for row in lines(data() / LABELS) if row["unanimous"] and row["quote_in_abstract"]
    }
    held = [document for document in articles(data()) if document.source.id in labelled]
    held.sort(key=lambda document: sha256(document.source.id.encode()).hexdigest())
    return tuple(held[:ARTICLES])


@cache
def labels() -> tuple[Label, ...]:
    """The questions on the papers of the shelf; prompts that their authors marked as noise are left out."""
    from evals.literature.quotes import LABELS
    from evals.literature.sets import lines, prompts

    shelf = {document.source.id: document.source.pmid or "" for document in papers()}
    asked = {row["PromptID"]: row for row in prompts(data()) if not row["noise"]}
    found = []
    for row in lines(data() / LABELS):
        words, usable = asked.get(row["prompt_id"]), row["unanimous"] and row["quote_in_abstract"]
        if words is not None and usable and shelf.get(row["pmcid"]):
            found.append(_label(row, words, shelf[row["pmcid"]]))
    return tuple(sorted(found, key=lambda one: sha256(one.prompt.encode()).hexdigest()))


def _label(row: dict[str, Any], words: dict[str, str], pmid: str) -> Label:
    intervention, comparator, outcome = (
        " ".join(words[name].split()) for name in ("Intervention", "Comparator", "Outcome")
    )
    return Label(row["prompt_id"], intervention, comparator, outcome, row["pmcid"], pmid, int(row["label"]))


def put(folder: Path) -> None:
    """Put the papers into the library of a data folder and wait until they can be searched.

    Raises:
        RuntimeError: the vectors could not be made.
    """
    from retrieval.search import configure, library
    from retrieval.stock import Collection

    configure(folder)
    shelf = library()
    shelf.wait(timeout=580)
    assert shelf.stock is not None
    shelf.stock.put(
        papers(),
        Collection(name="evaluation", title="Trial papers of the evaluation", licence="see shared/data"),
    )
    shelf.update()
    if not shelf.wait(timeout=580):
        raise RuntimeError(shelf.trouble or "it took too long")
    shelf.close()


@contextmanager
def on_shelf(setting: str, usual: Path, folder: Path) -> Iterator[None]:
    """While it lasts this process searches the library of ``folder`` where ``setting`` asks for the papers."""
    if setting != SHELF:
        yield
        return
    from evals.run import shelf
    from retrieval.search import configure, library

    if not (folder / "literature").exists():
        shelf.fill(folder, papers=True)
    configure(folder)
    try:
        library().wait(timeout=580)
        yield
    finally:
        configure(usual)
