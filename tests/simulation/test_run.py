"""A run from request to course: groups, refusals, the same bytes for the same seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tools.simulation import compartments as pk
from tools.simulation import run
from tools.simulation.course import BadInput, Course, NeedsInput, NotCovered, Request
from tools.simulation.groups import unit_factor
from tools.simulation.moments import even_times
from tools.simulation.population import Asked, typical
from tools.simulation.records import Model, models
from tools.simulation.run import chosen, generic, seconds, simulate

WARFARIN = models()["warfarin_2007"]
COMPARTMENTS = [pytest.param(one, id=name) for name, one in models().items() if one.kind == "compartment"]


def asked(**more: object) -> Request:
    return Request.model_validate({"drug": "warfarin", "dose_mg": 5, "days": 10, "n": 20} | more)


def of_model(model: Model, **more: object) -> Request:
    usual = {"dose_mg": model.usual.get("dose", model.range.dose[0]), "every_h": model.usual.get("every", 24)}
    return asked(**({"drug": model.drug, "model": model.id, "days": 4} | usual | more))


def test_the_same_request_gives_the_same_bytes() -> None:
    one, other = (simulate(asked(genotypes=("cohort", "*3/*3 AA"))).model_dump_json() for _ in range(2))
    assert one == other
    assert one != simulate(asked(genotypes=("cohort", "*3/*3 AA"), seed=2)).model_dump_json()


def test_groups_in_the_order_asked_each_once() -> None:
    course = simulate(asked(genotypes=("*1/*3 GA", "CYP2C9 *3/*1, VKORC1 AG", "*1/*1 GG")))
    assert [one.label for one in course.groups] == [
        "CYP2C9 *1/*3, VKORC1 GA", "CYP2C9 *1/*1, VKORC1 GG",
    ]  # fmt: skip


def test_people_taken_in_parts_are_the_same_people(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = simulate(asked(n=30))
    monkeypatch.setattr("tools.simulation.groups.AT_ONCE", 7)
    assert simulate(asked(n=30)).model_dump_json() == whole.model_dump_json()


def test_bands_lie_around_the_median_and_begin_at_nothing() -> None:
    course = simulate(asked(genotypes=("cohort",), days=60))
    for band in (course.groups[0].concentration, course.groups[0].inr.band):  # type: ignore[union-attr]
        low, middle, high = (np.array(part) for part in (band.low, band.middle, band.high))
        assert (low <= middle).all()
        assert (middle <= high).all()
        assert (low < high)[-1]
    assert course.groups[0].concentration.middle[0] == 0


def test_every_kept_point_of_a_warfarin_run_is_of_its_own_hour() -> None:
    course = simulate(
        asked(dose_mg=10, every_h=0, days=3, age=60, model="warfarin_2010", genotypes=("*1/*1 GG",))
    )
    person = typical(course.model, Asked({"CYP2C9": "*1/*1", "VKORC1": "GG"}, 60))
    times = np.array(course.times)
    expected = pk.concentrations(person.oral(), pk.Regimen(5.0, 0.0, 1), times)[0]
    assert np.array(course.groups[0].concentration.middle) == pytest.approx(expected, rel=1e-9)
    assert set(np.diff(times)) == {1.0}


@pytest.mark.parametrize(
    ("name", "dose", "every"), [("warfarin", 10, 12), ("atomoxetine", 120, 1), ("atorvastatin", 80, 12)]
)
def test_more_a_day_than_anybody_had_is_not_covered(name: str, dose: float, every: float) -> None:
    with pytest.raises(NotCovered, match="mg a day"):
        simulate(asked(drug=name, dose_mg=dose, every_h=every))


def test_the_usual_dose_and_half_of_it_twice_are_covered() -> None:
    for model in models().values():
        dose, every = model.usual["dose"], model.usual["every"]
        run.check(of_model(model), model)
        run.check(of_model(model, dose_mg=max(dose / 2, model.range.dose[0]), every_h=every), model)
    assert models()["elagolix"].most_a_day == 800
    assert models()["metoprolol"].most_a_day == 400


def test_variability_is_missing_but_for_what_the_model_looks_at() -> None:
    said = [one for one in simulate(of_model(models()["siponimod"])).warnings if "variability" in one]
    assert said == [
        f"The model {models()['siponimod'].title} is simulated without variability between people."
    ]


def test_share_above_the_threshold_is_counted() -> None:
    high, never = (simulate(asked(genotypes=("*3/*3 AA",), days=60, threshold=x)) for x in (4.0, 21.5))
    assert high.groups[0].inr is not None
    assert high.groups[0].inr.above_at_end > 0.8
    assert high.groups[0].inr.above_ever >= high.groups[0].inr.above_at_end
    assert never.groups[0].inr is not None
    assert never.groups[0].inr.above_ever == 0


def test_what_is_not_stated_is_said() -> None:
    course = simulate(asked(genotypes=("VKORC1 AA",)))
    assert course.groups[0].genotype == {"CYP2C9": "*1/*1", "VKORC1": "AA"}
    assert "Not stated and simulated as the model's reference: CYP2C9 *1/*1." in course.warnings
    assert any(one.startswith("Age was not given") for one in course.warnings)
    assert not simulate(asked(genotypes=("*1/*1 GG",), age=60)).warnings


def test_one_dose_has_no_steady_state() -> None:
    exposure = simulate(asked(every_h=0, dose_mg=10)).groups[0].exposure
    assert exposure.trough is None
    assert exposure.hours_to_steady is None
    assert exposure.auc is not None
    assert exposure.auc_window.middle < exposure.auc.middle


@pytest.mark.parametrize("model", COMPARTMENTS)
def test_every_compartment_record_runs(model: Model) -> None:
    course = simulate(of_model(model, age=None))
    exposure = course.groups[0].exposure
    assert 0 < exposure.cmax.low <= exposure.cmax.middle <= exposure.cmax.high < math.inf
    assert exposure.auc is not None
    assert max(course.groups[0].concentration.high) <= exposure.cmax.high * 1.5
    weight = sum(model.range.weight) / 2
    one = simulate(of_model(model, n=1, weight=weight, seed=3)).groups[0].exposure.auc
    assert one is not None
    person = typical(model, Asked({}, weight=weight))
    expected = course.request.dose_mg * model.fed * unit_factor(model) / person.value("cl")[0]
    assert one.middle == pytest.approx(expected * person.oral().absorbed[0], rel=2)  # the same size and unit


@pytest.mark.parametrize("days", [1, 14, 15, 30, 31, 90, 180])
def test_the_times_hold_the_end_of_every_day(days: int) -> None:
    times = even_times(days * 24)
    assert len(times) <= 721
    assert set(np.arange(0, days * 24 + 1, 24)) <= set(times)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dose_mg": 0}, "dose above 0"),
        ({"dose_mg": -1}, "between 0 and 1000 mg"),
        ({"dose_mg": 1001}, "between 0 and 1000 mg"),
        ({"dose_mg": math.nan}, "between 0 and 1000 mg"),
        ({"dose_mg": math.inf}, "between 0 and 1000 mg"),
        ({"days": 0.5}, "at least one day"),
        ({"days": 181}, "between 0 and 180 days"),
        ({"n": 0}, "between 1 and 2000"),
        ({"n": 2001}, "between 1 and 2000"),
        ({"every_h": 0.5}, "at least 1 hour"),
        ({"every_h": -24}, "interval"),
        ({"renal_function": 1.5}, "between 0 and 1"),
        ({"seed": -1}, "seed"),
        ({"genotypes": ("*1/*1 GG",) * 9}, "At most 8"),
        ({"model": "glimepiride"}, "is of glimepiride, not of warfarin"),
    ],
    ids=lambda one: None if isinstance(one, str) else " ".join(f"{k}={v}"[:24] for k, v in one.items()),
)
def test_numbers_that_are_none(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        simulate(asked(**wrong))


@pytest.mark.parametrize(
    ("beyond", "said"),
    [
        ({"age": 21}, "22 to 87 years; age 21"),
        ({"age": 88}, "22 to 87 years; age 88"),
        ({"weight": 130}, "45 to 120 kg; weight 130"),
        ({"dose_mg": 16}, "0.25 to 15 mg; dose 16"),
        ({"renal_function": 0.5}, "does not know kidney function"),
        ({"genotypes": ("CYP2C9 *1/*8",)}, "does not know CYP2C9"),
        ({"drug": "clopidogrel"}, "No model of clopidogrel is held.*Held are: .*warfarin"),
        ({"drug": "codeine"}, "No model of codeine is held"),
        ({"model": "mine"}, "There is no model 'mine'"),
    ],
    ids=lambda one: None if isinstance(one, str) else " ".join(f"{k}={v}"[:24] for k, v in one.items()),
)
def test_outside_the_model_nothing_is_clamped(beyond: dict[str, object], said: str) -> None:
    with pytest.raises(NotCovered, match=said):
        simulate(asked(**beyond))


def test_without_a_drug_it_asks() -> None:
    with pytest.raises(NeedsInput):
        chosen(Request(dose_mg=5))


@pytest.mark.parametrize("name", ["Coumadin", " WARFARIN ", "warfarin sodium"])
def test_brands_and_salts_are_resolved(name: str) -> None:
    assert generic(name) == "warfarin"
    assert chosen(asked(drug=name)).id == "warfarin_2007"


def test_the_reason_why_no_model_is_held_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "not_held", lambda: {"voriconazole": "its kinetics are not linear."})
    with pytest.raises(NotCovered, match=r"voriconazole is held: its kinetics are not linear\. Held are:"):
        chosen(asked(drug="voriconazole"))


def test_a_longer_run_is_said_to_take_longer() -> None:
    assert seconds(asked(n=2000, days=180, genotypes=("*1/*1 GG",) * 8)) > 60
    assert seconds(asked()) < 1


def test_place_is_the_time_at_or_before() -> None:
    course: Course = simulate(asked())
    assert course.times[course.place(24)] == 24
    assert course.times[course.place(24.2)] == 24
    assert course.times[course.place(1e9)] == 240
