"""Simulated genetic profiles: what-if questions, virtual genomes with known truth, and scans of every change.

Nothing here is new science: the same calls, phenotypes and guidance are asked again, and every finding says that it
is simulated.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genomics.builds import LENGTHS, Build
from genomics.genotype import Site
from genomics.pgx import findings
from genomics.pgx.call import OUTSIDE_ONLY
from genomics.pgx.guidance import Advice, advise
from genomics.pgx.guidelines import GuidanceBase
from genomics.pgx.words import GeneCall, Guidance
from genomics.variant import Variant
from retrieval.evidence import Finding, Source, Word

if TYPE_CHECKING:
    from genomics.effect import Effect
    from genomics.pgx.definitions import Definitions, GeneDefinition, Locus, NamedAllele
    from genomics.transcript.model import Transcript
    from genomics.transcript.store import TranscriptStore

NOT_IN_A_FILE = frozenset(("CYP2D6", *OUTSIDE_ONLY))
"""Genes that are not called from a VCF: a virtual genome would pretend that they are."""


class DrugChange(Word):
    """The guidance for one drug before and after the change."""

    drug: str
    before: tuple[Guidance, ...] = ()
    after: tuple[Guidance, ...] = ()

    @property
    def differs(self) -> bool:
        return {one.text for one in self.before} != {one.text for one in self.after}


class WhatIf(Word):
    """The difference that a change makes: calls, phenotypes, guidance; every finding says that it is simulated."""

    before: tuple[GeneCall, ...]
    """The genes whose call changes, as they are; fewer than ``after`` where one was not called."""
    after: tuple[GeneCall, ...]
    drugs: tuple[DrugChange, ...] = ()
    findings: tuple[Finding, ...]

    @property
    def differs(self) -> bool:
        return self.before != self.after


def what_if(
    calls: Sequence[GeneCall], changed: GeneCall, drugs: Sequence[str], guidance: GuidanceBase
) -> WhatIf:
    """The same patient with another call of one gene, for instance one stated as a diplotype or a phenotype."""
    return difference(calls, (*(one for one in calls if one.gene != changed.gene), changed), drugs, guidance)


def what_if_site(
    sites: Mapping[tuple[str, int], Site],
    changed: Site,
    call: Callable[[Mapping[tuple[str, int], Site]], Sequence[GeneCall]],
    drugs: Sequence[str],
    guidance: GuidanceBase,
) -> WhatIf:
    """The same file with another genotype at one site; ``call`` is whatever calls the genes of the real file."""
    replaced = {**sites, (changed.contig, changed.pos): changed}
    return difference(call(sites), call(replaced), drugs, guidance)


def difference(
    before: Sequence[GeneCall], after: Sequence[GeneCall], drugs: Sequence[str], guidance: GuidanceBase
) -> WhatIf:
    """What differs between two sets of calls of one patient, for the genes and the drugs."""
    was, now = {one.gene: one for one in before}, {one.gene: one for one in after}
    moved = [gene for gene in {**was, **now} if was.get(gene) != now.get(gene)]
    pairs = zip(advise(before, drugs, guidance), advise(after, drugs, guidance), strict=True)
    told = [_drug(old, new) for old, new in pairs]
    return WhatIf(
        before=tuple(was[gene] for gene in moved if gene in was),
        after=tuple(now[gene] for gene in moved if gene in now),
        drugs=tuple(told),
        findings=tuple(_findings([now[gene] for gene in moved if gene in now], told)),
    )


def _drug(old: Advice, new: Advice) -> DrugChange:
    return DrugChange(drug=new.drug or new.asked, before=old.guidance, after=new.guidance)


def _findings(calls: Sequence[GeneCall], drugs: Sequence[DrugChange]) -> Iterator[Finding]:
    for call in calls:
        yield from findings.of_call(call, simulated=True)
    for drug in drugs:
        if drug.differs:
            yield from findings.marked(findings.of_guidance(given) for given in drug.after)


@dataclass(frozen=True)
class Frequencies:
    """How often each allele of a gene is drawn, and who says so."""

    source: Source
    alleles: Mapping[str, Mapping[str, float]]
    """By gene: allele name -> weight; alleles without a weight are not drawn."""


@dataclass(frozen=True)
class VirtualGenome:
    """A made file of one sample on GRCh38 and the diplotypes that it was made of, in the order of its strands."""

    vcf: str
    truth: Mapping[str, tuple[str, ...]]


def virtual_genome(
    seed: int,
    definitions: Definitions,
    *,
    genes: Collection[str] | None = None,
    frequencies: Frequencies | None = None,
    phased: bool = True,
    drop: Collection[str] = (),
    chr_prefix: bool = True,
    male: bool = False,
) -> VirtualGenome:
    """Draw a diplotype for each gene and write the file that a sequencer would give: the same seed, the same bytes.

    Drawn evenly, or by ``frequencies``. ``drop`` names rsIDs (or "contig:position") that the file leaves out.
    Every other position of the definitions is written, reference calls included. A ``male`` has one X.

    Raises:
        ValueError: a gene has no definition, cannot be called from a file, or has weights for no known allele.
    """
    wanted = sorted(set(definitions.genes) - NOT_IN_A_FILE) if genes is None else sorted(genes)
    dropped = set(drop)
    truth: dict[str, tuple[str, ...]] = {}
    records: dict[tuple[int, int, str], str] = {}
    for gene in wanted:
        if gene in NOT_IN_A_FILE or gene not in definitions.genes:
            raise ValueError(
                f"{gene} cannot be simulated in a file: it has no definition that is called from one"
            )
        definition = definitions.genes[gene]
        chance = random.Random(f"{seed}:{gene}")
        pair = _drawn(definition, chance, frequencies, copies=1 if male and definition.contig == "X" else 2)
        truth[gene] = tuple(allele.name for allele in pair)
        for index, locus in enumerate(definition.loci):
            if not {locus.rsid, f"{locus.contig}:{locus.pos}"} & dropped:
                bases = [_base(definition, allele, index, chance) for allele in pair]
                key = (_CONTIGS.index(locus.contig), locus.pos, locus.ref)
                records[key] = _record(locus, bases, phased=phased, prefix="chr" if chr_prefix else "")
    body = "".join(records[key] for key in sorted(records))
    return VirtualGenome(_header("chr" if chr_prefix else "") + body, truth)


_CONTIGS = tuple(LENGTHS[Build.GRCH38])


def _drawn(
    definition: GeneDefinition, chance: random.Random, frequencies: Frequencies | None, *, copies: int
) -> list[NamedAllele]:
    by_name = {allele.name: allele for allele in definition.alleles}
    given = frequencies.alleles.get(definition.gene) if frequencies else None
    if given is None:
        return chance.choices(list(by_name.values()), k=copies)
    known = {name: weight for name, weight in given.items() if name in by_name and weight > 0}
    if not known:
        raise ValueError(f"no allele of {definition.gene} has a weight; its alleles are {', '.join(by_name)}")
    return [by_name[name] for name in chance.choices(list(known), list(known.values()), k=copies)]


def _base(definition: GeneDefinition, allele: NamedAllele, index: int, chance: random.Random) -> str:
    """The base of an allele at a locus: its own, else the reference allele's; one of several where it may vary."""
    locus = definition.loci[index]
    wants = allele.wants[index] or definition.reference.wants[index] or frozenset((locus.ref,))
    allowed = sorted(wants & locus.bases) or [locus.ref]
    return allowed[0] if len(allowed) == 1 else chance.choice(allowed)


def _record(locus: Locus, bases: Sequence[str], *, phased: bool, prefix: str) -> str:
    alleles = [locus.ref, *sorted(set(bases) - {locus.ref})]
    called = [alleles.index(base) for base in bases]
    genotype = ("|" if phased else "/").join(map(str, called if phased else sorted(called)))
    alts = ",".join(alleles[1:]) or "."
    fields = (f"{prefix}{_name(locus, prefix)}", str(locus.pos), locus.rsid or ".", locus.ref, alts)
    return "\t".join((*fields, ".", "PASS", ".", "GT", genotype)) + "\n"


def _name(locus: Locus, prefix: str) -> str:
    return "M" if prefix and locus.contig == "MT" else locus.contig


def _header(prefix: str) -> str:
    lengths = LENGTHS[Build.GRCH38]
    contigs = "".join(
        f"##contig=<ID={prefix}{'M' if prefix and name == 'MT' else name},length={length},assembly=GRCh38>\n"
        for name, length in lengths.items()
    )
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tSIMULATED\n"
    passed = '##FILTER=<ID=PASS,Description="All filters passed">\n'
    genotype = '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    source = "##source=Consilium, simulated genome\n"
    return f"##fileformat=VCFv4.2\n{source}{passed}{contigs}{genotype}{columns}"


def mutational_scan(store: TranscriptStore, model: Transcript) -> Iterator[tuple[Variant, Effect]]:
    """Every single-base change of a transcript's coding bases with its consequence, for tests and teaching."""
    return store.every_snv(model)
