"""Genomes: star alleles with their sites, germline variants with their class, and the records that a VCF has of them.

Facts are in ``evals/knowledge/genome.yaml``. Bases are those of the plus strand; :func:`records` never reads a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import yaml
from pydantic import Field, model_validator

from evals.cases.case import File
from evals.cases.plant import Read
from evals.cases.render import vcf
from evals.cases.render.vcf import Build, Record
from retrieval.evidence import Text, Word

PATH = Path(__file__).resolve().parents[1] / "knowledge" / "genome.yaml"


class Advice(Word):
    """What a guideline says of a drug, by phenotype or by diplotype."""

    drug: Text
    asked: Text
    avoid: tuple[str, ...]
    change: tuple[str, ...]
    fine: tuple[str, ...]

    def action(self, diplotype: str, phenotype: str) -> Literal["", "avoid", "change", "fine"]:
        """The diplotype's own line goes before that of its phenotype; "" where there is neither."""
        actions: Mapping[Literal["avoid", "change", "fine"], tuple[str, ...]] = {
            "avoid": self.avoid, "change": self.change, "fine": self.fine,
        }  # fmt: skip
        for key in (diplotype, phenotype):
            for action, keys in actions.items():
                if key in keys:
                    return action
        return ""


class Position(Word):
    """A site on GRCh38, plus strand."""

    pos: int
    ref: Text
    alts: tuple[str, ...]


class Gene(Word):
    """A pharmacogene: sites, the bases of each star allele (none: the reference), the phenotype of each diplotype."""

    chrom: Text
    strand: Literal["+", "-"]
    source: Text
    advice: Advice
    positions: Mapping[str, Position]
    alleles: Mapping[str, Mapping[str, str]]
    phenotypes: Mapping[str, str]

    @model_validator(mode="after")
    def _alleles_are_of_its_sites(self) -> Gene:
        for name, bases in self.alleles.items():
            wrong = [one for one, base in bases.items() if base not in self.positions[one].alts]
            if wrong:
                raise ValueError(f"{name}: no such base at {', '.join(wrong)}")
        return self


class Panel(Word):
    """A germline variant and what a ClinGen expert panel said of it."""

    id: Text
    source: Literal["erepo"]
    gene: Text
    transcript: Text
    coding: Text
    protein: str
    significance: Text
    chrom: Text
    ref: Text
    alt: Text
    grch38: int = Field(alias="GRCh38")
    grch37: int = Field(alias="GRCh37")
    disease: Text
    met: tuple[str, ...]

    def pos(self, build: Build) -> int:
        """Its position on a build."""
        return self.grch38 if build == "GRCh38" else self.grch37


class _Book(Word):
    schema_: Literal[1] = Field(alias="schema")
    sources: Mapping[str, Read]
    lengths: Mapping[str, int]
    genes: Mapping[str, Gene]
    variants: tuple[Panel, ...]


@cache
def _book() -> _Book:
    return _Book.model_validate(yaml.safe_load(PATH.read_text(encoding="utf-8")))


def genes() -> Mapping[str, Gene]:
    """The pharmacogenes by symbol."""
    return _book().genes


def panel() -> tuple[Panel, ...]:
    """The germline variants."""
    return _book().variants


def records(gene: str, diplotype: str) -> list[Record]:
    """Every listed site of the gene with the phased genotype of the two alleles."""
    held = genes()[gene]
    pair = [held.alleles[name] for name in split(gene, diplotype)]
    made = []
    for rsid, site in held.positions.items():
        numbers = [site.alts.index(bases[rsid]) + 1 if rsid in bases else 0 for bases in pair]
        made.append(Record(held.chrom, site.pos, rsid, site.ref, site.alts, "|".join(map(str, numbers))))
    return made


def split(gene: str, diplotype: str) -> tuple[str, str]:
    """The two alleles of a diplotype; the names of DPYD hold no "/"."""
    first, _, second = diplotype.partition("/")
    if {first, second} - set(genes()[gene].alleles):
        raise ValueError(f"{gene} has no diplotype {diplotype}")
    return first, second


def file_of(rows: list[Record], *, build: Build, sample: str, prefix: str) -> File:
    """The records as an attached VCF."""
    made = vcf.text(rows, build=build, sample=sample, lengths=_book().lengths, prefix=prefix)
    return File(name=f"{sample}.vcf", data=made.encode())


def decoys(rng: np.random.Generator, build: Build, beside: str = "") -> list[Record]:
    """Two benign variants, one copy each, of other genes than ``beside``."""
    calm = [one for one in panel() if one.significance == "benign" and one.gene != beside]
    first = int(rng.random() * len(calm))
    return [
        Record(one.chrom, one.pos(build), "", one.ref, (one.alt,), "0|1")
        for one in (calm[first], calm[(first + 1) % len(calm)])
    ]
