"""The three published models themselves (development data, else skipped), and the benches of engines and ratios."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.discovery import pk_speed, sbml_ratios
from retrieval.packs import Packs
from tools.simulation import sbml
from tools.simulation.records import models

pytest.importorskip("roadrunner", reason="libroadrunner (extra simulation) is not installed")


@pytest.fixture(scope="module")
def held(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Packs:
    if not (shared / "pbpk-sbml").is_dir():
        pytest.skip("the whole-body models are not on this machine")
    packs = Packs(tmp_path_factory.mktemp("packs"))
    packs.import_("pbpk-sbml", [shared / "pbpk-sbml"])
    return packs


@pytest.mark.parametrize("drug", ["glimepiride", "losartan"])
def test_the_checks_of_the_records(held: Packs, drug: str) -> None:
    model = models()[drug]
    for check in model.checks:
        assert check.dose_mg is not None
        pair = [sbml.Body(genotype=dict(genotype)) for genotype in (check.genotype, check.against)]
        area = sbml.single_dose(model, pair, check.dose_mg, check.hours or 120, held).auc[drug]
        off = abs(float(area[0] / area[1]) / check.published - 1)
        # what differs must be explained, and what is explained must differ
        assert (off <= check.within) != bool(check.explained), (dict(check.genotype), check.locator, off)


@pytest.mark.parametrize("drug", ["glimepiride", "losartan", "apixaban"])
def test_a_molar_mass_is_the_models_own(held: Packs, drug: str) -> None:
    body = models()[drug].body
    assert body is not None
    text = held.folder("pbpk-sbml").joinpath(body.file).read_text()
    for analyte in body.analytes.values():
        name = f'id="Mr_{analyte.species.removeprefix("Cve_")}"'
        assert f'value="{analyte.molar_mass:g}"' in next(line for line in text.splitlines() if name in line)


def test_fewer_working_alleles_never_lower_the_exposure(held: Packs) -> None:
    model = models()["glimepiride"]
    genotypes = sorted(
        model.genes["CYP2C9"].effects,
        key=lambda name: -model.genes["CYP2C9"].effects[name].factors["activity"],
    )
    bodies = [sbml.Body(genotype={"CYP2C9": name}) for name in genotypes]
    areas = sbml.single_dose(model, bodies, 2, packs=held).auc["glimepiride"]
    assert list(areas) == sorted(areas)


def test_the_bench_of_ratios_meets_its_bars(held: Packs, shared: Path) -> None:
    rows = sbml_ratios.bars(shared)
    assert [row.met for row in rows if row.reach == "within 2 %"] == [True] * 4


def test_the_bench_of_ratios_says_what_is_missing() -> None:
    (row,) = sbml_ratios.bars(None)
    assert row.ours.startswith("not run: The body of this model is not held")


def test_three_engines_agree_on_the_same_patients() -> None:
    rows = {row.name: row for row in pk_speed.bars(people=25)}
    assert all(row.met for name, row in rows.items() if name.startswith("PK accuracy"))
    assert len(rows) == 6
