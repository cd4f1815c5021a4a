"""All codes of one variant: each met, not met, or not assessed with the reason; nobody's label is looked at."""

from __future__ import annotations

from collections.abc import Iterable

from genomics.acmg import frequency, length, missense, neighbours, null_variant, splicing
from genomics.acmg.code_words import CODE_WORDS
from genomics.acmg.combine import classify, if_confirmed, not_benign_while_open, reconcile
from genomics.acmg.criteria import CODES, POINTS, Assessment, Criterion, Status
from genomics.acmg.gene_rules import GeneRules, rules_for
from genomics.acmg.judged import not_assessed
from genomics.acmg.observed import Observed

NOT_MITOCHONDRIAL = ("PM1", "PP2", "BP1", "BP7")
"""Codes that the rules for mitochondrial DNA leave out (PMID 32906214)."""


def assess(
    observed: Observed, rules: GeneRules | None = None, proposals: tuple[Criterion, ...] = ()
) -> Assessment:
    """One criterion for each code of ``CODES``, in that order, and the class that they add up to.

    ``rules`` default to those held for the gene. A proposal takes the place of a code that is not met here; a
    confirmed one takes its place in any case.

    Raises:
        ValueError: a proposal is neither proposed nor confirmed, or two are of the same code.
    """
    held = rules or rules_for(observed.gene)
    judged = {one.code: one for one in _judged(observed, held)}
    for proposal in _checked(proposals):
        if proposal.status is Status.CONFIRMED or not judged[proposal.code].counts:
            judged[proposal.code] = proposal
    settled = {one.code: one for one in reconcile(judged.values())}
    criteria = tuple(settled[code] for code in CODES)
    return Assessment(
        criteria=criteria,
        verdict=not_benign_while_open(classify(criteria), criteria),
        if_confirmed=if_confirmed(criteria),
        rules=held.version,
        gaps=gaps(criteria),
    )


def gaps(criteria: Iterable[Criterion]) -> tuple[str, ...]:
    """What could not be assessed, codes with the same reason together: what a pack would bring first, by weight."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in criteria:
        if one.status is Status.NOT_ASSESSED:
            reasons.setdefault((one.rationale, one.command), []).append(one.code)
    ordered = sorted(reasons.items(), key=lambda entry: (not entry[0][1], -_stake(entry[1])))
    return tuple(
        f"{', '.join(codes)}: {reason}" + (f" ({command})" if command else "")
        for (reason, command), codes in ordered
    )


def _judged(observed: Observed, rules: GeneRules) -> Iterable[Criterion]:
    spliced = splicing.judge(observed, rules)
    computed = (
        *null_variant.judge(observed, rules),
        *neighbours.judge(observed, rules),
        *length.judge(observed, rules),
        *frequency.judge(observed, rules),
        *splicing.one_prediction(missense.judge(observed, rules), spliced),
        *(one for one in spliced if one.code == "BP7"),
        missense.substitution(observed, rules),
    )
    found = {one.code: one for one in computed}
    for code in CODES:
        yield _blocked(code, observed, rules) or found.get(code) or _outside(code)


def _blocked(code: str, observed: Observed, rules: GeneRules) -> Criterion | None:
    if observed.is_mitochondrial and code in NOT_MITOCHONDRIAL:
        return not_assessed(code, "not used for mitochondrial DNA (PMID 32906214)")
    reason = rules.not_used(code)
    return not_assessed(code, reason) if reason else None


def _outside(code: str) -> Criterion:
    """A code that no computation here speaks about: from the record, the family or the literature."""
    needs = CODE_WORDS[code].needs
    if needs:
        return not_assessed(code, f"needs {needs}")
    return not_assessed(code, "used only where a panel asks for it, and no rule held does")


def _checked(proposals: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    codes = [one.code for one in proposals]
    if len(set(codes)) != len(codes):
        raise ValueError("a code is proposed more than once")
    if any(one.status not in (Status.PROPOSED, Status.CONFIRMED) for one in proposals):
        raise ValueError("a proposal is proposed or confirmed, and nothing else")
    return proposals


def _stake(codes: list[str]) -> int:
    return max(POINTS[CODES[code]] or POINTS[CODES["PVS1"]] for code in codes)
