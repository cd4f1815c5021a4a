"""What a report is made of: typed rows of variants, coverage and star alleles, and the blocks that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from genomics.acmg.criteria import Assessment
from genomics.annotated_rows import AnnotatedFile
from genomics.effect import Effect
from genomics.lookups.rows import KnownClass, Share
from genomics.pgx.words import GeneCall, Guidance, NoCall
from genomics.variant import Variant
from retrieval.evidence import Source, Table, Text, Word


class VariantRow(Word):
    """One variant of a report: what others say of it and what our own codes say, apart from each other."""

    title: Text
    gene: str = ""
    variant: Variant | None = None
    names: tuple[str, ...] = ()
    rsid: str = ""
    genotype: str = ""
    """Zygosity in words; empty without a genotype."""
    inheritance: str = ""
    """How the genotype fits the gene's mode of inheritance, in words."""
    score: float | None = None
    """Rank score of the screening, 0 to 1; None outside of a ranking."""
    why: tuple[str, ...] = ()
    """Reasons of the rank."""
    known: KnownClass | None = None
    known_elsewhere: tuple[str, ...] = ()
    """Further classes of others in words, each with its source."""
    assessment: Assessment | None = None
    effects: tuple[Effect, ...] = ()
    agreement: str = ""
    limits: tuple[str, ...] = ()


class CoverageRow(Word):
    """How much of a gene's coding bases the file tells; ``share`` None: the file cannot tell."""

    gene: Text
    share: Share | None = None
    how: Text
    """By what it was measured, or why it is not known."""


class Genome(Word):
    """What one genome file holds of interest. A gene that is not in ``coverage`` was not looked at."""

    title: Text
    build: str = ""
    sex: str = ""
    asked: tuple[str, ...] = ()
    """Panel, HPO terms, or whatever the ranking was made for."""
    counts: tuple[tuple[str, int], ...] = ()
    """Records, carried alleles, not interpreted …, as words and numbers."""
    candidates: tuple[VariantRow, ...] = ()
    secondary: tuple[VariantRow, ...] | None = None
    """Reportable findings of the ACMG list; None: nobody asked for them."""
    coverage: tuple[CoverageRow, ...] = ()
    limits: tuple[str, ...] = ()


class DrugRow(Word):
    """What the guidelines say for one drug; without guidance ``note`` says why."""

    drug: Text
    guidance: tuple[Guidance, ...] = ()
    note: str = ""


class Pharmacogenes(Word):
    """Star alleles of one person and what guidelines make of them."""

    title: Text
    calls: tuple[GeneCall, ...] = ()
    not_called: tuple[NoCall, ...] = ()
    drugs: tuple[DrugRow, ...] = ()
    limits: tuple[str, ...] = ()


class Words(Word):
    """A paragraph."""

    kind: Literal["words"] = "words"
    text: Text
    strong: bool = False


class Facts(Word):
    """Names and values."""

    kind: Literal["facts"] = "facts"
    pairs: tuple[tuple[str, str], ...]


class Bullets(Word):
    """A list."""

    kind: Literal["bullets"] = "bullets"
    items: tuple[Text, ...]


class Grid(Word):
    """A table."""

    kind: Literal["grid"] = "grid"
    table: Table


class Plot(Word):
    """A drawing as SVG of ours, and what it shows in words for those who do not see it."""

    kind: Literal["plot"] = "plot"
    title: Text
    svg: Text
    alt: Text


Block = Words | Facts | Bullets | Grid | Plot


class Section(Word):
    """A heading and what stands below it."""

    title: Text
    blocks: tuple[Block, ...]


class Report(Word):
    """A report, ready to be written as JSON, Markdown or HTML. ``subject`` holds the data, ``sections`` the words."""

    kind: Literal["variants", "annotation", "genome", "pharmacogenes"]
    title: Text
    subject: tuple[VariantRow, ...] | tuple[AnnotatedFile, ...] | Genome | Pharmacogenes
    sections: tuple[Section, ...]
    sources: tuple[Source, ...] = ()
    versions: Mapping[str, str] = Field(default_factory=dict)
    made: str = ""
    """The day it was made, as the caller says it; nothing here reads a clock."""
