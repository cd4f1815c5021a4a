"""A run: from a request to a course, or a refusal that says why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tools.simulation import groups as made
from tools.simulation import population
from tools.simulation.course import (
    MOST_DAYS,
    MOST_DOSE,
    MOST_GROUPS,
    MOST_PEOPLE,
    BadInput,
    Course,
    Group,
    NeedsInput,
    NotCovered,
    Request,
)
from tools.simulation.genotypes import expanded, read
from tools.simulation.moments import kept_times
from tools.simulation.population import DRAWN, Asked, Patients
from tools.simulation.records import Model, damaged, damaged_of, models, models_of

NOT_HELD = Path(__file__).resolve().parents[1] / "knowledge" / "simulation_not_held.yaml"
LONGEST_NAME = 80
SECONDS = {"compartment": 5e-7, "warfarin": 1e-6}
"""Seconds for one person and one hour on one slow core, with room to spare (measured; tests hold the order)."""


class Stated(NamedTuple):
    """A genotype as it goes into a group, with its label and what must be told of it."""

    label: str
    genotype: Mapping[str, str]
    notes: tuple[str, ...]


def simulate(request: Request) -> Course:
    """The course of every group. No limit of time is set here: the caller asks :func:`seconds` first.

    Raises:
        tools.simulation.course.SimulationError: the request is refused; nothing outside the model is clamped.
        tools.simulation.sbml.Unavailable: a whole-body model wants an extra or a pack that is not here.
        tools.damaged.Damaged: the record of the model breaks its form.
    """
    model = chosen(request)
    check(request, model)
    stated = _stated(request, model)
    if model.kind == "whole_body":
        return _whole_bodies(*_as_one_dose(request), model, stated)
    held = [made.group(one.label, one.genotype, _patients(request, model, one), request) for one in stated]
    return _course(request, model, held, stated)


def _patients(request: Request, model: Model, one: Stated) -> Patients:
    return population.draw(model, _asked(request, one), request.n, request.seed)


def seconds(request: Request) -> float:
    """How long the run will take at most, roughly.

    Raises:
        tools.simulation.course.SimulationError: the request names no held model.
    """
    model = chosen(request)
    groups = max(1, len(expanded(request.genotypes, model)))
    if model.kind == "whole_body":
        from tools.simulation import sbml, whole_body

        return groups * sbml.seconds(whole_body.kinds(model, request), request.days)
    return SECONDS[model.kind] * request.n * request.days * 24 * groups


def chosen(request: Request) -> Model:
    """The model that was named, else the first of the drug.

    Raises:
        NotCovered: no such model is held, with the reason where it is known.
        tools.damaged.Damaged: its record breaks its form; another model of the drug does not take its place unasked.
    """
    if request.model:
        if request.model in damaged():
            raise damaged()[request.model].refusal
        if request.model not in models():
            raise NotCovered(f"There is no model '{request.model[:LONGEST_NAME]}'. {_held()}")
        model = models()[request.model]
        if request.drug and model.drug != generic(request.drug):
            raise BadInput(f"The model {request.model} is of {model.drug}, not of {request.drug}.")
        return model
    if not request.drug.strip():
        raise NeedsInput(f"Name the drug. {_held()}", "the name of the drug")
    drug = generic(request.drug)
    found, lost = models_of(drug), damaged_of(drug)
    if lost and not (found and found[0].id < lost[0].id):
        raise lost[0].refusal
    if not found:
        why = not_held().get(drug, "").rstrip(".")
        raise NotCovered(f"No model of {drug} is held{f': {why}' if why else ''}. {_held()}")
    return found[0]


def generic(name: str) -> str:
    """The generic name as the records spell it: brands and salts are resolved; else the name in lower case."""
    plain = " ".join(name.lower().split())[:LONGEST_NAME]
    if models_of(plain) or damaged_of(plain) or plain in not_held():
        return plain
    from tools.treatment.names import Status, resolve

    found = resolve(plain)
    return found.ingredients[0] if found.status is Status.EXACT and len(found.ingredients) == 1 else plain


def _held() -> str:
    drugs = sorted({one.drug for one in models().values()})
    return f"Held are: {', '.join(drugs)}."


@cache
def not_held() -> Mapping[str, str]:
    """Drugs for which no model is held, and why."""
    if not NOT_HELD.exists():
        return {}
    rows: list[dict[str, Any]] = yaml.safe_load(NOT_HELD.read_text(encoding="utf-8")) or []
    return {str(row["drug"]): str(row["why"]) for row in rows}


def check(request: Request, model: Model) -> None:
    """Nothing, if every number is one and lies where the model speaks.

    Raises:
        BadInput: a number is none or outside what any model takes. NotCovered: it is outside this model.
    """
    limits = (
        ("the dose", request.dose_mg, 0.0, MOST_DOSE, "mg"),
        ("the time", request.days, 0.0, MOST_DAYS, "days"),
        ("the number of virtual patients", request.n, 1, MOST_PEOPLE, ""),
        ("the kidney function", request.renal_function, 0.0, 1.0, "of normal"),
        ("the seed", request.seed, 0, 2**63, ""),
        ("the interval", request.every_h, 0.0, 24.0 * MOST_DAYS, "hours"),
    )
    for what, value, low, high, unit in limits:
        if value is not None and not low <= value <= high:  # not so of what is no number either
            raise BadInput(f"{what.capitalize()} must be between {low:g} and {high:g} {unit}".rstrip() + ".")
    if request.dose_mg <= 0 or request.days < 1:
        raise BadInput("A run needs a dose above 0 mg and at least one day.")
    if 0 < request.every_h < 1:
        raise BadInput("The interval must be 0 (one dose) or at least 1 hour.")
    if len(expanded(request.genotypes[: MOST_GROUPS + 1], model)) > MOST_GROUPS:
        raise BadInput(f"At most {MOST_GROUPS} genotypes are compared at once.")
    for what, value in (("age", request.age), ("weight", request.weight)):
        if value is not None and not 0 < value < math.inf:
            raise BadInput(f"The {what} must be a number above 0.")
    _within(request, model)
    _daily(request, model)


def _within(request: Request, model: Model) -> None:
    held = model.range
    for what, value, (low, high), unit in (
        ("age", request.age, held.age, "years"),
        ("weight", request.weight, held.weight, "kg"),
        ("dose", request.dose_mg, held.dose, "mg"),
    ):
        if value is not None and not low <= value <= high:
            raise NotCovered(
                f"The model {model.title} of {model.drug} speaks for {low:g} to {high:g} {unit}; "
                f"{what} {value:g} {unit} lies outside. It was made for {held.people}."
            )
    if request.renal_function not in (None, 1) and not knows_kidneys(model):
        raise NotCovered(f"The model {model.title} of {model.drug} does not know kidney function.")


def _daily(request: Request, model: Model) -> None:
    if request.every_h <= 0:
        return
    daily, most = request.dose_mg * 24 / request.every_h, model.most_a_day
    if daily > most * (1 + 1e-9):
        raise NotCovered(
            f"The model {model.title} of {model.drug} speaks for up to {most:g} mg a day; {request.dose_mg:g} mg every "
            f"{request.every_h:g} hours is {daily:.4g} mg a day. It was made for {model.range.people}."
        )


def knows_kidneys(model: Model) -> bool:
    """True if the model does something with the share of kidney function."""
    return model.renal_share is not None or bool(model.body and model.body.renal)


def _stated(request: Request, model: Model) -> tuple[Stated, ...]:
    """The groups, each genotype once; the reference where none is stated."""
    read_ones = [read(one, model) for one in expanded(request.genotypes, model) or ("",)]
    groups: dict[str, Stated] = {}
    for found, notes in read_ones:
        whole = {gene: found.get(gene, held.reference) for gene, held in model.genes.items()}
        lacking = [gene for gene in model.genes if gene not in found]
        if lacking:
            taken = ", ".join(f"{gene} {whole[gene]}" for gene in lacking)
            notes = (*notes, f"Not stated and simulated as the model's reference: {taken}.")
        groups.setdefault(label(whole), Stated(label(whole), whole, notes))
    return tuple(groups.values())


def label(genotype: Mapping[str, str]) -> str:
    """A genotype in words: "CYP2C9 *1/*3, VKORC1 GA"."""
    if genotype and set(genotype.values()) == {DRAWN}:
        return "genotypes as in the model's cohort"
    return ", ".join(f"{gene} {key}" for gene, key in genotype.items()) or "no gene in the model"


def _asked(request: Request, one: Stated) -> Asked:
    kidney = 1.0 if request.renal_function is None else request.renal_function
    return Asked(one.genotype, request.age, request.weight, kidney)


def _course(request: Request, model: Model, held: Sequence[Group], stated: Sequence[Stated]) -> Course:
    return Course(
        request=request,
        model=model,
        times=tuple(kept_times(request, model).tolist()),
        groups=tuple(held),
        warnings=tuple(dict.fromkeys((*(note for one in stated for note in one.notes), *_assumed(request, model)))),
    )  # fmt: skip


def _assumed(request: Request, model: Model) -> list[str]:
    """What was drawn or left out, as sentences."""
    told = []
    if request.age is None and model.age_per_year:
        told.append(
            f"Age was not given and is drawn around {model.age_from:g} years within {_span(model.range.age)} years "
            "(the spread is an assumption)."
        )
    if request.weight is None and looks_at_weight(model):
        told.append(
            f"Weight was not given and is drawn within {_span(model.range.weight)} kg (an assumption)"
            + (", to the nearest 5 kg." if model.kind == "whole_body" else ".")
        )
    if request.age is not None and not model.age_per_year:
        told.append(f"The model {model.title} does not look at age.")
    if request.weight is not None and not looks_at_weight(model):
        told.append(f"The model {model.title} does not look at weight.")
    if not any(one.cv for one in model.parameters.values()):
        drawn = [
            name
            for name, looked in (("age", model.age_per_year), ("weight", looks_at_weight(model)))
            if looked
        ]
        but = f" but for {' and '.join(drawn)}" if drawn else ""
        told.append(f"The model {model.title} is simulated without variability between people{but}.")
    return told


def looks_at_weight(model: Model) -> bool:
    """True if the weight of a person changes the curve."""
    return model.kind == "whole_body" or any(one.per_kg for one in model.parameters.values())


def _span(within: tuple[float, float]) -> str:
    return f"{within[0]:g} to {within[1]:g}"


def _as_one_dose(request: Request) -> tuple[Request, tuple[str, ...]]:
    """A run in which no interval ends holds one dose: it is told as that."""
    if request.every_h <= request.days * 24:
        return request, ()
    note = f"The run ends before the next dose ({request.every_h:g} hours): it is simulated and told as one dose."
    return request.model_copy(update={"every_h": 0.0}), (note,)


def _whole_bodies(request: Request, notes: tuple[str, ...], model: Model, stated: Sequence[Stated]) -> Course:
    from tools.simulation.whole_body import groups

    held, attribution = groups(request, model, [(one.label, _asked(request, one)) for one in stated])
    course = _course(request, model, held, stated)
    return course.model_copy(update={"attribution": attribution, "warnings": (*notes, *course.warnings)})
