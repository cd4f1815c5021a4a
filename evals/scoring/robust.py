"""Metamorphic: does an operator do to the answer what it declares, and no more?"""

from __future__ import annotations

from collections.abc import Iterator

from evals.cases.case import Case, rank
from evals.run.trace import Trace
from evals.scoring.dialogue import asked
from evals.scoring.drugs import planted, warned, warnings
from evals.scoring.levels import interval, told
from evals.scoring.refusal import refuses
from evals.scoring.said import shown_of
from evals.scoring.score import Score, could_not, scored


def effect(base: Case, base_trace: Trace, case: Case, trace: Trace) -> tuple[Score, ...]:
    """``violation``: 1 where the declared effect does not hold.

    same: the drugs warned of stay, and the level stays as it was, or moves within what is acceptable from gold upwards
    (a talk made of one message may rise into gold). ask: the level does not fall, each must-ask is asked. change: the
    answer fits the case's own new gold. refuse: bad input is named. Nothing forbidden may be shown under any of them. A
    crash of the case is a violation; where the base crashed nothing can be told.
    """
    if trace.error:
        return (scored("violation", 1.0, f"crashed: {trace.error.splitlines()[0]}", "crashed"),)
    if base_trace.error:
        return (could_not("violation", "the base case crashed"),)
    wrong = [f"shown: {words}" for words in shown_of(case.gold.forbidden, trace)]
    wrong += {"same": _same, "ask": _ask, "change": _change, "refuse": _refuse}[case.effect](
        base, base_trace, case, trace
    )
    return (scored("violation", bool(wrong), f"{'+'.join(case.operators)} declares {case.effect}", *wrong),)


def _same(base: Case, base_trace: Trace, case: Case, trace: Trace) -> list[str]:
    moved = _moved(base, base_trace, case, trace)
    if _right(base, base_trace) and _right(case, trace):
        moved = iter(())  # both say what a source says: gold has not changed
    if base.presented.form != case.presented.form == "interactive" and _caught_up(case, trace):
        # The talk may ask what one message could not: to rise into gold's interval is what it is for.
        moved = (line for line in moved if "fell" in line)
    return [*moved, *_silenced(base, base_trace, case, trace)]


def _right(case: Case, trace: Trace) -> bool:
    """At gold's level, or above it as far as a source goes."""
    if case.gold.level is None:
        return False
    return rank(case.gold.level) <= rank(told(case, trace)) <= rank(interval(case, case.gold.level)[1])


def _caught_up(case: Case, trace: Trace) -> bool:
    if case.gold.level is None:
        return False
    low, high = interval(case, case.gold.level)
    return rank(low) <= rank(told(case, trace)) <= rank(high)


def _moved(base: Case, base_trace: Trace, case: Case, trace: Trace) -> Iterator[str]:
    before, after = told(base, base_trace), told(case, trace)
    if before != after:
        yield f"level {'fell' if rank(after) < rank(before) else 'rose'}: {before} to {after}"


def _silenced(base: Case, base_trace: Trace, case: Case, trace: Trace) -> Iterator[str]:
    before, after = tuple(warnings(base_trace)), tuple(warnings(trace))
    for one in case.gold.drugs:
        if one.action != "fine" and warned(one, before) and not warned(one, after):
            yield f"warning lost: {one.drug} ({one.fault})"


def _ask(base: Case, base_trace: Trace, case: Case, trace: Trace) -> list[str]:
    fell = [line for line in _moved(base, base_trace, case, trace) if "fell" in line]
    recall = asked(case, trace)[0]
    return [*fell, *(recall.missed if recall.state == "scored" else ())]


def _change(base: Case, base_trace: Trace, case: Case, trace: Trace) -> list[str]:
    wrong = [line for score in planted(case, trace) for line in score.missed]
    recall = asked(case, trace)[0]
    if case.gold.level is not None:
        low, high = interval(case, case.gold.level)
        if not rank(low) <= rank(told(case, trace)) <= rank(high):
            wrong.append(f"told {told(case, trace)}, new gold [{low}, {high}]")
    return [*wrong, *(recall.missed if recall.state == "scored" else ())]


def _refuse(base: Case, base_trace: Trace, case: Case, trace: Trace) -> list[str]:
    asked_back = any(call.outcome == "needs_input" for turn in trace.shown for call in turn.calls)
    return [] if asked_back or any(refuses(turn) for turn in trace.shown) else ["the mismatch was not named"]
