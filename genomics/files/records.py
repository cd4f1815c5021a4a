"""Lines of a VCF as checked fields: the header's contigs and samples, records, genotypes. File contents are data.

INFO is looked at for the END of a reference block and handed on for the reader of annotations; of the header's text
only the lines that define such annotations are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from genomics import builds
from genomics.builds import LENGTHS, Build
from genomics.files import anchors, own_fields
from genomics.files.guard import VcfError

ALLELE_LIMIT = 1_000
"""Alternative alleles of one record."""
HEADER_LIMIT = 300_000
"""Lines of a header: a hundred times those of a reference with all its patches."""
COPIES_LIMIT = 8
"""Copies in one genotype."""
ANYTHING_ELSE = (b"<NON_REF>", b"<*>")
"""What a gVCF writes for "any other allele"; it is no allele."""
_CONTIG = re.compile(rb"^##contig=<(?=[^>]*\bID=([^,>]+))(?=[^>]*\blength=(\d{1,10})\b)")
_COLUMNS = (b"#CHROM", b"POS", b"ID", b"REF", b"ALT", b"QUAL", b"FILTER", b"INFO", b"FORMAT")
_ASSEMBLY = re.compile(rb'^##contig=<[^>]*\bassembly="?([\w.]{1,40})')
_ANNOTATING = (
    b"##INFO=<ID=CSQ,",
    b"##INFO=<ID=ANN,",
    b"##INFO=<ID=BCSQ,",
    b"##VEP=",
    b"##SnpEffVersion=",
    b"##bcftools/csqVersion=",
)
_ANNOTATING_LIMIT = 20
_GENOTYPE = re.compile(rb"[|/]?(?:\.|\d{1,4})(?:[|/](?:\.|\d{1,4}))*")
_END = re.compile(rb"(?:^|;)END=(\d{1,10})(?:;|$)")
_RSID = re.compile(rb"(?<![^;])rs\d{1,12}(?![^;])")
_BASES = frozenset("ACGTN")
CACHED = 4_096
_DIGITS = 10
_SHORT = 12


class Header(NamedTuple):
    """What the header tells."""

    lengths: dict[str, int]
    """Bases per contig, as the header names them."""
    samples: tuple[str, ...]
    """Never shown: the names are whatever a file holds."""
    lines: int
    annotating: tuple[str, ...] = ()
    """Lines that define CSQ, ANN or BCSQ and name their tool; data for :mod:`genomics.transcript.annotated` alone."""
    assemblies: tuple[str, ...] = ()
    """What the contig lines call their assembly, each once."""
    has_own_fields: bool = False
    """True if INFO fields of gnomAD or SpliceAI are defined."""


class Record(NamedTuple):
    """One line; every field is checked but the samples', which :class:`Genotypes` reads."""

    where: str
    """"Line 12", for messages."""
    number: int
    """From 1; 0 where it was fetched through an index."""
    contig: str | None
    """Plain name, None where it is no chromosome."""
    pos: int
    end: int
    """Last reference base, of the reference allele or of the block."""
    rsid: str
    """Also several, "rs1;rs2"; other ids are left out."""
    ref: str
    alts: tuple[str, ...]
    anything_else: int
    """Trailing ``<NON_REF>`` or ``<*>`` that were left out of ``alts``."""
    is_block: bool
    """A reference block of a gVCF: it has an END and no alternative allele."""
    is_bare: bool
    """Only "anything else" stands for the alternatives: one base of a gVCF, or an explicit reference call."""
    passed: bool
    info: bytes
    """For END and for :mod:`genomics.transcript.annotated` alone."""
    keys: bytes
    samples: list[bytes]


class Genotype(NamedTuple):
    """One sample's genotype. ``called`` is None where the line has no GT."""

    called: tuple[int | None, ...] | None
    in_order: bool
    """Written with ``|``, or order does not matter."""
    phase_set: int | None
    quality: int | None
    depth: int | None


def read_header(lines: Iterator[tuple[int, bytes]]) -> Header:
    """The header; the next line of ``lines`` is the first record.

    Raises:
        VcfError: the column line is missing or its columns are not those of a VCF.
    """
    lengths: dict[str, int] = {}
    annotating: list[str] = []
    assemblies: dict[str, None] = {}
    scored = False
    for number, line in lines:
        if number > HEADER_LIMIT:
            raise VcfError(
                f"Line {number}: the header has more than {HEADER_LIMIT:,} lines; export the file again."
            )
        if line.startswith(b"##"):
            if line.startswith(_ANNOTATING) and len(annotating) < _ANNOTATING_LIMIT:
                annotating.append(line.decode("latin-1"))
            if (named := _ASSEMBLY.match(line)) and len(assemblies) < _ANNOTATING_LIMIT:
                assemblies[named[1].decode("latin-1")] = None
            scored = scored or own_fields.is_defined(line)
            if found := _CONTIG.match(line):
                lengths[found[1].decode("latin-1")] = int(found[2])
            continue
        if not line.startswith(b"#CHROM"):
            break
        return Header(lengths, _samples(line, number), number, tuple(annotating), tuple(assemblies), scored)
    raise VcfError(
        f"Line {number}: the column line (#CHROM, POS, ID, REF, ...) is missing; export the file again."
    )


def _samples(line: bytes, number: int) -> tuple[str, ...]:
    names = line.split(b"\t")
    expected = _COLUMNS[: max(8, min(len(names), 9))]
    if tuple(names[: len(expected)]) != expected:
        raise VcfError(
            f"Line {number}: the columns must be {b' '.join(_COLUMNS[:8]).decode()} and, before samples, FORMAT, "
            "separated by tabs; export the file again."
        )
    return tuple(name.decode("utf-8", "replace") for name in names[9:])


class Records:
    """Splits and checks lines of one build."""

    def __init__(self, header: Header, build: Build) -> None:
        self._columns = 8 + (1 + len(header.samples) if header.samples else 0)
        self._spare = 0 if header.samples else 1  # FORMAT without samples
        self._build = build
        self._contigs: dict[bytes, tuple[str | None, int]] = {}

    def place(self, line: bytes, where: str) -> tuple[str | None, int, int]:
        """Contig, position and last base of the spelled reference: enough to pass over a line."""
        fields = line.split(b"\t", 4)
        if len(fields) < 5:
            raise self._miscounted(line, where)
        return self.placed(fields, where)

    def fields(self, line: bytes, where: str) -> list[bytes]:
        """The columns of a line, as many as the header names."""
        fields = line.split(b"\t")
        if len(fields) != self._columns and len(fields) != self._columns + self._spare:
            raise self._miscounted(line, where)
        return fields

    def read(self, fields: list[bytes], where: str, number: int) -> Record:
        """The record of a line's fields.

        Raises:
            VcfError: a field is malformed; the message names the line.
            genomics.builds.BuildError: a known rsID stands where it lies on the other build.
        """
        contig, pos, end = self.placed(fields, where)
        alts, anything_else = _alts(fields[4], where)
        rsid = b";".join(_RSID.findall(fields[2])).decode() if fields[2] != b"." else ""
        if rsid and contig:
            anchors.check(rsid.split(";"), contig, pos, self._build)
        stated = _END.search(fields[7]) if not alts else None
        if stated:
            end = self._block_end(int(stated[1]), pos, contig, where)
        return Record(
            where=where,
            number=number,
            contig=contig,
            pos=pos,
            end=end,
            rsid=rsid,
            ref=_reference(fields[3], where),
            alts=alts,
            anything_else=anything_else,
            is_block=stated is not None,
            is_bare=not alts and anything_else > 0,
            passed=fields[6] in (b"PASS", b"."),
            info=fields[7],
            keys=fields[8] if len(fields) > 8 else b"",
            samples=fields[9:],
        )

    def placed(self, fields: list[bytes], where: str) -> tuple[str | None, int, int]:
        contig, length = self._contig(fields[0])
        spelled = fields[1]
        if not spelled.isdigit() or len(spelled) > _DIGITS:
            raise VcfError(f"{where} breaks the VCF format: its position is none; export the file again.")
        pos = int(spelled)
        end = pos + max(len(fields[3]), 1) - 1
        if contig is not None and end > length:
            raise VcfError(
                f"{where}: the position lies beyond the end of chromosome {contig} on {self._build} "
                f"({length:,} bases); check the position and the build."
            )
        return contig if pos else None, pos, end  # position 0 is a telomere, which no allele of ours names

    def _contig(self, name: bytes) -> tuple[str | None, int]:
        known = self._contigs.get(name)
        if known is None:
            plain = builds.contig(name.decode("latin-1"))
            known = plain, LENGTHS[self._build][plain] if plain else 0
            if len(self._contigs) < CACHED:
                self._contigs[name] = known
        return known

    def _miscounted(self, line: bytes, where: str) -> VcfError:
        if line.count(b"\t") == 0 and line.strip():
            return VcfError(f"{where} breaks the VCF format: its fields are not separated by tabs.")
        columns = line.count(b"\t") + 1
        return VcfError(
            f"{where} breaks the VCF format: it has {columns} columns where the header names "
            f"{self._columns}; the file may be cut there. Export it again."
        )

    def _block_end(self, end: int, pos: int, contig: str | None, where: str) -> int:
        length = LENGTHS[self._build][contig] if contig else end
        if not pos <= end <= length:
            raise VcfError(
                f"{where}: the block's END lies before its position or beyond its chromosome on {self._build}."
            )
        return end


class Genotypes:
    """Reads sample fields; spelled genotypes and key lists repeat, so both are remembered."""

    def __init__(self) -> None:
        self._called: dict[bytes, tuple[tuple[int | None, ...], bool]] = {}
        self._keys: dict[bytes, dict[bytes, int]] = {}
        self._whole: dict[tuple[bytes, bytes, int, int], Genotype] = {}

    def called(self, record: Record, sample: int) -> tuple[tuple[int | None, ...], bool] | None:
        """The copies and whether they are in order; None if the line has no GT."""
        place = self._places(record.keys).get(b"GT")
        if place is None:
            return None
        field = record.samples[sample]
        spelled = field.partition(b":")[0] if place == 0 else _nth(field, place)
        known = self._called.get(spelled)
        if known is None:
            known = _spelled(spelled, record.where)
            if len(self._called) < CACHED:
                self._called[spelled] = known
        listed = len(record.alts)
        if any(copy is not None and copy > listed for copy in known[0]):
            return _without_anything_else(known[0], record), known[1]
        return known

    def read(self, record: Record, sample: int) -> Genotype:
        """The genotype with its phase set, quality and depth (MIN_DP of a block, where it is given)."""
        field = record.samples[sample]
        key = record.keys, field, len(record.alts), record.anything_else
        known = self._whole.get(key)
        if known is None:
            known = self._read(record, sample, field)
            if len(self._whole) < CACHED and len(field) < _SHORT:
                self._whole[key] = known
        return known

    def _read(self, record: Record, sample: int, field: bytes) -> Genotype:
        known = self.called(record, sample)
        places = self._places(record.keys)
        called, in_order = known if known else (None, False)
        barred = in_order and len(set(called or ())) > 1
        return Genotype(
            called=called,
            in_order=in_order,
            phase_set=_number(field, places.get(b"PS")) if barred else None,
            quality=_number(field, places.get(b"GQ")),
            depth=_number(field, places.get(b"MIN_DP", places.get(b"DP"))),
        )

    def _places(self, keys: bytes) -> dict[bytes, int]:
        known = self._keys.get(keys)
        if known is None:
            known = {key: place for place, key in enumerate(keys.split(b":"))}
            if len(self._keys) < CACHED:
                self._keys[keys] = known
        return known


def _alts(field: bytes, where: str) -> tuple[tuple[str, ...], int]:
    """The alternatives that name something, and how many stood for "anything else"."""
    many = field.count(b",") + 1
    if many > ALLELE_LIMIT:
        raise VcfError(f"{where} lists {many} alleles; split it with bcftools norm -m-.")
    spelled = [] if field == b"." else field.split(b",")
    if not all(spelled):
        raise VcfError(
            f"{where} breaks the VCF format: an alternative allele is empty; export the file again."
        )
    listed = len(spelled)
    while spelled and spelled[-1] in ANYTHING_ELSE:
        spelled.pop()
    return tuple(alt.decode("latin-1") for alt in spelled), listed - len(spelled)


def _without_anything_else(called: tuple[int | None, ...], record: Record) -> tuple[int | None, ...]:
    """The copies, those called as "anything else" as not called."""
    listed = len(record.alts)
    if any(copy is not None and copy > listed + record.anything_else for copy in called):
        raise VcfError(
            f"{record.where}: the genotype names an allele that the line does not list; export the file again."
        )
    return tuple(None if copy is None or copy > listed else copy for copy in called)


def _spelled(genotype: bytes, where: str) -> tuple[tuple[int | None, ...], bool]:
    if not _GENOTYPE.fullmatch(genotype):
        raise VcfError(f"{where} breaks the VCF format: its genotype (GT) is none; export the file again.")
    bare = genotype.lstrip(b"|/").replace(b"|", b"/").split(b"/")
    if len(bare) > COPIES_LIMIT:
        raise VcfError(
            f"{where}: a genotype of {len(bare)} copies is not read; export the file with one or two copies a call."
        )
    called = tuple(None if copy == b"." else int(copy) for copy in bare)
    same = len(set(called)) == 1
    return called, same or b"/" not in genotype


def _nth(field: bytes, place: int) -> bytes:
    values = field.split(b":", place + 1)
    return values[place] if len(values) > place else b"."


def _number(field: bytes, place: int | None) -> int | None:
    if place is None:
        return None
    value = _nth(field, place)
    return int(value) if value.isdigit() and len(value) < 12 else None


def _reference(field: bytes, where: str) -> str:
    spelled = field.decode("latin-1").upper()
    if not spelled or not spelled.isascii() or not spelled.isalpha():
        raise VcfError(
            f"{where} breaks the VCF format: its reference allele is not made of bases; export the file again."
        )
    return spelled


def is_spelled(alleles: tuple[str, ...]) -> bool:
    """True if every allele is made of A, C, G, T, N."""
    return all(_BASES.issuperset(allele) for allele in alleles)
