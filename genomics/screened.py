"""A screening as findings: candidates with their fit, variants that somebody classified, and what was not seen."""

from __future__ import annotations

from genomics import secondary
from genomics.findings import (
    CONFIRM,
    computed,
    fact_finding,
    known_finding,
    named,
    points,
    searched,
    sheets,
    versions,
)
from genomics.lookups import lines
from genomics.lookups.providers import Held
from genomics.screening import Candidate, Found, Screening
from retrieval.evidence import Evidence, Finding, Kind, Outcome, Table, ToolResult

UNLABELLED = "none held"
COVERED = 50
"""Genes in the table of coverage."""
WORKSHEETS = 3
"""Candidates whose codes come as a table."""
PLAIN = "A variant that is not in the file may be absent or not looked at: a plain VCF does not tell."
NEITHER = "An empty list is no negative screen."


def result(seen: Screening, held: Held, *, patient: bool = False) -> ToolResult:
    """One tool result for a screened file. A patient gets only what others classified, without candidates."""
    told = [finding for one in seen.held for finding in _classified(one)]
    if not patient:
        ranked = [_candidate(one, number) for number, one in enumerate(seen.candidates, start=1)]
        told = [
            *ranked,
            *told,
            *(_secondary(one) for one in (seen.beside.reported if seen.beside else ())),
        ]
    outcome = Outcome.FOUND if told else Outcome.NOT_FOUND
    if not told and not any(one.share for one in seen.coverage):
        outcome = Outcome.NOT_COVERED
    return ToolResult(
        outcome=outcome,
        findings=tuple(told),
        note=_note(seen, patient),
        missing=() if patient or not told else _missing(seen),
        searched=(searched(),),
        versions=dict(versions()) | dict(held.versions),
        tables=() if patient else tuple(_tables(seen)),
    )


def _candidate(one: Candidate, number: int) -> Finding:
    best = one.variants[0]
    verdict = best.assessment.verdict
    names = ", ".join(f"{variant.title} ({variant.zygosity})" for variant in one.variants[:3])
    effect = best.effect.term.replace("_", " ") if best.effect else "effect unknown"
    says = f"Candidate {number}: {names}: {effect}; {one.moi.inheritance}, {one.fit.pattern}: {one.fit.fit}."
    counted = any(code.counts for code in best.assessment.criteria)
    says += (
        f" Our own codes: {verdict.by_points} ({points(verdict)})." if counted else " No code of ours is met."
    )
    labelled = [variant for variant in one.variants[:3] if _label(variant) != UNLABELLED]
    says += "".join(f" Class of others for {variant.title}: {_label(variant)}." for variant in labelled)
    working = f"{says} Record {best.record}, {best.variant} on {best.variant.build}. {one.fit.why}"
    if one.symptom_rank:
        working += f" Rank {one.symptom_rank} of the genes for the symptoms."
    evidence = [computed("screen", working), *(row for variant in labelled for row in _rows(variant))]
    evidence += [one.moi.evidence] if one.moi.evidence else []
    return Finding(
        statement=says,
        evidence=tuple(evidence),
        kind=Kind.COMPUTED,
        certainty=f"{one.fit.fit}; {verdict.by_points}",
        names=named(one.gene, [name for variant in one.variants for name in (_c_name(variant),) if name]),
    )


def _rows(one: Found) -> list[Evidence]:
    """The record that states the class of others."""
    if one.known:
        return [lines.evidence(one.known)]
    return [one.fact.evidence] if one.fact and one.fact.known else []


def _c_name(one: Found) -> str:
    return one.effect.c_name if one.effect else ""


def _classified(one: Found) -> list[Finding]:
    says = f"The attached file carries {one.title}: {one.zygosity}."
    working = f"{says} (record {one.record}, {one.variant} on {one.variant.build})"
    names = named(one.gene, (one.fact.names[:1] or one.fact.legacy[:1]) if one.fact else (_c_name(one),))
    carried = Finding(statement=says, evidence=(computed("vcf", working),), kind=Kind.COMPUTED, names=names)
    told = [carried]
    if one.known:
        told.append(known_finding(one.title, one.known, names))
    if one.fact and (one.fact.known or not one.known):
        told.append(fact_finding(one.fact))
    return told


def _secondary(one: secondary.Reported) -> Finding:
    says = (
        f"Secondary finding (ACMG SF v3.3): {', '.join(one.names)}: {one.fit.pattern}, {one.fit.inheritance}."
    )
    evidence = (computed("secondary", f"{says} {one.fit.why}"), one.evidence)
    names = named(one.gene, one.names)
    return Finding(statement=says, evidence=evidence, kind=Kind.COMPUTED, certainty=one.fit.fit, names=names)


def _tables(seen: Screening) -> list[Table]:
    tables = [_ranking(seen)] if seen.candidates else []
    tables += [_coverage(seen)] if any(row.share is not None for row in seen.coverage) else []
    worksheets = [one.variants[0] for one in seen.candidates[:WORKSHEETS]]
    return [
        *tables,
        *(table for one in worksheets for table in sheets(one.title, one.assessment, one.fact, one.known)),
    ]


def _ranking(seen: Screening) -> Table:
    rows = tuple(
        (
            str(number),
            one.gene,
            variant.title.removeprefix(f"{one.gene} "),
            variant.effect.term.replace("_", " ") if variant.effect else "",
            variant.zygosity.value,
            f"{one.moi.inheritance}: {one.fit.fit}",
            f"{variant.assessment.verdict.by_points} ({variant.assessment.verdict.points:+d})",
            _label(variant),
            str(one.symptom_rank or ""),
        )
        for number, one in enumerate(seen.candidates, start=1)
        for variant in one.variants[:3]
    )
    columns = (
        "No.",
        "Gene",
        "Variant",
        "Effect",
        "Copies",
        "Fit",
        "Own class",
        "Class of others",
        "Symptom rank",
    )
    return Table(title="Candidates", columns=columns, rows=rows)


def _label(one: Found) -> str:
    if one.known:
        return f"{one.known.significance} ({lines.STARS[one.known.stars]})"
    if one.fact and one.fact.known:
        return f"{one.fact.known.significance} ({lines.STARS[one.fact.known.stars]})"
    return UNLABELLED


def _coverage(seen: Screening) -> Table:
    """The genes of which the file tells how much was looked at: candidates first, then the least covered."""
    first = [one.gene for one in seen.candidates]
    told = sorted(
        (row for row in seen.coverage if row.share is not None),
        key=lambda row: (row.gene not in first, row.share or 0, row.gene),
    )
    cells = tuple((row.gene, f"{100 * (row.share or 0):.0f} %", row.how) for row in told[:COVERED])
    return Table(title="Coverage of coding sequence", columns=("Gene", "Covered", "How"), rows=cells)


def _missing(seen: Screening) -> tuple[str, ...]:
    wanted = [item for one in seen.candidates for item in one.fit.missing]
    return tuple(dict.fromkeys(wanted))


def _note(seen: Screening, patient: bool) -> str:
    parts = [
        f"The file ({seen.build}) has {seen.records} records with {seen.carried} carried alleles.",
        f"It was searched for {seen.searched} starter variants.",
    ]
    if not patient:
        parts += [f"Looked at: {seen.wanted.how}.", *_counted(seen), *_unread(seen)]
    known = any(one.share is not None for one in seen.coverage)
    parts += [_covered_words(seen)] if known else [PLAIN]
    parts.append(NEITHER)
    return " ".join((*parts, CONFIRM))


def _covered_words(seen: Screening) -> str:
    told = [row.share for row in seen.coverage if row.share is not None]
    whole = sum(share >= 0.99 for share in told)
    return f"Coverage is told for {len(told)} of {len(seen.coverage)} genes; {whole} are covered at 99 % or more."


def _counted(seen: Screening) -> list[str]:
    counts = (
        (seen.without_gene, "Carried alleles whose gene nothing held here tells, not interpreted"),
        (seen.filtered, "Carried alleles that did not pass the caller's filter"),
        (seen.mild, "Carried alleles of these genes with a milder consequence and no class"),
        (
            seen.common,
            "Carried alleles that are too frequent (BA1 or BS1, or 5 % by the file's gnomAD field)",
        ),
        (seen.not_interpreted, "Structural or non-chromosomal alleles, not interpreted"),
        (seen.not_weighed, "Carried alleles not weighed, give a panel or symptoms"),
        (seen.more, "Further candidate genes, not shown"),
    )
    told = [f"{words}: {count}." for count, words in counts if count]
    if seen.annotation:
        told.append(f"Consequences were read from the file ({seen.annotation}).")
    return told


def _unread(seen: Screening) -> list[str]:
    told = [f"“{one.words}” was read as {one.term.name}: {one.how}." for one in seen.wanted.terms if one.how]
    told += [f"Denied and left out: {mention.term.name}." for mention in seen.wanted.denied[:3]]
    told += [f"{name} is no HPO term." for name in seen.wanted.unknown[:3]]
    if seen.sex and seen.sex.agrees is False:
        told.append(seen.sex.says)
    if seen.beside:
        told.append(f"Secondary findings: {seen.beside.says}")
    return told
