"""Vital signs in words and from a form: names, units, numbers spelled out, and numbers that are something else."""

from __future__ import annotations

import pytest

from tools.triage import vitals
from tools.triage.engine import assess
from tools.triage.facts import facts
from tools.triage.levels import Level


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("sats are 89", {"oxygen": (89,)}),
        ("her sats dropped from 95 to 88", {"oxygen": (95, 88)}),
        ("89% sats", {"oxygen": (89,)}),
        ("pulse ox 87", {"oxygen": (87,)}),
        ("oximeter 88 and pulse 120", {"oxygen": (88,), "heart_rate": (120,)}),
        ("O2 88", {"oxygen": (88,)}),
        ("sats ninety", {"oxygen": (90,)}),
        ("pulse of 155", {"heart_rate": (155,)}),
        ("heart is going 150", {"heart_rate": (150,)}),
        ("pulse one fifty", {"heart_rate": (150,)}),
        ("145 beats per minute", {"heart_rate": (145,)}),
        ("HR 120/min", {"heart_rate": (120,)}),
        ("temp of 38 something", {"temp_c": (38,)}),
        ("temperature 38,4", {"temp_c": (38.4,)}),
        ("temp is thirty eight and a half", {"temp_c": (38.5,)}),
        ("temp thirty eight point five", {"temp_c": (38.5,)}),
        ("a temperature of a hundred and four", {"temp_c": (40.0,)}),
        ("101.5F", {"temp_c": (38.61,)}),
        ("T 38.5 HR 110", {"temp_c": (38.5,), "heart_rate": (110,)}),
        ("resp 24", {"breath_rate": (24,)}),
        ("breathing at 40 a minute", {"breath_rate": (40,)}),
        ("40 breaths a minute", {"breath_rate": (40,)}),
        ("I counted 50 breaths", {"breath_rate": (50,)}),
        ("bp 170/110", {"systolic": (170,), "diastolic": (110,)}),
        ("170 over 110", {"systolic": (170,), "diastolic": (110,)}),
        ("bp 170-110", {"systolic": (170,), "diastolic": (110,)}),
        ("my top number is 180", {"systolic": (180,)}),
        ("BP 85 systolic", {"systolic": (85,)}),
        ("glucose 54 mg/dl", {"glucose": (3.0,)}),
        ("glucose 35 mg/dL", {"glucose": (1.94,)}),
        ("glucose level 35 mmol/l", {"glucose": (35,)}),
        ("sugar is 400", {"glucose": (22.22,)}),
        ("ketones 1.6 mmol/l", {"ketones": (1.6,)}),
        ("sats 93 on room air", {"oxygen": (93,), "on_oxygen": (0,)}),
        ("on 4 litres of oxygen", {"on_oxygen": (1,), "oxygen_flow": (4,)}),
        ("not on oxygen", {"on_oxygen": (0,)}),
        ("AVPU: V", {"not_alert": (1,)}),
        ("she is alert", {"not_alert": (0,)}),
        ("he is not alert", {"not_alert": (1,)}),
        ("pulse 118, resps 26", {"heart_rate": (118,), "breath_rate": (26,)}),
        ("38.5 temp, 120 bpm, 90% sats", {"temp_c": (38.5,), "heart_rate": (120,), "oxygen": (90,)}),
        ("mi pulso es 155", {"heart_rate": (155,)}),
        ("meine Sättigung ist 85", {"oxygen": (85,)}),
        ("Puls 150", {"heart_rate": (150,)}),
        ("脈拍は155", {"heart_rate": (155,)}),
        ("血氧85", {"oxygen": (85,)}),
    ],
)
def test_read_in_words(text: str, numbers: dict[str, tuple[float, ...]]) -> None:
    found = facts(text).numbers
    assert set(found) == set(numbers)
    for name, values in numbers.items():
        assert found[name] == pytest.approx(values, abs=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "heart racing, I'm 45", "heart racing, she is 45", "fever, im 39", "fever for 40 days", "35 degrees outside",
        "my heart attack at 50", "2 sugars in 1 tea", "low sugar for 3 days", "pain 8/10", "24/7 pain", "peak flow 250",
        "chest pressure for 60 minutes", "pressure on my chest 8/10", "T1 diabetic", "T12 fracture",
        "medic alert bracelet", "I cannot get air", "took 40 mg", "type 2 diabetes", "weight 80", "hba1c 64", "INR 8",
        "a sugar one",
    ],
)  # fmt: skip
def test_other_numbers_are_no_vital_signs(text: str) -> None:
    assert dict(facts(text).numbers) == {}


def test_the_words_of_a_reading_are_the_persons_own() -> None:
    text = "all day her sats are only 89"
    assert facts(text).number_words["oxygen"] == "sats are only 89"
    assert facts("he is breathing 45 a minute now").number_words["breath_rate"] == "breathing 45 a minute"


def test_a_glucose_that_fits_two_units_is_asked_and_the_worse_one_counts() -> None:
    found = assess("my sugar is 35", problems=["type 1 diabetes"])
    assert found.known.numbers["glucose"] == (35, 1.94)
    assert found.level is not None
    assert "mmol/L or in mg/dL" in found.open[0]
    assert not any("mmol/L or" in question for question in assess("my sugar is 35 mmol/l").open)
    assert not any("mmol/L or" in question for question in assess("my sugar is 29").open)
    assert not any("mmol/L or" in question for question in assess("my sugar is 41").open)


def test_a_temperature_that_is_neither_unit_is_asked_and_counts_for_nothing() -> None:
    found = assess("temp of 60")
    assert "temp_c" not in found.known.numbers
    assert any("thermometer" in question for question in found.open)
    assert not any("thermometer" in question for question in assess("temp of 60, I mean temp 36.6").open)


@pytest.mark.parametrize(
    ("name", "value", "place", "values"),
    [
        ("HR", 118, "heart_rate", (118,)),
        ("SpO2", "91 %", "oxygen", (91,)),
        ("T", "101.3 F", "temp_c", (38.5,)),
        ("T", "38,5", "temp_c", (38.5,)),
        ("T", "38.5 °C", "temp_c", (38.5,)),
        ("T", 100.4, "temp_c", (38.0,)),
        ("glucose", "54 mg/dL", "glucose", (3.0,)),
        ("glucose", "35 mg/dL", "glucose", (1.94,)),
        ("glucose", "35 mmol/L", "glucose", (35,)),
        ("glucose", 35, "glucose", (35, 1.94)),
        ("glucose", 30, "glucose", (30,)),
        ("glucose", 40, "glucose", (2.22,)),
        ("alertness", "V", "not_alert", (1,)),
        ("AVPU", "a", "not_alert", (0,)),
        ("on_oxygen", "air", "on_oxygen", (0,)),
        ("on_oxygen", "2 L/min", "on_oxygen", (1,)),
        ("on_oxygen", 1, "on_oxygen", (1,)),
        ("SBP", "170 mmHg", "systolic", (170,)),
    ],
)
def test_given_by_a_form(name: str, value: float | str, place: str, values: tuple[float, ...]) -> None:
    found = vitals.given(name, value)
    assert found.name == place
    assert found.values == pytest.approx(values, abs=0.01)


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("aura", 1, "aura is not known"),
        ("HR", "ninety", "HR = ninety is not possible: 10 to 350"),
        ("HR", 9, "10 to 350"),
        ("HR", float("nan"), "not possible"),
        ("SpO2", 101, "30 to 100"),
        ("T", 60, "25 to 45"),
        ("T", "38 mmol/L", "not possible"),
        ("alertness", "X", "not possible"),
        ("glucose", "", "not possible"),
    ],
)
def test_what_a_form_cannot_say(name: str, value: float | str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        vitals.given(name, value)


ADULT = [
    ({"HR": 49}, Level.EMERGENCY), ({"HR": 50}, None), ({"HR": 59}, None), ({"HR": 60}, None), ({"HR": 130}, None),
    ({"HR": 131}, Level.SAME_DAY), ({"HR": 150}, Level.SAME_DAY), ({"HR": 151}, Level.EMERGENCY),
    ({"RR": 9}, Level.SAME_DAY), ({"RR": 10}, None), ({"RR": 30}, None), ({"RR": 31}, Level.SAME_DAY),
    ({"T": 35.9}, Level.SAME_DAY), ({"T": 36.0}, None), ({"T": 39.0}, None), ({"T": 39.1}, Level.SAME_DAY),
    ({"SpO2": 91}, Level.EMERGENCY), ({"SpO2": 92}, None), ({"alertness": "A"}, None),
    ({"alertness": "C"}, Level.EMERGENCY), ({"alertness": "U"}, Level.EMERGENCY),
]  # fmt: skip


@pytest.mark.parametrize(("given", "level"), ADULT)
@pytest.mark.parametrize("years", [12, 40])
def test_adult_limits(given: dict[str, float | str], level: Level | None, years: int) -> None:
    """IITT, 12 years and over (triage spec 5)."""
    fired = {
        one.level
        for one in assess("checked", age_years=years, vitals=given).fired
        if one.rule.startswith("vital_")
    }
    assert (max(fired, key=lambda one: one.rank) if fired else None) is level


CHILD = [
    (40, 180, 50), (89, 180, 50), (90, 160, 40), (2 * 365, 160, 40), (3 * 365.25, 140, 30), (7 * 365.25, 140, 30),
    (8 * 365.25, 100, 20), (11 * 365.25, 100, 20),
]  # fmt: skip


@pytest.mark.parametrize(("days", "rate", "breaths"), CHILD)
def test_danger_zone_of_children(days: float, rate: int, breaths: int) -> None:
    """ESI v4 by age: at the limit nothing fires, one above it at least the same day."""

    def fired(**given: float) -> bool:
        return any(
            one.rule == "vital_child_danger_zone"
            for one in assess("checked", age_days=days, vitals=given).fired
        )

    assert not fired(HR=rate)
    assert fired(HR=rate + 1)
    assert not fired(RR=breaths)
    assert fired(RR=breaths + 1)


@pytest.mark.parametrize("days", [20, 200, 2000, 5000])
def test_low_oxygen_is_an_emergency_at_any_age(days: float) -> None:
    assert assess("checked", age_days=days, vitals={"SpO2": 91}).level is Level.EMERGENCY
    assert assess("checked", age_days=days, vitals={"SpO2": 92}).level is not Level.EMERGENCY


@pytest.mark.parametrize(("high", "low", "fires"), [(159, 109, False), (160, 90, True), (150, 110, True)])
def test_pressure_in_pregnancy(high: int, low: int, fires: bool) -> None:
    found = assess("checked", age_years=30, weeks=30, vitals={"SBP": high, "DBP": low})
    assert ("vital_pregnant" in {one.rule for one in found.fired}) is fires
