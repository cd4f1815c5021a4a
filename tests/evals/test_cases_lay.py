"""The message says what is true, and a parser that knows only the words finds it again."""

from __future__ import annotations

import re

import pytest

from evals.cases import draw
from evals.cases.make import base_case, of_stratum, slots
from evals.cases.mixes import plan
from evals.cases.render import lay
from evals.cases.render.choice import Wording, can_say
from evals.cases.streams import stream
from evals.cases.world import world
from tests.evals import cases_parser as parser

SEED = 4021


def drawn(index: int, language: str, wording: Wording = "open") -> tuple[lay.Message, draw.Present, float]:
    """The message of a case with the truth it was made from."""
    held = world()
    stratum = plan("enriched").stratum(SEED, index, float(stream(SEED, index, "disease").random()))
    there = draw.present(stratum, held, SEED, index)
    who = draw.person(stratum, held, there.symptoms, language, SEED, index)
    there = draw.bearable(there, held, who)
    has = draw.beside(stratum, held, who, there.symptoms, SEED, index)
    hours = draw.hours(stratum, SEED, index)
    return lay.message(stratum, held, who, there, has, hours, wording, SEED, index), there, hours


@pytest.mark.parametrize(("language", "n"), [("en", 200), ("es", 60), ("fr", 60), ("de", 60)])
def test_round_trip_of_every_message(language: str, n: int) -> None:
    for index in range(n):
        message, there, _ = drawn(index, language)
        said = {span.flag for span in message.spans}
        assert parser.heard(message.text, message.language) == said, message.text
        assert {*there.told} <= said <= {name for name, here in there.symptoms.items() if here}


def test_held_out_wording_shares_no_phrase_with_the_open_one() -> None:
    for index in range(60):
        first, _, _ = drawn(index, "en", "open")
        second, _, _ = drawn(index, "en", "held")
        one = {first.text[span.start : span.end].casefold() for span in first.spans}
        other = {second.text[span.start : span.end].casefold() for span in second.spans}
        children = "child" in base_case(SEED, index).tags
        assert children or not one & other
        assert parser.heard(second.text) == {span.flag for span in second.spans}


def test_spans_hold_the_clause_and_nothing_else() -> None:
    for index in range(150):
        message, _, _ = drawn(index, "en")
        for span in message.spans:
            clause = message.text[span.start : span.end]
            assert span.flag in parser.heard(clause)
            assert not clause.endswith((".", " ")), clause
            assert not clause.startswith(" ")


def test_denials_are_true_and_found_again() -> None:
    seen = 0
    for index in range(150):
        message, there, _ = drawn(index, "en")
        found = parser.denied(message.text)
        for name in message.denied:
            assert there.symptoms[name] is False
            assert parser.noun(name) in found, message.text
            seen += 1
    assert seen > 30


def test_onset_age_and_sex_stand_in_every_english_message() -> None:
    for index in range(150):
        message, _, hours = drawn(index, "en")
        case = base_case(SEED, index, language="en")
        who = case.latent.person
        told = parser.hours(message.text)
        assert abs(told - hours) <= max(0.06, 0.5 * parser.NUMBER["hour"] if hours < 40 else 0.2 * hours), (
            message.text
        )
        female = parser.FEMALE.search(message.who)
        assert bool(female) == (who.sex == "female"), message.who
        number, unit = parser.AGE.search(message.who).groups()  # type: ignore[union-attr]
        days = int(number) * parser.NUMBER[unit or "year"] / 24
        assert abs(days - who.age_days) <= {"day": 0, "week": 7, "month": 32}.get(unit or "year", 366), (
            message.who
        )


def test_a_language_without_words_falls_back_to_english() -> None:
    held = world()
    message, _, _ = drawn(3, "en")
    case = base_case(SEED, 3, language="en")
    who = case.latent.person.model_copy(update={"proxy": "husband"})
    assert not can_say(held, who, [message.spans[0].flag], "es", "open")
    assert can_say(held, who, [message.spans[0].flag], "en", "open")
    languages = {base_case(SEED, index, language="fr").presented.language for index in range(80)}
    assert languages == {"fr", "en"}


def test_personas_write_differently() -> None:
    held = world()
    stratum = held.stratum("acute_coronary_syndrome", "typical")
    there = draw.present(stratum, held, SEED, 1)
    base = draw.person(stratum, held, there.symptoms, "en", SEED, 1).model_copy(update={"proxy": ""})
    has = draw.beside(stratum, held, base, there.symptoms, SEED, 1)
    texts = {
        persona: lay.message(
            stratum, held, base.model_copy(update={"persona": persona}), there, has, 2.0, "open", SEED, 1
        ).text
        for persona in ("plain", "terse", "rambling", "minimising", "anxious")
    }
    assert len(set(texts.values())) == 5
    assert len(texts["terse"]) < len(texts["rambling"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a 80 year", "an 80 year"),
        ("a 18 year", "an 18 year"),
        ("a 81", "an 81"),
        ("a 70 y", "a 70 y"),
        ("a 180", "a 180"),
    ],
)
def test_a_and_an(before: str, after: str) -> None:
    assert lay._an(before) == after


def test_events_happened_and_are_not_still_so() -> None:
    held = world()
    stratum = held.stratum("resolved_tia", "gone_again")
    for index in range(12):
        text = of_stratum(held, stratum, SEED, index, language="en").presented.turns[0].text
        assert "happened" in text
        assert "going on" not in text


def test_french_is_elided_and_children_are_no_men() -> None:
    texts = [
        base_case(SEED, index, language="fr", mix="balanced").presented.turns[0].text for index in range(150)
    ]
    assert not [text for text in texts if re.search(r"\bde [aeiouéèêâîô]", text.split("Pas ")[-1][:14])]
    for index in range(400):
        case = base_case(SEED, index, language="en", mix="balanced")
        if case.latent.person.age_years < 16:
            assert not re.search(r"\b(?:wo)?man\b", case.presented.turns[0].text, re.I)


def test_no_pregnancy_is_denied_and_nothing_odd_of_a_baby() -> None:
    held, seen = world(), 0
    for name in ("typical", "ruptured", "quiet_leak"):
        stratum = held.stratum("ectopic_pregnancy", name)
        for index in range(15):
            case = of_stratum(held, stratum, SEED, index, language="en")
            assert case.latent.person.pregnant
            assert case.latent.symptoms.get("pregnant_now") is not False
            assert "no pregnancy" not in case.presented.turns[0].text.casefold()
            asked = slots(case)["pregnant"]
            assert asked.present is (True if case.latent.symptoms.get("pregnant_now") else None)
    for stratum in held.strata:
        if stratum.condition.id == "fever_under_3_months":
            for index in range(25):
                case = of_stratum(held, stratum, SEED, index, language="en")
                seen += 1
                assert not parser.denied(case.presented.turns[0].text) & {
                    "bright light",
                    "drowsiness or confusion",
                }
    assert seen
