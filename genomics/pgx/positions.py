"""What a file tells at the positions of one gene: the bases of each copy, spelled as the definition spells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from genomics import builds
from genomics.builds import Build
from genomics.genotype import Site
from genomics.pgx.definitions import Locus

_WHOLE_CONTIG = -1
"""Block of phased records that state no phase set."""


class Genotype(NamedTuple):
    """Bases of one or two copies; ``block`` is the phase set within which their order holds, None if it does not."""

    bases: tuple[str, ...]
    block: int | None = None

    @property
    def is_heterozygous(self) -> bool:
        return len(set(self.bases)) > 1


@dataclass(frozen=True)
class Reading:
    """The loci of a gene as one file tells them, by index of the locus. What is in neither mapping is missing."""

    called: Mapping[int, Genotype]
    partial: Mapping[int, tuple[str | None, ...]] = field(default_factory=dict)
    """Loci of which one copy only was called."""
    warnings: tuple[str, ...] = ()
    unfitting: Mapping[str, str] = field(default_factory=dict)
    """Loci whose record has another reference than the definition: name and what the file says. They are not read."""

    def undocumented(self, loci: Sequence[Locus]) -> dict[int, str]:
        """Called bases that no allele of the gene knows."""
        strange = {index: set(one.bases) - loci[index].bases for index, one in self.called.items()}
        return {index: ", ".join(sorted(bases)) for index, bases in strange.items() if bases}

    def without(self, indices: Iterable[int]) -> Reading:
        """The same with these loci as if the file did not hold them."""
        gone = set(indices)
        kept = {index: one for index, one in self.called.items() if index not in gone}
        return Reading(kept, self.partial, self.warnings, self.unfitting)


class Sites:
    """Sites of one sample, found by GRCh38 position, or by rsID where the build is another."""

    def __init__(
        self, sites: Mapping[tuple[str, int], Site] | Iterable[Site], *, build: Build | None
    ) -> None:
        self.by_rsid = build is not Build.GRCH38
        self._at: dict[tuple[str, int] | str, list[Site]] = {}
        for site in sites.values() if isinstance(sites, Mapping) else sites:
            plain = builds.contig(site.contig) or site.contig
            keys = site.rsid.split(";") if self.by_rsid else [(plain, site.pos)]
            for key in keys:
                if key:
                    self._at.setdefault(key, []).append(site)

    @property
    def is_empty(self) -> bool:
        return not self._at

    def of(self, locus: Locus) -> list[Site]:
        """All records at the locus: more than one where a multi-allelic record was split."""
        return self._at.get(locus.rsid if self.by_rsid else (locus.contig, locus.pos), [])


def read(loci: Sequence[Locus], sites: Sites, *, hemizygous: bool = False) -> Reading:
    """The called loci. A site that is absent, not called, or failed the file's filter is missing, never reference."""
    called: dict[int, Genotype] = {}
    partial: dict[int, tuple[str | None, ...]] = {}
    warnings: list[str] = []
    unfitting: dict[str, str] = {}
    for index, locus in enumerate(loci):
        records = sites.of(locus)
        strange = [site for site in records if not fits(locus, site, sites.by_rsid)]
        if strange:
            unfitting[locus.name] = _mismatch(locus, strange[0])
            warnings.append(f"{unfitting[locus.name]}.")
            continue
        copies = _copies(locus, records, sites.by_rsid, warnings)
        if copies is None:
            continue
        if None in copies.bases or (len(copies.bases) == 1 and not hemizygous):
            partial[index] = copies.bases
            continue
        bases = tuple(base for base in copies.bases if base is not None)
        if hemizygous and len(set(bases)) == 1:
            bases = bases[:1]
        called[index] = Genotype(bases, copies.block)
    return Reading(called, partial, tuple(warnings), unfitting)


class _Copies(NamedTuple):
    bases: tuple[str | None, ...]
    block: int | None


def _copies(locus: Locus, records: Sequence[Site], by_rsid: bool, warnings: list[str]) -> _Copies | None:
    failed = [site for site in records if not site.passed]
    read = [copies for site in records if site.passed and (copies := _record(locus, site, by_rsid, warnings))]
    if failed and not read:
        warnings.append(f"{locus.name} did not pass the file's filter and counts as missing.")
    if len(read) < 2:
        return read[0] if read else None
    return _joined(locus, read)


def _record(locus: Locus, site: Site, by_rsid: bool, warnings: list[str]) -> _Copies | None:
    """One record's bases; None where it does not tell about this locus."""
    if not site.called or not _speaks(locus, site):
        return None
    if not (by_rsid and locus.is_single_base) and not _agrees(locus, site):
        warnings.append(
            f"{locus.name}: the file's reference is {site.alleles[0][:20]}, not {locus.ref[:20]}."
        )
        return None
    if any(base and base[0] in "*<" for base in site.bases):
        warnings.append(f"{locus.name} lies in a deletion or structural variant and counts as missing.")
        return None
    bases = tuple(None if base is None else spelled(locus, site, base) for base in site.bases)
    return None if all(base is None for base in bases) else _Copies(bases, _block(site))


_OTHER_STRAND = str.maketrans("ACGT", "TGCA")


def fits(locus: Locus, site: Site, by_rsid: bool) -> bool:
    """False if the record's reference base cannot stand at the locus: another build, or the other strand.

    By rsID the reference may be the other build's, so any documented base may be it; where the documented bases are
    each other's complement (A and T, C and G) the strand cannot be told, and only the definition's own reference fits.
    Indels are spelled in several ways; those found by rsID are looked at in :func:`read`.
    """
    if not site.called or not site.passed or not _speaks(locus, site):
        return True
    if not by_rsid or not locus.is_single_base:
        return by_rsid or _agrees(locus, site)
    reference = site.alleles[0] if site.alleles else ""
    if reference in _UNTOLD:
        return True
    mirrored = {base.translate(_OTHER_STRAND) for base in locus.bases} == locus.bases
    return reference[0] == locus.ref if mirrored else reference[0] in locus.bases


def _mismatch(locus: Locus, site: Site) -> str:
    theirs, ours = site.alleles[0][:20], locus.ref[:20]
    turned = theirs[::-1].translate(_OTHER_STRAND)
    strand = " (the bases of the other strand?)" if turned[: len(ours)] == ours[: len(turned)] else ""
    return f"{locus.name} has reference {theirs} where {ours} stands{strand}"


def _block(site: Site) -> int | None:
    if not site.phased:
        return None
    return _WHOLE_CONTIG if site.phase_set is None else site.phase_set


def _speaks(locus: Locus, site: Site) -> bool:
    """A record of single bases says nothing about an insertion or deletion that starts at the same position."""
    if locus.is_single_base or not site.alleles:
        return True
    others = [one for one in site.alleles[1:] if not one.startswith("<")]
    if not others:
        return True
    return any(len(one) != len(site.alleles[0]) or one in ("I", "D") for one in others) or any(
        base in ("I", "D") for base in site.bases
    )


_UNTOLD = ("", "I", "D", "N", ".")
"""References that tell nothing."""


def _agrees(locus: Locus, site: Site) -> bool:
    """False if the record's reference allele contradicts the definition's."""
    reference = site.alleles[0] if site.alleles else ""
    if reference in _UNTOLD:
        return True
    shared = min(len(reference), len(locus.ref))
    return reference[:shared] == locus.ref[:shared]


def spelled(locus: Locus, site: Site, base: str) -> str:
    """A called allele in the definition's spelling; an allele that no definition spells comes back as it is."""
    if base in ("I", "D"):
        return _inserted(locus, longer=base == "I")
    if (
        base == "N"
    ):  # unknown bases of a reference call (a gVCF block) are the definition's; of an alternative they stay
        return locus.ref if base == site.alleles[0] else base
    if locus.is_single_base:
        return base[0]
    reference = site.alleles[0]
    if len(reference) <= len(locus.ref):
        return base + locus.ref[len(reference) :]
    return base.removesuffix(reference[len(locus.ref) :])


def _inserted(locus: Locus, *, longer: bool) -> str:
    """Consumer files write I and D without sequence: clear only where one insertion or deletion is known."""
    known = sorted(locus.bases, key=len)
    if len(known) != 2 or len(known[0]) == len(known[1]):
        return "I" if longer else "D"
    return known[1] if longer else known[0]


def _joined(locus: Locus, read: Sequence[_Copies]) -> _Copies:
    """Records of one position that were split by allele (a 1/2 written as 1/0 and 0/1), put together again."""
    ploidy = max(len(one.bases) for one in read)
    slots: list[str | None] = [None] * ploidy
    called = [
        any(slot < len(one.bases) and one.bases[slot] is not None for one in read) for slot in range(ploidy)
    ]
    waiting: list[str] = []
    for one in read:
        for slot, base in enumerate(one.bases):
            if base is None or base == locus.ref:
                continue
            if slots[slot] is None:
                slots[slot] = base
            elif base != slots[slot]:
                waiting.append(base)
    for slot in range(ploidy):
        if slots[slot] is None and waiting:
            slots[slot] = waiting.pop(0)
    blocks = {one.block for one in read}
    bases = tuple(base or (locus.ref if known else None) for base, known in zip(slots, called, strict=True))
    return _Copies(bases, blocks.pop() if len(blocks) == 1 else None)
