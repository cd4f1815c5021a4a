"""Thirteen emergencies and their words (symptoms/b.yaml): what the general check of knowledge does not ask."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from evals.cases.case import rank
from evals.cases.conditions import KNOWLEDGE, conditions, symptoms
from evals.cases.phrases import tokens

EMERGENCIES = (
    "sepsis", "diabetic_ketoacidosis", "ectopic_pregnancy", "pre_eclampsia", "appendicitis_peritonitis",
    "upper_gi_bleed", "testicular_torsion", "acute_angle_closure", "retinal_detachment", "paracetamol_overdose",
    "adrenal_crisis", "fever_on_chemotherapy", "fever_under_3_months",
)  # fmt: skip
_FIRST_PERSON = re.compile(r"\b(I|I'm|I've|my|me|mine|myself)\b")
_TOKEN = re.compile(r"\{[^{}]*\}")
_CLOCK = re.compile(
    r"\b(\d+|two|three|four|five) (hours|days) ago\b|\bsince (yesterday|this morning|last night)\b"
)


def _words() -> tuple[str, ...]:
    return tuple(yaml.safe_load(Path(KNOWLEDGE / "symptoms" / "b.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", EMERGENCIES)
def test_an_emergency_has_a_hard_picture_and_never_reaches_below_the_same_day(name: str) -> None:
    one = conditions()[name]
    assert {severity.level for severity in one.severities} == {"emergency"}
    assert all(rank(severity.low) >= rank("same_day") for severity in one.severities)
    assert any(severity.atypical for severity in one.severities)
    assert sum(severity.weight for severity in one.severities) == pytest.approx(1)


@pytest.mark.parametrize("name", EMERGENCIES)
def test_no_fact_of_life_tells_an_emergency_alone(name: str) -> None:
    for severity in conditions()[name].severities:
        for tell in severity.tells:
            assert set(tell) - set(severity.context), (severity.id, tell)


@pytest.mark.parametrize("name", EMERGENCIES)
def test_a_hard_picture_lacks_what_makes_the_plain_one_easy(name: str) -> None:
    easy = [severity for severity in conditions()[name].severities if not severity.atypical]
    hard = [severity for severity in conditions()[name].severities if severity.atypical]
    usual = {symptom for severity in easy for symptom, chance in severity.symptoms.items() if chance >= 0.5}
    for severity in hard:
        assert usual - {symptom for symptom, chance in severity.symptoms.items() if chance >= 0.9}, (
            severity.id
        )


def test_a_phrase_that_another_person_may_say_is_not_in_the_first_person() -> None:
    for name in _words():
        for phrase in symptoms()[name].en:
            assert phrase.who or not _FIRST_PERSON.search(_TOKEN.sub("", phrase.text)), (name, phrase.text)
            assert phrase.who != "self" or not tokens(phrase.text), (name, phrase.text)


def test_no_phrase_names_an_onset_of_its_own() -> None:
    for name in _words():
        for phrase in symptoms()[name].en:
            assert not _CLOCK.search(phrase.text), (name, phrase.text)


def test_words_for_babies_are_said_by_a_parent_alone() -> None:
    for name in _words():
        if name.startswith("baby_"):
            assert {phrase.who for phrase in symptoms()[name].en} == {"child"}
            assert all(
                phrase.proxy
                for language in ("es", "fr", "de")
                for phrase in symptoms()[name].phrases(language)
            )
