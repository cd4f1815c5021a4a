"""Star alleles, functions and phenotype rules that are known without any pack: the ones asked for most.

The facts lie in ``knowledge/pgx_starter.yaml``, restated by hand, each gene with the record in which it was seen.
They make the same types as a pack, so that the same matcher and the same phenotype rules run on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from genomics.facts import FOLDER, Origin
from genomics.pgx.definitions import Definitions, GeneDefinition, Locus, NamedAllele
from genomics.pgx.phenotype import AlleleFunction, Meaning, PhenotypeTable
from retrieval.evidence import Depth, Source, Text, Word

FILE = FOLDER / "pgx_starter.yaml"
SOURCE_ID = "fact:pgx-starter"
_IUPAC = {"R": "AG"}
Base = Annotated[str, Field(pattern=r"^[ACGTR]+$")]


class StarterError(ValueError):
    """The starter file breaks a rule; the message names gene and field."""


class StarterAllele(Word):
    """Bases at the positions that define an allele; ``whole``: every other position is defined as reference."""

    at: Mapping[str, Base] = {}
    whole: bool = False


class StarterGene(Word):
    """One gene. Without ``loci`` it is known by its functions only: for stated calls."""

    source: Text
    """Name of the record, among those at the head of the file."""
    row: Text
    contig: str = ""
    of: int = 0
    """Alleles of the full definition, so that an answer can say how few were tested."""
    loci: Mapping[Annotated[str, Field(pattern=r"^rs\d+$")], tuple[int, Base, Base]] = {}
    reference: str = ""
    alleles: Mapping[str, StarterAllele] = {}
    functions: Mapping[str, str]
    """Allele -> function, or "function | activity value"."""
    meanings: Mapping[str, tuple[str, ...]] = {}
    """Phenotype -> pairs of functions ("No function + Normal function"), single functions, or activity scores."""
    rest: str = ""
    """Phenotype of every pair of known functions that is not listed."""

    @model_validator(mode="after")
    def _consistent(self) -> StarterGene:
        unknown = {rsid for allele in self.alleles.values() for rsid in allele.at} - set(self.loci)
        if unknown:
            raise ValueError(f"alleles use positions that are not listed: {', '.join(sorted(unknown))}")
        nameless = set(self.alleles) - set(self.functions)
        if nameless:
            raise ValueError(f"alleles without a function: {', '.join(sorted(nameless))}")
        return self


class Starter(Word):
    """The whole file."""

    checked: date
    status: Literal["draft", "reviewed"]
    sources: Mapping[str, Origin]
    genes: Mapping[str, StarterGene]

    @model_validator(mode="after")
    def _sourced(self) -> Starter:
        for name, gene in self.genes.items():
            if gene.source not in self.sources:
                raise ValueError(f"{name} names a source that the file does not describe: {gene.source}")
        return self


def load(file: Path = FILE) -> Starter:
    """The starter facts of a file.

    Raises:
        StarterError: a fact breaks a rule or has no source.
    """
    try:
        return Starter.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as wrong:
        raise StarterError(f"{file.name}: {wrong}") from wrong


@cache
def starter() -> Definitions:
    """The starter alleles and phenotype rules, in the types of a pack."""
    facts = load()
    genes = {name: _definition(name, gene, facts) for name, gene in facts.genes.items() if gene.loci}
    tables = {name: _table(name, gene, facts) for name, gene in facts.genes.items()}
    return Definitions(source=_source(facts), genes=genes, tables=tables)


def check() -> str:
    """One line that counts the starter facts.

    Raises:
        StarterError: a fact breaks a rule.
    """
    held = load()
    alleles = sum(len(gene.alleles) for gene in held.genes.values())
    functions = sum(len(gene.functions) for gene in held.genes.values())
    return f"pgx starter: {len(held.genes)} genes, {alleles} alleles with positions, {functions} functions"


def _source(facts: Starter) -> Source:
    return Source(
        id=SOURCE_ID,
        title="Starter star alleles and phenotype rules",
        version=facts.checked.isoformat(),
        licence="Facts restated from ClinPGx (CC BY-SA 4.0) and CPIC (CC0 1.0)",
        depth=Depth.COMPUTATION,
        url="https://www.clinpgx.org/",
        marks=("draft",) if facts.status == "draft" else (),
    )


def _definition(name: str, gene: StarterGene, facts: Starter) -> GeneDefinition:
    loci = tuple(
        Locus(gene.contig, pos, rsid, ref, frozenset((ref, alt)))
        for rsid, (pos, ref, alt) in gene.loci.items()
    )
    reference = NamedAllele(gene.reference, tuple(frozenset((locus.ref,)) for locus in loci), True)
    others = (
        NamedAllele(spelled, tuple(_wanted(allele, locus) for locus in loci))
        for spelled, allele in gene.alleles.items()
    )
    return GeneDefinition(
        gene=name,
        contig=gene.contig,
        loci=loci,
        alleles=(reference, *others),
        version=facts.checked.isoformat(),
        tested_of=gene.of,
    )


def _wanted(allele: StarterAllele, locus: Locus) -> frozenset[str] | None:
    base = allele.at.get(locus.rsid) or (locus.ref if allele.whole else None)
    return None if base is None else frozenset(_IUPAC.get(base, (base,)))


def _table(name: str, gene: StarterGene, facts: Starter) -> PhenotypeTable:
    functions = {allele: _function(text) for allele, text in gene.functions.items()}
    scored = any(one.activity for one in functions.values())
    meanings: dict[tuple[str, ...], Meaning] = {}
    for phenotype, keys in gene.meanings.items():
        for key in keys:
            meanings[_key(key, scored)] = Meaning(phenotype, key, key) if scored else _plain(phenotype)
    if gene.rest:
        for pair in combinations_with_replacement(sorted({one.key for one in functions.values()}), 2):
            meanings.setdefault(pair, _plain(gene.rest))
    return PhenotypeTable(name, functions, meanings, facts.checked.isoformat())


def _plain(phenotype: str) -> Meaning:
    return Meaning(phenotype, "", phenotype)


def _key(text: str, scored: bool) -> tuple[str, ...]:
    return (f"score {text}",) if scored else tuple(sorted(part.strip() for part in text.split(" + ")))


def _function(text: str) -> AlleleFunction:
    function, _, activity = (part.strip() for part in text.partition("|"))
    return AlleleFunction(function, activity)


def table_for(gene: str, definitions: Definitions | None) -> PhenotypeTable | None:
    """The gene's table from the pack, else from the starter, else None."""
    if definitions is not None and gene in definitions.tables:
        return definitions.tables[gene]
    return starter().tables.get(gene)
