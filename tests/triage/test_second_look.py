"""A slip that makes another word is read as the word that its neighbours ask for, and never by itself."""

import pytest

from tools.triage.engine import assess
from tools.triage.levels import Level
from tools.triage.lexicon import lexicons


@pytest.mark.parametrize(
    "text",
    [
        "heart ponding, about to pass out",
        "took too many of my hart pills",
        "the carbon monoxide alarm is gong off",
        "something tore in my chet",
        "got an electric shck from the cooker",
        "my baby is 3 weeks old and buning up",
    ],
)
def test_a_word_that_is_another_word_by_a_slip(text: str) -> None:
    assert assess(text).level is Level.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "we saw a hart in the forest and slept in huts",
        "the gong was loud",
        "my uncle Chet is visiting",
        "I am painting my chest of drawers",
    ],
)
def test_a_rare_word_alone_is_no_sign(text: str) -> None:
    assert assess(text).level is None


def test_everyday_words_and_words_of_the_lexicon_are_left_as_they_are() -> None:
    speller = lexicons()[0].speller
    assert speller.instead_of("three") == ()
    assert speller.instead_of("chest") == ()
    assert "hurts" in speller.instead_of("huts")
