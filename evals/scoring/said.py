"""What must be said and what may never be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.cases.case import Case
from evals.run.trace import Trace
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.wording import names, plain


def must_name(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``omission``: share of the words of ``gold.must_name`` ("a|b": one of them) that no turn showed."""
    wanted = case.gold.must_name
    if not wanted:
        return (not_applicable("omission", "nothing must be named"),)
    absent = [words for words in wanted if not names(words, trace.text)]
    score = scored("omission", len(absent) / len(wanted), "", *(f"not named: {words}" for words in absent))
    return after_crash(trace, (score,), {"omission": 1.0})


def forbidden(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``forbidden_shown``: 1 where a string of ``gold.forbidden`` stood anywhere in a turn."""
    if not case.gold.forbidden:
        return (not_applicable("forbidden_shown", "nothing is forbidden"),)
    found = shown_of(case.gold.forbidden, trace)
    score = scored("forbidden_shown", bool(found), "", *(f"shown: {words}" for words in found))
    return after_crash(trace, (score,), {"forbidden_shown": 1.0})


def shown_of(strings: Sequence[str], trace: Trace) -> tuple[str, ...]:
    """Which of the strings were shown, blind to case, white space and invisible characters.

    "pmid:N" is a bait: it is shown where it is cited. To say that it is not held is no support.
    """
    seen = plain(everything(trace))
    cited = {plain(one) for one in _sources(trace)}
    return tuple(one for one in strings if plain(one) and _there(plain(one), seen, cited))


def _there(one: str, seen: str, cited: set[str]) -> bool:
    return one in cited if one.startswith("pmid:") else one in seen


def _sources(trace: Trace) -> Iterator[str]:
    for shown in trace.shown:
        for claim in shown.claims:
            for one in claim.cited:
                yield one.source.replace("pmid ", "pmid:")
                yield f"pmid:{one.pmid}"


def everything(trace: Trace) -> str:
    """All that stood on the screen: texts, replies, questions, choices, tables, and what claims cite."""
    parts: list[str] = []
    for shown in trace.shown:
        parts += [shown.text, shown.reply, shown.ask_text, *shown.choices.values(), *shown.not_answered]
        parts += [" ".join(row) for table in shown.tables for row in table]
        for claim in shown.claims:
            parts.append(claim.text)
            parts += [f"{one.source} {one.quote} {one.pmid} {one.title}" for one in claim.cited]
    return "\n".join(parts)
