"""PharmCAT's own cases, worked reports and three public genomes (development data; skipped where it is absent)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from evals.bench.genomics.pgx import genome_answers, report_differences, slowest, virtual_share
from evals.bench.genomics.pgx_cases import (
    explicit,
    hapb3_failures,
    nat2_failures,
    pipeline_outcomes,
    unit_case_failures,
)
from genomics.pgx import outside_calls
from genomics.pgx.call import call_genes
from genomics.pgx.definitions import Definitions, load
from genomics.pgx.phenotype import diplotype
from genomics.pgx.stated import stated


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "pharmcat"


@pytest.fixture(scope="module")
def held(folder: Path) -> Definitions:
    return load(folder)


@pytest.fixture(scope="module")
def cases(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        (folder / "pharmcat_unit_cases.json").read_text(encoding="utf-8")
    )
    return found


def test_unit_cases(cases: list[dict[str, Any]], held: Definitions, folder: Path) -> None:
    assert len(explicit(cases)) == 22
    assert unit_case_failures(cases, held, folder) == []


def test_pipeline_asserts(cases: list[dict[str, Any]], held: Definitions, folder: Path) -> None:
    found = pipeline_outcomes(cases, held, folder)
    assert len(found.good) >= 103
    # RYR1's table of functions is not among the development data: the lowest of four variants cannot be told.
    assert [one for one in found.bad if "ryr1Het4" not in one] == []


def test_hapb3_table(held: Definitions, folder: Path) -> None:
    total, failed = hapb3_failures(folder, held)
    assert total == 218
    assert failed == []


def test_nat2_table(held: Definitions, folder: Path) -> None:
    total, failed = nat2_failures(folder, held)
    assert total >= 70
    assert failed == []


def test_worked_reports(held: Definitions, folder: Path) -> None:
    total, wrong = report_differences(folder, held)
    assert total == 39
    assert wrong == []


@pytest.mark.parametrize("gene", ["CYP2C19", "UGT1A1", "CYP4F2", "NUDT15"])
def test_virtual_diplotypes(held: Definitions, gene: str) -> None:
    assert virtual_share(held.genes[gene], phased=True).alone == 1
    assert virtual_share(held.genes[gene], phased=False).held >= (0.95 if gene == "UGT1A1" else 0.99)


def test_three_genomes(shared: Path, held: Definitions) -> None:
    answers = list(genome_answers(shared / "pharmcat-tutorial-getrm", held))
    assert len(answers) == 3
    for _, calls, refused in answers:
        assert {one.gene for one in calls} | {one.gene for one in refused} >= set(held.genes)
        assert "CYP2D6" in {one.gene for one in refused}
        assert all(one.missing for one in refused)
        assert all(call.called_positions for call in calls)


def test_every_gene_within_its_time(held: Definitions) -> None:
    assert slowest(held, repeats=3)[0] < 100, "the bar is 10 ms; the margin is for a busy machine"


def test_every_published_diplotype_has_its_phenotype(held: Definitions, folder: Path) -> None:
    rows = 0
    for gene, table in held.tables.items():
        assert not table.exact, gene
        with gzip.open(folder / "phenotype" / f"{gene.replace('-', '_')}.json.gz") as file:
            published = json.load(file)["diplotypes"]
        for row in published:
            names = [name for name, count in row["diplotypekey"].items() for _ in range(int(count))]
            pair = diplotype(gene, names, table)
            told = (row["phenotype"], row["activityScore"] or "", row["lookupkey"])
            assert (pair.phenotype, pair.activity_score, pair.lookup_key) == told
            rows += 1
    assert rows > 17_000


def test_hla_and_mitochondrial_outside_calls_of_the_worked_report(held: Definitions, folder: Path) -> None:
    reported = outside_calls.read(folder / "examples" / "pharmcat.example.outsideCall.tsv")
    calls, refused = call_genes([], build=None, sex=None, definitions=held, outside=reported)
    found = {call.gene: call.diplotypes[0] for call in calls}
    assert refused == ()
    assert found["HLA-B"].lookup_key == "*15:02 positive; *57:01 positive; *58:01 negative"
    assert found["CYP2D6"].lookup_key == "1.0"
    # The report leaves 1555A>G without a phenotype, because its table spells it m.1555A>G; we read both spellings.
    assert found["MT-RNR1"].phenotype == "increased risk of aminoglycoside-induced hearing loss"


def test_stated_calls_with_the_pack(held: Definitions) -> None:
    assert stated("CYP2C19 *2/*17", held).diplotypes[0].phenotype == "Intermediate Metabolizer"
    assert stated("CYP2B6 *6/*18", held).definitions.endswith(held.source.version)
