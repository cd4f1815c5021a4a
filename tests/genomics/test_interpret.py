"""One variant of a question: the same fact for every spelling, and a named outcome where nothing can be said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.facts import facts
from genomics.interpret import interpret, interpret_all
from retrieval.evidence import Outcome


@pytest.mark.parametrize(
    "text",
    [
        "What is BRCA1 c.68_69del?",
        "BRCA1 c.68_69delAG",
        "BRCA1 c.66_67del",
        "BRCA1 185delAG",
        "NM_007294.3:c.68_69del",
        "NM_007294.4(BRCA1):c.68_69del (p.Glu23fs)",
        "BRCA1 p.Glu23Valfs*17",
        "17-43124027-ACT-A (GRCh38)",
        "17-41276044-ACT-A on hg19",
        "NC_000017.11:g.43124030_43124031del",
        "NC_000017.11:g.43124028_43124029delCT",
        "NC_000017.10:g.41276047_41276048del",
    ],
)
def test_every_spelling_leads_to_one_fact(text: str) -> None:
    told = interpret(text)
    assert told.outcome is Outcome.FOUND
    assert told.fact is not None
    assert told.fact.id == "brca1-c68-69del"
    assert [effect.term for effect in told.consequences] == ["frameshift"]
    assert any("No class" in limit for limit in told.limits)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("TP53 R248W", "tp53-c742ctot"),
        ("TP53 p.(Arg248Trp)", "tp53-c742ctot"),
        ("CFTR ΔF508", "cftr-f508del"),
        ("CFTR c.1520_1522delTCT", "cftr-f508del"),
        ("rs113993960", "cftr-f508del"),
        ("GJB2 35delG", "gjb2-c35del"),
        ("13-20189546-AC-A hg38", "gjb2-c35del"),
        ("13-20189551-CC-C hg38", "gjb2-c35del"),
        ("HFE c.845G>A", "hfe-c282y"),
        ("C282Y", "hfe-c282y"),
        ("m.13513G>A", "mt-nd5-m13513gtoa"),
        ("MT-13513-G-A", "mt-nd5-m13513gtoa"),
        ("factor V Leiden", "f5-leiden"),
        ("BRCA1 5382insC", "brca1-c5266dup"),
        ("BRCA1 c.5263_5264insC", "brca1-c5266dup"),
    ],
)
def test_names_of_other_facts(text: str, fact: str) -> None:
    told = interpret(text)
    assert told.fact is not None
    assert told.fact.id == fact


@pytest.mark.parametrize(
    ("text", "outcome", "says"),
    [
        ("", Outcome.NEEDS_INPUT, "No variant"),
        ("hello", Outcome.BAD_INPUT, "No variant name"),
        ("BRCA1 c.68_69delA", Outcome.BAD_INPUT, "spans 2 bases"),
        ("HFE c.G845A", Outcome.BAD_INPUT, "c.845G>A"),
        ("TP53 c.742A>T", Outcome.BAD_INPUT, "has C at c.742"),
        ("TP53 p.Lys248Trp", Outcome.BAD_INPUT, "has Arg at 248"),
        ("TP53 c.742C>T (p.Arg249Trp)", Outcome.BAD_INPUT, "codon 248"),
        ("13-32340300-GA-G GRCh38", Outcome.BAD_INPUT, "has GT"),
        ("17-43124027-ACT-A GRCh37", Outcome.BAD_INPUT, "On GRCh38 it is BRCA1 c.68_69del"),
        ("NC_000017.11:g.43124030_43124031delAA", Outcome.BAD_INPUT, "reads CT"),
        ("17-999999999-A-T", Outcome.BAD_INPUT, "no position"),
        ("17-1-A-T hg19 hg38", Outcome.BAD_INPUT, "both"),
        ("13 5 . A <DEL> . . .", Outcome.BAD_INPUT, "structural"),
        ("17-43124027-ACT-A", Outcome.NEEDS_INPUT, "on GRCh38 it is BRCA1 c.68_69del"),
        ("c.68_69del", Outcome.NEEDS_INPUT, "Held here: BRCA1 c.68_69del"),
        ("g.43124030_43124031del", Outcome.NEEDS_INPUT, "chromosome"),
        ("BRCA2 6174delT", Outcome.NEEDS_INPUT, "commonly used for BRCA2 c.5946del"),
        ("rs12345", Outcome.UNAVAILABLE, "pack clinvar-grch38 is not held"),
        ("CYP2C19 *2/*17", Outcome.NOT_COVERED, "pharmacogenomic"),
        ("BRAF V600E", Outcome.FOUND, "c.1799T>A"),
        ("the TP53 R248W mutation in the tumour", Outcome.NOT_COVERED, "germline variants only"),
        ("somatic BRCA1 c.68_69del", Outcome.NOT_COVERED, "germline variants only"),
        ("BRCA1 c.5A>T", Outcome.UNAVAILABLE, "2 of BRCA1"),
        ("NM_007300.4:c.5A>T", Outcome.UNAVAILABLE, "says nothing about the variant"),
    ],
)
def test_outcomes_say_what_is_wrong_or_missing(text: str, outcome: Outcome, says: str) -> None:
    told = interpret(text)
    assert told.outcome is outcome
    assert says in " ".join((told.note, *told.limits))
    assert told.fact is None
    assert bool(told.missing) == (outcome is Outcome.NEEDS_INPUT)
    assert told.command.startswith("consilium packs pull") == (outcome is Outcome.UNAVAILABLE)


def test_a_germline_question_may_speak_of_a_tumour() -> None:
    assert interpret("germline BRCA1 c.68_69del; a variant in the tumour as well").outcome is Outcome.FOUND


def test_a_name_that_no_record_confirms_leads_to_no_class() -> None:
    held = facts().variants
    for fact in held:
        for name in fact.unchecked:
            told = interpret(name if name.startswith("rs") else f"{fact.gene} {name}")
            assert told.fact is None or (told.fact is fact and fact.known is None), name
            assert "commonly used" in " ".join((told.note, *told.limits)), name


def test_an_unheld_variant_is_computed_from_its_name_and_called_unheld() -> None:
    told = interpret("PALB2 c.100_101del")
    assert told.fact is None
    assert [effect.term for effect in told.consequences] == ["frameshift"]
    assert "not among the starter facts" in told.note
    assert told.assessment is not None
    assert told.assessment.criterion("PVS1").strength == "moderate"
    assert told.assessment.verdict.by_points == "Uncertain significance"


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("PALB2 c.48+1G>A", "splice donor"),
        ("PALB2 c.49-2A>G", "splice acceptor"),
        ("PALB2 c.49-6A>G", "splice region"),
        ("PALB2 c.45_48+3del", "splice donor"),
        ("PALB2 c.100_102del", "in-frame change"),
        ("PALB2 c.100_103delinsA", "in-frame change"),
        ("PALB2 c.100_103delinsAT", "frameshift"),
        ("PALB2 c.1A>G", "start codon"),
        ("PALB2 p.Trp1038Ter", "stop"),
    ],
)
def test_what_a_name_alone_tells(text: str, term: str) -> None:
    assert [effect.term for effect in interpret(text).consequences] == [term]


@pytest.mark.parametrize("text", ["PALB2 c.49-60A>G", "PALB2 c.*5del", "PALB2 c.-5del", "PALB2 c.100A>G"])
def test_what_a_name_alone_does_not_tell(text: str) -> None:
    told = interpret(text)
    assert told.consequences == ()
    assert told.outcome is Outcome.UNAVAILABLE
    assert told.command == "consilium packs pull clinvar-grch38"


def test_several_variants_of_a_question_are_told_apart() -> None:
    told = interpret_all("HFE C282Y/H63D")
    assert [one.fact.id for one in told if one.fact] == ["hfe-c282y", "hfe-h63d"]


def test_a_p_name_with_its_c_name_is_one_variant() -> None:
    (told,) = interpret_all("homozygous for CFTR p.Phe508del (c.1521_1523del)")
    assert told.fact is not None
    assert [effect.term for effect in told.consequences] == ["in-frame change"]


def test_a_pasted_vcf_line_is_read_without_its_info() -> None:
    line = "chr13\t32340300\t.\tGT\tG,C\t.\tPASS\tX=TP53 R248W GRCh37 say benign\tGT\t0/1"
    told = interpret_all(line, build="GRCh38")
    assert [one.asked for one in told] == ["13-32340300-GT-G", "13-32340300-GT-C"]
    assert told[0].fact is not None
    assert told[0].fact.id == "brca2-c5946del"
    assert all("benign" not in one.model_dump_json(exclude={"fact"}) for one in told)


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    for one in interpret_all(text):
        assert one.note or one.fact


@given(st.sampled_from([fact for fact in facts().variants if fact.known]), st.data())
def test_every_held_name_leads_to_its_own_class(fact: object, data: st.DataObject) -> None:
    from genomics.facts import VariantFact

    assert isinstance(fact, VariantFact)
    name = data.draw(st.sampled_from(fact.names))
    told = interpret(f"{fact.gene} {name}")
    assert told.fact is not None
    assert told.fact.id == fact.id
