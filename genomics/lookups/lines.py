"""Each row of a look-up as one line of text: what a quote is taken from, and what it is checked against.

The same row gives the same line, so that the holder of the packs can write it again from the index.
"""

from __future__ import annotations

from genomics.facts import facts
from genomics.lookups.rows import Dosage, Frequency, KnownClass, Score
from retrieval.evidence import Evidence

Row = KnownClass | Frequency | Score | Dosage
STARS = ("no star", "1 star", "2 stars", "3 stars", "4 stars")


def evidence(row: Row) -> Evidence:
    """The row as evidence: its source, and its line as the quote."""
    return Evidence(source=row.source, quote=line(row), locator=row.source.id.rpartition(":")[2])


def line(row: Row) -> str:
    """The row as one line."""
    if isinstance(row, KnownClass):
        return _known(row)
    if isinstance(row, Frequency):
        return _frequency(row)
    if isinstance(row, Score):
        return f"{_subject(row)}: {row.tool} {number(row.score)}{_on(row.transcript)}, {row.source.version}"
    return _dosage(row)


def number(value: float) -> str:
    """A number as short as it can be without loss of its digits: 0.644, 0.00012, 7.9e-05."""
    return f"{value:.6g}"


def _known(row: KnownClass) -> str:
    named = " ".join(part for part in (row.gene, *row.names[:2]) if part)
    parts = [f"ClinVar {row.accession}: {named}", row.significance, f"{row.review} ({STARS[row.stars]})"]
    if row.conflicts:
        parts.append("submissions: " + ", ".join(f"{count} {name}" for name, count in row.conflicts))
    if row.conditions:
        parts.append("conditions: " + "; ".join(row.conditions[:5]))
    if row.aside:
        parts.append("kept apart: " + "; ".join(row.aside))
    return f"{' | '.join(parts)} | release {row.dated}"


def _frequency(row: Frequency) -> str:
    if row.heteroplasmic is not None:
        seen = f"homoplasmic in {row.count} of {row.number}, frequency {number(row.frequency)}"
    elif not row.count:
        seen = f"not seen among {row.number} alleles" if row.number else "not seen"
    else:
        seen = f"{row.count} of {row.number} alleles, frequency {number(row.frequency)}"
    parts = [f"{_subject(row)}: {seen}"]
    if row.faf95 is not None:
        parts.append(f"filtering allele frequency (95 %) {number(row.faf95)} {row.group}".rstrip())
    if row.heteroplasmic is not None:
        parts.append(f"heteroplasmic frequency {number(row.heteroplasmic)}")
    counted = ((row.homozygotes, "homozygotes"), (row.hemizygotes, "hemizygotes"))
    parts += [f"{count} {what}" for count, what in counted if count is not None]
    parts.append("filter passed" if row.passed else "filter not passed")
    return f"{', '.join(parts)}; {row.source.title} {row.source.version}"


def _dosage(row: Dosage) -> str:
    fact = facts().genes.get(row.gene)
    if fact and fact.source_id == row.source.id:
        return fact.statement
    score = "not evaluated" if row.haploinsufficiency is None else f"score {row.haploinsufficiency}"
    when = f", evaluated {row.evaluated}" if row.evaluated else ""
    return f"ClinGen dosage sensitivity of {row.gene}: haploinsufficiency {score}{when}; {row.source.version}"


def _subject(row: Frequency | Score) -> str:
    """The variant that the row is of, as its source id has it: "GRCh38 17-43124027-ACT-A"."""
    return row.source.id.split(":", 2)[-1].partition(";")[0].replace("/", " ")


def _on(transcript: str) -> str:
    return f" ({transcript})" if transcript else ""
