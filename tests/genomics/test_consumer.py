"""23andMe and AncestryDNA files: sites by known alleles, doubts shown, what is missing said, wrong columns named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.builds import Build
from genomics.files.consumer import ANCHORS, ConsumerFile, Known, Maker
from genomics.files.guard import VcfError

TITLE = "# rsid\tchromosome\tposition\tgenotype\n"
ANCESTRY = "#AncestryDNA raw data download\nrsid\tchromosome\tposition\tallele1\tallele2\n"
SNV = Known(contig="10", pos=94781859, ref="G", alts=("A",))
INDEL = Known(contig="2", pos=233760233, ref="C", alts=("CAT",))


def write(path: Path, *rows: str, title: str = TITLE) -> Path:
    path.write_text(title + "".join(row.replace(" ", "\t") + "\n" for row in rows))
    return path


def called(file: ConsumerFile, **known: Known) -> dict[str, tuple[str | None, ...] | str]:
    sites, missing = file.sites(known)
    told: dict[str, tuple[str | None, ...] | str] = {site.rsid: site.bases for site in sites}
    return told | {one.rsid: one.reason for one in missing}


def test_23andme_becomes_sites_where_the_known_alleles_lie(tmp_path: Path) -> None:
    file = ConsumerFile(
        write(
            tmp_path / "a.txt",
            "rs4244285 10 96541616 AG",
            "rs1 1 100 --",
            "rs2 2 234668879 DI",
            "rs3 3 300 CC",
            "i5000001 1 5 AA",
        )
    )
    assert (file.maker, file.build, file.rows, file.no_calls) == (Maker.TWENTY_THREE, Build.GRCH37, 5, 1)
    assert len(file.doubts) == 1
    assert file.doubts[0].startswith("1 rows with the maker's own ids")
    alone = Known(contig="1", pos=1, ref="A", alts=("C",))
    got = called(file, rs4244285=SNV, rs1=alone, rs2=INDEL, rs3=SNV, rs9=SNV)
    assert got == {
        "rs4244285": ("A", "G"),
        "rs1": "no call",
        "rs2": ("C", "CAT"),
        "rs3": "the file places it on another chromosome",
        "rs9": "not on the chip",
    }
    (site,) = file.sites({"rs4244285": SNV})[0]
    assert (site.contig, site.pos, site.alleles, site.phased) == ("10", 94781859, ("G", "A"), False)


def test_ancestry_codes_and_columns(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.txt",
        "rs1 23 5000000 A A",
        "rs2 24 5000000 0 0",
        "rs3 26 300 G G",
        "rs4 25 100 A G",
        "rs1057910 10 96741053 A C",
        title=ANCESTRY,
    )
    file = ConsumerFile(path)
    assert (file.maker, file.build, file.no_calls) == (Maker.ANCESTRY, Build.GRCH37, 1)
    x = Known(contig="X", pos=7, ref="G", alts=("A",))
    mito = Known(contig="MT", pos=300, ref="A", alts=("G",))
    sites, missing = file.sites({"rs1": x, "rs3": mito, "rs4": x}, male=True)
    assert [(site.contig, site.bases) for site in sites] == [("X", ("A",)), ("MT", ("G",))]
    assert [one.reason for one in missing] == ["two different letters where one copy is expected"]
    assert [site.bases for site in file.sites({"rs1": x}, male=False)[0]] == [("A", "A")]


@pytest.mark.parametrize(
    ("letters", "known", "reason"),
    [
        ("CC", SNV, "other strand"),
        ("A", SNV, "one letter"),
        ("II", SNV, "which change"),
        ("ID", Known(contig="10", pos=5, ref="C", alts=("CA", "CAA")), "which change"),
        ("AG", Known(contig="10", pos=5, ref="CA", alts=("C",)), "no single base"),
        ("AG", Known(contig="10", pos=5, ref="G", alts=("A", "GTT")), "no single base"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, letters: str, known: Known, reason: str) -> None:
    file = ConsumerFile(write(tmp_path / "a.txt", f"rs1 10 500 {letters}"))
    sites, (missing,) = file.sites({"rs1": known})
    assert sites == []
    assert reason in missing.reason


def test_doubts_about_build_columns_and_contradictions_are_told(tmp_path: Path) -> None:
    file = ConsumerFile(write(tmp_path / "a.txt", "rs1 10 5 AA", "rs1 10 5 AG", title=""))
    assert file.build is None
    assert [doubt.split(";")[0] for doubt in file.doubts] == [
        "The file does not name its columns",
        "The build could not be told from known positions",
        "1 rsIDs appear with two different genotypes",
    ]
    assert called(file, rs1=SNV) == {"rs1": "the file gives two different genotypes"}
    newer = ConsumerFile(write(tmp_path / "b.txt", "rs3758581 10 94842866 GG", "rs4244285 10 1 GG"))
    assert newer.build is Build.GRCH38
    assert [doubt.split(" ")[0] for doubt in newer.doubts] == ["1", "The"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TITLE, "no genotype row"),
        (TITLE + "rs1\t1\t5\tAG\tAG\n", "Line 2 has not the columns that the file names"),
        (TITLE + "rs1\t1\t5\tAG\nrs2\t1\t5\n", "Line 3 has 3 columns where 23andMe has 4"),
        ("RSID,CHROMOSOME,POSITION,RESULT\n", "Line 1: the columns are separated by commas"),
        ("rs1 1 5 AG\n", "Line 1 has 1 columns"),
        (TITLE + "rs1\t1\t5\tAGT\n", "Line 2: the id or the genotype"),
        (TITLE + "rs1\t1\t5\t<script>\n", "Line 2: the id or the genotype"),
        (TITLE + "rs1\t77\t5\tAG\n", "Line 2: chromosome or position"),
        (TITLE + "rs1\t1\t-5\tAG\n", "Line 2: chromosome or position"),
        (TITLE + "rs1\t21\t200000000\tAG\n", "beyond its chromosome"),
        ("PK\x03\x04", "ZIP archive"),
    ],
)
def test_wrong_files_are_refused_with_the_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    with pytest.raises(VcfError, match=says):
        ConsumerFile(path)


def test_packed_and_windows_files_are_read(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.txt", "rs4244285 10 96541616 AG")
    windows, packed = tmp_path / "b.txt", tmp_path / "c.gz"
    windows.write_bytes(b"\xef\xbb\xbf" + plain.read_bytes().replace(b"\n", b"\r\n"))
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    expected = ConsumerFile(plain).genotypes
    assert ConsumerFile(windows).genotypes == ConsumerFile(packed).genotypes == expected != {}


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.integers(0, 3))
def test_any_cell_is_read_or_refused_with_its_line(
    tmp_path_factory: pytest.TempPathFactory, cell: str, at: int
) -> None:
    fields = ["rs1", "10", "5", "AG"]
    fields[at] = cell
    path = tmp_path_factory.mktemp("cell") / "a.txt"
    path.write_bytes((TITLE + "rs7\t10\t5\tAA\n" + "\t".join(fields) + "\n").encode())
    try:
        file = ConsumerFile(path)
    except VcfError as wrong:
        assert str(wrong).startswith("Line ")  # noqa: PT017 - either end is right
    else:
        assert file.rows in (1, 2, 3)


def test_anchor_positions_are_those_of_the_definitions(shared: Path) -> None:
    held: dict[str, tuple[str, int]] = {}
    for path in shared.glob("pharmcat/definition/*_translation.json.gz"):
        for locus in json.loads(gzip.decompress(path.read_bytes()))["variants"]:
            held[locus["rsid"]] = locus["chromosome"].removeprefix("chr"), locus["position"]
    assert {rsid: places[Build.GRCH38] for rsid, places in ANCHORS.items()} == {
        rsid: held[rsid] for rsid in ANCHORS
    }
