"""Genomes: the VCF says what was drawn, another program reads it so, and the traps are traps."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pysam
import pytest

from evals.cases import genome
from evals.cases.case import Case
from evals.cases.genome_cases import GERMLINE, OTHER, PGX, pgx_case, variant_case
from evals.cases.gold import check
from evals.cases.render import vcf

DIPLOTYPES = [(gene, one) for gene, held in genome.genes().items() for one in held.phenotypes]


def _read(case: Case, place: Path) -> pysam.VariantFile:
    place.write_bytes(case.presented.files[0].data)
    return pysam.VariantFile(str(place))


def _case(make: object, kind: str, kinds: tuple[str, ...], nth: int = 0) -> Case:
    index = [n for n in range(len(kinds) * (nth + 1)) if kinds[n % len(kinds)] == kind][nth]
    case = make(11, index)  # type: ignore[operator]
    assert isinstance(case, Case)
    assert case.stratum == kind
    return case


@pytest.mark.parametrize(("gene", "diplotype"), DIPLOTYPES, ids=lambda one: one.replace("/", " "))
def test_records_carry_the_two_alleles(gene: str, diplotype: str) -> None:
    held = genome.genes()[gene]
    first, second = genome.split(gene, diplotype)
    for place, allele in enumerate((first, second)):
        carried = {}
        for row in genome.records(gene, diplotype):
            number = int(row.genotype.split("|")[place])
            if number:
                carried[row.id] = row.alts[number - 1]
        assert carried == dict(held.alleles[allele])


def test_pysam_reads_the_file_as_it_was_drawn(tmp_path: Path) -> None:
    for nth in range(6):
        case = _case(pgx_case, "file", PGX, nth)
        gene, diplotype = next(iter(case.latent.diplotypes.items()))
        with _read(case, tmp_path / f"{nth}.vcf") as held:
            rows = list(held)
            assert len(held.header.samples) == 1
            build = {line.value for line in held.header.records if line.key == "reference"}
        assert build == {"GRCh38"}
        drawn = {row.id: row for row in genome.records(gene, diplotype)}
        found = {row.id: row for row in rows if row.id in drawn}
        assert set(found) == set(drawn)
        for name, row in found.items():
            assert row.pos == drawn[name].pos
            assert row.ref == drawn[name].ref
            assert row.alts == drawn[name].alts
            said = "|".join(str(one) for one in row.samples[0]["GT"])
            assert said == drawn[name].genotype
            assert row.samples[0].phased
        order = [(row.chrom, row.pos) for row in rows]
        assert order == sorted(order, key=lambda one: (int(one[0].removeprefix("chr")), one[1]))
        assert len(rows) > len(drawn), "decoys stand beside it"


@pytest.mark.parametrize("build", ["GRCh37", "GRCh38"])
def test_a_germline_variant_lies_where_its_build_has_it(build: str, tmp_path: Path) -> None:
    cases = [case for n in range(140) if (case := variant_case(2, n)).stratum == "file"]
    ours = [case for case in cases if case.latent.variants[0].build == build]
    assert ours
    for case in ours[:5]:
        drawn = case.latent.variants[0]
        with _read(case, tmp_path / "one.vcf") as held:
            assert build in str(held.header)
            rows = [(row.chrom.removeprefix("chr"), row.pos, row.ref, row.alts) for row in held]
        assert (drawn.chrom, drawn.pos, drawn.ref, (drawn.alt,)) in rows


def test_a_missing_site_is_missing_and_a_usual_one_is_not() -> None:
    for nth in range(4):
        case = _case(pgx_case, "missing position", PGX, nth)
        gene, diplotype = next(iter(case.latent.diplotypes.items()))
        usual = genome.genes()[gene].alleles[next(iter(genome.genes()[gene].alleles))]
        text = case.presented.files[0].data.decode()
        carried = [row for row in genome.records(gene, diplotype) if row.genotype != "0|0"]
        assert any(row.id not in usual for row in carried)
        assert all((row.id in text) == (row.id in usual) for row in carried)
        assert case.gold.abstain_or_ask
        assert not case.gold.phenotypes


def test_the_wrong_strand_has_the_complement() -> None:
    case = _case(pgx_case, "wrong strand", PGX, 1)
    gene, diplotype = next(iter(case.latent.diplotypes.items()))
    lines = {line.split("\t")[2]: line.split("\t") for line in case.presented.files[0].data.decode().splitlines()
             if line[0] != "#"}  # fmt: skip
    usual = genome.genes()[gene].alleles[next(iter(genome.genes()[gene].alleles))]
    turned = [row for row in genome.records(gene, diplotype) if row.genotype != "0|0" and row.id not in usual]
    assert turned
    for row in turned:
        assert lines[row.id][3] == "".join(OTHER[base] for base in reversed(row.ref)) != row.ref


def test_the_wrong_build_has_no_name_to_find_its_sites_by() -> None:
    text = _case(pgx_case, "wrong build", PGX).presented.files[0].data.decode()
    assert "##reference=GRCh37" in text
    assert "rs" not in text.split("#CHROM")[1]


@pytest.mark.parametrize("kind", ["wrong build", "wrong reference"])
def test_a_moved_position_has_no_class(kind: str) -> None:
    for nth in range(5):
        case = _case(variant_case, kind, GERMLINE, nth)
        drawn, question = case.latent.variants[0], case.presented.turns[0].text
        assert case.gold.variant is None
        assert case.gold.abstain_or_ask
        assert case.gold.forbidden
        told = f"{drawn.ref}>{drawn.alt}" in question or f"-{drawn.ref}-{drawn.alt}" in question
        assert told == (kind == "wrong build")
        assert (drawn.build in question) == (kind == "wrong reference")


def test_every_case_replays_and_is_the_same_alone() -> None:
    for n in range(56):
        for make in (pgx_case, variant_case):
            case = make(3, n)
            assert check(case) == ()
            assert make(3, n) == case
            assert all(len(file.data) < 20_000 for file in case.presented.files)


def test_a_site_beyond_its_bases_is_refused() -> None:
    held = genome.genes()["CYP3A5"].model_dump()
    held["alleles"]["*3"] = {"rs776746": "G"}
    with pytest.raises(ValueError, match="no such base"):
        genome.Gene.model_validate(held)
    with pytest.raises(ValueError, match="no diplotype"):
        genome.split("CYP2C9", "*1/*99")


def test_a_vcf_of_the_other_build_has_no_lengths() -> None:
    row = vcf.Record("10", 5, "rs1", "A", ("G",), "0|1")
    old = vcf.text([row], build="GRCh37", sample="S1", lengths={"10": 9})
    assert "length" not in old
    assert "ID=chr10" in old
    assert "length=9" in vcf.text([row], build="GRCh38", sample="S1", lengths={"10": 9}, prefix="")


def test_restated_positions_and_phenotypes_are_those_of_the_source(shared: Path) -> None:
    for gene, held in genome.genes().items():
        with gzip.open(shared / f"pharmcat/definition/{gene}_translation.json.gz") as packed:
            sites = {one["rsid"]: one for one in json.load(packed)["variants"]}
        for rsid, site in held.positions.items():
            assert (site.pos, site.ref, list(site.alts)) == tuple(
                sites[rsid][key] for key in ("position", "ref", "alts")
            )
        with gzip.open(shared / f"pharmcat/phenotype/{gene}.json.gz") as packed:
            rows = {one["diplotype"]: one["phenotype"] for one in json.load(packed)["diplotypes"]}
        assert all(rows[name] == told for name, told in held.phenotypes.items())


def test_restated_variants_are_those_of_the_panels(shared: Path) -> None:
    csv.field_size_limit(10**8)
    with gzip.open(shared / "clingen-erepo-dev/erepo.tsv.gz", "rt", encoding="utf-8") as packed:
        rows = {row["Uuid"][:8]: row for row in csv.DictReader(packed, delimiter="\t")}
    for one in genome.panel():
        row = rows[one.id.removeprefix("clingen_")]
        assert row["vcf_grch38"] == f"{one.chrom}-{one.grch38}-{one.ref}-{one.alt}"
        assert row["vcf_grch37"] == f"{one.chrom}-{one.grch37}-{one.ref}-{one.alt}"
        assert row["Assertion"].lower() == one.significance
        assert one.coding in row["Variation"]
        assert row["Retracted"] == "False"
