"""Everything that cases are drawn from, made ready once: strata with their people, symptoms, tables."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

from evals.cases.case import Sex
from evals.cases.conditions import AXES, KNOWLEDGE, Condition, Severity, conditions, sexes, span, symptoms
from evals.cases.noise import Noise, mixed
from evals.cases.phrases import Symptom
from evals.cases.tables import ChronicTable, Physiology, Population, chronic, physiology, population

DAYS = 365.25


class Cell(NamedTuple):
    """People of one sex between two ages (years; the second outside), and how many cases a year come from them."""

    sex: Sex
    low: float
    high: float
    rate: float


class Stratum(NamedTuple):
    """One condition in one severity, with the people who get it."""

    condition: Condition
    severity: Severity
    cells: tuple[Cell, ...]
    sums: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Cases a year among 100,000 people of the population."""
        return self.sums[-1] if self.sums else 0.0

    @property
    def name(self) -> str:
        return f"{self.condition.id}/{self.severity.id}"

    def person(self, first: float, second: float) -> tuple[Sex, float]:
        """Sex and age in years by two numbers of 0 to 1."""
        cell = self.cells[chosen(self.sums, first)]
        return cell.sex, cell.low + second * (cell.high - cell.low)


class World(NamedTuple):
    """What one folder of knowledge gives."""

    conditions: Mapping[str, Condition]
    symptoms: Mapping[str, Symptom]
    strata: tuple[Stratum, ...]
    population: Population
    chronic: ChronicTable
    physiology: Physiology
    mimicked: Mapping[str, tuple[str, ...]]
    """Condition to the symptoms that would tell one of its mimics."""
    chronic_named: Mapping[str, str]
    """Every name of a chronic disease to its id."""
    axes: Noise
    bearers: Mapping[str, tuple[tuple[Sex, float, float], ...]]
    """Symptom to the people who can have it: sexes and ages of the strata that show it."""

    facts: frozenset[str] = frozenset()
    """Facts of life that a severity always says; nobody denies one in passing."""

    def can_bear(self, symptom: str, sex: Sex, age: float) -> bool:
        """Whether it makes sense to ask such a person: no man is asked for a missed period."""
        return any(sex == one and low <= age < high for one, low, high in self.bearers.get(symptom, ()))

    def stratum(self, condition: str, severity: str) -> Stratum:
        """Refuses (KeyError) an unknown pair."""
        for one in self.strata:
            if one.condition.id == condition and one.severity.id == severity:
                return one
        raise KeyError(f"{condition}/{severity}")


def picked(shares: Mapping[str, float], draw: float) -> str:
    """The name that a number of 0 to 1 falls on; shares need not sum to 1."""
    at = draw * sum(shares.values())
    for name, share in shares.items():
        at -= share
        if at < 0:
            return name
    return next(reversed(list(shares)))


def chosen(sums: Sequence[float], draw: float) -> int:
    """The place in running sums that a number of 0 to 1 falls into."""
    return min(bisect_right(sums, draw * sums[-1]), len(sums) - 1)


@cache
def world(folder: Path = KNOWLEDGE) -> World:
    """The folder made ready. Refuses (ValueError) a folder without a single condition that can be drawn."""
    people = population(folder)
    known = conditions(folder)
    strata = tuple(stratum for one in known.values() for stratum in _strata(one, people) if stratum.rate > 0)
    if not strata:
        raise ValueError(f"no condition in {folder.name}/conditions can be drawn")
    beside, body = chronic(folder), physiology(folder)
    return World(
        conditions=known,
        symptoms=symptoms(folder),
        strata=strata,
        population=people,
        chronic=beside,
        physiology=body,
        mimicked={name: _mimicked(one, known) for name, one in known.items()},
        chronic_named={name: one.id for one in beside.chronic for name in (one.id, *one.names)},
        axes=mixed(AXES, body.correlation.pairs),
        bearers=_bearers(strata),
        facts=frozenset(name for one in strata for name in one.severity.context),
    )


def _bearers(strata: tuple[Stratum, ...]) -> dict[str, tuple[tuple[Sex, float, float], ...]]:
    found: dict[str, set[tuple[Sex, float, float]]] = {}
    for one in strata:
        ages: dict[Sex, list[Cell]] = {}
        for cell in one.cells:
            ages.setdefault(cell.sex, []).append(cell)
        people = {
            (sex, min(cell.low for cell in row), max(cell.high for cell in row)) for sex, row in ages.items()
        }
        for name in (*one.severity.symptoms, *one.severity.context):
            found.setdefault(name, set()).update(people)
    return {name: tuple(sorted(people)) for name, people in found.items()}


def _mimicked(one: Condition, known: Mapping[str, Condition]) -> tuple[str, ...]:
    """Symptoms that tell a mimic and are nothing that this condition can show."""
    names = {name.strip().casefold() for mimic in one.mimics for name in mimic.split("|")}
    others = [
        other for other in known.values() if {other.name.casefold(), other.id.replace("_", " ")} & names
    ]
    told = [
        symptom
        for other in others
        for severity in other.severities
        for tell in severity.tells
        for symptom in tell
        if symptom not in severity.context and symptom not in one.speaks_of
    ]
    return tuple(dict.fromkeys(told))


def _strata(one: Condition, people: Population) -> list[Stratum]:
    """Each cell's cases are shared among the severities that admit it, by their weights."""
    rows: dict[str, list[Cell]] = {severity.id: [] for severity in one.severities}
    for cell in cells(one, people):
        open_to = [severity for severity in one.severities if _admits(severity, cell)]
        total = sum(severity.weight for severity in open_to)
        for severity in open_to:
            rows[severity.id].append(cell._replace(rate=cell.rate * severity.weight / total))
    return [
        Stratum(
            one,
            severity,
            tuple(rows[severity.id]),
            tuple(accumulate(cell.rate for cell in rows[severity.id])),
        )
        for severity in one.severities
    ]


def cells(one: Condition, people: Population) -> list[Cell]:
    """Incidence times population, cut at every age where anything changes and at the limits."""
    low, high = span(one.limits.ages)
    edges = {low, high}
    for ages in [band.ages for band in one.incidence] + [row.ages for row in people.people]:
        edges.update(span(ages))
    edges.update(edge for severity in one.severities if severity.ages for edge in span(severity.ages))
    cuts = sorted(edge for edge in edges if low <= edge <= high)
    found = []
    for sex in sexes(one.limits.sex):
        for start, end in pairwise(cuts):
            rate = _per_100k(one, sex, (start + end) / 2) * _share(people, sex, start, end)
            if rate > 0:
                found.append(Cell(sex, start, end, rate))
    return found


def _per_100k(one: Condition, sex: Sex, age: float) -> float:
    for band in one.incidence:
        start, end = span(band.ages)
        if sex in sexes(band.sex) and start <= age < end:
            return band.per_100k
    return 0.0


def _share(people: Population, sex: Sex, low: float, high: float) -> float:
    of_sex = people.female_share.value if sex == "female" else 1 - people.female_share.value
    found = 0.0
    for row in people.people:
        start, end = span(row.ages)
        found += row.share * max(0.0, min(high, end) - max(low, start)) / (end - start)
    return found * of_sex


def _admits(severity: Severity, cell: Cell) -> bool:
    if cell.sex not in sexes(severity.sexes):
        return False
    if severity.ages is None:
        return True
    low, high = span(severity.ages)
    return low <= (cell.low + cell.high) / 2 < high
