"""What a results file holds, and how one figure of it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Literal

from evals.report.marks import Marked
from evals.stats import bootstrap
from evals.stats.shares import Interval, wilson, zero_bound
from evals.suites.suite import Metric
from retrieval.evidence import Text, Word

VERSION = 1
"""Of the format of results.json."""
DIGITS = 6


class Figure(Word):
    """A metric over some cases. ``value``, ``low`` and ``high`` are None where nothing was scored."""

    metric: Text
    n: int
    """Scored cases (with repeats)."""
    clusters: int
    hits: int | None = None
    """Cases with 1, where every value is 0 or 1."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    method: Literal["", "Wilson", "cluster bootstrap", "Wilson over clusters"] = ""
    unreliable: bool = False
    """Fewer than 30 clusters stand behind the interval."""
    bound: float | None = None
    """Beside a zero (or a full share): how large the true share of the other outcome may still be, one-sided 95 %."""
    not_applicable: int = 0
    could_not: int = 0


class Weighted(Word):
    """A metric carried over to natural prevalence; without a value where too few cases carry the weight."""

    metric: Text
    value: float | None = None
    low: float | None = None
    high: float | None = None
    effective_n: float
    refused: bool = False


class Group(Word):
    """Some cases of a suite that share an operator, a tag, a stratum, a language or a persona."""

    kind: Literal["operator", "tag", "stratum", "language", "persona"]
    name: str
    figures: tuple[Figure, ...]


class Delta(Word):
    """What an operator does to the headline: perturbed minus base, on the same base cases."""

    operator: Text
    metric: Text
    n: int
    value: float
    low: float
    high: float


class Levels(Word):
    """Told against gold levels. ``confusion[gold][told]`` counts cases; costs are means under three matrices."""

    confusion: tuple[tuple[int, int, int, int], ...]
    macro_recall: Figure
    kappa: Figure
    costs: Mapping[str, Figure]


class Sure(Word):
    """Cases of like sureness, and the share of them whose level lies outside the acceptable interval."""

    name: str
    n: int
    wrong: float


class Costly(Word):
    """A case that went badly: how badly, and what was missed."""

    suite: Text
    case: Text
    subject: Text
    repeat: int
    cost: float
    missed: tuple[str, ...]


class SubjectResult(Word):
    """One subject on one suite."""

    subject: Text
    trivial: bool
    traces: int
    errors: tuple[str, ...] = ()
    """Ids of the cases that crashed."""
    figures: tuple[Figure, ...]
    weighted: tuple[Weighted, ...] = ()
    groups: tuple[Group, ...] = ()
    deltas: tuple[Delta, ...] = ()
    levels: Levels | None = None
    risk_coverage: tuple[tuple[float, float], ...] = ()
    risk_area: float | None = None
    sureness: tuple[Sure, ...] = ()
    repeat_flips: Figure | None = None
    """Share of cases whose level differs between repeats."""


class Told(Word):
    """How a metric of a suite is to be read."""

    name: Text
    title: str
    better: Literal["higher", "lower"]
    kind: Literal["share", "mean", "seconds"]
    of: str


class SuiteResult(Word):
    """One suite with the subjects that ran it, the tested one first."""

    suite: Text
    asks: str
    headline: Text
    n: int
    sha256: str
    not_run: str = ""
    metrics: tuple[Told, ...] = ()
    subjects: tuple[SubjectResult, ...] = ()
    rankings: Mapping[str, tuple[str, ...]] = {}
    """Subjects by harm cost, lowest first, under each matrix."""


class Timing(Word):
    """Seconds of the turns of one subject in one suite."""

    suite: Text
    subject: Text
    turns: int
    p50: float
    p95: float
    most: float
    tokens: int
    peak_mib: float
    points: tuple[float, ...] = ()
    """Percentiles 0, 2, ... 100 for the curve."""


class Times(Word):
    """All that differs between two equal runs."""

    started: str = ""
    seconds: float = 0.0
    workers: int = 0
    engine: str = ""
    machine: Mapping[str, str] = {}
    commit: str = ""
    changed: bool = False
    python: str = ""
    packages: Mapping[str, str] = {}
    turns: tuple[Timing, ...] = ()


class Results(Word):
    """A run in figures. Equal seeds give equal bytes of all but ``times`` (:func:`evals.report.results.stable`)."""

    version: Literal[1] = 1
    profile: str
    subject: Text
    seed: int
    repeats: int
    suites: tuple[SuiteResult, ...]
    costliest: tuple[Costly, ...]
    planned: int = 0
    """Answers that were to be made: cases by subjects and repeats."""
    missing: int = 0
    """Those of them without a trace; they count as errors."""
    reviewed_by: str = ""
    """A named clinician, where one has filled the review sheet; empty: not reviewed by a clinician."""
    times: Times


def figure(metric: Metric, marked: Sequence[Marked]) -> Figure:
    """One metric over some marked cases."""
    scores = [(one.scores[metric.name], one.cluster) for one in marked if metric.name in one.scores]
    held = [(score.value, cluster) for score, cluster in scores if score.value is not None]
    counts = {
        "not_applicable": sum(score.state == "not_applicable" for score, _ in scores),
        "could_not": sum(score.state == "could_not_be_scored" for score, _ in scores),
    }
    return of_values(metric, [value for value, _ in held], [cluster for _, cluster in held], **counts)


def of_values(
    asked: Metric, values: Sequence[float], keys: Sequence[str], not_applicable: int = 0, could_not: int = 0
) -> Figure:
    """A figure of plain values with their clusters."""
    metric, n, groups = asked.name, len(values), len(set(keys))
    counts = {"not_applicable": not_applicable, "could_not": could_not}
    if not n:
        return Figure(metric=metric, n=0, clusters=0, unreliable=True, **counts)
    share = asked.kind == "share" and set(values) <= {0.0, 1.0}
    found, method = _interval(values, keys, groups, share)
    same = share and len(set(values)) == 1
    return Figure(
        metric=metric, n=n, clusters=groups, hits=int(sum(values)) if share else None,
        value=rounded(found.value), low=rounded(found.low), high=rounded(found.high), method=method,
        unreliable=groups < bootstrap.RELIABLE, bound=rounded(zero_bound(groups)) if same else None, **counts,
    )  # fmt: skip


def _interval(
    values: Sequence[float], keys: Sequence[str], groups: int, share: bool
) -> tuple[Interval, Literal["Wilson", "cluster bootstrap", "Wilson over clusters"]]:
    """Wilson for shares of independent cases; where all copies agree the bootstrap would have no width at all."""
    if share and groups == len(values):
        return wilson(sum(values), groups), "Wilson"
    if share and len(set(values)) == 1:
        return wilson(values[0] * groups, groups), "Wilson over clusters"
    return bootstrap.mean(values, keys), "cluster bootstrap"


def from_interval(metric: str, found: Interval, n: int, groups: int) -> Figure:
    """A figure that was made elsewhere (kappa, macro recall)."""
    value, low, high = (rounded(one) for one in found)
    return Figure(
        metric=metric, n=n, clusters=groups, value=value, low=low, high=high, method="cluster bootstrap",
        unreliable=groups < bootstrap.RELIABLE,
    )  # fmt: skip


def rounded(value: float) -> float | None:
    """Six digits, so that two machines write the same bytes; None for "not a number"."""
    return None if isnan(value) else round(value, DIGITS)
