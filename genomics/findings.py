"""Interpretations and screenings as findings: one sentence each, with the evidence that carries it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from genomics import VERSION
from genomics.builds import Build, BuildError
from genomics.by_name import Consequence
from genomics.facts import VariantFact, facts
from genomics.interpret import GAPS, NO_CLINVAR, Interpretation
from genomics.screen import Match, Screening, screen
from genomics.vcf import VcfError, VcfNeeds
from retrieval.evidence import (
    Depth,
    Evidence,
    Finding,
    Kind,
    Outcome,
    Source,
    ToolResult,
    bad_input,
    found,
    needs_input,
    not_covered,
)

CONFIRM = "Confirm in an accredited laboratory before acting."
FOR_PATIENTS = "What it means for you is a question for your clinician or a genetic counsellor."
_STARS = ("no star", "one star", "two stars", "three stars", "four stars")


def result(told: Sequence[Interpretation], *, patient: bool = False) -> ToolResult:
    """One tool result for the variants of a question.

    A patient is given what is known, without criteria, computed effects or a class of ours.
    """
    findings = [finding for one in told for finding in _findings(one, patient)]
    if findings:
        return found(*findings, note=_note(told, patient), searched=(searched(),), versions=versions())
    first = next((one for one in told if one.outcome is not Outcome.FOUND), None)
    if first is None:
        note = f"{told[0].asked} is not among the variants held for patients here. {FOR_PATIENTS}"
        return not_covered(note, searched=(searched(),), versions=versions())
    return ToolResult(
        outcome=first.outcome,
        note=" ".join(dict.fromkeys((*(one.note for one in told if one.note), *first.limits))),
        missing=first.missing,
        command=first.command,
        searched=(searched(),),
        versions=versions(),
    )


def screened(path: Path, *, build: Build | None = None, male: bool = False) -> ToolResult:
    """One tool result for a VCF or BCF of the session."""
    try:
        seen = screen(path, build=build, male=male)
    except VcfNeeds as wanted:
        return needs_input(str(wanted), wanted.missing)
    except (VcfError, BuildError) as wrong:
        return bad_input(str(wrong))
    note = _screening_note(seen)
    if not seen.matches:
        return not_covered(note, searched=(searched(),), versions=versions())
    findings = [finding for match in seen.matches for finding in _matched(match, seen.build)]
    return found(*findings, note=note, searched=(searched(),), versions=versions())


def searched() -> Source:
    """The starter facts as the source that was looked through."""
    held = facts()
    checked = max(fact.checked for fact in held.variants).isoformat()
    return Source(
        id="fact:variants",
        title=f"starter variant facts: {len(held.variants)} variants of {len(held.held_genes)} genes",
        version=f"checked {checked}",
        licence="written for Consilium (MIT); restated facts",
        depth=Depth.RECORD,
        marks=("draft",),
    )


def versions() -> dict[str, str]:
    return {"genomics": VERSION, "variant facts": searched().version}


def computed(what: str, working: str) -> Evidence:
    """A computation of this package as evidence: the working, as it can be checked by hand."""
    source = Source(
        id=f"computed:genomics:{what}",
        title=f"computed here: {what}",
        version=VERSION,
        licence="computed here",
        depth=Depth.COMPUTATION,
    )
    return Evidence(source=source, quote=working)


def _findings(one: Interpretation, patient: bool) -> list[Finding]:
    told = [_known(one.fact)] if one.fact else []
    if patient or one.outcome is not Outcome.FOUND:
        return told
    if one.fact and one.fact.criteria:
        told.append(_criteria(one.fact))
    names = _names(one.gene, one.names or (one.asked,))
    told += [_consequence(effect, names) for effect in one.consequences if one.fact or not effect.trivial]
    gene = facts().genes.get(one.gene.upper())
    if gene and any(effect.loses_function for effect in one.consequences):
        told.append(
            Finding(
                statement=gene.statement,
                evidence=(gene.evidence,),
                kind=Kind.LITERATURE,
                certainty=f"haploinsufficiency score {gene.haploinsufficiency}",
                names=(gene.symbol,),
            )
        )
    return told


def _known(fact: VariantFact) -> Finding:
    known = fact.known
    certainty = f"{_STARS[known.stars]}: {known.review}" if known else "no class held"
    return Finding(
        statement=fact.statement,
        evidence=(fact.evidence,),
        kind=Kind.LITERATURE,
        certainty=certainty,
        names=_names(fact.gene, (*fact.names, *fact.legacy, *fact.rsids)),
    )


def _criteria(fact: VariantFact) -> Finding:
    evidence = fact.evidence.model_copy(update={"quote": fact.criteria})
    return Finding(
        statement=fact.criteria,
        evidence=(evidence,),
        kind=Kind.LITERATURE,
        certainty=f"codes of {fact.known.by}" if fact.known else "not graded",
        names=_names(fact.gene, fact.names[:1]),
    )


def _consequence(effect: Consequence, names: tuple[str, ...]) -> Finding:
    return Finding(
        statement=effect.statement,
        evidence=(computed("name", effect.working),),
        kind=Kind.COMPUTED,
        certainty="from the name alone",
        names=names,
    )


def _matched(match: Match, build: Build) -> list[Finding]:
    fact, call = match.fact, match.call
    says = f"The attached file carries {fact.title}: {call.zygosity}."
    working = f"{fact.title}: record {call.record}, {call.variant} on {build}, {call.zygosity}"
    evidence = (computed("vcf", f"{says} ({working})"),)
    names = _names(fact.gene, fact.names[:1] or fact.legacy[:1])
    return [Finding(statement=says, evidence=evidence, kind=Kind.COMPUTED, names=names), _known(fact)]


def _names(gene: str, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys((gene, *names)) if name)


def _note(told: Sequence[Interpretation], patient: bool) -> str:
    parts = [part for one in told for part in (*((one.note,) if one.note else ()), *one.limits)]
    if not any(one.note for one in told):
        parts.append(f"Looked up in the {searched().title}.")
    parts += [FOR_PATIENTS] if patient else [GAPS]
    return " ".join(dict.fromkeys((*parts, CONFIRM)))


def _screening_note(seen: Screening) -> str:
    parts = [
        f"The file ({seen.build}) has {seen.records} records with {seen.carried} carried alleles.",
        f"It was searched for {seen.searched} held variants; {len(seen.matches) + seen.more} were found.",
        f"{seen.by_name_only} held variants have no position here and could not be searched for.",
        "A variant that is not in the file may be absent or not looked at: a plain VCF does not tell.",
        f"All other variants of the file were not interpreted. {NO_CLINVAR}",
    ]
    if seen.not_interpreted:
        parts.append(f"{seen.not_interpreted} structural or non-chromosomal alleles were not interpreted.")
    if seen.more:
        parts.append(f"{seen.more} further matches are not shown.")
    return " ".join((*parts, CONFIRM))
