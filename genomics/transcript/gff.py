"""Transcript models from GFF3 files in the style of NCBI (MANE, RefSeq) or Ensembl. File contents are data."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from genomics import builds
from genomics.builds import Build
from genomics.transcript.model import Mane, ModelError, Strand, Transcript, exons_of

LINE_LIMIT = 1_000_000
_ACCESSION = re.compile(r"[A-Za-z][\w.-]{1,40}")
_SYMBOL = re.compile(r"[A-Za-z][\w.@-]{0,29}")
_PARTS = ("exon", "CDS")


class GffError(ValueError):
    """The file is no GFF3; the message names the line."""


@dataclass
class Draft:
    """The rows of one transcript, before they are a model. Limits are genomic, half-open, 0-based."""

    contig: str
    strand: Strand
    attributes: dict[str, str] = field(default_factory=dict)
    exons: list[tuple[int, int]] = field(default_factory=list)
    cds: list[tuple[int, int, int]] = field(default_factory=list)
    """Start, end and phase."""
    protein: str = ""
    partial: bool = False

    @property
    def accession(self) -> str:
        named = self.attributes.get("transcript_id") or self.attributes.get("ID", "").partition(":")[2]
        version = self.attributes.get("version", "")
        whole = f"{named}.{version}" if version.isdigit() and "." not in named else named
        return whole if _ACCESSION.fullmatch(whole) else ""

    @property
    def mane(self) -> Mane:
        tags = self.attributes.get("tag", "").replace("_", " ").split(",")
        if "MANE Select" in tags:
            return "select"
        return "plus clinical" if "MANE Plus Clinical" in tags else ""


def lines(path: Path) -> Iterator[str]:
    """The lines of a plain or gzipped file.

    Raises:
        GffError: a line is longer than a megabyte, or the compression is damaged.
    """
    try:
        with _open(path) as stream:
            while line := stream.readline(LINE_LIMIT):
                if len(line) >= LINE_LIMIT:
                    raise GffError(f"{path.name} has a line of more than {LINE_LIMIT:,} characters")
                yield line.rstrip("\r\n")
    except (EOFError, OSError, UnicodeDecodeError) as wrong:
        raise GffError(f"{path.name} is damaged or not text: {wrong}") from wrong


def _open(path: Path) -> IO[str]:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8")


def drafts(rows: Iterable[str]) -> Iterator[Draft]:
    """The transcripts of a GFF3 file, one after the other, when all their rows have been read.

    Raises:
        GffError: a row has fewer than nine columns, or its limits are no numbers.
    """
    genes: dict[str, dict[str, str]] = {}
    held: dict[str, Draft] = {}
    contig = ""
    for number, row in enumerate(rows, start=1):
        if row.startswith("#") or not row.strip():
            continue
        cells = row.split("\t")
        if len(cells) < 9:
            raise GffError(f"line {number} of the GFF3 file has {len(cells)} columns, not 9")
        if cells[0] != contig:
            yield from _whole(held, genes)
            contig = cells[0]
        _read(cells, number, genes, held)
    yield from _whole(held, genes)


def _whole(held: dict[str, Draft], genes: dict[str, dict[str, str]]) -> Iterator[Draft]:
    """The rows of one transcript stand on one contig, so the drafts are whole when the next contig begins."""
    for parent, draft in held.items():
        draft.attributes = draft.attributes or genes.get(parent, {})
        if draft.exons or draft.cds:
            yield draft
    held.clear()
    genes.clear()


def _read(cells: list[str], number: int, genes: dict[str, dict[str, str]], held: dict[str, Draft]) -> None:
    contig, _, kind, first, last, _, strand, phase, written = cells[:9]
    attributes = _attributes(written)
    try:
        start, end = int(first) - 1, int(last)
    except ValueError as wrong:
        raise GffError(f"line {number} of the GFF3 file has no numbers as limits") from wrong
    name, parents = attributes.get("ID", ""), attributes.get("Parent", "").split(",")
    blank = Draft(contig, 1 if strand == "+" else -1)
    if kind in _PARTS:
        for parent in filter(None, parents):
            _part(held.setdefault(parent, blank), kind, start, end, phase, attributes)
            blank = Draft(contig, blank.strand)
    elif parents[0] in genes:
        gene = genes[parents[0]]
        draft = held.setdefault(name, blank)
        draft.attributes = {"biotype": gene.get("biotype", ""), **attributes, "gene": _symbol(gene)}
    elif name:
        genes[name] = attributes


def _part(draft: Draft, kind: str, start: int, end: int, phase: str, attributes: dict[str, str]) -> None:
    if kind == "exon":
        draft.exons.append((start, end))
        return
    draft.cds.append((start, end, int(phase) if phase.isdigit() else 0))
    draft.protein = attributes.get("protein_id", draft.protein)
    draft.partial = draft.partial or attributes.get("partial") == "true"


def _attributes(written: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in written.strip().split(";"))
    return {key.strip(): unquote(value)[:1000] for key, _, value in pairs if key.strip()}


def _symbol(attributes: dict[str, str]) -> str:
    for key in ("gene", "gene_name", "Name", "gene_id"):
        if _SYMBOL.fullmatch(attributes.get(key, "")):
            return attributes[key]
    return ""


Flanks = Callable[[int, int, Strand], tuple[str, str]]
"""Intron bases before and after an exon with these genomic limits, in transcript direction."""


def model(
    draft: Draft, mrna: str, build: Build, flanks: Flanks | None = None, contig: str | None = None
) -> Transcript:
    """The model of a draft and its mRNA; bases of a poly-A tail behind the last exon are cut off.

    Raises:
        ModelError: the mRNA is not as long as the exons, or exons and CDS contradict each other.
    """
    plain = contig or builds.contig(draft.contig)
    if plain is None:
        raise ModelError(f"{draft.accession}: {draft.contig[:30]} is no main contig")
    limits = draft.exons or [(start, end) for start, end, _ in draft.cds]
    ordered = sorted(limits, reverse=draft.strand == -1)
    sides = [flanks(start, end, draft.strand) for start, end in ordered] if flanks else ()
    exons = exons_of(limits, draft.strand, sides)
    length = exons[-1].last
    if len(mrna) < length or mrna[length:].strip("A"):
        raise ModelError(f"{draft.accession}: the mRNA has {len(mrna)} bases, its exons {length}")
    bare = Transcript(
        accession=draft.accession,
        gene=_symbol(draft.attributes),
        build=build,
        contig=plain,
        strand=draft.strand,
        exons=exons,
        mrna=mrna[:length].upper(),
        cds=None,
        table=2 if plain == "MT" else 1,
        mane=draft.mane,
        protein=draft.protein,
        hgnc=_hgnc(draft.attributes),
    )
    return _coded(bare, draft) if draft.cds else bare


def _coded(bare: Transcript, draft: Draft) -> Transcript:
    spots = sorted(bare.oriented(start, end) for start, end, _ in draft.cds)
    first, last = bare.base_at(spots[0][0]), bare.base_at(spots[-1][1] - 1)
    if first is None or last is None:
        raise ModelError(f"{draft.accession}: its coding sequence lies outside its exons")
    if sum(end - start for start, end in spots) != last + 1 - first:
        raise ModelError(
            f"{draft.accession}: its coding sequence is not the exons between its ends (slippage)"
        )
    phase = next(p for start, end, p in draft.cds if bare.oriented(start, end) == spots[0])
    whole = replace(bare, cds=(first + phase, last + 1))
    return replace(
        whole,
        complete_start=phase == 0 and whole.residues.startswith("M"),
        complete_end=whole.coding_length % 3 == 0 and whole.residues.endswith("*"),
    )


def _hgnc(attributes: dict[str, str]) -> str:
    found = re.search(r"HGNC:(?:HGNC:)?(\d{1,6})", attributes.get("Dbxref", ""))
    return f"HGNC:{found[1]}" if found else ""
