"""Sentences of a run. Every sentence says that it is a simulation, and of how many virtual patients."""

from __future__ import annotations

from retrieval.evidence import Finding, Kind
from tools.simulation import cards
from tools.simulation.course import Course, Exposure, Group, Inr, Spread
from tools.simulation.drawing import regimen
from tools.simulation.figures import figure
from tools.simulation.population import DRAWN
from tools.simulation.records import Model
from tools.simulation.run import looks_at_weight

CLOSING = "It explains and compares; it prescribes nothing."


def findings(course: Course) -> tuple[Finding, ...]:
    """One for each group, then for whom the model speaks and what it leaves out."""
    first = course.groups[0]
    told = [_of_group(course, one, None if one is first else first) for one in course.groups]
    return (*told, _validity(course))


def _of_group(course: Course, group: Group, other: Group | None) -> Finding:
    sentence = f"In a simulation of {who(course, group)}, {_regimen(course)} gives {_outcome(course, group)}"
    if other is not None:
        sentence += f"; {_against(course, group, other)}"
    lines = (
        f"{course.model.title}: {course.request.n:,} virtual patients, seed {course.request.seed}, {_regimen(course)}, "
        f"{course.request.days:g} days",
        sentence,
    )
    return Finding(
        statement=f"{sentence} {_named(course.model)}.",
        evidence=(cards.computed(course.model, *lines), *cards.evidence(course.model, (group.genotype,))),
        kind=Kind.COMPUTED,
        certainty="simulated",
        names=(course.model.drug, *group.genotype),
    )


def who(course: Course, group: Group) -> str:
    """ "300 virtual patients with CYP2C9 *1/*3, VKORC1 GA, aged 65 years"."""
    asked = course.request
    told = [f"{_people(course, group)}{f' with {group.label}' if group.genotype else ''}".removesuffix(",")]
    if asked.age is not None:
        told.append(f"aged {asked.age:g} years")
    if asked.weight is not None:
        told.append(f"weighing {asked.weight:g} kg")
    if asked.renal_function is not None:
        told.append(f"with {asked.renal_function:g} of normal kidney function")
    return ", ".join(told)


def _people(course: Course, group: Group) -> str:
    if course.request.n == 1 and _is_drawn(course, group):
        return "one virtual patient, drawn at random,"
    if _alike(group):
        return "one virtual patient, the typical one,"
    return f"{course.request.n:,} virtual patients"


def _is_drawn(course: Course, group: Group) -> bool:
    """True if chance has a part in a person: variability, an age or weight that is not given, a drawn genotype."""
    asked, model = course.request, course.model
    return (
        any(one.cv for one in model.parameters.values())
        or (asked.age is None and model.age_per_year is not None)
        or (asked.weight is None and looks_at_weight(model))
        or DRAWN in group.genotype.values()
    )


def _alike(group: Group) -> bool:
    """True if nothing differs between the people: no variability is published, and age and weight are given."""
    return same(group.exposure.cmax)


def _middle(group: Group, article: str) -> str:
    """The article before what is told of a group: of one person it is no median."""
    if _alike(group):
        return article
    return "their median" if article == "the" else "a median"


def same(one: Spread) -> bool:
    """True if nobody differs: no range is told then."""
    return one.high - one.low <= 1e-9 * abs(one.high)


def _named(model: Model) -> str:
    """The model's title in brackets of the kind that it does not use itself."""
    return f"[{model.title}]" if "(" in model.title else f"({model.title})"


def _regimen(course: Course) -> str:
    amount, _, rest = regimen(course).partition(" mg ")
    return f"{amount} mg of {course.model.drug} {rest}"


def _outcome(course: Course, group: Group) -> str:
    if group.inr is not None:
        return _spoken_inr(course, group.inr)
    exposure, unit = group.exposure, course.model.concentration_unit
    return (
        f"{_when(course, exposure)}{_middle(group, 'an')} exposure (AUC{_window(course, exposure)}) of "
        f"{_spoken(area(exposure), course.auc_unit)} and {_middle(group, 'a')} highest concentration of "
        f"{_spoken(exposure.cmax, unit)}"
    )


def _spoken_inr(course: Course, inr: Inr) -> str:
    if course.request.every_h <= 0:
        return _highest_inr(course, inr)
    last = inr.band.at(-1)
    if same(last):
        return f"an INR of {last.middle:.1f} by day {course.request.days:g}{_swinging(course, inr)}"
    return (
        f"a median INR of {last.middle:.1f} (5 to 95 %: {last.low:.1f} to {last.high:.1f}) by day "
        f"{course.request.days:g}, and {share(inr.above_at_end)} of them are above an INR of "
        f"{course.request.threshold:g} on that day{_swinging(course, inr)}"
    )


def _highest_inr(course: Course, inr: Inr) -> str:
    """What one dose does: the INR rises and comes back to its base, which is no effect to tell."""
    top, day = inr.highest, inr.day_of_highest.middle
    when = " (the end of the run: it may still rise)" if day * 24 >= course.times[-1] - 1e-9 else ""
    if same(top):
        return f"a highest INR of {top.middle:.2f} on day {day:.1f}{when}"
    return (
        f"a median highest INR of {top.middle:.2f} (5 to 95 %: {top.low:.2f} to {top.high:.2f}), reached on day "
        f"{day:.1f} in the median{when}, and {share(inr.above_ever)} of them come above an INR of "
        f"{course.request.threshold:g}"
    )


def _swinging(course: Course, inr: Inr) -> str:
    if inr.swing is None:
        return ""
    low, high = inr.swing.lowest.middle, inr.swing.highest.middle
    median = "" if same(inr.swing.lowest) else " in the median"
    return (
        f"; at steady state it moves between {low:.1f} and {high:.1f}{median} within an interval of "
        f"{course.request.every_h:g} hours"
    )


def share(value: float) -> str:
    """A share of virtual patients in percent; few are not said to be none, nor almost all to be all."""
    percent = 100 * value
    if percent in (0, 100):
        return "none" if percent == 0 else "all"
    return "under 1 %" if percent < 1 else "over 99 %" if percent > 99 else f"{percent:.0f} %"


def _when(course: Course, exposure: Exposure) -> str:
    if course.request.every_h <= 0:
        return ""
    return "at steady state " if exposure.hours_to_steady is not None else "in its last interval "


def _window(course: Course, exposure: Exposure) -> str:
    if course.request.every_h > 0:
        return " over one interval"
    return f" over {course.request.days * 24:g} hours" if exposure.auc is None else ""


def area(exposure: Exposure) -> Spread:
    """The area that is told: of one dose to infinity or of one interval where it is known, else of the run's window."""
    return exposure.auc or exposure.auc_window


def _spoken(one: Spread, unit: str) -> str:
    if same(one):
        return f"{figure(one.middle)} {unit}"
    return f"{figure(one.middle)} {unit} (5 to 95 %: {figure(one.low)} to {figure(one.high)})"


def _against(course: Course, group: Group, other: Group) -> str:
    times = area(group.exposure).middle / area(other.exposure).middle
    return f"{_middle(group, 'the')} exposure to {course.model.analyte} is {times:.2f} times that with {other.label}"


def _validity(course: Course) -> Finding:
    model, line = course.model, f"simulated with the model {course.model.title}"
    people, without = cards.made_for(model), cards.left_out(model)
    whose = f" {course.attribution.rstrip('.')}." if course.attribution else ""
    return Finding(
        statement=f"What is simulated here by the model {_named(model)} has limits. {people.quote} {without.quote} "
        f"{CLOSING}{whose}",
        evidence=(people, without, cards.computed(model, line, CLOSING, *([whose.strip()] if whose else []))),
        kind=Kind.COMPUTED,
        certainty="simulated",
        names=(model.drug,),
    )
