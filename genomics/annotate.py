"""A genome file, allele by allele: what each carried allele does, who classified it, and what our own codes make of it.

:func:`annotate` is the work of one file as :mod:`genomics.batch` hands it out; :func:`annotate_file` streams.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from genomics import VERSION, own_rows
from genomics.acmg.assess import assess
from genomics.acmg.criteria import Assessment, Status
from genomics.acmg.gene_rules import rules_for
from genomics.annotated_rows import AnnotatedFile, AnnotatedRow
from genomics.builds import Build
from genomics.dossier import opened
from genomics.effect import Effect
from genomics.facts import VariantFact, facts
from genomics.files.vcf import Vcf
from genomics.genotype import Site
from genomics.known_places import KnownPlaces
from genomics.lookups.providers import Held
from genomics.lookups.rows import KnownClass
from genomics.matching import Asked
from genomics.screen import MATTERS
from genomics.transcript import annotated
from genomics.transcript.regions import RANK
from genomics.variant import Variant
from genomics.zygosity import Sex, zygosity

_BASES = frozenset("ACGTN")


def annotate(
    path: Path,
    part: str = "",
    *,
    build: str = "",
    sample: int | None = None,
    sex: str = "",
    packs: str = "",
) -> dict[str, Any]:
    """One file as plain data, for a worker process; ``part`` is a contig or "" for all, ``packs`` their folder.

    Raises:
        genomics.files.vcf.VcfError: the file cannot be read. VcfNeeds: build or sample must be told.
        genomics.builds.BuildError: the stated build contradicts the header or the reference bases.
    """
    from genomics.lookups.held import held  # opens the indexes of the packs

    chosen, stated = Build(build) if build else None, Sex(sex) if sex else None
    packs_held = held(Path(packs) if packs else None)
    with Vcf(path, build=chosen, sample=sample) as file:
        rows = tuple(_rows(file, packs_held, stated, part))
        told = AnnotatedFile(
            name=path.name[:80],
            build=file.build,
            records=file.counts.records,
            carried=len(rows),
            not_interpreted=file.counts.not_interpreted,
            rows=rows,
            versions={"genomics": VERSION, **packs_held.versions},
        )
    return told.model_dump(mode="json")


def annotate_file(
    path: Path,
    *,
    held: Held,
    build: Build | None = None,
    sample: int | None = None,
    sex: Sex | None = None,
    part: str = "",
) -> Iterator[AnnotatedRow]:
    """The carried alleles in file order, one row each; raises as :func:`annotate` does."""
    with Vcf(path, build=build, sample=sample) as file:
        yield from _rows(file, held, sex, part)


def _rows(file: Vcf, held: Held, sex: Sex | None, part: str) -> Iterator[AnnotatedRow]:
    places = KnownPlaces(file.build, facts().variants)
    for site in file.sites(male=sex is Sex.MALE):
        if part and site.contig != part:
            continue
        for allele in sorted({index for index in site.called if index}):
            ref, alt = site.alleles[0], site.alleles[allele]
            if set(ref) <= _BASES and set(alt) <= _BASES:
                variant = Variant(build=file.build, contig=site.contig, pos=site.pos, ref=ref, alt=alt)
                fact = places.of(variant, site.record)
                effect = _told(file.annotation, site, allele)
                yield _row(_Carried(site, allele, variant, fact), effect, held, sex, file.annotation)
            else:
                file.counts.not_interpreted += alt != "*"


class _Carried(NamedTuple):
    site: Site
    allele: int
    variant: Variant
    fact: VariantFact | None


def _row(
    one: _Carried, told: Effect | None, held: Held, sex: Sex | None, reader: annotated.Reader | None
) -> AnnotatedRow:
    place = str(one.variant)
    asked = Asked(title=place, place=place, place_build=one.variant.build)
    dossier = opened(
        (one.variant,),
        asked,
        one.fact,
        held,
        told=told,
        frequency=own_rows.frequency_of(one.variant, one.site, one.allele, reader),
        splicing=own_rows.splicing_of(one.variant, one.site, one.allele),
    )
    effect = dossier.effects[0] if dossier.effects else None
    known = dossier.known if isinstance(dossier.known, KnownClass) else None
    label = _labelled(known, one.fact)
    why = _not_weighed(dossier.gene, effect, bool(label))
    judged = {"not_weighed": why} if why else _judged(assess(dossier.observed, rules_for(dossier.gene)))
    return AnnotatedRow.model_validate(
        {
            "record": one.site.record,
            **one.variant.model_dump(),
            "spdi": one.variant.spdi,
            "rsid": one.site.rsid,
            "passed": one.site.passed,
            "zygosity": zygosity(one.site, one.allele, sex, one.variant.build).value,
            "gene": dossier.gene,
            **_effect(effect),
            **label,
            **judged,
        }
    )


def _effect(effect: Effect | None) -> dict[str, Any]:
    if effect is None:
        return {}
    return {
        "transcript": effect.transcript,
        "consequence": ",".join(effect.terms),
        "c_name": effect.c_name,
        "p_name": effect.p_name,
        "told_by": f"{effect.source}: {effect.told_by}",
    }


def _labelled(known: KnownClass | None, fact: VariantFact | None) -> dict[str, Any]:
    """The class that others gave: the record of the ClinVar pack, else that of the starter facts."""
    if known:
        return {
            "known": known.significance,
            "known_stars": known.stars,
            "known_accession": known.accession,
            "known_by": f"{known.source.title}, {known.source.version}",
        }
    if fact and fact.known:
        return {
            "known": fact.known.significance,
            "known_stars": fact.known.stars,
            "known_by": f"{fact.known.by}, starter facts",
        }
    return {}


def _not_weighed(gene: str, effect: Effect | None, is_labelled: bool) -> str:
    """Why no class of our own is given; "" where it is."""
    if not gene:
        return "nothing held here tells the gene"
    if is_labelled or (effect and RANK.get(effect.term, len(RANK)) <= MATTERS):
        return ""
    return "the consequence is milder than a splice region" if effect else "the consequence is not known"


def _judged(judged: Assessment) -> dict[str, Any]:
    counted = [one for one in judged.criteria if one.counts]
    return {
        "own_class": judged.verdict.by_points.value if counted else "",
        "own_points": judged.verdict.points,
        "own_codes": tuple(f"{one.code} {one.strength}" for one in counted),
        "own_rules_2015": judged.verdict.by_rules_2015.value if counted else "",
        "rules": judged.rules,
        "not_assessed": tuple(one.code for one in judged.criteria if one.status is Status.NOT_ASSESSED),
        "not_weighed": "" if counted else "no code is met with what is held here",
    }


def _told(reader: annotated.Reader | None, site: Site, allele: int) -> Effect | None:
    """The file's own annotation of the allele."""
    if reader is None or not site.annotations:
        return None
    alleles = annotated.Alleles(ref=site.alleles[0], alts=site.alleles[1:], asked=allele - 1)
    return next(iter(reader.effects(site.annotations, alleles)), None)
