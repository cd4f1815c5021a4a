"""What the science needs from packs, as protocols; who holds them is handed in, never looked up by the science."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from genomics.builds import Build
from genomics.effect import Effect
from genomics.hgvs import Name
from genomics.lookups.rows import Dosage, Frequency, Gap, KnownClass, Neighbour, Score
from genomics.variant import Variant


class KnownClasses(Protocol):
    """ClinVar, or what stands for it."""

    def of(self, variant: Variant) -> KnownClass | Gap:
        """The record of a variant, compared by the sequence that it makes."""

    def by_rsid(self, rsid: str, build: Build) -> tuple[Variant, ...] | Gap:
        """The variants under an rsID."""

    def by_name(self, gene: str, c_name: str, build: Build) -> tuple[Variant, ...] | Gap:
        """The variants that the records of a gene call by this c. name."""

    def neighbours(self, gene: str, build: Build) -> tuple[Neighbour, ...] | Gap:
        """Every classified variant of the gene with a protein name."""


class Frequencies(Protocol):
    def of(self, variant: Variant) -> Frequency | Gap:
        """How often it was seen; a gap where the data do not cover the position."""


class Scores(Protocol):
    def of(self, variant: Variant, transcript: str = "") -> Score | Gap:
        """The score of a single-base change."""


class Dosages(Protocol):
    def of(self, gene: str) -> Dosage | Gap:
        """ClinGen's dosage curation of a gene."""


class Transcripts(Protocol):
    """Transcript models of one pack."""

    def effects(self, variant: Variant) -> tuple[Effect, ...] | Gap:
        """What a variant does to every held transcript it touches, MANE Select first."""

    def place(self, gene: str, name: Name, build: Build) -> Variant | Gap:
        """Where a c. name lies. ``name.reference`` chooses the transcript, else MANE Select of the gene.

        Raises:
            genomics.hgvs.HgvsError: the stated reference base disagrees; the message names the expected one.
        """

    def coding_regions(self, gene: str, build: Build) -> dict[str, list[tuple[int, int]]] | Gap:
        """Intervals (1-based, both ends in) of the coding exons of a gene's chosen transcript, by contig."""


@dataclass(frozen=True)
class Held:
    """Everything held on this machine. What is not held answers with a gap that names its command."""

    known: KnownClasses
    frequency: Frequencies
    missense: Scores
    splicing: Scores
    dosage: Dosages
    transcripts: Transcripts
    versions: dict[str, str]
    """Version or date of each pack in use, by name."""
