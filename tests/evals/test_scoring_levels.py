"""Levels: what a text tells, which level is scored, and what that costs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases.case import LEVELS, Level, Span, rank
from evals.run.trace import Trace
from evals.scoring.levels import COSTS, overlap, told, urgency
from evals.scoring.score import Score
from evals.scoring.text_level import read
from tests.evals.scoring_doubles import TEXTS, case, shown, trace

LEVEL = st.sampled_from(LEVELS)


def scores(gold: Level, *turns: Level | None, **more: object) -> dict[str, Score]:
    one = case(gold={"level": gold} | more)
    return {score.metric: score for score in urgency(one, trace(*(shown(turn) for turn in turns)))}


@pytest.mark.parametrize(
    ("text", "language", "level"),
    [
        ("Call your local emergency number (112 in Europe, 911 in North America) now.", "en", "emergency"),
        ("Go to the nearest emergency department now, or call 999 or 112.", "en", "emergency"),
        ("If it gets worse, call 999 or 112 again.", "en", None),
        ("Call 999 or 112 at once if you get one of these: chest pain.", "en", None),
        ("You do not need to call 999.", "en", None),
        ("Should I call 999?", "en", None),
        ("See a doctor today, even if you feel better.", "en", "same_day"),
        ("What you say matters. Call 116 123 today.", "en", "same_day"),
        ("I did not find a danger sign in your words, but I can miss one.", "en", None),
        ("Llame ahora: 999 o 112. No conduzca usted.", "es", "emergency"),
        ("Si empeora, llame otra vez: 999 o 112.", "es", None),
        ("Vaya hoy a un médico o a un centro de urgencias.", "es", "same_day"),
        ("Appelez maintenant le 999 ou le 112. Ne conduisez pas vous-même.", "fr", "emergency"),
        ("Si cela empire, voyez un médecin aujourd'hui.", "fr", None),
        ("Voyez un médecin aujourd’hui.", "fr", "same_day"),
        ("Rufen Sie jetzt an: 999 oder 112, oder gehen Sie in die Notaufnahme.", "de", "emergency"),
        ("Wenn Sie heute niemand sieht, gehen Sie in die Notaufnahme.", "de", None),
        ("Gehen Sie heute zu einem Arzt oder in eine Notfallpraxis.", "de", "same_day"),
        ("Ligue agora: 112.", "pt", "emergency"),
        ("Se piorar, vá hoje ao médico.", "pt", None),
        ("Vá hoje a um médico ou a uma urgência.", "pt", "same_day"),
        ("请马上拨打:您所在国家的急救电话(欧洲112,北美911)。", "zh", "emergency"),
        ("如果变重,请今天去看医生。", "zh", None),
        ("请今天去看医生。", "zh", "same_day"),
        ("", "en", None),
        ("Emergency: now", "en", "emergency"),
        ("Emergency: If a stone comes with fever, the kidney can be blocked.", "en", "emergency"),
        ("Same day: a clinician within 24 hours", "en", "same_day"),
        ("In the next days.", "en", "routine"),
        ("At home for now.", "en", "self_care"),
        ("Read the label, and ask your pharmacist or the person who prescribed it.", "en", None),
    ],
)  # fmt: skip
def test_a_level_is_read_from_words(text: str, language: str, level: Level | None) -> None:
    assert read(text, language) == level


@settings(deadline=None)
@given(LEVEL, LEVEL)
def test_the_lower_of_field_and_text_is_scored(field: Level, text: Level) -> None:
    one = trace(shown(field, TEXTS[text]))
    assert told(case(), one) == min(field, text, key=rank)


def test_a_field_whose_text_tells_nothing_sends_nobody_anywhere() -> None:
    assert told(case(), trace(shown("emergency", "Chest pain can have many causes."))) == "self_care"
    assert scores("emergency", "emergency")["text_agreement"].value == 1


def test_a_text_that_cannot_be_read_leaves_the_field_alone() -> None:
    assert told(case(), trace(shown("emergency", "Ring straks 112.", language="nl"))) == "emergency"


def test_111_is_an_emergency_number_in_new_zealand_alone() -> None:
    turn = shown("emergency", "Call 111 now and ask what to do.")
    assert told(case(presented={"country": "NZ"}), trace(turn)) == "emergency"
    assert told(case(presented={"country": "GB"}), trace(turn)) == "same_day"


def test_claims_that_quote_literature_tell_nobody_to_go() -> None:
    from evals.run.trace import Claimed

    quote = "Call an ambulance now."
    turn = shown(None, f"Here is a study.\n{quote}", claims=(Claimed(text=quote),))
    assert told(case(), trace(turn)) == "self_care"


@pytest.mark.parametrize(("letter", "level"), list(zip("ABCD", LEVELS, strict=True)))
def test_a_forced_letter_is_a_level(letter: str, level: Level) -> None:
    assert told(case(presented={"form": "forced"}), trace(shown(None, f" {letter}. "))) == level


@settings(deadline=None)
@given(LEVEL, st.lists(st.sampled_from((*LEVELS, None)), min_size=1, max_size=3))
def test_shares_agree_with_each_other(gold: Level, turns: list[Level | None]) -> None:
    by = scores(gold, *turns)
    value = {name: score.value for name, score in by.items()}
    assert (value["within"] or 0) + (value["under"] or 0) + (value["over"] or 0) == 1
    assert (value["harm_cost"] == 0) == (value["accuracy"] == 1)
    assert (by["emergency_miss"].state == "scored") == (gold == "emergency")
    assert (by["selfcare_to_emergency"].state == "scored") == (gold == "self_care")


def test_a_higher_turn_counts_and_nothing_shown_is_self_care() -> None:
    assert scores("emergency", None, "emergency", "same_day")["emergency_miss"].value == 0
    assert scores("emergency")["emergency_miss"].value == 1


def test_without_gold_nothing_applies() -> None:
    assert {one.state for one in urgency(case(), trace(shown("routine")))} == {"not_applicable"}


@settings(deadline=None)
@given(LEVEL)
def test_a_crash_fails_every_applicable_metric(gold: Level) -> None:
    one = case(gold={"level": gold})
    by = {score.metric: score for score in urgency(one, trace(shown(gold), error="ValueError: x\nTraceback"))}
    assert (by["accuracy"].value, by["within"].value, by["under"].value) == (0, 0, 1)
    assert by["harm_cost"].value == max(COSTS["convention"][rank(gold), s] for s in range(4))
    assert by["text_agreement"].state == "could_not_be_scored"


def test_costs_are_those_of_the_specification() -> None:
    cost = COSTS["convention"]
    assert [cost[3, s] for s in range(4)] == [10, 8, 5, 0]
    assert [cost[0, s] for s in range(4)] == [0, 1, 2, 3]
    assert (cost[2, 1], cost[2, 0], cost[1, 0]) == (2, 4, 1)
    assert all(table[level, level] == 0 for table in COSTS.values() for level in range(4))


@settings(deadline=None)
@given(st.integers(0, 30), st.integers(1, 10), st.integers(0, 30), st.integers(1, 10))
def test_overlap_is_half_of_the_shorter(start: int, length: int, other: int, size: int) -> None:
    span = Span(flag="f", start=start, end=start + length)
    both = len(set(range(start, start + length)) & set(range(other, other + size)))
    assert overlap(span, (other, other + size)) == (both * 2 >= min(length, size) and both > 0)


def test_flags_are_matched_by_their_place_in_the_message() -> None:
    text = "I have Crushing  chest pain and my cat is ill"
    spans = (Span(flag="chest", start=7, end=27),)
    one = case(text=text, gold={"level": "emergency", "spans": spans})

    def flags(*words: str) -> tuple[float | None, float | None]:
        done: Trace = trace(shown("emergency", flag_words=words))
        by = {score.metric: score.value for score in urgency(one, done)}
        return by["flag_recall"], by["flag_precision"]

    assert flags("crushing chest pain") == (1, 1)
    assert flags("cat is ill") == (0, 0)
    assert flags("chest pain", "my cat is ill") == (1, 0.5)
    assert flags("not in the message") == (0, None)
