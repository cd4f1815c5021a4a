"""What each genotype does to exposure: ratios against the model's reference, by the typical person without variability.

The ratios are of one dose: the area under the curve (to infinity, or 72 hours in a whole body) and the highest
concentration. For warfarin also the INR at steady state on the usual dose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from retrieval.evidence import Finding, Kind, Table, Text, Word
from tools.simulation import cards, warfarin
from tools.simulation import compartments as pk
from tools.simulation.course import SimulationError
from tools.simulation.genotypes import of_record, read
from tools.simulation.population import Asked, Patients, typical
from tools.simulation.records import Model, damaged, damaged_of, models, models_of
from tools.simulation.run import generic, label

POINTS = 2001
HALF_LIVES = 12
"""Hours in which the highest concentration is looked for, in times of the slowest rate; it comes far earlier."""


class Ratio(Word):
    """Exposure of one genotype against the model's reference, other genes being the reference."""

    drug: Text
    model: Text
    title: Text
    analyte: Text
    genotype: Mapping[str, str]
    """The gene that was changed, or every gene of a person's genotype."""
    against: Mapping[str, str]
    auc: float
    cmax: float
    """Of one dose."""
    cmax_steady: float | None = None
    """At steady state on the model's usual dose; None where the record names none, or of a whole body."""
    age: float | None = None
    """Of the typical person, years; None where the model does not look at age."""
    inr: float | None = None
    inr_against: float | None = None
    dose_mg: float | None = None
    """Dose a day on which the INR stands."""


def ratios(model: Model) -> tuple[Ratio, ...]:
    """A row for each genotype of each gene of a model, the reference aside.

    Raises:
        tools.simulation.sbml.Unavailable: a whole-body model wants an extra or a pack.
    """
    changed = [
        {gene: key} for gene, held in model.genes.items() for key in held.effects if key != held.reference
    ]
    return tuple(ratio(model, one) for one in changed)


def table() -> tuple[tuple[Ratio, ...], tuple[str, ...]]:
    """The rows of every held model, and why those of some models are missing."""
    from tools.simulation.sbml_process import Refused, Unavailable

    rows: list[Ratio] = []
    missing: list[str] = []
    for model in models().values():
        try:
            rows += ratios(model)
        except (Unavailable, Refused) as why:
            missing.append(f"{model.title}: {why}")
    missing += [str(lost.refusal) for lost in damaged().values()]
    return tuple(rows), tuple(missing)


def ratio(
    model: Model, genotype: Mapping[str, str], age: float | None = None, weight: float | None = None
) -> Ratio:
    """Exposure of the typical person of a genotype (keys of the effects) against the reference.

    ``age`` in years and ``weight`` in kg are those of the model's own middle where they are None.
    """
    reference = {gene: held.reference for gene, held in model.genes.items()}
    shown = {gene: reference[gene] for gene in genotype}
    told = Ratio(
        drug=model.drug, model=model.id, title=model.title, analyte=model.analyte, genotype=genotype,
        against=shown, auc=1.0, cmax=1.0,
    )  # fmt: skip
    if model.kind == "whole_body":
        auc, cmax = _whole_body(model, reference | dict(genotype), reference)
        return told.model_copy(update={"auc": auc, "cmax": cmax})
    one, other = (typical(model, Asked(who, age, weight)) for who in (reference | dict(genotype), reference))
    auc = float(pk.auc_interval(one.oral(), 1.0)[0] / pk.auc_interval(other.oral(), 1.0)[0])
    changes: dict[str, float] = {"auc": auc, "cmax": _highest(one) / _highest(other)}
    if model.usual.get("every"):
        changes["cmax_steady"] = _steady_peak(one) / _steady_peak(other)
    if model.age_per_year:
        changes["age"] = float(one.age[0])
    if model.kind == "warfarin":
        dose = model.usual["dose"]
        inrs = (float(warfarin.steady_inr(who, dose, model.usual["every"])[0]) for who in (one, other))
        changes |= dict(zip(("inr", "inr_against", "dose_mg"), (*inrs, dose), strict=True))
    return told.model_copy(update=changes)


def _highest(patients: Patients) -> float:
    """The highest concentration after 1 mg."""
    oral = patients.oral()
    slowest = float(pk.terms(oral).rate.min())
    times = HALF_LIVES / slowest * np.linspace(0, 1, POINTS) ** 3
    return float(pk.concentrations(oral, pk.Regimen(1.0, 0.0, 1), times).max())


def _steady_peak(patients: Patients) -> float:
    usual = patients.model.usual
    return float(pk.steady_curve(patients.oral(), usual["dose"], usual["every"])[1].max())


def _whole_body(
    model: Model, genotype: Mapping[str, str], reference: Mapping[str, str]
) -> tuple[float, float]:
    from tools.simulation import sbml

    bodies = [sbml.Body(genotype=genotype), sbml.Body(genotype=reference)]
    found = sbml.single_dose(model, bodies, model.usual["dose"])
    auc, cmax = next(iter(found.auc.values())), next(iter(found.cmax.values()))
    return float(auc[0] / auc[1]), float(cmax[0] / cmax[1])


def as_table(rows: Sequence[Ratio]) -> Table:
    """The rows as they are shown."""
    return Table(
        title="Simulated effect of each genotype on exposure (typical person, one dose)",
        columns=("drug", "model", "genotype", "against", "AUC ×", "Cmax ×", "INR at steady state"),
        rows=tuple(
            (
                one.drug, one.title, label(one.genotype), label(one.against),
                f"{one.auc:.2f}", f"{one.cmax:.2f}", _inr(one),
            )
            for one in rows
        ),
    )  # fmt: skip


def _inr(one: Ratio) -> str:
    if one.inr is None:
        return "–"
    return f"{one.inr:.1f} against {one.inr_against:.1f} on {one.dose_mg:g} mg a day"


def simulated_exposure(
    drug: str,
    genotypes: str | Mapping[str, str] | Sequence[str],
    age: float | None = None,
    weight: float | None = None,
) -> Finding | None:
    """One row of research for the treatment table: this genotype's exposure against the reference.

    ``genotypes`` as stated ("CYP2D6 *4/*4"), or the results of a record. None where no model of the drug is held, the
    model is a whole body (its engine is too slow for a row), no gene of it is known, it does not know the alleles, or
    ``age`` (years) or ``weight`` (kg) lies outside its people: a child is not told of adults.
    It is a simulation: it never enters the scores of options.

    Raises:
        tools.damaged.Damaged: a record of the drug breaks its form, and may be the one that would have spoken.
    """
    name = generic(drug)
    for lost in damaged_of(name):
        raise lost.refusal
    model = next((one for one in models_of(name) if one.kind != "whole_body"), None)
    if model is None or not genotypes or not _speaks_for(model, age, weight):
        return None
    try:
        if isinstance(genotypes, str | Mapping):
            found, _ = read(genotypes, model)
        else:
            found = of_record(genotypes, model)
    except SimulationError:
        return None
    if not found or "cohort" in found.values():
        return None
    return finding(model, ratio(model, found, age, weight))


def _speaks_for(model: Model, age: float | None, weight: float | None) -> bool:
    within = ((age, model.range.age), (weight, model.range.weight))
    return all(value is None or low <= value <= high for value, (low, high) in within)


def finding(model: Model, one: Ratio) -> Finding:
    """A ratio as a sentence with its evidence."""
    who, other = label(one.genotype), label(one.against)
    rest = [f"{gene} {held.reference}" for gene, held in model.genes.items() if gene not in one.genotype]
    person = "the typical person" + (f" of {one.age:.0f} years" if one.age is not None else "")
    statement = (
        f"In a simulation of {person}, exposure (AUC) to {one.analyte} with {who} is {one.auc:.2f} times that with "
        f"{other} ({one.title})"
    )
    if one.cmax_steady is not None:
        statement += (
            f", and the highest concentration at steady state on {model.usual['dose']:g} mg every "
            f"{model.usual['every']:g} hours {one.cmax_steady:.2f} times"
        )
    if one.inr is not None:
        statement += f"; {_spoken(one)}"
    line = f"{who} against {other}: {statement}; INR {_inr(one)}"
    if rest:
        statement += f"; {', '.join(rest)} was taken, as it is not stated"
    return Finding(
        statement=f"{statement}. It is research and no dosing advice.",
        evidence=(cards.computed(model, line), *cards.evidence(model, (one.genotype, one.against))),
        kind=Kind.COMPUTED,
        certainty="simulated",
        names=(one.drug, *one.genotype),
    )


def _spoken(one: Ratio) -> str:
    return f"{one.dose_mg:g} mg a day gives an INR of {one.inr:.1f} at steady state against {one.inr_against:.1f}"
