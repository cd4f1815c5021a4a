"""Is the sentence that is quoted the one that carries the answer? On the evidence_inference labels whose annotated
evidence stands in the abstract: the prompt is the question, the right article is given, one sentence is chosen.

A choice is right if half of the sentence lies in an annotated stretch, or half of a stretch in the sentence, by letters
and digits. The labels are unanimous ones; what annotators marked beside the abstract does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from evals.literature.sets import articles, asked, held_out, lines, prompts
from retrieval.embed import Encoder
from retrieval.passages import Document, Span, passages, section_of, sentences
from retrieval.quoting import answering
from retrieval.search import Library
from retrieval.words import tokens

LABELS = "evidence_inference/labels.jsonl.gz"
SHORTEST = 20
"""Letters and digits that an annotated stretch must have, as in the data's own mark."""
HALF = 0.5
CONCLUDING = ("conclu", "interpret", "discussion")
RESULTING = ("result", "finding", "outcome")


class Case(NamedTuple):
    """A question on an article, the article's sentences, and which of them carry the annotated evidence."""

    id: str
    question: str
    document: Document
    sentences: tuple[Span, ...]
    right: frozenset[int]
    held_out: bool

    def text(self, at: int) -> str:
        return self.document.text[slice(*self.sentences[at])]

    def kind(self, at: int) -> str:
        """conclusion, result or other, by the heading."""
        heading = section_of(self.document, self.sentences[at].start).casefold()
        if any(word in heading for word in CONCLUDING):
            return "conclusion"
        return "result" if any(word in heading for word in RESULTING) else "other"


Choice = Callable[[Case], int | None]


def cases(data: Path) -> tuple[Case, ...]:
    """The labels that can be scored; one whose evidence no sentence carries (it spans sections) is left out."""
    held = {document.source.id: document for document in articles(data)}
    questions = {row["PromptID"]: asked(row) for row in prompts(data)}
    found = []
    for row in lines(data / LABELS):
        document = held.get(row["pmcid"])
        if row["unanimous"] and row["quote_in_abstract"] and document and row["prompt_id"] in questions:
            case = _case(row["prompt_id"], questions[row["prompt_id"]], document, row["evidence"])
            found += [case] if case.right else []
    return tuple(found)


def _case(name: str, question: str, document: Document, evidence: Sequence[str]) -> Case:
    spans = tuple(split(document))
    right = carrying_of(document.text, spans, evidence)
    return Case(name, question, document, spans, right, held_out("evidence_inference", document.source.id))


def split(document: Document) -> list[Span]:
    """The sentences of a document, none over the end of a section."""
    parts = [Span(part.start, part.end) for part in document.sections] or [Span(0, len(document.text))]
    return [
        Span(part.start + a, part.start + b)
        for part in parts
        for a, b in sentences(document.text[slice(*part)])
    ]


def carrying_of(text: str, spans: Sequence[Span], evidence: Sequence[str]) -> frozenset[int]:
    """Which sentences carry a stretch of the evidence."""
    letters = [at for at, sign in enumerate(text) if sign.isalnum()]
    plain = _letters(text)
    stretches = []
    for said in map(_letters, evidence):
        start = plain.find(said)
        if len(said) > SHORTEST and start >= 0:
            stretches.append(frozenset(letters[start : start + len(said)]))
    owned = [frozenset(at for at in range(*span) if text[at].isalnum()) for span in spans]
    return frozenset(
        number
        for number, own in enumerate(owned)
        for stretch in stretches
        if len(own & stretch) >= HALF * min(len(own), len(stretch))
    )


def _letters(text: str) -> str:
    folded = ((sign, sign.lower()) for sign in text if sign.isalnum())
    return "".join(low if len(low) == 1 else sign for sign, low in folded)  # one for one: places are counted


def first(case: Case) -> int:
    """The first sentence."""
    return 0


def last(case: Case) -> int:
    """The last sentence."""
    return len(case.sentences) - 1


def concluding(case: Case) -> int:
    """The first sentence of the conclusion; without one the last of all."""
    kinds = [case.kind(at) for at in range(len(case.sentences))]
    return kinds.index("conclusion") if "conclusion" in kinds else last(case)


def sharing(case: Case) -> int:
    """The sentence with most words of the question, the first of equals."""
    wanted = set(tokens(case.question))
    return _best([float(len(wanted & set(tokens(case.text(at))))) for at in range(len(case.sentences))])


def reporting(case: Case) -> int:
    """The product's choice, told all words of the question."""
    span = answering(case.document, passages(case.document)[0], tokens(case.question))
    return case.sentences.index(span)


def by_library(case: Case, library: Library) -> int | None:
    """The product's choice as a reader gets it: on the right article's best passage, by the words matched there; None
    where the article is no candidate."""
    for hit in library.ranked(case.question):
        if hit.document.source.id == case.document.source.id:
            span = answering(case.document, hit.passage, hit.explain.matched)
            return case.sentences.index(span) if span in case.sentences else None
    return None


def nearest(case: Case, encoder: Encoder) -> int:
    """The sentence nearest to the question by the model."""
    return _best(cosines(case, encoder))


def cosines(case: Case, encoder: Encoder) -> list[float]:
    """How near each sentence is to the question."""
    asked_for = encoder.encode([case.question])[0]
    rows = encoder.encode([case.text(at) for at in range(len(case.sentences))])
    return [float(value) for value in rows @ asked_for]


def _best(scores: Sequence[float]) -> int:
    return max(range(len(scores)), key=lambda at: (scores[at], -at))


def choices(encoder: Encoder) -> Mapping[str, Choice]:
    """The trivial ways, and those by one sign."""
    return {
        "first sentence": first,
        "last sentence": last,
        "conclusion's first": concluding,
        "most shared words": sharing,
        "most similar by MiniLM": partial(nearest, encoder=encoder),
        "the product's rule (words, section, words that report)": reporting,
    }


def right(choice: Choice, asked_cases: Sequence[Case]) -> list[float]:
    """1 for each case in which the chosen sentence carries the evidence."""
    return [float(choice(case) in case.right) for case in asked_cases]
