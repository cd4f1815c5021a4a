"""A mini VCF of one sample: header with the build, contigs, records in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Build = Literal["GRCh37", "GRCh38"]


class Record(NamedTuple):
    """One line. ``genotype`` is phased: "0|1"; ``alts`` in the order of their numbers."""

    chrom: str
    pos: int
    id: str
    ref: str
    alts: tuple[str, ...]
    genotype: str = "0|0"


def text(
    records: Sequence[Record],
    *,
    build: Build,
    sample: str,
    lengths: Mapping[str, int],
    prefix: str = "chr",
) -> str:
    """The file (VCF 4.2) as text, sorted by contig and position; ``lengths`` holds those of GRCh38.

    Contig lengths are written for GRCh38 alone: those of the other build were not seen.
    """
    used = sorted({one.chrom for one in records}, key=_order)
    lines = ["##fileformat=VCFv4.2", f"##reference={build}"]
    lines += [
        _contig(prefix + chrom, lengths.get(chrom) if build == "GRCh38" else None, build) for chrom in used
    ]
    lines += ['##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">']
    lines += ['##FILTER=<ID=PASS,Description="All filters passed">']
    lines += ["\t".join(("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", sample))]
    for one in sorted(records, key=lambda one: (_order(one.chrom), one.pos)):
        alts = ",".join(one.alts) or "."
        row = (
            prefix + one.chrom,
            str(one.pos),
            one.id or ".",
            one.ref,
            alts,
            "99",
            "PASS",
            ".",
            "GT",
            one.genotype,
        )
        lines.append("\t".join(row))
    return "\n".join(lines) + "\n"


def _contig(name: str, length: int | None, build: Build) -> str:
    return f"##contig=<ID={name}{f',length={length}' if length else ''},assembly={build}>"


def _order(chrom: str) -> tuple[int, str]:
    return (int(chrom), "") if chrom.isdigit() else (99, chrom)
