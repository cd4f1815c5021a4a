"""Effects of genotypes on exposure: ratios follow from the clearances, and the row for the treatment table."""

from __future__ import annotations

import pytest

from tools.simulation import cards
from tools.simulation.effects import as_table, ratio, ratios, simulated_exposure, table
from tools.simulation.records import Model, models

WARFARIN = models()["warfarin_2007"]
IN_PROCESS = [pytest.param(one, id=name) for name, one in models().items() if one.kind != "whole_body"]


def test_area_follows_from_the_printed_clearances() -> None:
    found = {next(iter(one.genotype.values())): one for one in ratios(WARFARIN) if "CYP2C9" in one.genotype}
    for key, reduced in (
        ("*1/*2", 0.315),
        ("*1/*3", 0.453),
        ("*2/*2", 0.722),
        ("*2/*3", 0.690),
        ("*3/*3", 0.852),
    ):
        assert found[key].auc == pytest.approx(1 / (1 - reduced))
        assert 1 < found[key].cmax < found[key].auc


def test_vkorc1_moves_the_inr_and_not_the_exposure() -> None:
    found = [one for one in ratios(WARFARIN) if "VKORC1" in one.genotype]
    assert [(one.auc, one.cmax) for one in found] == [(1, 1), (1, 1)]
    assert all(one.inr and one.inr_against and one.inr > one.inr_against for one in found)


@pytest.mark.parametrize("model", IN_PROCESS)
def test_the_reference_is_one(model: Model) -> None:
    reference = {gene: held.reference for gene, held in model.genes.items()}
    one = ratio(model, reference)
    assert one.auc == pytest.approx(1)
    assert one.cmax == pytest.approx(1)


@pytest.mark.parametrize("model", IN_PROCESS)
def test_every_genotype_of_every_gene_has_a_row(model: Model) -> None:
    rows = ratios(model)
    assert len(rows) == sum(len(held.effects) - 1 for held in model.genes.values())
    assert all(one.auc > 0 and one.cmax > 0 for one in rows)


def test_the_table_names_what_is_missing() -> None:
    rows, missing = table()
    drugs = {one.drug for one in rows}
    assert "warfarin" in drugs
    whole = [one for one in models().values() if one.kind == "whole_body" and one.genes]
    assert len(missing) == sum(one.drug not in drugs for one in whole)
    shown = as_table(rows)
    assert len(shown.rows) == len(rows)
    assert "imulated" in shown.title


def test_a_row_for_the_treatment_table() -> None:
    found = simulated_exposure("Coumadin", "CYP2C9 *1/*3, VKORC1 AA")
    assert found is not None
    assert found.statement.startswith("In a simulation of the typical person")
    assert "1.83 times" in found.statement
    assert "no dosing advice" in found.statement
    assert "typical person of 68 years" in found.statement
    assert "at steady state on 5 mg every 24 hours 1." in found.statement
    assert found.certainty == "simulated"
    for one in found.evidence[1:]:
        held = cards.text(one.source.id)
        assert held is not None
        assert one.quote in held


def test_a_record_may_hold_more_than_the_model_asks() -> None:
    found = simulated_exposure("warfarin", ["TPMT *1/*3A", "CYP2C9 *1/*3"])
    assert found is not None
    assert "VKORC1 GG was taken, as it is not stated" in found.statement


def test_the_peak_of_a_row_is_of_steady_state() -> None:
    model = models()["vortioxetine"]
    one = ratio(model, {"CYP2D6": "poor metabolizer"})
    assert one.cmax < 1.2
    assert one.cmax_steady is not None
    assert one.cmax_steady == pytest.approx(2.9, abs=0.1)
    found = simulated_exposure("vortioxetine", "CYP2D6 *4/*4")
    assert found is not None
    assert f"{one.cmax_steady:.2f} times" in found.statement
    assert f"{one.cmax:.2f} times" not in found.statement


def test_a_row_is_of_the_age_of_the_record_and_never_of_a_child() -> None:
    young, old = (simulated_exposure("warfarin", "CYP2C9 *1/*3, VKORC1 AA", age) for age in (30, 85))
    assert young is not None
    assert old is not None
    assert "of 85 years" in old.statement
    assert young.statement.split("INR of")[1][:5] != old.statement.split("INR of")[1][:5]
    assert simulated_exposure("vortioxetine", "CYP2D6 *4/*4", 8) is None
    assert simulated_exposure("vortioxetine", "CYP2D6 *4/*4", 40, 300) is None


@pytest.mark.parametrize(
    ("drug", "genotypes"),
    [
        ("clopidogrel", "CYP2C19 *2/*2"),
        ("warfarin", ""),
        ("warfarin", "CYP2D6 *4/*4"),
        ("warfarin", "CYP2C9 *1/*8"),
        ("warfarin", "cohort"),
        ("glimepiride", "CYP2C9 *3/*3"),
    ],
    ids=["no model", "no genotype", "another gene", "unknown allele", "drawn", "whole body"],
)
def test_no_row_where_the_model_does_not_speak(drug: str, genotypes: str) -> None:
    assert simulated_exposure(drug, genotypes) is None
