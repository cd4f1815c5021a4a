"""A case that crashed fails everything that it was asked (evals.md section 4: errors count in every denominator)."""

from __future__ import annotations

from collections.abc import Mapping

from evals.run.trace import Trace
from evals.scoring.score import Score, could_not, scored


def after_crash(
    trace: Trace, scores: tuple[Score, ...], worst: Mapping[str, float | None]
) -> tuple[Score, ...]:
    """The scores as they are without an error; with one, each applicable metric gets its worst value.

    ``worst`` None: the metric speaks only of what was shown (a grade, seconds) and could not be scored.
    """
    return tuple(_failed(one, trace, worst[one.metric]) for one in scores) if trace.error else scores


def _failed(one: Score, trace: Trace, worst: float | None) -> Score:
    if one.state == "not_applicable":
        return one
    line = trace.error.strip().splitlines()[0] if trace.error.strip() else "error"
    if worst is None:
        return could_not(one.metric, f"crashed: {line}")
    return scored(one.metric, worst, f"crashed: {line}", *one.missed)
