"""How far a model agrees with people: the published figures of the genotypes that a run shows, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from retrieval.evidence import Finding, Kind, Table
from tools.simulation import cards
from tools.simulation import compartments as pk
from tools.simulation.course import Course
from tools.simulation.groups import unit_factor
from tools.simulation.population import Asked, Patients, typical
from tools.simulation.records import HELD_OUT_WITHIN, Check, Model

WEIGHT = 70.0
"""kg, of the typical person in whom a figure is compared."""
POINTS, HALF_LIVES = 20001, 4
MOST_NAMED = 4


class Row(NamedTuple):
    """A published figure beside the model's own."""

    model: Model
    check: Check
    given: float

    @property
    def agrees(self) -> bool:
        """Within the range that was published, or near enough to its figure."""
        check = self.check
        between = check.low is not None and check.high is not None and check.low <= self.given <= check.high
        return between or abs(self.given / check.published - 1) <= check.within


def rows(course: Course) -> tuple[Row, ...]:
    """The figures of the genotypes shown that went into no parameter; none where none is held."""
    shown = [group.genotype for group in course.groups]
    checks = [one for one in course.model.checks if one.role != "input" and _is_shown(one, shown)]
    return tuple(Row(course.model, one, given(course.model, one)) for one in checks)


def _is_shown(check: Check, shown: Sequence[Mapping[str, str]]) -> bool:
    return any(all(one.get(gene) == key for gene, key in check.genotype.items()) for one in shown)


def given(model: Model, check: Check) -> float:
    """What the typical person of 70 kg gives for a check, in the unit in which it was published.

    Raises:
        tools.simulation.sbml.Unavailable: a whole-body model wants an extra or a pack.
    """
    if model.kind == "whole_body":
        return _of_bodies(model, check)
    one, unit, dose = _person(model, check.genotype), unit_factor(model), check.dose_mg or 1.0
    match check.what:
        case "auc_ratio":
            return _area(one) / _area(_person(model, check.against))
        case "cmax_ratio":
            return _peak(one, dose)[1] / _peak(_person(model, check.against), dose)[1]
        case "half_life_h":
            return float(np.log(2) / pk.terms(one.oral()).rate.min())
        case "auc":
            return _area(one, dose) * unit
        case "cmax":
            return _peak(one, dose)[1] * unit
        case "tmax_h":
            return _peak(one, dose)[0]
        case "clearance_l_h":
            return 1.0 / _area(one)


def _person(model: Model, genotype: Mapping[str, str]) -> Patients:
    return typical(model, Asked(genotype, weight=WEIGHT))


def _area(person: Patients, dose: float = 1.0) -> float:
    return float(pk.auc_interval(person.oral(), dose)[0])


def _peak(person: Patients, dose: float) -> tuple[float, float]:
    """Hours and mg/L of the highest concentration after one dose."""
    longest = HALF_LIVES * float(np.log(2) / pk.terms(person.oral()).rate.min())
    times = longest * np.linspace(0, 1, POINTS) ** 2
    curve = pk.concentrations(person.oral(), pk.Regimen(dose, 0.0, 1), times)[0]
    return float(times[curve.argmax()]), float(curve.max())


def _of_bodies(model: Model, check: Check) -> float:
    from tools.simulation import sbml

    if check.what != "auc_ratio":
        raise ValueError(f"{model.id}: a whole body is compared by ratios of areas alone")
    bodies = [sbml.Body(genotype=check.genotype), sbml.Body(genotype=check.against)]
    found = sbml.single_dose(
        model, bodies, check.dose_mg or model.usual["dose"], check.hours or sbml.WINDOW_H
    )
    one, other = next(iter(found.auc.values()))
    return float(one / other)


def findings(course: Course, held: Sequence[Row]) -> tuple[Finding, ...]:
    """One sentence of the figures held out: how many the model gives, and by how much it misses the others."""
    apart = [one for one in held if one.check.role == "held out"]
    if not apart:
        return ()
    model, missed = course.model, [one for one in apart if not one.agrees]
    statement = (
        f"Against people: of {_counted(len(apart))} of the genotypes simulated here, none of which went into the "
        f"parameters, the model gives {len(apart) - len(missed) or 'none'} within {100 * HELD_OUT_WITHIN:.0f} % or "
        "the published range"
    )
    missed.sort(key=lambda one: not one.check.what.endswith("ratio"))  # what the genes do stands first
    statement += "".join(f"; not {_missed(one)}" for one in missed[:MOST_NAMED])
    more = len(missed) - MOST_NAMED
    statement += f"; and {more} more in the table" if more > 0 else ""
    quotes = tuple(dict.fromkeys(cards.published(model, one.check) for one in missed[:MOST_NAMED]))
    return (
        Finding(
            statement=f"{statement}.",
            evidence=(cards.computed(model, statement), *quotes),
            kind=Kind.COMPUTED,
            certainty="simulated",
            names=(model.drug,),
        ),
    )


def _counted(number: int) -> str:
    return "one published figure" if number == 1 else f"{number} published figures"


def _missed(one: Row) -> str:
    unit = cards.unit_of(one.model, one.check)
    named = cards.figure_of(one.model, one.check)
    return f"the {named}: simulated {one.given:.3g}{unit}, published {one.check.published:g}{unit}"


def tables(held: Sequence[Row]) -> tuple[Table, ...]:
    """Every figure with its source and why the model differs; no table where there is none."""
    if not held:
        return ()
    return (
        Table(
            title="How far the simulated model agrees with people",
            columns=("figure", "published", "simulated", "difference", "kind", "why it differs", "source"),
            rows=tuple(map(_cells, held)),
        ),
    )


def _kind(one: Row) -> str:
    """The role, and whether the source gave the model other figures: then it is less of a test."""
    effects = (effect for gene in one.model.genes.values() for effect in gene.effects.values())
    giving = {held.source for held in (*one.model.parameters.values(), *effects)}
    own = one.check.role == "held out" and one.check.source in giving
    return f"{one.check.role}, by a source of the model" if own else one.check.role


def _cells(one: Row) -> tuple[str, ...]:
    check, unit = one.check, cards.unit_of(one.model, one.check)
    between = (
        f" ({check.low:g} to {check.high:g})" if check.low is not None and check.high is not None else ""
    )
    away = f"{100 * (one.given / check.published - 1):+.0f} %"
    return (
        cards.figure_of(one.model, check), f"{check.published:g}{between}{unit}", f"{one.given:.3g}{unit}", away,
        _kind(one), check.explained or "–", f"{one.model.source(check.source).title} ({check.locator})",
    )  # fmt: skip
