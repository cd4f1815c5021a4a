"""Allele frequencies: what is covered, which group, both alleles of a line, mitochondria, and the user's own fields."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from genomics.builds import Build, BuildError
from genomics.lookups import frequency, frequency_index
from genomics.lookups.frequency import Panel
from genomics.lookups.index import Index
from genomics.lookups.lines import line
from genomics.lookups.pack_text import PackFileError
from genomics.lookups.rows import Frequency, Gap
from genomics.variant import Variant, read

V4 = (
    """##fileformat=VCFv4.2
##contig=<ID=chr17,length=83257441,assembly=gnomAD_GRCh38>
##contig=<ID=chrX,length=156040895,assembly=gnomAD_GRCh38>
"""
    + "".join(
        f'##INFO=<ID={name},Number=A,Type=Float,Description="{name}">\n'
        for name in ("AC", "AN", "AF", "nhomalt", "fafmax_faf95_max", "fafmax_faf95_max_gen_anc", "faf95_afr")
    )
    + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
)
ROWS = (
    "chr17\t1000\t.\tG\tA\t.\tPASS\tAC=30;AN=10000;AF=0.003;nhomalt=1;faf95_afr=0.002;faf95_nfe=0.001;faf95_fin=0.4;"
    "faf95_asj=0.5;faf95_mid=0.6;faf95_remaining=0.7;AC_XY=9",
    "chr17\t1010\t.\tG\tA,C\t.\tPASS\tAC=1,20;AN=9000;AF=0.0001,0.002;nhomalt=0,2;faf95_nfe=0.00005,0.0015",
    "chr17\t1020\t.\tC\tT\t.\tAC0\tAC=0;AN=9500;AF=0;nhomalt=0",
    "chr17\t1030\t.\tC\tT\t.\tAS_VQSR\tAC=4;AN=8000;AF=0.0005;nhomalt=0",
    "chr17\t1040\t.\tC\tT\t.\tPASS\tAC=0;AN=0;nhomalt=0",
    "chr17\t1050\t.\tACT\tA\t.\tPASS\tAC=5;AN=10000;AF=0.0005;nhomalt=0;fafmax_faf95_max=0.0003;"
    "fafmax_faf95_max_gen_anc=sas",
    "chr17\t1070\t.\tC\tT\t.\tPASS\tAC=5;AN=10000;AF=0.0005;fafmax_faf95_max=0.3;fafmax_faf95_max_gen_anc=mid",
    "chrX\t30000000\t.\tC\tT\t.\tPASS\tAC=7;AN=9000;AF=0.0008;nhomalt=0;AC_XY=3;non_par",
)
BED = "chr17\t1099\t1200\tgene\n"

Make = Callable[..., Panel]


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    def made(*, bed: str = BED, more: dict[str, str] | None = None) -> Panel:
        folder = tmp_path_factory.mktemp("gnomad")
        (folder / "gnomad.exomes.vcf.gz").write_bytes(gzip.compress((V4 + "\n".join(ROWS) + "\n").encode()))
        (folder / "panel.bed").write_text(bed)
        for name, text in (more or {}).items():
            (folder / name).write_text(text)
        files = sorted(folder.iterdir())
        frequency_index.prepare(files, folder / "index.sqlite")
        return Panel(Index(folder / "index.sqlite"))

    return made


def seen(panel: Panel, spelled: str, build: Build = Build.GRCH38) -> Frequency:
    answer = panel.of(read(spelled, build))
    assert isinstance(answer, Frequency), answer
    return answer


def missing(panel: Panel, spelled: str, build: Build = Build.GRCH38) -> Gap:
    answer = panel.of(read(spelled, build))
    assert isinstance(answer, Gap), answer
    return answer


def test_the_group_is_never_a_small_or_founder_population(make: Make) -> None:
    row = seen(make(), "17-1000-G-A")
    assert (row.faf95, row.group) == (0.002, "afr")
    assert (row.frequency, row.count, row.number, row.homozygotes) == (0.003, 30, 10000, 1)
    assert row.hemizygotes is None, "17 is no sex chromosome"
    assert row.source.title == "gnomAD v4 exomes"


def test_a_maximum_counts_only_if_its_group_may_be_chosen(make: Make) -> None:
    panel = make()
    assert (seen(panel, "17-1050-ACT-A").faf95, seen(panel, "17-1050-ACT-A").group) == (0.0003, "sas")
    assert (seen(panel, "17-1070-C-T").faf95, seen(panel, "17-1070-C-T").group) == (None, "")


def test_both_alleles_of_a_line_have_their_own_numbers(make: Make) -> None:
    panel = make()
    first, second = seen(panel, "17-1010-G-A"), seen(panel, "17-1010-G-C")
    assert (first.count, first.homozygotes, first.faf95) == (1, 0, 0.00005)
    assert (second.count, second.homozygotes, second.faf95) == (20, 2, 0.0015)


def test_hemizygotes_are_told_outside_the_pseudoautosomal_regions(make: Make) -> None:
    assert seen(make(), "X-30000000-C-T").hemizygotes == 3


def test_a_failed_filter_is_told_and_a_count_of_zero_stays_a_row(make: Make) -> None:
    panel = make()
    assert not seen(panel, "17-1030-C-T").passed
    assert (seen(panel, "17-1020-C-T").count, seen(panel, "17-1020-C-T").number) == (0, 9500)


def test_a_record_without_alleles_looked_at_is_a_gap(make: Make) -> None:
    assert "without any allele looked at" in missing(make(), "17-1040-C-T").reason


def test_a_shifted_spelling_of_an_indel_is_the_same(make: Make) -> None:
    panel = make()
    assert seen(panel, "17-1051-CT-").count == 5
    assert seen(panel, "17-1051-CTCT-CT").count == 5
    assert missing(panel, "17-1051-C-").held


def test_absent_is_said_only_inside_declared_regions(make: Make) -> None:
    panel = make()
    gap = missing(panel, "17-5000-C-T")
    assert gap.held
    assert "no declared region" in gap.reason
    row = seen(panel, "17-1100-C-T")
    assert (row.count, row.number) == (0, 9000)
    assert "the fewest within 500 bases" in row.source.title
    assert missing(panel, "17-1099-C-T").held, "BED is 0-based and half-open: 1100 is the first base"
    assert seen(panel, "17-1200-C-T").count == 0
    assert missing(panel, "17-1201-C-T").held
    assert missing(make(bed="chr1\t0\t5\n"), "17-1100-C-T").held


def test_the_other_build_is_a_gap(make: Make) -> None:
    gap = missing(make(), "17-1000-G-A", Build.GRCH37)
    assert "GRCh38, not GRCh37" in gap.reason


def test_of_two_data_sets_the_higher_frequency_speaks(make: Make) -> None:
    genomes = V4 + "chr17\t1000\t.\tG\tA\t.\tPASS\tAC=90;AN=10000;AF=0.009;nhomalt=1;faf95_nfe=0.008\n"
    row = seen(make(more={"gnomad.genomes.vcf": genomes}), "17-1000-G-A")
    assert (row.faf95, row.source.title) == (0.008, "gnomAD v4 genomes")


def test_the_line_of_a_row_is_held_under_its_source(make: Make) -> None:
    panel = make()
    for spelled in ("17-1000-G-A", "17-1100-C-T", "17-1051-CT-", "X-30000000-C-T"):
        row = seen(panel, spelled)
        assert row.source.id == f"pack:gnomad-panel:GRCh38/{spelled}"
        assert panel.text(row.source.id.rpartition(":")[2]) == line(row)
    assert panel.text("GRCh38/17-5000-C-T") is None
    assert panel.text("nonsense") is None


def test_files_that_tell_no_build_or_no_counts_are_refused(tmp_path: Path) -> None:
    bare = tmp_path / "slice.vcf"
    bare.write_text("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
    with pytest.raises(BuildError, match="keep gnomAD's header"):
        frequency_index.prepare([bare], tmp_path / "a")
    bare.write_text(
        "##fileformat=VCFv4.2\n##reference=GRCh38\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    )
    with pytest.raises(PackFileError, match="no AC and AN"):
        frequency_index.prepare([bare], tmp_path / "b")
    bed = tmp_path / "x.bed"
    bed.write_text("chr1\tone\ttwo\n")
    with pytest.raises(PackFileError, match="import both together"):
        frequency_index.prepare([bed], tmp_path / "c")
    bare.write_text(V4)
    with pytest.raises(PackFileError, match=r"x\.bed, line 1"):
        frequency_index.prepare([bare, bed], tmp_path / "d")


VARIANT = Variant(build=Build.GRCH38, contig="17", pos=1000, ref="G", alt="A")


@pytest.mark.parametrize(
    ("info", "allele", "alleles", "expected"),
    [
        ({"gnomAD_AF": "0.01"}, 0, 1, (0.01, 0)),
        ({"gnomADe_AF": "0.01", "gnomADe_AN": "2000", "gnomADe_AC": "20"}, 0, 1, (0.01, 2000)),
        ({"gnomad41_exome_AF": "0.01"}, 0, 1, (0.01, 0)),
        ({"gnomAD_genome_ALL": "0.02"}, 0, 1, (0.02, 0)),
        ({"gnomAD_AF": "0.01,0.2", "gnomAD_AN": "5000"}, 1, 2, (0.2, 5000)),
        ({"gnomAD_exomes_AF": "0.01", "gnomAD_genomes_AF": "0.03"}, 0, 1, (0.03, 0)),
    ],
)
def test_the_users_own_annotation_counts_where_it_names_gnomad(
    info: dict[str, str], allele: int, alleles: int, expected: tuple[float, int]
) -> None:
    row = frequency.of_info(VARIANT, info, allele, alleles)
    assert row is not None
    assert (row.frequency, row.number) == expected


@pytest.mark.parametrize(
    "info",
    [
        {"AF": "0.5"},
        {"MAX_AF": "0.5"},
        {"AF_EXAC": "0.1"},
        {"gnomAD_AF": "."},
        {"gnomAD_AF": "nan"},
        {"gnomAD_AF": "1.5"},
        {"gnomAD_AF_asj": "0.1"},
        {"gnomAD_AF_fin": "0.1"},
        {"gnomAD_AF": "0.1,0.2,0.3"},
        {},
    ],
)
def test_no_other_field_is_taken_for_a_population_frequency(info: dict[str, str]) -> None:
    assert frequency.of_info(VARIANT, info) is None


def test_gnomad_slices_of_three_releases(shared: Path, tmp_path: Path) -> None:
    folder = shared / "gnomad-schema-fixtures"
    files = sorted(
        [*folder.glob("gnomad-nuclear__*.vcf.gz"), *folder.glob("*mtdna*.vcf"), *folder.glob("helix*.vcf")]
    )
    came = frequency_index.prepare(files, tmp_path / "index.sqlite")
    panel = Panel(Index(tmp_path / "index.sqlite"))
    assert came > 20
    assert panel.builds == {Build.GRCH37, Build.GRCH38}
    pcsk9 = seen(panel, "1-55505599-C-G", Build.GRCH37)
    assert (pcsk9.count, pcsk9.number, pcsk9.faf95, pcsk9.group) == (2, 179298, 4.45e-06, "nfe")
    assert pcsk9.source.title == "gnomAD v2 exomes"
    assert seen(panel, "X-69902557-G-T", Build.GRCH37).hemizygotes is not None
    two = [seen(panel, f"1-55516888-G-{alt}", Build.GRCH37) for alt in ("A", "GA")]
    assert two[0].count != two[1].count
    genome = seen(panel, "1-10031-T-C")
    assert (genome.count, genome.number, genome.passed) == (0, 56642, False)
    assert "without any allele" in missing(panel, "1-11994-T-C").reason
    both = [seen(panel, "MT-3-T-C", build) for build in Build]
    assert both[0].heteroplasmic is not None, "one contig in both builds"
    assert both[0].frequency == both[1].frequency
    helix = seen(panel, "MT-10-T-C", Build.GRCH38)
    assert (helix.count, helix.number, helix.source.title) == (7, 196554, "HelixMTdb")
