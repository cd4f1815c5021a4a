"""How many copies of an allele a sample has, whether two alleles lie on one copy, and whether X fits the stated sex."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from genomics.builds import Build
from genomics.files.copies import one_copy
from genomics.genotype import Site
from retrieval.evidence import Word

FEWEST_SITES = 20
"""Variant sites on X below which nothing is said of the sex (our choice)."""
MALE_BELOW, FEMALE_ABOVE = 0.10, 0.30
"""Share of heterozygous among the variant sites of X outside the pseudoautosomal regions (our choice)."""


class Sex(StrEnum):
    """Sex as the record states it, as far as X and Y decide inheritance."""

    FEMALE = "female"
    MALE = "male"


class Zygosity(StrEnum):
    """What one sample has of one allele."""

    ABSENT = "not carried"
    HETEROZYGOUS = "heterozygous"
    HOMOZYGOUS = "homozygous"
    HEMIZYGOUS = "hemizygous"
    PARTIAL = "one known allele, the other not called"
    NOT_CALLED = "not called"


class Phase(StrEnum):
    """How two heterozygous alleles lie to each other."""

    TRANS = "in trans"
    CIS = "in cis"
    UNKNOWN = "phase unknown"


class SexAgreement(Word):
    """What X says of the stated sex. ``agrees`` is None where it cannot tell."""

    agrees: bool | None
    heterozygous: int
    sites: int
    """Variant sites of X that were called, outside the pseudoautosomal regions."""
    says: str
    """One sentence; a question where they disagree."""


def is_single_copy_in_men(site: Site, build: Build | None) -> bool:
    """True on X and Y outside the pseudoautosomal regions. Without a build all of X and Y counts so."""
    if build is None:
        return site.contig in ("X", "Y")
    return one_copy(build, site.contig, site.pos)


def zygosity(site: Site, allele: int, sex: Sex | None, build: Build | None = None) -> Zygosity:
    """Copies of ``site.alleles[allele]``. A man's ``1`` and ``1/1`` on X are both hemizygous."""
    copies = site.called.count(allele)
    missing = None in site.called
    if not site.called or set(site.called) == {None}:
        return Zygosity.NOT_CALLED
    if not copies:
        return Zygosity.NOT_CALLED if missing else Zygosity.ABSENT
    if missing:
        return Zygosity.PARTIAL
    if copies < len(site.called):
        return Zygosity.HETEROZYGOUS
    if len(site.called) == 1 or (sex is Sex.MALE and is_single_copy_in_men(site, build)):
        return Zygosity.HEMIZYGOUS
    return Zygosity.HOMOZYGOUS


def phase(one: Site, one_allele: int, other: Site, other_allele: int) -> Phase:
    """By the file alone: two alleles of one base, two alleles of one record, or two records of one phase set."""
    if _replace_one_base(one, one_allele, other, other_allele):
        return Phase.TRANS
    if one.contig != other.contig or not (one.is_called and other.is_called):
        return Phase.UNKNOWN
    if (one.pos, one.alleles) == (other.pos, other.alleles):
        return Phase.TRANS if one_allele != other_allele else Phase.UNKNOWN
    if not (one.phased and other.phased) or one.phase_set != other.phase_set:
        return Phase.UNKNOWN
    first, second = _copies(one, one_allele), _copies(other, other_allele)
    if len(first) != 1 or len(second) != 1:
        return Phase.UNKNOWN
    return Phase.CIS if first == second else Phase.TRANS


def _replace_one_base(one: Site, one_allele: int, other: Site, other_allele: int) -> bool:
    """True if the alleles put different bases for the same base: one copy cannot have both, however they were split."""
    if (one.contig, one.pos) != (other.contig, other.pos):
        return False
    spelled = one.alleles[0], one.alleles[one_allele], other.alleles[0], other.alleles[other_allele]
    return all(len(bases) == 1 and bases.isalpha() for bases in spelled) and spelled[1] != spelled[3]


def _copies(site: Site, allele: int) -> list[int]:
    return [number for number, called in enumerate(site.called) if called == allele]


def sex_agreement(sites: Iterable[Site], stated: Sex | None, build: Build | None = None) -> SexAgreement:
    """Whether the share of heterozygous variant sites on X fits the stated sex. Never a sex where none is stated."""
    seen = heterozygous = 0
    for site in sites:
        if site.contig != "X" or not site.passed or not is_single_copy_in_men(site, build):
            continue
        if not site.is_called or not any(site.called):
            continue
        seen += 1
        heterozygous += len(set(site.called)) > 1
    return _judged(heterozygous, seen, stated)


def _judged(heterozygous: int, seen: int, stated: Sex | None) -> SexAgreement:
    told = f"{heterozygous} of {seen} variant sites on X are heterozygous"
    if seen < FEWEST_SITES:
        says = f"{told}: too few to compare with the stated sex."
        return SexAgreement(agrees=None, heterozygous=heterozygous, sites=seen, says=says)
    share = heterozygous / seen
    fits = Sex.MALE if share < MALE_BELOW else Sex.FEMALE if share > FEMALE_ABOVE else None
    if stated is None:
        says, agrees = f"{told}; which sex does the record state?", None
    elif fits is None:
        says, agrees = f"{told}, which is between what men and women have.", None
    elif fits is stated:
        says, agrees = f"{told}, as expected for the stated sex ({stated}).", True
    else:
        says, agrees = f"{told}, which does not fit the stated sex ({stated}): is it the right sample?", False
    return SexAgreement(agrees=agrees, heterozygous=heterozygous, sites=seen, says=says)
