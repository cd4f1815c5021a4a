"""What a variant does to one transcript, whoever said so: our caller, an annotated file, or the name alone."""

from __future__ import annotations

from enum import StrEnum

from retrieval.evidence import Word


class EffectSource(StrEnum):
    """Who says what the variant does."""

    MODEL = "transcript model"
    FILE = "annotation in the file"
    NAME = "the name alone"


class Effect(Word):
    """One variant on one transcript. Everything that the source of the effect cannot tell is None."""

    source: EffectSource
    told_by: str
    """The model's accession and pack version, the file's tool and version, or the name."""
    gene: str
    transcript: str = ""
    terms: tuple[str, ...]
    """Sequence Ontology terms, most severe first: frameshift_variant, stop_gained, splice_donor_variant …"""
    c_name: str = ""
    """Without accession: c.68_69del."""
    p_name: str = ""
    """p.Glu23ValfsTer17."""
    exon: int | None = None
    exons: int | None = None
    intron_offset: int | None = None
    """Distance to the nearest exon in bases, + after it, - before it; 0 or None in an exon."""
    coding_length: int | None = None
    """Bases of the CDS with the stop codon."""
    length_change: int | None = None
    """Bases gained or lost in the coding sequence, where the variant lies in it."""
    new_stop: int | None = None
    """1-based c. position of the first base of the new stop codon, after translation of the changed transcript."""
    decay: bool | None = None
    """True if nonsense-mediated decay is predicted (PMID 30192042), False if the new stop escapes it."""
    decay_reason: str = ""
    lost_share: float | None = None
    """Share of the protein that is cut off or removed, 0 to 1."""
    in_frame: bool | None = None
    next_start: int | None = None
    """Codon of the next in-frame Met, for a lost start."""
    mane_select: bool = False
    limit: str = ""
    """What could not be looked at, in one sentence; empty if nothing."""

    @property
    def term(self) -> str:
        """The most severe term."""
        return self.terms[0] if self.terms else ""

    @property
    def is_loss_of_function(self) -> bool:
        """Nonsense, frameshift, canonical splice site or start loss: the variants of the PVS1 tree."""
        return bool(set(self.terms) & LOSS_OF_FUNCTION)


LOSS_OF_FUNCTION = frozenset(
    {
        "transcript_ablation",
        "stop_gained",
        "frameshift_variant",
        "splice_acceptor_variant",
        "splice_donor_variant",
        "start_lost",
    }
)
