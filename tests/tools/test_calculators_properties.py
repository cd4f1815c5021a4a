"""What must hold for all values: units go there and back, more harm gives no better value, scores stay in bounds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evidence import Outcome
from retrieval.patient import Patient
from tools.calculators import units
from tools.calculators.answers import run
from tools.calculators.electrolytes import water_share
from tools.calculators.fields import Field, FieldKind, Value
from tools.calculators.kidney import ckd_epi, cockcroft_gault, mdrd
from tools.calculators.reading import Given
from tools.calculators.registry import Calculator, calculators
from tools.calculators.scores import span, total, wanted
from tools.calculators.sepsis import alveolar_difference
from tools.calculators.values import Values

SCORES = [one for one in calculators().values() if one.items]
PLACES = [(measure, unit) for measure in units.measures() for unit in units.units(measure)]
CREATININE = st.floats(0.2, 15)
AGE = st.floats(18, 100)
SEX = st.sampled_from(["female", "male"])


@pytest.mark.parametrize(("measure", "unit"), PLACES)
@given(value=st.floats(-1000, 1000, allow_subnormal=False))
@settings(max_examples=10, deadline=None)
def test_units_go_there_and_back(measure: str, unit: str, value: float) -> None:
    there = units.into(value, unit, measure)
    assert units.back(there, unit, measure) == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "unit", "measure", "expected"),
    [
        (88.42, "umol/l", "creatinine", 1.0),
        (88.42, "μmol/L", "creatinine", 1.0),
        (1, "mmol/L", "glucose", 18.016),
        (10, "mmol/L", "urea nitrogen", 28.0),
        (17.1, "µmol/L", "bilirubin", 1.0),
        (40, "g/L", "albumin", 4.0),
        (181000, "/uL", "count", 181.0),
        (181, "x10^9/L", "count", 181.0),
        (181, "K", "count", None),
        (98.6, "°F", "temperature", 37.0),
        (1, "lbs", "weight", 0.45359237),
        (72, "in", "length", 182.88),
        (1, "kPa", "pressure", 7.50062),
        (0.4, "fraction", "percent", 40.0),
        (5, "mol/L", "ion", None),
        (5, "mmol/L", "albumin", None),
        (100, "MG/DL", "glucose", 100.0),
        (25, "mcg/hr", "patch", 25.0),
        (500, "mcg/day", "daily dose", 0.5),
        (80, "beats/minute", "rate", 80.0),
        (80, "bpm", "rate", 80.0),
        (1, "year", "age", 1.0),
        (40, "IU/L", "enzyme", 40.0),
        (5, "mL/min", "rate", None),
    ],
)
def test_units_by_the_table(value: float, unit: str, measure: str, expected: float | None) -> None:
    if expected is None:
        with pytest.raises(units.UnitError, match="is not known"):
            units.into(value, unit, measure)
    else:
        assert units.into(value, unit, measure) == pytest.approx(expected)


@given(creatinine=CREATININE, more=st.floats(0.1, 5), age=AGE, sex=SEX, weight=st.floats(30, 200))
@settings(max_examples=60, deadline=None)
def test_more_creatinine_or_age_means_less_filtration(
    creatinine: float, more: float, age: float, sex: str, weight: float
) -> None:
    base: dict[str, Value] = {"creatinine": creatinine, "age": age, "sex": sex, "weight": weight,
                              "weight_kind": "actual", "black": False}  # fmt: skip
    for formula in (ckd_epi, cockcroft_gault, mdrd):
        here = float(formula(Values(base)).value)
        assert float(formula(Values({**base, "creatinine": creatinine + more})).value) < here
        assert float(formula(Values({**base, "age": age + more})).value) < here


@given(age=st.floats(0, 120), sex=SEX)
@settings(max_examples=40, deadline=None)
def test_water_is_a_share(age: float, sex: str) -> None:
    assert 0.45 <= water_share(age, sex) <= 0.6


@given(fio2=st.floats(50, 99), more=st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_more_oxygen_for_the_same_blood_is_worse(fio2: float, more: float) -> None:
    assert alveolar_difference(fio2 + more, 90, 40) >= alveolar_difference(fio2, 90, 40)


def _one(field: Field) -> st.SearchStrategy[Value]:
    if field.kind is FieldKind.YES_NO:
        return st.booleans()
    if field.kind is FieldKind.CHOICE:
        return st.sampled_from(field.options)
    return st.floats(field.low, field.high)


@pytest.mark.parametrize("score", SCORES, ids=[one.name for one in SCORES])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_a_score_lies_in_the_range_that_was_told(score: Calculator, data: st.DataObject) -> None:
    """The sum of the items, inside the range over nothing, and inside the range over any part of it."""
    every = {field.name: data.draw(_one(field)) for field in score.fields}
    some = {name: value for name, value in every.items() if data.draw(st.booleans())}
    value = float(total(score.items, Values(every)).value)
    assert value == sum(item.points(Values(every)) for item in score.items)
    low, high = span(score.items, Values({}))
    inner = span(score.items, Values(some))
    assert low <= inner[0] <= value <= inner[1] <= high
    assert wanted(score.items, Values(every)) == ()
    assert (inner[0] == inner[1]) == (wanted(score.items, Values(some)) == ())


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("cha2ds2_vasc", 0, 9), ("has_bled", 0, 9), ("heart_score", 0, 10), ("rcri", 0, 6), ("tisdale", 0, 21),
        ("child_pugh", 5, 15), ("curb65", 0, 5), ("centor", -1, 5), ("feverpain", 0, 5), ("wells_pe", 0, 12.5),
        ("wells_dvt", -2, 9), ("perc", 0, 8), ("glasgow_blatchford", 0, 23), ("sirs", 0, 4), ("qsofa", 0, 3),
        ("sofa", 0, 24), ("apache2", 0, 71), ("glasgow_coma", 3, 15), ("charlson", 0, 37),
    ],
)  # fmt: skip
def test_the_least_and_the_greatest_score(name: str, low: float, high: float) -> None:
    assert span(calculators()[name].items, Values({})) == (low, high)


CHANGED: list[tuple[str, dict[str, Any], dict[str, tuple[float, str]]]] = [
    ("ckd_epi_2021", {"creatinine": (1.5, "mg/dL"), "age": (50, "years"), "sex": "female"},
     {"creatinine": (1.5 * 88.42, "µmol/L"), "age": (600, "months")}),
    ("osmolality", {"sodium": (140, "mmol/L"), "glucose": (180.16, "mg/dL"), "urea": (28, "mg/dL")},
     {"sodium": (140, "mEq/L"), "glucose": (10, "mmol/L"), "urea": (10, "mmol/L")}),
    ("bmi", {"weight": (100, "lb"), "height": (70, "in")}, {"weight": (45.359237, "kg"), "height": (1.778, "m")}),
    ("ldl", {"total_cholesterol": (386.7, "mg/dL"), "hdl": (38.67, "mg/dL"), "triglycerides": (88.57, "mg/dL")},
     {"total_cholesterol": (10, "mmol/L"), "hdl": (1, "mmol/L"), "triglycerides": (1, "mmol/L")}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "changed"), CHANGED)
def test_another_unit_gives_the_same(
    name: str, values: dict[str, Any], changed: dict[str, tuple[float, str]]
) -> None:
    results = [run(calculators()[name], _given(one), Patient()) for one in (values, {**values, **changed})]
    assert [one.outcome for one in results] == [Outcome.FOUND] * 2
    first, other = (one.findings[0].statement.partition(";")[0] for one in results)
    assert first == other


def _given(values: dict[str, Any]) -> dict[str, Given]:
    return {
        name: Given(value=one[0], unit=one[1]) if isinstance(one, tuple) else Given(value=one)
        for name, one in values.items()
    }
