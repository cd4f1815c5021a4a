"""Check all knowledge of the gate: ``python -m tools.triage.check``; used by ``make check``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime

from tools.triage import behaviours, places
from tools.triage.engine import assess, rules
from tools.triage.levels import Level
from tools.triage.lexicon import KnowledgeError, lexicons
from tools.triage.rules import Rule

LEAST_PHRASES = 8
OLDEST_DAYS = 365


def check(today: date | None = None) -> tuple[str, ...]:
    """What is wrong with the knowledge: empty when all is well.

    Loading checks the shape, ids, concepts and sources; here every example is run, every text graded, every
    concept of an emergency rule counted, and every check date compared with ``today``.
    """
    try:
        held = rules()
        places.numbers()
        behaviours.forbidden()
    except KnowledgeError as wrong:
        return (str(wrong),)
    today = today or datetime.now(UTC).date()
    problems = [problem for rule in held.all for problem in _of_rule(rule, today)]
    problems.extend(_thin_concepts())
    problems.extend(_of_numbers(today))
    return tuple(problems)


def _of_rule(rule: Rule, today: date) -> Iterator[str]:
    for example in rule.fires:
        if rule.id not in {fired.rule for fired in assess(example).fired}:
            yield f"rule {rule.id} does not fire on: {example}"
    for example in rule.silent:
        if rule.id in {fired.rule for fired in assess(example).fired}:
            yield f"rule {rule.id} fires on: {example}"
    grade = behaviours.reading_grade(rule.says["en"])
    if grade > behaviours.GRADE_WANTED and len(rule.says["en"].split()) > 0:
        yield f"rule {rule.id}: reading grade {grade:.1f}: {rule.says['en']}"
    if rule.level is Level.EMERGENCY and rule.do not in places.FIRST_NOW:
        yield f"rule {rule.id}: the action {rule.do} is no emergency action"
    if (today - rule.checked).days > OLDEST_DAYS:
        yield f"rule {rule.id}: checked on {rule.checked}, more than {OLDEST_DAYS} days ago"


def _thin_concepts() -> Iterator[str]:
    for lexicon in lexicons():
        for concept in sorted(lexicon.concepts):
            phrases = lexicon.phrasings(concept)
            if phrases < LEAST_PHRASES:
                yield f"{lexicon.name}, {concept}: {phrases} phrasings, {LEAST_PHRASES} wanted"


def _of_numbers(today: date) -> Iterator[str]:
    for country, kinds in places.numbers().items():
        for kind, line in kinds.items():
            if (today - line.checked).days > OLDEST_DAYS:
                yield f"numbers.yaml, {country} {kind}: checked on {line.checked}"


def main() -> int:
    """Print the problems; 0 when there are none."""
    problems = check()
    sys.stdout.write(
        "".join(f"{problem}\n" for problem in problems) or f"{len(rules())} rules: all checks hold\n"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
