"""Lay questions to the answers of MedQuAD: asked by another name, or in other words, than the answer's own page has.

The rule. A *focus* is the disease that a page is about, its name in lower case without marks.
"Another name": focuses whose pages carry the same set of UMLS concepts, two to four of them, make a group. By a hash
one focus lends its name and its own answers leave the pool; right are the answers of the others of the group that come
from another source and whose name neither holds all its words nor is held in it.
"Another source": a focus on which two sources answer the same type of question; right are all its answers.
Every question is a lay sentence of :data:`LAY` for its type, so that none repeats the page's template. An answer of the
asked type is graded 2, any other of the same disease 1. The pool is all answers of all these focuses but the lenders.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.literature.measures import ndcg_10
from evals.literature.sets import Question, QuestionSet, held_out, lines
from retrieval.evidence import Depth, Source
from retrieval.passages import Document, StudyKind

ANSWERS = "medquad/medquad_answers.jsonl.gz"
LARGEST = 4
"""Focuses that one set of concepts may have: more of them share a class, not a disease."""
Pair = Mapping[str, Any]
LAY: Mapping[str, tuple[str, str]] = {
    "information": ("My doctor says I have {}. What does that mean?", "Can you explain {} in plain words?"),
    "symptoms": ("How would I know if I have {}?", "What does somebody with {} notice?"),
    "treatment": ("What can be done about {}?", "How do doctors deal with {}?"),
    "inheritance": ("Could I pass {} on to my children?", "Does {} run in families?"),
    "frequency": ("How rare is {}?", "Do many people have {}?"),
    "genetic changes": ("Which gene is behind {}?", "What is wrong in the DNA of people with {}?"),
    "causes": ("Why do people get {}?", "What brings on {}?"),
    "exams and tests": ("How do doctors find out that it is {}?", "Which check-ups show {}?"),
    "research": ("Is anything new being tried for {}?", "What are scientists doing about {}?"),
    "outlook": ("What can I expect in the years ahead with {}?", "Will my mother get over {}?"),
    "susceptibility": ("Who gets {}?", "Am I more likely than others to get {}?"),
    "considerations": (
        "What else should I bear in mind with {}?",
        "What should a family know about living with {}?",
    ),
    "prevention": ("How can I keep from getting {}?", "Can I do something so that I never get {}?"),
    "stages": ("How far along can {} be?", "What does it mean how advanced {} is?"),
    "complications": ("What can go wrong later with {}?", "What other trouble does {} bring?"),
}


def medquad(data: Path) -> QuestionSet:
    """The set by the rule above; nDCG@10."""
    named = {name_of(row): row for row in lines(data / ANSWERS) if row["qtype"] in LAY}
    rows = list(named.values())
    by_focus: dict[str, list[Pair]] = defaultdict(list)
    for row in rows:
        by_focus[focus_of(row)].append(row)
    renamed = list(_another_name(by_focus, _groups(rows)))
    lenders = {lender for lender, _, _ in renamed}
    told = list(_another_source(by_focus, lenders))
    pool = {focus_of(row) for _, _, right in renamed for row in right} | {focus for focus, _, _ in told}
    asked = [_question("another name", *one) for one in renamed]
    asked += [_question("another source", *one) for one in told]
    held = (row for focus in sorted(pool - lenders) for row in by_focus[focus])
    return QuestionSet("MedQuAD, lay", tuple(map(as_document, held)), tuple(asked), {"nDCG@10": ndcg_10})


def as_document(row: Pair) -> Document:
    """An answer as ``retrieval.sources.medquad`` holds it: titled by the page's own question."""
    return Document(
        source=Source(
            id=name_of(row),
            title=row["question"],
            version="2023-10-17",
            licence="CC BY 4.0",
            depth=Depth.FULL_TEXT,
            url=row["url"],
        ),
        text=row["answer"],
        kind=StudyKind.PAGE,
        asked=(row["question"],),
        names=(row["focus"],),
    )


def name_of(row: Pair) -> str:
    """The id of an answer: the data's own ids repeat from one collection to another (12,133 for 16,407 answers)."""
    return f"medquad:{row['collection']}:{row['id']}"


def focus_of(row: Pair) -> str:
    """The name of the disease for comparing."""
    return " ".join(re.findall(r"[a-z0-9]+", row["focus"].casefold()))


def _groups(rows: Iterable[Pair]) -> list[list[str]]:
    found: dict[frozenset[str], set[str]] = defaultdict(set)
    for row in rows:
        if row["cui"]:
            found[frozenset(row["cui"])].add(focus_of(row))
    return sorted(sorted(group) for group in found.values() if 2 <= len(group) <= LARGEST)


def _another_name(
    by_focus: Mapping[str, Sequence[Pair]], groups: Iterable[Sequence[str]]
) -> Iterator[tuple[str, Pair, list[Pair]]]:
    """The lender, a pair of it to ask, and the right answers, for each type that both sides know."""
    for group in groups:
        lender = min(group, key=_hash)
        own = {row["source"] for row in by_focus[lender]}
        right = [
            row
            for focus in group
            if _differ(lender, focus)
            for row in by_focus[focus]
            if row["source"] not in own
        ]
        for qtype in sorted({row["qtype"] for row in right} & {row["qtype"] for row in by_focus[lender]}):
            yield lender, _first(by_focus[lender], qtype), right


def _another_source(
    by_focus: Mapping[str, Sequence[Pair]], lenders: set[str]
) -> Iterator[tuple[str, Pair, list[Pair]]]:
    """The focus, one pair of it to ask, and all its answers."""
    for focus, rows in sorted(by_focus.items()):
        sources: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            sources[row["qtype"]].add(row["source"])
        twice = [qtype for qtype in sorted(sources) if len(sources[qtype]) > 1]
        if twice and focus not in lenders:
            yield focus, _first(rows, min(twice, key=lambda qtype: _hash(focus + qtype))), list(rows)


def _question(tier: str, focus: str, pair: Pair, right: Sequence[Pair]) -> Question:
    name = f"{tier}: {focus}, {pair['qtype']}"
    said = LAY[pair["qtype"]][int(_hash(name)[:2], 16) % 2]
    grades = {name_of(row): 2 if row["qtype"] == pair["qtype"] else 1 for row in right}
    return Question(name, said.format(pair["focus"]), grades, held_out("medquad", focus))


def _first(rows: Iterable[Pair], qtype: str) -> Pair:
    return min((row for row in rows if row["qtype"] == qtype), key=lambda row: str(row["id"]))


def _differ(one: str, other: str) -> bool:
    ours, theirs = set(one.split()), set(other.split())
    return not ours <= theirs and not theirs <= ours


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
