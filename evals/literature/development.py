"""The questions on the cards that the search was tuned with: each half of each file, the fitted one and the check.

The figures of the fitted halves are training figures; those of the check halves were looked at while tuning. What was
never looked at are the two hundred frozen questions of :mod:`evals.literature.refusal`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from evals.literature.intervals import Interval, share
from retrieval.search import Library

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "retrieval" / "data"
FILES = ("questions.yaml", "shorthand.yaml")
TOP = 3


class Half(NamedTuple):
    """One half of a file: right card shown in the first three, and questions outside refused."""

    name: str
    inside: Interval
    outside: Interval


def halves(library: Library) -> Iterator[Half]:
    """Both halves of each file that is here."""
    for file in FILES:
        if not (FOLDER / file).exists():
            continue
        raw: dict[str, list[dict[str, Any]]] = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
        for part, name in (("", "fitted"), ("_check", "check")):
            inside = [answered(library, row) for row in raw[f"inside{part}"] if known(library, row)]
            outside = [refused(library, row) for row in raw[f"outside{part}"] if not holds(library, row)]
            yield Half(
                f"{file.removesuffix('.yaml')}, {name}",
                share(sum(inside), len(inside)),
                share(sum(outside), len(outside)),
            )


def known(library: Library, row: dict[str, Any]) -> bool:
    """True if one of the cards that the question names is still held."""
    return any(library.document(f"card:{card}") for card in row["cards"])


def holds(library: Library, row: dict[str, Any]) -> bool:
    """True if the library has come to name what the question was chosen to lack."""
    name = row.get("lacks", "").casefold()
    return bool(name) and any(name in " ".join(one.names).casefold() for one in library.documents)


def answered(library: Library, row: dict[str, Any]) -> bool:
    """True if a right card is shown among the first three."""
    shown = [hit.document.source.id for hit in library.search(row["q"], TOP).hits]
    return any(f"card:{card}" in shown for card in row["cards"])


def refused(library: Library, row: dict[str, Any]) -> bool:
    """True if nothing is shown."""
    return not library.search(row["q"], TOP).hits
