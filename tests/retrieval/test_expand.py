"""The vocabulary finds concepts, expands them, and knows members from classes."""

from __future__ import annotations

import pytest

from retrieval.expand import vocabulary


@pytest.mark.parametrize(
    ("words", "concept"),
    [
        ("My dad had a heart attack", "myocardial infarction"),
        ("patient with AF", "atrial fibrillation"),
        ("is Plavix right", "clopidogrel"),
        ("water pills", "diuretic"),
        ("a1c of 7", "HbA1c"),
        ("β-blockers after infarction", "beta blocker"),
        ("her speech is slurred", "stroke"),
        ("iron deficiency anaemia", "anemia"),
        ("Zyloric for my gout", "allopurinol"),
        ("Concor and Coveram", "perindopril"),
        ("metoprolol succinate", "metoprolol"),
        ("the heel prick", "newborn screening"),
        ("ultra rapid CYP2D6", "ultrarapid metabolizer"),
    ],
)
def test_lay_words_brands_and_abbreviations_are_recognised(words: str, concept: str) -> None:
    assert concept in vocabulary().concepts(words)


@pytest.mark.parametrize("words", ["I keep fit", "all of us", "ten days", "an aching arm", "pd"])
def test_everyday_words_are_not_abbreviations(words: str) -> None:
    assert not vocabulary().concepts(words)


def test_the_longest_phrase_counts() -> None:
    assert vocabulary().concepts("type 1 diabetes") == {"type 1 diabetes"}
    assert vocabulary().concepts("calcium channel blocker") == {"calcium channel blocker"}


def test_expansion_adds_what_the_question_does_not_say() -> None:
    more = vocabulary().expand("Is Lipitor good after a heart attack?")
    assert "atorvastatin" in more.synonyms
    assert "statin" in more.synonyms
    assert "Lipitor" not in more.synonyms
    assert more.line.endswith("(atorvastatin, myocardial infarction)")
    assert vocabulary().expand("What is the capital of France?").line == ""


def test_a_member_speaks_for_its_class_but_not_the_class_for_its_member() -> None:
    words = vocabulary()
    assert words.speaks_of("statin", frozenset({"atorvastatin"}))
    assert not words.speaks_of("atorvastatin", frozenset({"statin"}))
    assert not words.speaks_of("atorvastatin", frozenset({"simvastatin"}))


def test_a_kind_speaks_for_the_general_but_not_the_general_for_its_kind() -> None:
    words = vocabulary()
    assert words.speaks_of("depression", frozenset({"postpartum depression"}))
    assert not words.speaks_of("postpartum depression", frozenset({"depression"}))
    assert "postpartum depression" in words.speakers(["depression"])


def test_the_class_of_a_drug_is_known_apart_from_the_drug() -> None:
    words = vocabulary()
    assert words.speaks_of_class("atorvastatin", frozenset({"statin"}))
    assert not words.speaks_of_class("atorvastatin", frozenset({"beta blocker"}))
    assert "statin" in words.speakers(["atorvastatin"])


def test_names_of_documents_join_the_vocabulary_only_where_they_are_asked_to() -> None:
    wider = vocabulary().with_names(["testadip", "risk", "statins"])
    assert wider.concepts("testadip?") == {"testadip"}
    assert not wider.concepts("what is the risk")
    assert not vocabulary().concepts("testadip?")
