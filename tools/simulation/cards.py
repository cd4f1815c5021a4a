"""The records of the models as evidence: what each source gives to a model, held as text so that quotes are checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from retrieval.evidence import Depth, Evidence, Source
from tools.simulation.records import Check, Effect, Model, Parameter, models

VERSION = "3"
PREFIX = "model:"


def evidence(model: Model, genotypes: Sequence[Mapping[str, str]] = ()) -> tuple[Evidence, ...]:
    """The figures that a run stands on: the parameters as one quote of each source, and each genotype's effect."""
    blocks: dict[str, list[str]] = {}
    effects = []
    for key, line, gene, effect in _lines(model):
        if not gene:
            blocks.setdefault(key, []).append(line)
        elif any(one.get(gene) == effect for one in genotypes):
            effects.append(_quoted(model, key, line, f"effect of {gene}"))
    parameters = (_quoted(model, key, "\n".join(lines), "parameters") for key, lines in blocks.items())
    return (*parameters, *effects)


def _quoted(model: Model, key: str, quote: str, locator: str) -> Evidence:
    return Evidence(source=model.source(key), quote=quote, locator=locator)


def made_for(model: Model) -> Evidence:
    """For whom the model was made, as its record says it."""
    return _quoted(model, _first(model), _people(model), "range of the model")


def left_out(model: Model) -> Evidence:
    """What the model leaves out, as its record says it."""
    return _quoted(model, _first(model), _without(model), "not in the model")


def computed(model: Model, *lines: str) -> Evidence:
    """What was computed here, line by line."""
    source = Source(
        id=f"computed:simulation:{model.id}",
        title=f"simulated here: {model.title}, {model.drug}",
        version=VERSION,
        licence=model.licence,
        depth=Depth.COMPUTATION,
    )
    return Evidence(source=source, quote="\n".join(lines))


def parameter(name: str, one: Parameter) -> str:
    """A parameter in words: "cl 0.314 L/h, variation between people 31 % (Table 2 …)"."""
    unit = f"{one.unit}{'' if not one.per_kg or '/kg' in one.unit else ' per kg'}"
    varies = f", variation between people {100 * one.cv:g} %" if one.cv else ""
    return f"{name} {one.value:g} {unit}{varies} ({one.locator})"


def change(gene: str, key: str, effect: Effect) -> str:
    """An effect in words: "CYP2C9 *1/*3: cl × 0.547 (Table 2 …)"."""
    factors = [f"{name} × {value:g}" for name, value in effect.factors.items()]
    values = [f"{name} {value:g}" for name, value in effect.values.items()]
    people = f"; {effect.people} people" if effect.people else ""
    return f"{gene} {key}: {', '.join((*factors, *values))} ({effect.locator}{people})"


WHAT: Mapping[str, tuple[str, str]] = {
    "auc_ratio": ("ratio of AUC", ""), "cmax_ratio": ("ratio of the highest concentration", ""),
    "half_life_h": ("half-life", "h"), "auc": ("AUC", "h·"), "cmax": ("highest concentration", "c"),
    "tmax_h": ("time of the highest concentration", "h"), "clearance_l_h": ("apparent clearance", "L/h"),
}  # fmt: skip
"""What a check measures, and its unit: "c" the model's concentration, "h·" that times hours."""


def figure_of(model: Model, check: Check) -> str:
    """The figure in words: "ratio of AUC, CYP2C19 poor metabolizer against CYP2C19 normal metabolizer"."""
    who, other = (
        ", ".join(f"{gene} {key}" for gene, key in one.items()) for one in (check.genotype, check.against)
    )
    dose = f", {check.dose_mg:g} mg" if check.dose_mg and not check.what.endswith("ratio") else ""
    return f"{WHAT[check.what][0]}{f', {who}' if who else ''}{f' against {other}' if other else ''}{dose}"


def unit_of(model: Model, check: Check) -> str:
    """The unit of a published figure, with a blank before it; none of a ratio."""
    unit = WHAT[check.what][1]
    amount, _, volume = model.concentration_unit.partition("/")
    told = {"c": model.concentration_unit, "h·": f"{amount}·h/{volume}"}.get(unit, unit)
    return f" {told}" if told else ""


def published(model: Model, check: Check) -> Evidence:
    """A published figure that went into no parameter, and why the model differs from it."""
    return _quoted(model, check.source, _published(model, check), "figures to reproduce")


def _published(model: Model, check: Check) -> str:
    between = f", {check.low:g} to {check.high:g}" if check.low is not None and check.high is not None else ""
    why = f" The model differs: {check.explained}" if check.explained else ""
    figure = f"{check.published:g}{between}{unit_of(model, check)}"
    return f"published {figure_of(model, check)}: {figure} ({check.locator}).{why}"


def _lines(model: Model) -> Iterator[tuple[str, str, str, str]]:
    """Source, line, and for an effect its gene and genotype; the parameters stand first and together."""
    for name, one in model.parameters.items():
        yield one.source, parameter(name, one), "", ""
    age, kidney = model.age_per_year, model.renal_share
    if age:
        start = f" from {model.age_from:g} years" if model.age_from is not None else ""
        yield age.source, parameter(f"clearance with age{start}:", age), "", ""
    if kidney:
        yield kidney.source, parameter("share of clearance by the kidney", kidney), "", ""
    for gene, held in model.genes.items():
        for key, effect in held.effects.items():
            yield effect.source, change(gene, key, effect), gene, key


def _first(model: Model) -> str:
    return next(iter(model.sources))


def _people(model: Model) -> str:
    return f"The model was made for {model.range.people}."


def _without(model: Model) -> str:
    return f"The model leaves out: {'; '.join(model.not_in_model)}."


@cache
def _texts() -> Mapping[str, str]:
    held: dict[str, list[str]] = {}
    for model in models().values():
        for key in model.sources:
            held[model.source(key).id] = [model.sources[key].title]
        for key, line, _, _ in _lines(model):
            held[model.source(key).id].append(line)
        for check in model.checks:
            held[model.source(check.source).id].append(_published(model, check))
        held[model.source(_first(model)).id] += [_people(model), _without(model)]
    return {name: "\n".join(lines) for name, lines in held.items()}


def text(source_id: str) -> str | None:
    """The text held under ``model:ID:SOURCE``, or None."""
    return _texts().get(source_id) if source_id.startswith(PREFIX) else None


def holding(quote: str) -> tuple[str, ...]:
    """The ids of the held texts in which the quote stands."""
    return tuple(name for name, held in _texts().items() if quote in held)
