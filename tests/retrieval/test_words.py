"""Clinical names stay whole, spellings meet, and BM25 ranks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.words import WordIndex, spelled, tokens


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("BRCA1 c.68_69del was found", "c.68_69del"),
        ("carrier of p.(Arg97Cys)", "p.(arg97cys"),
        ("DPYD c.1905+1G>A", "c.1905+1g>a"),
        ("a CYP2C19*2 allele", "cyp2c19*2"),
        ("a CYP2C19*2 allele", "cyp2c19"),
        ("HLA-B*57:01 positive", "hla-b*57:01"),
        ("HbA1c fell", "hba1c"),
        ("a β-blocker", "β-blocker"),
        ("age ≥ 65", "≥"),
        ("BP 140/90 mmHg", "140/90"),
        ("CYP2D6 *4", "*4"),
        ("ratio 0.85", "0.85"),
    ],
)
def test_clinical_tokens_are_kept(text: str, token: str) -> None:
    assert token in tokens(text)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("anaemia", "anemia"),
        ("tumours", "tumors"),
        ("haemorrhage", "hemorrhage"),
        ("oedema", "edema"),
        ("randomised", "randomized"),
        ("metabolisers", "metabolizers"),
        ("diarrhoea", "diarrhea"),
        ("paediatric", "pediatric"),
    ],
)
def test_british_and_american_spelling_meet(british: str, american: str) -> None:
    assert tokens(british) == tokens(american)


def test_a_compound_is_found_by_its_parts() -> None:
    assert set(tokens("placebo")) <= set(tokens("placebo-controlled"))
    assert set(tokens("blocker")) <= set(tokens("β-blocker"))


def test_spelled_gives_the_word_as_written() -> None:
    assert spelled("Statins")[tokens("Statins")[0]] == "statins"
    assert spelled("elexacaftor/tezacaftor")[tokens("tezacaftor")[0]] == "tezacaftor"


@given(st.text(max_size=300))
def test_any_text_gives_the_same_tokens_twice(text: str) -> None:
    assert tokens(text) == tokens(text)
    assert set(spelled(text)) == set(tokens(text))


def test_ranking_idf_and_matches() -> None:
    index = WordIndex(["statins lower cholesterol", "statins and muscles", "oxygen in COPD"])
    scores = index.scores(tokens("cholesterol statin"))
    assert scores.argmax() == 0
    assert scores[2] == 0
    assert index.idf("oxygen") > index.idf(tokens("statins")[0])
    assert index.idf("unheard-of") >= index.idf("oxygen")
    assert index.matched(0, tokens("statins in cholesterol")) == tuple(tokens("statins cholesterol"))


def test_no_texts_and_no_known_word_score_nothing() -> None:
    assert WordIndex([]).scores(["x"]).size == 0
    assert WordIndex([""]).scores(["x"]).tolist() == [0.0]
    assert WordIndex(["statins"]).scores(tokens("quasar")).tolist() == [0.0]
