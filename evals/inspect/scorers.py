"""One scorer for every suite: our scores as inspect's, with what was not asked left unscored."""

from __future__ import annotations

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from evals.inspect.samples import CLUSTER, TRACE, case_of
from evals.run.trace import Trace


@scorer(metrics=[mean(), stderr(cluster=CLUSTER)])
def case_scorer(suite: str, metric: str = "") -> Scorer:
    """The suite's headline metric (or the one named) as the value; every other metric stands in the metadata.

    Args:
        suite: a name of :func:`evals.suites.registry.suites`.
        metric: another metric of the suite.

    A crash of the subject is scored as the suite scores it: a failure.

    Raises:
        ValueError: the suite compares two cases, and inspect scores each alone; or it has no such metric.
    """
    from evals.suites.registry import suites

    held = suites()[suite]
    if held.pairs:
        raise ValueError(
            f"the suite {suite} compares two cases, and inspect scores each alone: "
            f"run `consilium evaluate --suite {suite}`"
        )
    wanted = metric or held.headline

    async def score(state: TaskState, target: Target) -> Score:
        case = case_of(state.metadata)
        told = state.store.get(TRACE)
        if told is None:
            return Score.unscored(reason="the solver left no trace")
        trace = Trace.model_validate(told)
        scores = {one.metric: one for scorer in held.scorers for one in scorer(case, trace)}
        rest = {name: one.model_dump(mode="json") for name, one in scores.items()}
        if wanted not in scores:
            raise ValueError(f"the suite {suite} has no metric {wanted!r}: choose one of {', '.join(scores)}")
        ours = scores[wanted]
        if ours.value is None:
            return Score.unscored(reason=ours.why or "not applicable")
        shown = trace.last.text if trace.last is not None else trace.error
        return Score(value=ours.value, answer=shown[:2000], explanation=ours.why, metadata=rest)

    return score
