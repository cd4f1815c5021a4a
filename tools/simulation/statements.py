"""Sentences and tables of a run. Every sentence says that it is a simulation, and of how many virtual patients."""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrieval.evidence import Finding, Kind, Table
from tools.simulation import cards
from tools.simulation.course import Course, Exposure, Group, Inr, Spread
from tools.simulation.drawing import regimen
from tools.simulation.population import DRAWN
from tools.simulation.records import Model
from tools.simulation.run import looks_at_weight

DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 150, 180)
HOURS = (1, 2, 4, 6, 8, 12, 24, 48, 72, 96, 168, 336)
MOST_ROWS = 9
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
    return _same(group.exposure.cmax)


def _middle(group: Group, article: str) -> str:
    """The article before what is told of a group: of one person it is no median."""
    if _alike(group):
        return article
    return "their median" if article == "the" else "a median"


def _same(one: Spread) -> bool:
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
        f"{_spoken(_area(exposure), course.auc_unit)} and {_middle(group, 'a')} highest concentration of "
        f"{_spoken(exposure.cmax, unit)}"
    )


def _spoken_inr(course: Course, inr: Inr) -> str:
    last = inr.band.at(-1)
    if _same(last):
        return f"an INR of {last.middle:.1f} by day {course.request.days:g}"
    return (
        f"a median INR of {last.middle:.1f} (5 to 95 %: {last.low:.1f} to {last.high:.1f}) by day "
        f"{course.request.days:g}, and {share(inr.above_at_end)} of them are above an INR of "
        f"{course.request.threshold:g} on that day"
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


def _area(exposure: Exposure) -> Spread:
    return exposure.auc or exposure.auc_window


def _spoken(one: Spread, unit: str) -> str:
    if _same(one):
        return f"{figure(one.middle)} {unit}"
    return f"{figure(one.middle)} {unit} (5 to 95 %: {figure(one.low)} to {figure(one.high)})"


def figure(value: float) -> str:
    """Three significant digits, never in powers of ten."""
    if value == 0:
        return "0"
    after = 2 - math.floor(math.log10(abs(value)))
    text = f"{value:.{max(after, 0)}f}"
    return text.rstrip("0").rstrip(".") if after > 0 else text


def _against(course: Course, group: Group, other: Group) -> str:
    times = _area(group.exposure).middle / _area(other.exposure).middle
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


def tables(course: Course) -> tuple[Table, ...]:
    """Course over the days, exposure, parameters with their places, and the limits of the model."""
    told = [_over_time(course, inr=False), _exposures(course)]
    if course.groups[0].inr is not None:
        told.insert(0, _over_time(course, inr=True))
    return (*told, *_others(course), _parameters(course), _limits(course))


def _over_time(course: Course, *, inr: bool) -> Table:
    once = course.request.every_h <= 0 and not inr
    marks = (
        [(f"{hour} h", float(hour)) for hour in HOURS]
        if once
        else [(f"day {day}", day * 24.0) for day in DAYS]
    )
    within = [one for one in marks if one[1] <= course.times[-1]] or [("end", course.times[-1])]
    if within[-1][1] < course.times[-1] and not once:
        within.append((f"day {course.times[-1] / 24:g}", course.times[-1]))
    rows = []
    for name, hour in _thinned(within):
        place = course.place(hour)
        bands = [group.inr.band if inr and group.inr else group.concentration for group in course.groups]
        rows.append((name, *(_cell(band.at(place), inr=inr) for band in bands)))
    what = "INR" if inr else f"{course.model.analyte}, {course.model.concentration_unit}"
    before = "" if once or inr else ", before the next dose"
    return Table(
        title=f"Simulated {what}{before}: median (5 to 95 %)",
        columns=("time", *(group.label for group in course.groups)),
        rows=tuple(rows),
    )  # fmt: skip


def _thinned(marks: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """At most nine, the first and the last among them."""
    if len(marks) <= MOST_ROWS:
        return list(marks)
    step = (len(marks) - 1) / (MOST_ROWS - 1)
    return [marks[round(step * index)] for index in range(MOST_ROWS)]


def _cell(one: Spread, *, inr: bool = False) -> str:
    if _same(one):
        return f"{one.middle:.1f}" if inr else figure(one.middle)
    if inr:
        return f"{one.middle:.1f} ({one.low:.1f} to {one.high:.1f})"
    return f"{figure(one.middle)} ({figure(one.low)} to {figure(one.high)})"


def _exposures(course: Course) -> Table:
    first = course.groups[0]
    rows = []
    for group in course.groups:
        ratio = _area(group.exposure).middle / _area(first.exposure).middle
        rows.append((group.label, *_exposed(group.exposure), f"{ratio:.2f}", *_responded(course, group)))
    names = (
        "AUC of one interval" if course.request.every_h > 0 else "AUC",
        "highest",
        "lowest",
        "days to steady state",
    )
    more = ("INR at steady state", f"above INR {course.request.threshold:g} at the end", "at any time")
    unit = f"{course.auc_unit} and {course.model.concentration_unit}"
    return Table(
        title=f"Simulated exposure to {course.model.analyte}, {unit}: median (5 to 95 %)",
        columns=("genotype", *names, "AUC × the first", *(more if first.inr else ())),
        rows=tuple(rows),
    )  # fmt: skip


def _exposed(one: Exposure) -> tuple[str, str, str, str]:
    days = "–"
    if one.hours_to_steady is not None:
        days = f"{one.hours_to_steady.middle / 24:.1f}"
    return _cell(_area(one)), _cell(one.cmax), _cell(one.trough) if one.trough else "–", days


def _responded(course: Course, group: Group) -> tuple[str, ...]:
    if group.inr is None:
        return ()
    return _cell(group.inr.steady, inr=True), share(group.inr.above_at_end), share(group.inr.above_ever)


def _others(course: Course) -> list[Table]:
    """Exposure to further analytes, a table for each."""
    names = list(course.groups[0].others)
    return [
        Table(
            title=f"Simulated exposure to {name}, {course.auc_unit} and {course.model.concentration_unit}: median "
            "(5 to 95 %)",
            columns=("genotype", "AUC", "highest", f"AUC × that of {course.model.analyte}"),
            rows=tuple(
                (
                    group.label, _cell(_area(group.others[name])), _cell(group.others[name].cmax),
                    f"{_area(group.others[name]).middle / _area(group.exposure).middle:.2f}",
                )
                for group in course.groups
            ),
        )
        for name in names
    ]  # fmt: skip


def _parameters(course: Course) -> Table:
    rows = [
        (line, evidence.source.title, evidence.source.link or "–")
        for evidence in cards.evidence(course.model, [group.genotype for group in course.groups])
        for line in evidence.quote.split("\n")
    ]
    columns = ("parameter", "source", "link")
    return Table(title="Parameters of the simulated model", columns=columns, rows=tuple(rows))


def _limits(course: Course) -> Table:
    model = course.model
    (young, old), (light, heavy), (little, much) = model.range.age, model.range.weight, model.range.dose
    rows = [
        ("made for", model.range.people),
        (
            "age, weight, dose",
            f"{young:g} to {old:g} years, {light:g} to {heavy:g} kg, {little:g} to {much:g} mg a dose, "
            f"at most {model.most_a_day:g} mg a day",
        ),
        *(("not in the model", one) for one in model.not_in_model),
        *((f"note on {name}", one.note) for name, one in model.parameters.items() if one.note),
        *_effects(course),
        *(("assumed in this run", one) for one in course.warnings),
        ("licence", course.attribution or model.licence),
        ("state", f"{model.status}: not yet reviewed by a named clinician"),
    ]
    return Table(title="For whom the simulated model speaks", columns=("part", "words"), rows=tuple(rows))


def _effects(course: Course) -> list[tuple[str, str]]:
    """What must be known of the effects of the genotypes shown: how many people stand behind one, and its note."""
    told: dict[str, str] = {}
    for group in course.groups:
        for gene, key in group.genotype.items():
            effect = course.model.genes[gene].effects.get(key)
            if effect is None:
                continue
            behind = f"{effect.people} people stand behind it. " if effect.people else ""
            if said := f"{behind}{effect.note}".strip():
                told[f"effect of {gene} {key}"] = said
    return list(told.items())
