"""The store of transcript models: written whole or not at all, opened by one path, and prepared from MANE files."""

from __future__ import annotations

import gzip
import importlib.util
import sqlite3
from pathlib import Path

import pytest

from genomics import hgvs, protein
from genomics.builds import Build
from genomics.effect import Effect
from genomics.hgvs import HgvsError
from genomics.lookups.providers import Transcripts
from genomics.lookups.rows import Gap
from genomics.transcript import mane, shelf
from genomics.transcript.gff import GffError
from genomics.transcript.model import Transcript, reverse_complement
from genomics.transcript.shelf import ShelfError
from genomics.transcript.store import TranscriptStore
from genomics.variant import Variant

_SPEC = importlib.util.spec_from_file_location(
    "transcript_maker", Path(__file__).with_name("transcript_maker.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
maker = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(maker)

EXONS = ["CCATGAAACAGCAGCAGGAGTTT", "GGGAAATTTTGATC"]
INTRON = "GTAAGTCCTTTTTTCTAG"
SELECT = maker.make(EXONS, [INTRON], (2, 35))
OTHER = maker.make(EXONS, [INTRON], (2, 35), accession="NM_900002.3", mane="")
MINUS = maker.make(EXONS, [INTRON], (2, 35), accession="NM_900003.1", gene="MADE2", contig="9", strand=-1)
LONELY = maker.make(EXONS, [INTRON], (2, 35), accession="NM_900004.1", gene="MADE3", contig="11", mane="")


@pytest.fixture
def store(tmp_path: Path) -> TranscriptStore:
    path = tmp_path / "models.sqlite"
    models = [OTHER.model, SELECT.model, MINUS.model, LONELY.model]
    shelf.write(models, path, {"source": "made", "release": "made 1", "builds": "GRCh38"})
    return TranscriptStore(path)


def test_it_answers_the_protocol_and_says_what_it_holds(store: TranscriptStore) -> None:
    answering: Transcripts = store
    assert answering is store
    assert store.versions["models"] == "4"
    assert store.versions["release"] == "made 1"


def test_models_come_back_as_they_went_in(store: TranscriptStore) -> None:
    for made in (SELECT, MINUS):
        back = store.models(made.model.gene, Build.GRCH38)[0]
        assert (back.accession, back.exons, back.mrna, back.cds) == (
            made.model.accession, made.model.exons, made.model.mrna, made.model.cds,
        )  # fmt: skip


def test_mane_select_comes_first(store: TranscriptStore) -> None:
    variant = SELECT.variant(2 + 3, "A", "T")
    found = store.effects(variant)
    assert isinstance(found, tuple)
    assert [one.transcript for one in found] == ["NM_900001.1", "NM_900002.3"]
    assert found[0].mane_select
    assert found[0].told_by == "NM_900001.1, made 1"
    assert found[0].term == "stop_gained"


def test_what_is_not_covered_is_a_gap(store: TranscriptStore) -> None:
    outside = Variant(build=Build.GRCH38, contig="7", pos=10, ref="A", alt="C")
    found = store.effects(outside)
    assert isinstance(found, Gap)
    assert found.held
    other_build = store.effects(outside.model_copy(update={"build": Build.GRCH37}))
    assert isinstance(other_build, Gap)
    assert "on GRCh38, not on GRCh37" in other_build.reason


def test_a_reference_that_disagrees_on_every_transcript_is_a_gap(store: TranscriptStore) -> None:
    right = SELECT.variant(2 + 3, "A", "T")
    found = store.effects(right.model_copy(update={"ref": "C"}))
    assert isinstance(found, Gap)
    assert "check build" in found.reason


@pytest.mark.parametrize("made", [SELECT, MINUS])
def test_a_name_is_placed_on_mane_select(store: TranscriptStore, made: object) -> None:
    gene = made.model.gene  # type: ignore[attr-defined]
    found = store.place(gene, hgvs.parse("c.13_15del"), Build.GRCH38)
    assert isinstance(found, Variant)
    spelled = made.variant(8, "CAG", "")  # type: ignore[attr-defined]
    assert found.same_as(spelled)
    assert store.normalised(spelled) == found


def test_the_reference_of_a_name_chooses_the_transcript(store: TranscriptStore) -> None:
    placed = store.place("", hgvs.parse("NM_900003.1:c.4A>T"), Build.GRCH38)
    assert isinstance(placed, Variant)
    assert placed.contig == "9"
    assert isinstance(store.place("", hgvs.parse("NM_900003:c.4A>T"), Build.GRCH38), Variant)


def test_another_version_is_refused_and_the_held_one_named(store: TranscriptStore) -> None:
    with pytest.raises(HgvsError, match=r"held is NM_900002\.3"):
        store.place("", hgvs.parse("NM_900002.2:c.4A>T"), Build.GRCH38)


def test_a_wrong_reference_base_is_refused(store: TranscriptStore) -> None:
    with pytest.raises(HgvsError, match=r"has A at c\.4, not C"):
        store.place("MADE1", hgvs.parse("c.4C>T"), Build.GRCH38)


def test_unknown_genes_and_genomic_names_are_gaps(store: TranscriptStore) -> None:
    assert isinstance(store.place("NOSUCH1", hgvs.parse("c.4A>T"), Build.GRCH38), Gap)
    assert isinstance(store.place("", hgvs.parse("NM_123456.7:c.4A>T"), Build.GRCH38), Gap)
    assert isinstance(store.place("MADE1", hgvs.parse("g.50030A>T"), Build.GRCH38), Gap)


def test_the_only_model_of_a_gene_is_chosen_several_are_asked_for(
    tmp_path: Path, store: TranscriptStore
) -> None:
    assert isinstance(store.place("MADE3", hgvs.parse("c.4A>T"), Build.GRCH38), Variant)
    path = tmp_path / "two.sqlite"
    second = maker.make(EXONS, [INTRON], (2, 35), accession="NM_900005.1", gene="MADE3", contig="11", mane="")
    shelf.write([LONELY.model, second.model], path, {})
    found = TranscriptStore(path).place("MADE3", hgvs.parse("c.4A>T"), Build.GRCH38)
    assert isinstance(found, Gap)
    assert "NM_900004.1, NM_900005.1" in found.reason


def test_names_of_a_variant(store: TranscriptStore) -> None:
    found = store.names_of(MINUS.variant(8, "CAG", ""))
    assert isinstance(found, tuple)
    [one] = found
    assert (one.c_name, one.p_name) == ("c.13_15del", "p.Gln5del")
    assert one.g_name.startswith("NC_000009.12:g.")
    assert one.g_name.endswith("del")


def test_places_of_a_protein_name(store: TranscriptStore) -> None:
    assert store.places("MADE1", protein.parse("p.Lys2Asn"), Build.GRCH38) == ("c.6A>C", "c.6A>T")
    with pytest.raises(HgvsError):
        store.places("MADE1", protein.parse("p.Arg2Asn"), Build.GRCH38)


@pytest.mark.parametrize("made", [SELECT, MINUS])
def test_reference_bases_are_those_of_the_plus_strand(store: TranscriptStore, made: object) -> None:
    model: Transcript = made.model  # type: ignore[attr-defined]
    low, _ = model.span
    held = store.reference(Build.GRCH38, model.contig, low + 3, 30)
    assert held == made.bases(low + 3, 30)  # type: ignore[attr-defined]
    assert store.reference(Build.GRCH38, model.contig, 5, 3) is None


def test_every_snv_cites_the_release(store: TranscriptStore) -> None:
    [model] = store.models("MADE2", Build.GRCH38)
    found = list(store.every_snv(model))
    assert len(found) == 99
    assert {one.told_by for _, one in found} == {"NM_900003.1, made 1"}
    for variant, one in found[::17]:
        again = store.effects(variant)
        assert isinstance(again, tuple)
        assert again[0] == one


def test_files_that_are_no_store_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ShelfError, match="no store"):
        TranscriptStore(tmp_path / "missing.sqlite")
    wrong = tmp_path / "wrong.sqlite"
    wrong.write_bytes(b"not a database" * 100)
    with pytest.raises(ShelfError):
        TranscriptStore(wrong)
    old = tmp_path / "old.sqlite"
    shelf.write([SELECT.model], old, {"schema": "0"})
    with pytest.raises(ShelfError, match="schema 0"):
        TranscriptStore(old)


def test_a_failed_writing_leaves_the_old_store(tmp_path: Path) -> None:
    path = tmp_path / "models.sqlite"
    shelf.write([SELECT.model], path, {"release": "old"})

    def breaking() -> object:
        yield SELECT.model
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        shelf.write(breaking(), path, {"release": "new"})  # type: ignore[arg-type]
    assert TranscriptStore(path).versions["release"] == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["models.sqlite"]


def _gff(made: object, select: str = "tag=MANE Select;", *, contig: str = "") -> list[str]:
    """The rows of one gene as NCBI writes them."""
    model: Transcript = made.model  # type: ignore[attr-defined]
    assert model.cds is not None
    name, strand = model.accession, "+" if model.strand == 1 else "-"
    place = contig or {"7": "NC_000007.14", "9": "NC_000009.12"}[model.contig]
    low, high = model.span
    head = f"ID=gene-{model.gene};Dbxref=GeneID:1,HGNC:HGNC:99;Name={model.gene};gene={model.gene}"
    rows = [f"{place}\tBestRefSeq\tgene\t{low + 1}\t{high}\t.\t{strand}\t.\t{head}"]
    mrna = f"ID=rna-{name};Parent=gene-{model.gene};Dbxref=HGNC:HGNC:99;gene={model.gene};{select}transcript_id={name}"
    rows.append(f"{place}\tBestRefSeq\tmRNA\t{low + 1}\t{high}\t.\t{strand}\t.\t{mrna}")
    for number, exon in enumerate(model.exons, start=1):
        start, end = model.oriented(exon.start, exon.end)
        tail = f"ID=exon-{name}-{number};Parent=rna-{name};gene={model.gene}"
        rows.append(f"{place}\tBestRefSeq\texon\t{start + 1}\t{end}\t.\t{strand}\t.\t{tail}")
    for exon in model.exons:
        first, last = max(exon.first, model.cds[0]), min(exon.last, model.cds[1])
        start, end = model.oriented(exon.start + first - exon.first, exon.start + last - exon.first)
        phase = (3 - (first - model.cds[0]) % 3) % 3
        tail = f"ID=cds-NP_1.1;Parent=rna-{name};protein_id=NP_1.1"
        rows.append(f"{place}\tBestRefSeq\tCDS\t{start + 1}\t{end}\t.\t{strand}\t{phase}\t{tail}")
    return rows


def _files(folder: Path, rows: list[str], fasta: dict[str, str]) -> dict[str, Path]:
    gff, rna = folder / "MANE.GRCh38.v9.9.refseq_genomic.gff.gz", folder / "rna.fna.gz"
    with gzip.open(gff, "wt") as stream:
        stream.write("##gff-version 3\n" + "\n".join(rows) + "\n")
    with gzip.open(rna, "wt") as stream:
        for name, bases in fasta.items():
            stream.write(f">{name} Homo sapiens made\n{bases[:20]}\n{bases[20:]}\n")
    return {"gff": gff, "rna": rna}


def test_mane_files_become_a_store(tmp_path: Path) -> None:
    rows = ["# a comment", *_gff(SELECT), *_gff(MINUS), *_gff(OTHER, "")]
    fasta = {"NM_900003.1": MINUS.model.mrna, "NM_900001.1": SELECT.model.mrna + "AAAAA"}
    target = tmp_path / "store" / "mane.sqlite"
    mane.prepare(_files(tmp_path, rows, fasta), target)
    held = TranscriptStore(target)
    assert held.versions["release"] == "MANE v9.9"
    assert (held.versions["models"], held.versions["left_out"], held.versions["builds"]) == (
        "2",
        "0",
        "GRCh38",
    )
    [plus] = held.models("MADE1", Build.GRCH38)
    assert (plus.mrna, plus.cds, plus.mane, plus.hgnc, plus.protein) == (
        SELECT.model.mrna, SELECT.model.cds, "select", "HGNC:99", "NP_1.1",
    )  # fmt: skip
    for made in (SELECT, MINUS):
        found = held.effects(made.variant(2 + 3, "A", "T"))
        assert isinstance(found, tuple)
        assert isinstance(found[0], Effect)
        assert (found[0].c_name, found[0].p_name) == ("c.4A>T", "p.Lys2Ter")
    assert [one.name for one in target.parent.iterdir()] == ["mane.sqlite"]


def test_a_genome_gives_the_introns_their_bases(tmp_path: Path) -> None:
    files = _files(tmp_path, _gff(MINUS, contig="chr9"), {"NM_900003.1": MINUS.model.mrna})
    genome = tmp_path / "genome.fa"
    genome.write_text(f">chr9\n{'N' * maker.ORIGIN}{MINUS.genome}\n")
    bare, full = tmp_path / "bare.sqlite", tmp_path / "full.sqlite"
    mane.prepare(files, bare)
    mane.prepare({**files, "genome": genome}, full)
    variant = MINUS.variant(22, "T", "", 10)
    said = [TranscriptStore(path).effects(variant) for path in (bare, full)]
    assert isinstance(said[0], tuple)
    assert isinstance(said[1], tuple)
    assert said[0][0].c_name == ""
    assert "not held" in said[0][0].limit
    assert said[1][0].c_name == "c.22-5del"
    assert said[1][0].limit == ""


def test_transcripts_that_contradict_themselves_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = [*_gff(SELECT), *_gff(MINUS)]
    fasta = {"NM_900001.1": SELECT.model.mrna, "NM_900003.1": MINUS.model.mrna[:-1]}
    target = tmp_path / "mane.sqlite"
    mane.prepare(_files(tmp_path, rows, fasta), target)
    held = TranscriptStore(target)
    assert (held.versions["models"], held.versions["left_out"]) == ("1", "1")
    assert "NM_900003.1" in held.versions["left_out_first"]


@pytest.mark.parametrize("broken", ["rows", "fasta", "gzip", "nothing"])
def test_damaged_files_leave_the_old_store_untouched(tmp_path: Path, broken: str) -> None:
    target = tmp_path / "mane.sqlite"
    files = _files(tmp_path, _gff(SELECT), {"NM_900001.1": SELECT.model.mrna})
    mane.prepare(files, target)
    before = target.read_bytes()
    if broken == "rows":
        files = _files(tmp_path, ["no\ttable"], {"NM_900001.1": SELECT.model.mrna})
    elif broken == "fasta":
        files = _files(tmp_path, _gff(SELECT), {"NM_900001.1": "<html>not a sequence</html>"})
    elif broken == "gzip":
        files["gff"].write_bytes(files["gff"].read_bytes()[:-20])
    else:
        files = _files(tmp_path, _gff(SELECT), {"NM_111111.1": "ACGT"})
    with pytest.raises(GffError):
        mane.prepare(files, target)
    assert target.read_bytes() == before


def test_ensembl_style_rows_are_read_too(tmp_path: Path) -> None:
    rows = [
        row.replace("transcript_id=NM_900001.1", "transcript_id=ENST00000900001;version=4")
        .replace("tag=MANE Select", "tag=basic,MANE_Select")
        .replace("NC_000007.14", "7")
        .replace("\tmRNA\t", "\ttranscript\t")
        for row in _gff(SELECT)
    ]
    target = tmp_path / "mane.sqlite"
    mane.prepare(_files(tmp_path, rows, {"ENST00000900001.4": SELECT.model.mrna}), target)
    [model] = TranscriptStore(target).models("MADE1", Build.GRCH38)
    assert (model.accession, model.mane) == ("ENST00000900001.4", "select")


def test_contigs_beside_the_main_ones_are_left_out(tmp_path: Path) -> None:
    rows = [*_gff(SELECT), *_gff(MINUS, contig="NT_187633.1")]
    fasta = {"NM_900001.1": SELECT.model.mrna, "NM_900003.1": MINUS.model.mrna}
    target = tmp_path / "mane.sqlite"
    mane.prepare(_files(tmp_path, rows, fasta), target)
    assert TranscriptStore(target).versions["left_out"] == "1"


def test_the_store_is_an_ordinary_read_only_file(store: TranscriptStore) -> None:
    with pytest.raises(sqlite3.OperationalError):
        store._base.execute("DELETE FROM model")


def test_reverse_strand_reads_the_complement() -> None:
    assert MINUS.genome == reverse_complement(SELECT.genome)
