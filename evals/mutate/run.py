"""A suite with and without a bug: which cases got worse, and did anything change at all?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Literal, NamedTuple

from evals.cases.case import Case
from evals.mutate.bugs import Bug
from evals.run.engine import here
from evals.run.subject import Subject
from evals.run.trace import Trace
from evals.scoring.score import Score, not_applicable, scored
from evals.stats.paired import mcnemar
from evals.suites.registry import suite
from evals.suites.suite import Suite

Verdict = Literal["caught", "survived", "no effect", "crashes", "not run"]

LEAST = 2
"""So many cases must get worse: one alone may be chance."""


class Caught(NamedTuple):
    """What became of a bug. ``worse`` and ``better`` count cases by the metric, ``changed`` those that differ."""

    bug: Bug
    verdict: Verdict
    cases: int = 0
    changed: int = 0
    worse: int = 0
    better: int = 0
    p: float = 1.0
    why: str = ""


class Mutation:
    """Runs bugs one after another in this process; what a suite comes to without them is run once."""

    def __init__(self, subject: Subject, seed: int) -> None:
        self._subject, self._seed = subject, seed
        self._sound: dict[tuple[str, int, str], tuple[Trace, ...]] = {}

    def run(self, bug: Bug) -> Caught:
        """Whether the bug's suite catches it: more cases get worse by its metric than better, at least :data:`LEAST`.

        A case that crashes under the bug is neither: any test would see that, so it says nothing about the metric.
        """
        tested = suite(bug.suite)
        cases = tuple(self._cases(tested, bug))
        key = (bug.suite, bug.n, ",".join(bug.forbidden))
        if key not in self._sound:
            self._sound[key] = self._traces(cases, bug, broken=False)
        if crashed := [trace.error for trace in self._sound[key] if trace.error]:
            return Caught(
                bug, "not run", len(cases), why=f"{len(crashed)} crash without it: {crashed[0][:100]}"
            )
        sound, ill = self._sound[key], self._traces(cases, bug, broken=True)
        changed = sum(_shown(one) != _shown(two) for one, two in zip(sound, ill, strict=True))
        before, after = (_values(tested, bug, cases, traces) for traces in (sound, ill))
        sign, fell = _sign(tested, bug.metric), _fell(cases, ill)
        steps = [sign * (after[name] - before[name]) for name in (before.keys() & after.keys()) - fell]
        worse, better = sum(step < 0 for step in steps), sum(step > 0 for step in steps)
        why = f"{len(fell)} crash under it" if fell else ""
        verdict = _verdict(worse, better, bool(fell), changed)
        return Caught(bug, verdict, len(cases), changed, worse, better, mcnemar(worse, better), why)

    def _cases(self, tested: Suite, bug: Bug) -> Iterator[Case]:
        for case in tested.cases(bug.n, self._seed):
            told = (*case.gold.forbidden, *bug.forbidden)
            yield case.model_copy(update={"gold": case.gold.model_copy(update={"forbidden": told})})

    def _traces(self, cases: Sequence[Case], bug: Bug, *, broken: bool) -> tuple[Trace, ...]:
        with ExitStack() as stack:
            stack.enter_context(bug.under())
            if broken:
                stack.enter_context(bug.patch())
            return here(cases, self._subject)


def _fell(cases: Sequence[Case], traces: Sequence[Trace]) -> set[str]:
    """The cases that crashed, and those made from a case that did."""
    crashed = {trace.case for trace in traces if trace.error}
    return {case.id for case in cases if crashed & {case.id, case.base_id}}


def _verdict(worse: int, better: int, fell: bool, changed: int) -> Verdict:
    if worse > better and worse >= LEAST:
        return "caught"
    if fell:
        return "crashes"
    return "survived" if changed else "no effect"


def _values(tested: Suite, bug: Bug, cases: Sequence[Case], traces: Sequence[Trace]) -> Mapping[str, float]:
    """The metric of each case that has it."""
    by = {case.id: (case, trace) for case, trace in zip(cases, traces, strict=True)}
    scorers = (*tested.scorers, claimed)
    found: dict[str, float] = {}
    for case, trace in by.values():
        scores = [score for scorer in scorers for score in scorer(case, trace)]
        if case.operators and case.base_id in by:
            scores += [score for pair in tested.pairs for score in pair(*by[case.base_id], case, trace)]
        values = [one.value for one in scores if one.metric == bug.metric and one.value is not None]
        if values:
            found[case.id] = values[-1]
    return found


def claimed(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``forbidden_claimed``: a forbidden string stands in a claim; the list of refused sentences may quote it."""
    if not case.gold.forbidden:
        return (not_applicable("forbidden_claimed"),)
    told = "\n".join(claim.text for turn in trace.shown for claim in turn.claims)
    return (scored("forbidden_claimed", any(words in told for words in case.gold.forbidden)),)


def _sign(tested: Suite, metric: str) -> int:
    lower = {one.name for one in tested.metrics if one.better == "lower"} | {"forbidden_claimed"}
    return -1 if metric in lower else 1


def _shown(trace: Trace) -> tuple[str, ...]:
    bare: dict[str, object] = {"seconds": 0.0, "first_seconds": None, "calls": ()}
    return (
        *(turn.model_copy(update=bare).model_dump_json() for turn in trace.shown),
        *(call.tool for turn in trace.shown for call in turn.calls),
        trace.error,
    )
