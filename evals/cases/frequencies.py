"""What only many cases show: how often each disease meets whom, which values move together, equal messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.cases.case import Case
from evals.cases.conditions import KNOWLEDGE, Condition, conditions, sexes, span
from evals.cases.tables import Population, population

SMALLEST_P = 0.001
SIGNS = (
    ("inflammation", "CRP", 1), ("inflammation", "temperature", 1), ("hypoxia", "oxygen saturation", -1),
    ("acid", "bicarbonate", -1), ("perfusion", "systolic blood pressure", -1), ("anaemia", "haemoglobin", -1),
    ("glucose", "glucose", 1), ("volume_loss", "heart rate", 1), ("renal", "potassium", 1),
)  # fmt: skip


def duplicates(cases: Sequence[Case]) -> float:
    """Share of cases whose first message another case has word for word."""
    texts = Counter(case.presented.turns[0].text for case in cases)
    return sum(count - 1 for count in texts.values()) / len(cases) if cases else 0.0


def signs(cases: Sequence[Case]) -> list[str]:
    """Pairs of a latent axis and a value of adults in one unit whose correlation has the wrong sign."""
    import numpy as np

    adults = [
        case for case in cases if case.latent.person.age_years >= 18 and case.latent.person.country != "US"
    ]
    found = []
    for axis, name, sign in SIGNS:
        rows = [
            ({**case.latent.vitals, **case.latent.labs}[name].value, case.latent.physiology.get(axis, 0.0))
            for case in adults
        ]
        values = np.array(rows)
        if len(rows) > 50 and values[:, 1].std() > 0 and sign * np.corrcoef(values.T)[0, 1] < 0.05:
            found.append(
                f"{axis} and {name}: correlation {np.corrcoef(values.T)[0, 1]:+.2f}, should be {sign:+d}"
            )
    return found


def incidence(cases: Sequence[Case], folder: Path = KNOWLEDGE) -> list[str]:
    """Conditions, and people within each, against the rows of the sources: chi-square, p above 0.001 wanted."""
    people, known = population(folder), conditions(folder)
    rates = {name: sum(_rows(one, people).values()) for name, one in known.items()}
    counts = Counter(case.latent.condition for case in cases)
    found = _chi("conditions", rates, counts)
    for name, one in known.items():
        rows = _rows(one, people)
        edges = sorted({low for _, low in rows})
        within = Counter(
            (
                case.latent.person.sex,
                max(edge for edge in edges if edge <= case.latent.person.age_years + 0.01),
            )
            for case in cases
            if case.latent.condition == name
        )
        found += _chi(name, rows, within)
    return found


def _rows(one: Condition, people: Population) -> dict[tuple[str, float], float]:
    """Cases by sex and band of the file: rate x persons, summed over twenty steps a year."""
    found: dict[tuple[str, float], float] = {}
    inside_low, inside_high = span(one.limits.ages)
    for band in one.incidence:
        low, high = max(span(band.ages)[0], inside_low), min(span(band.ages)[1], inside_high)
        steps = max(20, round((high - low) * 20))
        share = sum(_density(people, low + (step + 0.5) * (high - low) / steps) for step in range(steps))
        for sex in sexes(band.sex):
            if sex in sexes(one.limits.sex) and high > low and band.per_100k:
                found[sex, low] = band.per_100k * share * (high - low) / steps / 2
    return found


def _density(people: Population, age: float) -> float:
    for row in people.people:
        low, high = span(row.ages)
        if low <= age < high:
            return row.share / (high - low)
    return 0.0


def _chi(what: str, rates: Mapping[Any, float], counts: Mapping[Any, int]) -> list[str]:
    """Chi-square of counts against shares; cells with fewer than 5 expected are laid together."""
    from scipy.stats import chisquare

    total, n = sum(rates.values()), sum(counts.values())
    if n < 50:
        return []
    seen, wanted, rest = [], [], [0.0, 0.0]
    for name, rate in rates.items():
        expected, observed = n * rate / total, float(counts.get(name, 0))
        if expected < 5:
            rest = [rest[0] + observed, rest[1] + expected]
        else:
            seen.append(observed)
            wanted.append(expected)
    if rest[1] > 0:
        seen, wanted = [*seen, rest[0]], [*wanted, rest[1]]
    if len(seen) < 2 or sum(seen) == 0:
        return [] if sum(seen) else [f"incidence of {what}: nobody is where the source has people"]
    p = float(chisquare(seen, [value * sum(seen) / sum(wanted) for value in wanted]).pvalue)
    return [f"incidence of {what}: p = {p:.1g}"] if p < SMALLEST_P else []
