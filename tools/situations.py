"""Drugs that a described situation brings up, where a guideline's own population is that situation."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from retrieval.evidence import Text, Word

FILE = Path(__file__).parent / "knowledge" / "situations.yaml"


class Situation(Word):
    """One situation, how it is written, and the drugs that come up in it."""

    situation: Text
    says: Text
    drugs: tuple[str, ...]
    source: Text
    checked: str
    status: str


@cache
def situations() -> tuple[tuple[re.Pattern[str], Situation], ...]:
    """All situations with their compiled patterns, read once."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    read = [Situation.model_validate(row | {"checked": str(row["checked"])}) for row in rows]
    return tuple((re.compile(one.says, re.IGNORECASE), one) for one in read)


def drugs_for(text: str) -> tuple[str, ...]:
    """The drugs that the situations of a text bring up, each once."""
    found = [drug for pattern, one in situations() if pattern.search(text) for drug in one.drugs]
    return tuple(dict.fromkeys(found))
