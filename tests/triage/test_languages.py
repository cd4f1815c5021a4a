"""Emergencies in six languages are recognised and answered in the language; the sets stood before the lexicons."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import evals.triage
from assistant.gate import render_patient
from tools.triage import places
from tools.triage.behaviours import broken
from tools.triage.engine import assess
from tools.triage.language import language
from tools.triage.levels import Level

SETS = yaml.safe_load(
    (Path(evals.triage.__file__).parent / "data" / "languages.yaml").read_text(encoding="utf-8")
)
COUNTRIES = {"es": "ES", "fr": "FR", "de": "DE", "pt": "BR", "ja": "JP", "zh": "CN"}


@pytest.mark.parametrize("spoken", SETS)
def test_no_emergency_is_missed(spoken: str) -> None:
    missed = [text for text in SETS[spoken]["emergency"] if assess(text).level is not Level.EMERGENCY]
    assert missed == []


@pytest.mark.parametrize("spoken", SETS)
def test_everyday_complaints_stay_silent(spoken: str) -> None:
    assert [text for text in SETS[spoken]["self_care"] if assess(text).level is not None] == []


@pytest.mark.parametrize("spoken", SETS)
def test_the_answer_is_in_the_language_and_holds_every_behaviour(spoken: str) -> None:
    for country in ("", COUNTRIES[spoken], "GB"):
        for text in SETS[spoken]["emergency"]:
            seen = assess(text, country=country)
            shown = render_patient(seen, country)
            assert broken(shown, seen, country) == (), shown
            assert seen.language == spoken, text
            assert language(shown) == spoken, shown


def test_every_language_has_all_sentences() -> None:
    assert places.languages() == {"en", *SETS}
    for spoken in places.languages():
        for action in places.actions():
            assert "{" not in places.sentence(action, "GB", spoken)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Mi bebé de 5 semanas tiene 38,2 de fiebre", Level.EMERGENCY),
        ("Mi bebé de 9 meses tiene 38,2 de fiebre, come bien", None),
        ("Mon bébé de 5 semaines a 38,2 de fièvre", Level.EMERGENCY),
        ("Mein Baby ist 5 Wochen alt und hat 38,2 Fieber", Level.EMERGENCY),
        ("O meu bebê de 5 semanas está com 38,2 de febre", Level.EMERGENCY),
        ("生後5週の赤ちゃんが38.2度の熱です", Level.EMERGENCY),
        ("我宝宝5周大，发烧38.2度", Level.EMERGENCY),
        ("No tengo dolor de pecho", None),
        ("Je n'ai pas de douleur à la poitrine", None),
        ("Ich habe keine Schmerzen in der Brust", None),
        ("Não tenho dor no peito", None),
        ("胸の痛みはありません", None),
        ("我没有胸痛", None),
    ],
)
def test_ages_temperatures_and_denials_are_read(text: str, level: Level | None) -> None:
    assert assess(text).level == level


def test_a_cognate_in_an_english_sentence_is_not_read_by_another_language() -> None:
    assert assess("no palpitations").level is None
    assert assess("I have no migraine and no fatigue").level is None


def test_two_languages_in_one_message_are_both_read() -> None:
    assert assess("mi mamá no puede respirar please help her").level is Level.EMERGENCY
