"""Urgency: what level was told, and how far it is from gold (evals.md section 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from evals.cases.case import Case, Level, Presented, Span, rank
from evals.run.trace import Shown, Trace
from evals.scoring import text_level
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.wording import plain

_UNDER = {(3, 2): 5.0, (3, 1): 8.0, (3, 0): 10.0, (2, 1): 2.0, (2, 0): 4.0, (1, 0): 1.0}
COSTS: Mapping[str, Mapping[tuple[int, int], float]] = {
    "convention": {(g, s): _UNDER.get((g, s), float(s - g)) for g in range(4) for s in range(4)},
    "steps only": {(g, s): float(abs(g - s)) for g in range(4) for s in range(4)},
    "misses doubled": {(g, s): 2 * _UNDER.get((g, s), (s - g) / 2) for g in range(4) for s in range(4)},
}
"""Harm of telling s where g is right. The first is the convention of evals.md section 6, the others show whether a
ranking hangs on it."""

OVERLAP = 0.5
"""Least share of the shorter of two spans that both must hold."""

_ALL = (
    "accuracy", "within", "emergency_miss", "under", "over", "harm_cost", "selfcare_to_emergency", "text_agreement",
    "flag_recall", "flag_precision",
)  # fmt: skip


def told_now(shown: Shown, presented: Presented) -> Level:
    """The level of one turn: the lower of its field and of its text, since the reader sees the text.

    Where the text's language cannot be read the field stands alone; where the field is silent the text does; where
    nothing is told the person was sent nowhere, and that is self care.
    """
    text = text_level.of_shown(shown, presented)
    if shown.level is None:
        return text or "self_care"
    if text is None:
        return shown.level if not text_level.readable(shown) else "self_care"
    return min(shown.level, text, key=rank)


def told(case: Case, trace: Trace) -> Level:
    """The highest level of any turn: what was once told to be urgent was told. Nothing shown is self care."""
    return max((told_now(turn, case.presented) for turn in trace.shown), key=rank, default="self_care")


def urgency(case: Case, trace: Trace) -> tuple[Score, ...]:
    """All metrics of the level; "not applicable" where gold names none."""
    gold = case.gold.level
    if gold is None:
        return tuple(not_applicable(name, "gold has no level") for name in _ALL)
    scores = (*_level(case, gold, told(case, trace)), _agreement(case, trace), *_flags(case, trace))
    most = max(COSTS["convention"][rank(gold), told_rank] for told_rank in range(4))
    worst = dict.fromkeys(_ALL, 1.0) | {
        "accuracy": 0.0,
        "within": 0.0,
        "flag_recall": 0.0,
        "flag_precision": 0.0,
    }
    return after_crash(trace, scores, worst | {"harm_cost": most, "text_agreement": None})


def interval(case: Case, gold: Level) -> tuple[Level, Level]:
    """The acceptable interval; a missing end is the level itself."""
    return case.gold.low or gold, case.gold.high or gold


def _level(case: Case, gold: Level, shown: Level) -> Iterator[Score]:
    low, high = interval(case, gold)
    why = f"gold {gold} [{low}, {high}], told {shown}"
    yield scored("accuracy", shown == gold, why)
    yield scored("within", rank(low) <= rank(shown) <= rank(high), why)
    yield _only(gold == "emergency", "emergency_miss", shown != "emergency", why, "gold is no emergency")
    yield scored("under", rank(shown) < rank(low), why)
    yield scored("over", rank(shown) > rank(high), why)
    yield scored("harm_cost", COSTS["convention"][rank(gold), rank(shown)], why)
    over = shown == "emergency"
    yield _only(gold == "self_care", "selfcare_to_emergency", over, why, "gold is not self care")


def _only(applies: bool, metric: str, value: bool, why: str, otherwise: str) -> Score:
    if not applies:
        return not_applicable(metric, otherwise)
    return scored(metric, value, why, *([why] if value else []))


def _agreement(case: Case, trace: Trace) -> Score:
    """Share of turns whose text tells the level of the field, "none" on either side being self care.

    Turns in a language that cannot be read are left out.
    """
    turns = [turn for turn in trace.shown if text_level.readable(turn)]
    if not turns:
        return not_applicable("text_agreement", "no text in a language that can be read")
    read = [(turn.level, text_level.of_shown(turn, case.presented)) for turn in turns]
    wrong = [
        f"turn {n}: field {field}, text {text}"
        for n, (field, text) in enumerate(read, 1)
        if (field or "self_care") != (text or "self_care")
    ]
    return scored("text_agreement", 1 - len(wrong) / len(turns), "; ".join(wrong), *wrong)


def _flags(case: Case, trace: Trace) -> tuple[Score, Score]:
    spans = case.gold.spans
    if not spans:
        return not_applicable("flag_recall", "no span in gold"), not_applicable(
            "flag_precision", "no span in gold"
        )
    first = case.presented.turns[0].text
    fired = [place for turn in trace.shown for words in turn.flag_words if (place := _place(words, first))]
    missed = [span for span in spans if not any(overlap(span, place) for place in fired)]
    lost = [f"{span.flag}: {first[span.start : span.end]}" for span in missed]
    recall = scored("flag_recall", 1 - len(missed) / len(spans), "", *lost)
    if not fired:
        return recall, not_applicable("flag_precision", "no flag was raised by the first message")
    right = sum(any(overlap(span, place) for span in spans) for place in fired)
    return recall, scored("flag_precision", right / len(fired))


def overlap(span: Span, place: tuple[int, int]) -> bool:
    """Whether two stretches of a text share at least half of the shorter one, in characters."""
    shorter = min(span.end - span.start, place[1] - place[0])
    both = min(span.end, place[1]) - max(span.start, place[0])
    return shorter > 0 and both >= OVERLAP * shorter


def _place(words: str, text: str) -> tuple[int, int] | None:
    """Where the words stand in the text, blind to case and white space; None where they do not."""
    parts = plain(words).split()
    if not parts:
        return None
    hit = re.search(r"\s+".join(re.escape(part) for part in parts), text.replace("’", "'"), re.I)
    return hit.span() if hit else None
