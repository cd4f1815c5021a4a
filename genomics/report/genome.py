"""The report of a genome file: ranked candidates, what was covered, and what was not looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from genomics.report import plots
from genomics.report.rows import (
    Block,
    Bullets,
    CoverageRow,
    Facts,
    Genome,
    Grid,
    Report,
    Section,
    VariantRow,
    Words,
)
from genomics.report.shown import shown
from genomics.report.variant import known_of, sources_of, variant_section
from retrieval.evidence import Table

_CANDIDATES = (
    "Rank", "Variant", "Gene", "Genotype", "Inheritance", "Class given by others", "Class of the codes", "Score",
)  # fmt: skip
_NO_CANDIDATE = (
    "No candidate was found among what was looked at. That is no negative result: see the coverage."
)


def genome_report(genome: Genome, *, versions: Mapping[str, str] | None = None, made: str = "") -> Report:
    """Candidates in their order, secondary findings only where somebody asked for them, coverage per gene."""
    rows = (*genome.candidates, *(genome.secondary or ()))
    sections = [_overview(genome), _candidates(genome.candidates)]
    if genome.secondary is not None:
        sections.append(_secondary(genome.secondary))
    sections += [_coverage(genome.coverage)]
    sections += [variant_section(row) for row in rows]
    return Report(
        kind="genome",
        title=genome.title,
        subject=genome,
        sections=tuple(sections),
        sources=sources_of(rows),
        versions=dict(versions or {}),
        made=made,
    )


def _overview(genome: Genome) -> Section:
    pairs = [("Build", genome.build), ("Sex as stated", genome.sex or "not stated")]
    pairs += [("Looked for", "; ".join(genome.asked) or "no panel and no terms were given")]
    pairs += [(name, f"{number:,}") for name, number in genome.counts]
    blocks: list[Block] = [Facts(pairs=tuple((name, value) for name, value in pairs if value))]
    limits = tuple(filter(shown, genome.limits))
    blocks += [Bullets(items=limits)] if limits else []
    return Section(title="What was read", blocks=tuple(blocks))


def _candidates(rows: Sequence[VariantRow]) -> Section:
    blocks: tuple[Block, ...] = (
        (_ranking("Ranked candidates", rows),) if rows else (Words(text=_NO_CANDIDATE),)
    )
    return Section(title="Candidates", blocks=blocks)


def _secondary(rows: Sequence[VariantRow]) -> Section:
    none = Words(text="None was found in the genes of the list that the file covers.")
    blocks: tuple[Block, ...] = (_ranking("Reportable secondary findings", rows),) if rows else (none,)
    return Section(title="Secondary findings (ACMG list)", blocks=blocks)


def _ranking(title: str, rows: Sequence[VariantRow]) -> Grid:
    told = tuple(
        (
            str(rank),
            row.title,
            row.gene,
            row.genotype,
            row.inheritance,
            "; ".join(known_of(row)) or "none held",
            row.assessment.verdict.by_points.value if row.assessment else "not assessed",
            f"{row.score:.3f}" if row.score is not None else "",
        )
        for rank, row in enumerate(rows, 1)
    )
    return Grid(table=Table(title=title, columns=_CANDIDATES, rows=told))


def _coverage(rows: Sequence[CoverageRow]) -> Section:
    plot = plots.coverage(rows)
    if plot is None:
        told = (
            "Nothing is known of the coverage: a site that is not in the file was not called reference here."
        )
        return Section(title="Coverage", blocks=(Words(text=told, strong=True),))
    table = Table(
        title="Coverage of each gene",
        columns=("Gene", "Share of coding bases", "By what"),
        rows=tuple(
            (row.gene, "not known" if row.share is None else f"{row.share:.1%}", row.how) for row in rows
        ),
    )
    return Section(title="Coverage", blocks=(plot, Grid(table=table)))
