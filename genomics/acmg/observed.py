"""Everything that the criteria of one variant may look at; there is no place in it for anybody's label of it."""

from __future__ import annotations

from pydantic import Field

from genomics.effect import Effect
from genomics.lookups.rows import Dosage, Frequency, Gap, Neighbour, Score
from genomics.variant import Variant
from retrieval.evidence import Word

UNSEEN = Gap(reason="nothing was looked up", held=False)


class Observed(Word):
    """What was found out of one variant, each part a row or a gap."""

    gene: str
    variant: Variant | None = None
    """None if only a name is known."""
    effect: Effect | Gap = UNSEEN
    frequency: Frequency | Gap = UNSEEN
    missense: Score | Gap = UNSEEN
    """One predictor, chosen in advance."""
    splicing: Score | Gap = UNSEEN
    dosage: Dosage | Gap = UNSEEN
    neighbours: tuple[Neighbour, ...] | Gap = Field(default=UNSEEN)
    """Other classified variants of the gene; never the variant itself."""
    in_repeat: bool | None = None
    """True if an in-frame change lies in a repeat; None without a repeat track."""

    @property
    def is_mitochondrial(self) -> bool:
        return self.gene.upper().startswith("MT-") or (
            self.variant is not None and self.variant.contig == "MT"
        )
