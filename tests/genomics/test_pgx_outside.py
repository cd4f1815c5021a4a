"""Outside calls and stated calls: the file, the notations, contradictions, and text that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.pgx import outside_calls
from genomics.pgx.call import StatedError, stated
from genomics.pgx.outside_calls import OutsideCall, OutsideCallError, alleles, phenotype_words, score_words
from genomics.pgx.starter import starter
from genomics.pgx.stated import called_outside, stated_each
from genomics.pgx.words import CallSource, GeneCall

TABLES = starter().tables


def test_a_file_of_outside_calls() -> None:
    text = "# comment\nCYP2D6\t*1/*3\n\nCYP2C9\t\t\t2.0\nHLA-B\t\t*57:01 positive\nMT-RNR1\t1555A>G\r\n"
    found = outside_calls.parse(text)
    assert [(one.gene, one.line) for one in found] == [
        ("CYP2D6", 2),
        ("CYP2C9", 4),
        ("HLA-B", 5),
        ("MT-RNR1", 6),
    ]
    assert found[1].activity_score == "2.0"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CYP2D6\n", "Line 1 has no call for CYP2D6"),
        ("CYP2D6 *1/*3\n", "Line 1"),
        ("\t*1/*3\n", "Line 1 does not begin with a gene"),
        ("CYP2D6\t*1/*3\nCYP2D6\t*1/*4\n", "more than one line"),
        ("CYP2D6\t" + "*" * 400, "Line 1"),
    ],
)
def test_a_wrong_line_is_named(text: str, told: str) -> None:
    with pytest.raises(OutsideCallError, match=told.replace("*", r"\*")):
        outside_calls.parse(text)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "calls.tsv"
    file.write_bytes("CYP2D6\t*1/*3".encode("utf-16"))
    with pytest.raises(OutsideCallError, match="UTF-8"):
        outside_calls.read(file)
    file.write_bytes(b"x" * (outside_calls.LARGEST + 1))
    with pytest.raises(OutsideCallError, match="1 MB"):
        outside_calls.read(file)
    file.write_bytes(b"\xef\xbb\xbfCYP2D6\t*1/*3")
    assert outside_calls.read(file)[0].gene == "CYP2D6"


@pytest.mark.parametrize(
    ("gene", "text", "wanted"),
    [
        ("CYP2D6", "*1x2/*4", ("*1x2", "*4")),
        ("CYP2D6", "*1x>=3/*2", ("*1x≥3", "*2")),
        ("CYP2D6", "*1≥3/*2", ("*1x≥3", "*2")),
        ("CYP2D6", "*2xN/*4", ("*2xN", "*4")),
        ("CYP2D6", "*36+*10/*1", ("*36+*10", "*1")),
        ("CYP2D6", "[*2+*3]/*1", ("[*2 + *3]", "*1")),
        ("CYP2D6", "CYP2D6*4.024/CYP2D6*1.001", ("*4", "*1")),
        ("HLA-B", "HLA-B*07:02:01:127/B*57:01", ("*07:02", "*57:01")),
        ("HLA-A", "A*02:02:02/*03:02:01", ("*02:02", "*03:02")),
        ("MT-RNR1", "1555A>G", ("m.1555A>G",)),
        ("G6PD", "B (wildtype)/B (wildtype)", ("B (reference)", "B (reference)")),
        ("UGT1A1", "*1/*80+*28", ("*1", "*80+*28")),
        ("TPMT", "*1/*3A", ("*1", "*3A")),
        ("CYP2C19", "*4A/*1", ("*4", "*1")),
        ("DPYD", "*1/*2A", ("Reference", "c.1905+1G>A (*2A)")),
    ],
)
def test_notations_of_alleles(gene: str, text: str, wanted: tuple[str, ...]) -> None:
    assert alleles(gene, text, TABLES.get(gene)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("UM", "Ultrarapid Metabolizer"),
        ("EM", "Normal Metabolizer"),
        ("extensive metaboliser", "Normal Metabolizer"),
        ("CYP2D6 Ultra-rapid Metabolizers (UM)", "Ultrarapid Metabolizer"),
        ("likely cyp2c19 poor metaboliser", "Likely Poor Metabolizer"),
        ("likely poor metaboliser", "Likely Poor Metabolizer"),
        ("decreased function", "Decreased Function"),
        ("*57:01 Positive", "*57:01 positive"),
        ("Variable", "Variable"),
    ],
)
def test_words_for_phenotypes(text: str, wanted: str) -> None:
    assert phenotype_words(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"), [("1", "1.0"), ("1.250", "1.25"), (">=3", "≥3.0"), ("0,5", "0.5"), ("high", "high")]
)
def test_activity_scores_as_guidance_is_keyed(text: str, wanted: str) -> None:
    assert score_words(text) == wanted


def outside(**fields: str) -> GeneCall:
    found = called_outside(OutsideCall(**fields), None, CallSource.OUTSIDE)
    assert isinstance(found, GeneCall)
    return found


def test_contradictions_are_warned_of_and_the_score_decides() -> None:
    found = outside(gene="CYP2D6", diplotype="*1/*6", activity_score="4.0")
    assert found.diplotypes[0].lookup_key == "4.0"
    assert any("*1/*6 has activity score 1.0, not 4.0" in one for one in found.warnings)
    found = outside(gene="CYP2C19", diplotype="*1/*1", phenotype="PM")
    assert found.diplotypes[0].phenotype == "Poor Metabolizer"
    assert any("means Normal Metabolizer" in one for one in found.warnings)
    assert outside(gene="CYP2C19", diplotype="*2/*2", phenotype="PM").warnings == ()


def test_an_unknown_function_is_said() -> None:
    found = outside(gene="CYP2D6", diplotype="*1/*999")
    assert found.diplotypes[0].phenotype == ""
    assert "*999" in found.warnings[0]


def test_a_phenotype_alone_gives_every_score_it_stands_for() -> None:
    found = outside(gene="CYP2D6", phenotype="IM")
    assert [pair.lookup_key for pair in found.diplotypes] == ["0.25", "0.5", "0.75", "1.0"]
    assert "4 activity scores" in found.warnings[0]


@pytest.mark.parametrize(
    ("text", "name", "key"),
    [
        ("CYP2C19 *2/*17", "*2/*17", "Intermediate Metabolizer"),
        ("this patient is CYP2C19*2/*2 and gets a stent", "*2/*2", "Poor Metabolizer"),
        ("CYP2D6 *2/*2 on 3 copies", "*2/*2x2", "3.0"),
        ("CYP2D6 *1x2/*4", "*1x2/*4", "2.0"),
        ("CYP2D6 activity score 1.25", "", "1.25"),
        ("CYP2D6 PM", "", "0.0"),
        ("HLA-B*57:01 positive", "", "*57:01 positive"),
        ("HLA-B*57:01", "*57:01", "*57:01 positive"),
        ("HLA-B*57:01 negative", "", "*57:01 negative"),
        ("HLA-B*15:02/HLA-B*57:01", "*15:02/*57:01", "*15:02 positive; *57:01 positive; *58:01 negative"),
        ("SLCO1B1 *5/*5", "*5/*5", "Poor Function"),
        ("VKORC1 -1639 AA", "rs9923231 variant (T)/rs9923231 variant (T)", "-1639 AA"),
        ("VKORC1 rs9923231 C/T", "rs9923231 reference (C)/rs9923231 variant (T)", "-1639 AG"),
        ("DPYD c.1905+1G>A heterozygous", "Reference/c.1905+1G>A (*2A)", "1.0"),
        ("DPYD c.2846A>T / c.1679T>G", "c.1679T>G (*13)/c.2846A>T", "0.5"),
        ("G6PD A- 202A_376G hemizygous", "A- 202A_376G", "Deficient"),
        ("RYR1 c.7300G>A heterozygous", "Reference/c.7300G>A", "Malignant Hyperthermia Susceptibility"),
        ("UGT1A1 *28 homozygous", "*28/*28", "Poor Metabolizer"),
        ("CYP2C19 likely poor metaboliser", "", "Likely Poor Metabolizer"),
    ],
)
def test_stated_calls(text: str, name: str, key: str) -> None:
    found = stated(text)
    assert found.source is CallSource.STATED
    assert (found.diplotypes[0].name, found.diplotypes[0].lookup_key) == (name, key)


def test_three_copies_may_mean_two_things() -> None:
    found = stated("CYP2D6 *1/*4 with 3 copies")
    assert {pair.name: pair.phenotype for pair in found.diplotypes} == {
        "*1/*4x2": "Intermediate Metabolizer",
        "*1x2/*4": "Normal Metabolizer",
    }
    assert "not stated" in found.warnings[0]


@pytest.mark.parametrize(
    "text",
    ["", "hello", "CYP2C19", "*2/*17", "CYP2C19 *2", "TPMT *3A heterozygous", "MT-RNR1 m.1555A>G negative",
     "DPYD c.1905+1G>A", "CYP2C19 *2/*2, CYP2C19 *1/*1", "CYP2C19 *2/*2 " + "x" * 500],
)  # fmt: skip
def test_what_is_not_complete_is_asked_back(text: str) -> None:
    with pytest.raises(StatedError):
        stated_each(text)


def test_an_hla_group_excludes_nothing() -> None:
    assert stated("HLA-B *57/*15:02").diplotypes[0].lookup_key == "*15:02 positive; *58:01 negative"


def test_several_genes_in_one_text() -> None:
    found = stated_each("CYP2C9 *1/*3, CYP2C19 *1/*17 and VKORC1 -1639 AG")
    assert [call.gene for call in found] == ["CYP2C9", "CYP2C19", "VKORC1"]


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    for spoken in (text, f"CYP2D6 {text}", f"HLA-B {text}", f"VKORC1{text}"):
        try:
            calls = stated_each(spoken)
        except StatedError:
            continue
        assert all(call.diplotypes for call in calls)


@given(
    st.sampled_from(sorted(TABLES["CYP2C19"].functions)), st.sampled_from(sorted(TABLES["CYP2C19"].functions))
)
def test_stated_pairs_do_not_depend_on_their_order(one: str, two: str) -> None:
    there, back = (stated(f"CYP2C19 {pair}").diplotypes[0] for pair in (f"{one}/{two}", f"{two}/{one}"))
    assert there.phenotype == back.phenotype != ""
