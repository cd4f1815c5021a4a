"""What a patient's record gives to a run: only where the run is of this patient, never to people who are made up."""

from __future__ import annotations

from typing import Any

from retrieval.patient import Patient
from tools.calculators.units import UnitError, into
from tools.simulation.course import BadInput, Request, SimulationError
from tools.simulation.genotypes import of_record
from tools.simulation.records import Model
from tools.simulation.run import label


def with_record(
    request: Request, model: Model, patient: Patient | None, of_patient: bool
) -> tuple[Request, list[str]]:
    """The request with age (years), weight (kg) and genotype of the record where it states none, and what to say.

    They are filled whether or not the model looks at them, so that a child is never simulated as an adult.

    Raises:
        SimulationError: the record's weight has an unknown unit, or its genotype is none that the model knows.
    """
    if patient is None:
        return request, []
    if not of_patient:
        return request, _left_aside(request, model, patient)
    filled: dict[str, Any] = {}
    if request.age is None and patient.age_years:
        filled["age"] = float(patient.age_years.value)
    if request.weight is None and patient.weight:
        filled["weight"] = _kilograms(patient)
    told = [f"{name} {value:g}" for name, value in filled.items()]
    known = {} if request.genotypes else of_record(patient.genotypes.values, model)
    if known:
        filled["genotypes"] = (known, {gene: held.reference for gene, held in model.genes.items()})
        told.append(label(known))
    return request.model_copy(update=filled), [f"From the record: {', '.join(told)}."] if told else []


def _kilograms(patient: Patient) -> float:
    assert patient.weight is not None
    try:
        return round(into(float(patient.weight.value), patient.weight.unit or "kg", "weight"), 1)
    except UnitError as wrong:
        raise BadInput(f"The weight of the record was not read: {wrong}") from wrong


def _left_aside(request: Request, model: Model, patient: Patient) -> list[str]:
    """A simulation of virtual people beside an open record says what of it was not used."""
    held = [
        ("age", request.age is None and patient.age_years),
        ("weight", request.weight is None and patient.weight),
        ("genotype", not request.genotypes and _knows(model, patient)),
    ]
    told = [name for name, there in held if there]
    return [f"The people are virtual; not taken from the record: {', '.join(told)}."] if told else []


def _knows(model: Model, patient: Patient) -> bool:
    try:
        return bool(of_record(patient.genotypes.values, model))
    except SimulationError:
        return True
