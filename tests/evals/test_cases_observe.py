"""Values follow physiology, the creatinine gives the eGFR back, and each has unit, code and range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.cases.draw import Beside
from evals.cases.make import base_case, cases
from evals.cases.noise import Noise, mixed, normal
from evals.cases.observe import Says, creatinine, observe, written
from evals.cases.tables import Unit, physiology
from evals.cases.world import world

EQUATION = physiology().creatinine.equation


@given(
    egfr=st.floats(5, 140), age=st.integers(18, 100), sex=st.sampled_from(["female", "male"])
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_creatinine_inverts_ckd_epi(egfr: float, age: int, sex: str) -> None:
    scr = creatinine(EQUATION, egfr, age, sex)  # type: ignore[arg-type]
    kappa, alpha = (0.7, -0.241) if sex == "female" else (0.9, -0.302)
    back = 142 * min(scr / kappa, 1) ** alpha * max(scr / kappa, 1) ** -1.200 * 0.9938**age
    assert math.isclose(back * (1.012 if sex == "female" else 1), egfr, rel_tol=1e-9)


def test_the_worked_example_of_a_page() -> None:
    """creatinineclearancecalculator.net: a woman of 55 with 0.9 mg/dL has an eGFR of about 76."""
    assert creatinine(EQUATION, 75.6, 55, "female") == pytest.approx(0.9, abs=0.01)


def test_illness_moves_values_the_right_way() -> None:
    held = world()
    who = base_case(2, 4).latent.person.model_copy(
        update={"age_days": 15000, "sex": "female", "country": "GB", "pregnant": False}
    )
    nobody, nothing = Beside(), Says("none", {})
    well = observe(held, who, {}, nobody, nothing, 5, 5)
    for axis, name, sign in (
        ("inflammation", "CRP", 1), ("hypoxia", "oxygen saturation", -1), ("acid", "bicarbonate", -1),
        ("perfusion", "systolic blood pressure", -1), ("anaemia", "haemoglobin", -1), ("glucose", "glucose", 1),
        ("renal", "creatinine", 1), ("volume_loss", "heart rate", 1),
    ):  # fmt: skip
        ill = observe(held, who, {axis: 2.5}, nobody, nothing, 5, 5)
        before, after = ({**seen.vitals, **seen.labs}[name].value for seen in (well, ill))
        assert sign * (after - before) > 0, name


def test_fever_said_is_fever_measured() -> None:
    held = world()
    who = base_case(2, 4).latent.person.model_copy(update={"age_days": 15000, "country": "GB"})
    for seed in range(30):
        hot = observe(held, who, {}, Beside(), Says("none", {"fever": True}), seed, 1)
        cool = observe(held, who, {"inflammation": 3}, Beside(), Says("none", {"fever": False}), seed, 1)
        assert hot.vitals["temperature"].value >= 38.0
        assert cool.vitals["temperature"].value <= 37.7


def test_children_have_childrens_values_and_no_creatinine() -> None:
    babies = [case for case in cases(500, 6) if case.latent.person.age_years < 1]
    assert len(babies) > 3
    for case in babies:
        assert case.latent.vitals["heart rate"].low >= 100  # type: ignore[operator]
        assert "creatinine" not in case.latent.labs
        assert case.latent.egfr is None


def test_units_differ_by_country_and_each_value_has_code_and_range() -> None:
    seen: dict[str, set[str]] = {}
    for case in cases(200, 8):
        for row in (*case.latent.vitals.values(), *case.latent.labs.values()):
            seen.setdefault(row.name, set()).add(row.unit)
            assert row.loinc or row.unit == "mmol/mol", row
            assert row.low is not None
    assert seen["creatinine"] == {"µmol/L", "mg/dL"}
    assert seen["glucose"] == {"mmol/L", "mg/dL"}
    assert seen["HbA1c"] == {"%", "mmol/mol"}
    assert seen["haemoglobin"] == {"g/L", "g/dL"}


def test_healthy_values_lie_in_their_range_as_often_as_a_range_promises() -> None:
    held = world()
    who = base_case(2, 4).latent.person.model_copy(update={"age_days": 12000, "sex": "male", "country": "GB"})
    inside = total = 0
    for seed in range(120):
        for row in observe(held, who, {}, Beside(), Says("none", {}), seed, 0).labs.values():
            if row.name not in ("creatinine", "eGFR"):
                total += 1
                inside += row.low <= row.value <= row.high  # type: ignore[operator]
    assert 0.92 < inside / total < 0.985


def test_conversions() -> None:
    table = physiology()
    assert written(5.0, table.quantity("glucose").units[0], 1) == 90.0
    assert written(6.5, table.quantity("HbA1c").units[0], 1) == 48.0
    assert written(37.0, table.quantity("temperature").units[0], 1) == 98.6
    assert written(88.4, table.creatinine.units[0], 0) == 1.0
    assert written(2.35, None, 1) == pytest.approx(2.4, abs=0.051)
    assert isinstance(table.creatinine.units[0], Unit)


def test_noise_has_the_stated_correlation() -> None:
    noise = mixed(["a", "b", "c"], [("a", "b", 0.6)])
    rng = np.random.default_rng(1)
    rows = np.array([noise.drawn(rng.random(3).tolist()) for _ in range(4000)])
    found = np.corrcoef(rows.T)
    assert found[0, 1] == pytest.approx(0.6, abs=0.04)
    assert found[0, 2] == pytest.approx(0.0, abs=0.05)
    assert isinstance(noise, Noise)


def test_correlations_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="contradict"):
        mixed(["a", "b", "c"], [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)])
    with pytest.raises(ValueError, match="no such name"):
        mixed(["a"], [("a", "z", 0.1)])


def test_normal_is_finite_at_the_ends() -> None:
    assert -7 < normal(0.0) < -5
    assert 5 < normal(1.0) < 7
    assert normal(0.5) == 0
