"""What answers in place of a pack that is not held, or is held and not prepared: a gap with the command."""

from __future__ import annotations

from genomics.builds import Build
from genomics.hgvs import Name
from genomics.lookups.rows import Gap
from genomics.variant import Variant


class Absent:
    """Nobody is at home: every question of a look-up is answered with the same gap."""

    def __init__(self, gap: Gap) -> None:
        self.gap = gap

    def text(self, key: str) -> str | None:
        """Nothing is held, so no text is."""
        return None


class AbsentClasses(Absent):
    """In place of ClinVar."""

    def of(self, variant: Variant) -> Gap:
        return self.gap

    def by_rsid(self, rsid: str, build: Build) -> Gap:
        return self.gap

    def by_name(self, gene: str, c_name: str, build: Build) -> Gap:
        return self.gap

    def neighbours(self, gene: str, build: Build) -> Gap:
        return self.gap


class AbsentFrequencies(Absent):
    """In place of allele frequencies."""

    def of(self, variant: Variant) -> Gap:
        return self.gap


class AbsentScores(Absent):
    """In place of a predictor."""

    def of(self, variant: Variant, transcript: str = "") -> Gap:
        return self.gap


class AbsentTranscripts(Absent):
    """In place of transcript models."""

    def effects(self, variant: Variant) -> Gap:
        return self.gap

    def place(self, gene: str, name: Name, build: Build) -> Gap:
        return self.gap

    def coding_regions(self, gene: str, build: Build) -> Gap:
        return self.gap
