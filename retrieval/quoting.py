"""Which sentence of a document to quote for a question: the one that reports a result on what is asked.

Weights are a logistic on the development half of the evidence_inference labels (evals/literature/quotes.py, 510 cases):
right in .78 of them, against .22 for most shared words and .22 for the nearest by the embedding; .02 for the first
sentence of the conclusion, since annotators marked the sentence with the figures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from retrieval.passages import Document, Passage, Span, StudyKind, is_short, section_of, sentences
from retrieval.words import tokens

COVERED, RESULT, CONCLUSION, REPORTS, TESTS, FIGURE, PLANS = 6.0, 2.1, -1.4, 1.9, 0.8, 0.3, -2.4
TITLED = 0.3
"""What a word of the question weighs that the title says already: every sentence is about that."""
_STUDIES = frozenset({StudyKind.TRIAL, StudyKind.OBSERVATIONAL, StudyKind.REVIEW, StudyKind.OTHER})
_RESULT, _CONCLUSION = ("result", "finding", "outcome"), ("conclu", "interpret", "discussion")
_REPORTS = re.compile(
    r"\b[pP]\s?[<>=≤]|CI\b|signific|differ|increas|decreas|reduc|improv|higher|lower|greater|compar|than\b|effect|associat"
)
_TESTS = re.compile(r"signific|differ")
_PLANS = re.compile(
    r"\b(?:aim|objective|purpose|to (?:determine|evaluate|assess|compare|investigate|examine)|hypothes"
    r"|random(?:ly|ised|ized)|were assigned)\b"
)


def answering(document: Document, passage: Passage, wanted: Sequence[str]) -> Span:
    """The sentence to quote for the tokens ``wanted``: the core of a card; of a short document, such as an abstract,
    the best of all its sentences, whichever passage was found; of a longer one the best of the passage."""
    if document.core:
        return Span(*document.core)
    within = _whole(document) if is_short(document) else [Span(passage.start, passage.end)]
    spans = [
        Span(part.start + a, part.start + b)
        for part in within
        for a, b in sentences(document.text[slice(*part)])
    ]
    spans = spans or [Span(passage.start, passage.end)]
    held = [frozenset(tokens(document.text[slice(*span)])) for span in spans]
    weights = _weights(wanted, document.source.title, held)
    whole = sum(weights.values()) or 1.0
    study = document.kind in _STUDIES

    def worth(at: int) -> float:
        covered = COVERED * sum(weight for token, weight in weights.items() if token in held[at]) / whole
        if not study:  # a guideline's or a page's sentence is good if it is about what is asked
            return covered
        return (
            covered
            + _stands(section_of(document, spans[at].start))
            + _reports(document.text[slice(*spans[at])])
        )

    return spans[max(range(len(spans)), key=lambda at: (worth(at), -at))]


def _whole(document: Document) -> list[Span]:
    return [Span(part.start, part.end) for part in document.sections] or [Span(0, len(document.text))]


def _weights(wanted: Sequence[str], title: str, held: Sequence[frozenset[str]]) -> dict[str, float]:
    titled = frozenset(tokens(title))
    return {
        token: math.log(1 + len(held) / (0.5 + sum(token in said for said in held)))
        * (TITLED if token in titled else 1.0)
        for token in dict.fromkeys(wanted)
    }


def _stands(heading: str) -> float:
    named = heading.casefold()
    if any(word in named for word in _CONCLUSION):
        return CONCLUSION
    return RESULT * any(word in named for word in _RESULT)


def _reports(said: str) -> float:
    return (
        FIGURE * bool(re.search(r"\d", said))
        + REPORTS * bool(_REPORTS.search(said))
        + TESTS * bool(_TESTS.search(said))
        + PLANS * bool(_PLANS.search(said))
    )
