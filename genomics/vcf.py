"""VCF, VCF.gz and BCF files: guarded, streamed, split into alleles with zygosity. File contents are data.

Only positions, bases and genotypes leave this module; header lines, INFO, sample names and filters never do.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from genomics import builds
from genomics.builds import Build, BuildError
from genomics.variant import Variant
from retrieval.evidence import Word

LINE_LIMIT = 1_000_000
RECORD_LIMIT = 10_000_000
SIZE_LIMIT = 500 * 2**20
RATIO_LIMIT = 200
ALLELE_LIMIT = 1_000
"""Alternative alleles of one record."""
_CHUNK = 2**20
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


class VcfError(ValueError):
    """The file cannot be read; the message names the line and the mend."""


class VcfNeeds(VcfError):
    """The file is sound but something must be told; ``missing`` names it."""

    def __init__(self, note: str, missing: str) -> None:
        super().__init__(note)
        self.missing = missing


class Zygosity(StrEnum):
    """What the genotype says of one alternative allele."""

    HETEROZYGOUS = "heterozygous"
    HOMOZYGOUS = "homozygous"
    HEMIZYGOUS = "hemizygous (one copy called)"
    AT_LEAST_ONE = "at least one copy (the other allele was not called)"
    UNKNOWN = "no genotype given"


class Call(Word):
    """One alternative allele that the sample carries."""

    variant: Variant
    zygosity: Zygosity
    record: int
    """Number of its record in the file, from 1."""


@dataclass
class Counts:
    """What was read so far."""

    records: int = 0
    carried: int = 0
    """Alternative alleles in the sample's genotype."""
    not_interpreted: int = 0
    """Symbolic alleles, breakends and contigs that are no chromosome."""


class Vcf:
    """An opened file of one sample. Use it as a context manager and iterate over :meth:`calls`.

    Raises:
        VcfError: the file is no VCF, is truncated or breaks a limit.
        VcfNeeds: the build cannot be told, or the file has several samples and none was chosen.
    """

    def __init__(self, path: Path, *, build: Build | None = None, sample: int | None = None) -> None:
        self._header = guard(path)
        self.counts = Counts()
        import pysam  # a compiled library, loaded when a file is first read

        self._quiet = pysam.set_verbosity
        self._verbosity = pysam.set_verbosity(0)
        try:
            self._file = pysam.VariantFile(str(path))
        except (OSError, ValueError) as wrong:
            self._quiet(self._verbosity)
            raise VcfError(
                "The header cannot be read as VCF; export the file again from the caller."
            ) from wrong
        try:
            self.build = self._build(build)
            self._sample = self._chosen(sample)
        except ValueError:
            self.close()
            raise

    def __enter__(self) -> Vcf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self._quiet(self._verbosity)

    def calls(self, *, male: bool = False) -> Iterator[Call]:
        """The carried alleles in file order; a site absent from the file is not a reference call."""
        for record in self._records():
            plain = builds.contig(record.contig)
            alts = record.alts or ()
            if len(alts) > ALLELE_LIMIT:
                where = self._line(self.counts.records)
                raise VcfError(f"{where} lists {len(alts)} alleles; split it with bcftools norm -m-.")
            genotype = self._genotype(record)
            for number, alt in enumerate(alts, start=1):
                zygosity = _zygosity(genotype, number, male and plain in ("X", "Y"))
                if zygosity is None or alt in ("*", "<NON_REF>", "<*>"):
                    continue
                variant = self._variant(plain, record, alt)
                if variant is None:
                    self.counts.not_interpreted += 1
                    continue
                self.counts.carried += 1
                yield Call(variant=variant, zygosity=zygosity, record=self.counts.records)

    def _records(self) -> Iterator[Any]:
        while True:
            try:
                record = next(self._file)
            except StopIteration:
                return
            except (OSError, ValueError) as wrong:
                where = self._line(self.counts.records + 1)
                raise VcfError(f"{where} breaks the VCF format; mend it or export the file again.") from wrong
            self.counts.records += 1
            if self.counts.records > RECORD_LIMIT:
                raise VcfError(
                    f"The file has more than {RECORD_LIMIT:,} records; give a panel or one chromosome."
                )
            yield record

    def _line(self, record: int) -> str:
        """The line of a record, or its number where the file has no lines (BCF)."""
        return f"Line {self._header + record}" if self._header else f"Record {record}"

    def _build(self, stated: Build | None) -> Build:
        lengths = {c.name: c.length for c in self._file.header.contigs.values() if c.length}
        sniffed = builds.sniff(lengths)
        if stated and sniffed and stated is not sniffed:
            raise BuildError(f"The header's contig lengths are those of {sniffed}, not of {stated}.")
        if not stated and not sniffed:
            raise VcfNeeds("The header does not tell the genome build.", "the genome build, GRCh37 or GRCh38")
        return stated or sniffed or Build.GRCH38

    def _chosen(self, sample: int | None) -> int | None:
        held = len(self._file.header.samples)
        if held > 1 and sample is None:
            raise VcfNeeds(f"The file holds {held} samples.", f"the number of the sample, 1 to {held}")
        if sample is not None and not 1 <= sample <= held:
            raise VcfError(f"There is no sample {sample}; the file holds {held}.")
        return (sample or 1) - 1 if held else None

    def _genotype(self, record: Any) -> tuple[int | None, ...] | None:
        if self._sample is None:
            return None
        called = record.samples[self._sample].get("GT")
        return tuple(called) if called else (None,)

    def _variant(self, plain: str | None, record: Any, alt: str) -> Variant | None:
        bases = set(record.ref.upper()) | set(alt.upper())
        if plain is None or not bases <= set("ACGTN"):
            return None
        return Variant(
            build=self.build, contig=plain, pos=record.pos, ref=record.ref.upper(), alt=alt.upper()
        )


def _zygosity(genotype: tuple[int | None, ...] | None, number: int, one_copy: bool) -> Zygosity | None:
    """None if the sample does not carry the allele."""
    if genotype is None:
        return Zygosity.UNKNOWN
    copies = genotype.count(number)
    if not copies:
        return None
    if len(genotype) == 1 or (one_copy and copies == len(genotype)):
        return Zygosity.HEMIZYGOUS
    if copies == len(genotype):
        return Zygosity.HOMOZYGOUS
    return Zygosity.AT_LEAST_ONE if None in genotype else Zygosity.HETEROZYGOUS


def record_alleles(line: str) -> list[tuple[str, int, str, str]]:
    """Contig, position, reference and each alternative of one VCF text line; symbolic alleles are left out.

    Raises:
        VcfError: the line has too few fields, or no allele that is spelled out.
    """
    fields = line.split()
    if len(fields) < 5 or not fields[1].isdigit():
        raise VcfError("a VCF line needs chromosome, position, ID, reference and alternative bases")
    alts = [alt.upper() for alt in fields[4].split(",")[:ALLELE_LIMIT]]
    spelled = [alt for alt in alts if set(alt) <= set("ACGTN")]
    if not spelled:
        raise VcfError(
            "the line's alternative allele is not spelled out; structural alleles are not interpreted"
        )
    return [(fields[0], int(fields[1]), fields[3].upper(), alt) for alt in spelled]


def guard(path: Path) -> int:
    """Read the file once through, so that no half or hostile file reaches the parser; header lines, 0 for BCF.

    Raises:
        VcfError: no VCF, truncated, corrupt, or beyond a limit of size, ratio or line length.
    """
    size = path.stat().st_size
    if size > SIZE_LIMIT:
        raise VcfError(f"The file is larger than {SIZE_LIMIT // 2**20} MiB; give a panel or one chromosome.")
    with path.open("rb") as raw:
        head = raw.read(18)
    packed, blocked = head[:2] == b"\x1f\x8b", head[12:14] == b"BC"
    if packed and blocked:
        _ends_whole(path, size)
    with gzip.open(path, "rb") if packed else path.open("rb") as stream:
        header = _scan(stream, size if packed else 0)
    if packed and not blocked:
        raise VcfError("The file is compressed with gzip, not bgzip; unpack it, or compress it with bgzip.")
    return header


def _ends_whole(path: Path, size: int) -> None:
    with path.open("rb") as raw:
        raw.seek(max(0, size - len(_BGZF_END)))
        if raw.read() != _BGZF_END:
            raise VcfError("The compressed file ends before its end mark: it is truncated; copy it again.")


def _scan(stream: IO[bytes] | gzip.GzipFile, packed_size: int) -> int:
    """Kind by the first bytes, then line lengths and ratio to the end; the number of header lines."""
    total = line = carried = header = 0
    text = True
    for chunk in _chunks(stream):
        if total == 0:
            text = _is_text(chunk)
        total += len(chunk)
        if packed_size and total > 10 * _CHUNK and total > RATIO_LIMIT * packed_size:
            raise VcfError(f"The file unpacks to more than {RATIO_LIMIT} times its size; it was not read.")
        for number, part in enumerate(chunk.split(b"\n") if text else ()):
            carried = carried + len(part) if number == 0 else len(part)
            line += number > 0
            header += part.startswith(b"#") and (number > 0 or total == len(chunk))
            if carried > LINE_LIMIT:
                raise VcfError(
                    f"Line {line + 1} is longer than {LINE_LIMIT:,} characters; shorten its INFO field."
                )
    if total == 0:
        raise VcfError("The file is empty.")
    return header


def _chunks(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except EOFError as cut:
        raise VcfError("The compressed file ends in the middle: it is truncated; copy it again.") from cut
    except (OSError, zlib.error) as wrong:
        raise VcfError("The compressed file is damaged; compress it again with bgzip.") from wrong


def _is_text(chunk: bytes) -> bool:
    """True for VCF text, False for BCF.

    Raises:
        VcfError: it is neither.
    """
    if chunk[:3] == b"BCF":
        return False
    if chunk.startswith(b"\xef\xbb\xbf"):
        raise VcfError("Line 1 begins with a byte order mark; save the file as UTF-8 without it.")
    if not chunk.startswith(b"##fileformat=VCF"):
        raise VcfError("Line 1 is not ##fileformat=VCF...; the file is no VCF.")
    return True
