"""Words that no fact and no sentence of ours may say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

FORBIDDEN = re.compile(r"\bsafe(?:ly)?\b|\bno interactions?\b|\brecommended dose\b|\bharmless\b", re.I)


def forbidden(name: str, said: Iterable[str]) -> Iterator[str]:
    """One line for each sentence with a word that may not be said."""
    for sentence in said:
        bad = FORBIDDEN.search(sentence)
        if bad:
            yield f"{name} says “{bad[0]}”"
