"""Conditions below an emergency: a careful nurse must be able to see from the words that the level is low."""

from __future__ import annotations

import pytest

from evals.cases.conditions import Condition, Severity, loaded

HELPS = (
    "painkiller_helps", "managing_daily", "antacid_helps", "feels_well_otherwise", "can_bear_weight", "bone_not_tender",
    "eating_drinking_ok", "no_plan_feels_safe",
)  # fmt: skip
"""Facts that reassure. Left to chance they would now and then be denied ("no relief from painkillers"), and that
raises the level."""
LOW = (
    "pyelonephritis", "deep_vein_thrombosis", "cellulitis", "pneumonia_without_sepsis", "renal_colic",
    "giant_cell_arteritis", "shingles_within_72h", "suicidal_thoughts_without_plan", "reflux",
    "uncomplicated_cystitis", "new_type_2_diabetes", "raised_blood_pressure", "iron_deficiency", "depression",
    "knee_osteoarthritis", "viral_cold", "tension_headache", "known_migraine", "mild_gastroenteritis", "ankle_sprain",
    "hay_fever", "insect_bite",
)  # fmt: skip


def condition(name: str) -> Condition:
    return loaded().conditions[name]


def pictures(name: str) -> tuple[Severity, ...]:
    return condition(name).severities


@pytest.mark.parametrize("name", LOW)
def test_it_is_below_an_emergency(name: str) -> None:
    assert {one.level for one in pictures(name)} <= {"self_care", "routine", "same_day"}


@pytest.mark.parametrize("name", LOW)
def test_a_reassuring_fact_is_never_left_to_chance(name: str) -> None:
    for one in pictures(name):
        assert not set(HELPS) & set(one.symptoms), one.id
        assert not set(HELPS) & set(one.absent), one.id


@pytest.mark.parametrize("name", LOW)
def test_an_alarm_that_would_raise_the_level_can_be_denied(name: str) -> None:
    asked = set(condition(name).must_ask)
    for one in pictures(name):
        assert one.absent, one.id
        assert asked & {*one.absent, *one.context}, one.id


@pytest.mark.parametrize("name", LOW)
def test_an_interval_is_wider_than_its_level_only_by_one(name: str) -> None:
    order = ("self_care", "routine", "same_day", "emergency")
    for one in pictures(name):
        assert order.index(one.high) - order.index(one.low) <= 1, one.id


@pytest.mark.parametrize("name", LOW)
def test_the_page_that_gives_the_level_was_seen(name: str) -> None:
    cited = condition(name).sources
    for one in pictures(name):
        assert cited[one.source].url.startswith("http"), one.id
        assert cited[one.source].seen.startswith(("search ", "row")), one.id


def test_self_care_says_that_life_goes_on() -> None:
    for name in LOW:
        for one in pictures(name):
            if one.level == "self_care":
                assert set(HELPS) & set(one.context), f"{name}: {one.id}"
