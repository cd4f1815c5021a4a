"""Calls and what is asked."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases.case import ExpectedCall, Matcher
from evals.run.trace import Called
from evals.scoring.dialogue import asked
from evals.scoring.score import Score
from evals.scoring.tools import at, calls, fits
from tests.evals.scoring_doubles import called, case, shown, trace

NAMES = st.lists(st.sampled_from(["calculate", "check_drugs", "triage"]), max_size=5)


def scored(expected: list[ExpectedCall], *made: Called, **gold: object) -> dict[str, Score]:
    return {one.metric: one for one in calls(case(gold={"calls": tuple(expected)} | gold), called(*made))}


@settings(deadline=None)
@given(NAMES.filter(bool), NAMES)
def test_the_four_modes_follow_from_the_multisets(expected: list[str], made: list[str]) -> None:
    by = scored(
        [ExpectedCall(tool=name, order=n) for n, name in enumerate(expected)], *(Called(tool=x) for x in made)
    )
    want, have = Counter(expected), Counter(made)
    assert by["tool_strict"].value == (expected == made)
    assert by["tool_unordered"].value == (want == have)
    assert by["tool_subset"].value == (not have - want)
    assert by["tool_superset"].value == (not want - have)
    assert by["tool_recall"].value == (want & have).total() / want.total()
    assert (by["tool_precision"].state == "not_applicable") == (not made)
    assert 0 <= (by["tool_f1"].value or 0) <= 1


def test_calls_of_one_order_may_change_places() -> None:
    two = [ExpectedCall(tool="a", order=0), ExpectedCall(tool="b", order=0), ExpectedCall(tool="c", order=1)]
    assert scored(two, Called(tool="b"), Called(tool="a"), Called(tool="c"))["tool_strict"].value == 1
    assert scored(two, Called(tool="c"), Called(tool="a"), Called(tool="b"))["tool_strict"].value == 0


def test_without_expected_calls_only_wrong_tools_count() -> None:
    by = scored([], Called(tool="triage"), no_tools=("triage",))
    assert {name for name, one in by.items() if one.state == "scored"} == {"wrong_tool"}
    assert by["wrong_tool"].value == 1
    assert {one.state for one in scored([]).values()} == {"not_applicable"}


@pytest.mark.parametrize(
    ("matcher", "found", "right"),
    [
        (Matcher(kind="near", value="24"), 24.2, True),
        (Matcher(kind="near", value="24"), "24.3", False),
        (Matcher(kind="near", value="0"), 0.001, True),
        (Matcher(kind="near", value="24"), "many", False),
        (Matcher(kind="near", value="24"), None, False),
        (Matcher(kind="equal", value="Female"), "female", True),
        (Matcher(kind="equal", value="fem"), "female", False),
        (Matcher(kind="equal", value="true"), True, True),
        (Matcher(kind="contains", value="warf"), ["Ibuprofen", "Warfarin"], True),
        (Matcher(kind="contains", value="warf"), [{"name": "Warfarin"}], True),
        (Matcher(kind="any"), 0, True),
        (Matcher(kind="any"), None, False),
    ],
)  # fmt: skip
def test_arguments_are_matched_by_their_kind(matcher: Matcher, found: object, right: bool) -> None:
    assert fits(matcher, found) is right


def test_dotted_paths_go_into_lists() -> None:
    arguments = {"inputs": {"drugs": [{"name": "warfarin"}]}}
    assert at(arguments, "inputs.drugs.0.name") == "warfarin"
    assert at(arguments, "inputs.drugs.1.name") is None


def test_each_expected_call_takes_its_best_call() -> None:
    egfr = ExpectedCall(tool="calculate", arguments={"name": Matcher(kind="equal", value="egfr")})
    bmi = ExpectedCall(tool="calculate", arguments={"name": Matcher(kind="equal", value="bmi")})
    made = (
        Called(tool="calculate", arguments={"name": "bmi"}),
        Called(tool="calculate", arguments={"name": "egfr"}),
    )
    assert scored([egfr, bmi], *made)["argument_accuracy"].value == 1
    assert scored([egfr, bmi], made[0])["argument_accuracy"].value == 0.5


def test_a_failed_call_ended_in_no_outcome() -> None:
    expected = [ExpectedCall(tool="calculate", outcomes=("needs_input",))]
    assert scored(expected, Called(tool="calculate"))["outcome_right"].value == 0
    assert scored(expected, Called(tool="calculate", outcome="needs_input"))["outcome_right"].value == 1


def test_a_crash_fails_calls() -> None:
    one = case(gold={"calls": (ExpectedCall(tool="a"),), "no_tools": ("b",)})
    by = {score.metric: score.value for score in calls(one, trace(error="boom"))}
    assert (by["tool_recall"], by["tool_f1"], by["wrong_tool"]) == (0, 0, 1)


def test_a_needed_question_counts_by_its_words_or_id() -> None:
    one = case(gold={"must_ask": ("age", "unit of creatinine|creatinine unit")})

    def recall(*ids: str, text: str = "") -> float | None:
        return asked(one, trace(shown(text="", asked=ids, ask_text=text)))[0].value

    assert recall() == 0
    assert recall("age") == 0.5
    assert recall("age", text="In which unit is the creatinine?") == 1
    assert recall("language") == 0


def test_missing_inputs_of_a_call_are_asked_for() -> None:
    one = case(gold={"must_ask": ("weight",)})
    assert (
        asked(one, called(Called(tool="calculate", outcome="needs_input", missing=("weight (kg)",))))[0].value
        == 1
    )


def test_to_abstain_is_enough_where_gold_only_says_ask() -> None:
    one = case(gold={"abstain_or_ask": True})
    assert asked(one, called(Called(tool="a", outcome="not_covered")))[0].value == 1
    assert asked(one, called(Called(tool="a", outcome="found")))[0].value == 0


def test_turns_and_unneeded_questions_of_a_conversation() -> None:
    one = case(gold={"level": "emergency", "must_ask": ("pregnant",)}, presented={"form": "interactive"})
    talk = trace(
        shown(None, asked=("breath",)),
        shown("emergency", asked=("breath",)),
        shown("emergency", asked=("pregnant", "cough")),
    )
    by = {score.metric: score for score in asked(one, talk)}
    assert by["turns_to_safe"].value == 2
    assert by["unneeded_questions"].missed == ("asked again: breath", "asked in an emergency: cough")
    never = {score.metric: score.value for score in asked(one, trace(shown("routine")))}
    assert never["turns_to_safe"] == 9
