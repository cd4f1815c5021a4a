"""The reason of every emergency rule is told in the reader's own language, briefly and without a dose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

import evals.triage
from tools.triage import places
from tools.triage.behaviours import no_diagnosis, no_dose, no_false_comfort
from tools.triage.engine import assess
from tools.triage.levels import Level
from tools.triage.lexicon import ENGLISH, FOLDER
from tools.triage.rules import rules

SPACED = ("es", "fr", "de", "pt")
UNSPACED = ("ja", "zh")
SPOKEN = (*SPACED, *UNSPACED)
WORDS_A_SENTENCE = 15
SIGNS_A_SENTENCE = 60
SENTENCES = 2
_END = re.compile(r"(?<=[.!?。！？])\s*")
_UNIT = re.compile(
    r"\d\s?(?:mg|mcg|µg|ml|g|ui|ie|gotas?|gouttes?|tropfen|comprimid\w+|comprimés?|tabletten?|pastillas?|puffs?"
    r"|毫克|微克|毫升|克|片|粒|滴|錠|ミリ|グラム)(?![a-z])",
    re.I,
)
_YOU_HAVE = re.compile(
    r"\busted (?:tiene|padece|sufre)\b|\bvous (?:avez|souffrez)\b|\b(?:sie haben|haben sie|sie leiden)\b"
    r"|\bvocê (?:tem|sofre|está com)\b|あなたは[^。]*(?:病|症|炎)です|您(?:有|得了|患|是)",
    re.I,
)


@cache
def texts(spoken: str) -> dict[str, str]:
    return dict(yaml.safe_load((FOLDER / "says" / f"{spoken}.yaml").read_text(encoding="utf-8")))


def emergencies() -> set[str]:
    return {rule.id for rule in rules().all if rule.level is Level.EMERGENCY}


def sentences(text: str) -> list[str]:
    return [part for part in _END.split(text) if part]


def foreign_emergencies() -> Iterator[tuple[str, str]]:
    held = yaml.safe_load(
        (Path(evals.triage.__file__).parent / "data" / "languages.yaml").read_text(encoding="utf-8")
    )
    return ((spoken, text) for spoken in SPOKEN for text in held[spoken]["emergency"])


def test_the_languages_are_those_of_the_fixed_sentences() -> None:
    assert {ENGLISH, *SPOKEN} == places.languages()
    assert {path.stem for path in (FOLDER / "says").glob("*.yaml")} == set(SPOKEN)


@pytest.mark.parametrize("spoken", SPOKEN)
def test_every_emergency_rule_has_its_text_and_every_text_its_rule(spoken: str) -> None:
    assert sorted(emergencies() - texts(spoken).keys()) == []
    assert sorted(texts(spoken).keys() - rules().by_id.keys()) == []


@pytest.mark.parametrize("spoken", SPOKEN)
def test_no_id_is_written_twice(spoken: str) -> None:
    """YAML keeps the last of two silently."""
    lines = (FOLDER / "says" / f"{spoken}.yaml").read_text(encoding="utf-8").splitlines()
    ids = [line.partition(":")[0] for line in lines if line and not line.startswith("#")]
    assert len(ids) == len(set(ids)) == len(texts(spoken))


@pytest.mark.parametrize("spoken", SPACED)
def test_sentences_are_short_where_words_are_spaced(spoken: str) -> None:
    long = [
        name
        for name, text in texts(spoken).items()
        if len(text.split()) > WORDS_A_SENTENCE * len(sentences(text))
    ]
    assert long == []


@pytest.mark.parametrize("spoken", UNSPACED)
def test_sentences_are_short_in_japanese_and_chinese(spoken: str) -> None:
    parts = [(name, part) for name, text in texts(spoken).items() for part in sentences(text)]
    assert [name for name, part in parts if len(part) > SIGNS_A_SENTENCE] == []


@pytest.mark.parametrize("spoken", SPOKEN)
def test_a_reason_has_two_sentences_at_most(spoken: str) -> None:
    counts = {name: len(sentences(text)) for name, text in texts(spoken).items()}
    assert {name: count for name, count in counts.items() if not 1 <= count <= SENTENCES} == {}


@pytest.mark.parametrize("spoken", SPOKEN)
def test_no_dose_no_diagnosis_and_no_false_comfort(spoken: str) -> None:
    for name, text in texts(spoken).items():
        assert no_dose(text), name
        assert _UNIT.search(text) is None, name
        assert no_diagnosis(text), name
        assert _YOU_HAVE.search(text) is None, name
        assert no_false_comfort(text), name


@pytest.mark.parametrize(
    ("dose", "claim"),
    [
        ("Tome 500 mg.", "Usted tiene un infarto."),
        ("Prenez 20 gouttes.", "Vous avez un AVC."),
        ("Nehmen Sie 2 Tabletten.", "Sie haben einen Infarkt."),
        ("Tome 2 comprimidos.", "Você tem sepse."),
        ("2錠を飲んでください。", "あなたは髄膜炎です。"),
        ("请吃2片。", "您得了肺炎。"),
    ],
)
def test_the_checks_see_a_dose_and_a_diagnosis_in_each_language(dose: str, claim: str) -> None:
    assert _UNIT.search(dose) is not None
    assert _YOU_HAVE.search(claim) is not None


def test_no_two_languages_share_a_text() -> None:
    for name in emergencies():
        assert len(set(rules().by_id[name].says.values())) == len(SPOKEN) + 1, name


def test_japanese_has_kana_and_chinese_has_none() -> None:
    kana = re.compile(r"[\u3041-\u30fa]")
    assert [name for name, text in texts("ja").items() if not kana.search(text)] == []
    assert [name for name, text in texts("zh").items() if kana.search(text)] == []


@pytest.mark.parametrize("spoken", SPOKEN)
def test_a_foreign_emergency_gets_its_reason_in_its_own_language(spoken: str) -> None:
    for language, message in foreign_emergencies():
        if language != spoken:
            continue
        seen = assess(message)
        urgent = [fired for fired in seen.fired if fired.level is Level.EMERGENCY]
        assert urgent, message
        for fired in urgent:
            assert fired.says == texts(spoken)[fired.rule], (message, fired.rule)
            assert fired.says != places.phrase("danger_sign", spoken)
