"""A question about an aspect is told from one about its subject, a silent passage from one that speaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.aspects import aspects_of, lexicon
from retrieval.words import tokens


def names(question: str) -> set[str]:
    return {aspect.name for aspect in aspects_of(question)}


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("Can I have a glass of wine on apixaban?", "alcohol"),
        ("When may she drive after cataract surgery?", "driving"),
        ("Is telmisartan safe in the first trimester?", "pregnancy"),
        ("Does sertraline pass into breast milk?", "breastfeeding"),
        ("I forgot my tablet this morning, what now?", "missed dose"),
        ("What does a month of olaparib cost?", "cost"),
        ("My insulin lay outside the fridge all night", "storage"),
        ("Can dabigatran go down a nasogastric tube?", "crushing"),
        ("How does empagliflozin actually work?", "mechanism"),
        ("Does metformin make my hair fall out?", "hair"),
        ("Who invented the mammogram?", "history"),
        ("How long is it until duloxetine starts to work?", "onset"),
        ("Does grapefruit matter with simvastatin?", "grapefruit"),
    ],
)
def test_an_aspect_is_recognised_by_how_it_is_asked(question: str, aspect: str) -> None:
    assert aspect in names(question)


@pytest.mark.parametrize(
    "question",
    [
        "Does tiotropium reduce exacerbations in COPD?",
        "How well do doxylamine and pyridoxine work?",
        "Is the Fridgeman index of use?",
        "",
    ],
)
def test_a_question_about_the_subject_itself_asks_no_aspect(question: str) -> None:
    assert not names(question)


def test_a_passage_speaks_by_any_form_of_a_word_and_by_all_words_of_a_phrase() -> None:
    (cost,) = (aspect for aspect in lexicon() if aspect.name == "cost")
    assert cost.spoken_by(frozenset(tokens("The treatment was costly.")))
    assert not cost.spoken_by(frozenset(tokens("Tiotropium lowered exacerbations in COPD.")))
    (food,) = (aspect for aspect in lexicon() if aspect.name == "with food")
    assert food.stems >= frozenset(tokens("meals"))


def test_each_aspect_has_its_own_name_phrases_words_and_a_weight_up_to_one() -> None:
    assert len({aspect.name for aspect in lexicon()}) == len(lexicon()) >= 50
    for aspect in lexicon():
        assert aspect.stems
        assert 0 < aspect.weight <= 1
        assert not aspect.asked.search("")
        assert not aspect.asked_in("")


def test_the_quick_look_never_hides_what_the_pattern_finds() -> None:
    said = (
        "how long will it take to work if i can't have wine with food, and who makes it near me on the nhs?"
    )
    assert {a.name for a in lexicon() if a.asked.search(said)} == names(said)


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert set(aspects_of(text)) <= set(lexicon())
