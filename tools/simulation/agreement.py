"""How far a model agrees with people: the published figures of the genotypes that a run shows, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from retrieval.evidence import Evidence, Finding, Kind, Table
from tools.simulation import cards
from tools.simulation import compartments as pk
from tools.simulation.course import Course
from tools.simulation.figures import figure
from tools.simulation.groups import unit_factor
from tools.simulation.population import Asked, Patients, typical
from tools.simulation.records import HELD_OUT_WITHIN, Check, Model

WEIGHT = 70.0
"""kg, of the typical person in whom a figure is compared."""
POINTS, HALF_LIVES = 20001, 4
MOST_NAMED = 4
MEASURED = " in people"
"""In a limit that a record states: what was measured stands in it beside what the model gives."""


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
    """The figures of the genotypes shown: those that went into no parameter, and those that went in and are missed."""
    shown = [group.genotype for group in course.groups]
    checks = [one for one in course.model.checks if _is_shown(one, shown) and _is_told(one)]
    held = [Row(course.model, one, given(course.model, one)) for one in checks]
    return tuple(one for one in held if one.check.role != "input" or not one.agrees)


def _is_told(check: Check) -> bool:
    """An input that the record does not explain is one that the model gives: tests hold that."""
    return check.role != "input" or bool(check.explained)


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
    """One sentence: how many of the figures held out the model gives; what it misses of them and of its own.

    Where no figure is held out it says so, and what the record knows of people.
    """
    apart = [one for one in held if one.check.role == "held out"]
    own = [one for one in held if one.check.role == "input"]
    if not apart and course.model.kind == "warfarin":
        return ()  # the doses measured on patients stand in its place
    told, quotes = _held_out(course.model, apart) if apart else _none_held(course.model)
    if own:
        why = f" ({own[0].check.explained})" if len(own) == 1 else ""
        told += (
            f"; of the figures that went into the parameters the model does not give {_all_missed(own)}{why}"
        )
        quotes += tuple(cards.published(course.model, one.check) for one in own[:MOST_NAMED])
    return (
        Finding(
            statement=f"Against people: {told}.",
            evidence=(cards.computed(course.model, f"Against people: {told}"), *dict.fromkeys(quotes)),
            kind=Kind.COMPUTED,
            certainty="simulated",
            names=(course.model.drug,),
        ),
    )


def _held_out(model: Model, apart: Sequence[Row]) -> tuple[str, tuple[Evidence, ...]]:
    missed = [one for one in apart if not one.agrees]
    told = (
        f"of {_counted(len(apart))} of the genotypes simulated here, none of which went into the "
        f"parameters, the model gives {len(apart) - len(missed) or 'none'} within {100 * HELD_OUT_WITHIN:.0f} % or "
        "the published range"
    )
    missed.sort(key=lambda one: not one.check.what.endswith("ratio"))  # what the genes do stands first
    told += f"; not {_all_missed(missed)}" if missed else ""
    return told, tuple(cards.published(model, one.check) for one in missed[:MOST_NAMED])


def _none_held(model: Model) -> tuple[str, tuple[Evidence, ...]]:
    told = "no published figure of what is simulated here is held that is independent of the model"
    known = [one for one in model.not_in_model if MEASURED in one]
    return "; known is ".join([told, *known]), (cards.left_out(model),) if known else ()


def _all_missed(missed: Sequence[Row]) -> str:
    more = len(missed) - MOST_NAMED
    told = [*map(_missed, missed[:MOST_NAMED]), *([f"and {more} more in the table"] if more > 0 else [])]
    return "; not ".join(told[:MOST_NAMED]) + (f"; {told[-1]}" if more > 0 else "")


def _counted(number: int) -> str:
    return "one published figure" if number == 1 else f"{number} published figures"


def _missed(one: Row) -> str:
    unit = cards.unit_of(one.model, one.check)
    named = cards.figure_of(one.model, one.check)
    return f"the {named}: simulated {figure(one.given)}{unit}, published {_digits(one.check.published)}{unit}"


def _digits(value: float) -> str:
    """A published figure as it was printed, never in powers of ten."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


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
        f" ({_digits(check.low)} to {_digits(check.high)})"
        if check.low is not None and check.high is not None
        else ""
    )
    away = f"{100 * (one.given / check.published - 1):+.0f} %"
    return (
        cards.figure_of(one.model, check),
        f"{_digits(check.published)}{between}{unit}", f"{figure(one.given)}{unit}", away,
        _kind(one), check.explained or "–", f"{one.model.source(check.source).title} ({check.locator})",
    )  # fmt: skip
