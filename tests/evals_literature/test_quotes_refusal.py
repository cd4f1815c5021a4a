"""Which sentence carries the evidence, how refusal is counted, and the table where data is absent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.literature import quotes, refusal, table
from evals.literature.sets import evidence_inference
from retrieval.cards import starter


def test_only_a_label_whose_evidence_stands_in_the_abstract_is_a_case(data: Path):
    [case] = quotes.cases(data)
    assert case.id == "1"
    assert [case.text(at) for at in case.right] == ["Kalinol reduced pain by 12 points over placebo."]


def test_the_trivial_choices(data: Path, encoder: Any):
    [case] = quotes.cases(data)
    said = {name: case.text(choice(case)) for name, choice in quotes.choices(encoder).items()}
    assert said["first sentence"] == "Brumosis is common."
    assert said["last sentence"] == said["conclusion's first"] == "Kalinol helps in brumosis."
    assert said["most shared words"] == "Kalinol reduced pain by 12 points over placebo."


def test_marks_and_case_do_not_hide_evidence_but_a_short_stretch_is_none():
    text = "First.\nThe rate fell (P = 0.01), as was hoped."
    spans = [quotes.Span(0, 6), quotes.Span(7, len(text))]
    assert quotes.carrying_of(text, spans, ["the RATE fell p=0.01 as was hoped"]) == {1}
    assert quotes.carrying_of(text, spans, ["rate fell"]) == frozenset()


def test_no_sentence_crosses_a_section(data: Path):
    for document in evidence_inference(data).documents:
        edges = {part.end for part in document.sections}
        for span in quotes.split(document):
            assert not any(span.start < edge < span.end for edge in edges)


@pytest.mark.parametrize(
    ("inside", "outside", "area"), [([3, 2], [1, 0], 1.0), ([1], [1], 0.5), ([0], [1], 0.0)]
)
def test_the_area_under_the_roc(inside: list[float], outside: list[float], area: float):
    assert refusal.area(inside, outside) == area


def test_the_frozen_questions_are_two_hundred_and_name_cards_that_ship():
    inside, outside = refusal.frozen(refusal.INSIDE), refusal.frozen(refusal.OUTSIDE)
    assert (len(inside), len(outside)) == (100, 100)
    held = {card.id for card in starter()}
    assert all(set(one.cards) <= held and one.cards for one in inside)
    assert not any(one.cards for one in outside)


def test_a_right_card_below_the_third_place_does_not_count():
    question = refusal.Asked("in1", "q", "patient", "inside", ("x",))
    assert refusal.Answered(question, ("card:x",), 0.9).right
    assert not refusal.Answered(question, ("card:y",), 0.9).right
    assert refusal.Answered(question, (), 0.1).refused


def test_the_table_says_what_is_not_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    parts = ["bioasq", "medquad", "pubmedqa", "pubmedqa-results", "evidence", "ingested", "quotes"]
    assert table.main([*parts, "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count(table.NOT_HERE) == len(parts)


def test_a_part_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        table.main(["everything"])
    assert "no such part: everything" in capsys.readouterr().err
