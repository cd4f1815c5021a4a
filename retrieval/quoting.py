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
GOES_ON = 90
"""Words of a guideline's advice that are quoted in one piece."""
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
    """What to quote for the tokens ``wanted``: the core of a card; of a study the sentence that reports, of a short one
    (an abstract) the best of all its sections, whichever passage was found; of a guideline or a page the best sentence
    of the passage with those that follow it, because there the exceptions stand."""
    if document.core:
        return Span(*document.core)
    study = document.kind in _STUDIES
    within = _whole(document) if study and is_short(document) else [Span(passage.start, passage.end)]
    spans = [
        Span(part.start + a, part.start + b)
        for part in within
        for a, b in sentences(document.text[slice(*part)])
    ]
    spans = spans or [Span(passage.start, passage.end)]
    held = [frozenset(tokens(document.text[slice(*span)])) for span in spans]
    weights = _weights(wanted, document.source.title, held)
    whole = sum(weights.values()) or 1.0

    def worth(at: int) -> float:
        covered = COVERED * sum(weight for token, weight in weights.items() if token in held[at]) / whole
        if not study:
            return covered
        return (
            covered
            + _stands(section_of(document, spans[at].start))
            + _reports(document.text[slice(*spans[at])])
        )

    best = max(range(len(spans)), key=lambda at: (worth(at), -at))
    return spans[best] if study else _with_what_follows(document.text, spans[best:])


def _with_what_follows(text: str, spans: Sequence[Span]) -> Span:
    """The first sentence and as many of the next as stay within :data:`GOES_ON` words."""
    end = spans[0].end
    for span in spans[1:]:
        if len(text[spans[0].start : span.end].split()) > GOES_ON:
            break
        end = span.end
    return Span(spans[0].start, end)


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
