"""What a screening of a genome file says: weighed alleles, candidate genes, coverage, and what was left out."""

from __future__ import annotations

from genomics import secondary
from genomics.acmg.criteria import Assessment, Significance
from genomics.builds import Build
from genomics.effect import Effect
from genomics.facts import VariantFact
from genomics.inheritance import Moi, MoiFit
from genomics.lookups.rows import KnownClass
from genomics.variant import Variant
from genomics.wanted import Wanted
from genomics.zygosity import SexAgreement, Zygosity
from retrieval.evidence import Word


class Found(Word):
    """One carried allele that was weighed."""

    variant: Variant
    zygosity: Zygosity
    record: int
    gene: str
    effect: Effect | None = None
    fact: VariantFact | None = None
    known: KnownClass | None = None
    """A label beside; it moves no rank."""
    assessment: Assessment

    @property
    def title(self) -> str:
        """Gene and c. or p. name, else the place."""
        if self.fact:
            return self.fact.title
        name = (self.effect.c_name or self.effect.p_name) if self.effect else ""
        return f"{self.gene} {name or self.variant}".strip()

    @property
    def is_benign(self) -> bool:
        return self.assessment.verdict.by_points in (Significance.BENIGN, Significance.LIKELY_BENIGN)


class Candidate(Word):
    """One gene with the alleles that count, and how they fit."""

    gene: str
    moi: Moi
    fit: MoiFit
    variants: tuple[Found, ...]
    symptom_rank: int | None = None

    @property
    def points(self) -> int:
        return max(one.assessment.verdict.points for one in self.variants)


class Covered(Word):
    """How much of a gene's coding sequence was looked at, 0 to 1; None where the file does not tell."""

    gene: str
    share: float | None
    how: str


class Screening(Word):
    """What one file holds, and what it cannot tell."""

    build: Build
    wanted: Wanted
    records: int
    carried: int
    not_interpreted: int
    filtered: int
    """Carried alleles of records that did not pass the caller's filter."""
    without_gene: int
    """Carried alleles of which nothing held here tells the gene."""
    mild: int
    """Carried alleles of wanted genes with a consequence below splice region and no class."""
    common: int
    """Carried alleles that are too frequent (BA1 or BS1)."""
    not_weighed: int
    searched: int
    """Held starter variants with a position on this build."""
    candidates: tuple[Candidate, ...] = ()
    more: int = 0
    """Candidate genes beyond those reported."""
    held: tuple[Found, ...] = ()
    """Carried variants that somebody classified (starter facts or ClinVar), of whatever gene that is wanted."""
    coverage: tuple[Covered, ...] = ()
    sex: SexAgreement | None = None
    beside: secondary.Screen | None = None
    """Only where it was asked for, with consent."""
    annotation: str = ""
    """Tool and version that annotated the file."""
