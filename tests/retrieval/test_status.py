"""Marks travel with a source, conflicts are shown with both sides, and statements stand on exact quotes."""

from __future__ import annotations

from typing import Any

from retrieval.cards import Card
from retrieval.evidence import Kind
from retrieval.passages import StudyKind, from_card
from retrieval.search import Library
from retrieval.status import findings, marks


def test_draft_and_age_are_marked(card_maker: Any) -> None:
    old = from_card(card_maker("old", "zinc", "pneumonia", source=_source(card_maker, year=1999)))
    new = from_card(card_maker("new", "zinc", "pneumonia", status="reviewed"))
    assert marks(old, lambda name: None) == ("draft", "older than 15 years (1999)")
    assert marks(new, lambda name: None) == ()


def _source(card_maker: Any, **change: Any) -> Any:
    return card_maker("any", "zinc", "pneumonia").source.model_copy(update=change)


def test_both_sides_of_a_conflict_are_shown_and_named(card_maker: Any) -> None:
    pro = card_maker("zinc-pro", "zinc", "pneumonia", conflicts_with=("contra-one",))
    contra = card_maker(
        "contra", "supplements", "lung infection of infants", conflicts_with=("zinc-pro-one",), names=()
    )
    held = Library([from_card(pro), from_card(contra)])
    shown = findings(held.search("Does zinc help in pneumonia?", 1).hits, held)
    assert [finding.evidence[0].source.id for finding in shown] == ["card:zinc-pro-one", "card:contra-one"]
    assert any(
        mark.startswith("conflicts with supplements in lung") for mark in shown[0].evidence[0].source.marks
    )
    assert shown[0].score is not None
    assert shown[1].score is None


def test_every_quote_is_the_held_text(cards: tuple[Card, ...]) -> None:
    held = Library([from_card(card) for card in cards])
    for card in cards:
        for finding in findings(held.search(card.question.clinician).hits, held):
            (evidence,) = finding.evidence
            text = held.text(evidence.source.id)
            start, end = (int(n) for n in evidence.locator.removeprefix("characters ").split("-"))
            assert text is not None
            assert evidence.quote == text[start:end]
            assert held.holding(evidence.quote) == (evidence.source.id,)
            assert finding.kind is Kind.LITERATURE


def test_a_guideline_is_a_finding_of_its_own_kind(cards: tuple[Card, ...]) -> None:
    guideline = from_card(cards[0]).model_copy(update={"kind": StudyKind.GUIDELINE})
    held = Library([guideline, *(from_card(card) for card in cards[1:])])
    (finding,) = findings(held.search("Does tiotropium help in COPD?").hits, held)
    assert finding.kind is Kind.GUIDELINE
