"""The whole-body models against the figures of the specification (3.9) and against what was measured in people.

One dose, area under the curve from 0 to 72 hours unless a study had another window. The models come from the pack
pbpk-sbml, or from the development data by the same import.

    python -m evals.discovery.sbml_ratios [--data DIR]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.discovery.bars import Bar, not_run, say
from retrieval.packs import PackError, Packs, held_packs
from tools.simulation import sbml
from tools.simulation.records import Model, models

PACK = "pbpk-sbml"
GENE = "CYP2C9"
DIPLOTYPES = ("*1/*1", "*1/*2", "*2/*2", "*1/*3", "*2/*3", "*3/*3")
WITHIN = 0.02


@dataclass(frozen=True)
class Expected:
    """A row of the table of 3.9."""

    drug: str
    analyte: str
    dose_mg: float
    figures: Sequence[float]


RATIOS = (
    Expected("glimepiride", "glimepiride", 2, (1.00, 1.15, 1.36, 1.47, 1.83, 2.74)),
    Expected("losartan", "losartan", 50, (1.00, 1.11, 1.27, 1.35, 1.64, 2.47)),
)
METABOLITE = Expected("losartan", "E-3174", 50, (3.26, 2.88, 2.45, 2.26, 1.77, 0.98))
RENAL: Mapping[float, float] = {0.5: 1.12, 0.2: 1.20}
"""Apixaban: area at a renal factor, as times that at 1."""
OWN_ACTIVITY: Mapping[str, float] = {"*1/*1": 1.0, "*1/*3": 0.585, "*2/*3": 0.385, "*3/*3": 0.17}
"""As the losartan repository itself has it (*2 0.60, *3 0.17): base_experiment.py, commit 95802087d431."""
MEASURED: Mapping[str, float] = {"*1/*3": 2, "*2/*3": 3, "*3/*3": 30}
"""Area of losartan over that of E-3174, as times that in *1/*1: Yasar 2002, Clin Pharmacol Ther 71:89, abstract."""


def bars(data: Path | None = None) -> tuple[Bar, ...]:
    """The rows of the SBML models; ``not_run`` where the pack or libroadrunner is missing."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            packs = _packs(data, Path(folder))
            started = time.perf_counter()
            rows = _rows(packs)
            told = f"{time.perf_counter() - started:.1f} s for all rows"
        except (sbml.Unavailable, sbml.Refused, PackError) as why:
            return (
                not_run(
                    "SBML: ratios of the whole-body models", "72 h, one dose", str(why), reach="within 2 %"
                ),
            )
    return (*rows, Bar("SBML: time of this table", "compiling three models and every run above", told))


def _packs(data: Path | None, folder: Path) -> Packs:
    if held_packs().files(PACK) or not (data and (data / PACK).is_dir()):
        return held_packs()
    packs = Packs(folder)
    packs.import_(PACK, [data / PACK])
    return packs


def _rows(packs: Packs) -> tuple[Bar, ...]:
    held = models()
    ratios = [_ratio_row(held[row.drug], row, packs) for row in RATIOS]
    published = [_published_row(held["glimepiride"], packs), *_losartan_rows(held["losartan"], packs)]
    return (*ratios, _metabolite_row(held["losartan"], packs), _renal_row(held["apixaban"], packs), *published,
            _speed_row(held["glimepiride"], packs))  # fmt: skip


def areas(
    model: Model,
    packs: Packs,
    dose_mg: float,
    genotypes: Sequence[str],
    hours: float = sbml.WINDOW_H,
    weight: float = 75,
) -> Mapping[str, Sequence[float]]:
    """Area of each analyte in mg·h/L for each diplotype of CYP2C9."""
    bodies = [sbml.Body(weight, {GENE: genotype}) for genotype in genotypes]
    found = sbml.single_dose(model, bodies, dose_mg, hours, packs)
    return {name: [float(area) for area in values] for name, values in found.auc.items()}


def _ratio_row(model: Model, row: Expected, packs: Packs) -> Bar:
    found = areas(model, packs, row.dose_mg, DIPLOTYPES)[row.analyte]
    return _compared(f"SBML: {row.drug}, area by CYP2C9", row, [area / found[0] for area in found])


def _metabolite_row(model: Model, packs: Packs) -> Bar:
    """The ratio counts molecules, as the models do."""
    found = areas(model, packs, METABOLITE.dose_mg, DIPLOTYPES)
    assert model.body is not None
    mass = {name: one.molar_mass for name, one in model.body.analytes.items()}
    moles = {name: [area / mass[name] for area in found[name]] for name in mass}
    ratios = [other / own for other, own in zip(moles["E-3174"], moles["losartan"], strict=True)]
    return _compared("SBML: losartan, area of E-3174 over that of losartan", METABOLITE, ratios)


def _renal_row(model: Model, packs: Packs) -> Bar:
    bodies = [sbml.Body(renal_function=factor) for factor in (1.0, *RENAL)]
    found = sbml.single_dose(model, bodies, 5, packs=packs).auc["apixaban"]
    ratios = [float(area / found[0]) for area in found[1:]]
    expected = Expected("apixaban", "apixaban", 5, tuple(RENAL.values()))
    bar = _compared("SBML: apixaban, area by renal factor 0.5 and 0.2", expected, ratios)
    return Bar(
        **{
            **vars(bar),
            "peer": "1.44 at a creatinine clearance of 15 mL/min (Chang 2016, abstract)",
            "note": "in people the kidney counts for more than in the model; the factor is not an eGFR",
        }
    )


def _compared(name: str, row: Expected, found: Sequence[float]) -> Bar:
    off = max(abs(one / other - 1) for one, other in zip(found, row.figures, strict=True))
    return Bar(
        name, f"one dose of {row.dose_mg:g} mg, 0-72 h, 75 kg: {', '.join(DIPLOTYPES) if len(found) > 2 else 'of 1'}",
        f"{' / '.join(f'{one:.2f}' for one in found)} ({off:.1%} off at most)",
        " / ".join(f"{one:.2f}" for one in row.figures), reach="within 2 %", met=off <= WITHIN,
    )  # fmt: skip


def _published_row(model: Model, packs: Packs) -> Bar:
    """Each study in its own window: the checks of the record that come from measured concentrations."""
    told, explained = [], []
    for check in model.checks:
        if check.source != "data" or check.dose_mg is None or check.hours is None:
            continue
        pair = (check.genotype[GENE], check.against[GENE])
        found = areas(model, packs, check.dose_mg, pair, check.hours)[model.drug]
        told.append((check.locator.split(",")[0], pair[0], found[0] / found[1], check.published))
        explained += [f"{pair[0]}: {check.explained}"] if check.explained else []
    return Bar(
        "SBML: glimepiride by CYP2C9, against people", "each study's dose and window, times *1/*1",
        ", ".join(f"{genotype} {ours:.2f}" for _, genotype, ours, _ in told),
        peer=", ".join(f"{genotype} {seen:.2f} ({study})" for study, genotype, _, seen in told),
        note="; ".join(explained),
    )  # fmt: skip


def _losartan_rows(model: Model, packs: Packs) -> tuple[Bar, ...]:
    how = "one dose of 50 mg, 0-72 h: area of losartan over that of E-3174, times *1/*1"
    peer = ", ".join(f"{name} {figure:g}" for name, figure in MEASURED.items()) + " (Yasar 2002, abstract)"
    own = _with_activity(model, OWN_ACTIVITY)
    return tuple(
        Bar(f"SBML: losartan by CYP2C9, against people{more}", how, _told(one, packs), peer=peer, note=note)
        for one, more, note in (
            (model, "", "*3/*3 is one person in the study (and 1.4 times the area in the one of Bae 2011); the model "
             "keeps a quarter of the enzyme there, people seem to keep less"),
            (own, ", activities of the losartan repository", ""),
        )
    )  # fmt: skip


def _told(model: Model, packs: Packs) -> str:
    found = areas(model, packs, 50, ("*1/*1", *MEASURED))
    ratios = [own / other for own, other in zip(found["losartan"], found["E-3174"], strict=True)]
    return ", ".join(
        f"{name} {ratio / ratios[0]:.1f}" for name, ratio in zip(MEASURED, ratios[1:], strict=True)
    )


def _with_activity(model: Model, activity: Mapping[str, float]) -> Model:
    gene = model.genes[GENE]
    effects = {
        name: gene.effects[name].model_copy(update={"factors": {"activity": value}})
        for name, value in activity.items()
    }
    return model.model_copy(update={"genes": {GENE: gene.model_copy(update={"effects": effects})}})


def _speed_row(model: Model, packs: Packs) -> Bar:
    bodies = [sbml.Body(weight_kg=50 + i / 4) for i in range(200)]
    started = time.perf_counter()
    sbml.simulate(model, bodies, 2, 24, 2, 0.5, packs)
    taken = time.perf_counter() - started
    return Bar(
        "SBML: 200 patients, 48 h",
        "glimepiride, a point every half hour, the process warm",
        f"{taken:.2f} s",
        "1.4 s",
    )


def main(argv: list[str] | None = None) -> int:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    say(bars(parser.parse_args(argv).data))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
