"""Gene calls out of what a session holds: stated genotypes, a VCF, a consumer file, a file of outside calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from genomics.builds import Build
from genomics.files.anchors import ANCHORS, misplaced
from genomics.files.consumer import OTHER_BASES, ConsumerFile, Known
from genomics.files.vcf import Vcf, VcfNeeds
from genomics.genotype import Site
from genomics.pgx import definitions as published
from genomics.pgx import outside_calls
from genomics.pgx.call import OUTSIDE_ONLY, call_genes
from genomics.pgx.definitions import Definitions, Locus
from genomics.pgx.held_guidance import prepared
from genomics.pgx.outside_calls import OutsideCall
from genomics.pgx.starter import starter
from genomics.pgx.stated import StatedError, stated_each
from genomics.pgx.words import CallSource, GeneCall, NoCall, listed


@dataclass(frozen=True)
class Gathered:
    """The calls of one person, the genes without a call, and what must be said of where they come from."""

    calls: tuple[GeneCall, ...] = ()
    refused: tuple[NoCall, ...] = ()
    notes: tuple[str, ...] = ()
    from_file: bool = False
    definitions: str = ""
    starter_only: bool = False
    """True if only the starter alleles were tested: without the pack of definitions."""

    def with_stated(self, stated: Gathered) -> Gathered:
        """The same with what was stated, which goes before the file."""
        said = {one.gene for one in stated.calls}
        rest = tuple(one for one in self.calls if one.gene not in said)
        refused = tuple(one for one in self.refused if one.gene not in said)
        return replace(
            self, calls=(*stated.calls, *rest), refused=refused, notes=(*stated.notes, *self.notes)
        )


def definitions() -> Definitions | None:
    """The definitions of the prepared pack, or None: then the starter alleles are tested.

    Raises:
        genomics.pgx.definitions.DefinitionError: the prepared folder holds no definitions.
    """
    folder = prepared()
    return None if folder is None else _load(folder)


@lru_cache(maxsize=2)
def _load(folder: Path) -> Definitions:
    return published.load(folder)


def from_words(text: str, held: Definitions | None) -> Gathered:
    """What is stated, gene by gene.

    Raises:
        genomics.pgx.stated.StatedError: no gene is named, or one without a readable result.
    """
    return Gathered(stated_each(text, held), definitions=(held or starter()).name, starter_only=held is None)


def from_record(results: Sequence[str], held: Definitions | None) -> Gathered:
    """The results that stand in a patient's record; what cannot be read is said, not refused."""
    calls: dict[str, GeneCall] = {}
    notes: list[str] = []
    for result in results:
        try:
            calls |= {call.gene: call for call in stated_each(result, held)}
        except StatedError as wrong:
            notes.append(f"Of the record: {wrong}")
    name = (held or starter()).name
    return Gathered(tuple(calls.values()), notes=tuple(notes), definitions=name, starter_only=held is None)


def from_outside(path: Path, held: Definitions | None) -> Gathered:
    """The calls of a file of outside calls (tab-separated gene, diplotype, phenotype, activity score).

    Raises:
        genomics.pgx.outside_calls.OutsideCallError: the file has another form.
    """
    calls, refused = call_genes({}, build=None, sex=None, definitions=held, outside=outside_calls.read(path))
    name = (held or starter()).name
    return Gathered(calls, refused, from_file=True, definitions=name, starter_only=held is None)


def from_vcf(
    path: Path,
    held: Definitions | None,
    *,
    sex: str | None = None,
    outside: Sequence[OutsideCall] = (),
    build: Build | None = None,
    sample: int | None = None,
) -> Gathered:
    """The genes of a VCF: on GRCh38 by position (through an index where one lies beside it), on GRCh37 by rsID.

    Raises:
        genomics.files.vcf.VcfError: the file cannot be read. VcfNeeds: the build or the sample must be told.
        genomics.builds.BuildError: the stated build is not the file's, or its positions are those of the other build.
    """
    used = held or starter()
    loci = _loci(used)
    with Vcf(path, build=build, sample=sample) as file:
        sites = list(_asked(file, loci, male=sex == "male"))
        found = file.build
        _check_places(file, sites, loci)
    if not sites and found is Build.GRCH37:
        raise VcfNeeds(
            "The file is of GRCh37, where star alleles are found by rsID, and it holds none of those asked for.",
            "the file on GRCh38, or with rsIDs in its ID column",
        )
    calls, refused = call_genes(sites, build=found, sex=sex, definitions=held, outside=outside)
    if not sites:  # nothing was called: every gene is refused, none is taken to be the reference
        refused = _unread(used, refused)
    return Gathered(calls, refused, tuple(_notes(found, sites)), True, used.name, held is None)


def from_consumer(path: Path, held: Definitions | None, *, sex: str | None = None) -> Gathered:
    """The genes of a consumer company's file, by rsID; what the file cannot tell is missing.

    Raises:
        genomics.files.vcf.VcfError: the file is none of a known company.
    """
    used = held or starter()
    file = ConsumerFile(path)
    known = {locus.rsid: _known(locus) for locus in _loci(used) if locus.rsid}
    sites, absent = file.sites(known, male=sex == "male")
    calls, refused = call_genes(
        sites, build=Build.GRCH38, sex=sex, definitions=held, source=CallSource.CONSUMER
    )
    told = f"{len(sites)} of {len(known)} asked rsIDs are told by the file, {len(absent)} are not."
    turned = [one.rsid for one in absent if one.reason == OTHER_BASES]
    doubts = (*file.doubts, told, *([f"{listed(turned)}: {OTHER_BASES}."] if turned else ()))
    return Gathered(calls, refused or _unread(used, ()), doubts, True, used.name, held is None)


def _loci(held: Definitions) -> list[Locus]:
    return [locus for gene in held.genes.values() for locus in (*gene.loci, *gene.extra)]


def _check_places(file: Vcf, sites: Sequence[Site], loci: Sequence[Locus]) -> None:
    """Nothing, if what was found stands where the stated build has it.

    Raises:
        genomics.builds.BuildError: positions stand where they lie on the other build.
    """
    if file.build is Build.GRCH37:
        named = [site.rsid for site in sites or _at_places(file, loci) if _is_grch38(site, loci)]
        needed = 1 if sites else LEAST_PLACES  # without an rsID one place may be there by chance
        if len(named) >= needed:
            raise misplaced(_spoken(named), Build.GRCH37, Build.GRCH38)
    elif not sites:
        known = {locus.rsid for locus in loci if locus.rsid and locus.is_single_base}
        elsewhere = [site.rsid for site in file.sites() if known & set(site.rsid.split(";"))]
        if elsewhere:
            raise misplaced(_spoken(elsewhere), Build.GRCH38, Build.GRCH37)


LEAST_PLACES = 2
"""Places without an rsID that tell that a file is of another build than its header says."""
_SPOKEN = 3


def _spoken(names: Sequence[str]) -> list[str]:
    """The first names; of places without one, how many they are."""
    told = [name for name in names if name][:_SPOKEN]
    return told or [f"{len(names)} known changes of pharmacogenes"]


def _is_grch38(site: Site, loci: Sequence[Locus]) -> bool:
    """True if it is a known change at its GRCh38 position, with the rsID or with the very bases."""
    for locus in loci:
        if (site.contig, site.pos) != (locus.contig, locus.pos) or locus.contig == "MT":
            continue
        if locus.rsid in site.rsid.split(";") or (
            site.alleles[0] == locus.ref and set(site.alleles) <= locus.bases
        ):
            return True
    return False


def _at_places(file: Vcf, loci: Sequence[Locus]) -> list[Site]:
    places: dict[str, set[int]] = {}
    for locus in loci:
        places.setdefault(locus.contig, set()).add(locus.pos)
    return [site for site in file.sites(places) if not site.rsid]


def _known(locus: Locus) -> Known:
    alts = tuple(sorted(locus.bases - {locus.ref}))
    return Known(contig=locus.contig, pos=locus.pos, ref=locus.ref, alts=alts)


def _asked(file: Vcf, loci: Sequence[Locus], *, male: bool) -> Iterator[Site]:
    if file.build is Build.GRCH38:
        places: dict[str, set[int]] = {}
        for locus in loci:
            places.setdefault(locus.contig, set()).add(locus.pos)
        for on in ANCHORS.values():  # so that a known rsID at its place of GRCh37 is met with
            places.setdefault(on[Build.GRCH37][0], set()).add(on[Build.GRCH37][1])
        reference = {(locus.contig, locus.pos): locus.ref for locus in loci}
        wanted_at = set(reference)
        for site in file.sites(places, male=male, reference=reference):
            touched = range(site.pos, site.pos + len(site.alleles[0]))
            if any((site.contig, pos) in wanted_at for pos in touched):
                yield site
        return
    wanted = {locus.rsid for locus in loci if locus.rsid}
    yield from (site for site in file.sites(male=male) if wanted & set(site.rsid.split(";")))


def _unread(held: Definitions, refused: Sequence[NoCall]) -> tuple[NoCall, ...]:
    told = {one.gene for one in refused}
    reason = "No position of {} was called in this file."
    rest = (NoCall(gene=gene, reason=reason.format(gene)) for gene in (*sorted(held.genes), *OUTSIDE_ONLY))
    return (*refused, *(one for one in rest if one.gene not in told))


def _notes(build: Build, sites: Sequence[Site]) -> Iterator[str]:
    if build is Build.GRCH37:
        yield f"The file is of GRCh37: {len(sites)} positions were found by their rsID; GRCh38 tells more."
