"""The tool: typed outcomes, the schema's budget, and what it says when it holds nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tools.literature
from retrieval.evidence import Outcome
from retrieval.passages import Document
from retrieval.search import Library
from tools import registry
from tools.literature import search_literature


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, library: Library) -> Library:
    monkeypatch.setattr(tools.literature, "library", lambda: library)
    return library


def test_found_brings_statement_quote_depth_and_versions(made: Library) -> None:
    result = search_literature("Does tiotropium help in COPD?")
    assert result.outcome is Outcome.FOUND
    (finding,) = result.findings
    assert finding.statement.startswith("In adults with COPD, tiotropium relieved")
    assert finding.evidence[0].source.depth == "abstract"
    assert result.versions == {"literature": made.version, "search": "words and vectors"}
    assert result.searched[0].title == "literature library, 6 documents"


def test_not_covered_names_what_was_searched_and_what_is_unknown(made: Library) -> None:
    result = search_literature("Does roflumilast help in COPD?")
    assert result.outcome is Outcome.NOT_COVERED
    assert "6 documents, of 2026-11-21" in result.note
    assert "roflumilast" in result.note


def test_not_found_says_that_the_limits_are_the_reason(made: Library) -> None:
    result = search_literature("Does tiotropium help in COPD?", since=2024)
    assert result.outcome is Outcome.NOT_FOUND
    assert "limits" in result.note


@pytest.mark.parametrize("question", ["", "   ", "x" * 50_001])
def test_bad_questions(made: Library, question: str) -> None:
    assert search_literature(question).outcome is Outcome.BAD_INPUT


def test_a_retracted_source_is_named_in_the_note(
    monkeypatch: pytest.MonkeyPatch, documents: tuple[Document, ...]
) -> None:
    source = documents[0].source.model_copy(update={"marks": ("retracted",)})
    held = Library([documents[0].model_copy(update={"source": source}), *documents[1:]])
    monkeypatch.setattr(tools.literature, "library", lambda: held)
    assert (
        "Retracted, so not shown: tiotropium in COPD"
        in search_literature("Does tiotropium help in COPD?").note
    )


def test_the_schema_is_small_and_both_roles_may_call() -> None:
    entry = registry._registered["search_literature"]
    assert len(json.dumps(entry.schema)) // 4 < 350
    assert entry.roles == ("clinician", "patient")


@pytest.mark.parametrize(
    "wrong", [{"k": 0}, {"since": 12}, {"kinds": ["rumour"]}, {"depth": "deep"}, {"limit": 3}]
)
def test_wrong_arguments_do_not_pass_the_schema(wrong: dict[str, Any]) -> None:
    inputs = registry._registered["search_literature"].inputs
    with pytest.raises(ValueError, match="validation error"):
        inputs.model_validate({"question": "zinc?"} | wrong)


def test_the_tool_is_short() -> None:
    source = Path(tools.literature.__file__).read_text(encoding="utf-8")
    body = source[source.index("def search_literature") : source.index("def _searched")]
    assert len(body.strip().splitlines()) <= 30


def test_a_search_without_the_vectors_says_so(
    monkeypatch: pytest.MonkeyPatch, documents: tuple[Document, ...]
) -> None:
    held = Library(documents)  # no folder: the vectors never join
    monkeypatch.setattr(tools.literature, "library", lambda: held)
    assert "by words only" in search_literature("Does tiotropium help in COPD?").note
    assert "by words only" in search_literature("Does roflumilast help in COPD?").note


def test_a_patient_is_not_shown_what_a_clinic_wrote_for_its_staff(
    documents: tuple[Document, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = documents[0].source.model_copy(update={"marks": ("local",)})
    held = Library([documents[0].model_copy(update={"source": source}), *documents[1:]])
    monkeypatch.setattr(tools.literature, "library", lambda: held)
    asked = {"question": "Does tiotropium help in COPD?"}
    assert registry.call("search_literature", asked).outcome is Outcome.FOUND
    told = registry.call("search_literature", asked, registry.Context(role="patient"))
    assert told.outcome is Outcome.NOT_COVERED
    assert "written for its staff" in told.note
