"""Exact mode: bcftools csq in a process of its own reads phased neighbours as one change."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomics.transcript.exact import ExactError, Reading, consequences

GENOME = "CCGGTTAACC" + "ATGAAACGTTGGGATTACTCTTAA" + "GGTTCCAAGG"
"""ATG AAA CGT TGG GAT TAC TCT TAA from position 11."""
GFF = """##gff-version 3
chr7\t.\tgene\t11\t34\t.\t+\t.\tID=gene:G1;Name=MADE1;biotype=protein_coding
chr7\t.\tmRNA\t11\t34\t.\t+\t.\tID=transcript:T1;Parent=gene:G1;biotype=protein_coding
chr7\t.\texon\t11\t34\t.\t+\t.\tParent=transcript:T1
chr7\t.\tCDS\t11\t34\t.\t+\t0\tParent=transcript:T1
"""
HEADER = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr7,length=44>\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
)


def _files(folder: Path, genotypes: tuple[str, str] | None) -> tuple[Path, Path, Path]:
    """A file with c.4A>T (alone a stop) and c.5A>C (together with it Lys2Ser)."""
    fasta, gff, vcf = folder / "genome.fa", folder / "genes.gff3", folder / "-f weird name.vcf"
    fasta.write_text(f">chr7\n{GENOME}\n")
    gff.write_text(GFF)
    rows = [("14", "A", "T"), ("15", "A", "C")]
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
    body = [f"chr7\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t." for pos, ref, alt in rows]
    if genotypes:
        columns += "\tFORMAT\tS1"
        body = [f"{row}\tGT\t{genotype}" for row, genotype in zip(body, genotypes, strict=True)]
    vcf.write_text(HEADER + columns + "\n" + "\n".join(body) + "\n")
    return vcf, fasta, gff


def test_neighbours_on_one_copy_are_one_change(tmp_path: Path) -> None:
    first, second = consequences(*_files(tmp_path, ("0|1", "0|1")))
    told = first if first.effects else second
    other = second if told is first else first
    assert [one.p_name for one in told.effects] == ["p.Lys2Ser"]
    assert told.effects[0].told_by.startswith("bcftools csq 1.")
    assert other.effects == ()
    assert other.told_at == told.pos


def test_neighbours_on_two_copies_are_two_changes(tmp_path: Path) -> None:
    first, second = consequences(*_files(tmp_path, ("0|1", "1|0")))
    assert [one.term for one in first.effects] == ["stop_gained"]
    assert [one.p_name for one in second.effects] == ["p.Lys2Thr"]


def test_unphased_heterozygous_variants_are_not_joined(tmp_path: Path) -> None:
    for record in consequences(*_files(tmp_path, ("0/1", "0/1"))):
        assert all(one.p_name != "p.Lys2Ser" for one in record.effects)


def test_a_file_without_genotypes_is_read_as_it_is_told(tmp_path: Path) -> None:
    files = _files(tmp_path, None)
    alone = consequences(*files, Reading.ALONE)
    assert [record.effects[0].p_name for record in alone] == ["p.Lys2Ter", "p.Lys2Thr"]
    together = consequences(*files, Reading.ONE_COPY)
    assert {one.p_name for record in together for one in record.effects} == {"p.Lys2Ser"}


def test_nothing_is_left_beside_the_files(tmp_path: Path) -> None:
    files = _files(tmp_path, ("0|1", "0|1"))
    consequences(*files)
    assert {one.name for one in tmp_path.iterdir()} == {one.name for one in files}


def test_missing_and_damaged_files_are_refused(tmp_path: Path) -> None:
    vcf, fasta, gff = _files(tmp_path, ("0|1", "0|1"))
    with pytest.raises(ExactError, match="the genome FASTA is no file"):
        consequences(vcf, tmp_path / "none.fa", gff)
    vcf.write_text(vcf.read_text().replace("\t15\t.\tA\tC", "\t15\t.\tG\tC"))
    with pytest.raises(ExactError, match="another reference base than the VCF at position 15"):
        consequences(vcf, fasta, gff)
    vcf.write_text("no VCF")
    with pytest.raises(ExactError, match="the VCF cannot be read"):
        consequences(vcf, fasta, gff)


def test_a_worker_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genomics.transcript.exact.SECONDS", 0.001)
    with pytest.raises(ExactError, match="took more than"):
        consequences(*_files(tmp_path, ("0|1", "0|1")))
