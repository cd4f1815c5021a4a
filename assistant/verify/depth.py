"""An abstract "reports", it does not let us say that the trial showed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from retrieval.evidence import Depth

_SHOWED = re.compile(
    r"\b(?:the|this|that|a|one)\s+(?:\w+\s+)?(?:trial|study|paper|authors?)\s+"
    r"(?:showed|shows|demonstrated|demonstrates|established|found|finds|confirmed|confirms)\b",
    re.IGNORECASE,
)
_VERBS = {
    Depth.ABSTRACT: "The abstract reports",
    Depth.RECORD: "The record lists",
    Depth.GUIDELINE: "The guideline states",
    Depth.COMPUTATION: "The computation gives",
}


_AS_STUDY = re.compile(
    r"\b(?:abstract|trial|study|paper|authors?)\s+(?:reports?|reported|showed|found|states?)\b", re.I
)


def overstated(sentence: str, depths: Iterable[Depth]) -> str | None:
    """Why the sentence claims more reading than there was: a computation or a record told as a paper's report."""
    if _AS_STUDY.search(sentence) and not set(depths) & {Depth.ABSTRACT, Depth.FULL_TEXT, Depth.GUIDELINE}:
        return "it calls a computation or a record a report of a study"
    return None


def reworded(sentence: str, depth: Depth) -> str:
    """The sentence with its claim of depth brought down to how deep the source was read."""
    verb = _VERBS.get(depth)
    if verb is None:
        return sentence
    return _SHOWED.sub(lambda match: verb if match.start() == 0 else verb[0].lower() + verb[1:], sentence)
