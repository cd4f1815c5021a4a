"""Clinical names stay whole, spellings meet, and BM25 ranks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.word_index import WordIndex
from retrieval.words import spelled, tokens


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
    assert index.among([0, 2], tokens("statins in cholesterol")) == [
        frozenset(tokens("statins cholesterol")), frozenset()
    ]  # fmt: skip
    assert [held.tolist() for held in index.holding([*tokens("statins"), "quasar"])] == [[0, 1], []]


@given(st.lists(st.text("abc ", max_size=12), max_size=12), st.data())
def test_a_grown_index_equals_one_that_is_made_whole(texts: list[str], data: st.DataObject) -> None:
    keep = data.draw(st.lists(st.sampled_from(range(len(texts))), unique=True)) if texts else []
    more = data.draw(st.lists(st.text("abcd ", max_size=12), max_size=5))
    old = WordIndex(texts)
    counting = old.counting()
    for text in more:
        counting.add(text)
    grown = old.grown(np.array(keep, dtype=np.int64), counting)
    whole = WordIndex([*(texts[at] for at in keep), *more])
    for query in (["a"], ["ab", "c", "d"], ["bca", "abc"]):
        assert np.allclose(grown.scores(query), whole.scores(query))
    assert dict(grown.frequency) == dict(whole.frequency)


def test_a_saved_index_answers_as_before(tmp_path: Path) -> None:
    index = WordIndex(["statins lower cholesterol", "", "oxygen in COPD"])
    index.save(tmp_path / "words")
    again = WordIndex.load(tmp_path / "words")
    assert again.scores(["oxygen"]).tolist() == index.scores(["oxygen"]).tolist()
    assert again.among([2], ["oxygen"]) == [frozenset({"oxygen"})]
    WordIndex([]).save(tmp_path / "none")
    assert len(WordIndex.load(tmp_path / "none")) == 0


def test_no_texts_and_no_known_word_score_nothing() -> None:
    assert WordIndex([]).scores(["x"]).size == 0
    assert WordIndex([""]).scores(["x"]).tolist() == [0.0]
    assert WordIndex(["statins"]).scores(tokens("quasar")).tolist() == [0.0]
