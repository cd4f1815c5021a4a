"""NEWS2 as the RCP's table has it: every edge of every row, the response, what is missing, and whom it is not for."""

from __future__ import annotations

from typing import Any

import pytest

from tools.triage import news2
from tools.triage.engine import assess
from tools.triage.facts import Facts
from tools.triage.news2 import NotFor, excluded, of_facts, score, why_not

NORMAL: dict[str, Any] = {
    "breath_rate": 16, "oxygen": 97, "on_oxygen": False, "systolic": 120, "heart_rate": 70, "alertness": "A",
    "temp_c": 37.0,
}  # fmt: skip
EDGES: dict[str, list[tuple[Any, int]]] = {
    "breath_rate": [(0, 3), (7, 3), (8, 3), (9, 1), (11, 1), (12, 0), (20, 0), (21, 2), (24, 2), (25, 3), (60, 3)],
    "oxygen": [(50, 3), (90, 3), (91, 3), (92, 2), (93, 2), (94, 1), (95, 1), (96, 0), (100, 0)],
    "systolic": [(50, 3), (89, 3), (90, 3), (91, 2), (100, 2), (101, 1), (110, 1), (111, 0), (219, 0), (220, 3)],
    "heart_rate": [(40, 3), (41, 1), (50, 1), (51, 0), (90, 0), (91, 1), (110, 1), (111, 2), (130, 2), (131, 3)],
    "temp_c": [(35.0, 3), (35.1, 1), (36.0, 1), (36.1, 0), (38.0, 0), (38.1, 1), (39.0, 1), (39.1, 2)],
    "on_oxygen": [(False, 0), (True, 2)],
    "alertness": [("A", 0), ("a", 0), ("C", 3), ("V", 3), ("P", 3), ("U", 3)],
}  # fmt: skip
ROWS = [(name, value, points) for name, edges in EDGES.items() for value, points in edges]


@pytest.mark.parametrize(("name", "value", "points"), ROWS)
def test_every_edge_of_every_row(name: str, value: Any, points: int) -> None:
    """All other signs are normal, so the sum is the row's own points."""
    found = score(**{**NORMAL, name: value})
    assert found.total == found.at_most == points
    assert found.missing == ()


@pytest.mark.parametrize(
    ("oxygen", "on_air", "on_oxygen"),
    [(82, 3, 3), (83, 3, 3), (84, 2, 2), (85, 2, 2), (86, 1, 1), (87, 1, 1), (88, 0, 0), (92, 0, 0), (93, 0, 1),
     (94, 0, 1), (95, 0, 2), (96, 0, 2), (97, 0, 3), (100, 0, 3)],
)  # fmt: skip
def test_scale_2_counts_too_much_oxygen(oxygen: float, on_air: int, on_oxygen: int) -> None:
    on = {**NORMAL, "oxygen": oxygen, "on_oxygen": True}
    assert score(**{**NORMAL, "oxygen": oxygen}, scale=2).total == on_air
    assert score(**on, scale=2).total == on_oxygen + 2  # the added oxygen itself is 2 points


@pytest.mark.parametrize(
    ("temp_c", "points"), [(38.04, 0), (38.06, 1), (35.04, 3), (35.06, 1), (39.04, 1), (39.06, 2)]
)
def test_a_temperature_is_read_to_a_tenth(temp_c: float, points: int) -> None:
    assert score(**{**NORMAL, "temp_c": temp_c}).total == points


@pytest.mark.parametrize(
    ("signs", "total", "response"),
    [
        ({}, 0, "routine monitoring"),
        ({"heart_rate": 112, "temp_c": 38.5, "systolic": 108}, 4, "routine monitoring"),
        ({"heart_rate": 112, "temp_c": 38.5, "breath_rate": 22}, 5, "urgent review"),
        ({"heart_rate": 112, "temp_c": 38.5, "breath_rate": 22, "systolic": 108}, 6, "urgent review"),
        ({"heart_rate": 112, "temp_c": 38.5, "breath_rate": 22, "systolic": 98}, 7, "emergency response"),
        ({"alertness": "C"}, 3, "urgent review"),
        ({"systolic": 225}, 3, "urgent review"),
        ({"on_oxygen": True, "heart_rate": 95}, 3, "routine monitoring"),
    ],
)
def test_the_response(signs: dict[str, Any], total: int, response: str) -> None:
    """7 and more, 5 to 6 or any single 3, and less; three points from two rows are no single three."""
    found = score(**{**NORMAL, **signs})
    assert (found.total, found.response) == (total, response)
    assert found.asks is (response != "routine monitoring")


def test_a_missing_sign_is_missing_and_not_normal() -> None:
    found = score(heart_rate=112, temp_c=38.5)
    assert (found.total, found.at_most) == (3, 3 + 3 + 3 + 2 + 3 + 3)
    assert found.response == "not settled"
    assert found.missing == (
        "breaths per minute", "oxygen saturation (%)", "air or oxygen", "systolic pressure (mmHg)", "alertness",
    )  # fmt: skip
    assert found.said.startswith("NEWS2 at least 3: not settled; not known: breaths per minute")
    assert ("alertness", "not known", "") in found.table().rows


def test_a_low_sum_of_an_incomplete_set_still_asks_where_it_reaches_the_limit() -> None:
    assert score(breath_rate=25).response == "urgent review"
    assert score(breath_rate=25, oxygen=90, heart_rate=95).response == "emergency response"


def test_scale_2_without_word_of_oxygen_counts_the_lower_points_and_says_how_high_it_may_be() -> None:
    found = score(**{**NORMAL, "oxygen": 97, "on_oxygen": None}, scale=2)
    assert (found.total, found.at_most) == (0, 2 + 3)


@pytest.mark.parametrize(
    ("age", "pregnant", "why"),
    [
        (15.99, None, "under 16"),
        (0.1, None, "under 16"),
        (30, True, "pregnancy"),
        (16, False, ""),
        (80, None, ""),
    ],
)
def test_whom_it_is_not_for(age: float, pregnant: bool | None, why: str) -> None:
    assert why in excluded(age, pregnant)
    if why:
        with pytest.raises(NotFor, match=why):
            score(**NORMAL, age_years=age, pregnant=pregnant)
    else:
        assert excluded(age, pregnant) == ""
        assert score(**NORMAL, age_years=age, pregnant=pregnant).total == 0


@pytest.mark.parametrize("letter", ["X", "", "AV"])
def test_an_alertness_that_is_none_of_five(letter: str) -> None:
    with pytest.raises(ValueError, match="none of A, C, V, P, U"):
        score(alertness=letter)


def test_what_was_not_told_of_the_person_is_said() -> None:
    assert any("age not told" in line for line in score(**NORMAL).caveats)
    assert score(**NORMAL, age_years=60).caveats == ()
    assert any("pregnancy not told" in line for line in score(**NORMAL, age_years=30).caveats)


def test_of_facts_takes_the_worst_of_several_readings() -> None:
    known = Facts(age_days=(70 * 365.25,), numbers={"heart_rate": (80, 135), "systolic": (120, 85)})
    found = of_facts(known)
    assert found is not None
    assert found.total == 6


@pytest.mark.parametrize(
    ("numbers", "age", "why"),
    [
        ({"heart_rate": (120.0,)}, 40.0, "fewer than two"),
        ({"heart_rate": (120.0,), "on_oxygen": (1.0,)}, 40.0, "fewer than two"),
        ({"heart_rate": (120.0,), "temp_c": (39.0,)}, 9.0, "under 16"),
        ({"heart_rate": (120.0,), "temp_c": (39.0,), "weeks_pregnant": (20.0,)}, 30.0, "pregnancy"),
    ],
)
def test_of_facts_says_why_not(numbers: dict[str, tuple[float, ...]], age: float, why: str) -> None:
    known = Facts(age_days=(age * 365.25,), numbers=numbers)
    assert of_facts(known) is None
    assert why in why_not(known)


def test_words_of_confusion_count_beside_a_chart_that_says_alert() -> None:
    seen = assess("he is confused and rambling", age_years=70, vitals={"HR": 80, "alertness": "A"})
    found = of_facts(seen.known)
    assert found is not None
    assert [part.points for part in found.parts if part.name == "alertness"] == [3]


def test_a_given_letter_is_kept() -> None:
    seen = assess("unwell", age_years=70, vitals={"HR": 80, "alertness": "P"})
    found = of_facts(seen.known)
    assert found is not None
    assert [part.value for part in found.parts if part.name == "alertness"] == ["P"]


def test_a_child_named_only_by_a_word_has_no_score() -> None:
    assert of_facts(assess("my toddler has a pulse of 120 and a temperature of 39").known) is None
    assert of_facts(assess("my child has a pulse of 120 and a temperature of 39").known) is None


def test_the_royal_college_is_acknowledged() -> None:
    finding = score(**NORMAL).finding()
    assert "Royal College of Physicians" in finding.certainty
    assert "Royal College of Physicians" in finding.evidence[0].source.title
    assert news2.SOURCE.year == 2017
