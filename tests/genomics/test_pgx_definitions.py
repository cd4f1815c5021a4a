"""Definitions: loaded from the published layout, exemptions honoured, taken safely out of a release archive."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from genomics.pgx import starter as starting
from genomics.pgx.definitions import DefinitionError, gene_of, load, prepare
from genomics.pgx.phenotype import diplotype, natural, table_of

POSITIONS = (
    ("rs1", 100, "A", ["G"]),
    ("rs2", 200, "C", ["T"]),
    ("rs3", 300, "CAT", ["C"]),
    ("rs4", 400, "G", ["A"]),
)


def gene_json(gene: str = "GENE1", **alleles: list[str | None]) -> dict[str, Any]:
    """A definition in PharmCAT's shape: four positions, the third a deletion that CPIC names "del"."""
    places = [
        {"chromosome": "chr7", "position": pos, "rsid": rsid, "ref": ref, "alts": alts,
         "cpicToVcfAlleleMap": {"AT": "CAT", "delAT": "C"} if len(ref) > 1 else {b: b for b in (ref, *alts)}}
        for rsid, pos, ref, alts in POSITIONS
    ]  # fmt: skip
    rows = {"*1": ["A", "C", "CAT", "G"]} | (alleles or {"*2": ["G", None, None, None]})
    return {
        "gene": gene, "chromosome": "chr7", "version": "v1", "variants": places,
        "namedAlleles": [{"name": name, "alleles": row, "reference": name == "*1"} for name, row in rows.items()],
    }  # fmt: skip


def table_json(gene: str = "GENE1", **functions: str) -> dict[str, Any]:
    """A phenotype table in PharmCAT's shape."""
    names = {"*1": "Normal function"} | functions
    meaning = {0: "Normal Metabolizer", 1: "Intermediate Metabolizer", 2: "Poor Metabolizer"}
    ordered = list(names)
    rows = []
    for index, one in enumerate(ordered):
        for two in ordered[index:]:
            phenotype = meaning[sum(names[name] == "No function" for name in (one, two))]
            key = {one: 2} if one == two else {one: 1, two: 1}
            rows.append({"generesult": phenotype, "diplotype": f"{one}/{two}", "lookupkey": phenotype,
                         "diplotypekey": key, "activityScore": None, "phenotype": phenotype})  # fmt: skip
    return {
        "gene": gene, "version": "v1", "diplotypes": rows,
        "namedAlleles": [{"name": n, "functionValue": f, "activityValue": None} for n, f in names.items()],
    }  # fmt: skip


def write(folder: Path, *genes: dict[str, Any], exemptions: dict[str, Any] | None = None) -> Path:
    (folder / "definition").mkdir(parents=True)
    (folder / "phenotype").mkdir()
    for gene in genes:
        (folder / "definition" / f"{gene['gene']}_translation.json").write_text(json.dumps(gene))
        named = {row["name"]: "No function" for row in gene["namedAlleles"][1:]}
        (folder / "phenotype" / f"{gene['gene']}.json").write_text(
            json.dumps(table_json(gene["gene"], **named))
        )
    (folder / "definition" / "exemptions.json").write_text(json.dumps(exemptions or {}))
    return folder


def archive(path: Path, *members: tuple[str, bytes | None]) -> Path:
    with tarfile.open(path, "w:gz") as whole:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            info.size = len(content or b"")
            whole.addfile(info, io.BytesIO(content or b""))
    return path


ROOT = "PharmCAT-9.9.9/src/main/resources/org/pharmgkb/pharmcat"


def test_a_folder_is_read_with_version_and_licence(tmp_path: Path) -> None:
    held = load(write(tmp_path, gene_json()))
    assert list(held.genes) == ["GENE1"]
    assert held.source.version == "v1"
    assert "CC BY-SA 4.0" in held.source.licence
    assert held.genes["GENE1"].loci[2].bases == {"CAT", "C"}


def test_letters_are_sets_and_cpic_names_of_indels_are_translated() -> None:
    gene = gene_of(gene_json(**{"*2": ["R", None, "delAT", None]}), {})
    assert gene.alleles[1].wants == (frozenset("AG"), None, frozenset(("C",)), None)


def test_exempt_positions_and_alleles_are_left_out_and_named() -> None:
    raw = gene_json(
        **{"*2": ["G", None, None, None], "*3": [None, "T", None, None], "*4": ["G", "T", None, None]}
    )
    exemption = {"ignoredPositions": [raw["variants"][0]], "ignoredAlleles": ["*4"]}
    gene = gene_of(raw, exemption)
    assert [allele.name for allele in gene.alleles] == ["*1", "*3"]
    assert gene.uncallable == ("*2", "*4")
    assert gene.tested_of == 4


def test_an_exempt_deletion_leaves_a_substitution_at_the_same_position() -> None:
    raw = gene_json()
    exempt = {**raw["variants"][0], "ref": "ACG", "alts": ["A"]}
    assert gene_of(raw, {"ignoredPositions": [exempt]}).uncallable == ()


def test_g6pd_chatham_and_ryr1_keep_their_positions(shared: Path) -> None:
    held = load(shared / "pharmcat")
    assert "Chatham" in {allele.name for allele in held.genes["G6PD"].alleles}
    assert held.genes["RYR1"].uncallable == ()


def test_sub_alleles_are_called_by_their_core_name() -> None:
    raw = gene_json(**{"*2.001": ["G", None, None, None], "*2.002": [None, "T", None, None]})
    raw["suballelesMap"] = {"*2.001": "*2", "*2.002": "*2"}
    gene = gene_of(raw, {})
    assert [allele.name for allele in gene.alleles] == ["*1", "*2", "*2"]
    assert gene.tested_of == 2


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, gene_json())
    (folder / "definition" / "GENE1_translation.json").write_text('{"version": "v1"}')
    held = load(folder)
    with pytest.raises(DefinitionError, match=r"GENE1_translation\.json"):
        held.genes["GENE1"]
    with pytest.raises(DefinitionError, match="No allele definition"):
        load(tmp_path / "nowhere")


def test_the_release_archive_gives_a_folder_that_loads(tmp_path: Path) -> None:
    packed = archive(
        tmp_path / "release.tar.gz",
        (f"{ROOT}/definition/alleles/GENE1_translation.json", json.dumps(gene_json()).encode()),
        (f"{ROOT}/definition/alleles/exemptions.json", b"{}"),
        (f"{ROOT}/phenotype/GENE1.json", json.dumps(table_json(**{"*2": "No function"})).encode()),
        (f"{ROOT}/phenotype/cpic/GENE1.json", b"older"),
        (
            "PharmCAT-9.9.9/../../../escape/definition/alleles/GENE2_translation.json",
            json.dumps(gene_json("GENE2")).encode(),
        ),
        (f"{ROOT}/definition/alleles/LINK_translation.json", None),
    )
    target = tmp_path / "ready" / "pharmcat"
    prepare(packed, target)
    assert sorted(path.name for path in target.rglob("*.json")) == [
        "GENE1.json", "GENE1_translation.json", "GENE2_translation.json", "exemptions.json",
    ]  # fmt: skip
    assert not (tmp_path / "escape").exists()
    table = load(target).tables["GENE1"]
    assert diplotype("GENE1", ("*2", "*2"), table).phenotype == "Poor Metabolizer"


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b\x08\x00broken"])
def test_a_damaged_archive_leaves_nothing_behind(tmp_path: Path, content: bytes) -> None:
    packed = tmp_path / "release.tar.gz"
    packed.write_bytes(content)
    with pytest.raises(DefinitionError):
        prepare(packed, tmp_path / "ready")
    assert [path.name for path in tmp_path.iterdir()] == ["release.tar.gz"]


def test_an_archive_without_definitions_keeps_what_was_there(tmp_path: Path) -> None:
    packed = archive(tmp_path / "release.tar.gz", ("PharmCAT/readme.md", b"hello"))
    target = write(tmp_path / "ready", gene_json())
    with pytest.raises(DefinitionError, match="no PharmCAT definitions"):
        prepare(packed, target)
    assert list(load(target).genes) == ["GENE1"]


def test_a_row_that_contradicts_its_functions_holds_for_its_alleles_only() -> None:
    raw = table_json(**{"*2": "No function", "*3": "No function"})
    raw["diplotypes"][1]["phenotype"] = "Rapid Metabolizer"
    raw["diplotypes"].append({**raw["diplotypes"][0], "diplotypekey": {"*99": 2}})
    table = table_of(raw)
    assert raw["diplotypes"][1]["diplotype"] == "*1/*2"
    assert table.meaning(("*2", "*1")).phenotype == "Rapid Metabolizer"
    assert table.meaning(("*1", "*3")).phenotype == "Intermediate Metabolizer"
    assert table.meaning(("*2", "*3")).phenotype == "Poor Metabolizer"


def test_an_archive_with_a_broken_gene_is_refused_whole(tmp_path: Path) -> None:
    packed = archive(
        tmp_path / "release.tar.gz",
        (f"{ROOT}/definition/alleles/GENE1_translation.json", b'{"version": "v1", "gene": "GENE1"}'),
        (f"{ROOT}/phenotype/GENE1.json", json.dumps(table_json()).encode()),
    )
    with pytest.raises(DefinitionError, match="variants"):
        prepare(packed, tmp_path / "ready")
    assert not (tmp_path / "ready").exists()


def test_names_are_sorted_as_read() -> None:
    assert sorted(["*10", "*2", "*1"], key=natural) == ["*1", "*2", "*10"]


def test_every_starter_fact_names_a_source() -> None:
    facts = starting.load()
    assert facts.status == "draft"
    assert {gene.source for gene in facts.genes.values()} == set(facts.sources)
    assert "18 genes" in starting.check()


def test_a_starter_fact_without_source_is_refused(tmp_path: Path) -> None:
    text = starting.FILE.read_text(encoding="utf-8").replace("source: cpic-tables", "source: hearsay", 1)
    file = tmp_path / "pgx_starter.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(starting.StarterError, match="hearsay"):
        starting.load(file)


@pytest.mark.parametrize("gene", sorted(starting.starter().genes))
def test_starter_alleles_have_functions_and_a_meaning_with_the_reference(gene: str) -> None:
    held = starting.starter()
    reference = held.genes[gene].reference.name
    for allele in held.genes[gene].alleles:
        pair = diplotype(gene, (reference, allele.name), held.tables[gene])
        assert all(pair.functions)
        assert pair.phenotype
        assert pair.lookup_key


def test_starter_facts_are_those_of_the_published_definitions(shared: Path) -> None:
    published, held = load(shared / "pharmcat"), starting.starter()
    for gene, definition in held.genes.items():
        loci = {locus.rsid: locus for locus in published.genes[gene].loci}
        for locus in definition.loci:
            assert (locus.pos, locus.ref) == (loci[locus.rsid].pos, loci[locus.rsid].ref)
            assert locus.bases <= loci[locus.rsid].bases
        assert definition.tested_of == published.genes[gene].tested_of
    for gene, table in held.tables.items():
        for name, function in table.functions.items() if gene in published.tables else ():
            assert published.tables[gene].functions[name] == function, (gene, name)


def test_starter_pairs_mean_what_the_published_tables_say(shared: Path) -> None:
    published, held = load(shared / "pharmcat"), starting.starter()
    compared = 0
    for gene, table in held.tables.items():
        for one in table.functions if gene in published.tables else ():
            for two in table.functions if gene != "MT-RNR1" else ():
                compared += 1
                assert table.meaning((one, two)) == published.tables[gene].meaning((one, two)), (
                    gene,
                    one,
                    two,
                )
    assert compared > 500
