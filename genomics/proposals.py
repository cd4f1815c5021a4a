"""Evidence codes proposed from held texts, weighed against the independent class of a variant, as a tool result."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from genomics.acmg.code_words import CODE_WORDS
from genomics.acmg.criteria import Criterion
from genomics.acmg.weigh import Proposal, Refusal, Weighed, weigh
from genomics.findings import computed, named, points
from genomics.interpretation import Interpretation
from retrieval.evidence import Evidence, Finding, Kind, Outcome, ToolResult, bad_input, found

NOT_COUNTED = "A proposed code counts only after a clinician has confirmed it."


def result(
    one: Interpretation, proposals: Sequence[Proposal], texts: Callable[[str], Sequence[Evidence]]
) -> ToolResult:
    """The class with and without the proposals. ``texts`` gives the held documents of a PMID, whole, as evidence.

    Outcomes: ``bad_input`` if no proposal can be weighed, with the reason of each.
    """
    if one.outcome in (Outcome.BAD_INPUT, Outcome.NEEDS_INPUT):
        return ToolResult(outcome=one.outcome, note=one.note, missing=one.missing)
    about = [proposal for proposal in proposals if _speaks_of(one, texts(proposal.pmid))]
    weighed = weigh(one.assessment, about, lambda pmid: _joined(texts(pmid)))
    refused = " ".join(
        f"{refusal.code}: {refusal.reason}."
        for refusal in (*_strangers(one, proposals, about), *weighed.refused)
    )
    if not weighed.accepted:
        return bad_input(refused or "No evidence code was proposed; give code, strength, quote and PMID.")
    names = named(one.gene, one.names or (one.asked,))
    stated = {proposal.code: proposal for proposal in proposals}
    findings = [
        _code(one.asked, code, _carrying(stated[code.code], texts), names) for code in weighed.accepted
    ]
    return found(_class(one.asked, weighed, names), *findings, note=f"{refused} {NOT_COUNTED}".strip())


def _speaks_of(one: Interpretation, held: Sequence[Evidence]) -> bool:
    """True if the text names the gene, or if no text is held (then weighing refuses it)."""
    return not held or not one.gene or any(one.gene.lower() in document.quote.lower() for document in held)


def _strangers(one: Interpretation, all_: Sequence[Proposal], about: Sequence[Proposal]) -> list[Refusal]:
    return [
        Refusal(
            code=proposal.code, reason=f"the text of PMID {proposal.pmid[:12]} does not speak of {one.gene}"
        )
        for proposal in all_
        if proposal not in about
    ]


def _joined(held: Sequence[Evidence]) -> str | None:
    return "\n".join(document.quote for document in held) or None


def _carrying(proposal: Proposal, texts: Callable[[str], Sequence[Evidence]]) -> Evidence:
    """The document in whose text the quote stands, with the quote as evidence."""
    quote = " ".join(proposal.quote.split())
    document = next(one for one in texts(proposal.pmid) if quote in " ".join(one.quote.split()))
    return document.model_copy(update={"quote": proposal.quote})


def _class(title: str, weighed: Weighed, names: tuple[str, ...]) -> Finding:
    before, after = weighed.without, weighed.with_proposals
    codes = ", ".join(f"{code.code} {code.strength}" for code in weighed.accepted)
    says = (
        f"If {codes} {'is' if len(weighed.accepted) == 1 else 'are'} confirmed, the codes for {title} add up to "
        f"{points(after)}: {after.by_points}; without them {points(before)}: {before.by_points}."
    )
    return Finding(
        statement=says,
        evidence=(computed("class if confirmed", f"{says} ({weighed.points_added:+d} points)"),),
        kind=Kind.COMPUTED,
        certainty="proposed, not confirmed",
        names=names,
    )


def _code(title: str, code: Criterion, carried: Evidence, names: tuple[str, ...]) -> Finding:
    rule = CODE_WORDS[code.code].rule
    return Finding(
        statement=f"{code.code} ({code.strength}, proposed) for {title}: “{carried.quote}” Rule: {rule}",
        evidence=(carried,),
        kind=Kind.LITERATURE,
        certainty="proposed from text, not confirmed",
        names=names,
    )
