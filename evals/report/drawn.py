"""Which charts a report holds, made of the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from evals.report.charts import Point, confusion, ecdf, forest, reliability, risk_coverage
from evals.report.figures import Delta, Figure, Results, SuiteResult, Told
from evals.report.gates import Held
from evals.report.results import Run

FLIPS = ("level_flip", "options_flip", "tone_change")
LEAST = 20
"""Turns that a curve needs."""


def of_suite(suite: SuiteResult) -> Mapping[str, Markup]:
    """The charts of one suite by name; one that has nothing to show is absent."""
    tested = suite.subjects[0]
    out = {"forest": _forest(suite)}
    if tested.levels is not None and any(map(any, tested.levels.confusion)):
        out["confusion"] = confusion(tested.levels.confusion, f"{suite.suite}: gold against told level")
    if tested.deltas:
        out["deltas"] = _deltas(suite)
    if len(tested.risk_coverage) > 1:
        out["coverage"] = risk_coverage(tested.risk_coverage, f"{suite.suite}: risk by coverage")
    if len(tested.sureness) > 1:
        out["reliability"] = reliability(tested.sureness, f"{suite.suite}: right by sureness")
    return {name: chart for name, chart in out.items() if chart}


def _forest(suite: SuiteResult) -> Markup:
    """Every share of the tested subject, then the headline of the others."""
    told = {one.name: one for one in suite.metrics}
    own = [
        _point(one, told[one.metric].title, "own") for one in suite.subjects[0].figures if _share(one, told)
    ]
    others = [
        _point(one, f"{subject.subject}", "other")
        for subject in suite.subjects[1:]
        for one in subject.figures
        if one.metric == suite.headline and _share(one, told)
    ]
    points = [*own, *others]
    title = f"{suite.suite}: shares with their 95 % intervals; below them the headline of the other subjects"
    return forest(points, title) if points else Markup("")


def _share(one: Figure, told: Mapping[str, Told]) -> bool:
    return one.value is not None and told[one.metric].kind == "share"


def _point(one: Figure, label: str, kind: str) -> Point:
    value = one.value or 0.0
    low, high = (value if end is None else end for end in (one.low, one.high))
    return Point(label, value, low, high, f"{100 * value:.1f} % ({one.n})", kind)


def _deltas(suite: SuiteResult) -> Markup:
    """What each operator moves, in points of its metric, the largest first."""
    held = sorted(suite.subjects[0].deltas, key=lambda one: (-abs(one.value), one.operator))
    most = max([0.05, *(max(abs(one.low), abs(one.high)) for one in held)])
    points = [
        Point(one.operator, one.value, one.low, one.high, f"{100 * one.value:+.1f} ({one.n})", _moved(one))
        for one in held
    ]
    title = f"{suite.suite}: {held[0].metric} after each operator minus before"
    return forest(points, title, -most, most, 0.0)


def _moved(one: Delta) -> str:
    return "own" if one.low <= 0 <= one.high else "bad"


def fairness(suites: Sequence[SuiteResult]) -> Markup:
    """Flips by kind of counterfactual, over all suites that have them."""
    points = []
    for suite in suites:
        told = {one.name: one for one in suite.metrics}
        for group in suite.subjects[0].groups:
            for one in group.figures if group.kind == "operator" else ():
                if one.metric in FLIPS and one.value is not None:
                    points.append(
                        _point(one, f"{group.name}: {told[one.metric].title}", "bad" if one.value else "own")
                    )
    return forest(points, "counterfactual pairs: share that flips") if points else Markup("")


def latency(results: Results, run: Run, held: Sequence[Held]) -> Markup:
    """Seconds of all turns of the tested subject, and of its slowest suite."""
    import numpy as np

    seconds = [turn.seconds for suite in run.marks for one in run.tested(suite) for turn in one.trace.shown]
    if not seconds:
        return Markup("")
    points = [float(one) for one in np.percentile(seconds, range(0, 101, 2))]
    own = [one for one in results.times.turns if one.subject == results.subject and one.points]
    slow = (
        sorted((one for one in own if one.turns >= LEAST), key=lambda one: -one.p95)[:1]
        if len(own) > 1
        else []
    )
    limit = next((one.bar for one in held if one.id == "seconds"), None)
    curves = [("all turns", points), *((one.suite, one.points) for one in slow)]
    return ecdf(curves, "seconds of a turn, as the share of turns that took at most so long", limit)
