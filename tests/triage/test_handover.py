"""The summary of a talk: every line comes from it, it names what is not known, and it never tells who the person is."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.triage.conversation import Talk, Turn, step
from tools.triage.handover import Handover, handover, text
from tools.triage.handover.masked import masked
from tools.triage.handover.signs import since
from tools.triage.levels import Level
from tools.triage.lexicon import lexicons
from tools.triage.questions import NONE, UNKNOWN, questions

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ORIGIN = Origin(kind=OriginKind.CHART, where="list")


def talked(*said: str, patient: Patient | None = None, country: str = "GB") -> tuple[Talk, Turn]:
    talk, turn = step(Talk(country=country), said[0], patient=patient)
    for one in said[1:]:
        talk, turn = step(talk, one, patient=patient)
    return talk, turn


def summed(*said: str, patient: Patient | None = None) -> Handover:
    return handover(*talked(*said, patient=patient), patient=patient, now=NOW)


def named(signs: tuple[object, ...]) -> str:
    return " ".join(str(sign) for sign in signs)


def test_an_emergency_in_the_order_of_sbar() -> None:
    made = summed(
        "71 year old man, confused since today. Pulse 118, resps 26, sats 90 on air. He takes apixaban"
    )
    assert made.level is Level.EMERGENCY
    assert made.who[:2] == ("71 years", "male")
    assert made.since == ('"since today"',)
    assert named(made.drugs).count("anticoagulant") == 1
    assert "apixaban" in named(made.drugs)
    assert made.news2 is not None
    assert made.news2.total == 3 + 2 + 3 + 3  # breaths 26, pulse 118, SpO2 90, new confusion
    assert made.told.startswith("Call 999 or 112 now.")
    assert {one.rule for one in made.fired} >= {"new_confusion", "vital_oxygen_low"}
    shown = text(made)
    places = [shown.index(part) for part in ("SITUATION", "BACKGROUND", "ASSESSMENT", "RECOMMENDATION")]
    assert places == sorted(places)


def test_the_text_carries_notice_time_version_and_the_marks_of_the_rules() -> None:
    shown = text(summed("crushing chest pain"))
    assert shown.startswith("Research software, not a medical device, not a doctor.")
    assert "No clinician has checked it." in shown
    assert "Made 2026-11-22 09:30 UTC; " in shown
    assert "draft, source seen" in shown or "draft, source not yet verified" in shown
    version = shown.splitlines()[-1].rpartition(", ")[2].rstrip(".")
    assert len(version) == 8
    assert int(version, 16) >= 0


def test_what_was_denied_and_what_nobody_asked() -> None:
    made = summed("crushing pain in my chest, no fever")
    assert "fever" in named(made.denied)
    assert "fever" not in named(made.present)
    assert made.unanswered == ()
    assert any("spreads to an arm" in line for line in made.not_asked)
    assert "Not known (not asked):" in text(made)


def test_a_question_asked_in_vain_stands_before_those_not_asked() -> None:
    talk, turn = talked("I have a headache")
    first = talk.pending
    talk, turn = step(talk, chosen=[UNKNOWN])
    made = handover(talk, turn, now=NOW)
    assert len(made.unanswered) == 1
    options = questions().questions[first].options
    assert (options[0].watch.get("en") or options[0].text["en"]) in made.unanswered[0]
    shown = text(made)
    assert shown.index("asked, no clear answer") < shown.index("not asked")


def test_a_question_that_waits_is_not_called_asked_in_vain() -> None:
    made = summed("I have a headache")
    assert not made.finished
    assert made.unanswered == ()
    assert "Level so far:" in text(made)
    assert "a question waits" in text(made)


def test_answers_say_that_they_are_answers() -> None:
    talk, turn = talked("I have a headache")
    talk, turn = step(talk, chosen=[NONE])
    made = handover(talk, turn, now=NOW)
    assert made.denied
    assert {sign.origin for sign in made.denied} == {"answer"}
    assert "stiff neck" in named(made.denied)


def test_the_chart_is_listed_as_it_stands() -> None:
    """A drug that no rule knows is in the list too."""
    chart = Patient(
        drugs=Listed(items=(Known(value="ramipril 5 mg", origin=ORIGIN),)),
        problems=Listed(items=(Known(value="gout", origin=ORIGIN),)),
    )
    made = summed("I bumped my head", patient=chart)
    assert "ramipril 5 mg" in named(made.drugs)
    assert "gout" in named(made.conditions)
    assert "ramipril" not in named(summed("I bumped my head").drugs)


def test_nothing_is_listed_that_was_not_said() -> None:
    """Every quoted piece stands in the person's words; words that only rules need are not named."""
    said = "my mum is 67, slurred speech since breakfast, she takes warfarin, no headache"
    made = summed(said)
    for sign in (*made.present, *made.denied, *made.drugs, *made.conditions, *made.past):
        assert sign.words in said
    assert not any("word" in name.split() for sign in made.present for name in sign.names)


@pytest.mark.parametrize(
    "said", ["my head hurts", "sore throat for 4 days", "vomiting and diarrhoea since monday"]
)
def test_a_self_care_talk_invents_no_sign(said: str) -> None:
    made = summed(said)
    assert len(made.present) <= 3
    assert made.news2 is None
    assert made.drugs == made.conditions == ()


def test_a_measured_temperature_is_a_number_and_no_fever() -> None:
    made = summed("I have a cough, temp 36.8")
    assert "fever" not in named(made.present)
    assert "temperature 36.8 °C" in made.numbers
    assert "fever" in named(summed("I have a cough and a fever").present)


def test_a_foreign_talk_keeps_its_words_and_is_told_in_english() -> None:
    made = handover(*talked("mi madre tiene la cara caída y no puede hablar", country="ES"), now=NOW)
    assert made.words == ("mi madre tiene la cara caída y no puede hablar",)
    assert made.told.startswith("Call 112 now. ")
    assert all(one.says.isascii() for one in made.fired)
    assert "this line is read in English only" in text(made)
    assert "Told (in the language es; here in English): Call 112 now." in text(made)


def test_who_is_alone_is_said() -> None:
    assert "Nobody is with the person" in text(summed("crushing chest pain", "no"))
    assert "Nobody is with the person" not in text(summed("crushing chest pain", "yes"))


def test_a_language_without_a_lexicon_is_named() -> None:
    made = handover(*talked("가슴이 너무 아파요 숨을 못 쉬겠어요"), now=NOW)
    assert any("could not read this language" in note for note in made.notes)
    assert made.level is None


def test_not_for_a_child_and_not_in_pregnancy() -> None:
    assert "under 16" in summed("my 4 year old has a pulse of 120 and temp 39").no_news2
    assert "pregnancy" in summed("I'm 30 weeks pregnant, pulse 100, bp 165/110").no_news2


def test_sixty_lines_at_most() -> None:
    long = "I feel ill and my belly hurts and I am dizzy and I throw up. " * 40
    made = summed(long, *(f"and pain number {place} in my back " * 20 for place in range(7)))
    shown = text(made)
    assert len(shown.splitlines()) <= 60
    assert shown.splitlines()[-1].startswith("Made 2026-11-22")
    assert "(shortened)" in shown
    assert max(len(line) for line in shown.splitlines()) <= 100


@pytest.mark.parametrize(
    ("said", "hidden", "kept"),
    [
        ("My name is John Smith and my chest hurts", "John Smith", "chest hurts"),
        ("i'm called anna, fever", "anna", "fever"),
        ("I'm Peter, 44, dizzy", "Peter", "44, dizzy"),
        ("my son Adam has a rash", "Adam", "my son"),
        ("ring me on 07700 900123 please", "07700", "ring me on"),
        ("call +1 (202) 555-0143", "555", "call"),
        ("mail j.smith@example.org", "example", "mail"),
        ("I live at 12 Rose Lane, weak leg", "Rose", "weak leg"),
        ("postcode SW1A 1AA", "SW1A", "postcode"),
        ("NHS number 943 476 5919", "943", "NHS number"),
        ("MRN: 8837261", "8837261", "MRN"),
        ("passport X1234567", "X1234567", "passport"),
        ("born 12/04/1981, cough", "1981", "cough"),
        ("Dr Patel saw me", "Patel", "saw me"),
        ("see www.example.org/me", "example", "see"),
    ],
)
def test_what_tells_who_they_are_is_taken_out(said: str, hidden: str, kept: str) -> None:
    made = masked(said)
    assert hidden not in made
    assert kept in made


@pytest.mark.parametrize(
    "said",
    [
        "I'm Pregnant and 34 weeks", "I'M DIZZY AND MY SON HAS A RASH", "I'm Diabetic, 44",
        "bp 170/110, pulse 118, temp 38.9", "I took 30 tablets 2 hours ago",
        "I called 999 or 112", "I'm on apixaban 5 mg twice a day", "my son has a rash", "weak since 9 am, 3 times",
        "12 days ago on the left side of my back", "I called the Samaritans on 116 123", "call me when you can",
    ],
)  # fmt: skip
def test_what_matters_stays(said: str) -> None:
    assert masked(said) == said


def test_a_whole_summary_holds_no_name_and_no_number_of_a_person() -> None:
    said = "My name is John Smith, NHS number 943 476 5919, 12 Rose Lane, 07700 900123: crushing chest pain"
    shown = text(summed(said))
    for piece in ("John", "Smith", "943", "Rose", "07700"):
        assert piece not in shown
    assert "crushing chest pain" in shown


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("it began two hours ago", ['"two hours ago"']),
        ("for the last 3 weeks, on and off", ['"for the last 3 weeks"', '"on and off"']),
        ("since last night and getting worse", ['"since last night"', '"getting worse"']),
        ("my 6 week old baby cries", []),
        ("I am 40 years old", []),
    ],
)
def test_since_when(said: str, found: list[str]) -> None:
    assert list(since(said)) == found


def test_every_listed_name_is_a_concept_of_the_lexicon() -> None:
    from tools.triage.handover.names import CONDITIONS, COURSE, DRUGS, SIGNS

    held = {concept for lexicon in lexicons() for concept in lexicon.concepts}
    assert {*SIGNS, *CONDITIONS, *DRUGS, *COURSE} <= held


@given(said=st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_any_talk_has_a_summary(said: list[str]) -> None:
    made = summed(*said)
    assert len(text(made).splitlines()) <= 60
    assert len(made.words) <= len(said)


def test_a_long_message_is_masked_in_short_time() -> None:
    began = time.process_time()
    summary = masked("I'm Abc Def, 07700 900123 " * 400)
    assert "Abc" not in summary
    assert time.process_time() - began < 5
