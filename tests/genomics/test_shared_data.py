"""Checks against the shared development data: skipped where it is absent."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from genomics import hgvs
from genomics.facts import VariantFact, facts
from genomics.hgvs import HgvsError
from genomics.interpret import interpret
from retrieval.evidence import Outcome


def rows_of(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10**7)
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def parses(name: str) -> bool:
    try:
        hgvs.parse(name)
    except HgvsError:
        return False
    return True


def test_share_of_clinvar_names_that_parse(shared: Path) -> None:
    path = shared / "hgvs-clinvar-9231" / "clinvar_hgvs.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        fields = [line.rstrip("\n").split("\t") for line in stream]
    names = [name for row in fields if len(row) == 3 and row[0] != "gene" for name in row[2].split()]
    share = sum(map(parses, names)) / len(names)
    assert len(names) > 29_000
    assert share >= 0.998, f"{share:.4f} of {len(names)}"


def held_in(data_set: str) -> list[VariantFact]:
    return [fact for fact in facts().variants if fact.source.held_in == data_set]


def test_panel_facts_agree_with_the_rows_they_cite(shared: Path) -> None:
    rows = {row["Uuid"]: row for row in rows_of(shared / "clingen-erepo-dev" / "erepo.tsv.gz")}
    cited = held_in("clingen-erepo-dev")
    assert len(cited) >= 40
    for fact in cited:
        row = rows[fact.source.row]
        assert fact.known is not None
        assert row["Retracted"] == "False"
        assert fact.known.significance == row["Assertion"]
        assert fact.gene == row["HGNC Gene Symbol"]
        assert fact.known.condition == row["Disease"].strip()
        assert (
            "/".join(str(int(part)) for part in fact.known.dated.isoformat().split("-"))
            == row["Approval Date"]
        )
        listed = {name.strip() for name in row["HGVS Expressions"].split(",")}
        assert any(parses(name) and hgvs.same(hgvs.parse(name), fact.dna[0]) for name in listed), fact.id
        if row["vcf_grch38"]:
            assert (fact.grch38, fact.grch37) == (row["vcf_grch38"], row["vcf_grch37"])


def test_panel_names_are_read_without_complaint(shared: Path) -> None:
    """2,774 names as a panel writes them: only copy-number names and exon words are not understood."""
    names = [row["Variation"] for row in rows_of(shared / "clingen-erepo-dev" / "erepo.tsv.gz")]
    wrong = [name for name in names if interpret(name).outcome in (Outcome.BAD_INPUT, Outcome.NEEDS_INPUT)]
    assert len(wrong) <= 3, wrong


def test_clinvar_facts_agree_with_the_rows_they_cite(shared: Path) -> None:
    folder = shared / "macarthur-clinvar-examples"
    rows = {
        row["allele_id"]: row
        for row in rows_of(folder / "clinvar_alleles_with_gnomad_exomes.multi.b37.tsv.gz")
    }
    cited = [fact for fact in held_in("macarthur-clinvar-examples") if fact.known]
    assert len(cited) >= 10
    for fact in cited:
        row = rows[fact.source.row.removeprefix("AlleleID ")]
        assert fact.known is not None
        assert row["clinical_significance"].split(",")[0] == fact.known.significance
        assert row["review_status"] == fact.known.review
        assert int(row["gold_stars"]) == fact.known.stars
        assert row["hgvs_c"] == f"{fact.transcript}:{fact.names[0]}"
        assert fact.grch37 == "-".join((row["chrom"], row["pos"], row["ref"], row["alt"]))


def test_named_only_facts_agree_with_clinvars_names(shared: Path) -> None:
    with gzip.open(shared / "hgvs-clinvar-9231" / "clinvar_hgvs.tsv.gz", "rt", encoding="utf-8") as stream:
        names = {
            row[1]: row[2].split()
            for row in (line.rstrip("\n").split("\t") for line in stream)
            if len(row) == 3
        }
    for fact in held_in("hgvs-clinvar-9231"):
        held = [
            hgvs.parse(name) for name in names[fact.source.row.removeprefix("VariationID ")] if parses(name)
        ]
        assert all(any(hgvs.same(own, name) for name in held) for own in fact.dna), fact.id


def test_gene_facts_agree_with_the_curation_list(shared: Path) -> None:
    path = shared / "clingen-gene-dosage" / "ClinGen_gene_curation_list_GRCh38.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = {row[0]: row for row in (line.rstrip("\n").split("\t") for line in stream) if len(row) > 20}
    for gene in facts().genes.values():
        row = rows[gene.symbol]
        assert (str(gene.haploinsufficiency), gene.evaluated.isoformat()) == (row[4], row[20])


@pytest.mark.parametrize("accession", ["NM_007294.4|GRCH38", "NM_000059.4|GRCH37"])
def test_repeats_and_frames_agree_with_the_transcript(shared: Path, accession: str) -> None:
    with gzip.open(shared / "transcript-bundles" / "tx.json.gz", "rt") as stream:
        model = json.load(stream)[accession]
    coding = model["seq"][model["cds"][0] :]
    for fact in held_in("hgvs-clinvar-9231") + held_in("clingen-erepo-dev"):
        if fact.transcript != accession.partition("|")[0] or not fact.grch38:
            continue
        changed = {_changed(coding, name) for name in fact.dna}
        assert len(changed - {None}) <= 1, fact.id


def _changed(coding: str, name: hgvs.Name) -> str | None:
    """The coding sequence after the change; None where it is not in the exons."""
    if name.start is None or name.end is None or not (name.start.is_coding and name.end.is_coding):
        return None
    first, last = name.start.base, name.end.base
    if name.edit is hgvs.Edit.INSERTION:
        return coding[:first] + name.alt + coding[first:]
    span = coding[first - 1 : last]
    if name.ref.isalpha():
        assert name.ref == span
    new = {hgvs.Edit.DELETION: "", hgvs.Edit.DUPLICATION: span * 2}.get(name.edit, name.alt)
    return coding[: first - 1] + new + coding[last:]
