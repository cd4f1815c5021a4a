"""Planted drug faults: was each warned of beside its cause, and were the near misses left in peace?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.cases.case import Case, DrugGold
from evals.run.trace import Trace
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.wording import beside, names, plain, sentences

_ACTS = ("avoid", "change")
_WARNED = re.compile(
    r"\b(?:avoid\w*|contraindicat\w*|do not (?:use|give|start|take|combine|prescribe)|must not|should not"
    r"|never|stop\w*|unsafe"
    r"|not recommended|not safe|not be (?:used|given|started|taken|combined)|withhold|hold\b|chang\w+|reduc\w+"
    r"|lower (?:the )?dose|halve|adjust\w*"
    r"|switch\w*|replace\w*|instead|alternative|another (?:drug|agent|antiplatelet|anticoagulant)|allerg\w+"
    r"|interact\w*|toxic\w*"
    r"|dangerous|warning|caution|serious|severe|raises? the risk|risk of|harm\w*)\b"
)
_CALM = re.compile(
    r"\b(?:(?:no|not|without|never|nor|neither|none|free of)(?: \w+){0,3} (?:interact\w*|contraindicat\w*"
    r"|harm\w*|toxic\w*|warning|risk of|caution"
    r"|allerg\w*|alternative)(?: (?:was |were |is |are )?(?:found|known|listed|held|needed))?"
    r"|(?:no|without)(?: \w+){0,2} (?:chang\w+|adjust\w+|reduc\w+|switch\w*)(?: (?:is |was )?(?:needed"
    r"|necessary|required|advised))?"
    r"|(?:no need|not necessary|not needed|need not|does not need|do not need)(?: \w+){0,5}|does not interact"
    r"|do not interact|is not contraindicated"
    r"|may be used|can be used|is safe|are safe|standard dose|no known interactions?)\b"
)
_IF = re.compile(r"^\W*(?:if|unless|should|when|in case|open until|until|not known)\b")


def planted(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``contraindication_missed``: share of faults (avoid, change) not warned of; ``false_alarm``: of near
    misses acted on.

    A warning is one claim, table row or sentence that names the drug and one of the responsible words, and carries the
    action or says so in words. An alarm is one that carries the action (avoid, change); only of a subject that makes no
    claims the words are taken. "No interaction found between ..." and a bare "if ..." are neither.
    """
    faults = [one for one in case.gold.drugs if one.action != "fine"]
    near = [one for one in case.gold.drugs if one.action == "fine"]
    acted, heard = tuple(actions(trace)), tuple(warnings(trace))
    loud = acted if any(turn.claims or turn.tables for turn in trace.shown) else heard
    missed = [one for one in faults if not warned(one, heard)]
    alarms = [one for one in near if warned(one, loud)]
    scores = (
        _share("contraindication_missed", len(faults), [f"no warning: {_named(one)}" for one in missed]),
        _share("false_alarm", len(near), [f"acted on although fine: {_named(one)}" for one in alarms]),
    )
    return after_crash(trace, scores, {"contraindication_missed": 1.0, "false_alarm": 1.0})


def _share(metric: str, n: int, wrong: list[str]) -> Score:
    return scored(metric, len(wrong) / n, "", *wrong) if n else not_applicable(metric, "gold has none")


def _named(one: DrugGold) -> str:
    return f"{one.drug} beside {' or '.join(one.beside) or 'anything'} ({one.fault})"


def warned(one: DrugGold, heard: tuple[str, ...]) -> bool:
    """Whether one of the warnings names the drug and one of its responsible words (any, where gold names none)."""
    return any(
        names(one.drug, said) and (not one.beside or names("|".join(one.beside), said)) for said in heard
    )


def warnings(trace: Trace) -> Iterator[str]:
    """Every claim, row and sentence that acts or warns, over all turns."""
    yield from actions(trace)
    for shown in trace.shown:
        yield from (claim.text for claim in shown.claims if warns(claim.text))
        yield from (said for said in sentences(beside(shown)) if warns(said))


def actions(trace: Trace) -> Iterator[str]:
    """Claims and rows that say "avoid" or "change" of a drug here and now; one that begins with "if" does not."""
    for shown in trace.shown:
        yield from (
            one.text for one in shown.claims if one.action in _ACTS and not _IF.match(plain(one.text))
        )
        for table in shown.tables:
            yield from _acting(table)


def _acting(table: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """Rows of a table with a column "action" whose cell says avoid or change."""
    if (
        not table
        or (column := next((n for n, name in enumerate(table[0]) if plain(name) == "action"), None)) is None
    ):
        return
    for row in table[1:]:
        if column < len(row) and plain(row[column]).startswith(_ACTS):
            yield " | ".join(row)


def warns(text: str) -> bool:
    """Whether words of warning remain without the calm ones ("no interaction found"); a condition warns not."""
    said = plain(text)
    return not _IF.match(said) and _WARNED.search(_CALM.sub(" ", said)) is not None
