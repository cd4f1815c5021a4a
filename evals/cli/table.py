"""A run's results and gates as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evals.report.figures import Figure, Results, SubjectResult, SuiteResult
    from evals.report.gates import Held

MORE = 4
"""Metrics of the tested subject that are shown beside the headline."""


def lines(results: Results, held: Sequence[Held]) -> Iterator[str]:
    """Each suite with its headline and trivial subjects beside it, then each gate; first, whether the run is whole."""
    if results.missing:
        yield f"NOT WHOLE: {results.missing} of {results.planned} planned answers have no trace; they count as errors"
    for suite in results.suites:
        yield from _suite(suite)
    lost = sum(gate.state == "lost" for gate in held)
    yield f"\ngates: {lost} lost of {len(held)}"
    for gate in held:
        yield _gate(gate)


def _suite(suite: SuiteResult) -> Iterator[str]:
    if suite.not_run:
        yield f"\n{suite.suite}: not run, {suite.not_run}"
        return
    yield f"\n{suite.suite}: {suite.asks}"
    titles = {one.name: one.title for one in suite.metrics}
    for subject in suite.subjects:
        figures = {one.metric: one for one in subject.figures}
        head = figures.get(suite.headline)
        yield f"  {subject.subject:24} {titles.get(suite.headline, suite.headline)} {_figure(head)}{_errors(subject)}"
        if not subject.trivial:
            told = [one for one in subject.figures if one.n and one.metric != suite.headline][:MORE]
            yield "    " + "; ".join(f"{titles[one.metric]} {_figure(one)}" for one in told)


def _errors(subject: SubjectResult) -> str:
    return f"; {len(subject.errors)} in error" if subject.errors else ""


def _figure(one: Figure | None) -> str:
    if one is None or one.value is None:
        return "-"
    interval = "" if one.low is None else f" [{one.low:.3f}, {one.high:.3f}]"
    bound = "" if one.bound is None else f", bound {one.bound:.3f}"
    mark = " (few)" if one.unreliable else ""
    return f"{one.value:.3f}{interval}{bound}{mark} of {one.n}"


def _gate(gate: Held) -> str:
    value = "-" if gate.value is None else f"{gate.value:g}"
    bar = "-" if gate.bar is None else f"{gate.bar:g}"
    why = f" ({gate.why})" if gate.why else ""
    return f"  {gate.state.upper():8} {gate.title}: {value}, at most {bar}, of {gate.n}{why}"
