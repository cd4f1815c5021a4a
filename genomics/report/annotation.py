"""The report of annotated files: one line per carried allele, those with a class first."""

from __future__ import annotations

from collections.abc import Sequence

from genomics.annotated_rows import AnnotatedFile, AnnotatedRow
from genomics.report.rows import Block, Facts, Grid, Report, Section, Words
from retrieval.evidence import Table

SHOWN = 500
"""Alleles of a file that are shown; the JSON lines hold all."""
_COLUMNS = (
    "Variant", "Position", "Genotype", "Consequence", "Class given by others", "Class of the codes", "Codes",
)  # fmt: skip


def annotation_report(files: Sequence[AnnotatedFile], *, made: str = "") -> Report:
    """The files in their order.

    Raises:
        ValueError: there is no file.
    """
    if not files:
        raise ValueError("a report of files needs at least one file")
    title = f"Annotation of {files[0].name}" if len(files) == 1 else f"Annotation of {len(files)} files"
    return Report(
        kind="annotation",
        title=title,
        subject=tuple(files),
        sections=tuple(map(_section, files)),
        versions=dict(files[0].versions),
        made=made,
    )


def _section(file: AnnotatedFile) -> Section:
    facts = (
        ("Build", file.build.value),
        ("Records", f"{file.records:,}"),
        ("Carried alleles", f"{file.carried:,}"),
        ("Not interpreted", f"{file.not_interpreted:,}"),
    )
    blocks: list[Block] = [Facts(pairs=facts)]
    rows = sorted(file.rows, key=_telling)[:SHOWN]
    if rows:
        table = Table(title="Carried alleles", columns=_COLUMNS, rows=tuple(map(_cells, rows)))
        blocks.append(Grid(table=table))
    if left := len(file.rows) - len(rows):
        words = f"{left:,} further alleles, without a class by anybody or with less to tell, are not shown."
        blocks.append(Words(text=words, strong=True))
    return Section(title=file.name, blocks=tuple(blocks))


def _telling(row: AnnotatedRow) -> tuple[bool, bool, int, int]:
    return (not row.known, not row.own_class, -(row.own_points or 0), row.record)


def _cells(row: AnnotatedRow) -> tuple[str, ...]:
    stars = f" ({row.known_stars} stars)" if row.known_stars is not None else ""
    own = f"{row.own_class} ({row.own_points:+d})" if row.own_class else row.not_weighed
    return (
        row.title,
        f"{row.contig}-{row.pos}-{row.ref}-{row.alt}",
        row.zygosity,
        row.consequence.replace("_", " "),
        f"{row.known}{stars}" if row.known else "none held",
        own,
        ", ".join(row.own_codes),
    )
