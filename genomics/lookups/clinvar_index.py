"""Makes the index of ClinVar out of NCBI's VCF of one build, and that of its names out of variant_summary."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from genomics.builds import Build, BuildError
from genomics.lookups import clinvar_terms as terms
from genomics.lookups import pack_text
from genomics.lookups.index import Cell, Writing
from genomics.lookups.pack_text import Header, PackFileError, Record, clean
from genomics.variant import trim

SCHEMA = 1
TABLES = """
CREATE TABLE record(
  contig TEXT, pos INTEGER, ref TEXT, alt TEXT, id TEXT, pad TEXT, tail TEXT, rs TEXT, allele TEXT,
  significance TEXT, review TEXT, conf TEXT, conditions TEXT, genes TEXT, mc TEXT, hgvs TEXT, aside TEXT,
  PRIMARY KEY(contig, pos, ref, alt, id)) WITHOUT ROWID;
CREATE TABLE of_gene(
  gene TEXT, contig TEXT, pos INTEGER, ref TEXT, alt TEXT, id TEXT,
  PRIMARY KEY(gene, contig, pos, ref, alt, id)) WITHOUT ROWID;
"""
AFTER = """
CREATE INDEX by_rs ON record(rs) WHERE rs <> '';
CREATE INDEX by_id ON record(id);
WITH RECURSIVE part(gene, rest, contig, pos, ref, alt, id) AS (
  SELECT '', genes || '|', contig, pos, ref, alt, id FROM record WHERE genes <> ''
  UNION ALL
  SELECT substr(rest, 1, instr(rest, '|') - 1), substr(rest, instr(rest, '|') + 1), contig, pos, ref, alt, id
  FROM part WHERE rest <> '')
INSERT OR IGNORE INTO of_gene SELECT gene, contig, pos, ref, alt, id FROM part WHERE gene <> '';
"""
BAR = "|"
_BASES = re.compile(r"[ACGTN]*")


def prepare(file: Path, target: Path, build: Build) -> int:
    """Write the index of a ClinVar VCF; returns the number of alleles in it.

    Raises:
        BuildError: the file is of the other build, or does not tell its build.
        PackFileError: the file is no VCF of ClinVar, or is damaged.
    """
    header, records = pack_text.vcf(file)
    _of_build(file, header, build)
    if "CLNSIG" not in header.info:
        raise PackFileError(f"{file.name}: no CLNSIG in the header; this is not NCBI's VCF of ClinVar.")
    seen: Counter[str] = Counter()
    writing = Writing(target, TABLES)
    try:
        came = writing.add("record", _rows(records, seen), first_wins=False)
        writing.close(_meta(header, build, seen, came), AFTER)
    finally:
        writing.abandon()
    return came


def _of_build(file: Path, header: Header, build: Build) -> None:
    if header.build is None:
        raise BuildError(f"{file.name} does not say which build it is of; NCBI's file has ##reference.")
    if header.build is not build:
        raise BuildError(f"{file.name} is of {header.build}, and {build} is needed.")


def _meta(header: Header, build: Build, seen: Counter[str], came: int) -> dict[str, str]:
    unknown = {name.partition(" ")[2]: count for name, count in seen.items() if name.startswith("status ")}
    return {
        "build": build.value,
        "version": header.date or "date not given",
        "rows": str(came),
        "classes": BAR.join(sorted(name.partition(" ")[2] for name in seen if name.startswith("class "))),
        "unknown_status": BAR.join(f"{name} ({count})" for name, count in sorted(unknown.items())),
        "clnsig": header.info.get("CLNSIG", ""),
    }


def _rows(records: Iterator[Record], seen: Counter[str]) -> Iterator[Sequence[Cell]]:
    """One row for each allele; ``seen`` counts the terms of the file."""
    for record in records:
        fields = pack_text.info(record.info)
        told = _told(record, fields, seen)
        name = _digits(record.id) or f"line{record.line}"
        for alt in record.alts:
            if not (alt and _BASES.fullmatch(alt) and _BASES.fullmatch(record.ref)):
                continue  # symbolic, missing or ambiguous alleles have no sequence to compare
            pos, ref, short = trim(record.pos, record.ref, alt)
            pad = record.ref[: pos - record.pos]
            tail = record.ref[len(pad) + len(ref) :]
            yield (record.contig, pos, ref, short, name, pad, tail, *told)


def _told(record: Record, fields: dict[str, str], seen: Counter[str]) -> tuple[str, ...]:
    status, known = terms.review_status(fields.get("CLNREVSTAT", ""))
    if not known:
        seen[f"status {clean(fields['CLNREVSTAT'], 60)}"] += 1
    found = terms.classes(fields.get("CLNSIG", ""))
    seen[f"class {found.germline or 'none'}"] += 1
    aside = (*found.aside, *terms.kept_apart(fields))
    if len(record.alts) > 1:
        aside = (*aside, "the record lists several alleles together")
    rs = fields.get("RS", "").partition("|")[0]
    return (
        f"rs{rs}" if rs.isdigit() else "",
        _digits(fields.get("ALLELEID", "")),
        found.germline,
        status.value,
        BAR.join(f"{name}:{count}" for name, count in terms.conflicts(fields.get("CLNSIGCONF", ""))),
        BAR.join(name.replace(BAR, " ") for name in terms.conditions(fields.get("CLNDN", ""))),
        BAR.join(terms.genes(fields.get("GENEINFO", ""))),
        terms.first_consequence(fields.get("MC", "")),
        _genomic(fields.get("CLNHGVS", "")),
        BAR.join(part.replace(BAR, " ") for part in aside),
    )


def _digits(field: str) -> str:
    return field if field.isdigit() and len(field) < 12 else ""


def _genomic(field: str) -> str:
    """The genomic name of CLNHGVS, if it is one of a plausible length."""
    name = field.partition(",")[0]
    return name if re.fullmatch(r"N[CTW]_\d+\.\d+:[gm]\.[\w>*()?+-]{1,150}", name) else ""


NAMES_SCHEMA = 1
NAMES = """
CREATE TABLE name(id INTEGER PRIMARY KEY, gene TEXT, transcript TEXT, c_name TEXT, p_name TEXT);
"""
NAMES_AFTER = "CREATE INDEX by_name ON name(gene, c_name);"
_TITLE = re.compile(
    r"(?P<tx>[A-Z]{2}_\d+\.\d+)(?:\((?P<gene>[\w.-]{1,30})\))?:(?P<name>[cnm]\.\S{1,200}?)"
    r"(?:\s\((?P<protein>p\.[\w=?*]{1,120})\))?"
)
_STATED = re.compile(r"(?<=del)[ACGTN\d]+$|(?<=dup)[ACGTN\d]+$|(?<=del)[ACGTN\d]+(?=ins)")


def prepare_names(file: Path, target: Path) -> int:
    """Write the index of ClinVar's names out of variant_summary.txt; returns the number of variations.

    Raises:
        PackFileError: a column is missing, or the file is damaged.
    """
    writing = Writing(target, NAMES)
    try:
        writing.add("name", _names(file))
        writing.close({"version": "of the day of the pull"}, NAMES_AFTER)
    finally:
        writing.abandon()
    from genomics.lookups.index import Index

    made = Index(target)
    try:
        counted = made.row("SELECT count(*) FROM name")
    finally:
        made.close()
    return int(counted[0] or 0) if counted else 0


def _names(file: Path) -> Iterator[Sequence[Cell]]:
    numbered = pack_text.lines(file)
    _, first = next(numbered, (0, ""))
    columns = first.lstrip("#").split("\t")
    try:
        at_name, at_id = columns.index("Name"), columns.index("VariationID")
        at_gene = columns.index("GeneSymbol")
    except ValueError as missing:
        raise PackFileError(
            f"{file.name}: no column Name, GeneSymbol or VariationID; this is no variant_summary."
        ) from missing
    for _, line in numbered:
        cells = line.split("\t")
        found = _TITLE.fullmatch(cells[at_name]) if len(cells) == len(columns) else None
        if found and cells[at_id].isdigit():
            gene = found["gene"] or cells[at_gene]
            name = plain_name(found["name"])
            yield int(cells[at_id]), gene.upper(), found["tx"], name, found["protein"] or ""


def plain_name(name: str) -> str:
    """A c. name without the bases that may or may not be stated after del and dup."""
    return _STATED.sub("", name)
