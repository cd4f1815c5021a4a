"""Every score of every trace of a run, with what it is grouped by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from evals.cases.case import Case, rank
from evals.run.trace import Trace
from evals.scoring.levels import told
from evals.scoring.score import Score, could_not
from evals.suites.suite import Suite

TRIVIAL = "trivial/"
"""Subjects of this name are printed beside the tested one to show what costs nothing."""
TIMED = ("seconds", "tokens", "peak_mib")
"""Metrics that differ between two equal runs; they stand apart from the others."""


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
