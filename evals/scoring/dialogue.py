"""What was asked: needed questions, turns to a safe level, and questions that nobody needed."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from evals.cases.case import Case, rank
from evals.run.trace import Called, Trace
from evals.scoring.failed import after_crash
from evals.scoring.levels import interval, told_now
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.wording import names, plain

BUDGET = 8
_ALL = ("must_ask_recall", "turns_to_safe", "unneeded_questions", "unmatched")


def asked(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``must_ask_recall``: share of gold's facts that were asked for (any question, where gold only says "ask").

    ``turns_to_safe``: the first turn that told a level inside gold's interval or above, one more than the budget where
    none did. ``unneeded_questions``: questions asked again, or asked after an emergency was told and not in must-ask.
    ``unmatched``: share of questions that the simulated patient did not understand.
    """
    scores = (_recall(case, trace), _turns(case, trace), *_questions(case, trace))
    budget = case.dialogue.budget if case.dialogue else BUDGET
    worst = {
        "must_ask_recall": 0.0,
        "turns_to_safe": budget + 1.0,
        "unneeded_questions": None,
        "unmatched": None,
    }
    return after_crash(trace, scores, worst)


def _recall(case: Case, trace: Trace) -> Score:
    if not case.gold.must_ask:
        if not case.gold.abstain_or_ask:
            return not_applicable("must_ask_recall", "nothing must be asked")
        held = any(
            turn.asked or turn.ask_text or any(_open(call) for call in turn.calls) for turn in trace.shown
        )
        return scored("must_ask_recall", held, "", *([] if held else ["neither asked nor abstained"]))
    heard = tuple(_asked(trace))
    lost = [fact for fact in case.gold.must_ask if not any(_about(fact, said) for said in heard)]
    return scored(
        "must_ask_recall",
        1 - len(lost) / len(case.gold.must_ask),
        "",
        *(f"not asked: {fact}" for fact in lost),
    )


def _open(call: Called) -> bool:
    """Whether a call ended in "that I cannot tell", by an outcome that names it."""
    return bool(call.missing) or call.outcome in (
        "needs_input",
        "bad_input",
        "not_covered",
        "not_found",
        "unavailable",
    )


def _asked(trace: Trace) -> Iterator[str]:
    for turn in trace.shown:
        yield from turn.asked
        yield from (turn.ask_text, *turn.choices, *turn.choices.values(), *turn.not_answered)
        yield from (name for call in turn.calls for name in call.missing)
        yield from (part for part in turn.text.splitlines() if part.rstrip().endswith("?"))


_AS_ASKED = {"onset": "onset|it began|it begin|it start|it started|how long|since when"}
"""A fact whose id is no word of a question, by the words of one."""


def _about(fact: str, said: str) -> bool:
    """Whether a question is about a fact: by one of its words, by all words of one of its names, or nearly spelt so."""
    if not said:
        return False
    fact = _AS_ASKED.get(fact, fact)
    spaced = said.replace("_", " ")
    if names(fact.replace("_", " "), spaced):
        return True
    for name in fact.replace("_", " ").split("|"):
        words = [word for word in plain(name).split() if word not in ("of", "the", "a")]
        if len(words) > 1 and all(names(word, spaced) for word in words):
            return True
    return SequenceMatcher(None, plain(fact), plain(spaced)).ratio() >= 0.85


def _turns(case: Case, trace: Trace) -> Score:
    gold = case.gold.level
    if gold is None or case.presented.form != "interactive":
        return not_applicable("turns_to_safe", "no conversation with a level")
    low = rank(interval(case, gold)[0])
    safe = (n for n, turn in enumerate(trace.shown, 1) if rank(told_now(turn, case.presented)) >= low)
    budget = case.dialogue.budget if case.dialogue else BUDGET
    turns = next(safe, budget + 1)
    return scored("turns_to_safe", turns, "", *([] if turns <= budget else ["never told a safe level"]))


def _questions(case: Case, trace: Trace) -> tuple[Score, Score]:
    put = [(turn, one) for turn in trace.shown for one in turn.asked]
    if case.presented.form != "interactive" or not put:
        return not_applicable("unneeded_questions", "no question"), not_applicable("unmatched", "no question")
    wasted = tuple(_wasted(case, trace))
    unmatched = min(1.0, trace.unmatched / len(put))
    return scored("unneeded_questions", len(wasted), "", *wasted), scored("unmatched", unmatched)


def _wasted(case: Case, trace: Trace) -> Iterator[str]:
    seen: set[str] = set()
    urgent = False
    for turn in trace.shown:
        urgent = urgent or told_now(turn, case.presented) == "emergency"
        for one in turn.asked:
            needed = any(_about(fact, one) for fact in case.gold.must_ask)
            if one in seen:
                yield f"asked again: {one}"
            elif urgent and not needed:
                yield f"asked in an emergency: {one}"
            seen.add(one)
