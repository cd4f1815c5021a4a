"""What a question names decides whether a passage is about it."""

from __future__ import annotations

import pytest

from retrieval.embed import word_pieces
from retrieval.expand import vocabulary
from retrieval.relevance import Verdict, asked, judge, relevance
from retrieval.technical import is_technical
from retrieval.word_index import WordIndex
from retrieval.words import tokens

TEXTS = (
    "Tiotropium in COPD lowers exacerbations",
    "Duloxetine in depression",
    "Statins such as atorvastatin lower cholesterol",
    "Clopidogrel after stroke in CYP2C19 poor metabolizers",
)


def judged(question: str, position: int) -> Verdict:
    words = vocabulary()
    index = WordIndex(TEXTS)
    held = [words.concepts(text) for text in TEXTS]
    weighed = asked(question, index, words, frozenset().union(*held))
    return judge(weighed, frozenset(tokens(TEXTS[position])), held[position], words)


def test_a_passage_on_the_drug_and_the_disease_lacks_nothing() -> None:
    verdict = judged("Does Spiriva reduce flare-ups of emphysema?", 0)
    assert verdict.lack == 0
    assert verdict.missing == ()


def test_another_drug_for_the_same_disease_is_missing_and_unknown_weighs_more() -> None:
    known, unknown = judged("Does duloxetine help in COPD?", 0), judged("Does roflumilast help in COPD?", 0)
    assert known.missing == ("duloxetine",)
    assert unknown.missing == ("roflumilast",)
    assert unknown.lack > known.lack > 0


def test_of_two_drugs_compared_one_is_half_an_answer() -> None:
    one = judged("Is duloxetine or tiotropium better?", 0)
    assert 0 < one.lack < judged("Does duloxetine help in COPD?", 0).lack


def test_what_a_message_mentions_beside_its_question_counts_little() -> None:
    beside = judged("I have depression. Does tiotropium help in COPD?", 0)
    asked_for = judged("Does tiotropium help in COPD with depression?", 0)
    assert 0 < beside.lack < asked_for.lack


def test_of_two_drugs_wanted_together_one_is_no_answer() -> None:
    compared, together = (
        judged(f"{words} in COPD?", 0)
        for words in ("Is duloxetine or tiotropium better", "Can I take duloxetine together with tiotropium")
    )
    assert 0 < compared.lack < together.lack


def test_the_class_of_a_drug_that_is_lacking_is_nearer_than_nothing() -> None:
    member = judged("Does simvastatin lower cholesterol?", 2)
    other = judged("Does roflumilast lower cholesterol?", 2)
    assert 0 < member.lack < other.lack


def test_a_disease_that_nothing_names_is_lacking_less_heavily_than_such_a_drug() -> None:
    disease, drug = (
        judged("Does duloxetine help in gout?", 1),
        judged("Does roflumilast help in depression?", 1),
    )
    assert drug.lack > 0
    assert disease.lack > 0
    assert judged("gout", 1).lack < judged("roflumilast", 1).lack


def test_an_aspect_of_which_a_passage_does_not_speak_is_unsaid_and_named() -> None:
    asked_for = judged("Can I drive on duloxetine for depression?", 1)
    assert asked_for.unsaid == 1
    assert "driving" in asked_for.missing
    assert judged("Does duloxetine help in depression?", 1).unsaid == 0


def test_an_aspect_told_in_passing_counts_less_and_more_where_the_question_is_vague() -> None:
    beside = judged("I drive a lorry. Does duloxetine help in depression?", 1).unsaid
    vague = judged("I drive a lorry and take duloxetine for depression. What now?", 1).unsaid
    assert 0 < beside < vague <= 1


def test_words_looked_for_only_to_judge_an_aspect_weigh_nothing() -> None:
    plain = judged("duloxetine in depression", 1).coverage
    assert judged("duloxetine in depression driving", 1).coverage < plain
    question = asked("driving on duloxetine", WordIndex(TEXTS), vocabulary(), frozenset())
    assert question.weights["vehicl"] == 0


def test_the_disease_beside_a_gene_and_a_drug_is_only_the_setting() -> None:
    setting = judged("clopidogrel CYP2C19 poor metabolizer with epilepsy", 3)
    drug = judged("voriconazole CYP2C19 poor metabolizer after stroke", 3)
    assert 0 < setting.lack < drug.lack


def test_a_clipped_drug_name_is_read_where_only_one_fits() -> None:
    words, index = vocabulary(), WordIndex(TEXTS)
    assert asked("atorvas", index, words, frozenset()).corrected == {"atorvas": "atorvastatin"}
    assert words.clipped("predni") is None or words.clipped("predni") == "prednisone"
    assert words.clipped("ator") is None


@pytest.mark.parametrize("drug", ["tirzepatide", "linagliptin", "enalapril", "nilotinib"])
def test_one_drug_is_never_corrected_into_another(drug: str) -> None:
    assert not asked(drug, WordIndex(TEXTS), vocabulary(), frozenset()).corrected


def test_age_and_numbers_weigh_nothing_and_a_code_only_a_little() -> None:
    assert judged("tiotropium 18 mcg in COPD", 0).lack == 0
    assert 0 < judged("tiotropium in COPD GOLD2X", 0).lack < 0.5


def test_a_slip_of_the_pen_is_corrected_and_a_real_word_is_not() -> None:
    words, index = vocabulary(), WordIndex(TEXTS)
    assert asked("tiotropiun", index, words, frozenset()).corrected == {"tiotropiun": "tiotropium"}
    if word_pieces():
        assert not asked("hello station", index, words, frozenset()).corrected


@pytest.mark.parametrize("word", ["evolocumab", "c.68_69del", "rs1799963", "cyp2c19", "appendicitis"])
def test_technical_words(word: str) -> None:
    assert is_technical(word)


@pytest.mark.parametrize("word", ["heart", "walking", "diagnosis", "recommendations", "mother", "scientists"])
def test_everyday_words(word: str) -> None:
    assert not is_technical(word)


def test_a_rare_name_is_technical_by_the_models_word_list() -> None:
    if not word_pieces():
        pytest.skip("the package with the model's word list is not installed")
    assert is_technical("cerebrolysin")


def test_an_eponym_or_an_acronym_names_something() -> None:
    assert "bartter" in judged("How is Bartter syndrome treated?", 0).missing
    assert "clapo" in judged("What is CLAPO?", 0).missing


def test_relevance_rises_with_nearness_and_coverage_and_falls_with_lack() -> None:
    base = relevance(0.5, Verdict(0.5, 0, ()))
    assert relevance(0.8, Verdict(0.5, 0, ())) > base
    assert relevance(0.5, Verdict(0.9, 0, ())) > base
    assert relevance(0.5, Verdict(0.5, 1, ("x",))) < base
    assert relevance(0.5, Verdict(0.5, 0, ("x",), unsaid=1.0)) < base
    assert relevance(None, Verdict(0.5, 0, ("x",), unsaid=1.0)) < relevance(None, Verdict(0.5, 0, ()))
    assert 0 <= relevance(None, Verdict(0.0, 5, ())) < 0.5 < relevance(None, Verdict(0.95, 0, ())) <= 1
