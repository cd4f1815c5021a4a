"""A genome file looked through: ranked candidate genes, held variants, secondary findings, and what was not seen.

The known class is a label beside a candidate and never moves its rank. Order of the work: filter passed, a gene that
is wanted, a consequence that matters, not too frequent; then by consequence class, by fit with the mode of
inheritance, by symptoms, by our own points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from genomics import own_rows, secondary
from genomics.acmg.assess import assess
from genomics.acmg.criteria import Assessment, Significance, Status
from genomics.acmg.frequency import BA1_AT, EXCEPTIONS
from genomics.acmg.gene_rules import rules_for
from genomics.builds import Build
from genomics.dossier import Dossier, opened
from genomics.effect import Effect
from genomics.facts import VariantFact, facts
from genomics.files import gvcf
from genomics.files.gvcf import Coverage
from genomics.files.vcf import Vcf
from genomics.genotype import Site
from genomics.inheritance import Carried, Fit, Inheritance, fit, moi_by_ontology, moi_of
from genomics.interpretation import side
from genomics.known_places import KnownPlaces
from genomics.lookups.providers import Held
from genomics.lookups.rows import Dosage, Frequency, Gap, KnownClass
from genomics.matching import Asked
from genomics.screening import Candidate, Covered, Found, Screening
from genomics.transcript import annotated
from genomics.transcript.regions import RANK
from genomics.variant import Variant
from genomics.wanted import EVERYTHING, Wanted
from genomics.zygosity import Sex, sex_agreement, zygosity

SHOWN = 10
"""Candidate genes of one file that are reported."""
WEIGHED = 5_000
"""Variants that are weighed with all their codes; more is said, and a panel asked for."""
MATTERS = RANK["splice_region_variant"]
"""Consequences up to this rank of severity are weighed; milder ones only where somebody calls them pathogenic."""


@dataclass
class _Tally:
    filtered: int = 0
    without_gene: int = 0
    mild: int = 0
    common: int = 0
    not_weighed: int = 0
    on_x: list[Site] = field(default_factory=list)


@dataclass(frozen=True)
class _Seen:
    """A site of the person with those of the parents."""

    site: Site
    mother: Site | None = None
    father: Site | None = None


def screen(
    path: Path,
    *,
    held: Held,
    wanted: Wanted = EVERYTHING,
    build: Build | None = None,
    sample: int | None = None,
    mother: int | None = None,
    father: int | None = None,
    sex: Sex | None = None,
    with_secondary: bool = False,
    most: int = SHOWN,
) -> Screening:
    """Candidate genes of a VCF, gVCF or BCF, ranked, with what is held of their variants.

    ``sample``, ``mother`` and ``father`` are numbers of samples in the file, from 1. ``with_secondary`` says that
    secondary findings were asked for and that the person consents.

    Raises:
        genomics.files.vcf.VcfError: the file cannot be read.
        genomics.files.vcf.VcfNeeds: build or sample must be told.
        genomics.builds.BuildError: the stated build contradicts the header or the reference bases.
    """
    with Vcf(path, build=build, sample=sample) as file:
        places = KnownPlaces(file.build, facts().variants)
        also = frozenset(secondary.genes()) if with_secondary else frozenset()
        look = _Look(file.build, file.annotation, places, held, wanted, sex, also)
        both = list(look.through(_sites(file, mother, father, sex)))
        found = [pair for pair in both if wanted.holds(pair[0].gene)]
        candidates = _ranked(found, held, wanted, sex, file.build)
        counts, tally = file.counts, look.tally
        return Screening(
            build=file.build,
            wanted=wanted,
            records=counts.records,
            carried=look.carried,
            not_interpreted=counts.not_interpreted + look.symbolic,
            filtered=tally.filtered,
            without_gene=tally.without_gene,
            mild=tally.mild,
            common=tally.common,
            not_weighed=tally.not_weighed,
            searched=places.size,
            candidates=candidates[:most],
            more=max(0, len(candidates) - most),
            held=tuple(one for one, _ in found if one.known or one.fact)[:most],
            coverage=_coverage(path, wanted, candidates, held, file.build, sample),
            beside=_secondary(both, sex, file.build, path, held, sample) if with_secondary else None,
            sex=sex_agreement(tally.on_x, sex, file.build) if tally.on_x else None,
            annotation=file.annotation.told_by if file.annotation else "",
        )


def _sites(file: Vcf, mother: int | None, father: int | None, sex: Sex | None) -> Iterator[_Seen]:
    male = sex is Sex.MALE
    if mother is None and father is None:
        yield from (_Seen(site) for site in file.sites(male=male))
        return
    yield from (_Seen(*sites) for sites in file.trio(mother, father, male=male))


class _Look:
    """Goes through the sites once and keeps what is worth weighing."""

    def __init__(
        self,
        build: Build,
        reader: annotated.Reader | None,
        places: KnownPlaces,
        held: Held,
        wanted: Wanted,
        sex: Sex | None,
        also: frozenset[str] = frozenset(),
    ) -> None:
        self._also = also
        self._build, self._reader, self._places = build, reader, places
        self._held, self._wanted, self._sex = held, wanted, sex
        self.tally = _Tally()
        self.carried = self.symbolic = self._weighed = 0

    def through(self, sites: Iterator[_Seen]) -> Iterator[tuple[Found, Carried]]:
        for seen in sites:
            if seen.site.contig == "X":
                self.tally.on_x.append(seen.site)
            for allele in sorted({index for index in seen.site.called if index}):
                told = self._one(seen, allele)
                if told is not None:
                    yield told

    def _one(self, seen: _Seen, allele: int) -> tuple[Found, Carried] | None:
        site = seen.site
        ref, alt = site.alleles[0], site.alleles[allele]
        if alt == "*" or not (set(ref) <= set("ACGTN") and set(alt) <= set("ACGTN")):
            self.symbolic += alt != "*"
            return None
        self.carried += 1
        variant = Variant(build=self._build, contig=site.contig, pos=site.pos, ref=ref, alt=alt)
        fact = self._places.of(variant, site.record)
        known = self._held.known.of(variant)
        record = known if isinstance(known, KnownClass) else None
        effect = self._effect(variant, site, allele)
        gene = next(
            (name for name in (effect and effect.gene, fact and fact.gene, record and record.gene) if name),
            "",
        )
        if not self._keeps(site, gene, effect, fact, record):
            return None
        return self._weigh(seen, allele, variant, gene.upper(), effect, fact)

    def _effect(self, variant: Variant, site: Site, allele: int) -> Effect | None:
        """The file's own annotation first, then the transcript models."""
        if self._reader and site.annotations:
            alleles = annotated.Alleles(ref=site.alleles[0], alts=site.alleles[1:], asked=allele - 1)
            told = self._reader.effects(site.annotations, alleles)
            if told:
                return told[0]
        models = self._held.transcripts.effects(variant)
        return None if isinstance(models, Gap) or not models else models[0]

    def _keeps(
        self, site: Site, gene: str, effect: Effect | None, fact: VariantFact | None, known: KnownClass | None
    ) -> bool:
        if not site.passed:
            self.tally.filtered += 1
            return False
        if not gene:
            self.tally.without_gene += 1
            return False
        if not self._wanted.holds(gene) and gene.upper() not in self._also:
            return False
        pathogenic = _is_labelled(known or _UNKNOWN, fact)
        matters = effect is not None and RANK.get(effect.term, len(RANK)) <= MATTERS
        if not (matters or pathogenic or fact):
            self.tally.mild += 1
            return False
        return True

    def _weigh(
        self,
        seen: _Seen,
        allele: int,
        variant: Variant,
        gene: str,
        effect: Effect | None,
        fact: VariantFact | None,
    ) -> tuple[Found, Carried] | None:
        if self._weighed >= WEIGHED:
            self.tally.not_weighed += 1
            return None
        self._weighed += 1
        asked = Asked(title=str(variant), gene=gene, place=str(variant), place_build=variant.build)
        dossier = opened(
            (variant,),
            asked,
            fact,
            self._held,
            told=effect,
            frequency=own_rows.frequency_of(variant, seen.site, allele, self._reader),
            splicing=own_rows.splicing_of(variant, seen.site, allele),
        )
        assessment = assess(dossier.observed, rules_for(gene))
        if _is_common(dossier, assessment) and not _is_labelled(dossier.known, fact):
            self.tally.common += 1
            return None
        found = Found(
            variant=variant,
            zygosity=zygosity(seen.site, allele, self._sex, self._build),
            record=seen.site.record,
            gene=gene,
            effect=dossier.effects[0] if dossier.effects else None,
            fact=fact,
            known=dossier.known if isinstance(dossier.known, KnownClass) else None,
            assessment=assessment,
        )
        carried = Carried(
            name=found.title, site=seen.site, allele=allele, mother=seen.mother, father=seen.father
        )
        return found, carried


def _is_common(dossier: Dossier, assessment: Assessment) -> bool:
    """Too frequent by BA1 or BS1, or, where the file's gnomAD field gives no AN, 5 % and more by that field."""
    if any(assessment.criterion(code).status is Status.MET for code in ("BA1", "BS1")):
        return True
    row = dossier.observed.frequency
    if not isinstance(row, Frequency) or row.number or dossier.observed.is_mitochondrial:
        return False
    return row.frequency >= BA1_AT and dossier.gene not in EXCEPTIONS


def _is_labelled(known: KnownClass | Gap, fact: VariantFact | None) -> bool:
    """True if somebody calls it pathogenic: frequent ones (GJB2 c.35del) are shown with their label all the same."""
    stated = known.significance if isinstance(known, KnownClass) else ""
    return "P" in (side(stated), side(fact.known.significance) if fact and fact.known else "")


_UNKNOWN = Gap(reason="no record", held=True)
_FITS = {Fit.FITS: 0, Fit.POSSIBLE: 1, Fit.CANNOT_TELL: 1, Fit.CARRIER: 2, Fit.DOES_NOT_FIT: 3}


def _ranked(
    found: Sequence[tuple[Found, Carried]], held: Held, wanted: Wanted, sex: Sex | None, build: Build
) -> tuple[Candidate, ...]:
    """One candidate for each gene whose alleles are not benign by our own codes."""
    by_gene: dict[str, list[tuple[Found, Carried]]] = {}
    for one, carried in found:
        if not one.is_benign:
            by_gene.setdefault(one.gene, []).append((one, carried))
    candidates = [_candidate(gene, pairs, held, wanted, sex, build) for gene, pairs in by_gene.items()]
    return tuple(sorted(candidates, key=_order))


def _candidate(
    gene: str,
    pairs: Sequence[tuple[Found, Carried]],
    held: Held,
    wanted: Wanted,
    sex: Sex | None,
    build: Build,
) -> Candidate:
    row = held.dosage.of(gene)
    moi = moi_of(gene, pairs[0][0].variant.contig, row if isinstance(row, Dosage) else None)
    if moi.inheritance is Inheritance.UNKNOWN:
        moi = moi_by_ontology(gene) or moi
    return Candidate(
        gene=gene,
        moi=moi,
        fit=fit([carried for _, carried in pairs], moi.inheritance, sex, build),
        variants=tuple(sorted((one for one, _ in pairs), key=lambda one: -one.assessment.verdict.points)),
        symptom_rank=wanted.ranks.get(gene),
    )


def _order(one: Candidate) -> tuple[int, int, int, int, str]:
    """Consequence class, fit, symptoms, our own points: the order of the specification (genomics.md 3.9)."""
    worst = min(
        RANK.get(found.effect.term, len(RANK)) if found.effect else len(RANK) for found in one.variants
    )
    tier = 0 if worst < _NULL else 1 if worst <= _CHANGED else 2
    return tier, _FITS[one.fit.fit], one.symptom_rank or 10**6, -one.points, one.gene


_NULL, _CHANGED = RANK["inframe_insertion"], RANK["protein_altering_variant"]
"""Consequences above the first end or shift the protein, those up to the second change it."""


def _coverage(
    path: Path,
    wanted: Wanted,
    candidates: Sequence[Candidate],
    held: Held,
    build: Build,
    sample: int | None,
) -> tuple[Covered, ...]:
    """Coverage of the wanted genes, or of the candidates' where all were wanted."""
    genes = sorted(wanted.genes) if wanted.genes is not None else [one.gene for one in candidates]
    regions = {gene: held.transcripts.coding_regions(gene, build) for gene in genes[:_COVERED]}
    known = {gene: places for gene, places in regions.items() if not isinstance(places, Gap)}
    together: dict[str, list[tuple[int, int]]] = {}
    for places in known.values():
        for contig, spans in places.items():
            together.setdefault(contig, []).extend(spans)
    told = gvcf.of_file(path, build=build, sample=sample, places=together) if together else None
    return tuple(_covered(gene, regions[gene], told) for gene in regions)


def _secondary(
    both: Sequence[tuple[Found, Carried]],
    sex: Sex | None,
    build: Build,
    path: Path,
    held: Held,
    sample: int | None,
) -> secondary.Screen:
    """The list's rules on every weighed allele of its genes; by the class of others first, else by our own."""
    listed = Wanted(genes=frozenset(secondary.genes()), how="ACMG SF v3.3")
    seen = _coverage(path, listed, (), held, build, sample)
    covered = [one.gene for one in seen if one.share is not None and one.share >= _WHOLE]
    candidates = [_listed(one, carried) for one, carried in both]
    return secondary.screen(candidates, requested=True, consent=True, covered=covered, sex=sex, build=build)


def _listed(one: Found, carried: Carried) -> secondary.Candidate:
    stated = (
        one.known.significance
        if one.known
        else one.fact.known.significance
        if one.fact and one.fact.known
        else ""
    )
    by_others = side(stated) == "P"
    return secondary.Candidate(
        gene=one.gene,
        carried=carried,
        significance=Significance.LIKELY_PATHOGENIC if by_others else one.assessment.verdict.by_points,
        by="a class of others" if by_others else "our own codes",
        effect=one.effect,
    )


_WHOLE = 0.99
"""Share of a coding sequence from which on a gene counts as covered (our choice)."""
_COVERED = 500


def _covered(gene: str, places: dict[str, list[tuple[int, int]]] | Gap, told: Coverage | None) -> Covered:
    if isinstance(places, Gap) or told is None:
        return Covered(gene=gene, share=None, how="where the gene lies is not held here")
    share = told.of_regions(places)
    how = f"by the {told.origin}" if share is not None else "a plain VCF does not tell what was looked at"
    return Covered(gene=gene, share=share, how=how)
