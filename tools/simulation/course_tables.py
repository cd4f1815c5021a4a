"""Tables of a run: the course over the days, exposure, parameters with their places, and the limits of the model."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.evidence import Table
from tools.simulation import cards
from tools.simulation.course import Course, Exposure, Inr, Spread
from tools.simulation.figures import figure, floored
from tools.simulation.moments import DAYS, Moment, moments, told_at
from tools.simulation.statements import area, same, share

MOST_ROWS = 9


def tables(course: Course) -> tuple[Table, ...]:
    """Course over the days, exposure, parameters with their places, and the limits of the model."""
    told = [_concentrations(course), _exposures(course)]
    if course.groups[0].inr is not None:
        told.insert(0, _inrs(course))
    return (*told, *_others(course), _parameters(course), _limits(course))


def _concentrations(course: Course) -> Table:
    """At the hours after one dose, or before a next dose; a row that is neither says when it is."""
    rows = _thinned(moments(course.request, course.model))
    unit = course.model.concentration_unit
    before = ", before the next dose" if all(one.trough for one in rows) else ""
    return Table(
        title=f"Simulated {course.model.analyte}, {unit}{before}: median (5 to 95 %)",
        columns=("time", *(group.label for group in course.groups)),
        rows=tuple(
            (one.name, *(_cell(group.concentration.at(course.place(one.hour)), unit) for group in course.groups))
            for one in rows
        ),
    )  # fmt: skip


def _inrs(course: Course) -> Table:
    end = course.times[-1]
    hours = dict.fromkeys([*(day * 24.0 for day in DAYS if day * 24 <= end), end])
    days = [told_at(hour, course.request.every_h) for hour in hours]
    told = [(group.label, group.inr.band) for group in course.groups if group.inr is not None]
    return Table(
        title="Simulated INR: median (5 to 95 %)",
        columns=("time", *(label for label, _ in told)),
        rows=tuple(
            (one.name, *(_inr_cell(band.at(course.place(one.hour))) for _, band in told))
            for one in _thinned(days)
        ),
    )


def _thinned(marks: Sequence[Moment]) -> list[Moment]:
    """At most nine, the first and the last among them."""
    if len(marks) <= MOST_ROWS:
        return list(marks)
    step = (len(marks) - 1) / (MOST_ROWS - 1)
    return [marks[round(step * index)] for index in range(MOST_ROWS)]


def _cell(one: Spread, unit: str = "") -> str:
    """``unit`` of a concentration, which has a floor; "" of an area."""
    low, middle, high = (
        floored(value, unit) if unit else figure(value) for value in (one.low, one.middle, one.high)
    )
    return middle if same(one) or low == high else f"{middle} ({low} to {high})"


def _inr_cell(one: Spread, after: int = 1) -> str:
    if same(one):
        return f"{one.middle:.{after}f}"
    return f"{one.middle:.{after}f} ({one.low:.{after}f} to {one.high:.{after}f})"


def _exposures(course: Course) -> Table:
    first, once = course.groups[0], course.request.every_h <= 0
    rows = []
    for group in course.groups:
        ratio = area(group.exposure).middle / area(first.exposure).middle
        exposed = _exposed(group.exposure, course.model.concentration_unit)
        rows.append(
            (group.label, *exposed, f"{ratio:.2f}", *(_responded(group.inr, once) if group.inr else ()))
        )
    names = (
        "AUC of one interval" if course.request.every_h > 0 else "AUC",
        "highest",
        "lowest",
        "days to steady state",
    )
    unit = f"{course.auc_unit} and {course.model.concentration_unit}"
    return Table(
        title=f"Simulated exposure to {course.model.analyte}, {unit}: median (5 to 95 %)",
        columns=("genotype", *names, "AUC × the first", *(_answers(course, first.inr) if first.inr else ())),
        rows=tuple(rows),
    )  # fmt: skip


def _exposed(one: Exposure, unit: str) -> tuple[str, str, str, str]:
    days = "–"
    if one.hours_to_steady is not None:
        days = f"{one.hours_to_steady.middle / 24:.1f}"
    return _cell(area(one)), _cell(one.cmax, unit), _cell(one.trough, unit) if one.trough else "–", days


def _answers(course: Course, inr: Inr) -> tuple[str, ...]:
    above = (f"above INR {course.request.threshold:g} at the end", "at any time")
    if course.request.every_h <= 0:
        return "highest INR", "day of the highest INR", *above
    if inr.swing is None:
        return "INR at steady state", *above
    return "mean INR of an interval at steady state", "lowest INR in it", "highest INR in it", *above


def _responded(inr: Inr, once: bool) -> tuple[str, ...]:
    above = share(inr.above_at_end), share(inr.above_ever)
    if once:
        return _inr_cell(inr.highest, 2), _inr_cell(inr.day_of_highest), *above
    swing = (_inr_cell(inr.swing.lowest), _inr_cell(inr.swing.highest)) if inr.swing else ()
    return _inr_cell(inr.steady), *swing, *above


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
                    group.label, _cell(area(group.others[name])),
                    _cell(group.others[name].cmax, course.model.concentration_unit),
                    f"{area(group.others[name]).middle / area(group.exposure).middle:.2f}",
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
