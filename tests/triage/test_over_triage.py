"""Harmless messages are not called emergencies: denials are read as denials, turns of phrase as what they mean.

Each kind of sentence stands beside the dangerous one that looks like it, which must still sound.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tools.triage.assertion import Status
from tools.triage.engine import assess
from tools.triage.facts import facts
from tools.triage.levels import Level
from tools.triage.second_reader import pieces, second_reader
from tools.triage.second_reader.train import Lesson, desk, lessons
from tools.triage.second_reader.wrapped import cut, wrapped

DENIED = (
    ("suicide_thoughts", "No thoughts of being better off dead that I know of."),
    ("suicide_thoughts", "No drowsiness, no thoughts of being better off dead."),
    ("method_named", "No drowsiness or confusion and no overdose of tablets."),
    ("chills", "No shaking chills that I know of."),
    ("chest_pain", "Denies: chest pain, fever."),
    ("fever", "Negative for: chest pain, fever."),
    ("chest_pain", "Nicht dabei: Fieber, Brustschmerzen. Was meinen Sie?"),
    ("breathless", "Keine Spur von: Atemnot in Ruhe. Was soll ich tun?"),
    ("chest_pain", "Ich habe Husten. Weder Fieber noch Brustschmerzen."),
    ("stiff_neck", "Je suis une femme. Aucune trace de raideur de la nuque."),
    ("confusion", "Je suis une femme. Ni comprimés ni somnolence ou confusion. Que dois-je faire ?"),
)


@pytest.mark.parametrize(("concept", "text"), DENIED)
def test_a_denial_reaches_all_that_it_names(concept: str, text: str) -> None:
    found = [entry.status for entry in facts(text).concepts if entry.id == concept]
    assert not any(status.counts for status in found)
    assert assess(text).level is None


@pytest.mark.parametrize(
    "text",
    [
        "No fever, chest pain now",
        "I have no fever but chest pain",
        "no position eases the chest pain",
        "no trouble, crushing chest pain",
        "Kein Fieber, aber noch Brustschmerzen",
        "No tengo fiebre pero me duele mucho el pecho",
        "No feeling in my left arm",
        "Denies: fever. I have crushing chest pain",
        "Keine Spur von: Fieber. Ich habe starke Brustschmerzen.",
    ],
)
def test_and_no_further(text: str) -> None:
    assert assess(text).level is Level.EMERGENCY


def test_words_of_another_language_are_not_mended_into_english_signs() -> None:
    said = facts("Ich bin ein Mann. Ich trinke viel und meine Nase läuft seit gestern.")
    assert not [entry for entry in said.concepts if entry.id == "vision_lost"]
    assert "chest_pain" not in facts("J'ai mal au genou, c'est comme ça depuis un mois").mentioned
    (named,) = {entry.status for entry in facts("No overdose, I am a man and it is as usual").concepts
                if entry.id in ("overdose", "overdose_large")} or {Status.ABSENT}  # fmt: skip
    assert named is Status.ABSENT


MEANT_OTHERWISE = (
    ("My lips and gums have lost their colour", "his lips have gone blue"),
    ("She went over on her ankle and it has puffed up", "just sitting here I'm puffed and can't finish a sentence"),
    ("purging since morning, I can't leave the toilet", "bulimia, been purging all week and my heart is racing"),
    ("I'm 40 and my chest is full of catarrh", "I'm 40 and my chest is tight and full of phlegm"),
    ("a stripe of blisters round one side of my chest and it burns", "crushing chest pain, also a blister on my heel"),
    (
        "I'm 44. Bending over sets off the burning behind my breastbone, a sour taste, for months now",
        "I'm 44. Burning behind my breastbone for an hour with a sour taste",
    ),
    (
        "I'm 44. Burning behind my breastbone after meals for weeks, Gaviscon helps",
        "I'm 44. Burning behind my breastbone after meals for weeks, today I am sweating with it",
    ),
    ("The surgery was engaged. My back hurts and I had a fever", "Back pain and fever since my surgery last week"),
    (
        "The skin on my shin is red, hot and sore and the patch is slowly getting bigger",
        "the redness is spreading and I am burning up",
    ),
    ("Mein Herz ist schwer, ich bin traurig, alles ist grau", "Mein Gesicht ist grau und ich bekomme keine Luft"),
)  # fmt: skip


@pytest.mark.parametrize(("harmless", "danger"), MEANT_OTHERWISE)
def test_a_turn_of_phrase_and_the_danger_that_looks_like_it(harmless: str, danger: str) -> None:
    assert assess(harmless).level is not Level.EMERGENCY
    assert assess(danger).level is Level.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "something bit me on the leg, a red bump the size of a pea, very itchy",
        "A horsefly bit my forearm, the lump itches like crazy",
        "I wake with an acid taste on my tongue",
        "a strip of blisters at my waist, it is shingles",
    ],
)
def test_bites_are_no_new_lumps_and_acid_reflux_is_no_poison(text: str) -> None:
    assert not {"lump_new", "poison_line", "poisoning"} & {one.rule for one in assess(text).fired}


CHATTER = (
    "Hello, hope I have the right place, I never used one of these before. I'm {age}. The phone at the practice was "
    "busy all morning and my neighbour told me to write instead. {sign} It has been like that for two days. I'm eating "
    "and drinking as always and I went to work. I take metformin and a statin. No fever that I know of. Do I need an "
    "appointment?"
)


@pytest.mark.parametrize(
    "sign",
    [
        "I twisted my ankle on the kerb and it is puffy, but I can walk on it.",
        "My nose runs and I sneeze a lot.",
        "A gnat bite on my arm itches like mad.",
        "I get heartburn after a late supper.",
        "My knees are stiff in the morning for a few minutes.",
        "It's my usual dull headache after a day at the screen, paracetamol takes it away.",
    ],
)
def test_chatter_does_not_sound(sign: str) -> None:
    held = second_reader()
    assert held is not None
    text = CHATTER.format(age=34, sign=sign)
    assert len(pieces(text)) > 1
    assert "sounds_like_danger" not in {one.id for one in held.read(text).concepts}


def test_a_sign_wrapped_in_chatter_keeps_its_place() -> None:
    for seed in range(20):
        whole, begin, end = wrapped("lips like slate", 2, random.Random(seed))
        assert whole[begin:end] == "lips like slate"
    assert wrapped("a", 0, random.Random(1)) == wrapped("a", 0, random.Random(1))


def test_pieces_without_the_sign_teach_that_chatter_is_harmless() -> None:
    text = "We had a lovely day out and fed the ducks by the water. " * 8 + "He fell down grey."
    begin = text.index("He fell")
    cuts = list(cut(text, begin, len(text), 2, 7))
    assert {piece.message for piece in cuts} == {7}
    assert all(("He fell down grey." in piece.text) == (piece.kind == 2) for piece in cuts)
    assert {piece.kind for piece in cuts} == {0, 2}
    assert {piece.kind for piece in cut(text, 0, len(text), 0, 1)} == {0}


class _Counted:
    """An encoder of one number: how many exclamation marks a text holds."""

    name = "counted"

    def setup(self) -> None: ...

    def encode(self, texts: Sequence[str]) -> Any:
        return np.array([[text.count("!")] for text in texts], dtype=np.float32)


def test_a_message_is_judged_by_its_loudest_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.triage.second_reader.train.MiniLM", _Counted)
    calm, loud = "We fed the ducks. " * 30, "Help !!! "
    held = [
        Lesson(f"{loud if n % 2 else ''}{calm}{n}", 2 if n % 2 else 0, 0, 5 if n % 2 else 9, str(n))
        for n in range(40)
    ]
    scores = desk(held).held_out(held, 1.0)
    assert scores[1::2].min() > scores[::2].max()


def test_lessons_stand_in_equal_style() -> None:
    held = lessons()
    assert {one.kind for one in held} == {0, 1, 2}
    assert all(0 <= one.begin < one.end <= len(one.text) for one in held)
    long = [one.kind for one in held if len(pieces(one.text)) > 1]
    assert min(long.count(kind) for kind in (0, 1, 2)) >= 100
