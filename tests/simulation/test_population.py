"""Virtual patients: the same seed gives the same people, n of them are the first of 2n, and genes change them."""

from __future__ import annotations

import numpy as np
import pytest

from tools.simulation.compartments import auc_interval
from tools.simulation.population import DRAWN, Asked, Patients, deviation, draw, typical
from tools.simulation.records import Model, models

MODEL = models()["warfarin_2007"]
EVERY = Asked({"CYP2C9": DRAWN, "VKORC1": DRAWN})


def with_weight(share: float | None = None) -> Model:
    """The same model with a clearance per kilogram and, if asked, a share through the kidney."""
    cl = MODEL.parameters["cl"].model_copy(update={"value": 0.0042, "per_kg": True})
    kidney = None if share is None else MODEL.parameters["q"].model_copy(update={"value": share})
    return MODEL.model_copy(update={"parameters": {**MODEL.parameters, "cl": cl}, "renal_share": kidney})


def same(one: Patients, other: Patients) -> bool:
    return (
        one.genotypes == other.genotypes
        and one.age.tobytes() == other.age.tobytes()
        and all(one.values[name].tobytes() == other.values[name].tobytes() for name in one.values)
    )


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert same(draw(MODEL, EVERY, 40, 5), draw(MODEL, EVERY, 40, 5))
    assert not same(draw(MODEL, EVERY, 40, 5), draw(MODEL, EVERY, 40, 6))


@pytest.mark.parametrize("n", [1, 17, 40])
def test_n_patients_are_the_first_of_twice_as_many(n: int) -> None:
    assert same(draw(MODEL, EVERY, n, 5), draw(MODEL, EVERY, 2 * n, 5).rows(0, n))


def test_another_genotype_leaves_the_people_as_they_are() -> None:
    one, other = (draw(MODEL, Asked({"CYP2C9": key, "VKORC1": "GG"}), 30, 5) for key in ("*1/*1", "*3/*3"))
    assert np.allclose(other.value("cl"), 0.148 * one.value("cl"))
    assert (one.age == other.age).all()
    assert (one.value("v1") == other.value("v1")).all()


def test_variability_is_a_coefficient_of_variation() -> None:
    assert deviation(0.31) ** 2 == pytest.approx(0.0917, abs=1e-4)
    assert deviation(0.262) ** 2 == pytest.approx(0.0664, abs=1e-4)
    assert deviation(0.991) ** 2 == pytest.approx(0.6845, abs=1e-3)
    people = draw(MODEL, Asked({}, age=71), 2000, 3)
    for name in ("cl", "v1", "v2", "ec50", "mtt1", "mtt2"):
        spread = np.log(people.value(name) / MODEL.parameters[name].value)  # type: ignore[index]
        expected = deviation(MODEL.parameters[name].cv or 0)  # type: ignore[index]
        assert spread.std() == pytest.approx(expected, rel=0.06), name
        assert abs(spread.mean()) < 4 * expected / np.sqrt(2000), name
    assert (people.value("q") == MODEL.parameters["q"].value).all()


def test_cohort_frequencies_are_those_of_the_record() -> None:
    people = draw(MODEL, EVERY, 2000, 11)
    for gene, held in MODEL.genes.items():
        assert held.frequencies is not None
        found = [genotype[gene] for genotype in people.genotypes]
        for key, share in held.frequencies.shares.items():
            bound = 4 * np.sqrt(share * (1 - share) / 2000) + 0.002
            assert found.count(key) / 2000 == pytest.approx(share, abs=bound), (gene, key)


def test_the_two_genes_are_drawn_independently() -> None:
    people = draw(MODEL, EVERY, 2000, 11)
    wild = np.array([one["CYP2C9"] == "*1/*1" for one in people.genotypes])
    gg = np.array([one["VKORC1"] == "GG" for one in people.genotypes])
    assert abs(np.corrcoef(wild, gg)[0, 1]) < 0.07


def test_age_is_given_or_within_the_model() -> None:
    assert (draw(MODEL, Asked({}, age=50), 9, 1).age == 50).all()
    drawn = draw(MODEL, Asked({}), 2000, 1).age
    assert drawn.min() >= 22
    assert drawn.max() <= 87
    assert drawn.std() > 5


def test_clearance_falls_with_age() -> None:
    young, old = (typical(MODEL, Asked({}, age=age)).value("cl")[0] for age in (61, 71))
    assert young == pytest.approx(old * 1.091)
    assert old == pytest.approx(0.314)


def test_weight_and_kidney_change_clearance() -> None:
    model = with_weight(0.4)
    light, heavy = (typical(model, Asked({}, 71, kg)).value("cl")[0] for kg in (50, 100))
    assert heavy == pytest.approx(2 * light)
    failing = typical(model, Asked({}, 71, 50, renal_function=0.5)).value("cl")[0]
    assert failing == pytest.approx(light * (1 - 0.4 * 0.5))


def test_a_gene_that_is_not_stated_is_the_reference() -> None:
    assert typical(MODEL, Asked({"VKORC1": "AA"})).genotypes == ({"CYP2C9": "*1/*1", "VKORC1": "AA"},)


def test_nobody_absorbs_more_than_the_dose() -> None:
    f = MODEL.parameters["ka"].model_copy(update={"value": 0.9, "cv": 0.8})
    model = MODEL.model_copy(update={"parameters": {**MODEL.parameters, "f": f}})
    share = draw(model, Asked({}), 2000, 2).value("f")
    assert share.max() <= 1
    assert share.min() < 0.5
    assert np.median(share) == pytest.approx(0.9, rel=0.02)


METOPROLOL = models()["metoprolol"]


def test_the_spread_of_a_share_is_the_published_one_and_none_where_all_is_absorbed() -> None:
    people = {
        key: draw(METOPROLOL, Asked({"CYP2D6": key}), 2000, 1) for key in METOPROLOL.genes["CYP2D6"].effects
    }
    normal = people["normal metabolizer"].value("f")
    assert np.median(normal) == pytest.approx(0.5, rel=0.02)
    assert normal.std() / normal.mean() == pytest.approx(0.22, abs=0.02)
    assert set(people["poor metabolizer"].value("f")) == {1.0}
    rapid = people["ultrarapid metabolizer"].value("f")
    assert np.median(rapid) == pytest.approx(0.213, rel=0.02)
    assert 0.22 < rapid.std() / rapid.mean() < 0.44  # the lower the share, the more room above it
    assert (
        draw(METOPROLOL, Asked({}), 17, 3).value("f") == draw(METOPROLOL, Asked({}), 34, 3).value("f")[:17]
    ).all()


def test_a_share_cannot_be_given_more_spread_than_it_has_room() -> None:
    for model in models().values():
        one = model.parameters.get("f")
        if one is not None and one.cv:
            drawn = draw(model, Asked({}), 2000, 5).value("f")
            assert drawn.std() / drawn.mean() == pytest.approx(one.cv, rel=0.1), model.id


@pytest.mark.parametrize(
    ("name", "genotype"),
    [
        (name, {gene: key})
        for name, model in models().items()
        for gene, held in model.genes.items()
        for key in held.effects
    ]
    + [(name, {}) for name, model in models().items() if not model.genes],
)
def test_the_median_of_a_population_is_the_typical_person(name: str, genotype: dict[str, str]) -> None:
    model = models()[name]
    asked = Asked(genotype, age=model.age_from or sum(model.range.age) / 2, weight=70)
    if model.kind == "whole_body":  # people differ by nothing that is drawn but weight
        weight = np.median(draw(model, Asked(genotype), 2000, 1).weight)
        assert weight == pytest.approx(typical(model, Asked(genotype)).weight[0], rel=0.03)
        return
    area = np.median(auc_interval(draw(model, asked, 2000, 1).oral(), 1.0))
    assert area == pytest.approx(auc_interval(typical(model, asked).oral(), 1.0)[0], rel=0.03)
