"""PubMed at question time: only where it is allowed, only names of our vocabulary, and told with the answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retrieval.evidence import Depth, Outcome, Source
from retrieval.passages import Document, Notice, NoticeKind, StudyKind
from retrieval.search import Library
from retrieval.sources import online
from retrieval.sources.eutils import Unreachable
from tools import literature

SAID = "In 90 adults with COPD, roflumilast reduced exacerbations of COPD against placebo (0.8 v 1.1 a year)."


class Answering:
    """PubMed as a test plays it: what it was asked, and one paper."""

    def __init__(self, *papers: Document, wrong: Exception | None = None) -> None:
        self.papers, self.wrong = papers, wrong
        self.queries: list[str] = []

    def search(self, query: str, maximum: int) -> Any:
        self.queries.append(query)
        if self.wrong:
            raise self.wrong
        return type("Found", (), {"pmids": tuple(paper.source.pmid for paper in self.papers)})

    def fetch(self, pmids: Any) -> Any:
        return type("Fetched", (), {"documents": self.papers})


def paper(**more: Any) -> Document:
    source = Source(
        id="pubmed:77", title="Roflumilast in COPD", version="2026-01-01", licence="rights as the publisher's",
        depth=Depth.ABSTRACT, pmid="77", year=2024,
    )  # fmt: skip
    return Document(source=source, text=SAID, kind=StudyKind.TRIAL, **more)


@pytest.fixture
def held(library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setattr(literature, "library", lambda: library)
    yield library
    online.configure(None)


QUESTION = "Does roflumilast reduce COPD exacerbations in Mrs Smith, born 3.4.1951?"


def test_nobody_is_asked_unless_a_setting_allows_it(held: Library) -> None:
    assert online.allowed() is None
    assert literature.search_literature(QUESTION).outcome is Outcome.NOT_COVERED


def test_what_pubmed_has_is_shown_with_what_was_sent_and_is_held_from_then_on(held: Library) -> None:
    pubmed = Answering(paper())
    online.configure(pubmed)  # type: ignore[arg-type]
    result = literature.search_literature(QUESTION)
    assert result.outcome is Outcome.FOUND
    (finding,) = result.findings
    assert finding.evidence[0].quote in SAID
    assert finding.evidence[0].source.depth is Depth.ABSTRACT
    assert all(word not in query for query in pubmed.queries for word in ("Smith", "1951"))
    assert f"PubMed was asked for: {pubmed.queries[-1]}" in result.note
    assert held.text("pubmed:77") == SAID
    assert held.wait(60), held.trouble
    online.configure(None)
    assert literature.search_literature(QUESTION).outcome is Outcome.FOUND


def test_what_the_library_answers_is_not_asked_again(held: Library) -> None:
    pubmed = Answering(paper())
    online.configure(pubmed)  # type: ignore[arg-type]
    assert literature.search_literature("Does tiotropium help in COPD?").outcome is Outcome.FOUND
    assert pubmed.queries == []


def test_a_retracted_paper_is_no_support_when_it_comes_online_either(held: Library) -> None:
    notice = Notice(pmid="77", kind=NoticeKind.RETRACTED, by="78")
    online.configure(Answering(paper(notices=(notice,))))  # type: ignore[arg-type]
    assert literature.search_literature(QUESTION).outcome is Outcome.NOT_COVERED


def test_a_pubmed_that_does_not_answer_is_said(held: Library) -> None:
    online.configure(Answering(wrong=Unreachable("the line is down")))  # type: ignore[arg-type]
    result = literature.search_literature(QUESTION)
    assert result.outcome is Outcome.NOT_COVERED
    assert "did not answer: the line is down" in result.note


def test_the_tool_names_no_folder(held: Library, tmp_path: Path) -> None:
    assert str(tmp_path) not in literature.search_literature(QUESTION).model_dump_json()
