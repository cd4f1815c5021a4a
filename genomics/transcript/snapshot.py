"""Reads transcript models from a JSON snapshot of mehari's transcript database (``tx.json.gz``), for tests and figures.

One object per "ACCESSION|BUILD": gene, contig accession, strand, CDS limits, exons with CIGAR, tags, mRNA. The mRNA may
carry bases of a poly-A tail behind the last aligned base, so the exons decide where it ends.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genomics import builds
from genomics.builds import Build
from genomics.transcript.model import Exon, Mane, ModelError, Strand, Transcript

_BUILDS = {"GRCH37": Build.GRCH37, "GRCH38": Build.GRCH38}
_MISSING = "<MISSING>"


def read(path: Path) -> Iterator[Transcript]:
    """The models of a snapshot, one after the other.

    Raises:
        ModelError: an entry contradicts itself.
    """
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        held = json.load(stream)
    for key, entry in held.items():
        yield _model(key, entry)


def _model(key: str, entry: dict[str, Any]) -> Transcript:
    contig = builds.contig(entry["contig"])
    if contig is None:
        raise ModelError(f"{key}: {entry['contig']} is no main contig")
    strand: Strand = 1 if entry["strand"] == "+" else -1
    exons = tuple(sorted(_exon(row, strand) for row in entry["exons"]))
    length = exons[-1].last
    if len(entry["seq"]) < length:
        raise ModelError(f"{key}: the mRNA is shorter than its exons")
    begin, end = entry["cds"]
    return Transcript(
        accession=entry["id"],
        gene="" if entry["gene"] == _MISSING else entry["gene"],
        build=_BUILDS[entry["build"]],
        contig=contig,
        strand=strand,
        exons=exons,
        mrna=entry["seq"][:length],
        cds=None if begin is None or end is None else (begin, end),
        table=2 if contig == "MT" else 1,
        mane=_mane(entry["tags"] or []),
        protein=entry["protein"] or "",
        hgnc=entry["hgnc"] or "",
    )


def _exon(row: list[Any], strand: Strand) -> Exon:
    start, end, first, last, cigar = row
    first = max(1, first) - 1  # the snapshot writes 0 or 1 for the first base
    limits = (start, end) if strand == 1 else (-end, -start)
    return Exon(*limits, first, last, "" if cigar[:-1].isdigit() else cigar)


def _mane(tags: list[str]) -> Mane:
    if any("MANE_SELECT" in tag for tag in tags):
        return "select"
    return "plus clinical" if any("MANE_PLUS_CLINICAL" in tag for tag in tags) else ""
