"""Whole bodies in a run: groups, further analytes, attribution; by the models of the pack where it is here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval import packs as packing
from retrieval.evidence import Outcome
from retrieval.packs import Packs
from tools.simulation import sbml
from tools.simulation.answers import result
from tools.simulation.course import NotCovered, Request
from tools.simulation.effects import table
from tools.simulation.population import Asked, draw
from tools.simulation.records import Model, models
from tools.simulation.run import seconds, simulate
from tools.simulation.whole_body import kinds

LOSARTAN = models()["losartan"]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[list[sbml.Body]]:
    """In place of the engine: curves that fall from 1 mg/L by weight; what was asked is kept."""
    asked: list[list[sbml.Body]] = []

    def simulated(
        model: Model,
        bodies: list[sbml.Body],
        dose_mg: float,
        every_h: float,
        days: float,
        step_h: float,
        *rest: object,
    ) -> sbml.Curves:
        asked.append(list(bodies))
        hours = np.asarray(np.arange(round(days * 24 / step_h) + 1) * step_h, np.float64)
        heavy = np.array([body.weight_kg for body in bodies])[:, None]
        curve = np.asarray(dose_mg / heavy * np.exp(-0.1 * hours)[None, :], np.float64)
        return sbml.Curves(hours, {"losartan": curve, "E-3174": 2 * curve}, "made by the test")

    monkeypatch.setattr(sbml, "simulate", simulated)
    return asked


def test_groups_bands_and_further_analytes(engine: list[list[sbml.Body]]) -> None:
    asked = Request(drug="losartan", dose_mg=50, every_h=0, days=2, genotypes=("CYP2C9 *1/*1", "*3/*3"), n=30)
    course = simulate(asked)
    assert course.attribution == "made by the test"
    assert [one.label for one in course.groups] == ["CYP2C9 *1/*1", "CYP2C9 *3/*3"]
    assert {body.genotype["CYP2C9"] for body in engine[1]} == {"*3/*3"}
    weights = {body.weight_kg for body in engine[0]}
    assert 1 < len(weights) <= kinds(LOSARTAN, asked)
    assert all(weight % 5 == 0 for weight in weights)
    first = course.groups[0]
    assert len(first.concentration.middle) == len(course.times)
    assert first.exposure.auc is None
    assert first.others["E-3174"].auc_window.middle == pytest.approx(2 * first.exposure.auc_window.middle)
    assert any("to the nearest 5 kg" in one for one in course.warnings)


def test_a_given_weight_is_one_body_as_it_is(engine: list[list[sbml.Body]]) -> None:
    asked = Request(drug="losartan", dose_mg=50, days=2, weight=72.5, n=30, renal_function=0.5)
    simulate(asked)
    assert {(body.weight_kg, body.renal_function) for body in engine[0]} == {(72.5, 0.5)}
    assert kinds(LOSARTAN, asked) == 1
    assert seconds(asked) < seconds(asked.model_copy(update={"weight": None}))


def test_the_last_interval_stands_for_repeated_doses(engine: list[list[sbml.Body]]) -> None:
    course = simulate(Request(drug="losartan", dose_mg=50, every_h=24, days=3, weight=50, n=1))
    exposure = course.groups[0].exposure
    assert exposure.auc is not None
    expected = 50 / 50 * (np.exp(-0.1 * 48) - np.exp(-0.1 * 72)) / 0.1
    assert exposure.auc.middle == pytest.approx(expected, rel=1e-2)
    assert exposure.hours_to_steady is None
    told = result("losartan", 50, 24, 3, weight=50, n=1)
    assert "in its last interval" in told.findings[0].statement
    assert told.findings[-1].statement.endswith("made by the test.")
    assert any("E-3174" in one.title for one in told.tables)


@pytest.mark.parametrize(("every", "days"), [(36, 1), (168, 3)])
def test_a_run_without_a_whole_interval_is_one_dose(
    engine: list[list[sbml.Body]], every: float, days: float
) -> None:
    course = simulate(Request(drug="losartan", dose_mg=50, every_h=every, days=days, weight=50, n=1))
    assert course.request.every_h == 0
    assert course.groups[0].exposure.auc is None
    assert any("before the next dose" in one for one in course.warnings)


def test_the_last_interval_is_one_between_two_doses(engine: list[list[sbml.Body]]) -> None:
    """Every 36 h for 3.5 days: doses at 0, 36 and 72 h, the last whole interval is 36 to 72 h and not 48 to 84 h."""
    course = simulate(Request(drug="losartan", dose_mg=50, every_h=36, days=3.5, weight=50, n=1))
    exposure = course.groups[0].exposure
    assert exposure.auc is not None
    assert exposure.auc.middle == pytest.approx((np.exp(-3.6) - np.exp(-7.2)) / 0.1, rel=1e-2)


def test_a_disagreement_of_a_whole_body_is_told(engine: list[list[sbml.Body]]) -> None:
    told = result("losartan", 50, 24, 3, ["*1/*1", "*3/*3"], weight=50, n=1)
    said = next(one.statement for one in told.findings if one.statement.startswith("Against people"))
    assert "published 1.42" in said


def test_a_model_without_that_gene_says_so(engine: list[list[sbml.Body]]) -> None:
    with pytest.raises(NotCovered, match="looks at no gene, not at CYP2C9"):
        simulate(Request(drug="apixaban", dose_mg=5, genotypes=("CYP2C9 *1/*1",)))
    assert not engine


@pytest.mark.slow
def test_the_models_of_the_pack(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("roadrunner", reason="the extra [simulation] is not installed")
    if not (shared / "pbpk-sbml").is_dir():
        pytest.skip("pbpk-sbml is not in the development data")
    Packs(tmp_path).import_("pbpk-sbml", [shared / "pbpk-sbml"])
    monkeypatch.setitem(packing._settings, "folder", tmp_path)
    rows, missing = table()
    assert not missing
    areas = {(one.drug, one.genotype.get("CYP2C9")): one.auc for one in rows}
    assert areas["glimepiride", "*3/*3"] == pytest.approx(2.74, rel=0.02)
    assert areas["losartan", "*3/*3"] == pytest.approx(2.47, rel=0.02)
    told = result("glimepiride", 2, 24, 3, ["*1/*1", "*3/*3"], weight=75)
    assert told.outcome is Outcome.FOUND
    assert "CC BY-SA 4.0" in told.findings[-1].statement


def test_bodies_that_are_alike_are_run_once_and_counted_each(engine: list[list[sbml.Body]]) -> None:
    asked = Request(drug="losartan", dose_mg=50, every_h=0, days=2, n=60)
    group = simulate(asked).groups[0]
    assert len(engine[0]) == len({one.weight_kg for one in engine[0]}) < 60
    weights = np.round(np.clip(draw(LOSARTAN, Asked({}), 60, 1).weight, *LOSARTAN.range.weight) / 5) * 5
    peaks = np.sort(50 / weights)
    assert group.exposure.cmax.middle == pytest.approx(peaks[29])
    assert group.exposure.cmax.low == pytest.approx(peaks[2])
    assert group.concentration.middle[0] == pytest.approx(peaks[29])


@pytest.mark.parametrize("days", [3, 20, 60])
def test_each_hour_after_one_dose_of_a_body_is_of_that_hour(
    engine: list[list[sbml.Body]], days: float
) -> None:
    course = simulate(Request(drug="losartan", dose_mg=50, every_h=0, days=days, weight=70, n=5))
    told = course.groups[0]
    for hour in (1, 2, 6, 8, 24):
        expected = 50 / 70 * np.exp(-0.1 * hour)
        assert told.concentration.middle[course.place(hour)] == pytest.approx(expected)
    assert told.exposure.cmax.middle == pytest.approx(50 / 70)
