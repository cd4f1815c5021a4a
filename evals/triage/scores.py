"""How right levels are, with intervals: the measures of evals.md section 6. One code scores every subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import NamedTuple

from evals.stats.agreement import quadratic_kappa
from evals.stats.shares import wilson
from evals.triage.made import bound
from tools.triage.levels import Level

LEVELS = (Level.SELF_CARE, Level.ROUTINE, Level.SAME_DAY, Level.EMERGENCY)
_UNDER = {(3, 2): 5, (3, 1): 8, (3, 0): 10, (2, 1): 2, (2, 0): 4, (1, 0): 1}
COSTS: Mapping[str, Mapping[tuple[int, int], float]] = {
    "convention": {(g, s): float(_UNDER.get((g, s), s - g)) for g in range(4) for s in range(4)},
    "steps only": {(g, s): float(abs(g - s)) for g in range(4) for s in range(4)},
    "misses doubled": {
        (g, s): float(2 * _UNDER.get((g, s), (s - g) / 2)) for g in range(4) for s in range(4)
    },
}
"""Harm of showing s where g was right. The first is evals.md's; the others show whether the ranking hangs on it."""


class Judged(NamedTuple):
    """A case as a judge saw it, and the level that a subject showed."""

    level: Level
    low: Level
    high: Level
    shown: Level


class Share(NamedTuple):
    """Hits of n with the exact (Clopper-Pearson) and the Wilson 95 % interval."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        return self.hits / self.n if self.n else float("nan")

    @property
    def exact(self) -> tuple[float, float]:
        return bound(self.hits, self.n)

    @property
    def wilson(self) -> tuple[float, float]:
        return wilson(self.hits, self.n)[1:]

    def __str__(self) -> str:
        if not self.n:
            return "not applicable"
        exact, wilson = self.exact, self.wilson
        return (
            f"{self.hits}/{self.n} = {100 * self.value:.1f} % (exact {100 * exact[0]:.1f}-{100 * exact[1]:.1f}, "
            f"Wilson {100 * wilson[0]:.1f}-{100 * wilson[1]:.1f})"
        )


class Scores(NamedTuple):
    """All measures of one subject; empty lists give shares that are "not applicable", never 0."""

    exact: Share
    within: Share
    under: Share
    over: Share
    missed: Share
    """Judged an emergency and shown less."""
    macro_recall: float
    kappa: float
    """Weighted by squared distance."""
    costs: Mapping[str, float]


def score(cases: Sequence[Judged]) -> Scores:
    """The measures over judged cases."""
    n = len(cases)
    pairs = [(LEVELS.index(one.level), LEVELS.index(one.shown)) for one in cases]
    emergencies = [one for one in cases if one.level is Level.EMERGENCY]
    return Scores(
        exact=Share(sum(one.shown is one.level for one in cases), n),
        within=Share(sum(one.low.rank <= one.shown.rank <= one.high.rank for one in cases), n),
        under=Share(sum(one.shown.rank < one.low.rank for one in cases), n),
        over=Share(sum(one.shown.rank > one.high.rank for one in cases), n),
        missed=Share(sum(one.shown is not Level.EMERGENCY for one in emergencies), len(emergencies)),
        macro_recall=_macro(cases),
        kappa=_kappa(cases),
        costs={name: _mean([table[pair] for pair in pairs]) for name, table in COSTS.items()},
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


def _macro(cases: Sequence[Judged]) -> float:
    recalls = []
    for level in LEVELS:
        gold = [one for one in cases if one.level is level]
        if gold:
            recalls.append(sum(one.shown is level for one in gold) / len(gold))
    return sum(recalls) / len(recalls) if recalls else float("nan")


def _kappa(cases: Sequence[Judged]) -> float:
    """Quadratic kappa; 0 where chance already agrees fully."""
    found = quadratic_kappa([(one.level.value, one.shown.value) for one in cases])
    return 0.0 if isnan(found) else found


def low_or(level: Level | None) -> Level:
    """The level to score: where nothing fired the person was sent nowhere, so the lowest one counts."""
    return level if level is not None else Level.SELF_CARE
