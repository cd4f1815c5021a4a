"""Rules that wait for one answer alone: joined, so that an incomplete list asks once instead of a dozen times.

A rule stands here if every unknown of it is settled by the same question (is the problem list complete? is she
pregnant? does she breastfeed?) and one of the answers lets it fall silent. The strictest reading is what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tools.treatment.frame import FEEDING, PREGNANT, PROBLEM_LIST
from tools.treatment.predicates import Level, Verdict
from tools.treatment.safety import FiredRule


class Question(StrEnum):
    """What settles a group, as its sentence begins."""

    PROBLEMS = "Open until the problem list is known to be complete"
    PREGNANT = "If she is pregnant (not told)"
    FEEDING = "If she breastfeeds (not told)"


_DOES = {Level.AVOID: "avoid", Level.CHANGE: "change", Level.MONITOR: "monitor", Level.NOTE: "note"}
SECOND = frozenset({"Child-Pugh score (points)"})
"""Asked only of those whom the first answer puts on the list."""
_NAMED = re.compile(r"\(is it complete\? (?P<what>.+)\)$")


@dataclass(frozen=True)
class Unsettled:
    """The rules that one answer settles, strictest first."""

    question: Question
    rules: tuple[FiredRule, ...]

    @property
    def level(self) -> Level:
        return self.rules[0].level

    @property
    def statement(self) -> str:
        """Each rule in a few words; its own text stands in its evidence and in the table."""
        return (
            f"{self.question}: {'; '.join(dict.fromkeys(_said(self.question, one) for one in self.rules))}."
        )


def settled(rules: Sequence[FiredRule]) -> tuple[tuple[FiredRule, ...], tuple[Unsettled, ...]]:
    """The rules that stand alone, and the groups of those that wait for one answer."""
    waiting: dict[Question, list[FiredRule]] = {}
    alone = []
    for one in rules:
        question = _question(one.verdict)
        if question is None:
            alone.append(one)
        else:
            waiting.setdefault(question, []).append(one)
    groups = (
        Unsettled(question, tuple(sorted(group, key=lambda one: -one.level.rank)))
        for question, group in waiting.items()
    )
    return tuple(alone), tuple(groups)


def _question(verdict: Verdict) -> Question | None:
    if verdict.certain or Level.NONE not in verdict.reachable:
        return None
    asked = {_of(ask) for ask in verdict.asks if ask not in SECOND}
    return asked.pop() if len(asked) == 1 else None


def _of(ask: str) -> Question | None:
    if ask.startswith(PROBLEM_LIST.removesuffix(")")):
        return Question.PROBLEMS
    return {PREGNANT: Question.PREGNANT, FEEDING: Question.FEEDING}.get(ask)


def _said(question: Question, one: FiredRule) -> str:
    does = f"{_DOES[one.level]} {one.taken.named}"
    if question is not Question.PROBLEMS:
        return does
    named = (found["what"] for ask in one.verdict.asks if (found := _NAMED.search(ask)))
    return f"{does} with {' or '.join(named)}"
