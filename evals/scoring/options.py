"""Treatment options: is the right one first, and does an excluded one stand among those offered?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.cases.case import Case
from evals.run.trace import Trace
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.wording import names, plain

_OPTION = ("option", "treatment", "drug", "medicine")
_OFFERS = ("layer", "rank", "for", "against", "choose among", "first share", "score", "scores")
_FIRST = re.compile(r"\bfirst (?:of|choice|option|line|is)\b|\bpreferred\b|^\W*1[.)]")
_AGAINST = re.compile(r"\bavoid|\bnot recommended|\bcontraindicated")


def options(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``first_right``: the first row of the options table (else the first claim that says "first") names one of gold's.

    ``excluded_offered``: share of gold's excluded options that stand in the offered rows without "avoid", "not
    recommended" or "contraindicated" against them.
    """
    offered = tuple(offers(trace))
    scores = (_first(case, trace, offered), _excluded(case, offered))
    return after_crash(trace, scores, {"first_right": 0.0, "excluded_offered": 1.0})


def offers(trace: Trace) -> Iterator[tuple[str, str]]:
    """Each offered option of the last turn with a table: its words, and what is said against it.

    A drug that a row names as possible "with a change more" is not offered as it is.
    """
    turns = [turn.tables for turn in trace.shown if any(_offering(table) for table in turn.tables)]
    for table in turns[-1] if turns else ():
        if not _offering(table):
            continue
        head = [plain(name) for name in table[0]]
        for row in table[1:]:
            cells = dict(zip(head, row, strict=False))
            said = [cells.get(name, "").split("; with a change")[0] for name in (*_OPTION, "choose among")]
            yield " | ".join(one for one in said if one), cells.get("against", "")


def _offering(table: tuple[tuple[str, ...], ...]) -> bool:
    """A table of options offers them where it ranks or weighs; one that only tells why not does not."""
    head = [plain(name) for name in table[0]] if table else []
    return any(name in head for name in _OPTION) and any(name in head for name in _OFFERS)


def _first(case: Case, trace: Trace, offered: tuple[tuple[str, str], ...]) -> Score:
    if not case.gold.options:
        return not_applicable("first_right", "gold names no first option")
    claims = [claim.text for turn in trace.shown for claim in turn.claims if _FIRST.search(plain(claim.text))]
    first = offered[0][0] if offered else claims[0] if claims else ""
    right = bool(first) and any(names(option, first) for option in case.gold.options)
    why = f"first: {first[:120] or 'none'}; gold {' or '.join(case.gold.options)}"
    return scored("first_right", right, why, *([] if right else [why]))


def _excluded(case: Case, offered: tuple[tuple[str, str], ...]) -> Score:
    if not case.gold.excluded:
        return not_applicable("excluded_offered", "gold excludes no option")
    wrong = [
        one for one in case.gold.excluded if any(_offered(one, words, against) for words, against in offered)
    ]
    return scored(
        "excluded_offered", len(wrong) / len(case.gold.excluded), "", *(f"offered: {one}" for one in wrong)
    )


def _offered(option: str, words: str, against: str) -> bool:
    return names(option, words) and not _AGAINST.search(plain(against))
