"""The report of star alleles: calls with what they could not see, then the guidelines' own words for each drug."""

from __future__ import annotations

from collections.abc import Mapping

from genomics.pgx.table import table_of
from genomics.pgx.words import Guidance
from genomics.report.rows import Block, Bullets, DrugRow, Facts, Grid, Pharmacogenes, Report, Section, Words
from genomics.report.shown import shown
from retrieval.evidence import Action, Source


def pgx_report(
    subject: Pharmacogenes, *, versions: Mapping[str, str] | None = None, made: str = ""
) -> Report:
    """Calls, genes without a call and why, and every population of every guideline for each drug."""
    sections = [_calls(subject)] if subject.calls or subject.not_called else []
    sections += [_drug(row) for row in subject.drugs]
    if limits := tuple(filter(shown, subject.limits)):
        sections.append(Section(title="Limits", blocks=(Bullets(items=limits),)))
    return Report(
        kind="pharmacogenes",
        title=subject.title,
        subject=subject,
        sections=tuple(sections),
        sources=_sources(subject),
        versions=dict(versions or {}),
        made=made,
    )


def _calls(subject: Pharmacogenes) -> Section:
    blocks: list[Block] = [Grid(table=table_of(subject.calls, subject.not_called))]
    ties = tuple(f"{call.gene}: several diplotypes fit equally well." for call in subject.calls if call.tie)
    blocks += [Bullets(items=ties)] if ties else []
    return Section(title="Calls", blocks=tuple(blocks))


def _drug(row: DrugRow) -> Section:
    blocks: list[Block] = [Words(text=row.note)] if row.note else []
    for one in row.guidance:
        blocks += [Facts(pairs=_guided(one)), Words(text=one.text, strong=_asks(one))]
    return Section(title=row.drug, blocks=tuple(blocks) or (Words(text="No guidance was found."),))


def _asks(one: Guidance) -> bool:
    """Whether it asks for a change that does not rest on what the file fails to show."""
    return one.changes_prescribing is True and (not one.conditions or one.least is not Action.INFORM)


def _guided(one: Guidance) -> tuple[tuple[str, str], ...]:
    pairs = (
        ("Guideline", f"{one.source_name}: {one.source.title}, {one.source.version}"),
        ("Only if", " and ".join(one.conditions)),
        ("Population", one.population),
        ("Strength", one.strength),
        ("Looked up", ", ".join(f"{gene} {key}" for gene, key in one.looked_up)),
        *((f"Implication, {gene}", words) for gene, words in one.implications),
        ("PMID", ", ".join(one.pmids)),
    )
    return tuple((name, value) for name, value in pairs if value)


def _sources(subject: Pharmacogenes) -> tuple[Source, ...]:
    return tuple({one.source.id: one.source for row in subject.drugs for one in row.guidance}.values())
