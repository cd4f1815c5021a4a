"""The answer to a question about genes and drugs: findings, table, what is missing, in one of the six outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from genomics import VERSION
from genomics.pgx import findings
from genomics.pgx.findings import ASK, CONFIRM
from genomics.pgx.gathering import Gathered
from genomics.pgx.guidance import Advice, Advised, action, advise
from genomics.pgx.guidelines import LICENCE, GuidanceBase
from genomics.pgx.held_guidance import COMMAND
from genomics.pgx.starter_guidance import NAME as STARTER
from genomics.pgx.table import shortened, table_of
from genomics.pgx.words import GeneCall, Guidance, NoCall, listed
from retrieval.evidence import (
    Action,
    Depth,
    Finding,
    Source,
    Table,
    ToolResult,
    found,
    needs_input,
    not_covered,
    unavailable,
)

MOST_MISSING = 12
"""Missing things that are named; the table holds the rest."""


def answer(
    gathered: Gathered, drugs: Sequence[str], base: GuidanceBase, *, patient: bool = False
) -> ToolResult:
    """What the calls mean for the drugs; without drugs, for every drug that the guidance of these genes changes.

    A patient is told what a result means and that guidance exists, not what it recommends and no dose.
    """
    advices = advise(gathered.calls, drugs, base)
    told = _findings(gathered, advices, base, patient)
    tables = () if patient else _tables(gathered, drugs, base)
    more: dict[str, Any] = {
        "tables": tables,
        "searched": (looked_through(base),),
        "versions": {
            "genomics": VERSION,
            "pgx definitions": gathered.definitions,
            "pgx guidance": _version(base),
        },
    }
    note = _note(gathered, advices, base, patient)
    missing = _missing(gathered, advices)
    if drugs and not any(advice.guidance for advice in advices):
        called = findings.in_words(_relevant(gathered, advices, base))
        return _without_guidance(gathered, advices, missing, (called, note), more)
    if not told:
        return _without_call(gathered, missing, note, more)
    return found(*told, note=note, missing=missing, **more)


def looked_through(base: GuidanceBase) -> Source:
    """The body of guidance as the source that was looked through."""
    return Source(
        id="fact:pgx" if base.name == STARTER else f"pack:{base.name}",
        title=f"{base.name}: {len(base.guidelines)} guidelines on {len(base.drugs)} drugs",
        version=base.version,
        licence=LICENCE,
        depth=Depth.GUIDELINE,
        marks=("draft",) if base.name == STARTER else (),
    )


def _version(base: GuidanceBase) -> str:
    return f"{base.name}, {base.version}"


def _findings(
    gathered: Gathered, advices: Sequence[Advice], base: GuidanceBase, patient: bool
) -> tuple[Finding, ...]:
    told: list[Finding] = []
    for advice in advices:
        told += findings.for_patient(advice, base) if patient else findings.of_advice(advice)
    for call in _relevant(gathered, advices, base):
        told += findings.of_call(call)
    return tuple(told)


def _relevant(gathered: Gathered, advices: Sequence[Advice], base: GuidanceBase) -> list[GeneCall]:
    """Stated calls, and of a file's calls those that the drugs' guidance asks for, or that change some guidance."""
    if not gathered.from_file:
        return list(gathered.calls)
    drugs = [advice.drug for advice in advices if advice.drug]
    if drugs:
        asked = {gene for one in base.rows if one.drug in drugs for gene in one.keys}
    else:
        asked = {gene for one in _changed(gathered.calls, base) for gene, _ in one.looked_up}
    return [call for call in gathered.calls if call.gene in asked] or list(gathered.calls)


def _changed(calls: Sequence[GeneCall], base: GuidanceBase) -> list[Guidance]:
    """All guidance for these calls that asks for a change, over every drug that is held."""
    advices = advise(calls, base.drugs, base)
    return [given for one in advices for given in one.guidance if action(given) is not Action.INFORM]


def _tables(gathered: Gathered, drugs: Sequence[str], base: GuidanceBase) -> tuple[Table, ...]:
    genes = table_of(gathered.calls, gathered.refused)
    changed = () if drugs else tuple(dict.fromkeys(map(_row, _changed(gathered.calls, base))))
    if not changed:
        return (genes,)
    columns = ("Drug", "Genes", "Population", "Action", "Guideline")
    return genes, Table(title="Drugs whose guidance asks for a change", columns=columns, rows=changed)


def _row(given: Guidance) -> tuple[str, ...]:
    genes = " and ".join(findings.looked_up(given))
    return given.drug, genes, findings.population(given), action(given).value, given.source_name


def _note(gathered: Gathered, advices: Sequence[Advice], base: GuidanceBase, patient: bool) -> str:
    if patient:
        return f"{findings.silent(advices)} {CONFIRM} {ASK}".strip()
    remarks = [remark for advice in advices for remark in findings.remarks(advice)]
    told = [findings.silent(advices), *remarks, *gathered.notes, _warned(gathered, advices)]
    if base.name == STARTER:
        told.append(
            f"Guidance is restated for {len(base.drugs)} drugs; `{COMMAND}` brings all, word for word."
        )
    elif any(advice.guidance for advice in advices):
        told.append("Recommendations as annotated by ClinPGx (CC BY-SA 4.0).")
    return " ".join(part for part in (*dict.fromkeys(told), CONFIRM) if part)


def _warned(gathered: Gathered, advices: Sequence[Advice]) -> str:
    """Warnings of the calls that the answer rests on; of stated ones always, since they say why nothing was found."""
    leaned_on = {gene for advice in advices for given in advice.guidance for gene, _ in given.looked_up}
    told = [call for call in gathered.calls if call.gene in leaned_on or not gathered.from_file]
    return " ".join(f"{call.gene}: {warning}" for call in told for warning in call.warnings)


def _missing(gathered: Gathered, advices: Sequence[Advice]) -> tuple[str, ...]:
    """What would complete the answer: for each gene that a drug's guidance asks for, what the refusal names."""
    refused = {one.gene: one for one in gathered.refused}
    wanted = dict.fromkeys(gene for advice in advices for gene in advice.missing_genes)
    named: list[str] = []
    for gene in wanted:
        named += _needed(refused[gene]) if gene in refused else [f"genotype of {gene}"]
    leaned_on = {gene for advice in advices for given in advice.guidance for gene, _ in given.looked_up}
    for call in gathered.calls:
        if call.condition and (call.gene in leaned_on or not advices):
            where = shortened(call.missing_positions) or f"those of {listed(call.hidden)}"
            named.append(f"called positions of {call.gene} ({where})")
    return tuple(dict.fromkeys(named))[:MOST_MISSING]


def _needed(one: NoCall) -> list[str]:
    """What a refusal asks for; positions together with their gene."""
    if len(one.missing) == 1 and not one.missing[0].startswith("rs"):
        return [f"{one.missing[0]} (for {one.gene})" if one.missing[0] == "sex" else one.missing[0]]
    return [f"called positions of {one.gene} ({', '.join(one.missing[:3])} …)"] if one.missing else []


def _without_guidance(
    gathered: Gathered,
    advices: Sequence[Advice],
    missing: tuple[str, ...],
    said: tuple[str, str],
    more: dict[str, Any],
) -> ToolResult:
    """No guideline answered for any of the drugs: input is missing, a pack is missing, or it is not covered.

    ``said``: the calls in words, and the note. The calls are told wherever the answer is not what the file lacks.
    """
    note = " ".join(filter(None, said))
    if not gathered.from_file or not any(advice.outcome is Advised.NEEDS_GENE for advice in advices):
        return not_covered(note, missing=missing, **more)
    wanted = dict.fromkeys(gene for advice in advices for gene in advice.missing_genes)
    refused = {one.gene: one for one in gathered.refused if one.gene in wanted}
    untested = [gene for gene in wanted if gene not in refused]
    why = " ".join(one.reason for one in refused.values())
    if untested and gathered.starter_only:
        why = f"{why} The starter alleles do not hold {', '.join(untested)}.".strip()
    if refused and missing:
        return needs_input(f"{why} {said[1]}", *missing, **more)
    if gathered.starter_only:
        return unavailable(f"{why} {note}", COMMAND, missing=missing, **more)
    return not_covered(f"{why} {note}".strip(), missing=missing, **more)


def _without_call(
    gathered: Gathered, missing: tuple[str, ...], note: str, more: dict[str, Any]
) -> ToolResult:
    """Nothing was called: never the reference allele, but the reasons and what is needed."""
    why = " ".join(dict.fromkeys(one.reason for one in gathered.refused[:MOST_MISSING]))
    needed = missing or tuple(dict.fromkeys(name for one in gathered.refused for name in _needed(one)))
    text = f"No gene was called. {why} {note}".strip()
    if needed:
        return needs_input(text, *needed[:MOST_MISSING], **more)
    return needs_input(text, "a genotype, or a file with called positions", **more)
