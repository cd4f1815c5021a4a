"""The shipped cards with the real model: our development questions, answered and refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from retrieval.cards import starter
from retrieval.passages import from_card
from retrieval.search import Library


def read(name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    raw = yaml.safe_load((Path(__file__).parent / "data" / name).read_text(encoding="utf-8"))
    return raw["inside"] + raw["inside_check"], raw["outside"] + raw["outside_check"]


SENTENCES, NOTES = read("questions.yaml"), read("shorthand.yaml")


def right(library: Library, row: dict[str, Any]) -> bool:
    shown = [hit.document.source.id for hit in library.search(row["q"], 3).hits]
    return any(f"card:{card}" in shown for card in row["cards"])


def share(
    library: Library, questions: tuple[list[dict[str, Any]], list[dict[str, Any]]] = SENTENCES
) -> tuple[float, float]:
    inside = [row for row in questions[0] if any(library.text(f"card:{card}") for card in row["cards"])]
    names = " ".join(name for d in library.documents for name in d.names).casefold()
    outside = [row for row in questions[1] if not row.get("lacks") or row["lacks"].casefold() not in names]
    answered = sum(right(library, row) for row in inside) / len(inside)
    refused = sum(not library.search(row["q"]).covered for row in outside) / len(outside)
    return answered, refused


def test_there_are_enough_questions() -> None:
    for inside, outside in (SENTENCES, NOTES):
        assert len(inside) >= 60
        assert len(outside) >= 60


def test_words_alone_answer_and_refuse_while_the_vectors_are_built() -> None:
    answered, refused = share(Library([from_card(card) for card in starter()]))
    assert answered >= 0.85
    assert refused >= 0.90


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    held = Library([from_card(card) for card in starter()], tmp_path_factory.mktemp("literature"))
    assert held.wait(280), held.trouble
    yield held
    held.close()


@pytest.mark.slow
def test_with_vectors_the_bars_hold(whole: Library) -> None:
    answered, refused = share(whole)
    assert answered >= 0.95
    assert refused >= 0.95


@pytest.mark.slow
def test_hasty_notes_and_stories_are_answered_and_refused(whole: Library) -> None:
    answered, refused = share(whole, NOTES)
    assert answered >= 0.87
    assert refused >= 0.92


@pytest.mark.slow
def test_every_card_is_found_by_the_questions_it_carries(whole: Library) -> None:
    asked = [(d.source.id, question) for d in whole.documents for question in d.asked]
    lost = [q for name, q in asked if name not in {hit.document.source.id for hit in whole.search(q, 5).hits}]
    assert len(lost) <= 0.02 * len(asked), lost
