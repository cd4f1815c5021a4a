"""The sets of questions with their right documents, each made by a fixed rule from the development data.

Half of the questions, by a hash of set and id, is for choosing settings; the other half is held out and reported.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from evals.literature.measures import Measure, average_precision_10, first, recall_10
from retrieval.evidence import Depth, Source
from retrieval.passages import Document, Section, StudyKind

BIOASQ = "mirage/bioasq_7b_9b.jsonl.gz"
PUBMEDQA = "pubmedqa/pubmedqa_dev500.json.gz"
ARTICLES = "evidence_inference/articles.jsonl.gz"
PROMPTS = "evidence_inference/prompts.csv.gz"
NAMELESS = "abstract"
"""The title of a document whose real title is not held, or is the question itself."""


class Question(NamedTuple):
    """A question, and how good each right document is for it (1, or 2 for the best of a graded set)."""

    id: str
    text: str
    grades: Mapping[str, int]
    held_out: bool


class QuestionSet(NamedTuple):
    """Questions over documents. ``measures`` by name, the first one is that of the bar."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    measures: Mapping[str, Measure]

    def half(self, held_out: bool) -> tuple[Question, ...]:
        """The questions of one half, in their order."""
        return tuple(question for question in self.questions if question.held_out is held_out)


def held_out(name: str, question_id: str) -> bool:
    """The half of a question: by the first bit of a hash, so that no list can be tuned."""
    return hashlib.sha256(f"{name}:{question_id}".encode()).digest()[0] >= 128


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file, read line by line: some hold U+2028."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def document(name: str, title: str, parts: Sequence[tuple[str, str]], **about: Any) -> Document | None:
    """A document of headed parts, each a section of its own; None where all parts are empty."""
    sections: list[Section] = []
    text = ""
    for heading, said in parts:
        if said.strip():
            text += "\n" if text else ""
            sections.append(Section(name=heading, start=len(text), end=len(text) + len(said)))
            text += said
    if not text:
        return None
    known = {"version": "development data", "licence": "see shared/data", "depth": Depth.ABSTRACT}
    source = Source(id=name, title=title, **{**known, **about})
    return Document(source=source, text=text, kind=StudyKind.OTHER, sections=tuple(sections))


def bioasq(data: Path) -> QuestionSet:
    """BioASQ 7B-9B: the documents are the 7,8xx papers of which a gold snippet is held, each made of its snippets.

    Right are the papers of a question's own snippets. The pool holds nothing but gold text, so that figures are higher
    than over all PubMed. No title is held.
    """
    texts: dict[str, dict[str, None]] = {}
    questions = []
    for row in lines(data / BIOASQ):
        right = {}
        for snippet in row["snippets"]:
            name = "pubmed:" + snippet["document"].rsplit("/", 1)[-1]
            texts.setdefault(name, {})[snippet["text"]] = None
            right[name] = 1
        if right:
            questions.append(Question(row["id"], row["body"], right, held_out("bioasq", row["id"])))
    made = (
        document(name, NAMELESS, [("", said) for said in held], pmid=name[7:])
        for name, held in sorted(texts.items())
    )
    return QuestionSet(
        "BioASQ 7B-9B",
        tuple(one for one in made if one),
        tuple(questions),
        {"recall@10": recall_10, "MAP@10": average_precision_10},
    )


def pubmedqa(data: Path, results_only: bool = False) -> QuestionSet:
    """PubMedQA: each question to its own abstract (without title, which is the question, and without conclusion)."""
    with gzip.open(data / PUBMEDQA, "rt", encoding="utf-8") as file:
        items = json.load(file)
    documents, questions = [], []
    for pmid, item in sorted(items.items()):
        parts = list(zip(item["LABELS"], item["CONTEXTS"], strict=True))
        if results_only:
            parts = [(label, said) for label, said in parts if "RESULT" in label.upper()]
        made = document(f"pubmed:{pmid}", NAMELESS, parts, pmid=pmid)
        if made:
            documents.append(made)
            questions.append(
                Question(pmid, item["QUESTION"], {made.source.id: 1}, held_out("pubmedqa", pmid))
            )
    name = "PubMedQA, results only" if results_only else "PubMedQA"
    return QuestionSet(name, tuple(documents), tuple(questions), {"R@1": first})


def articles(data: Path) -> tuple[Document, ...]:
    """The 4,470 trial papers, those without an abstract by their title alone."""
    made = (
        document(
            row["pmcid"],
            row["title"] or NAMELESS,
            _parts(row["abstract"]) or [("", row["title"])],
            pmid=row["pmid"],
            year=row["year"],
        )
        for row in lines(data / ARTICLES)
    )
    return tuple(one for one in made if one)


def _parts(abstract: Any) -> list[tuple[str, str]]:
    if isinstance(abstract, list):
        return [(heading or "", said) for heading, said in abstract if said]
    return [("", abstract)] if abstract else []


def evidence_inference(data: Path) -> QuestionSet:
    """evidence_inference: "intervention versus comparator, outcome" to the article it was written on.

    One prompt an article, the first in the file, so that questions do not lean on each other. Prompts that their
    authors marked (column ``noise``) are left out, and so is a text that stands for two articles.
    """
    documents = articles(data)
    held = {one.source.id for one in documents}
    homes: dict[str, dict[str, str]] = {}
    for row in prompts(data):
        if not row["noise"] and f"PMC{row['PMCID']}" in held:
            homes.setdefault(asked(row), {}).setdefault(f"PMC{row['PMCID']}", row["PromptID"])
    questions: dict[str, Question] = {}
    for text, found in homes.items():
        if len(found) == 1:
            [(home, name)] = found.items()
            questions.setdefault(home, Question(name, text, {home: 1}, held_out("evidence_inference", home)))
    return QuestionSet("evidence_inference", documents, tuple(questions.values()), {"R@1": first})


def prompts(data: Path) -> Iterator[dict[str, str]]:
    """The rows of the prompts."""
    with gzip.open(data / PROMPTS, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def asked(row: Mapping[str, str]) -> str:
    """A prompt as a question: "I versus C, O"."""
    said = (" ".join(row[name].split()) for name in ("Intervention", "Comparator", "Outcome"))
    return "{} versus {}, {}".format(*said)
