"""Makes the index of an allele-frequency slice: gnomAD sites VCFs (v2.1, v3, v4, chrM), HelixMTdb, and BED regions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from genomics import builds
from genomics.builds import Build, BuildError, contig
from genomics.lookups import pack_text
from genomics.lookups.frequency import GROUPS, MITOCHONDRIAL, highest
from genomics.lookups.index import Cell, Writing
from genomics.lookups.pack_text import Header, PackFileError, Record
from genomics.variant import trim

SCHEMA = 1
TABLES = """
CREATE TABLE seen(
  build TEXT, contig TEXT, pos INTEGER, ref TEXT, alt TEXT, dataset TEXT, ac INTEGER, an INTEGER, af REAL,
  faf REAL, grp TEXT, hom INTEGER, hemi INTEGER, het REAL, passed INTEGER, pad TEXT, tail TEXT,
  PRIMARY KEY(build, contig, pos, ref, alt, dataset)) WITHOUT ROWID;
CREATE TABLE covered(
  build TEXT, contig TEXT, start INTEGER, stop INTEGER, name TEXT,
  PRIMARY KEY(build, contig, start, stop, name)) WITHOUT ROWID;
"""
_BED = re.compile(r"\.bed(\.gz)?$", re.I)
_BASES = re.compile(r"[ACGTN]+")


def prepare(files: Sequence[Path], target: Path) -> int:
    """Write the index of all files; returns the number of alleles. BED regions count for the builds of the VCFs.

    Raises:
        BuildError: a VCF does not tell its build, or a BED comes with VCFs of both builds and does not name one.
        PackFileError: a file is neither a sites VCF nor a BED, or is damaged.
    """
    slices = [file for file in files if not _BED.search(file.name)]
    if not slices:
        raise PackFileError("A BED of regions needs the gnomAD slice that it covers; import both together.")
    writing = Writing(target, TABLES)
    try:
        told: dict[Build, None] = {}
        datasets: list[str] = []
        came = 0
        for file in slices:
            header, records = pack_text.vcf(file)
            build = _build(file, header)
            told[build] = None
            datasets.append(_dataset(header, file))
            came += writing.add("seen", _rows(records, header, build, datasets[-1]))
        for file in files:
            if _BED.search(file.name):
                writing.add("covered", _regions(file, _bed_build(file, list(told))))
        version = "; ".join(dict.fromkeys(datasets))
        writing.close({"builds": ",".join(told), "version": version, "rows": str(came)})
    finally:
        writing.abandon()
    return came


def _build(file: Path, header: Header) -> Build:
    """The build of a slice. The mitochondrial contig is the same in both, and is held under :data:`MITOCHONDRIAL`."""
    if {"AC_hom", "AC_het"} <= set(header.info):
        return MITOCHONDRIAL
    if header.build:
        return header.build
    raise BuildError(f"{file.name} does not say which build it is of; keep gnomAD's header when you cut it.")


def _dataset(header: Header, file: Path) -> str:
    """What the file is of, by the fields that only that release has."""
    fields = header.info
    if "hap_defining_variant" in fields:
        return "gnomAD chrM v3.1"
    if {"AC_hom", "AC_het"} <= set(fields):
        return "HelixMTdb"
    kind = next((word for word in ("exomes", "genomes", "joint") if word in file.name.lower()), "sites")
    if "fafmax_faf95_max" in fields or "grpmax" in fields:
        return f"gnomAD v4 {kind}"
    if "popmax" in fields:
        return f"gnomAD v{'2' if header.build is Build.GRCH37 else '3'} {kind}"
    if "AC" in fields and "AN" in fields:
        return f"sites of {pack_text.clean(file.name, 60)}"
    raise PackFileError(f"{file.name}: no AC and AN in the header; this is no file of allele frequencies.")


def _rows(records: Iterator[Record], header: Header, build: Build, dataset: str) -> Iterator[Sequence[Cell]]:
    mitochondrial = "AC_hom" in header.info
    for record in records:
        fields = pack_text.info(record.info)
        for place, alt in enumerate(record.alts):
            if not (_BASES.fullmatch(alt) and _BASES.fullmatch(record.ref)):
                continue
            own = {name: _own(value, place, len(record.alts)) for name, value in fields.items()}
            counted = _mitochondrial(own) if mitochondrial else _nuclear(own)
            pos, ref, short = trim(record.pos, record.ref, alt)
            pad = record.ref[: pos - record.pos]
            tail = record.ref[len(pad) + len(ref) :]
            passed = int(record.filter in ("PASS", "."))
            yield (build.value, record.contig, pos, ref, short, dataset, *counted, passed, pad, tail)


def _own(value: str, place: int, alleles: int) -> str:
    """The allele's value of a field with one for each allele; the whole value otherwise."""
    cells = value.split(",")
    return cells[place] if alleles > 1 and len(cells) == alleles else value


def _nuclear(fields: Mapping[str, str]) -> tuple[Cell, ...]:
    count, number = _int(fields, "AC") or 0, _int(fields, "AN") or 0
    share = _float(fields, "AF")
    faf, group = highest((name, _float(fields, f"faf95_{name}")) for name in GROUPS)
    if faf is None:
        named = fields.get("fafmax_faf95_max_gen_anc", "")
        faf, group = highest([(named, _float(fields, "fafmax_faf95_max"))])
    outside = "nonpar" in fields or "non_par" in fields
    hemizygotes = next((_int(fields, name) for name in ("AC_XY", "AC_male") if name in fields), None)
    return (
        count,
        number,
        share if share is not None else (count / number if number else 0.0),
        faf,
        group,
        _int(fields, "nhomalt"),
        hemizygotes if outside else None,
        None,
    )


def _mitochondrial(fields: Mapping[str, str]) -> tuple[Cell, ...]:
    """Homoplasmic counts as the frequency, heteroplasmic ones beside (doi:10.1101/gr.276013.121)."""
    count, number = _int(fields, "AC_hom") or 0, _int(fields, "AN") or 0
    partly = _int(fields, "AC_het") or 0
    share, het = _float(fields, "AF_hom"), _float(fields, "AF_het")
    return (
        count,
        number,
        share if share is not None else (count / number if number else 0.0),
        None,
        "",
        None,
        None,
        het if het is not None else (partly / number if number else 0.0),
    )


def _int(fields: Mapping[str, str], name: str) -> int | None:
    value = fields.get(name, "")
    return int(value) if value.isdigit() and len(value) < 12 else None


def _float(fields: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(fields[name])
    except (KeyError, ValueError):
        return None
    return value if 0 <= value <= 1 else None


def _bed_build(file: Path, told: list[Build]) -> Build:
    if len(told) == 1:
        return told[0]
    named = builds.spoken(re.sub(r"[._-]", " ", file.name))
    if named is None:
        raise BuildError(f"{file.name}: name its build in the file name (…GRCh38.bed); slices of both came.")
    return named


def _regions(file: Path, build: Build) -> Iterator[Sequence[Cell]]:
    """BED is 0-based and half-open; the index holds 1-based closed intervals."""
    for number, line in pack_text.lines(file):
        if not line.strip() or line.startswith(("#", "track", "browser")):
            continue
        cells = line.split("\t")
        if len(cells) < 3 or not (cells[1].isdigit() and cells[2].isdigit()):
            raise PackFileError(f"{file.name}, line {number}: a BED line has contig, start and end.")
        name = contig(cells[0])
        if name:
            yield build.value, name, int(cells[1]) + 1, int(cells[2]), pack_text.clean(file.name, 60)
