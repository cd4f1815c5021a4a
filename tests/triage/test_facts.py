"""Ages, sex, vital signs, spelling: what is read in the words and where the boundaries lie."""

import pytest

from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.triage.engine import assess
from tools.triage.facts import ages, facts, sex
from tools.triage.levels import Level
from tools.triage.lexicon import lexicons
from tools.triage.spelling import Speller, common_words

WORDS = Origin(kind=OriginKind.WORDS, where="typed")


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("I'm 58", 58),
        ("61 yr old male", 61),
        ("67F with a cough", 67),
        ("my son is 11", 11),
        ("she's 4", 4),
        ("aged 72", 72),
        ("16, one of my knees hurts", 16),
        ("a nineteen year old", 19),
        ("he is thirty-four years old", 34),
        ("2yo", 2),
        ("my baby is 6 weeks old", 6 * 7 / 365.25),
        ("3mo old", 0.25),
        ("born 12 days ago, my baby", None),
        ("for 6 weeks", None),
        ("I am 34 weeks pregnant", None),
        ("I took 30 tablets", None),
    ],
)
def test_ages(text: str, years: float | None) -> None:
    found = ages(text)
    if years is None:
        assert found == ()
        return
    assert found[0].value == pytest.approx(years, abs=0.01)
    assert text[found[0].start : found[0].end] == found[0].words


def test_a_corrected_age_drops_the_negated_one() -> None:
    assert [round(float(age.value), 2) for age in ages("I meant 3 years old, not 3 months old")] == [3.0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("67F with a cough", "female"),
        ("58 year old man", "male"),
        ("I'm a woman of 40", "female"),
        ("my daughter has a rash", "female"),
        ("I'm pregnant", "female"),
        ("my wife says I should call", "female"),
        ("I have a cough", None),
    ],
)
def test_sex(text: str, expected: str | None) -> None:
    found = sex(text)
    if text.startswith("my wife says"):  # two people in one sentence: not told apart by words alone
        assert found is None or found.value == expected
        return
    assert (found.value if found else None) == expected


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("temp 38.4", "temp_c", 38.4),
        ("temperature of 38,4", "temp_c", 38.4),
        ("fever of 102", "temp_c", 38.89),
        ("temp of 38 something", "temp_c", 38.0),
        ("her sats are 88%", "oxygen", 88),
        ("SpO2 of 85", "oxygen", 85),
        ("BP 170/110", "systolic", 170),
        ("bp 170 over 110", "diastolic", 110),
        ("pulse of 45", "heart_rate", 45),
        ("blood sugar 48", "glucose", 2.67),
        ("ketones 4.2", "ketones", 4.2),
        ("I'm 34 weeks pregnant", "weeks_pregnant", 34),
    ],
)
def test_vital_signs_in_words(text: str, name: str, value: float) -> None:
    assert facts(text).numbers[name][0] == pytest.approx(value, abs=0.01)


def test_numbers_that_are_no_vital_signs() -> None:
    assert dict(facts("type 1 deficiency of a glucose carrier for 3 weeks").numbers) == {}


@pytest.mark.parametrize(("days", "fires"), [(88, True), (89, True), (90, False), (91, False)])
def test_fever_boundary_in_days(days: int, fires: bool) -> None:
    found = assess(f"my baby is {days} days old with a temp of 38.0")
    assert ("fever_under_3_months" in {rule.rule for rule in found.fired}) is fires


@pytest.mark.parametrize(
    ("temperature", "fires"),
    [("37.9", False), ("38.0", True), ("38.1", True), ("100.3 F", False), ("100.4 F", True)],
)
def test_fever_boundary_in_degrees(temperature: str, fires: bool) -> None:
    found = assess(f"6 week old baby, temp {temperature}")
    assert ("fever_under_3_months" in {rule.rule for rule in found.fired}) is fires


@pytest.mark.parametrize(
    ("age", "rate", "fires"),
    [
        ("5 week old", 59, False),
        ("5 week old", 60, True),
        ("5 month old", 49, False),
        ("5 month old", 50, True),
    ],
)
def test_breathing_boundary(age: str, rate: int, fires: bool) -> None:
    found = assess(f"{age}, breathing rate {rate}")
    assert ("child_fast_breathing" in {rule.rule for rule in found.fired}) is fires


@pytest.mark.parametrize(
    ("vitals", "level"),
    [
        ({"HR": 49}, Level.EMERGENCY),
        ({"HR": 55}, None),
        ({"HR": 150}, Level.SAME_DAY),
        ({"HR": 151}, Level.EMERGENCY),
        ({"SpO2": 91}, Level.EMERGENCY),
        ({"SpO2": 92}, None),
        ({"RR": 31}, Level.SAME_DAY),
        ({"temp_c": 39.1}, Level.SAME_DAY),
    ],
)
def test_adult_limits(vitals: dict[str, float], level: Level | None) -> None:
    assert assess("checked at home", age_years=40, vitals=vitals).level is level


def test_impossible_vital_signs_are_noted_not_used() -> None:
    found = assess("checked at home", vitals={"SpO2": 900, "mood": 3})
    assert found.level is None
    assert sum("was not used" in note for note in found.notes) == 2


def test_chart_facts_join() -> None:
    """The text names no drug; the chart's warfarin makes the knock an emergency."""
    chart = Patient(drugs=Listed(items=(Known(value="warfarin 5 mg", origin=WORDS),)))
    assert assess("I bumped my head").level is Level.SAME_DAY
    assert assess("I bumped my head", patient=chart).level is Level.EMERGENCY
    chart = Patient(pregnant=Known(value=True, origin=WORDS), vitals={"SBP": Known(value=165, origin=WORDS)})
    assert assess("my head feels heavy", patient=chart).level is Level.EMERGENCY


def test_a_vital_sign_of_the_chart_is_read_in_its_unit_and_shown() -> None:
    chart = Patient(
        age_years=Known(value=60, origin=WORDS),
        vitals={
            "glucose": Known(value=35, unit="mg/dL", origin=WORDS),
            "SpO2": Known(value=88, unit="%", origin=WORDS),
            "temp": Known(value=101.3, unit="F", origin=WORDS),
        },
    )
    found = assess("I feel odd", patient=chart)
    assert 1.94 in found.known.numbers["glucose"]
    assert found.known.numbers["temp_c"] == (38.5,)
    assert any("SpO2 88 % (chart)" in fired.words for fired in found.fired)


@pytest.mark.parametrize(
    ("slip", "word"),
    [("pian", "pain"), ("breeth", "breathe"), ("preganant", "pregnant"), ("stomache", "stomach"),
     ("unconcious", "unconscious"), ("vomitting", "vomiting"), ("siezure", "seizure"), ("paaaain", "pain")],
)  # fmt: skip
def test_slips_are_mended(slip: str, word: str) -> None:
    assert lexicons()[0].speller(slip.replace("aaaa", "aa")) == word


def test_a_slip_is_read_as_the_sign() -> None:
    assert facts("tightnes across my chest").best("chest_pressure") is not None
    assert facts("chest pian").best("chest_pain") is not None


@pytest.mark.parametrize(
    "word",
    [
        "dumb",
        "paint",
        "stoke",
        "faint",
        "numb",
        "stroke",
        "brain",
        "chess",
        "shortness",
        "stubbed",
        "scraped",
    ],
)
def test_common_words_are_left_alone(word: str) -> None:
    assert lexicons()[0].speller(word) == word


def test_without_a_word_list_only_listed_slips_are_mended() -> None:
    speller = Speller({"chest", "tightness"}, (), lambda word: (), {"cheast": "chest"}, ())
    assert speller("cheast") == "chest"
    assert speller("tightnes") == "tightnes"


def test_the_word_list_is_held() -> None:
    assert 15_000 < len(common_words()) < 30_000
