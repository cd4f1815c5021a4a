"""A note typed in a hurry is written out; who the patient is falls away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.shorthand import asking, is_filler, written_out


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("62M AF on apix", "AF on apixaban"),
        ("71 yo F, HFrEF", "heart failure with reduced ejection fraction"),
        ("F34 migraine", "migraine"),
        ("a woman in her 40s with gout", "a woman with gout"),
        ("6yo acute asthma", "child acute asthma"),
        ("15F depression", "teenager depression"),
        ("G2P1 29/40 GDM", "gestational diabetes"),
        ("GDM at 24+3: insulin?", "gestational diabetes at : insulin?"),
        ("metformin 500mg bd 5/7", "metformin 500 mg bd"),
        ("K+ high on spiro", "potassium high on spironolactone"),
        ("BRCA1+ and what next", "BRCA1 positive and what next"),
        ("ACEi/ARB first", "ACE inhibitor / angiotensin receptor blocker first"),
        ("?PE", "pulmonary embolism"),
        ("warf -> apix", "warfarin to apixaban"),
    ],
)
def test_notes_are_written_out(note: str, words: str) -> None:
    assert written_out(note) == words


@pytest.mark.parametrize(
    "text",
    [
        "Does warfarin prevent stroke?",
        "CYP2C19*2/*2 and clopidogrel",
        "DPYD c.1905+1G>A",
        "BP 140/90 after 20 years",
        "HLA-B*57:01 positive, abacavir?",
        "I'm worried and I've seen two doctors.",
        "CKD stage 3, 2M3 is no age",
    ],
)
def test_what_is_written_out_already_stays(text: str) -> None:
    assert written_out(text) == text


def test_a_short_form_with_two_meanings_stays_where_the_other_one_is_meant() -> None:
    assert written_out("PET with headache") == "pre-eclampsia with headache"
    assert written_out("PET scan of a lung nodule") == "PET scan of a lung nodule"


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("EC and Lynch", "endometrial cancer and Lynch"),
        ("EC tablets of aspirin", "enteric-coated tablets of aspirin"),
        ("EC alone", "EC alone"),
        ("SLT for POAG", "selective laser trabeculoplasty for open-angle glaucoma"),
        ("MMR vaccine", "MMR vaccine"),
        ("MMR germline", "mismatch repair inherited"),
    ],
)
def test_a_short_form_is_read_only_beside_the_word_that_settles_it(note: str, words: str) -> None:
    assert written_out(note) == words


def test_small_letters_and_shouting_do_not_make_abbreviations() -> None:
    assert written_out("keep fit in the garden") == "keep fit in the garden"
    assert written_out("IS THE FAST TEST VERY BAD") == "IS THE FAST TEST VERY BAD"


def test_the_asking_sentences_of_a_story() -> None:
    story = "My dad has a weak heart. He sleeps badly. Would oxygen help him?"
    assert asking(story) == "Would oxygen help him?"
    assert asking("on warfarin. is apixaban safer") == "is apixaban safer"
    assert asking("Is zinc good?") == "Is zinc good?"
    assert asking("warfarin or apixaban") == "warfarin or apixaban"


@pytest.mark.parametrize("word", ["140/90", "7.1", "mg", "bd", "<120", "5%"])
def test_numbers_units_and_kin_are_filler(word: str) -> None:
    assert is_filler(word)


@pytest.mark.parametrize("word", ["stroke", "c282y", "zinc", "cyp2c19*2"])
def test_clinical_words_are_not_filler(word: str) -> None:
    assert not is_filler(word)


@given(st.text(max_size=200))
def test_any_text_is_written_out_without_failing_and_never_to_nothing(text: str) -> None:
    told = written_out(text)
    assert told or not text
    assert set(asking(told).split()) <= set(told.split())
