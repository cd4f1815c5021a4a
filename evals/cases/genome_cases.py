"""Cases about genes: a diplotype or a variant is drawn first, the VCF or the words that show it are made from it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from evals.cases import clinician
from evals.cases.case import (
    Because,
    Case,
    DrawnVariant,
    DrugGold,
    ExpectedCall,
    File,
    Gold,
    Latent,
    Link,
    VariantGold,
)
from evals.cases.genome import Panel, decoys, file_of, genes, panel, records, split
from evals.cases.render.vcf import Build, Record
from evals.cases.streams import stream

OTHER = {"A": "T", "T": "A", "C": "G", "G": "C"}
"""The base of the other strand."""
CONCLUDED = {"avoid": "blocked", "change": "changed", "fine": "fine"}
PGX = ("file", "stated", "missing position", "wrong strand", "wrong build", "file", "stated", "file")
"""Strata of the pgx suite, in turn."""
GERMLINE = ("stated", "position", "file", "wrong build", "wrong reference", "stated", "position")
ASK_FILE = (
    "What does this VCF say about {asked}?",
    "Here is the patient's genome file. Can {drug} be given, by the pharmacogenes?",
    "Please read the attached VCF: which {gene} phenotype, and what about {drug}?",
    "Which metabolizer status for {gene} does the file show? I want to give {asked}.",
    "Pharmacogenomic check of the attached file for {drug}, please.",
    "I have this VCF. Does {gene} change the dose of {drug}?",
)
ASK_STATED = (
    "The patient is {gene} {diplotype}. What about {asked}?",
    "{gene} {diplotype}: can I give {drug}?",
    "Genotype {gene} {diplotype}. Which phenotype is that, and is {drug} all right?",
    "Lab report says {gene} {diplotype}. Does that matter for {asked}?",
    "What does {gene} {diplotype} mean for {drug}?",
    "We tested {gene}: {diplotype}. Standard dose of {drug}?",
)
ASK_VARIANT = (
    "What does {name} mean?",
    "Please classify {name}.",
    "Is {name} pathogenic?",
    "The report names {name}. How is this variant classified?",
    "{name}: benign or pathogenic?",
    "My patient carries {name}. What is known about it?",
    "Which class does {name} have for {disease}?",
)
ASK_SCREEN = (
    "Please screen this VCF for variants in {gene}.",
    "Does the attached genome show anything in {gene}? Question: {disease}.",
    "Look through the file for {disease}.",
    "Are there disease-causing variants of {gene} in this VCF?",
    "Screen the attached file: suspected {disease}.",
    "Any relevant {gene} variant in this file?",
)


def pgx_case(seed: int, index: int) -> Case:
    """A pharmacogene in words or in a file; ``stratum`` is one of :data:`PGX`.

    The traps: a site of the drawn allele is missing; the header states the other build; the bases of one site are those
    of the other strand. Then the phenotype may not be told as if nothing were wrong.
    """
    rng = stream(seed, index, "pgx")
    kind = PGX[index % len(PGX)]
    gene = clinician.pick(rng, tuple(genes()))
    held = genes()[gene]
    diplotypes = tuple(held.phenotypes)
    trapped = kind in ("missing position", "wrong build", "wrong strand")
    drawn = clinician.pick(rng, [one for one in diplotypes if not trapped or _carries(gene, one)])
    latent = Latent(person=clinician.person(rng, age=(25, 75)), diplotypes={gene: drawn}, more={"trap": kind})
    files = () if kind == "stated" else (_pgx_file(rng, gene, drawn, kind),)
    ask = clinician.pick(rng, ASK_STATED if kind == "stated" else ASK_FILE)
    advice = held.advice
    return clinician.case(
        "pgx", seed, index, latent=latent, files=files, stratum=kind, tags=(gene, f"strand {held.strand}"),
        gold=_trap_gold(gene, kind, drawn) if trapped else _pgx_gold(gene, drawn),
        question=ask.format(gene=gene, diplotype=_written(gene, drawn), drug=advice.drug, asked=advice.asked),
    )  # fmt: skip


def _carries(gene: str, diplotype: str) -> bool:
    """Whether an allele of it has a base that the first named allele (the usual one) has not."""
    usual = next(iter(genes()[gene].alleles))
    return any(one != usual for one in split(gene, diplotype))


def _written(gene: str, diplotype: str) -> str:
    """As a report writes it: "c.1905+1G>A heterozygous" for a gene without stars."""
    if gene != "DPYD":
        return diplotype
    first, second = (one.partition(" (")[0] for one in split(gene, diplotype))
    if first == second:
        return "Reference/Reference" if first == "Reference" else f"{first} homozygous"
    return f"{second} heterozygous" if first == "Reference" else f"{first} and {second}, on two chromosomes"


def _pgx_file(rng: np.random.Generator, gene: str, diplotype: str, kind: str) -> File:
    rows = records(gene, diplotype)
    carried = [n for n, row in enumerate(rows) if row.genotype != "0|0" and not _usual(gene, row)]
    if kind == "missing position":
        rows = [row for n, row in enumerate(rows) if n not in carried]
    if kind == "wrong strand":
        rows = [_other_strand(row) if n in carried else row for n, row in enumerate(rows)]
    other = clinician.pick(rng, [name for name in genes() if name != gene])
    usual = next(iter(genes()[other].alleles))
    rows += [*records(other, f"{usual}/{usual}"), *decoys(rng, "GRCh38")]
    build: Build = "GRCh38"
    if kind == "wrong build":  # without rsIDs nothing else tells where the sites lie
        build, rows = "GRCh37", [row._replace(id="") for row in rows]
    sample = f"S{int(rng.random() * 9000) + 1000}"
    return file_of(rows, build=build, sample=sample, prefix=clinician.pick(rng, ("chr", "")))


def _usual(gene: str, row: Record) -> bool:
    """Whether the usual allele too carries an alternative base there (CYP2C19 *1 does at rs3758581)."""
    return row.id in next(iter(genes()[gene].alleles.values()))


def _other_strand(row: Record) -> Record:
    """The site as a file of the wrong strand has it: each base its complement."""
    turned = ["".join(OTHER[base] for base in reversed(allele)) for allele in (row.ref, *row.alts)]
    return row._replace(ref=turned[0], alts=tuple(turned[1:]))


def _pgx_gold(gene: str, diplotype: str) -> Gold:
    held = genes()[gene]
    phenotype = held.phenotypes[diplotype]
    action = held.advice.action(diplotype, phenotype)
    conclusions = [f"phenotype={phenotype}"] + ([f"{CONCLUDED[action]}={held.advice.drug}"] if action else [])
    return Gold(
        phenotypes={gene: phenotype},
        drugs=(_drug(gene, action),) if action else (),
        calls=(ExpectedCall(tool="pgx_guidance"),),
        because=tuple(_because(gene, f"= {diplotype}", one) for one in conclusions),
    )


def _drug(gene: str, action: Literal["avoid", "change", "fine"]) -> DrugGold:
    return DrugGold(drug=genes()[gene].advice.drug, action=action, beside=(gene,), fault=f"genome.{gene}")


def _because(gene: str, holds: str, gives: str) -> Because:
    link = Link(
        fact=f"latent.diplotypes.{gene}",
        holds=holds,
        rule=f"genome.{gene}",
        source=genes()[gene].source,
        gives=gives,
    )
    return Because(conclusion=gives, links=(link,))


def _trap_gold(gene: str, kind: str, diplotype: str) -> Gold:
    """Nothing may be concluded for the drug; what is wrong with the file must be told."""
    words = {
        "missing position": f"{gene}|missing|absent|not in the file|no call|not called",
        "wrong build": "GRCh37|build",
        "wrong strand": "reference|REF|strand|does not fit|do not fit|mismatch|not match|no position",
    }[kind]
    drug = genes()[gene].advice.drug
    return Gold(
        abstain_or_ask=True, must_name=(words,), drugs=(_drug(gene, "fine"),),
        because=(_because(gene, f"= {diplotype}", f"fine={drug}"),),
    )  # fmt: skip


def variant_case(seed: int, index: int) -> Case:
    """A germline variant in words, by position, or in a file; ``stratum`` is one of :data:`GERMLINE`.

    The traps: a position of one build said to be of the other, and a reference base that does not stand there. Then no
    class may be told.
    """
    rng = stream(seed, index, "variants")
    kind = GERMLINE[index % len(GERMLINE)]
    one = clinician.pick(rng, panel())
    build: Build = clinician.pick(rng, ("GRCh37", "GRCh38"))
    name = _named(rng, one, kind, build)
    drawn = DrawnVariant(
        gene=one.gene, name=name, build=build, chrom=one.chrom,
        pos=one.pos(build), ref=one.ref, alt=one.alt,
    )  # fmt: skip
    latent = Latent(person=clinician.person(rng, age=(25, 70)), variants=(drawn,), more={"trap": kind})
    files = (_screened(rng, one, build),) if kind == "file" else ()
    ask = clinician.pick(rng, ASK_SCREEN if kind == "file" else ASK_VARIANT)
    return clinician.case(
        "variants", seed, index, latent=latent, files=files, stratum=kind, tags=(one.gene, one.significance, build),
        gold=_class_gold(one, kind, name), question=ask.format(name=name, gene=one.gene, disease=one.disease),
    )  # fmt: skip


def _named(rng: np.random.Generator, one: Panel, kind: str, build: Build) -> str:
    """The variant as a clinician writes it; the two traps are written by position."""
    if kind in ("stated", "file"):
        forms = [f"{one.gene} {one.coding}", f"{one.transcript}({one.gene}):{one.coding}"]
        forms += (
            [f"{one.gene} {one.protein}", f"{one.gene} {one.coding} ({one.protein})"] if one.protein else []
        )
        return clinician.pick(rng, forms)
    ref, said = one.ref, build
    if kind == "wrong build":
        said = "GRCh38" if build == "GRCh37" else "GRCh37"
    if kind == "wrong reference":
        ref = next(base for base in "ACGT" if base not in (one.ref, one.alt))
    places = (
        f"{one.chrom}-{one.pos(build)}-{ref}-{one.alt} ({said})",
        f"chr{one.chrom}:{one.pos(build)} {ref}>{one.alt} on {said}",
        f"{said} chr{one.chrom}:g.{one.pos(build)}{ref}>{one.alt}",
    )
    return clinician.pick(rng, places)


def _screened(rng: np.random.Generator, one: Panel, build: Build) -> File:
    row = Record(one.chrom, one.pos(build), "", one.ref, (one.alt,), "0|1")
    sample = f"S{int(rng.random() * 9000) + 1000}"
    rows = [row, *decoys(rng, build, one.gene)]
    return file_of(rows, build=build, sample=sample, prefix=clinician.pick(rng, ("chr", "")))


def _class_gold(one: Panel, kind: str, name: str) -> Gold:
    trapped = kind in ("wrong build", "wrong reference")
    gives = "no class" if trapped else f"class={one.significance}"
    link = Link(
        fact=f"latent.variants.{name}", holds="present", rule=f"genome.{one.id}", gives=gives,
        source="moved on purpose" if trapped else f"ClinGen Evidence Repository, {one.id}",
    )  # fmt: skip
    because = (Because(conclusion=gives, links=(link,)),)
    if trapped:
        return Gold(
            abstain_or_ask=True, forbidden=(f"classifies {one.gene}",),
            must_name=("GRCh37|GRCh38|build|reference|REF",), because=because,
        )  # fmt: skip
    names = "|".join(filter(None, (one.coding, one.protein, one.protein.removeprefix("p."))))
    return Gold(
        variant=VariantGold(name=names, significance=_acceptable(one.significance), forbidden=_never(one)),
        calls=(ExpectedCall(tool="screen_genome" if kind == "file" else "interpret_variant"),),
        because=because,
    )


def _acceptable(significance: str) -> str:
    """Pathogenic and likely pathogenic are one side, as the two benign classes are."""
    return "pathogenic|likely pathogenic" if "pathogenic" in significance else "benign|likely benign"


def _never(one: Panel) -> tuple[str, ...]:
    """Codes that contradict what the panel met: rarity beside a frequency above the panel's bar, and a null effect."""
    common = any(code.startswith(("BA1", "BS1")) for code in one.met)
    return ("PM2",) if common else ("BA1",)
