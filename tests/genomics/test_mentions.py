"""Names of variants are found in free text, in time that grows with the text, and nothing else is."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics import mentions
from genomics.mentions import Mention, MentionKind


def seen(text: str) -> list[tuple[str, str, str]]:
    return [(found.kind.value, found.name, found.gene) for found in mentions.find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is BRCA1 c.68_69del?", [("hgvs", "c.68_69del", "BRCA1")]),
        ("variant in the gene MLH1, namely c.1852_1854delAAG", [("hgvs", "c.1852_1854delAAG", "MLH1")]),
        ("c.845 G>A in HFE", [("hgvs", "c.845 G>A", "HFE")]),
        ("c.632–3C>G in BRCA2", [("hgvs", "c.632-3C>G", "BRCA2")]),
        (
            "NM_007294.4(BRCA1):c.68_69del (p.Glu23fs)",
            [("hgvs", "NM_007294.4(BRCA1):c.68_69del", "BRCA1"), ("protein", "p.Glu23fs", "BRCA1")],
        ),
        ("the TP53 R248W result", [("protein", "R248W", "TP53")]),
        ("my brca1 result says c.68_69del", [("hgvs", "c.68_69del", "BRCA1")]),
        ("cftr p.Phe508del", [("protein", "p.Phe508del", "CFTR")]),
        ("tp53 R248W", [("protein", "R248W", "TP53")]),
        ("hba1c 7.2, then c.68_69del", [("hgvs", "c.68_69del", "")]),
        ("I met c.68_69del", [("hgvs", "c.68_69del", "")]),
        ("C61G in BRCA1", [("protein", "C61G", "BRCA1")]),
        ("Cys61Gly", [("protein", "Cys61Gly", "")]),
        ("is RS1799963 bad", [("rsid", "rs1799963", "")]),
        ("Factor V Leiden heterozygous", [("legacy", "factor v leiden", "F5")]),
        ("prothrombin G20210A", [("legacy", "g20210a", "F2")]),
        ("BRCA1 185delAG", [("legacy", "185delag", "BRCA1")]),
        ("CFTR ΔF508", [("legacy", "f508del", "CFTR")]),
        ("HFE C282Y/H63D", [("legacy", "c282y", "HFE"), ("legacy", "h63d", "HFE")]),
        ("TP53 C282Y", [("protein", "C282Y", "TP53")]),
        ("GJB2 35delG", [("legacy", "35delg", "GJB2")]),
        ("CYP2C19 *2/*17 and a stent", [("star alleles", "CYP2C19 *2/*17", "CYP2C19")]),
        ("HLA-B*57:01 positive", [("star alleles", "HLA-B*57:01", "HLA-B")]),
        ("NC_000017.11:g.43124030_43124031del", [("hgvs", "NC_000017.11:g.43124030_43124031del", "")]),
        ("chr17:43124027 ACT>A", [("genomic", "chr17:43124027 ACT>A", "")]),
        ("17-43124027-ACT-A", [("genomic", "17-43124027-ACT-A", "")]),
        ("MT-ND5 m.13513G>A", [("hgvs", "m.13513G>A", "MT-ND5")]),
    ],
)
def test_names_are_found(text: str, found: list[tuple[str, str, str]]) -> None:
    assert seen(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "CKD G3a A2, CKD G3A",
        "HbA1c 7.2 and A1C 8",
        "e.g. take p.o. 5 mg at 8 p.m.; C. difficile",
        "her potassium is 5.1 and eGFR 40 on 12-11-2020",
        "COVID19 E484K",
        "Anti-HBs antibody positive, HBsAg and HBeAg negative",
        "T2DM and H1N1",
    ],
)
def test_clinical_shorthand_is_no_variant(text: str) -> None:
    assert seen(text) == []


def test_offsets_and_build() -> None:
    text = "is 17-43124027-ACT-A (GRCh38) bad"
    (found,) = mentions.find(text)
    assert text[found.start : found.end] == found.text == "17-43124027-ACT-A"
    assert found.build == "GRCh38"


def test_a_pasted_vcf_line_is_one_mention_and_its_info_names_nothing() -> None:
    line = "chr13\t32340300\t.\tGT\tG\t.\tPASS\tX=BRCA1 c.68_69del rs6025 hg19\tGT\t0/1"
    assert [found.kind for found in mentions.find(line)] == [MentionKind.VCF_RECORD]
    assert "hg19" not in mentions.without_records(line)


@given(st.text(max_size=300))
def test_any_text_is_read_and_offsets_hold(text: str) -> None:
    _sound(text)


@given(
    st.lists(
        st.sampled_from(
            "c. p. g. 68 _ 69 del ins dup BRCA1 ( ) * / > A C 17 - : rs 6025 \t Cys61Gly".split(" ")
        )
    )
)
def test_pieces_of_names_are_read_and_offsets_hold(pieces: list[str]) -> None:
    _sound("".join(pieces))


def _sound(text: str) -> None:
    found = mentions.find(text)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    assert all(isinstance(one, Mention) for one in found)


@pytest.mark.parametrize(
    "piece",
    ["A", "c.1_", "p.Ala1", "*1/", "1 ", "17-1-A", "c.(1", "BRCA1 ", "rs", "chr1\t", "CYP2C19 *2/", "c.1del"],
)
def test_long_text_takes_little_time(piece: str) -> None:
    started = time.process_time()
    mentions.find(piece * (20_000 // len(piece)))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "gene", "name"),
    [
        ("We tested UGT1A1: *1/*1.", "UGT1A1", "UGT1A1 *1/*1"),
        ("CYP2C19 genotype: *1/*2", "CYP2C19", "CYP2C19 *1/*2"),
        ("CYP2C19 is *1/*17", "CYP2C19", "CYP2C19 *1/*17"),
        ("UGT1A1 = *28/*28", "UGT1A1", "UGT1A1 *28/*28"),
        ("HLA-B: *57:01 negative", "HLA-B", "HLA-B *57:01"),
    ],
)
def test_star_alleles_behind_a_colon_or_a_word(text: str, gene: str, name: str) -> None:
    (mention,) = mentions.find(text)
    assert (mention.kind, mention.gene, mention.name) == (MentionKind.STAR, gene, name)
    assert text[mention.start : mention.end] == mention.text
