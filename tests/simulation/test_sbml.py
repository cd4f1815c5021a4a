"""Whole-body models: what comes out, in which unit, whoever ran before, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.packs import Packs
from tests.simulation.sbml_body import CL, closed_form, model, packs
from tools.simulation import sbml, sbml_process

pytest.importorskip("roadrunner", reason="libroadrunner (extra simulation) is not installed")

FAST, SLOW = sbml.Body(genotype={"CYP2C9": "*1/*1"}), sbml.Body(genotype={"CYP2C9": "*3/*3"})


@pytest.fixture
def held(tmp_path: Path) -> Packs:
    return packs(tmp_path)


def test_hours_and_milligrams_as_in_closed_form(held: Packs) -> None:
    bodies = [sbml.Body(weight_kg=60, renal_function=0.5), SLOW, FAST]
    found = sbml.simulate(model(), bodies, 50, 0, 2, 0.5, held)
    assert found.hours[-1] == 48
    assert found.concentration.shape == (3, 97)
    truth = [closed_form(found.hours, 50, 60, renal=0.5), closed_form(found.hours, 50, enzyme=0.25),
             closed_form(found.hours, 50)]  # fmt: skip
    np.testing.assert_allclose(found.concentration, truth, atol=1e-5 * np.max(truth))
    assert found.attribution == "the tests, CC0"


def test_the_area_is_dose_over_clearance(held: Packs) -> None:
    found = sbml.single_dose(model(), [FAST, SLOW], 50, 120, held)
    clearance = 60 * CL * np.array([2, 1.25])
    np.testing.assert_allclose(found.auc["made"], 50 / clearance, rtol=1e-3)
    assert found.cmax["made"][1] > found.cmax["made"][0]


def test_the_dose_is_fed_as_the_record_says(held: Packs) -> None:
    whole = sbml.simulate(model(), [FAST], 50, 0, 1, 1, held)
    half = sbml.simulate(model(fed=0.5), [FAST], 100, 0, 1, 1, held)
    np.testing.assert_allclose(half.concentration, whole.concentration, rtol=1e-4, atol=1e-9)


def test_repeated_doses_add_up(held: Packs) -> None:
    one = sbml.simulate(model(), [SLOW], 10, 0, 2, 0.5, held).concentration[0]
    four = sbml.simulate(model(), [SLOW], 10, 12, 2, 0.5, held).concentration[0]
    added = one.copy()
    for dose in (24, 48, 72):
        added[dose:] += one[: len(one) - dose]
    np.testing.assert_allclose(four, added, atol=1e-5 * added.max())


def test_a_step_that_misses_the_doses_changes_nothing(held: Packs) -> None:
    fine = sbml.simulate(model(), [SLOW], 10, 7, 1, 0.5, held)
    coarse = sbml.simulate(model(), [SLOW], 10, 7, 1, 4, held)
    np.testing.assert_allclose(coarse.concentration[0], fine.concentration[0][::8], rtol=1e-4, atol=1e-6)


def test_nobody_leaves_anything_to_the_next(held: Packs) -> None:
    light = sbml.Body(weight_kg=50)
    alone = sbml.simulate(model(), [SLOW], 10, 24, 2, 1, held).concentration[0]
    last = sbml.simulate(model(), [light, FAST, SLOW], 10, 24, 2, 1, held).concentration
    first = sbml.simulate(model(), [SLOW, FAST, light], 10, 24, 2, 1, held).concentration
    assert last[2].tobytes() == first[0].tobytes() == alone.tobytes()
    assert last[0].tobytes() == first[2].tobytes() != alone.tobytes()


def test_a_population_larger_than_an_order(held: Packs) -> None:
    bodies = [sbml.Body(weight_kg=50.3 + i % 90) for i in range(100)]
    found = sbml.simulate(model(), bodies, 10, 0, 1, 6, held).concentration
    hours = np.arange(0.0, 25.0, 6.0)
    truth = np.array([closed_form(hours, 10, one.weight_kg) for one in bodies])
    np.testing.assert_allclose(found, truth, atol=1e-5)
    assert found[0].tobytes() == found[90].tobytes()


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (sbml.Body(genotype={"CYP2C9": "*1/*8"}), r"does not know CYP2C9 \*1/\*8"),
        (sbml.Body(genotype={"CYP2D6": "*1/*1"}), "does not know the gene CYP2D6"),
    ],
    ids=["allele", "gene"],
)
def test_an_unknown_genotype_is_nobody(held: Packs, body: sbml.Body, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        sbml.simulate(model(), [body], 10, 0, 1, 1, held)


def test_a_model_without_kidneys_refuses_a_renal_factor(held: Packs) -> None:
    made = model()
    assert made.body is not None
    without = made.model_copy(update={"body": made.body.model_copy(update={"renal": ""})})
    with pytest.raises(ValueError, match="does not know kidneys"):
        sbml.simulate(without, [sbml.Body(renal_function=0.5)], 10, 0, 1, 1, held)
    assert sbml.simulate(without, [FAST], 10, 0, 1, 1, held).concentration.max() > 0


def test_a_name_that_the_model_does_not_have_is_told(held: Packs) -> None:
    made = model()
    assert made.body is not None
    other = made.model_copy(update={"body": made.body.model_copy(update={"dose": "PODOSE"})})
    with pytest.raises(sbml.Refused, match="knows no parameter PODOSE"):
        sbml.simulate(other, [FAST], 10, 0, 1, 1, held)


def test_without_the_pack_its_command_is_told(tmp_path: Path) -> None:
    with pytest.raises(sbml.Unavailable, match="pack pbpk-sbml") as missing:
        sbml.simulate(model(), [FAST], 10, 0, 1, 1, packs(tmp_path, held=False))
    assert missing.value.command == "consilium packs pull pbpk-sbml"


def test_without_the_extra_its_command_is_told(held: Packs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(sbml.Unavailable, match="not installed") as missing:
        sbml.simulate(model(), [FAST], 10, 0, 1, 1, held, sbml_process.Process())
    assert missing.value.command == "python3 bootstrap.py --extra simulation"


def test_time_is_estimated_by_the_different_bodies() -> None:
    assert sbml.seconds(1, 14) < 5 < 60 < sbml.seconds(2000, 30)
