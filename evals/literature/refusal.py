"""Does the library say "nothing on this" where it holds nothing, and answer where it holds something?

Two measures. The cards that ship, with 200 questions by a writer who saw neither the search nor its vocabulary (frozen
before tuning). And ingested literature: half of the evidence_inference articles are held, and the prompts of both
halves are asked; what is held should be answered, what is left out refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from evals.literature.sets import Question, QuestionSet, held_out
from retrieval.passages import Document
from retrieval.search import Hit, Library

FOLDER = Path(__file__).parent / "data"
INSIDE, OUTSIDE = FOLDER / "inside_100.yaml", FOLDER / "outside_100.yaml"
TOP = 3


class Asked(NamedTuple):
    """A frozen question: ``cards`` are the ids that answer it, none for one outside; ``kind`` says how far outside."""

    id: str
    text: str
    reader: str
    kind: str
    cards: tuple[str, ...]


class Answered(NamedTuple):
    """What the product did with it."""

    question: Asked
    shown: tuple[str, ...]
    """Source ids of the first three."""
    best: float

    @property
    def refused(self) -> bool:
        return not self.shown

    @property
    def right(self) -> bool:
        """A right card stands in the first three."""
        return any(f"card:{card}" in self.shown for card in self.question.cards)


def frozen(path: Path) -> tuple[Asked, ...]:
    """The questions of a file."""
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        Asked(row["id"], row["q"], row["reader"], row.get("kind", "inside"), tuple(row.get("cards", ())))
        for row in rows
    )


def put_to(library: Library, questions: Iterable[Asked]) -> tuple[Answered, ...]:
    """Each question asked as a user asks it."""
    found = []
    for question in questions:
        outcome = library.search(question.text, TOP)
        shown = tuple(hit.document.source.id for hit in outcome.hits)
        found.append(Answered(question, shown, outcome.best))
    return tuple(found)


class Held(NamedTuple):
    """A prompt on ingested articles: the best candidate's relevance and signs, and the rank of the right article among
    what is shown (0: not shown)."""

    question: Question
    held: bool
    shown: int
    rank: int
    best: float
    signs: Mapping[str, float]


def is_held(document_id: str) -> bool:
    """The half of the articles that the library is given."""
    return held_out("refusal", document_id)


def given(documents: Iterable[Document]) -> tuple[Document, ...]:
    """The articles that the library is given."""
    return tuple(document for document in documents if is_held(document.source.id))


def prompts_of(asked: QuestionSet, reported: bool, most: int) -> tuple[Question, ...]:
    """As many prompts of held articles as of those left out, of one half of the questions."""
    mine = asked.half(reported)
    sides = [
        [q for q in mine if is_held(next(iter(q.grades))) is held][: most // 2] for held in (True, False)
    ]
    return tuple(sides[0] + sides[1])


def on_articles(library: Library, questions: Sequence[Question], floor: float) -> tuple[Held, ...]:
    """Each prompt with the candidates that the product would show, those of at least ``floor`` relevance."""
    return tuple(_one(question, library.ranked(question.text), floor) for question in questions)


def _one(question: Question, hits: Sequence[Hit], floor: float) -> Held:
    home = next(iter(question.grades))
    shown = list(dict.fromkeys(hit.document.source.id for hit in hits if hit.score >= floor))
    top = max(hits, key=lambda hit: hit.score, default=None)
    signs = _signs(top) if top else {}
    return Held(
        question,
        is_held(home),
        len(shown),
        shown.index(home) + 1 if home in shown else 0,
        top.score if top else 0.0,
        signs,
    )


def _signs(hit: Hit) -> dict[str, float]:
    said = hit.explain
    leading = sum(1 / rank for rank in (said.word_rank, said.dense_rank) if rank)
    return {
        "cosine": said.cosine or 0.0,
        "coverage": said.coverage,
        "lack": said.lack,
        "leading": leading,
    }


def area(inside: Sequence[float], outside: Sequence[float]) -> float:
    """The area under the ROC: how often a held question scores above one that is not (ties half)."""
    pairs = len(inside) * len(outside)
    above = sum((a > b) + 0.5 * (a == b) for a in inside for b in outside)
    return above / pairs if pairs else float("nan")
