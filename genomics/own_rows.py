"""What the user's own annotated file tells of an allele's frequency and splicing, as rows of the look-ups.

Only fields that name gnomAD or SpliceAI count: a bare AF is the frequency in the user's own cohort. A held pack that
knows the allele goes before the file.
"""

from __future__ import annotations

from genomics.genotype import Site
from genomics.lookups import frequency, predictors
from genomics.lookups.rows import Frequency, Score
from genomics.transcript.annotated import Alleles, Reader
from genomics.variant import Variant


def frequency_of(variant: Variant, site: Site, allele: int, reader: Reader | None) -> Frequency | None:
    """The gnomAD frequency in INFO, else in the columns of CSQ; ``allele`` counts from 1. None if there is none."""
    fields = dict(field.split("=", 1) for field in site.own_fields)
    told = frequency.of_info(variant, fields, allele - 1, len(site.alleles) - 1)
    if told is not None or reader is None:
        return told
    alleles = Alleles(ref=site.alleles[0], alts=site.alleles[1:], asked=allele - 1)
    return frequency.of_info(variant, reader.shares(site.annotations, alleles))


def splicing_of(variant: Variant, site: Site, allele: int) -> Score | None:
    """SpliceAI's highest delta in INFO, or None."""
    told = next((one for one in site.own_fields if one.lower().startswith("spliceai=")), "")
    return predictors.of_info(variant, told.partition("=")[2], site.alleles[allele]) if told else None
