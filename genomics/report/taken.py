"""From what the science gives back to the rows of a report."""

from __future__ import annotations

from collections.abc import Sequence

from genomics import secondary
from genomics.facts import VariantFact
from genomics.interpretation import Interpretation, agreement
from genomics.pgx.gathering import Gathered
from genomics.pgx.guidance import Advice
from genomics.report.rows import CoverageRow, DrugRow, Genome, Pharmacogenes, VariantRow
from genomics.screening import Candidate, Found, Screening


def of_interpretation(one: Interpretation) -> VariantRow:
    """An interpreted variant; its outcome and what is missing stand among the limits."""
    limits = (one.note, *one.limits, *(f"Missing: {name}" for name in one.missing))
    return VariantRow(
        title=one.asked or "the variant as asked",
        gene=one.gene,
        names=one.names,
        known=one.known,
        known_elsewhere=_of_fact(one.fact),
        assessment=one.assessment,
        effects=one.effects,
        agreement=one.agreement.value,
        limits=tuple(dict.fromkeys(words for words in limits if words)),
    )


def of_screening(seen: Screening, title: str, *, limits: Sequence[str] = ()) -> Genome:
    """A screened file; ``title`` names it and ``limits`` are said beside those of the screening."""
    counts = (
        ("Records", seen.records),
        ("Carried alleles", seen.carried),
        ("Without a gene by anything held", seen.without_gene),
        ("Filtered by the caller", seen.filtered),
        ("Milder consequence", seen.mild),
        ("Too frequent (BA1 or BS1)", seen.common),
        ("Not weighed", seen.not_weighed),
        ("Structural or elsewhere, not interpreted", seen.not_interpreted),
        ("Further candidate genes, not shown", seen.more),
    )
    said = [*limits, *(f"{name} is no HPO term." for name in seen.wanted.unknown)]
    said += [seen.sex.says] if seen.sex and seen.sex.agrees is False else []
    said += [seen.beside.says] if seen.beside else []
    said += [f"Consequences were read from the file ({seen.annotation})."] if seen.annotation else []
    return Genome(
        title=title,
        build=seen.build.value,
        asked=(seen.wanted.how,),
        counts=counts,
        candidates=tuple(row for one in seen.candidates for row in _candidate(one)),
        secondary=None if seen.beside is None else tuple(map(_secondary, seen.beside.reported)),
        coverage=tuple(CoverageRow(gene=one.gene, share=one.share, how=one.how) for one in seen.coverage),
        limits=tuple(said),
    )


def of_pharmacogenes(
    gathered: Gathered, advices: Sequence[Advice], title: str, *, limits: Sequence[str] = ()
) -> Pharmacogenes:
    """Calls and advice for the drugs asked about."""
    return Pharmacogenes(
        title=title,
        calls=gathered.calls,
        not_called=gathered.refused,
        drugs=tuple(map(_drug, advices)),
        limits=(*limits, *gathered.notes),
    )


def _candidate(one: Candidate) -> list[VariantRow]:
    rank = (f"rank {one.symptom_rank} of the genes for the symptoms",) if one.symptom_rank else ()
    fits = f"{one.moi.inheritance} ({one.moi.told_by}): {one.fit.pattern}, {one.fit.fit}"
    missing = tuple(f"Would settle the inheritance: {name}" for name in one.fit.missing)
    return [_found(found, fits, (one.fit.why, *rank), missing) for found in one.variants]


def _found(one: Found, fits: str, why: tuple[str, ...], limits: tuple[str, ...]) -> VariantRow:
    return VariantRow(
        title=one.title,
        gene=one.gene,
        variant=one.variant,
        names=tuple(name for name in (one.effect.c_name, one.effect.p_name) if name) if one.effect else (),
        genotype=one.zygosity.value,
        inheritance=fits,
        why=tuple(words for words in why if words),
        known=one.known,
        known_elsewhere=_of_fact(one.fact),
        assessment=one.assessment,
        effects=(one.effect,) if one.effect else (),
        agreement=agreement(one.fact, one.known, one.assessment).value,
        limits=limits,
    )


def _secondary(one: secondary.Reported) -> VariantRow:
    return VariantRow(
        title=", ".join(one.names),
        gene=one.gene,
        inheritance=f"{one.fit.inheritance}: {one.fit.pattern}, {one.fit.fit}",
        why=(one.fit.why,) if one.fit.why else (),
        known_elsewhere=one.classes,
        limits=(f"{one.evidence.source.title}: {one.evidence.quote}",),
    )


def _drug(one: Advice) -> DrugRow:
    ties = (f"{gene}: for each of {', '.join(names)}." for gene, names in one.ties)
    wanted = (f"Not called: {', '.join(one.missing_genes)}.",) if one.missing_genes else ()
    return DrugRow(
        drug=one.drug or one.asked,
        guidance=one.guidance,
        note=" ".join(filter(None, (one.note, *ties, *wanted))),
    )


def _of_fact(fact: VariantFact | None) -> tuple[str, ...]:
    """The class of the starter facts in words."""
    if fact is None or fact.known is None:
        return ()
    return (f"{fact.known.significance}: {fact.known.review} ({fact.known.by}; starter facts, draft)",)
