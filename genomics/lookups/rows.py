"""What a look-up answers: a typed row, or a gap that names why there is none and what brings it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from genomics.variant import Variant
from retrieval.evidence import Source, Text, Word

Share = Annotated[float, Field(ge=0, le=1)]


class Gap(Word):
    """No answer, and why. ``held`` False: the pack is missing. ``held`` True: it does not speak about this."""

    reason: Text
    held: bool
    command: str = ""


class Frequency(Word):
    """How often an allele was seen. ``faf95`` is the filtering allele frequency (95 %) of the group that it is of.

    A row with ``count`` 0 says: looked at, and not seen; it is made only where the data cover the position.
    """

    source: Source
    faf95: Share | None = None
    group: str = ""
    """The genetic-ancestry group of the highest frequency; ami, asj, fin, mid, remaining are never chosen."""
    frequency: Share
    count: Annotated[int, Field(ge=0)]
    number: Annotated[int, Field(ge=0)]
    """Alleles looked at (AN)."""
    homozygotes: int | None = None
    hemizygotes: int | None = None
    heteroplasmic: Share | None = None
    """Mitochondrial: share of people with the allele in part of their copies; ``frequency`` is homoplasmic then."""
    passed: bool = True
    """FILTER is PASS."""


class Score(Word):
    """A predictor's score of one change."""

    source: Source
    tool: str
    """"REVEL", "AlphaMissense", "BayesDel" or "SpliceAI"; a name of acmg.missense.TOOLS."""
    score: float
    transcript: str = ""


class Dosage(Word):
    """ClinGen's dosage sensitivity of a gene."""

    source: Source
    gene: str
    haploinsufficiency: int | None
    """3 sufficient, 30 recessive, 0 to 2 little or none, 40 unlikely; None: not curated."""
    evaluated: str = ""


class Neighbour(Word):
    """Another variant of the same gene that somebody classified: evidence for PS1, PM5 and PVS1 start loss."""

    variant: Variant | None = None
    c_name: str = ""
    p_name: str
    significance: str
    stars: int
    accession: str


class ReviewStatus(StrEnum):
    """ClinVar's review status, by stars 4 to 0."""

    PRACTICE_GUIDELINE = "practice guideline"
    EXPERT_PANEL = "reviewed by expert panel"
    MULTIPLE = "criteria provided, multiple submitters, no conflicts"
    CONFLICTING = "criteria provided, conflicting classifications"
    SINGLE = "criteria provided, single submitter"
    NONE = "no assertion criteria provided"

    @property
    def stars(self) -> int:
        return {"practice guideline": 4, "reviewed by expert panel": 3}.get(self.value) or {
            ReviewStatus.MULTIPLE: 2,
            ReviewStatus.CONFLICTING: 1,
            ReviewStatus.SINGLE: 1,
        }.get(self, 0)


class KnownClass(Word):
    """What ClinVar or an expert panel says. Never handed to anything that computes a criterion."""

    source: Source
    accession: str
    """VCV or variation id."""
    significance: str
    """In the source's own term, e.g. "Pathogenic/Likely pathogenic", "Conflicting classifications of pathogenicity"."""
    review: ReviewStatus
    conditions: tuple[str, ...] = ()
    dated: str = ""
    """The release of the source."""
    conflicts: tuple[tuple[str, int], ...] = ()
    """Class and number of submissions, where submitters disagree (CLNSIGCONF)."""
    aside: tuple[str, ...] = ()
    """Kept apart: somatic or oncogenicity classes, drug response, risk allele, low penetrance, haplotype."""
    gene: str = ""
    names: tuple[str, ...] = ()
    consequence: str = ""
    """The first MC term (Sequence Ontology)."""

    @property
    def stars(self) -> int:
        return self.review.stars

    @property
    def is_conflicting(self) -> bool:
        return self.review is ReviewStatus.CONFLICTING or self.significance.lower().startswith("conflicting")
