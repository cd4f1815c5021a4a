"""What an answer cost: seconds, tokens, memory."""

from __future__ import annotations

from evals.cases.case import Case
from evals.run.trace import Trace
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored


def cost(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``seconds``: of the slowest turn; ``tokens``: of all turns; ``peak_mib``: greatest memory of the process.

    A subject that counts no tokens or memory has none; a crashed case could not be timed.
    """
    slowest = max((turn.seconds for turn in trace.shown), default=0.0)
    tokens = sum(turn.tokens for turn in trace.shown)
    scores = (
        scored("seconds", slowest) if trace.shown else not_applicable("seconds", "no turn"),
        scored("tokens", tokens) if tokens else not_applicable("tokens", "no model counted tokens"),
        scored("peak_mib", trace.peak_mib) if trace.peak_mib else not_applicable("peak_mib", "not measured"),
    )
    return after_crash(trace, scores, dict.fromkeys(("seconds", "tokens", "peak_mib")))
