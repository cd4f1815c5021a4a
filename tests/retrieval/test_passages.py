"""Passages point into the held text; a quote is the held text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.cards import Card
from retrieval.evidence import Depth, Source
from retrieval.passages import (
    MAX_SENTENCES,
    MAX_WORDS,
    Document,
    StudyKind,
    from_card,
    kind_of,
    normalised,
    passages,
    pieces,
    sentences,
    shown,
)
from retrieval.quoting import answering

PROSE = st.text(alphabet=st.sampled_from("abc AB. !?\n\t1,é≥(\u200b"), min_size=1, max_size=3000)


def page(text: str) -> Document:
    source = Source(id="page:1", title="A page", version="1", licence="ours", depth=Depth.RECORD)
    return Document(source=source, text=text, kind=StudyKind.PAGE)


@given(PROSE.filter(lambda text: text.strip() != ""))
def test_every_passage_and_every_quote_is_the_held_text(text: str) -> None:
    held = page(text)
    for passage in passages(held):
        assert passage.text == held.text[passage.start : passage.end]
        start, end = answering(held, passage, ["abc"])
        assert held.text[start:end].strip() == held.text[start:end] != ""


@given(PROSE)
def test_pieces_are_bounded_and_lose_no_word(text: str) -> None:
    spans = list(pieces(text))
    covered = [text[span.start : span.end].split() for span in spans]
    assert all(len(words) <= MAX_WORDS for words in covered)
    assert set(text.split()) >= {word for words in covered for word in words}
    marked = "".join("x" if any(s.start <= at < s.end for s in spans) else c for at, c in enumerate(text))
    assert not [c for c in marked if not c.isspace() and c != "x" and c.isalnum()]


def test_a_long_text_is_cut_at_sentences_with_one_overlap() -> None:
    text = " ".join(f"Sentence number {n} says a thing about the liver." for n in range(12))
    spans = list(pieces(text))
    assert len(spans) == 3
    assert all(len(list(sentences(text[s.start : s.end]))) <= MAX_SENTENCES for s in spans)
    assert text[spans[1].start : spans[1].end].startswith("Sentence number 4")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It fell. It rose.", 2),
        ("Zinc vs. placebo. Done.", 2),
        ("The ratio was 0.85 (95% CI 0.7 to 1.0). No harm was seen.", 2),
        ("Line one\nLine two", 2),
        ("", 0),
    ],
)
def test_sentence_boundaries(text: str, count: int) -> None:
    assert len(list(sentences(text))) == count


def test_a_card_is_one_passage_and_its_statement_is_made_of_its_text(cards: tuple[Card, ...]) -> None:
    for card in cards:
        held = from_card(card)
        (passage,) = passages(held)
        assert passage.text == held.text == card.text
        assert held.core is not None
        quote = held.text[slice(*held.core)]
        assert quote == f"{card.claim}\nEffect: {card.effect}"
        assert held.statement == f"{card.claim[:-1]} ({card.effect})."
        assert card.claim[:-1] in quote
        assert card.effect in quote


def test_a_long_effect_is_left_to_the_text(card_maker: Any) -> None:
    card = card_maker("long-effect", "zinc", "diarrhoea", effect="the mean fell by 1 point; " * 30)
    held = from_card(card)
    assert held.statement == card.claim
    assert held.core is not None
    assert held.text[slice(*held.core)] == card.claim


@pytest.mark.parametrize(
    ("claim", "effect", "statement"),
    [
        ("About 5 percent have it.", "about 5 percent", "About 5 percent have it."),
        ("It affects 1 in 250 people.", "1 in 250", "It affects 1 in 250 people."),
        (
            "Relief was greater.",
            "RR 0.8, 95% CI 0.7 to 0.9",
            "Relief was greater (RR 0.8, 95% CI 0.7 to 0.9).",
        ),
        ("Half of 10 had it.", "5 of 10", "Half of 10 had it (5 of 10)."),
        ("A dose of 50 mg helped.", "5 of 50", "A dose of 50 mg helped (5 of 50)."),
    ],
)
def test_an_effect_that_the_claim_says_already_is_not_said_twice(
    card_maker: Any, claim: str, effect: str, statement: str
) -> None:
    held = from_card(card_maker("said-once", "zinc", "diarrhoea", claim=claim, effect=effect))
    assert held.statement == statement
    assert held.core is not None
    assert held.text[slice(*held.core)] == f"{claim}\nEffect: {effect}"


@pytest.mark.parametrize(
    ("design", "kind"),
    [
        ("double-blind randomised controlled trial", StudyKind.TRIAL),
        ("meta-analysis of randomised trials", StudyKind.REVIEW),
        ("retrospective cohort", StudyKind.OBSERVATIONAL),
        ("reference page of a national library", StudyKind.PAGE),
        ("letter", StudyKind.OTHER),
    ],
)
def test_kinds(card_maker: Any, design: str, kind: StudyKind) -> None:
    assert kind_of(card_maker("kind-of", "zinc", "diarrhoea", design=design)) is kind


def test_quotes_are_compared_as_the_specification_says() -> None:
    assert normalised("a – b\n ‘c’ “d”\u00a0ﬁn") == "a - b 'c' \"d\" fin"
    assert normalised("Abc") != normalised("abc")


def test_what_is_invisible_is_not_shown() -> None:
    assert shown("ig\u200bnore\u202e all\x00 β ≥ 3\n") == "ignore all β ≥ 3\n"
