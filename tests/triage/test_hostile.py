"""What an attacker or a tired person types: endless numbers and words, an animal beside a hurt child, a "meant"."""

from __future__ import annotations

import time

import pytest

from assistant import ask, carried
from assistant.answer import Role
from assistant.sessions import Session
from tools.triage.advice import told
from tools.triage.conversation import Talk, step
from tools.triage.engine import assess
from tools.triage.facts import Facts, about_an_animal
from tools.triage.language import cannot_check, language
from tools.triage.levels import Level
from tools.triage.lexicon import KnowledgeError, lexicons

BABY = "my 2 month old baby has a fever of 38.5"


def test_endless_numbers_hide_no_emergency() -> None:
    began = time.process_time()
    found = assess("I have crushing chest pain. " + " ".join(str(one) for one in range(5_000)))
    assert found.level is Level.EMERGENCY
    assert time.process_time() - began < 10


def test_a_row_of_readings_keeps_its_name() -> None:
    assert assess("sats dropped from 95 to 92 to 88").known.numbers["oxygen"] == (95.0, 92.0, 88.0)


def test_an_endless_word_is_kept_in_no_memory() -> None:
    assess("q" + "xz" * 20_000)
    english = lexicons()[0]
    held = (*english._memory, *english.speller._memory, *english.speller._others)
    assert max(map(len, held)) <= 200


def test_a_stretched_word_is_still_read() -> None:
    assert assess("I can't bre" + "a" * 400 + "the").level is Level.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "a horse kicked my son in the stomach",
        "my cat scratched my mum's eye",
        "the dog bit my daughter's face",
    ],
)
def test_somebody_hurt_by_an_animal_is_not_sent_to_a_vet(text: str) -> None:
    assert not about_an_animal(text)
    assert step(Talk(), text)[1].request is None


@pytest.mark.parametrize("text", ["my dog ate chocolate", "our rabbit is limping"])
def test_an_animal_alone_is_an_animal(text: str) -> None:
    assert about_an_animal(text)


@pytest.mark.parametrize(
    "next_",
    ["her dad is 40, I have the tablets she was meant to get", "I meant to say her brother is 5 years old"],
)
def test_the_age_of_somebody_else_corrects_nothing(next_: str) -> None:
    talk, turn = step(Talk(), BABY)
    assert turn.level is Level.EMERGENCY
    assert step(talk, next_)[1].level is Level.EMERGENCY


def test_a_corrected_age_stays_corrected() -> None:
    talk, turn = step(Talk(), BABY)
    for said in ("I meant 2 years, not 2 months", "she drinks well"):
        talk, turn = step(talk, said)
        assert "fever_under_3_months" not in {fired.rule for fired in turn.assessment.fired}, said


def test_damaged_knowledge_is_no_wrong_answer() -> None:
    """A KnowledgeError is a ValueError: it was told to the person as "this question has no such answer"."""

    def damaged(text: str) -> Facts:
        raise KnowledgeError("weights.json: damaged")

    kept = Session(id="s", role=Role.PATIENT, country="")
    with pytest.raises(KnowledgeError):
        carried.heard(kept, "I feel unwell", (), (damaged,))
    with pytest.raises(ask.NotAnAnswer):
        carried.heard(kept, "", ("maybe",), ())


@pytest.mark.parametrize(
    "words",
    [
        "Mam silny ból w klatce piersiowej i nie mogę oddychać", "Göğsümde çok şiddetli ağrı var ve nefes alamıyorum",
        "Ik heb hevige pijn op mijn borst en ik kan niet ademen", "Tôi bị đau ngực dữ dội và không thở được",
        "У меня сильно болит грудь и я не могу дышать",
    ],
)  # fmt: skip
def test_words_that_cannot_be_read_never_count_as_read(words: str) -> None:
    """Alone, and after an English message: the language of a talk does not make the next message English."""
    fixed = cannot_check(language(words), "GB")
    for talk in (Talk(country="GB"), step(Talk(country="GB"), "I have a sore throat since yesterday")[0]):
        turn = step(talk, words)[1]
        assert not turn.assessment.language_ok
        assert fixed in told(turn, "GB")


def test_english_after_words_that_cannot_be_read_is_read() -> None:
    talk, _ = step(Talk(), "У меня сильно болит грудь")
    talk, turn = step(talk, "I have a sore throat, I am 30")
    assert turn.assessment.language_ok
    assert turn.question is not None


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("heart rate 170 and I'm just sitting down", "I have a baby at home"),
        ("I'm 63 with belly pain since this morning", "need to poo more often, it's been six weeks"),
        ("bp 80/50 and I feel faint", "my 2 year old is with me"),
        ("nan has gone grey and cold, short of breath", "my 4 year old is asleep"),
    ],
)
def test_a_later_message_lowers_nothing(first: str, then: str) -> None:
    before = assess(first).level
    after = assess(then, context=(first,)).level
    assert before is not None
    assert after is not None
    assert after.rank >= before.rank
