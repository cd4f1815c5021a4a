"""Running: the same answer twice and in a crowd, an answer made again from the archive, and what a turn costs.

Each question stands three times: plain, once more in a session of its own, and with every turn made again from the
archive (:mod:`evals.run.strain`); each fourth also while a crowd of other sessions asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case
from evals.cases.make import cases as made
from evals.cases.streams import case_id
from evals.run.strain import CROWD, REPLAY
from evals.run.trace import Trace
from evals.scoring.catalogue import METRICS
from evals.scoring.cost import cost
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.suites import tools
from evals.suites.suite import Metric, Suite

AGAIN = "again"
STRAINED = {REPLAY: "replayed_same", CROWD: "crowd_same"}
"""The harness's entry among the calls, and the metric that reads it."""


def cases(n: int, seed: int) -> Iterator[Case]:
    """About n cases: patients' messages and clinicians' questions in turn, each with its copies."""
    wanted = max(1, round(n / 3.25))
    lay = made((wanted + 1) // 2, seed, mix="balanced", wording="open", suite="ops")
    asked = (case for case in tools.cases(4 * wanted, seed) if not case.presented.trouble)
    for number in range(wanted):
        base = next(lay if number % 2 == 0 else asked, None)
        if base is None:
            return
        yield from _copies(base, seed, number)


def _copies(base: Case, seed: int, number: int) -> Iterator[Case]:
    plain = _copy(base, seed, number, "")
    yield plain
    for operator in (AGAIN, REPLAY, *((CROWD,) if number % 4 == 0 else ())):
        yield _copy(base, seed, number, operator).model_copy(update={"base_id": plain.id})


def _copy(base: Case, seed: int, number: int, operator: str) -> Case:
    name = case_id("ops", seed, number, *((operator,) if operator else ()))
    trouble = operator if operator in STRAINED else ""
    presented = base.presented.model_copy(update={"id": name, "trouble": trouble, "form": "free"})
    own = {
        "id": name, "base_id": name, "suite": "ops", "seed": seed, "index": number, "presented": presented,
        "operators": (operator,) if operator else (), "stratum": base.presented.role, "tags": (), "dialogue": None,
    }  # fmt: skip
    return base.model_copy(update=own)


def same(case: Case, trace: Trace, other: Case, again: Trace) -> tuple[Score, ...]:
    """``same_bytes``: both showed the same but for times and the harness's own entries; :data:`PairScorer`."""
    if trace.error or again.error:
        return (scored("same_bytes", False, "one of the two crashed"),)
    first, second = (_bare(one) for one in (trace, again))
    return (scored("same_bytes", first == second, "", *(() if first == second else ("the turns differ",))),)


def _bare(trace: Trace) -> tuple[str, ...]:
    """What was shown, without times."""
    return tuple(
        turn.model_copy(
            update={
                "seconds": 0.0,
                "first_seconds": None,
                "calls": tuple(
                    call.model_copy(update={"seconds": 0.0})
                    for call in turn.calls
                    if not call.tool.startswith("harness:")
                ),
            }
        ).model_dump_json()
        for turn in trace.shown
    )


def strained(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``replayed_same`` and ``crowd_same``: share of turns that came out the same byte for byte under the strain.

    0 where the case crashed, also before the harness could leave its entry.
    """
    scores = tuple(_strained(case, trace, strain, metric) for strain, metric in STRAINED.items())
    return after_crash(trace, scores, dict.fromkeys(STRAINED.values(), 0.0))


def _strained(case: Case, trace: Trace, strain: str, metric: str) -> Score:
    found = [call for turn in trace.shown for call in turn.calls if call.tool == f"harness:{strain}"]
    if not found and trace.error and case.presented.trouble == strain:
        return scored(metric, False, "crashed before it was strained")
    if not found:
        return not_applicable(metric, "not asked of this case")
    off = tuple(call.note[:300] for call in found if call.outcome != "same")
    return scored(metric, 1 - len(off) / len(found), "", *off)


SUITE = Suite(
    name="ops",
    asks="Is an answer the same twice, in a crowd and from the archive, and what does it cost?",
    cases=cases,
    scorers=(strained, cost),
    pairs=(same,),
    metrics=(
        Metric("same_bytes", "same bytes in a second session", of="copies of a case"),
        Metric("replayed_same", "same bytes from the archive", of="replayed cases"),
        Metric("crowd_same", "same bytes in a crowd", of="cases asked in a crowd"),
        METRICS["seconds"],
        METRICS["tokens"],
        METRICS["peak_mib"],
    ),
    headline="same_bytes",
)
