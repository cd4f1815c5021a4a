"""Sites: phase, quality, explicit reference calls, wanted positions, relatives, reference blocks and coverage."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.builds import Build, BuildError, contig
from genomics.files import gvcf
from genomics.files.agreement import agreement, check
from genomics.files.regions import Regions
from genomics.files.vcf import Vcf, VcfError
from genomics.genotype import Site

MakeVcf = Callable[..., Path]
HEADER = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr7,length=159345973>\n##contig=<ID=chr13,length=114364328>\n"
    "##contig=<ID=chrX,length=156040895>\n"
)
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"


def write(path: Path, *rows: str, samples: str = "S1", header: str = HEADER) -> Path:
    """Rows are written with spaces for tabs."""
    body = "".join(row.replace(" ", "\t") + "\n" for row in rows)
    path.write_text(f"{header}{COLUMNS}\t" + samples.replace(" ", "\t") + "\n" + body)
    return path


def sites(path: Path, places: object = None, **options: object) -> list[Site]:
    with Vcf(path) as file:
        return list(file.sites(places, **options))  # type: ignore[arg-type]


def test_a_site_tells_phase_quality_filter_and_rsid(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.vcf",
        "chr7 10 rs5 A C,G . PASS . GT:GQ:DP:PS 1|2:40:31:7",
        "chr7 20 . A C . q10 . GT:GQ:DP:PS 0/1:.:.:.",
        "chr7 30 evil;rs1;rs22;xrs3 AT A,* . . . GT 1/2",
        "chr7 40 . A C . . . GT ./1",
        "chr7 50 . A C . . . GT 0/0",
        "chr7 60 . A <DEL> . . . GT:PS 0|1:x",
        "chrX 70 . A C . . . GT 1",
    )
    got = sites(path)
    assert got[0] == Site(
        contig="7", pos=10, alleles=("A", "C", "G"), called=(1, 2), phased=True, phase_set=7,
        quality=40, depth=31, rsid="rs5", record=1,
    )  # fmt: skip
    assert [site.bases for site in got] == [
        ("C", "G"), ("A", "C"), ("A", "*"), (None, "C"), ("A", "A"), ("A", "<DEL>"), ("C",),
    ]  # fmt: skip
    assert [site.phased for site in got] == [True, False, False, False, True, True, True]
    assert [site.passed for site in got] == [True, False, True, True, True, True, True]
    assert got[2].rsid == "rs1;rs22"
    assert got[1].rsid == ""
    assert got[5].phase_set is None


def test_anything_else_is_no_allele(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.vcf",
        "chr7 10 . A C,<NON_REF> . . . GT 0/1",
        "chr7 20 . A C,<NON_REF> . . . GT 1/2",
    )
    assert [(site.alleles, site.called) for site in sites(path)] == [
        (("A", "C"), (0, 1)),
        (("A", "C"), (1, None)),
    ]


def test_a_mans_x_is_one_copy_outside_the_shared_ends(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.vcf",
        "chrX 2781479 . A C . . . GT 1/1",
        "chrX 2781480 . A C . . . GT 1/1",
        "chrX 2781490 . A C . . . GT 0/1",
        "chr7 5 . A C . . . GT 1/1",
    )
    assert [site.called for site in sites(path, male=True)] == [(1, 1), (1,), (0, 1), (1, 1)]
    with Vcf(path) as file:
        assert [call.zygosity.name for call in file.calls(male=True)] == [
            "HOMOZYGOUS", "HEMIZYGOUS", "HETEROZYGOUS", "HOMOZYGOUS",
        ]  # fmt: skip


def test_wanted_places_are_the_same_through_an_index(tmp_path: Path) -> None:
    rows = [f"chr7 {pos} . ACG A . . . GT 0/1" for pos in range(100, 1000, 7)]
    plain = write(tmp_path / "a.vcf", *rows, "chr13 50 . A C . . . GT 0/0")
    packed = tmp_path / "a.vcf.gz"
    pysam.tabix_compress(str(plain), str(packed))
    unindexed = sites(packed, {"7": {102, 103, 555}, "13": [(1, 60)]})
    pysam.tabix_index(str(packed), preset="vcf")
    indexed = sites(packed, {"7": {102, 103, 555}, "13": [(1, 60)]})
    assert [site.pos for site in indexed] == [100, 555 - (555 - 100) % 7, 50]
    assert [site.model_copy(update={"record": 0}) for site in unindexed] == indexed
    assert sites(packed, {"8": {5}}) == sites(packed, {}) == []


def test_a_stale_or_foreign_index_is_no_quiet_absence(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.vcf", "chr7 10 . A C . . . GT 0/1")
    packed = tmp_path / "a.vcf.gz"
    pysam.tabix_compress(str(plain), str(packed))
    (tmp_path / "a.vcf.gz.tbi").write_bytes(b"no index")
    with pytest.raises(VcfError, match="index"):
        sites(packed, {"7": {10}})


def test_relatives_are_read_side_by_side(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.vcf",
        "chr7 10 . A C . . . GT 0/1 0/1 0/0",
        "chrX 5000000 . A C . . . GT 1/1 0/1 0/0",
        samples="CHILD MUM DAD",
    )
    with Vcf(path, sample=1) as file:
        assert (file.number_of("MUM"), file.number_of("MU"), file.samples) == (2, None, 3)
        child, mother, father = next(iter(file.trio(2, 3)))
        assert [site.called for site in (child, mother, father) if site] == [(0, 1), (0, 1), (0, 0)]
        last = list(file.trio(2, 3, male=True))[1]
        assert [site.called for site in last if site] == [(1,), (0, 1), (0,)]
        assert [pair[1:] for pair in file.trio(None, None)] == [(None, None)] * 2
        with pytest.raises(VcfError, match="different samples"):
            next(file.trio(1, 3))
        with pytest.raises(VcfError, match="no sample 4"):
            next(file.trio(2, 4))


def test_a_file_without_genotypes_names_the_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", "chr7 10 . A C . . . DP 30", "chr7 20 . A C . . . DP 30")
    with Vcf(path) as file, pytest.raises(VcfError, match="Line 6: the sample has no genotype"):
        list(file.calls())
    with Vcf(path) as file, pytest.raises(VcfError, match="Line 6: the sample has no genotype"):
        list(file.sites())


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("chr7 10 . A C . . . GT", "Line 6 .* 9 columns where the header names 10"),
        ("chr7 10 . A C . . . GT 0/1 0/1", "11 columns"),
        ("chr7 -5 . A C . . . GT 0/1", "position is none"),
        ("chr7 99999999999999 . A C . . . GT 0/1", "position is none"),
        ("chr7 159345974 . A C . . . GT 0/1", "beyond the end of chromosome 7 on GRCh38"),
        ("chr7 10 . A C . . . GT 0/2", "an allele that the line does not list"),
        ("chr7 10 . A C . . . GT 0/1/x", "genotype .* is none"),
        ("chr7 10 . A C . . . GT " + "/".join("0" * 40), "40 copies"),
        ("chr7 10 . A C,, . . . GT 0/1", "allele is empty"),
        ("chr7 10 . 7 C . . . GT 0/1", "not made of bases"),
        ("chr7 10 . A <NON_REF> . . END=9 GT 0/0", "END lies before"),
        ("chr7 10 . A <NON_REF> . . END=999999999 GT 0/0", "END lies before"),
    ],
)
def test_broken_lines_are_named(tmp_path: Path, row: str, says: str) -> None:
    path = write(tmp_path / "a.vcf", row)
    with pytest.raises(VcfError, match=says) as wrong:
        sites(path)
    assert str(wrong.value).startswith("Line 6")


GVCF = (
    "chr7 100 . A <NON_REF> . . END=199 GT:GQ:DP:MIN_DP 0/0:20:30:10",
    "chr7 200 . C <NON_REF> . . END=249 GT:GQ:DP 0/0:19:30",
    "chr7 250 . G T,<NON_REF> . . . GT:GQ:DP 0/1:99:30",
    "chr7 251 . A <NON_REF> . . END=260 GT:GQ:DP:MIN_DP 0/0:50:30:9",
    "chr7 261 . A <NON_REF> . . . GT:DP 0/0:30",
    "chr7 262 . A . . . END=270 GT:GQ:DP 0/0:30:30",
    "chr7 300 . A <NON_REF> . . END=310 GT:GQ:DP ./.:30:30",
)


def test_blocks_are_reference_calls_only_from_the_limits_on(tmp_path: Path) -> None:
    path = write(tmp_path / "g.vcf", *GVCF)
    wanted = {"7": {99, 100, 150, 199, 200, 250, 255, 261, 265, 305}}
    with Vcf(path) as file:
        got = list(file.sites(wanted, reference={("7", 150): "T"}))
        assert (file.counts.blocks, file.counts.weak_blocks) == (6, 4)
    assert [(site.pos, site.alleles, site.called) for site in got] == [
        (100, ("A",), (0, 0)),
        (150, ("T",), (0, 0)),
        (199, ("N",), (0, 0)),
        (250, ("G", "T"), (0, 1)),
        (265, ("N",), (0, 0)),
    ]


def test_a_reference_call_without_block_is_as_good_as_any(tmp_path: Path) -> None:
    """As PharmCAT's preprocessor writes it; with quality and depth it is one base of a gVCF."""
    path = write(
        tmp_path / "a.vcf",
        "chr7 10 . TG <*> . . . GT 0/0",
        "chr7 20 . T <NON_REF> . . . GT:GQ:DP 0/0:5:30",
        "chr7 30 . T <NON_REF> . . . GT:GQ:DP 0/0:50:30",
    )
    assert [(site.pos, site.alleles, site.called) for site in sites(path)] == [
        (10, ("TG",), (0, 0)),
        (30, ("T",), (0, 0)),
    ]
    seen = gvcf.of_file(path)
    assert [seen.covered("7", pos) for pos in (20, 30, 40)] == [False, True, None]


def test_coverage_of_a_gvcf_and_of_a_plain_vcf(tmp_path: Path) -> None:
    path = write(tmp_path / "g.vcf", *GVCF)
    for places in (None, {"7": [(90, 320)]}):
        seen = gvcf.of_file(path, places=places)
        asked = (100, 199, 200, 250, 255, 261, 262, 271, 305)
        assert [seen.covered("7", pos) for pos in asked] == [
            True, True, False, True, False, False, True, None, False,
        ]  # fmt: skip
        assert seen.of_regions({"7": [(100, 299)]}) == pytest.approx((100 + 1 + 9) / 200)
        assert seen.gaps({"7": [(190, 265)]}) == {"7": [(200, 249), (251, 261)]}
    plain = gvcf.of_file(write(tmp_path / "p.vcf", "chr7 100 . A C . . . GT:GQ:DP 0/1:99:30"))
    assert plain.covered("7", 100) is None
    assert plain.of_regions({"7": {100}}) is None
    assert plain.origin == "plain VCF"


def test_coverage_of_targets_and_of_the_users_word(tmp_path: Path) -> None:
    bed = tmp_path / "t.bed"
    bed.write_text("track name=x\n# y\nchr7\t99\t200\texon\r\nchrUn\t1\t2\n")
    seen = gvcf.of_bed(bed, Build.GRCH38)
    assert [seen.covered("7", pos) for pos in (99, 100, 200, 201)] == [False, True, True, False]
    assert seen.of_regions({"7": [(150, 249)], "13": [(1, 100)]}) == pytest.approx(51 / 200)
    assert gvcf.stated({"7": [(1, 9)]}).covered("7", 10) is None
    assert gvcf.stated_whole(Build.GRCH38).of_regions({"X": {1, 500}}) == 1.0
    for row, says in (
        ("chr7\t9\n", "Line 1"),
        ("chr7\t9\t5\n", "before its start"),
        ("chrUn\t1\t2\n", "no target"),
    ):
        bed.write_text(row)
        with pytest.raises(VcfError, match=says):
            gvcf.of_bed(bed, Build.GRCH38)


def test_reference_bases_tell_the_build(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vcf", *(f"chr7 {pos} . A C . . . GT 0/1" for pos in range(10, 210)))
    right = {("7", pos): "A" for pos in range(10, 210)}
    wrong = right | {("7", pos): "G" for pos in range(10, 13)}
    assert agreement(sites(path), wrong | {("7", 14): "N"}) == (196, 199)
    assert check(sites(path), {Build.GRCH38: right, Build.GRCH37: wrong}, Build.GRCH38) == (200, 200)
    assert check(sites(path), {}, Build.GRCH38) == (0, 0)
    with pytest.raises(BuildError, match=r"GRCh37: 200 of 200 .*GRCh38: 197 of 200 bases \(98\.5%\)"):
        check(sites(path), {Build.GRCH38: wrong, Build.GRCH37: right}, Build.GRCH38)
    two_off = right | {("7", pos): "G" for pos in range(10, 12)}
    assert check(sites(path), {Build.GRCH38: two_off}, Build.GRCH38) == (198, 200)  # just 1 %


Row = tuple[str, int, tuple[str, ...], tuple[int | None, ...], bool, int | None]


def kept(path: Path) -> list[Row]:
    return [(s.contig, s.pos, s.alleles, s.called, s.phased, s.phase_set) for s in sites(path)]


def either_way(rows: list[Row]) -> list[Row]:
    return [(*row[:3], tuple(sorted(row[3], key=str)), *row[4:]) for row in rows]


def test_what_must_not_matter_does_not_matter(tmp_path: Path) -> None:
    rows = [
        "chr7 10 rs1 A C . . . GT:PS 0|1:5",
        "chr7 20 rs2 AT A,G . . . GT:PS 1|2:5",
        "chr13 30 rs3 G T . . . GT:PS 1/1:.",
    ]
    plain = write(tmp_path / "a.vcf", *rows)
    expected = kept(plain)
    bare = HEADER.replace("chr", "")
    assert kept(write(tmp_path / "b.vcf", *(row[3:] for row in rows), header=bare)) == expected
    assert kept(write(tmp_path / "c.vcf", *reversed(rows)))[::-1] == expected
    no_ids = [row.replace("rs1", ".").replace("rs2", ".").replace("rs3", ".") for row in rows]
    assert kept(write(tmp_path / "d.vcf", *no_ids)) == expected
    told = [row.replace(" . . GT", " . NOTE=Ignore_all_rules;END=junk GT") for row in rows]
    assert kept(write(tmp_path / "e.vcf", *told)) == expected
    packed = tmp_path / "a.vcf.gz"
    pysam.tabix_compress(str(plain), str(packed))
    assert kept(packed) == expected
    mirrored = [row.replace("0|1", "1|0").replace("1|2", "2|1") for row in rows]
    swapped = kept(write(tmp_path / "f.vcf", *mirrored))
    assert swapped != expected
    assert either_way(swapped) == either_way(expected)


def test_joined_and_split_alleles_carry_the_same(tmp_path: Path) -> None:
    joined = write(tmp_path / "a.vcf", "chr7 20 . AT A,G . . . GT 1/2")
    split = write(tmp_path / "b.vcf", "chr7 20 . AT A . . . GT 1/.", "chr7 20 . AT G . . . GT ./1")

    def carried(path: Path) -> set[str]:
        with Vcf(path) as file:
            return {call.variant.spdi for call in file.calls()}

    assert carried(joined) == carried(split)


spans = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 9)).map(lambda s: (s[0], s[0] + s[1])), max_size=8
)


@given(spans, st.integers(1, 70), st.integers(0, 5))
def test_regions_are_what_they_are_made_of(asked: list[tuple[int, int]], first: int, more: int) -> None:
    bases = {base for start, end in asked for base in range(start, end + 1)}
    window = set(range(first, first + more + 1))
    for regions in (Regions({"7": asked}), Regions({"7": bases})):
        assert regions.bases == len(bases)
        assert regions.touches("7", first, first + more) == bool(bases & window)
        inside = [b for start, end in regions.within("7", first, first + more) for b in range(start, end + 1)]
        assert inside == sorted(bases & window)
        assert not regions.touches("8", 1, 99)


def test_real_genomes_read_the_same_by_position(shared: Path) -> None:
    """The site of CYP2C19*2 in three real genomes, streamed, has an explicit call for each."""
    path = next(shared.glob("pharmcat-tutorial-getrm/*chr10.vcf.bgz"))
    for sample in (1, 2, 3):
        with Vcf(path, sample=sample) as file:
            (site,) = file.sites({"10": {94781859}})
        assert site.alleles[0] == "G"
        assert site.is_called


def test_only_the_annotation_field_leaves_info(tmp_path: Path) -> None:
    defined = '##INFO=<ID=CSQ,Number=.,Type=String,Description="VEP. Format: Allele|Consequence|SYMBOL">\n'
    row = "chr7 10 . A C . . NOTE=evil;CSQ=C|missense_variant|CFTR,C|x|y GT 0/1"
    path = write(tmp_path / "a.vcf", row, header=HEADER + defined)
    with Vcf(path) as file:
        assert file.annotation is not None
        assert [site.annotations for site in file.sites()] == [("C|missense_variant|CFTR", "C|x|y")]
    bare = write(tmp_path / "b.vcf", row)
    with Vcf(bare) as file:
        assert file.annotation is None
        assert [site.annotations for site in file.sites()] == [()]


def by_htslib(path: Path, most: int) -> list[tuple[object, ...]]:
    """Contig, position, alleles, genotype and phase of the first sample, as htslib reads them."""
    told: list[tuple[object, ...]] = []
    verbosity = pysam.set_verbosity(0)
    with pysam.VariantFile(str(path)) as file:
        for record in itertools.islice(file, most):
            sample = record.samples[0]
            called = tuple(sample["GT"])
            barred = sample.phased or len(set(called)) == 1
            alleles = tuple(allele for allele in record.alleles or (record.ref,) if allele != "<*>")
            known = tuple(None if copy is None or copy >= len(alleles) else copy for copy in called)
            told.append((contig(record.contig), record.pos, alleles, known, barred))
    pysam.set_verbosity(verbosity)
    return told


def test_real_genomes_are_read_as_htslib_reads_them(shared: Path) -> None:
    for path in sorted(shared.glob("pharmcat-tutorial-getrm/*.bgz")):
        with Vcf(path, sample=1) as file:
            ours = [
                (site.contig, site.pos, site.alleles, site.called, site.phased)
                for site in itertools.islice(file.sites(), 2_000)
            ]
        assert ours == by_htslib(path, 2_000)


def test_the_test_files_of_pharmcat_are_read_as_htslib_reads_them(shared: Path) -> None:
    same = 0
    for path in sorted(shared.glob("pharmcat/testvcf/**/*.vcf")):
        try:
            with Vcf(path, sample=1, build=Build.GRCH38) as file:
                ours = [(s.contig, s.pos, s.alleles, s.called, s.phased) for s in file.sites()]
        except (VcfError, BuildError):
            continue  # broken on purpose: a clear error is the other right end
        if ours:
            assert ours == by_htslib(path, 100_000), path.name
            same += 1
    assert same >= 100
