"""What was checked as tables: each drug and how it was read, each pair and which of three things can be said of it."""

from __future__ import annotations

from collections.abc import Iterator

from retrieval.evidence import Table
from tools.treatment.check import Checked, Named
from tools.treatment.findings import WORDS
from tools.treatment.interactions import FiredPair, PairAnswer, Spoken
from tools.treatment.names import Status
from tools.treatment.predicates import Level

NOT_COVERED = "not covered by our rules"


def none_recorded(checked: Checked) -> str:
    """The words for a pair of which no rule says anything: never that there is nothing."""
    held = checked.frame.knowledge
    return f"none recorded in {len(held.pairs)} rules as of {held.as_of}"


def tables(checked: Checked) -> tuple[Table, ...]:
    """The drugs, and the pairs where there is more than one drug."""
    drugs = Table(
        title="Drugs as they were read",
        columns=("given", "read as", "state", "route", "remark"),
        rows=tuple(_drug(one, checked) for one in checked.named),
    )
    if not checked.pairs:
        return (drugs,)
    pairs = Table(
        title="Pairs: what a rule says, and what no rule speaks of",
        columns=("pair", "action", "why", "rule", "certain"),
        rows=tuple(_pairs(checked)),
    )
    return drugs, pairs


def _drug(one: Named, checked: Checked) -> tuple[str, ...]:
    read = one.resolved
    if read.status is Status.UNKNOWN:
        return one.text, "–", "–", "–", "not known to us: not covered"
    if read.status is Status.ASK:
        return one.text, "–", "–", "–", f"not certain; is it {' or '.join(read.candidates[:5])}?"
    held = checked.frame.knowledge
    names = " + ".join(held.drug(part).name for part in read.ingredients)
    outside = [part for part in read.ingredients if part not in held.covered]
    remarks = [f"{held.drug(part).name}: name known, but no pair rule speaks of it" for part in outside]
    remarks += [f"not to be taken for {', '.join(read.not_to_confuse)}"] if read.not_to_confuse else []
    remarks += [
        f"{held.drug(part).name} is marked as no longer sold"
        for part in read.ingredients
        if not held.drug(part).marketed
    ]
    return one.text, names, one.state or "new or continuing not told", read.route, "; ".join(remarks) or "–"


def _pairs(checked: Checked) -> Iterator[tuple[str, ...]]:
    ordered = sorted(checked.pairs, key=lambda pair: -pair.level.rank)
    for pair in ordered:
        for fired in sorted(pair.fired, key=lambda one: -one.level.rank):
            yield _fired(fired)
    for pair in checked.not_covered:
        yield _title(pair), NOT_COVERED, "–", "–", "–"
    silent = [pair for pair in checked.pairs if pair.spoken is Spoken.NONE_RECORDED]
    for pair in silent:
        yield _title(pair), none_recorded(checked), "–", "–", "–"


def _title(pair: PairAnswer) -> str:
    return f"{pair.left.named} × {pair.right.named}"


def _fired(one: FiredPair) -> tuple[str, ...]:
    certain = "yes" if one.verdict.certain else f"no: {'; '.join(one.verdict.asks)}"
    return (
        f"{one.left.named} × {one.right.named}",
        WORDS.get(one.level, Level.NONE.value).lower(),
        one.rule.mechanism,
        one.rule.id,
        certain,
    )
