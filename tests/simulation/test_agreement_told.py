"""What a run says about people: figures in plain digits, inputs that the model misses, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tools.simulation import agreement
from tools.simulation.agreement import Row
from tools.simulation.answers import result
from tools.simulation.course import Request
from tools.simulation.figures import figure, floored
from tools.simulation.records import Check, Model, models
from tools.simulation.run import simulate


def against_people(drug: str, dose: float, *genotypes: str) -> str:
    found = result(drug, dose, genotypes=genotypes, n=5)
    return next(one.statement for one in found.findings if one.statement.startswith("Against people"))


@pytest.mark.parametrize("name", [one.id for one in models().values() if one.kind == "compartment"])
def test_no_figure_against_people_is_told_in_powers_of_ten(name: str) -> None:
    model = models()[name]
    keys = [f"{gene} {key}" for gene, held in model.genes.items() for key in held.effects][:8]
    found = result(model.drug, model.usual.get("dose", model.range.dose[0]), genotypes=keys, n=2, model=name)
    for text in [one.statement for one in found.findings] + [
        cell for one in found.tables if "agrees" in one.title for row in one.rows for cell in row[:4]
    ]:
        assert not re.search(r"\de[+-]\d", text), text


def test_the_area_of_metoprolol_is_told_in_full() -> None:
    said = against_people("metoprolol", 100, "normal metabolizer")
    assert "simulated 1042 ng·h/mL, published 443.7 ng·h/mL" in said


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (9.07e-23, "ng/mL", "<0.001"), (0.00099, "ng/mL", "<0.001"), (0.00101, "ng/mL", "0.00101"), (0, "ng/mL", "0"),
        (9e-7, "mg/L", "<0.00001"), (0.00002, "mg/L", "0.00002"), (1042.3, "ng/mL", "1042"), (5e-4, "mg/L", "0.0005"),
    ],
)  # fmt: skip
def test_what_lies_below_the_floor_is_said_to(value: float, unit: str, told: str) -> None:
    assert floored(value, unit) == told


def test_a_large_figure_has_no_power_of_ten() -> None:
    assert [figure(one) for one in (1040, 7220.4, 123456.0, 15619.2)] == ["1040", "7220", "123456", "15619"]


def _given(model: Model, check: Check) -> float:
    return {"*3/*3": 2.58, "*1/*3": 1.36, "*1/*2": 1.15, "*2/*2": 1.36, "*2/*3": 1.83}[
        check.genotype["CYP2C9"]
    ]


def _bodies(
    monkeypatch: pytest.MonkeyPatch, name: str, *genotypes: Mapping[str, str]
) -> tuple[str, tuple[Row, ...]]:
    """What is told of a whole body without its engine: the course of another drug stands in."""
    monkeypatch.setattr(agreement, "given", _given)
    course = simulate(Request(drug="metoprolol", dose_mg=50, n=2))
    groups = tuple(course.groups[0].model_copy(update={"genotype": one}) for one in genotypes)
    course = course.model_copy(update={"model": models()[name], "groups": groups})
    held = agreement.rows(course)
    (told,) = agreement.findings(course, held)
    return told.statement, held


def test_glimepiride_tells_of_the_one_person_that_it_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    said, held = _bodies(monkeypatch, "glimepiride", {"CYP2C9": "*1/*1"}, {"CYP2C9": "*3/*3"})
    assert "CYP2C9 *3/*3 against CYP2C9 *1/*1: simulated 2.58, published 1.28" in said
    assert "went into the parameters" in said
    assert "one single person of *3/*3" in said
    assert [one.check.published for one in held] == [1.28]


def test_inputs_that_the_model_gives_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said, held = _bodies(monkeypatch, "glimepiride", {"CYP2C9": "*2/*3"}, {"CYP2C9": "*2/*2"})
    assert "no published figure of what is simulated here is held" in said
    assert not held
    said, held = _bodies(monkeypatch, "glimepiride", {"CYP2C9": "*1/*3"})
    assert "of one published figure" in said
    assert "published 2.19" in said
    assert [one.check.role for one in held] == ["held out"]


def test_apixaban_tells_what_is_known_of_people(monkeypatch: pytest.MonkeyPatch) -> None:
    said, held = _bodies(monkeypatch, "apixaban", {})
    assert not held
    assert "44 % more exposure at a creatinine clearance of 15 mL/min in people, Chang 2016" in said
    assert "20 % more at a factor of 0.2 in the model" in said
    assert "no published figure" in _bodies(monkeypatch, "losartan", {"CYP2C9": "*1/*1"})[0]


def test_of_warfarin_the_measured_doses_stand_in_its_place() -> None:
    found = result("warfarin", 5, n=5)
    assert not [one for one in found.findings if one.statement.startswith("Against people")]
    assert any("4,180 patients" in one.statement for one in found.findings)
