"""Codes that somebody proposes from text: checked against the rules and the text, then weighed beside the rest.

A proposal counts in the class "if confirmed" alone; a clinician confirms it. Strengths of functional assays by the odds
of pathogenicity: Brnich 2020 (PMID 31892348). PM3 by points per patient: ClinGen SVI recommendation v1.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from genomics.acmg.code_words import CODE_WORDS, RICHARDS
from genomics.acmg.combine import RETIRED, CodeError, classify, if_confirmed, reconcile, strength_of
from genomics.acmg.criteria import CODES, Assessment, Class, Criterion, Status, Strength
from retrieval.evidence import Depth, Evidence, Source, Text, Word

SHORTEST_QUOTE = 20
"""Characters; anything shorter stands in any text."""

SourceText = Callable[[str], str | None]
"""The held text of a PMID, or None."""


class Proposal(Word):
    """One code read out of a text. ``quote`` stands in it word for word."""

    code: str
    strength: str
    quote: Text
    pmid: Text


class Refusal(Word):
    """A proposal that is not weighed, and why."""

    code: str
    reason: Text


class Weighed(Word):
    """The class with and without the proposals. ``rules`` holds the rule of each accepted code in words."""

    without: Class
    with_proposals: Class
    points_added: int
    accepted: tuple[Criterion, ...] = ()
    refused: tuple[Refusal, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()


def weigh(base: Assessment | None, proposals: Sequence[Proposal], sources: SourceText) -> Weighed:
    """The class that ``base`` would have if every sound proposal were confirmed, and which were refused and why."""
    held = {one.code: one for one in base.criteria} if base else {}
    accepted: dict[str, Criterion] = {}
    refused: list[Refusal] = []
    for proposal in proposals:
        reason = _refusal(proposal, held | accepted, sources)
        if reason:
            refused.append(Refusal(code=proposal.code, reason=reason))
        else:
            accepted[proposal.code] = _criterion(proposal)
    merged = {one.code: one for one in reconcile((held | accepted).values())}
    refused += [
        Refusal(code=code, reason=merged[code].rationale) for code in accepted if not _stands(merged[code])
    ]
    standing = tuple(merged[code] for code in accepted if _stands(merged[code]))
    without = base.verdict if base else classify(())
    confirmed = if_confirmed(merged.values()) or without
    return Weighed(
        without=without,
        with_proposals=confirmed,
        points_added=confirmed.points - without.points,
        accepted=standing,
        refused=tuple(refused),
        rules=tuple((one.code, rule_text(one.code)) for one in standing),
    )


def _stands(one: Criterion) -> bool:
    """True if a code that does not go with it has not switched it off."""
    return one.status is Status.PROPOSED


def rule_text(code: str) -> str:
    """What a code asks, which strengths it may have, and the references.

    Raises:
        CodeError: there is no such code, or it is retired.
    """
    if code in RETIRED:
        raise CodeError(RETIRED[code])
    if code not in CODE_WORDS:
        raise CodeError(f"{code[:30]!r} is no code of the 2015 rules in use ({RICHARDS})")
    words = CODE_WORDS[code]
    beside = "" if words.reference == RICHARDS else f"; strengths: {words.reference}"
    return f"{code}: {words.rule} It may be {', '.join(words.allowed)} ({RICHARDS}{beside})."


class SecondVariant(StrEnum):
    """What a patient with a recessive disease carries on the other copy."""

    TRANS = "in trans with a pathogenic or likely pathogenic variant"
    UNPHASED_PATHOGENIC = "with a pathogenic variant, phase unknown"
    UNPHASED_LIKELY = "with a likely pathogenic variant, phase unknown"
    HOMOZYGOUS = "homozygous"
    UNCERTAIN = "in trans with a variant of uncertain significance"


PM3_POINTS = {
    SecondVariant.TRANS: 1.0,
    SecondVariant.UNPHASED_PATHOGENIC: 0.5,
    SecondVariant.UNPHASED_LIKELY: 0.25,
    SecondVariant.HOMOZYGOUS: 0.5,
    SecondVariant.UNCERTAIN: 0.25,
}
"""Points per patient (ClinGen SVI recommendation for PM3, v1.0)."""
HOMOZYGOUS_AT_MOST = 1.0
"""Points that all homozygous patients bring together, at most."""
UNCERTAIN_AT_MOST = 0.5
"""Points that all patients with a variant of uncertain significance bring together, at most (same source)."""


def pm3_points(patients: Iterable[SecondVariant]) -> float:
    """The sum of PM3 points of unrelated patients."""
    held = list(patients)
    capped = {SecondVariant.HOMOZYGOUS: HOMOZYGOUS_AT_MOST, SecondVariant.UNCERTAIN: UNCERTAIN_AT_MOST}
    others = sum(PM3_POINTS[one] for one in held if one not in capped)
    return others + sum(min(PM3_POINTS[kind] * held.count(kind), most) for kind, most in capped.items())


def pm3_strength(points: float) -> Strength | None:
    """PM3 by its points: 0.5 supporting, 1 moderate, 2 strong, 4 very strong; None below 0.5."""
    for least, strength in (
        (4.0, Strength.VERY_STRONG),
        (2.0, Strength.STRONG),
        (1.0, Strength.MODERATE),
        (0.5, Strength.SUPPORTING),
    ):
        if points >= least:
            return strength
    return None


def odds_strength(odds: float) -> tuple[str, Strength] | None:
    """PS3 or BS3 and its strength by the odds of pathogenicity of an assay (PMID 31892348); None if it tells nothing.

    Raises:
        ValueError: odds are not positive.
    """
    if not odds > 0:
        raise ValueError("odds of pathogenicity are greater than 0")
    for above, strength in (
        (350.0, Strength.VERY_STRONG),
        (18.7, Strength.STRONG),
        (4.3, Strength.MODERATE),
        (2.1, Strength.SUPPORTING),
    ):
        if odds > above:
            return "PS3", strength
    for below, strength in ((0.053, Strength.STRONG), (0.23, Strength.MODERATE), (0.48, Strength.SUPPORTING)):
        if odds < below:
            return "BS3", strength
    return None


def _refusal(proposal: Proposal, held: dict[str, Criterion], sources: SourceText) -> str:
    code = proposal.code
    if code in RETIRED:
        return RETIRED[code]
    if code not in CODES:
        return f"{code[:30]!r} is no code of the 2015 rules in use ({RICHARDS})"
    try:
        strength = strength_of(proposal.strength)
    except CodeError as wrong:
        return str(wrong)
    if strength not in CODE_WORDS[code].allowed:
        return f"{code} cannot be {strength}. {rule_text(code)}"
    standing = held.get(code)
    if standing is not None and (standing.counts or standing.status is Status.PROPOSED):
        return f"{code} is {standing.status} already: {standing.rationale}"
    return _misquoted(proposal, sources)


def _misquoted(proposal: Proposal, sources: SourceText) -> str:
    quote = _plain(proposal.quote)
    if len(quote) < SHORTEST_QUOTE:
        return f"the quote is shorter than {SHORTEST_QUOTE} characters and would stand in any text"
    text = sources(proposal.pmid)
    if text is None:
        return f"the text of PMID {proposal.pmid[:12]} is not held here, so the quote cannot be checked"
    return (
        "" if quote in _plain(text) else f"the quote does not stand in the text of PMID {proposal.pmid[:12]}"
    )


def _plain(text: str) -> str:
    """Blanks made one; nothing else is forgiven."""
    return re.sub(r"\s+", " ", text).strip()


def _criterion(proposal: Proposal) -> Criterion:
    source = Source(
        id=f"pmid:{proposal.pmid}",
        title=f"PubMed {proposal.pmid}",
        version="as held here",
        licence="that of its publisher; quoted",
        depth=Depth.ABSTRACT,
        pmid=proposal.pmid,
    )
    return Criterion(
        code=proposal.code,
        status=Status.PROPOSED,
        strength=strength_of(proposal.strength),
        rationale=f"proposed from PMID {proposal.pmid}; not confirmed",
        evidence=(Evidence(source=source, quote=proposal.quote),),
    )
