"""What is told of each carried allele of a genome file, flat, for tables and other programs."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from genomics.builds import Build
from retrieval.evidence import Word


class AnnotatedRow(Word):
    """One carried allele. Empty words are unknown; ``not_weighed`` says why there is no class of our own."""

    record: int
    build: Build
    contig: str
    pos: int
    ref: str
    alt: str
    spdi: str
    rsid: str = ""
    passed: bool = True
    zygosity: str
    gene: str = ""
    transcript: str = ""
    consequence: str = ""
    c_name: str = ""
    p_name: str = ""
    told_by: str = ""
    """Who says the consequence."""
    known: str = ""
    known_stars: int | None = None
    known_accession: str = ""
    known_by: str = ""
    own_class: str = ""
    own_points: int | None = None
    own_codes: tuple[str, ...] = ()
    own_rules_2015: str = ""
    rules: str = ""
    not_assessed: tuple[str, ...] = ()
    not_weighed: str = ""

    @property
    def title(self) -> str:
        name = self.c_name or self.p_name or f"{self.contig}-{self.pos}-{self.ref}-{self.alt}"
        return f"{self.gene} {name}".strip()


class AnnotatedFile(Word):
    """All carried alleles of one file, and what of it was not interpreted."""

    name: str
    """The file's own name: shown, never opened."""
    build: Build
    records: int
    carried: int
    not_interpreted: int
    rows: tuple[AnnotatedRow, ...] = ()
    versions: Mapping[str, str] = Field(default_factory=dict)
