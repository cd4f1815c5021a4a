"""Every fact that ships is loaded and checked: form, source, and that nothing names what does not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Row(NamedTuple):
    """One part of the knowledge and how it stands."""

    part: str
    ok: bool
    words: str


def checks() -> tuple[Row, ...]:
    """One row for each part."""
    return tuple(_row(part, check) for part, check in _PARTS.items())


def left_out() -> tuple[str, ...]:
    """What is left out because its file is damaged while all else goes on, a line each: forms alone, nothing heavy."""
    from tools.damaged import Damaged
    from tools.discovery import guard, named
    from tools.simulation.records import damaged

    told = [str(one.refusal) for one in damaged().values()]
    for read in (guard.expressions, named.listed):
        try:
            read()
        except Damaged as lost:
            told.append(str(lost))
    return tuple(told)


def _row(part: str, check: Callable[[], str]) -> Row:
    try:
        return Row(part, True, check())
    except ValueError as wrong:  # each part's own error of form is a ValueError that names file and entry
        return Row(part, False, str(wrong))


def _cards() -> str:
    from retrieval.card_check import check
    from retrieval.cards import load

    cards = load()
    problems = check(cards, None)
    if problems:
        raise ValueError("; ".join(str(problem) for problem in problems[:5]))
    return f"{len(cards)} cards, each with its source"


def _variants() -> str:
    from genomics.check import check

    return check()


def _genes() -> str:
    from genomics.acmg import gene_rules
    from genomics.gene_facts import check

    return f"{check()}; {gene_rules.check()}"


def _pharmacogenes() -> str:
    from genomics.pgx import starter, starter_guidance

    return f"{starter.check()}; {starter_guidance.check()}"


def _drugs() -> str:
    from tools.treatment.checks import check

    return check()


def _calculators() -> str:
    from tools.calculators.check import check

    return check()


def _situations() -> str:
    from tools.situations import situations

    return f"{len(situations())} situations that bring up a drug"


def _triage() -> str:
    from tools.triage.check import check
    from tools.triage.engine import rules

    problems = check()
    if problems:
        raise ValueError("; ".join(problems[:5]))
    return f"{len(rules())} red-flag rules, each example run"


def _models() -> str:
    from imaging.cards import cards

    return f"{len(cards())} model cards, each with what it was made from"


def _simulation() -> str:
    from tools.simulation.records import damaged, models

    if lost := damaged():
        raise ValueError("; ".join(f"{one.path.name}: {one.why}" for one in lost.values()))
    held = models()
    cited = sum(len(one.parameters) + len(one.checks) for one in held.values())
    return f"{len(held)} drug models, {cited} figures, each with its source"


def _guard() -> str:
    from tools.discovery.guard import knowledge_check

    return knowledge_check()


def _structures() -> str:
    from tools.discovery.named import check

    return check()


def _packs() -> str:
    from retrieval.packs import PackError, list_packs

    try:
        return f"{len(list_packs())} packs, each with its home and licence"
    except PackError as wrong:
        raise ValueError(str(wrong)) from wrong


_PARTS: dict[str, Callable[[], str]] = {
    "evidence cards": _cards,
    "variant facts": _variants,
    "gene facts and rules": _genes,
    "pharmacogenes": _pharmacogenes,
    "situations": _situations,
    "calculators": _calculators,
    "drugs": _drugs,
    "triage rules": _triage,
    "drug models": _simulation,
    "misuse gate": _guard,
    "structures of medicines": _structures,
    "model cards": _models,
    "packs": _packs,
}
