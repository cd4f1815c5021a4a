"""Predictors: AlphaMissense, REVEL of both builds, SpliceAI slices and annotations; dosage of genes."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.builds import CONTIGS, LENGTHS, Build, BuildError
from genomics.facts import facts
from genomics.lookups import dosage, predictor_index, predictors
from genomics.lookups.dosage import Dosages
from genomics.lookups.index import Index
from genomics.lookups.lines import line
from genomics.lookups.pack_text import PackFileError
from genomics.lookups.predictors import TOOLS, MissenseScores, SpliceScores, splice_deltas
from genomics.lookups.rows import Dosage, Gap, Score
from genomics.variant import Variant, read

ALPHAMISSENSE = """# Copyright
#CHROM\tPOS\tREF\tALT\tgenome\tuniprot_id\ttranscript_id\tprotein_variant\tam_pathogenicity\tam_class
chr1\t69094\tG\tT\thg38\tQ8NH21\tENST00000335137.4\tV2L\t0.2937\tbenign
chr1\t69094\tG\tC\thg38\tQ8NH21\tENST00000335137.4\tV2L\t0.9\tpathogenic
chr2\t100\tA\tC\thg38\tP1\tENST00000000001.1\tK5Q\t0.1\tbenign
chr2\t100\tA\tC\thg38\tP2\tENST00000000002.1\tK9Q\t0.8\tpathogenic
"""
REVEL = """chr,hg19_pos,grch38_pos,ref,alt,aaref,aaalt,REVEL,Ensembl_transcriptid
1,35142,35142,G,A,T,M,0.027,ENST00000417324
1,35142,.,G,C,T,R,0.644,ENST00000417324
17,41245466,43093449,G,A,S,L,0.003,ENST00000357654;ENST00000471181
"""


def scored(answer: Score | Gap) -> Score:
    assert isinstance(answer, Score), answer
    return answer


def reason(answer: object) -> str:
    assert isinstance(answer, Gap), answer
    return answer.reason


@pytest.fixture
def alphamissense(tmp_path: Path) -> MissenseScores:
    file = tmp_path / "AlphaMissense_hg38.tsv.gz"
    file.write_bytes(gzip.compress(ALPHAMISSENSE.encode()))
    assert predictor_index.prepare_alphamissense(file, tmp_path / "am") == 4
    return MissenseScores(Index(tmp_path / "am"), TOOLS["alphamissense-grch38"])


def test_alphamissense_by_position_and_transcript(alphamissense: MissenseScores) -> None:
    row = scored(alphamissense.of(read("1-69094-G-T", Build.GRCH38)))
    assert (row.score, row.tool, row.transcript) == (0.2937, "AlphaMissense", "ENST00000335137.4")
    two = read("2-100-A-C", Build.GRCH38)
    assert scored(alphamissense.of(two, "ENST00000000002")).score == 0.8
    assert "none is chosen" in reason(alphamissense.of(two))
    assert "none is chosen" in reason(alphamissense.of(two, "NM_000001.1"))


def test_what_a_missense_predictor_cannot_tell_is_a_gap(alphamissense: MissenseScores) -> None:
    assert "no score" in reason(alphamissense.of(read("1-69094-G-A", Build.GRCH38)))
    assert "single-base" in reason(alphamissense.of(read("1-69094-GA-G", Build.GRCH38)))
    assert "not for GRCh37" in reason(alphamissense.of(read("1-69094-G-T", Build.GRCH37)))


def test_the_lines_of_scores_are_held_under_their_source(alphamissense: MissenseScores) -> None:
    row = scored(alphamissense.of(read("1-69094-G-T", Build.GRCH38)))
    assert row.source.id == "pack:alphamissense-grch38:GRCh38/1-69094-G-T"
    held = alphamissense.text("GRCh38/1-69094-G-T")
    assert held is not None
    assert line(row) in held
    both = alphamissense.text("GRCh38/2-100-A-C")
    assert both is not None
    assert "0.1 (ENST00000000001.1)" in both
    assert "0.8 (ENST00000000002.1)" in both
    assert alphamissense.text("GRCh38/3-100-A-C") is None
    assert alphamissense.text("nonsense") is None


@pytest.mark.parametrize("form", ["csv", "csv.gz", "zip"])
def test_revel_of_both_builds(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"revel.{form}"
    if form == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("revel_with_transcript_ids", REVEL)
    else:
        file.write_bytes(gzip.compress(REVEL.encode()) if form == "csv.gz" else REVEL.encode())
    assert predictor_index.prepare_revel(file, tmp_path / "revel.sqlite") == 5
    revel = MissenseScores(Index(tmp_path / "revel.sqlite"), TOOLS["revel"])
    assert scored(revel.of(read("17-43093449-G-A", Build.GRCH38))).score == 0.003
    assert scored(revel.of(read("17-41245466-G-A", Build.GRCH37))).score == 0.003
    assert scored(revel.of(read("1-35142-G-C", Build.GRCH37))).score == 0.644
    assert "no score" in reason(revel.of(read("1-35142-G-C", Build.GRCH38)))
    assert "no score" in reason(revel.of(read("17-41245466-G-A", Build.GRCH38)))


def test_tables_with_other_columns_or_scores_are_refused(tmp_path: Path) -> None:
    file, target = tmp_path / "table.tsv", tmp_path / "t"
    file.write_text("a\tb\n1\t2\n")
    with pytest.raises(PackFileError, match="no column CHROM"):
        predictor_index.prepare_alphamissense(file, target)
    file.write_text(ALPHAMISSENSE.replace("0.9", "1.9"))
    with pytest.raises(PackFileError, match=r"line 4: '1.9' is no score"):
        predictor_index.prepare_alphamissense(file, tmp_path / "t2")
    file.write_text(ALPHAMISSENSE.replace("hg38\tP2", "hg19\tP2"))
    with pytest.raises(BuildError, match="line 6"):
        predictor_index.prepare_alphamissense(file, tmp_path / "t3")
    file.write_text(REVEL.replace("0.644", "n/a"))
    with pytest.raises(PackFileError, match="line 3"):
        predictor_index.prepare_revel(file, tmp_path / "t4")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a", REVEL)
        archive.writestr("b", REVEL)
    with pytest.raises(PackFileError, match="not 2 files"):
        predictor_index.prepare_revel(tmp_path / "two.zip", tmp_path / "t5")


@given(st.sampled_from(CONTIGS), st.integers(1, 248956422), st.sampled_from("ACGT"), st.sampled_from("ACGT"))
def test_a_packed_key_stands_for_one_change(contig: str, pos: int, ref: str, alt: str) -> None:
    packed = predictors.key(contig, pos, ref, alt)
    assert packed is not None
    assert 0 <= packed < 1 << 63
    rest, bases = divmod(packed, 16)
    assert ("ACGT"[bases // 4], "ACGT"[bases % 4]) == (ref, alt)
    assert (CONTIGS[rest >> 28], rest & ((1 << 28) - 1)) == (contig, pos)
    assert max(max(one.values()) for one in LENGTHS.values()) < 1 << 28


SPLICE = """##fileformat=VCFv4.2
##reference=GRCh38
##INFO=<ID=SpliceAI,Number=.,Type=String,Description="SpliceAIv1.3">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
1\t100\t.\tA\tC\t.\t.\tSpliceAI=C|GENE1|0.01|0.20|0.00|0.00|-1|2|3|4
1\t100\t.\tA\tG,T\t.\t.\tSpliceAI=G|GENE1|0.5|0.2|0|0|1|2|3|4,T|GENE1|0.1|0.2|0|0|1|2|3|4,T|GENE2|0.9|0|0|0|1|2|3|4
1\t200\t.\tACT\tA\t.\t.\tSpliceAI=A|GENE1|0.0|0.0|0.31|0.00|-1|2|3|4
1\t300\t.\tA\tC\t.\t.\tSpliceAI=C|GENE1|.|.|.|.|.|.|.|.
"""


def test_spliceai_is_the_highest_delta_of_its_allele(tmp_path: Path) -> None:
    file = tmp_path / "slice.vcf"
    file.write_text(SPLICE)
    assert predictor_index.prepare_spliceai([file], tmp_path / "s") == 4
    splice = SpliceScores(Index(tmp_path / "s"))
    told = {
        spelled: scored(splice.of(read(spelled, Build.GRCH38))).score
        for spelled in ("1-100-A-C", "1-100-A-G", "1-100-A-T", "1-201-CT-")
    }
    assert told == {"1-100-A-C": 0.2, "1-100-A-G": 0.5, "1-100-A-T": 0.9, "1-201-CT-": 0.31}
    assert "no score" in reason(splice.of(read("1-300-A-C", Build.GRCH38)))
    assert "not for GRCh37" in reason(splice.of(read("1-100-A-C", Build.GRCH37)))
    row = scored(splice.of(read("1-100-A-C", Build.GRCH38)))
    assert splice.text(row.source.id.rpartition(":")[2]) == line(row)


@pytest.mark.parametrize(
    ("annotation", "alt", "expected"),
    [
        ("C|G|0.1|0.2|0.3|0.4|1|2|3|4", "C", 0.4),
        ("C|G|0.1|0.2|0.3|0.4|1|2|3|4", "T", None),
        ("C|G|.|.|.|.|.|.|.|.", "C", None),
        ("C|G|0.1|0.2", "C", None),
        ("C|G|9|0|0|0|1|2|3|4", "C", None),
        ("C|G|nan|0|0|0|1|2|3|4", "C", None),
        ("", "C", None),
    ],
)
def test_deltas_of_an_annotation(annotation: str, alt: str, expected: float | None) -> None:
    assert splice_deltas(annotation, alt) == expected
    row = predictors.of_info(
        Variant(build=Build.GRCH38, contig="1", pos=5, ref="A", alt="C"), annotation, alt
    )
    assert (row.score if row else None) == expected


DOSAGE = """#ClinGen Gene Curation Results
#06 Feb,2026
#Gene Symbol\tGene ID\tHaploinsufficiency Score\tDate Last Evaluated
MADE1\t1\t3\t2020-01-02
MADE2\t2\t30\t2020-01-02
MADE3\t3\tNot yet evaluated\t
MADE4\t4\t99\t2020-01-02
"""


def dosages(tmp_path: Path, text: str = DOSAGE) -> Dosages:
    file = tmp_path / "genes.tsv"
    file.write_text(text)
    dosage.prepare(file, tmp_path / "dosage")
    return Dosages(Index(tmp_path / "dosage"))


def curated(answer: Dosage | Gap) -> Dosage:
    assert isinstance(answer, Dosage), answer
    return answer


def test_dosage_of_the_list(tmp_path: Path) -> None:
    held = dosages(tmp_path)
    told = [curated(held.of(gene)).haploinsufficiency for gene in ("made1", "MADE2", "MADE3", "MADE4")]
    assert told == [3, 30, None, None]
    row = curated(held.of("MADE1"))
    assert (row.evaluated, row.source.version) == ("2020-01-02", "2026-02-06")
    assert held.text("MADE1") == line(row)
    gap = held.of("NOTCURATED1")
    assert isinstance(gap, Gap)
    assert gap.held
    assert "2026-02-06" in gap.reason


def test_without_the_list_the_starter_facts_answer(tmp_path: Path) -> None:
    gene = next(iter(facts().genes.values()))
    row = curated(Dosages(None).of(gene.symbol))
    assert row.haploinsufficiency == gene.haploinsufficiency
    assert facts().text(row.source.id)
    assert curated(dosages(tmp_path).of(gene.symbol)).source.id == row.source.id
    gap = Dosages(None).of("NOTCURATED1")
    assert isinstance(gap, Gap)
    assert (gap.held, gap.command) == (False, "consilium packs pull clingen-dosage")


@pytest.mark.parametrize("text", ["", "hello\n", "A\t1\t3\n", "#Gene Symbol\tHaploinsufficiency Score\nA\n"])
def test_a_list_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PackFileError):
        dosages(tmp_path, text)


def test_the_whole_list_of_clingen(shared: Path, tmp_path: Path) -> None:
    file = shared / "clingen-gene-dosage" / "ClinGen_gene_curation_list_GRCh38.tsv.gz"
    assert dosage.prepare(file, tmp_path / "d") == 1624
    index = Index(tmp_path / "d")
    counted = dict(index.rows("SELECT score, count(*) FROM gene GROUP BY score"))  # type: ignore[arg-type]
    assert {score: counted[score] for score in (3, 2, 1, 0, 30, 40)} == {
        3: 407, 2: 13, 1: 137, 0: 304, 30: 728, 40: 35,
    }  # fmt: skip
    held = Dosages(index)
    assert curated(held.of("BRCA1")).haploinsufficiency == 3
    agree = {
        symbol: (gene.haploinsufficiency, curated(held.of(symbol)).haploinsufficiency)
        for symbol, gene in facts().genes.items()
        if held.text(symbol)
    }
    assert agree
    assert all(ours == theirs for ours, theirs in agree.values()), agree
