"""Reads consequences that a VCF already carries: CSQ (Ensembl VEP), ANN (SnpEff), BCSQ (bcftools csq).

The order of the fields is taken from the header's own definition. Contents are data: only known Sequence Ontology
terms, well-formed gene symbols and accessions, and names that parse as HGVS pass; everything else is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from genomics import hgvs, protein
from genomics.effect import Effect, EffectSource
from genomics.transcript.regions import RANK, ordered
from retrieval.evidence import Word

Kind = Literal["CSQ", "ANN", "BCSQ"]

ROWS, LENGTH = 500, 20_000
"""Most annotations of one record, and characters of one, that are read."""
_KINDS: tuple[Kind, ...] = ("CSQ", "ANN", "BCSQ")
_INFO = re.compile(r'##INFO=<ID=(CSQ|ANN|BCSQ),.*Description="([^"]{1,20000})"')
_FIELDS = re.compile(r"(?:Format:\s*|')\s*\[?\*?\]?'?([A-Za-z0-9_./ *\[\]-]+(?:\s*\|\s*[A-Za-z0-9_./ *-]*)+)")
_TOOLS = {
    "CSQ": (re.compile(r'##VEP="?(v?[\w.]{1,20})'), "Ensembl VEP"),
    "ANN": (re.compile(r'##SnpEffVersion="?([\w.]{1,20})'), "SnpEff"),
    "BCSQ": (re.compile(r"##bcftools/csqVersion=([\w.+-]{1,40})"), "bcftools csq"),
}
_SYMBOL = re.compile(r"[A-Za-z][\w.@-]{0,29}")
_ACCESSION = re.compile(r"[A-Za-z][\w.-]{1,40}")
_RANKED = re.compile(r"(\d{1,4})/(\d{1,4})")
_CHANGE = re.compile(r"(\d{1,5})([A-Z*])(?:>(\d{1,5})([A-Z*]))?")
_SHORT = {"5_prime_utr": "5_prime_UTR_variant", "3_prime_utr": "3_prime_UTR_variant"} | {
    "non_coding": "non_coding_transcript_variant",
    "inframe_altering": "protein_altering_variant",
    "NMD_transcript": "NMD_transcript_variant",
    "intergenic": "intergenic_variant",
}
"""Where bcftools' terms are not Sequence Ontology's without its ending ``_variant``."""
_COLUMNS = {
    "allele": ("allele",),
    "number": ("allele_num",),
    "terms": ("consequence", "annotation"),
    "gene": ("symbol", "gene_name", "gene"),
    "transcript": ("feature", "feature_id", "transcript"),
    "c_name": ("hgvsc", "hgvs.c"),
    "p_name": ("hgvsp", "hgvs.p"),
    "exon": ("exon", "rank"),
    "mane": ("mane_select",),
    "residues": ("amino_acid_change",),
    "bases": ("dna_change",),
}


class Alleles(Word):
    """The alleles of a record, and which of the alternatives is asked for (from 0)."""

    ref: str
    alts: tuple[str, ...]
    asked: int = 0

    @property
    def alt(self) -> str:
        return self.alts[self.asked]


@dataclass(frozen=True)
class Reader:
    """Reads one annotation field by the order of fields that the header states."""

    kind: Kind
    columns: dict[str, int]
    told_by: str
    """Tool and version."""
    share_columns: Mapping[str, int] = field(default_factory=dict)
    """Places of the columns that give gnomAD frequencies, by name."""

    def shares(self, rows: Iterable[str], alleles: Alleles) -> dict[str, str]:
        """The gnomAD columns of the first row that speaks of the allele, by name; filled ones only."""
        for row in islice(rows, ROWS):
            cells = row.split("|") if self.share_columns and len(row) <= LENGTH else []
            if cells and self._is_of(cells, alleles):
                held = {name: cells[at].strip() for name, at in self.share_columns.items() if at < len(cells)}
                return {name: value for name, value in held.items() if value}
        return {}

    def effects(self, rows: Iterable[str], alleles: Alleles) -> tuple[Effect, ...]:
        """What the file says of one alternative allele: MANE Select first, then the most severe.

        ``rows`` are the comma-separated parts of the field. Consequences behind a new stop (bcftools marks them with
        ``*``) and references to another record (``@``) are left out.
        """
        found = list(self._read(rows, alleles))
        worst = len(RANK)
        return tuple(sorted(found, key=lambda one: (not one.mane_select, RANK.get(one.term, worst))))

    def _read(self, rows: Iterable[str], alleles: Alleles) -> Iterator[Effect]:
        for number, row in enumerate(rows):
            if number >= ROWS:
                return
            cells = row.split("|") if len(row) <= LENGTH else []
            if cells and not row.startswith(("@", "*")) and self._is_of(cells, alleles):
                effect = self._effect(cells)
                if effect is not None:
                    yield effect

    def _cell(self, cells: Sequence[str], name: str) -> str:
        place = self.columns.get(name, len(cells))
        return cells[place].strip() if place < len(cells) else ""

    def _is_of(self, cells: Sequence[str], alleles: Alleles) -> bool:
        if len(alleles.alts) == 1:
            return True
        number = self._cell(cells, "number")
        if number.isdigit():
            return int(number) == alleles.asked + 1
        if self.kind == "BCSQ":
            return self._cell(cells, "bases").endswith(f">{alleles.alt}")
        stated = self._cell(cells, "allele").partition("_")[0]
        return stated == (_vep(alleles) if self.kind == "CSQ" else alleles.alt)

    def _effect(self, cells: Sequence[str]) -> Effect | None:
        terms = {_SHORT.get(term, term) for term in self._cell(cells, "terms").split("&")}
        known = {_known(term) for term in terms} - {""}
        if not known:
            return None
        name = _dna(self._cell(cells, "c_name"))
        exon = _RANKED.fullmatch(self._cell(cells, "exon"))
        decay, why = _decay(known, (int(exon[1]), int(exon[2])) if exon else None)
        return Effect(
            source=EffectSource.FILE,
            told_by=self.told_by,
            gene=_kept(_SYMBOL, self._cell(cells, "gene")),
            transcript=_kept(_ACCESSION, self._cell(cells, "transcript")),
            terms=ordered(known),
            c_name=str(name) if name else "",
            p_name=_protein(self._cell(cells, "p_name")) or _residues(self._cell(cells, "residues")),
            exon=int(exon[1]) if exon else None,
            exons=int(exon[2]) if exon else None,
            intron_offset=_offset(name),
            decay=decay,
            decay_reason=why,
            mane_select=bool(_kept(_ACCESSION, self._cell(cells, "mane"))),
        )


def _decay(terms: set[str], exon: tuple[int, int] | None) -> tuple[bool | None, str]:
    """Whether a new stop leads to decay, as far as its exon's number tells (PMID 30192042); a frameshift's does not.

    In the penultimate exon its last 50 bases decide, which the number does not tell.
    """
    if exon is None or "stop_gained" not in terms or "frameshift_variant" in terms:
        return None, ""
    number, last = exon
    if number == last:
        return False, "new stop in the last exon"
    if number < last - 1:
        return True, f"new stop in exon {number} of {last}, before the penultimate one"
    return None, ""


def reader(header: Iterable[str]) -> Reader | None:
    """The reader for the first of CSQ, ANN and BCSQ that the header lines define; None if they define none."""
    fields: dict[str, str] = {}
    tools: dict[str, str] = {}
    for line in header:
        if not line.startswith("##"):
            break
        found = _INFO.match(line)
        if found:
            fields.setdefault(found[1], found[2])
        for kind, (pattern, name) in _TOOLS.items():
            version = pattern.match(line)
            if version:
                tools[kind] = f"{name} {version[1]}"
    for kind in _KINDS:
        columns = _ordered_fields(fields.get(kind, ""))
        if "terms" in columns:
            shares = _share_columns(fields[kind])
            return Reader(kind, columns, tools.get(kind, _TOOLS[kind][1]), shares)
    return None


def rows_of(info: str, kind: Kind) -> tuple[str, ...]:
    """The annotations in an INFO column, as it stands in the file."""
    for part in info.split(";"):
        if part.startswith(f"{kind}="):
            return tuple(part[len(kind) + 1 :].split(",", ROWS)[:ROWS])
    return ()


def _share_columns(description: str) -> dict[str, int]:
    named = [(name, place) for place, name in enumerate(_names(description))]
    return {name: place for name, place in named if name.lower().startswith("gnomad")}


def _names(description: str) -> list[str]:
    """The columns in the header's order."""
    found = _FIELDS.search(description)
    return [name.strip(" '[]*") for name in found[1].split("|")] if found else []


def _ordered_fields(description: str) -> dict[str, int]:
    names = [name.lower() for name in _names(description)]
    return {
        wanted: next(names.index(one) for one in spellings if one in names)
        for wanted, spellings in _COLUMNS.items()
        if any(one in names for one in spellings)
    }


def _known(term: str) -> str:
    if term in RANK:
        return term
    return f"{term}_variant" if f"{term}_variant" in RANK else ""


def _kept(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def _vep(alleles: Alleles) -> str:
    """VEP writes alleles without the first base that all share, where their lengths differ, and ``-`` for none."""
    every = (alleles.ref, *alleles.alts)
    if len({len(one) for one in every}) == 1 or len({one[:1] for one in every}) > 1:
        return alleles.alt
    return alleles.alt[1:] or "-"


def _dna(text: str) -> hgvs.Name | None:
    try:
        return hgvs.parse(text[:500]) if text else None
    except hgvs.HgvsError:
        return None


def _protein(text: str) -> str:
    try:
        return str(protein.parse(text[:500].replace("%3D", "="))) if text else ""
    except hgvs.HgvsError:
        return ""


def _residues(text: str) -> str:
    """The p. name of one changed residue (``146M>146T``); longer changes of bcftools csq are not named."""
    found = _CHANGE.fullmatch(text)
    if not found or (found[3] and found[3] != found[1]):
        return ""
    return _protein(f"p.{found[2]}{found[1]}{found[4] or '='}")


def _offset(name: hgvs.Name | None) -> int | None:
    if name is None or name.start is None or name.end is None:
        return None
    offsets = [point.offset for point in (name.start, name.end) if point.offset]
    return min(offsets, key=abs) if len(offsets) == 2 else None
