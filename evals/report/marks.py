"""Every score of every trace of a run, with what it is grouped by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from evals.cases.case import Case, rank
from evals.run.store import Asked, Manifest
from evals.run.trace import Trace
from evals.scoring.levels import told
from evals.scoring.score import Score, could_not
from evals.suites.suite import Suite

TRIVIAL = "trivial/"
"""Subjects of this name are printed beside the tested one to show what costs nothing."""
TIMED = ("seconds", "tokens", "peak_mib")
"""Metrics that differ between two equal runs; they stand apart from the others."""
NO_TRACE = "no trace"
"""The error of a planned case that was not lived: a run that was cut short is not a whole one."""
REAL, HELD_OUT = "real record", "held out"
HIDDEN: Mapping[str, str] = {
    REAL: "made from a real record: its words are not shown",
    HELD_OUT: "kept apart from those who mend the product: its words are not shown",
}
"""Tags of cases whose words are never printed, and why: those who mend would write rules for held-out wordings."""


@dataclass(frozen=True)
class Marked:
    """One case as one subject lived it once, with its scores by metric."""

    case: Case
    trace: Trace
    scores: Mapping[str, Score]

    @property
    def cluster(self) -> str:
        return self.case.base_id

    @cached_property
    def told(self) -> int:
        """Rank of the level that is scored."""
        return rank(told(self.case, self.trace))

    @property
    def hidden(self) -> str:
        """Why its words may not be printed; "" where they may."""
        return next((why for tag, why in HIDDEN.items() if tag in self.case.tags), "")

    @property
    def bare(self) -> str:
        """All that may be told of a hidden case beside its id: gold level and stratum."""
        return f"level {self.case.gold.level or 'none'}, stratum {self.case.stratum or 'none'}"

    def value(self, metric: str) -> float | None:
        """None where it was not scored."""
        score = self.scores.get(metric)
        return score.value if score is not None else None


def mark(suite: Suite, cases: Sequence[Case], traces: Iterable[Trace]) -> dict[str, list[Marked]]:
    """The scored traces of one suite by subject, sorted by case and repeat.

    Pairs are scored where the base (the case of the same ``base_id`` without operators) was lived by the same subject;
    where it was not, their metrics could not be scored. A pair's score takes the place of a case's of the same name.
    """
    held = {case.id: case for case in cases}
    bases = {case.base_id: case for case in cases if not case.operators}
    by_subject: dict[str, list[Trace]] = defaultdict(list)
    for trace in traces:
        if trace.case in held:
            by_subject[trace.subject].append(trace)
    return {
        subject: list(_marked(suite, held, bases, sorted(own, key=lambda one: (one.case, one.repeat))))
        for subject, own in sorted(by_subject.items())
    }


def absent(manifest: Manifest, cases: Iterable[Case], traces: Iterable[Trace]) -> tuple[Trace, ...]:
    """An error "no trace" for each planned (case, subject, repeat) without a trace."""
    known = {(trace.case, trace.subject, trace.repeat) for trace in traces}
    asked = {one.suite: one for one in manifest.suites if not one.not_run}
    return tuple(
        Trace(case=case.id, subject=subject, repeat=repeat, error=NO_TRACE)
        for case in cases
        if case.suite in asked
        for subject, repeat in _planned(manifest, asked[case.suite])
        if (case.id, subject, repeat) not in known
    )


def _planned(manifest: Manifest, asked: Asked) -> Iterator[tuple[str, int]]:
    """Each subject with its repeats; the trivial ones live a case once."""
    for subject in asked.subjects:
        for repeat in range(manifest.lived if subject == manifest.subject else 1):
            yield subject, repeat


def _marked(
    suite: Suite, held: Mapping[str, Case], bases: Mapping[str, Case], traces: Sequence[Trace]
) -> Iterator[Marked]:
    lived = {(trace.case, trace.repeat): trace for trace in traces}
    for trace in traces:
        case = held[trace.case]
        scores = [score for scorer in suite.scorers for score in scorer(case, trace)]
        base = bases.get(case.base_id)
        if suite.pairs and base is not None and base.id != case.id:
            scores += _pair(suite, base, lived.get((base.id, trace.repeat)), case, trace)
        yield Marked(case, trace, {score.metric: score for score in scores})


def _pair(suite: Suite, base: Case, base_trace: Trace | None, case: Case, trace: Trace) -> list[Score]:
    if base_trace is None:
        lost = Trace(case=base.id, subject=trace.subject, error="not run")
        named = [score.metric for scorer in suite.pairs for score in scorer(base, lost, case, trace)]
        return [could_not(name, "the base case was not run") for name in named]
    return [score for scorer in suite.pairs for score in scorer(base, base_trace, case, trace)]


def metrics(marked: Iterable[Marked]) -> tuple[str, ...]:
    """All metrics that occur, in the order of their first appearance, without those of time."""
    seen = dict.fromkeys(name for one in marked for name in one.scores)
    return tuple(name for name in seen if name not in TIMED)
