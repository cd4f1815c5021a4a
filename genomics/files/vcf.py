"""VCF, VCF.gz and BCF files: guarded, streamed or fetched, as alleles with zygosity or as sites with phase.

Positions, bases, rsIDs and genotypes leave this module, and annotation rows for their own reader; other header lines,
INFO and sample names never do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType

from genomics import builds
from genomics.builds import Build, BuildError
from genomics.files import own_fields, sources
from genomics.files.copies import one_copy
from genomics.files.guard import RECORD_LIMIT, VcfError, VcfNeeds, guard
from genomics.files.records import ALLELE_LIMIT, Genotypes, Record, Records, is_spelled, read_header
from genomics.files.regions import Places, Regions
from genomics.genotype import Site
from genomics.transcript import annotated
from genomics.variant import Variant
from retrieval.evidence import Word

__all__ = ["Call", "Counts", "Vcf", "VcfError", "VcfNeeds", "Zygosity", "guard", "one_copy", "record_alleles"]

BLOCK_QUALITY = 20
BLOCK_DEPTH = 10
"""A gVCF block is a reference call from this GQ and DP on (proposed in the specification)."""
_REFERENCE = (b"0/0", b"0|0", b"0/0:", b"0|0:")


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
    blocks: int = 0
    """Reference blocks of a gVCF."""
    weak_blocks: int = 0
    """Blocks below the quality or depth of a reference call."""
    without_genotype: int = 0
    """Records that have no GT for the chosen sample."""


class Vcf:
    """An opened file of one sample. Use it as a context manager and iterate over :meth:`calls` or :meth:`sites`.

    Raises:
        VcfError: the file is no VCF, is truncated or breaks a limit.
        VcfNeeds: the build cannot be told, or the file has several samples and none was chosen.
    """

    def __init__(self, path: Path, *, build: Build | None = None, sample: int | None = None) -> None:
        self._path = path
        self._sound = self._genotyped = False
        self._bare = ""
        self._lines = sources.lines(path)
        self.counts = Counts()
        try:
            self._header = read_header(self._lines)
            self.build = self._build(build)
            self._sample = self._chosen(sample)
            self.annotation = annotated.reader(self._header.annotating)
            """How the file's own consequences are to be read, if it has any."""
        except ValueError:
            self.close()
            raise
        self._records = Records(self._header, self.build)

    def __enter__(self) -> Vcf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._lines.close()

    @property
    def samples(self) -> int:
        """How many samples the file holds."""
        return len(self._header.samples)

    def number_of(self, name: str) -> int | None:
        """The number of the sample with exactly this name, or None; names never leave the file."""
        held = self._header.samples
        return held.index(name) + 1 if held.count(name) == 1 else None

    def calls(self, *, male: bool = False) -> Iterator[Call]:
        """The carried alleles in file order; a site absent from the file is not a reference call.

        Raises:
            VcfError: a record is broken, or no record of the sample has a genotype.
        """
        genotypes = Genotypes()
        for fields, where in self._stream():
            if self._sample is not None and _plainly_reference(fields, self._sample):
                self._records.placed(fields, where)
                self._genotyped = True
                continue
            record = self._records.read(fields, where, self.counts.records)
            called = self._copies(genotypes, record)
            for number, alt in enumerate(record.alts, start=1):
                zygosity = _zygosity(called, number, male and self._one_copy(record))
                if zygosity is None or alt == "*":
                    continue
                if record.contig is None or not is_spelled((record.ref, alt)):
                    self.counts.not_interpreted += 1
                    continue
                self.counts.carried += 1
                yield Call(variant=self._variant(record, alt), zygosity=zygosity, record=record.number)
        self._any_genotype()

    def sites(
        self,
        regions: Places | None = None,
        *,
        male: bool = False,
        reference: Mapping[tuple[str, int], str] | None = None,
    ) -> Iterator[Site]:
        """Every site that was looked at, explicit reference calls included; ``regions`` limits them.

        A record counts as inside when any base of its reference allele is asked for. A reference block (END) of a gVCF
        gives one site per base asked for (its first base without ``regions``) if it is good enough to be a call;
        bases within a block are those of ``reference``, else "N". Through an index, ``record`` is 0.

        Raises:
            VcfError: a record is broken, or no record of the sample has a genotype.
        """
        samples = () if self._sample is None else (self._sample,)
        for (site,) in self._sites(samples or (None,), regions, reference, males=samples if male else ()):
            yield site

    def spans(self, regions: Places | None = None) -> Iterator[tuple[str, int, int, bool, bool]]:
        """Contig, first and last base, whether it is a reference block, and whether the call is good enough.

        Good enough is a call of every copy with GQ >= 20 and DP >= 10; a value that is not given is not enough.
        """
        genotypes = Genotypes()
        wanted = None if regions is None else Regions(regions)
        for record in self._chosen_records(wanted):
            if record.contig is None or self._sample is None:
                continue
            site = self._site(record, self._sample, genotypes, False)
            is_block = record.is_block or (record.is_bare and _is_measured(site))
            good = is_good(site)
            self.counts.blocks += is_block
            self.counts.weak_blocks += is_block and not good
            yield record.contig, record.pos, record.end, is_block, good

    def trio(
        self, mother: int | None, father: int | None, regions: Places | None = None, *, male: bool = False
    ) -> Iterator[tuple[Site, Site | None, Site | None]]:
        """Sites of the chosen sample with those of mother and father, who are sample numbers or None.

        Raises:
            VcfError: there is no such sample, two of them are the same, or a record is broken.
        """
        child = self._chosen(None if self._sample is None else self._sample + 1)
        parents = [None if number is None else self._chosen(number) for number in (mother, father)]
        family = [child, *(parent for parent in parents if parent is not None)]
        if child is None or len(set(family)) != len(family):
            raise VcfError("Child, mother and father must be different samples of the file.")
        males = {number for number in (parents[1], child if male else None) if number is not None}
        for sites in self._sites(tuple(family), regions, None, males=tuple(males)):
            rest = iter(sites[1:])
            parent_sites = [None if parent is None else next(rest) for parent in parents]
            yield sites[0], parent_sites[0], parent_sites[1]

    def _sites(
        self,
        samples: tuple[int | None, ...],
        places: Places | None,
        reference: Mapping[tuple[str, int], str] | None,
        *,
        males: tuple[int, ...],
    ) -> Iterator[tuple[Site, ...]]:
        genotypes = Genotypes()
        regions = None if places is None else Regions(places)
        for record in self._chosen_records(regions):
            if record.contig is None:
                self.counts.not_interpreted += 1
                continue
            if record.is_block:
                self.counts.blocks += 1
                yield from self._of_block(record, samples, genotypes, regions, reference or {}, males)
                continue
            if self._copies(genotypes, record) == ():
                continue
            sites = tuple(self._site(record, sample, genotypes, sample in males) for sample in samples)
            if record.is_bare and _is_measured(sites[0]):
                self.counts.blocks += 1
                if not all(is_good(site) for site in sites):
                    self.counts.weak_blocks += 1
                    continue
            yield sites
        self._any_genotype()

    def _site(self, record: Record, sample: int | None, genotypes: Genotypes, male: bool) -> Site:
        known = None if sample is None else genotypes.read(record, sample)
        called = known.called if known and known.called else ()
        if male and len(set(called)) == 1 and self._one_copy(record):
            called = called[:1]
        return Site(
            contig=record.contig or "",
            pos=record.pos,
            alleles=(record.ref, *(alt if alt.startswith("<") else alt.upper() for alt in record.alts)),
            called=called,
            phased=bool(known and known.called and known.in_order),
            phase_set=known.phase_set if known else None,
            passed=record.passed,
            quality=known.quality if known else None,
            depth=known.depth if known else None,
            rsid=record.rsid,
            annotations=self._annotations(record),
            own_fields=own_fields.of(record.info) if self._header.has_own_fields else (),
            record=record.number,
        )

    def _annotations(self, record: Record) -> tuple[str, ...]:
        if self.annotation is None:
            return ()
        return annotated.rows_of(record.info.decode("latin-1"), self.annotation.kind)

    def _of_block(
        self,
        block: Record,
        samples: tuple[int | None, ...],
        genotypes: Genotypes,
        regions: Regions | None,
        reference: Mapping[tuple[str, int], str],
        males: tuple[int, ...],
    ) -> Iterator[tuple[Site, ...]]:
        """One tuple per base asked for, if every sample's block is good enough to be a reference call."""
        contig = block.contig or ""
        sites = [self._site(block, sample, genotypes, sample in males) for sample in samples]
        if not all(is_good(site) and set(site.called) == {0} for site in sites):
            self.counts.weak_blocks += 1
            return
        asked = regions.within(contig, block.pos, block.end) if regions else [(block.pos, block.pos)]
        for first, last in asked:
            for pos in range(first, last + 1):
                base = block.ref[:1] if pos == block.pos else reference.get((contig, pos), "N")[:1]
                yield tuple(site.model_copy(update={"pos": pos, "alleles": (base,)}) for site in sites)

    def _stream(self) -> Iterator[tuple[list[bytes], str]]:
        for where, line in self._body():
            yield self._records.fields(line, where), where

    def _chosen_records(self, regions: Regions | None) -> Iterator[Record]:
        if regions and (fetched := sources.fetched(self._path, regions)) is not None:
            for line in fetched:
                self.counts.records += 1
                where = f"Record {self.counts.records} of those asked for"
                yield self._records.read(self._records.fields(line, where), where, 0)
            return
        for where, line in self._body():
            if regions and not self._touched(line, where, regions):
                continue
            yield self._records.read(self._records.fields(line, where), where, self.counts.records)

    def _touched(self, line: bytes, where: str, regions: Regions) -> bool:
        contig, first, last = self._records.place(line, where)
        if contig is None:
            return False
        if regions.touches(contig, first, last):
            return True
        if b"END=" not in line:
            return False
        block = self._records.read(self._records.fields(line, where), where, 0)
        return block.is_block and regions.touches(contig, first, block.end)

    def _body(self) -> Iterator[tuple[str, bytes]]:
        """Lines after the header with their place in words, once the whole file has passed the guard."""
        if not self._sound:
            guard(self._path)
            self._sound = True
        body = sources.lines(self._path)
        read_header(body)
        word = sources.unit(self._path)
        empty = 0
        for number, line in body:
            if not line:
                empty = empty or number
                continue
            if empty:
                raise VcfError(f"Line {empty} is empty; the file may be cut there. Export it again.")
            self.counts.records += 1
            if self.counts.records > RECORD_LIMIT:
                raise VcfError(f"The file has more than {RECORD_LIMIT:,} records; give one chromosome.")
            yield f"{word} {number}", line

    def _copies(self, genotypes: Genotypes, record: Record) -> tuple[int | None, ...] | None:
        """The chosen sample's copies, empty without a GT; None if the file has no sample."""
        if self._sample is None:
            return None
        known = genotypes.read(record, self._sample).called
        if known is None:
            self.counts.without_genotype += 1
            self._bare = self._bare or record.where
            return ()
        self._genotyped = True
        return known

    def _any_genotype(self) -> None:
        if self._bare and not self._genotyped:
            raise VcfError(
                f"{self._bare}: the sample has no genotype (GT), nor has it in any other record; "
                "export the file with genotypes."
            )

    def _build(self, stated: Build | None) -> Build:
        by_length = builds.sniff(self._header.lengths)
        by_name = builds.of_assemblies(self._header.assemblies)
        if by_length and by_name and by_length is not by_name:
            raise BuildError(
                f"The header contradicts itself: its contig lengths are those of {by_length}, its assembly says "
                f"{by_name}. Nothing was read; correct the header, or export the file again."
            )
        sniffed = by_length or by_name
        if stated and sniffed and stated is not sniffed:
            raise BuildError(f"The header's contig lines are those of {sniffed}, not of {stated}.")
        if not stated and not sniffed:
            raise VcfNeeds("The header does not tell the genome build.", "the genome build, GRCh37 or GRCh38")
        return stated or sniffed or Build.GRCH38

    def _chosen(self, sample: int | None) -> int | None:
        held = len(self._header.samples)
        if held > 1 and sample is None:
            raise VcfNeeds(f"The file holds {held} samples.", f"the number of the sample, 1 to {held}")
        if sample is not None and not 1 <= sample <= held:
            raise VcfError(f"There is no sample {sample}; the file holds {held}.")
        return (sample or 1) - 1 if held else None

    def _one_copy(self, record: Record) -> bool:
        return record.contig is not None and one_copy(self.build, record.contig, record.pos)

    def _variant(self, record: Record, alt: str) -> Variant:
        return Variant(
            build=self.build, contig=record.contig or "", pos=record.pos, ref=record.ref, alt=alt.upper()
        )


def is_good(site: Site) -> bool:
    """True if every copy is called with the quality and depth of a call; unknown is not enough."""
    return site.is_called and (site.quality or 0) >= BLOCK_QUALITY and (site.depth or 0) >= BLOCK_DEPTH


def _is_measured(site: Site) -> bool:
    """A gVCF tells quality and depth; without either a reference call is as explicit as any other."""
    return site.quality is not None or site.depth is not None


def _plainly_reference(fields: list[bytes], sample: int) -> bool:
    """Most lines of most files: told apart before the record is read."""
    return fields[9 + sample][:4] in _REFERENCE and fields[8][:2] == b"GT"


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
